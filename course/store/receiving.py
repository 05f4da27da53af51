"""Taking what other laptops bring into a store that goes on working, and undoing it.

What is brought is written beside the log first (`imports.py`); one line of the log then makes
it count. The documents follow, one record after another. Should the power go meanwhile, the
next opening does it: until then no checkpoint is written, so that the documents on disk are
those of before.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from hashlib import blake2b
from itertools import islice
from typing import Any

from ..core.errors import NotFound, NotSaved
from ..core.people import REGISTER
from ..core.statement import Document, Draft, Statement
from ..core.travel import Border
from . import EMPTY
from .documents import Documents
from .files import SYSTEM, FileSystem, reason_of
from .history import History
from .imports import imported, key_of, put_on_shelf, withdrawn
from .lines import Position, Reader, decode, decoded, encode
from .log import StatementLog
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

AT_ONCE = 2000
"""Statements that are folded before their records are let go of."""

Held = Callable[[str], AbstractContextManager[Document]]
"""Keeps a record from being written to, and gives its document."""


class Unsettled(Exception):
    """An import counts already, and the documents do not have all of it yet."""


class Receiving:
    """What a store on disk does with statements of other laptops."""

    def __init__(self, history: History, log: StatementLog[Any], documents: Documents, *,
                 held: Held, keep: Callable[[Draft], None],
                 raise_to: Callable[[int, int], None], device: str,
                 files: FileSystem = SYSTEM) -> None:
        """`keep` notes something about an import, on disk; `raise_to` makes the next counter and
        the next number higher than these."""
        self.alone = threading.RLock()
        """One import at a time. Not to be waited for while a record is held."""
        self._history = history
        self._log = log
        self._documents = documents
        self._held = held
        self._keep = keep
        self._raise_to = raise_to
        self._device = device
        self._files = files
        self._unsettled = 0

    def must_be_settled(self) -> None:
        """Raise Unsettled while documents lag behind. The caller holds the log's lock."""
        if self._unsettled:
            raise Unsettled

    @contextlib.contextmanager
    def _settling(self) -> Iterator[None]:
        """Hold checkpoints off; for good when what was begun could not be finished."""
        self._unsettle(1)
        try:
            yield
        except NotSaved:  # then nothing of it counts
            self._unsettle(-1)
            raise
        self._unsettle(-1)

    def _unsettle(self, step: int) -> None:
        with self._log.lock:
            self._unsettled += step

    # Taking ------------------------------------------------------------------------------

    def compare(self, statements: Statements) -> Comparison:
        return compared(self._sifted(statements), self._register())

    def take(self, statements: Statements, source: Source, by: str) -> Import:
        with self.alone:
            if source.digest and any(one.source.digest == source.digest
                                     for one in self._history.imports().held):
                return Import("", "", source, known=len(statements), by=by)
            arriving = _Arriving(self._device)
            import_id = secrets.token_hex(6)
            folder = self._history.shelf.folder_of(import_id)
            try:
                put_on_shelf(folder, arriving.kept(self._sifted(statements)), source.original,
                             self._files)
            except OSError as error:
                raise NotSaved(reason=reason_of(error)) from error
            self._count(arriving.as_import(import_id, source, by), arriving)
            return next(one for one in self._history.imports().all if one.id == import_id)

    def _count(self, one: Import, arriving: _Arriving) -> None:
        """Let an import that is on the shelf count, and show it."""
        self._raise_to(arriving.counter, arriving.number)
        with self._settling():
            try:
                self._keep(imported(one, arriving.contested))
            except NotSaved:
                shutil.rmtree(self._history.shelf.folder_of(one.id), ignore_errors=True)
                raise
            statements = decoded(self._history.shelf.of_import(one.id), lambda repair: None)
            self._add(each for each in statements if each.id not in arriving.contested)

    def _add(self, statements: Iterator[Statement]) -> None:
        while some := list(islice(statements, AT_ONCE)):
            by_record: dict[str, list[Statement]] = {}
            for one in some:
                by_record.setdefault(one.record, []).append(one)
            for record_id, group in by_record.items():
                with self._held(record_id) as document:
                    self._publish(record_id, document, group)

    def _publish(self, record_id: str, document: Document, more: Iterable[Statement]) -> None:
        for statement in more:
            document = self._history.fold(document, statement)
        with self._log.lock:
            self._documents.publish(record_id, document)

    def _sifted(self, statements: Statements) -> Iterator[Sifted]:
        coming: dict[bytes, bytes] = {}
        about_people = []
        for one in statements:
            if one.record == REGISTER:
                about_people.append(one)
            else:
                coming.update([_told(one)])
        border = Border(self._register(), about_people)
        coming.update(_told(border.reduced(one)) for one in about_people)
        return sifted(statements, border, _Known(self._history, self._position(), coming))

    def _register(self) -> Document:
        return self._documents.get(REGISTER) or EMPTY

    def _position(self) -> Position:
        with contextlib.suppress(NotSaved):
            self._log.flush()
        return self._log.position

    # Withdrawing -------------------------------------------------------------------------

    def withdraw(self, import_id: str, by: str) -> None:
        with self.alone:
            known = {one.id: one for one in self._history.imports().all}
            if import_id not in known:
                raise NotFound(what="import")
            if known[import_id].holds:
                records = self._history.shelf.records_of(import_id)
                with self._settling():
                    self._keep(withdrawn(import_id, by))
                    self._fold_anew(records)

    def _fold_anew(self, records: set[str]) -> None:
        """Make documents from the history; what is written meanwhile is added in the end."""
        end = self._position()
        for record_id, document in self._history.folded(records, end).items():
            with self._held(record_id):
                self._publish(record_id, document, self._since(end, record_id))

    def _since(self, end: Position, record_id: str) -> Iterator[Statement]:
        if self._log.position != end:
            lines = Reader(self._history.log, end, self._log.position)
            yield from (one for one in decoded(lines, lambda repair: None)
                        if one.record == record_id)


class _Arriving:
    """What is written of an import, counted while it goes by."""

    def __init__(self, device: str) -> None:
        self.counter = self.number = 0
        self.contested: dict[str, str] = {}
        self._device = device
        self._tally: Counter[str] = Counter()

    def kept(self, found: Iterable[Sifted]) -> Iterator[bytes]:
        """The payloads of all that the log itself does not have."""
        for what, statement, met in found:
            self._tally[what] += 1
            if what == LEFT_OUT or met.own:
                continue
            if what == CONFLICT:
                self.contested[statement.id] = statement.record
            self.counter = max(self.counter, statement.counter)
            if statement.device == self._device:
                self.number = max(self.number, statement.number)
            yield encode(statement)

    def as_import(self, import_id: str, source: Source, by: str) -> Import:
        tally = self._tally
        return Import(import_id, "", source, tally[NEW], tally[KNOWN], tally[CONFLICT],
                      tally[LEFT_OUT], by)


class _Known:
    """What a history has of the statements that somebody brings: found in one pass.

    Kept is a digest of each that comes, and what stands here in the place of some, rather than
    statements, of which there may be a hundred thousand.
    """

    def __init__(self, history: History, end: Position, coming: Mapping[bytes, bytes]) -> None:
        """`coming` has the digests by how each statement begins."""
        self._here: dict[bytes, tuple[bool, bytes]] = {}
        """Whether it is our own, and its payload when that is another than what comes."""
        self._taken: set[bytes] = set()
        for own, payloads in ((True, history.own(end)), (False, history.shelf.payloads())):
            for payload in payloads:
                key = key_of(payload)
                if key in coming and key not in self._here:
                    is_same = coming[key] == _digest(payload)
                    self._here[key] = (own, b"" if is_same else payload)

    def met(self, statement: Statement) -> Met:
        key = key_of(encode(statement))
        if key in self._taken:  # a second time in one file: the first counts
            return Met(statement, own=True)
        own, payload = self._here.get(key, (False, None))
        if payload is None:
            return Met(None)
        return Met(decode(payload) if payload else statement, own)

    def add(self, statement: Statement) -> None:
        self._taken.add(key_of(encode(statement)))


def _told(statement: Statement) -> tuple[bytes, bytes]:
    """How a statement begins as it is written here, and its digest."""
    payload = encode(statement)
    return key_of(payload), _digest(payload)


def _digest(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=16).digest()
