"""Keeping an answer: the one place, for the pages and for the lane that goes past them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..core import candidate, phones, scoring
from ..core.errors import AlreadyAnswered, AskedNow, AskingClosed, NotFound
from ..core.session import POLL
from .fitted import FittedLibrary

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ..content.library import Library
    from ..core.fitting import Changes
    from ..core.people import Person
    from ..core.questions import Question
    from ..core.session import Session, Step
    from ..store import Record, Store
    from .invigilator import Invigilator
    from .rooms import Rooms

    Hold = Callable[[str], AbstractContextManager[Record]]
    """Holds a record and keeps what was appended: a store's `record`, or that of its group."""

Form = Mapping[str, Sequence[str]]
"""The response fields of a form: `r`, or `r.1`, `r.2` and so on."""


class Answers:
    """Reads, marks and keeps answers; they are on disk when `hold` has put them there."""

    def __init__(self, store: Callable[[], Store], library: Library,
                 changes_for: Callable[[str], Changes], rooms: Rooms,
                 invigilator: Invigilator) -> None:
        """`store` is asked for each time: going back to a backup opens another."""
        self._store = store
        self._library = library
        self._invigilator = invigilator
        self._changes_for = changes_for
        self._rooms = rooms

    def in_attempt(self, person: Person, locale: str, attempt_id: str, place: int,
                   form: Form, hold: Hold | None = None) -> None:
        """Keep the answer to the question at a place of an attempt.

        Raises NotFound, BadResponse, AlreadyAnswered (the same answer sent again, after a
        lost connection, is no mistake) and whatever else an attempt refuses. In an
        examination it takes the place of an earlier answer; raises ExamPaused and ExamOver.
        """
        attempt = scoring.attempt(self._store().document(person.record), attempt_id)
        quiz = self._library.quiz(attempt.quiz, locale)
        question = quiz.question(attempt.question_at(place))
        if question is None:
            raise NotFound(what="question")
        response = question.read(form)
        with (hold or self._store().record)(person.record) as record:
            now = scoring.attempt(record.document, attempt_id)
            if now.is_withheld:
                self._invigilator.may_answer(now, person)
                changed = candidate.answer(now, quiz, question.id, response)
                record.append(*([changed] if changed else []))
                return
            try:
                record.append(scoring.answer(now, quiz, question.id, response))
            except AlreadyAnswered:
                if now.answers[question.id].response != response:
                    raise

    def in_place(self, person: Person, locale: str, module_id: str, slug: str,
                 question_id: str, form: Form, hold: Hold | None = None) -> None:
        """Keep the answer to a question in the text. Raises NotFound, BadResponse, and AskedNow
        while the class is voting on it."""
        library = FittedLibrary(self._library, self._changes_for(person.id))
        module = library.module(module_id, locale)
        section = module.section(slug)
        if section is None:
            raise NotFound(what="section")
        question = library.quiz(module.quiz, locale).question(question_id)
        if question is None or question_id not in section.checks:
            raise NotFound(what="question")
        response = question.read(form)
        if self._rooms.asked(person) == (question.home or f"{module.quiz}#{question.id}"):
            raise AskedNow
        with (hold or self._store().record)(person.record) as record:
            record.append(scoring.answered(module.quiz, question, response, {"in": "check"}))

    def in_room(self, person: Person, locale: str, session_id: str, asking: str, vote: str,
                form: Form, now: str, hold: Hold | None = None) -> None:
        """Keep the answer of somebody who sits in a session to what it is asked now.

        Once the key is shown it is marked as well. Raises NotFound, AskingClosed, BadResponse.
        """
        room = self._rooms.room(session_id)
        session = room.session
        question = self.question_of(session, locale)
        if question is None or person.id not in session.seats:
            raise AskingClosed
        key = session.now.ref if session.now and session.now.kind != POLL else ""
        with (hold or self._store().record)(person.record) as record:
            given = phones.votes_of(record.document, session.id, asking)
            phones.check(room.document, session, person.id, asking, vote, given)
            response = question.read(form)
            if session.stage.is_open and vote in given and given[vote].response == response:
                return  # the same sent again, after a lost connection
            record.append(phones.voted(session, key, question, response, now))
            if key and phones.shows_key(session):
                record.append(phones.marked_now(session, key, question, response, now))

    def question_of(self, session: Session, locale: str) -> Question | None:
        """What the room is asked now; None when it is asked nothing, or the pool has lost it."""
        step = session.now
        return question_at(self._library, step, locale) if step and session.stage.asking else None


def question_at(library: Library, step: Step, locale: str) -> Question | None:
    """What a step of a session asks; None where it asks nothing, or the pool has lost it."""
    if step.kind == POLL:
        return phones.poll(step)
    pool, _, question_id = step.ref.partition("#")
    try:
        return library.quiz(pool, locale).question(question_id)
    except NotFound:
        return None
