"""The store that forgets: the same interface without a disk."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from ..core.erasure import erasures, redacted, with_names
from ..core.errors import NotFound
from ..core.people import REGISTER
from ..core.statement import Document, Draft, Statement
from ..core.travel import Border
from . import EMPTY, Clock, Folds, Group, Health, Record, Told, fold_of, nobody, stamped, utc_now
from .joining import Joined
from .taking import (
    CONFLICT,
    KNOWN,
    LEFT_OUT,
    NEW,
    Comparison,
    Import,
    Met,
    Sifted,
    Source,
    Statements,
    compared,
    sifted,
)


class MemoryStore:
    """For tests, and for looking at content."""

    device = "memory"

    def __init__(self, folds: Folds, clock: Clock | None = None) -> None:
        self._folds = folds
        self._clock = clock or utc_now
        self.tell: Told = nobody
        self._lock = threading.RLock()
        self._log: list[Statement] = []
        self._documents: dict[str, Document] = {}
        self._imports: dict[str, Import] = {}
        self._brought: dict[str, list[Statement]] = {}
        """By import, what the log itself does not have."""
        self._number = self._counter = 0
        self._joined = Joined(folds, lambda record_id: self._documents.get(record_id, EMPTY),
                              self.statements)

    @contextmanager
    def record(self, record_id: str, *, wait: bool = True) -> Iterator[Record]:
        with self._lock:
            record = Record(record_id, self.document(record_id))
            yield record
            for draft in record.added:
                self._keep(record_id, draft)

    def group(self) -> Group:
        return self

    def save(self) -> None:
        """There is no disk to wait for: what was appended is kept."""

    def _keep(self, record_id: str, draft: Draft) -> None:
        self._number += 1
        self._counter += 1
        statement = stamped(draft, record_id, self.device, self._number, self._counter,
                            self._clock())
        self._log.append(statement)
        self._fold(statement)
        self.tell(record_id)

    def _fold(self, statement: Statement) -> None:
        fold = fold_of(self._folds, statement.record)
        if fold:
            before = self._documents.get(statement.record, EMPTY)
            self._documents[statement.record] = fold(before, statement)

    def document(self, record_id: str) -> Document:
        return self._joined.document(record_id)

    def record_ids(self, kind: str) -> list[str]:
        return sorted(one for one in self._documents if one.partition(":")[0] == kind)

    def statements(self, record_id: str | None = None) -> Iterator[Statement]:
        return (one for one in list(self._all().values()) if record_id in (None, one.record))

    def statement(self, statement_id: str) -> Statement | None:
        return self._all().get(statement_id)

    def _all(self) -> dict[str, Statement]:
        """All that holds, by id; the first of those who claim one."""
        found = {one.id: one for one in self._log}
        for key, one in self._imports.items():
            for statement in self._brought[key] if one.holds else ():
                found.setdefault(statement.id, statement)
        return found

    # Other laptops -----------------------------------------------------------------------

    def take(self, statements: Statements, source: Source, by: str = "") -> Import:
        with self._lock:
            if any(one.holds and source.digest and one.source.digest == source.digest
                   for one in self._imports.values()):
                return Import("", self._clock(), source, known=len(statements), by=by)
            found = list(self._sifted(statements))
            counts = {what: sum(one.what == what for one in found)
                      for what in (NEW, KNOWN, CONFLICT, LEFT_OUT)}
            kept = [one.statement for one in found if one.what != LEFT_OUT and not one.met.own]
            key = secrets.token_hex(6)
            self._brought[key] = kept
            self._imports[key] = Import(key, self._clock(), source, counts[NEW], counts[KNOWN],
                                        counts[CONFLICT], counts[LEFT_OUT], by)
            self._counter = max([self._counter, *(one.counter for one in kept)])
            self._number = max([self._number, *(one.number for one in kept
                                                if one.device == self.device)])
            self._fold_theirs(one.statement for one in found if one.what == NEW)
            return self._imports[key]

    def withdraw(self, import_id: str, by: str = "") -> None:
        with self._lock:
            if import_id not in self._imports:
                raise NotFound(what="import")
            if self._imports[import_id].holds:
                self._imports[import_id] = replace(self._imports[import_id],
                                                   withdrawn=self._clock())
                self._documents.clear()
                self._fold_theirs(self._all().values())

    def _fold_theirs(self, statements: Iterable[Statement]) -> None:
        """Theirs may be of another version, and then cannot be folded."""
        for statement in statements:
            with suppress(Exception):
                self._fold(statement)

    def imports(self) -> list[Import]:
        return list(self._imports.values())

    def compare(self, statements: Statements) -> Comparison:
        return compared(self._sifted(statements), self.document(REGISTER))

    def _sifted(self, statements: Statements) -> Iterator[Sifted]:
        return sifted(statements, Border(self.document(REGISTER), statements),
                      _Known(self._all(), self.device))

    # Erasing -----------------------------------------------------------------------------

    def erase(self) -> None:
        with self._lock:
            left = with_names(erasures(self.document(REGISTER)), self._all().values())
            self._log = [redacted(one, left) for one in self._log]
            self._brought = {key: [redacted(one, left) for one in some]
                             for key, some in self._brought.items()}
            self._documents.clear()
            self._fold_theirs(self._all().values())

    # The rest ----------------------------------------------------------------------------

    def health(self) -> Health:
        last = self._log[-1].time if self._log else ""
        return Health(len(self._log), "memory", last, saves=0, slowest=0.0, free=0)

    def close(self) -> None:
        """Nothing to let go of."""


class _Known:
    """What the store has, and what it is about to take."""

    def __init__(self, statements: dict[str, Statement], device: str) -> None:
        self._statements = statements
        self._device = device

    def met(self, statement: Statement) -> Met:
        ours = self._statements.get(statement.id)
        return Met(ours, ours is not None and ours.device == self._device)

    def add(self, statement: Statement) -> None:
        self._statements[statement.id] = statement
