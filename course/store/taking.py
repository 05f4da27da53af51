"""Statements of other laptops: what an import is, and telling new from known and from conflicts.

A statement is known by its id. The same id with other content is in conflict: what is here
stays, and what came is reported and not applied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from ..core.people import REGISTER, fold_people
from ..core.statement import Document, Statement
from ..core.travel import Border

Statements = Collection[Statement]
"""Gone through more than once, so that a long file need not be in memory."""

NEW, KNOWN, CONFLICT, LEFT_OUT = "new", "known", "conflict", "left-out"

Conflict = tuple[Statement, Statement]
"""What is here, and what came under the same id."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where statements come from."""

    name: str
    """Of the file."""
    digest: str = ""
    """SHA-256 of the file as it came, in hexadecimal. A file that is here is not taken again."""
    device: str = ""
    """The device that wrote it."""
    original: Path | None = None
    """The file itself, of which a copy is to be kept."""


@dataclass(frozen=True, slots=True)
class Import:
    """One file that was taken."""

    id: str
    time: str
    source: Source
    added: int = 0
    """Statements that were new here."""
    known: int = 0
    conflicts: int = 0
    """Statements that were refused: here stands something else under their id."""
    left_out: int = 0
    """Statements that no laptop takes from another (`core.travel`)."""
    by: str = ""
    """Person id of who took it."""
    withdrawn: str = ""
    """When it was withdrawn; empty while it holds."""

    @property
    def holds(self) -> bool:
        return not self.withdrawn


@dataclass(slots=True)
class Compared:
    """What a file says of one record."""

    record: str
    new: int = 0
    known: int = 0
    conflicts: list[Conflict] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What taking some statements would do."""

    records: tuple[Compared, ...]
    """In order of their ids."""
    left_out: int
    register: Document
    """The people as they would be."""

    @property
    def new(self) -> int:
        return sum(one.new for one in self.records)

    @property
    def known(self) -> int:
        return sum(one.known for one in self.records)

    @property
    def conflicts(self) -> list[Conflict]:
        return [pair for one in self.records for pair in one.conflicts]


class Met(NamedTuple):
    """What is here under a statement's id."""

    ours: Statement | None
    own: bool = False
    """It was made here; else another import brought it."""


class Known(Protocol):
    """What a store has of the statements that somebody brings."""

    def met(self, statement: Statement) -> Met: ...

    def add(self, statement: Statement) -> None:
        """Remember one that is being taken."""
        ...


class Sifted(NamedTuple):
    """One statement that came, and what it is here."""

    what: str
    statement: Statement
    """As it may be taken."""
    met: Met


def sifted(statements: Statements, border: Border, known: Known) -> Iterator[Sifted]:
    """Tell for each statement whether it is `NEW`, `KNOWN`, a `CONFLICT` or `LEFT_OUT`."""
    for came in statements:
        statement = border.reduced(came)
        met = known.met(statement)
        if met.ours is not None:
            is_known = border.reduced(met.ours) == statement or border.ours_counts(statement)
            yield Sifted(KNOWN if is_known else CONFLICT, statement, met)
        elif border.comes_in(statement):
            known.add(statement)
            yield Sifted(NEW, statement, met)
        else:
            yield Sifted(LEFT_OUT, statement, met)


def compared(found: Iterator[Sifted], register: Document) -> Comparison:
    """Gather by record what was told of each statement."""
    records: dict[str, Compared] = {}
    left_out = 0
    for what, statement, met in found:
        if what == LEFT_OUT:
            left_out += 1
            continue
        one = records.setdefault(statement.record, Compared(statement.record))
        if what == NEW:
            one.new += 1
            if statement.record == REGISTER:
                register = fold_people(register, statement)
        elif what == KNOWN:
            one.known += 1
        elif met.ours is not None:
            one.conflicts.append((met.ours, statement))
    return Comparison(tuple(records[key] for key in sorted(records)), left_out, register)
