"""The sessions that are open, as phones ask for them: many, often, and mostly in vain.

A session's document is read again only when it is another one. Its *version* names exactly
what a phone is shown; it is made of what was said and not of when it was read, so a phone
that has slept, or whose server was started again, learns whether it missed something.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from ..core import classroom, runsheet
from ..core import session as sessions
from ..core.errors import NotFound
from ..core.session import QUESTION, REVEAL, Session
from ..core.statement import Document, value_at

if TYPE_CHECKING:
    from ..core.people import Person
    from ..store import Store

KIND = "session"


@dataclass(frozen=True, slots=True)
class Room:
    """One session as it is now."""

    document: Document
    cohort: Document
    session: Session
    """Its plan as the cohort has it."""
    version: str


class Rooms:
    """Finds sessions by id, code or person."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._known: dict[str, Room] = {}

    def room(self, session_id: str) -> Room:
        """Raises NotFound."""
        document = self._store().document(sessions.record_of(session_id))
        known = self._known.get(session_id)
        if known is None or known.document is not document or known.cohort is not \
                self._store().document(classroom.record_of(known.session.cohort)):
            known = self._known[session_id] = self._made(session_id, document)
        return known

    def _made(self, session_id: str, document: Document) -> Room:
        session = sessions.session_of(session_id, document)
        kept = self._store().document(classroom.record_of(session.cohort))
        if kept:
            cohort = classroom.cohort_of(session.cohort, kept)
            session = replace(session, plan=tuple(runsheet.for_cohort(session.plan, cohort, {})))
        return Room(document, kept, session, version(document, session))

    def open(self) -> Iterator[Room]:
        """Those that are open, the latest first."""
        found = []
        for record_id in self._store().record_ids(KIND):
            with suppress(NotFound):  # its beginning has not come yet from where it was
                found.append(self.room(record_id.partition(":")[2]))
        return iter(sorted((one for one in found if one.session.is_open),
                           key=lambda one: one.session.opened, reverse=True))

    def with_code(self, code: str) -> Room | None:
        return next((one for one in self.open() if one.session.code == code), None)

    def of(self, person: Person) -> Room | None:
        """The open session in which somebody sits, else one of a cohort of theirs."""
        mine = [one for one in self.open() if self.expects(one.session, person)]
        return next((one for one in mine if person.id in one.session.seats), next(iter(mine), None))

    def asked(self, person: Person) -> str:
        """The key of the question that somebody's class is voting on; empty for none, and once
        what is right was shown."""
        room = self.of(person)
        if room is None or not room.session.stage.asking or room.session.stage.phase == REVEAL:
            return ""
        step = room.session.now
        return step.ref if step and step.kind == QUESTION else ""

    def expects(self, session: Session, person: Person) -> bool:
        """Whether somebody may come in without the code: they sit there, or are of the cohort."""
        return person.id in session.seats or self.is_member(session, person)

    def is_member(self, session: Session, person: Person) -> bool:
        cohort = self._store().document(classroom.record_of(session.cohort))
        return bool(value_at(cohort, "members", person.id, default=False))


def version(document: Document, session: Session) -> str:
    """A short name for what phones are shown: another one as soon as that changes.

    Who else has come, and how many hands there are before they are shown, is not part of it.
    """
    stage = session.stage
    told = [session.closed, asdict(stage), asdict(session.now) if session.now else None,
            document.get("again", {}).get(stage.asking)]
    if stage.spread or stage.phase == REVEAL:
        told.append(document.get("hands", {}).get(stage.asking))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]
