"""A session as the pages about it need it: what stands before the room, in a language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from typing import Any

from ..core import classroom, runsheet, votes
from ..core.activity import Language, Module, Section
from ..core.classroom import HIDDEN, Cohort
from ..core.errors import NotFound
from ..core.questions import Choice, FreeText, Match, Question
from ..core.roomwork import Ballot
from ..core.scoring import shuffled
from ..core.session import (
    CARDS,
    CASE,
    FIRST,
    POLL,
    QUESTION,
    READ,
    SECOND,
    SECTION,
    Session,
    Step,
    session_of,
)
from ..core.slides import question_fits, slides_of
from ..core.staging import Shape, phases_of
from ..core.votes import Bar
from . import context, counting
from .context import library, store
from .counting import NOBODY_JOINED, OnPhones
from .filters import local_time

LONGEST_TITLE = 90
MOST_TYPED = 12
_BREAKS = re.compile(r"<(/?p|/li|br)\b[^>]*>")
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Live:
    """A session with the content of the step before the room."""

    session: Session
    cohort: Cohort
    room: int
    """How many people are there."""
    module: Module | None = None
    """Of a section."""
    section: Section | None = None
    slides: tuple[str, ...] = ()
    question: Question | None = None
    language: Language = field(default_factory=Language)
    """Of the question."""
    ballot: Ballot | None = None
    """Of a question or a poll."""
    first: dict[str, int] = field(default_factory=dict)
    second: dict[str, int] = field(default_factory=dict)
    counted: tuple[int, int] = (0, 0)
    """How many hands and people each of the two votes has."""
    phones: OnPhones = NOBODY_JOINED

    @property
    def step(self) -> Step | None:
        return self.session.now

    @property
    def is_gone(self) -> bool:
        """Whether what the step is about has left the course."""
        return self.step is not None and (
            (self.step.kind == SECTION and self.section is None)
            or (self.step.kind == QUESTION and self.question is None))

    @property
    def place(self) -> str:
        """Another when there is another stage or plan: then a page is shown anew, and not only
        its counts."""
        return short_hash(self.session.stage, self.session.plan)

    @property
    def phases(self) -> tuple[str, ...]:
        return phases_of(self.step.kind, is_voted=self.takes_votes) \
            if self.step and self.ballot else ()

    @property
    def is_voted(self) -> bool:
        return bool(self.ballot and self.ballot.lines)

    @property
    def fits_phones(self) -> bool:
        """Whether a phone can answer it: also what has no letters, but for a text."""
        return self.is_voted or (self.question is not None
                                 and not isinstance(self.question, FreeText))

    @property
    def takes_votes(self) -> bool:
        """Whether votes are taken as the room answers now."""
        return self.is_voted or (self.fits_phones and self.session.stage.way != CARDS)

    @property
    def typed(self) -> list[tuple[str, int]]:
        """What was typed on phones, the most frequent first."""
        if self.question is None or self.question.kind not in ("number", "short"):
            return []
        return sorted(self.latest.items(), key=lambda one: (-one[1], one[0]))[:MOST_TYPED]

    @property
    def loose(self) -> dict[str, list[Choice]]:
        """The lines of a question that has no letters, mixed: of a match its two sides."""
        question = self.question
        if question is None or self.is_voted:
            return {"left": [], "right": []}
        assert self.step
        seed = votes.seed_of(self.session, self.step)
        rights = question.rights if isinstance(question, Match) else ()
        return {"left": shuffled(question.choices, seed), "right": shuffled(rights, seed)}

    @property
    def shape(self) -> Shape:
        return Shape(max(len(self.slides), 1), self.phases)

    @property
    def now(self) -> dict[str, int]:
        """How many chose what in the vote of this phase."""
        return self.second if self.session.stage.vote == SECOND else self.first

    @property
    def latest(self) -> dict[str, int]:
        """How many chose what in the last vote that has any."""
        return self.second or self.first

    @property
    def counted_now(self) -> int:
        """How many the vote of this phase has."""
        return self.counted[self.session.stage.vote == SECOND]

    @property
    def counted_last(self) -> int:
        """How many the last vote has that has any."""
        return self.counted[1] or self.counted[0]

    @property
    def bars(self) -> list[Bar]:
        return votes.spread_of(self.ballot, self.first, self.second, self.room) \
            if self.ballot else []

    @property
    def shows_scene(self) -> bool:
        """Whether the wall has the scene of the question; alone, where not all of it fits."""
        question = self.question
        return bool(question and question.scene) and not self.session.stage.spread and (
            self._fits or self.session.stage.phase == READ)

    @property
    def shows_choices(self) -> bool:
        return self._fits or self.session.stage.phase != READ

    @property
    def _fits(self) -> bool:
        return self.question is None or question_fits(self.question)

    @property
    def slide(self) -> str:
        """The slide on the wall; the last where the text has become shorter."""
        return self.slides[min(self.session.stage.slide, len(self.slides) - 1)] \
            if self.slides else ""

    @property
    def seconds_left(self) -> int | None:
        """Of the talk; None without a timer."""
        until = local_time(self.session.stage.until) if self.session.stage.until else None
        return max(0, round((until - _now()).total_seconds())) if until else None

    @property
    def minutes(self) -> int:
        """Since the session began."""
        return elapsed(self.session, _now())


def _now() -> datetime:
    return context.services().now()


def elapsed(session: Session, now: datetime) -> int:
    """Minutes from the beginning to the end, or to now; less than none when the clock was set
    back."""
    begun, ended = local_time(session.opened), local_time(session.closed)
    return int(((ended or now) - begun).total_seconds() // 60) if begun else 0


def session_at(session_id: str) -> Session:
    """A session as it stands, its plan as its cohort has it. Raises NotFound."""
    document = store().document(f"session:{session_id}")
    return as_cohort_has_it(session_of(session_id, document))


def as_cohort_has_it(session: Session) -> Session:
    """Its plan without the questions that are hidden from the cohort, and with those asked in the
    place of others."""
    cohort = cohort_at(session.cohort)
    if not cohort.questions:
        return session
    titles = question_titles(key for key in cohort.questions.values() if key != HIDDEN)
    return replace(session, plan=tuple(runsheet.for_cohort(session.plan, cohort, titles)))


def as_read(session: Session) -> Session:
    """Its plan with the titles that sections, questions and cases have in the reader's language.
    What the trainer named, and what is gone, keeps its name."""
    titles = question_titles(one.ref for one in session.plan if one.kind == QUESTION)
    return replace(session, plan=tuple(
        replace(one, title=titles.get(one.ref) or _title_of(one) or one.title)
        for one in session.plan))


def _title_of(step: Step) -> str:
    module_id, _, slug = step.ref.partition("#")
    if step.kind not in (SECTION, CASE):
        return ""
    try:
        module = library().outline(module_id, context.locale())
    except NotFound:
        return ""
    section = module.section(slug) if slug else None
    return section.title if section else "" if slug else module.title


def cohort_at(cohort_id: str) -> Cohort:
    """Raises NotFound."""
    return classroom.cohort_of(cohort_id, store().document(classroom.record_of(cohort_id)))


def sessions_of(cohort_id: str = "") -> list[Session]:
    """The sessions of a cohort, or of all, the latest first; those not begun before all others."""
    found = []
    for record_id in store().record_ids("session"):
        with suppress(NotFound):  # its beginning has not come yet from where it was
            found.append(session_of(record_id.partition(":")[2], store().document(record_id)))
    kept = [one for one in found if cohort_id in ("", one.cohort)]
    return sorted(kept, key=lambda one: (one.opened or "~", one.id), reverse=True)


def live(session: Session) -> Live:
    """What stands before the room."""
    cohort = cohort_at(session.cohort)
    stage = session.stage
    return Live(
        session, cohort, counting.people_present(session, cohort),
        first=counting.counts(session, stage.asking, FIRST),
        second=counting.counts(session, stage.asking, SECOND),
        counted=(counting.answered(session, stage.asking, FIRST),
                 counting.answered(session, stage.asking, SECOND)),
        phones=counting.on_phones(session, cohort), **_content(session))


def _content(session: Session) -> dict[str, Any]:
    step = session.now
    if step is None:
        return {}
    try:
        if step.kind == SECTION:
            return _section(step, session)
        if step.kind == QUESTION:
            return _question(step, session)
    except NotFound:
        return {}
    return {"ballot": votes.ballot_of_poll(step)} if step.kind == POLL else {}


def _section(step: Step, session: Session) -> dict[str, Any]:
    module_id, _, slug = step.ref.partition("#")
    module = library().module(module_id, context.locale())
    section = module.section(slug)
    if section is None:
        raise NotFound(what="section")
    return {"module": module, "section": section,
            "slides": slides_of(section, short=session.stage.short)}


def _question(step: Step, session: Session) -> dict[str, Any]:
    quiz_id, _, name = step.ref.partition("#")
    quiz = library().quiz(quiz_id, context.locale())
    question = quiz.question(name)
    if question is None:
        raise NotFound(what="question")
    return {"question": question, "language": quiz.language,
            "ballot": votes.ballot_of(question, votes.seed_of(session, step))}


def question_titles(keys: Iterable[str]) -> dict[str, str]:
    """A line for each question's key, from its words; those that are gone have none."""
    titles = {}
    for key in keys:
        quiz_id, _, name = key.partition("#")
        try:
            question = library().quiz(quiz_id, context.locale()).question(name)
        except NotFound:
            continue
        if question:
            titles[key] = in_a_line(question.prompt)
    return titles


def in_a_line(html: str) -> str:
    """The words of a text on one line, cut after a word where they are many."""
    words = " ".join(unescape(_TAGS.sub("", _BREAKS.sub(" ", html))).split())
    return words if len(words) <= LONGEST_TITLE else \
        f"{words[:LONGEST_TITLE].rpartition(' ')[0]} …"


def version(live: Live, *beside: object) -> str:
    """The version of a page that follows the session: the moment, the counts, and what the page
    shows beside them."""
    return short_hash(live.session.moment, context.locale(), live.room, live.first, live.second,
                      live.phones, *beside)


def short_hash(*told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]
