"""Where what happened is kept: the interface. `MemoryStore` is the store that forgets.

A store keeps statements and shows documents folded from them. `with store.record(id)` is
read, decide and append under one lock, so that two tabs cannot both take the last try:

    with store.record(learner.record) as record:
        attempt = scoring.attempt(record.document, attempt_id)
        record.append(scoring.answer(attempt, quiz, question, response))

When the block ends without an error, what was appended is on disk (`NotSaved` is raised
if it could not be put there, and then nothing of it happened).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from ..core.statement import Document, Draft, Fold, Statement
from .taking import Comparison, Import, Source, Statements

__all__ = ["EMPTY", "Clock", "Comparison", "Folds", "Group", "Health", "Import", "MemoryStore",
           "Record", "Repair", "Source", "Statements", "Store", "fold_of", "stamped", "utc_now"]

EMPTY: Document = {}

Clock = Callable[[], str]
"""Says the time: UTC, ISO 8601, to the millisecond."""


def utc_now() -> str:
    """This computer's clock, believed or not."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Record:
    """One record's document, held while a decision about it is made."""

    def __init__(self, record_id: str, document: Document) -> None:
        self.id = record_id
        self.document = document
        self.added: list[Draft] = []

    def append(self, *drafts: Draft) -> None:
        """Add what is to be kept when the block succeeds."""
        self.added.extend(drafts)


@dataclass(frozen=True, slots=True)
class Repair:
    """Something the store mended, or found that it could not, when it opened or since."""

    code: str
    """`torn-tail`, `bad-line`, `bad-checksum`, `lost-number`, `documents-rebuilt`,
    `clock-back`, `disk-refused`, …"""
    where: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """What the health page shows of a store."""

    statements: int
    segment: str
    last_saved: str
    """ISO time of the last statement that reached the disk, empty before the first."""
    saves: int
    """Group commits since the start."""
    slowest: float
    """Seconds the slowest of them took."""
    free: int
    """Bytes left on the disk."""
    repairs: tuple[Repair, ...] = ()
    clock_behind: float = 0.0
    """Seconds by which the clock is behind the latest statement, when it was set back."""


class Group(Protocol):
    """Statements of several records that go to the disk together. For one thread."""

    def record(self, record_id: str) -> AbstractContextManager[Record]:
        """Hold one record until the group is saved; nobody sees before what was appended.

        Raises WouldWait when it cannot be had at once.
        """
        ...

    def save(self) -> None:
        """Return when all of it is on disk, and let go of the records.

        Raises NotSaved when some of it is not.
        """
        ...


Told = Callable[[str], None]
"""Told which record something was said about, once it is kept. It must return at once."""


def nobody(record_id: str) -> None:
    """Told, where nobody wants to know."""


class Store(Protocol):
    """What `web/` and the command line need of a store."""

    tell: Told
    """Set by who wants to know; called for each record of a batch that is on disk."""

    @property
    def device(self) -> str:
        """This installation's id."""
        ...

    def record(self, record_id: str, *, wait: bool = True) -> AbstractContextManager[Record]:
        """Hold one record; keep what was appended if the block succeeds.

        With `wait=False` the block returns before the disk has it: for reading positions,
        which nobody was promised.
        """
        ...

    def group(self) -> Group:
        """To keep in many records at a time and wait for the disk once."""
        ...

    def document(self, record_id: str) -> Document:
        """A record's document now, empty when there is none. Never changes once handed out."""
        ...

    def record_ids(self, kind: str) -> list[str]:
        """The ids of the records of a kind: `learner`, `people`."""
        ...

    def statements(self, record_id: str | None = None) -> Iterator[Statement]:
        """The history, of one record or of all: what was said here, oldest first, then what
        each import brought, as it stands there. Reads the whole log."""
        ...

    def statement(self, statement_id: str) -> Statement | None:
        """One statement of the history by its id."""
        ...

    def erase(self) -> None:
        """Take the names of those who were pseudonymised out of all that is kept.

        The one exception to "never edited": statements keep their ids and their order. Call it
        after the statement that pseudonymises. Raises NotSaved when the disk does not take it;
        what is left, and what another laptop told of, is done after the next opening.
        """
        ...

    def take(self, statements: Statements, source: Source, by: str = "") -> Import:
        """Keep statements of other laptops: all of them, or none. `by` is a person's id.

        What is here already changes nothing; the same id with other content is refused and
        counted. Nothing is kept of a file that is here already (by its digest): the import is
        then without an id. All is on disk on return. Raises NotSaved.
        """
        ...

    def withdraw(self, import_id: str, by: str = "") -> None:
        """Undo an import: everything is as if it had never been taken, also what came after.

        What another import brought as well stays. Raises NotFound, NotSaved.
        """
        ...

    def imports(self) -> list[Import]:
        """All imports, in the order in which they were taken, also those withdrawn."""
        ...

    def compare(self, statements: Statements) -> Comparison:
        """What taking them would do. Changes nothing."""
        ...

    def health(self) -> Health: ...

    def close(self) -> None: ...


Folds = Mapping[str, Fold]
"""How documents come about: the kind of a record (what stands before its colon) to its fold."""


def fold_of(folds: Folds, record_id: str) -> Fold | None:
    """The fold for a record's kind, None for a kind that has no document."""
    return folds.get(record_id.partition(":")[0])


def stamped(draft: Draft, record_id: str, device: str, number: int, counter: int,
            time: str) -> Statement:
    """A draft made a statement."""
    return Statement(device=device, number=number, counter=counter, time=time, record=record_id,
                     verb=draft.verb, object=draft.object, result=draft.result, actor=draft.actor)


from .memory import MemoryStore  # noqa: E402  (it stands on all of the above)
