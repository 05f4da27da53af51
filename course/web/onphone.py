"""What a phone in class shows now, worked out for one learner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for

from ..core import phones, votes
from ..core.activity import Language
from ..core.errors import NotFound
from ..core.people import Person
from ..core.questions import FreeText, Match, Question
from ..core.scoring import Answer, shuffled
from ..core.session import CARDS, POLL, QUESTION, READ, REVEAL, SECTION, TALK, Session, Step
from . import context
from .asking import Asked
from .context import library
from .live import Live, live
from .rooms import Room
from .whereabouts import section_url

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the part of the page that changes is made of."""

    what: str
    """`ended`, `wait`, `section`, `case`, `pause`, `question` or `key`."""
    title: str = ""
    url: str = ""
    """Of a section: where it is read."""
    language: Language = field(default_factory=Language)
    view: Asked | None = None
    is_open: bool = False
    is_poll: bool = False
    word: str = ""
    """Why no answer is taken: `read`, `cards`, `talk`, `closed`, `spoken`."""
    saved: str = ""
    """When the answer to this vote was given."""
    spread: Live | None = None
    """How many chose what, where the trainer shows it."""
    error: str = ""


def shown(room: Room, person: Person, **trouble: Any) -> Shown:
    """`trouble`: what is said of an answer that could not be taken, and what it was."""
    session = room.session
    step = session.now
    if not session.is_open:
        return Shown("ended", session.title)
    if step is None:
        return Shown("wait", session.title, error=trouble.get("error", ""))
    if step.kind in (QUESTION, POLL):
        question = context.answers().question_of(session, context.locale())
        if question is not None:
            return _asked(room, person, step, question, trouble)
    found = _section(step) if step.kind == SECTION else Shown(
        step.kind if step.kind not in (QUESTION, POLL) else "wait", step.title)
    return replace(found, error=trouble.get("error", ""))


def _section(step: Step) -> Shown:
    """A section to read, by its title in the learner's language."""
    module_id, _, slug = step.ref.partition("#")
    try:
        section = library().outline(module_id, context.locale()).section(slug)
    except NotFound:
        section = None
    if section is None:
        return Shown("wait", step.title)
    return Shown(SECTION, section.title, section_url(module_id, slug), section.language)


def _asked(room: Room, person: Person, step: Step, question: Question,
           trouble: dict[str, Any]) -> Shown:
    session = room.session
    stage = session.stage
    given = phones.votes_of(context.store().document(person.record), session.id, stage.asking)
    may = phones.may_answer(room.document, session, person.id, given)
    may = may and not isinstance(question, FreeText)
    view = _view(session, step, question)
    if stage.phase == REVEAL and not may and step.kind != POLL:
        last = given.get("second") or given.get("first")
        answer = Answer(last.response, question.mark(last.response).score, last.time) \
            if last else None
        mark = question.mark(answer.response) if answer else None
        return Shown("key", view=replace(view, answer=answer, mark=mark), spread=_spread(session))
    mine = given.get(stage.vote)
    sent = trouble.get("given") if trouble.get("asking") == stage.asking else None
    fields = sent or (fields_of(question, mine.response) if mine else {})
    return Shown("question", view=replace(view, given=fields), is_open=may,
                 is_poll=step.kind == POLL, word="" if may else _why_not(session, question),
                 saved=mine.time if mine else "", error=trouble.get("error", ""),
                 spread=None if may else _spread(session))


def _spread(session: Session) -> Live | None:
    """The counts, while they are before the room and not growing."""
    stage = session.stage
    if stage.is_open or not (stage.spread or stage.phase == REVEAL):
        return None
    found = live(session)
    return found if found.is_voted else None


def _view(session: Session, step: Step, question: Question) -> Asked:
    """The question with its choices in the order in which the wall has them."""
    seed = votes.seed_of(session, step)
    choices = list(question.choices) if step.kind == POLL else shuffled(question.choices, seed)
    rights = shuffled(question.rights, seed) if isinstance(question, Match) else []
    language = Language() if step.kind == POLL else library().quiz(
        step.ref.partition("#")[0], context.locale()).language
    action = url_for("phones.answer", session_id=session.id, asking=session.stage.asking,
                     vote=session.stage.vote)
    return Asked(question, choices, rights, action, "_asked", language=language)


def _why_not(session: Session, question: Question) -> str:
    """Why this phone may not answer what it shows."""
    stage = session.stage
    if isinstance(question, FreeText):
        return "spoken"
    if stage.way == CARDS:
        return "cards"
    if stage.phase in (READ, TALK):
        return stage.phase
    return "closed"


def fields_of(question: Question, response: Any) -> Fields:
    """The form's fields that `Question.read` makes this response of."""
    match question.kind:
        case "all":
            return {"r": response}
        case "order":
            return {f"r.{one}": [str(place)] for place, one in enumerate(response, start=1)}
        case "match":
            return {f"r.{left}": [right] for left, right in response.items()}
        case _:
            return {"r": [response]}
