"""The store on this computer's disk: the log, and TinyDB documents that are its reading.

Locks, in the order in which they may be taken: that of imports; that of copies; a record's
own; the checkpoint's; the log's commit; the log's `lock`; the documents'. Hold one record at a
time; a group, which holds several, takes only those that are free, and an erasure is alone.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tinydb import TinyDB

from ..core.errors import NotSaved
from ..core.statement import Document, Draft, Statement
from . import (
    EMPTY,
    Clock,
    Comparison,
    Folds,
    Group,
    Health,
    Import,
    Record,
    Repair,
    Source,
    Statements,
    Told,
    fold_of,
    nobody,
    stamped,
    utc_now,
)
from .archive import PROGRESS, Backup
from .backup import finish_restore
from .copies import Copies
from .device import Device, Machine, settle
from .documents import Documents, Snapshot
from .erasure import finish_erasing
from .files import SYSTEM, FileSystem, reason_of
from .folder import FolderLock
from .group import LocalGroup
from .history import LOG, History
from .imports import KIND, Listed, fold_imports
from .joining import Joined
from .keeper import CHECKPOINT_SECONDS, Keeper, Pace, unhurried
from .ledger import Opening
from .lines import START, Position, Reader, decode, encode, holds
from .log import SEGMENT_BYTES, Batch, StatementLog
from .receiving import Receiving, Unsettled
from .tables import Tables
from .watch import CLOCK_TOLERANCE, Repairs, seconds_behind

ASIDE = "aside"


class News(NamedTuple):
    """What holds once a record's new lines are on disk."""

    record: str
    document: Document | None
    """None for a kind of record that has no document."""
    statements: int
    time: str
    ahead: bool
    """Nobody waited: the document was shown at once."""


class LocalStore:
    """Statements and documents in one folder, which this process then owns."""

    def __init__(self, folder: Path, folds: Folds, clock: Clock = utc_now, *,
                 folds_version: str = "", machine: Machine | None = None,
                 checkpoint_every: float = CHECKPOINT_SECONDS,
                 files: FileSystem = SYSTEM, segment_bytes: int = SEGMENT_BYTES) -> None:
        """Open the folder, made if it is not there, and mend what can be mended.

        `folds_version` names the folds: documents made with others are made again.
        `checkpoint_every` is in seconds. Raises FolderInUse, and NotSaved when the folder
        cannot be used at all.
        """
        self.folder = Path(folder)
        self._folds = {**folds, KIND: fold_imports}
        self._folds_version = folds_version
        self._clock = clock
        self.tell: Told = nobody
        self._machine = machine or Machine()
        self._files = files
        self._repairs = Repairs()
        self._closed = False
        self._records: dict[str, threading.RLock] = {}
        self._ahead: dict[str, tuple[Document, int]] = {}
        try:
            self._owned = FolderLock(self.folder)
            self._open_owned(segment_bytes)
        except OSError as error:
            raise NotSaved(reason=reason_of(error)) from error
        self._copies = Copies(
            self.folder, self.folder / ASIDE, self._files, clock, self._log, self._documents,
            self._ledger, self._history, self._receiving.alone, self._held, self.checkpoint,
            self._save_documents, lambda end: self._machine.remember(self.device, end))
        self._keeper = Keeper(lambda pace: self.checkpoint(), self.look_through,
                              self._copies.keep_up, self._repairs.add, checkpoint_every)
        self._keeper.start(back_up=self._log.position != START)

    # Opening and closing -----------------------------------------------------------------

    def _open_owned(self, segment_bytes: int) -> None:
        try:
            self._open(segment_bytes)
        except BaseException:
            self._owned.release()
            raise

    def _open(self, segment_bytes: int) -> None:
        finish_restore(self.folder, self._files)
        finish_erasing(self.folder, self._machine, self._files)
        log = self.folder / LOG
        log.mkdir(exist_ok=True)
        self._documents = Documents(self.folder / PROGRESS, self._refolded, self._files)
        self._history = History(self.folder, self._folds, self._listed, self._repairs.add)
        self._joined = Joined(self._folds, self._plain, self.statements)
        opening = Opening(self._history, self._documents, self._folds_version, self._repairs)
        opening.read()
        opening.cut_tail(self.folder / ASIDE, self._files)
        self._ledger = opening.ledger
        self._device = self._settled(opening)
        self._number = self._ledger.numbers.get(self._device.id, 0)
        self._log = StatementLog(
            log, opening.position, saved=self._saved, refused=self._refused,
            files=self._files, segment_bytes=segment_bytes, resume=opening.clean)
        self._receiving = Receiving(
            self._history, self._log, self._documents, held=self._held, keep=self._note,
            raise_to=self._raise_to, device=self.device, files=self._files)
        for stray in self._history.shelf.drop_strays():
            self._repairs.add(Repair("import-unfinished", stray))
        self._watch_clock(self._clock())
        self._checkpointed = opening.checkpoint
        self.checkpoint()

    def _settled(self, opening: Opening) -> Device:
        def goes_on(end: Position) -> bool:
            return not opening.other_history and holds(self.folder / LOG, end)

        return settle(self.folder, self._machine, goes_on, self._clock(), self._files)

    def close(self) -> None:
        """Save what is left, write a checkpoint, and give the folder back."""
        if self._closed:
            return
        self._closed = True
        self._keeper.stop()
        with self._receiving.alone:
            self._log.close()
            self.checkpoint()
            self._owned.release()

    # Records -----------------------------------------------------------------------------

    @property
    def device(self) -> str:
        return self._device.id

    @contextlib.contextmanager
    def record(self, record_id: str, *, wait: bool = True) -> Iterator[Record]:
        with self._lock_of(record_id):
            record = Record(record_id, self.document(record_id))
            yield record
            if record.added:
                batch = self._put(record_id, record.added, ahead=not wait)
                if wait:
                    self._log.wait(batch)
                else:
                    self._log.flush_soon()

    def group(self) -> Group:
        return LocalGroup(self._lock_of, self.document, self._put, self._log)

    def _lock_of(self, record_id: str) -> threading.RLock:
        return self._records.setdefault(record_id, threading.RLock())

    def _put(self, record_id: str, drafts: Sequence[Draft], ahead: bool = False) -> Batch[News]:
        with self._log.lock:
            payloads, news = self._stamp(record_id, drafts, ahead)
            if ahead and news.document is not None:
                count = self._ahead.get(record_id, (EMPTY, 0))[1]
                self._ahead[record_id] = (news.document, count + 1)
            return self._log.put(payloads, news)

    def _stamp(self, record_id: str, drafts: Sequence[Draft], ahead: bool
               ) -> tuple[list[bytes], News]:
        """Number, date and fold; the numbers count only if all of it can be written as JSON.

        What is folded is what the log will give back, not what the caller still holds.
        """
        fold = fold_of(self._folds, record_id)
        document = self._plain(record_id) if fold else None
        time = self._clock()
        payloads = []
        for place, draft in enumerate(drafts, start=1):
            payloads.append(encode(stamped(
                draft, record_id, self.device, self._number + place,
                self._ledger.counter + place, time)))
            if fold and document is not None:
                document = fold(document, decode(payloads[-1]))
        self._number += len(drafts)
        self._ledger.counter += len(drafts)
        self._watch_clock(time)
        return payloads, News(record_id, document, len(drafts), time, ahead)

    def _saved(self, batch: Sequence[News]) -> None:
        """A batch is on disk: show it."""
        with self._log.lock:
            self._ledger.numbers[self.device] = self._number
            for news in batch:
                self._ledger.statements += news.statements
                self._ledger.last = news.time
                self._show(news)
                self.tell(news.record)

    def _show(self, news: News) -> None:
        if news.document is None:
            return
        self._documents.publish(news.record, news.document)
        if news.ahead:
            document, count = self._ahead.pop(news.record)
            if count > 1:
                self._ahead[news.record] = (document, count - 1)

    def _refused(self, reason: str, segment: str) -> None:
        """Nothing that is not on disk has happened. Called with the log's lock held."""
        self._ahead.clear()
        self._repairs.add(Repair("disk-refused", segment, {"reason": reason}))

    def _watch_clock(self, time: str) -> None:
        if time >= self._ledger.latest:
            self._ledger.latest = time
        elif seconds_behind(time, self._ledger.latest) > CLOCK_TOLERANCE:
            self._repairs.add(Repair("clock-back", "", {"latest": self._ledger.latest,
                                                        "now": time}))

    # Reading -----------------------------------------------------------------------------

    def document(self, record_id: str) -> Document:
        return self._joined.document(record_id)

    def _plain(self, record_id: str) -> Document:
        """A record's own document, without what is joined to it."""
        ahead = self._ahead.get(record_id)
        return ahead[0] if ahead else self._documents.get(record_id) or EMPTY

    def record_ids(self, kind: str) -> list[str]:
        ahead = {one for one in list(self._ahead) if one.partition(":")[0] == kind}
        return sorted(self._documents.ids(kind) | ahead)

    def statements(self, record_id: str | None = None) -> Iterator[Statement]:
        with contextlib.suppress(NotSaved):
            self._log.flush()
        return self._history.statements(record_id, self._log.position)

    def statement(self, statement_id: str) -> Statement | None:
        with contextlib.suppress(NotSaved):
            self._log.flush()
        return self._history.statement(statement_id, self._log.position)

    def _refolded(self, record_id: str) -> Document:
        """A document whose place in progress.json is damaged, made again from the log."""
        self._repairs.add(Repair("documents-rebuilt", record_id, {"reason": "damaged"}))
        return self._history.folded({record_id})[record_id]

    @property
    def tables(self) -> TinyDB:
        """All documents now as a TinyDB, to be asked what the pages do not ask; read-only."""
        return TinyDB(storage=Tables, rendered=self.tables_json)

    def tables_json(self) -> bytes:
        """What stock TinyDB would find in `progress.json` after a checkpoint made now."""
        return self._documents.rendered(lambda: self._snapshot(settled=False))

    def health(self) -> Health:
        try:
            free = self._files.free(self.folder)
        except OSError:
            free = 0
        ledger = self._ledger
        return Health(
            statements=ledger.statements, segment=self._log.segment, last_saved=ledger.last,
            saves=self._log.saves, slowest=self._log.slowest, free=free,
            repairs=self._repairs.all(),
            clock_behind=seconds_behind(self._clock(), ledger.latest))

    # Other laptops -----------------------------------------------------------------------

    def take(self, statements: Statements, source: Source, by: str = "") -> Import:
        """Not to be called inside a record. The course goes on meanwhile."""
        return self._receiving.take(statements, source, by)

    def withdraw(self, import_id: str, by: str = "") -> None:
        self._receiving.withdraw(import_id, by)

    def imports(self) -> list[Import]:
        return self._listed().all

    def compare(self, statements: Statements) -> Comparison:
        return self._receiving.compare(statements)

    def _listed(self) -> Listed:
        return Listed(self._plain(one) for one in sorted(self._documents.ids(KIND)))

    def _note(self, draft: Draft) -> None:
        with self.record(f"{KIND}:{self.device}") as record:
            record.append(draft)

    def _raise_to(self, counter: int, number: int) -> None:
        """Go on behind all that came: its counters, and numbers of our own that were lost."""
        with self._log.lock:
            self._ledger.counter = max(self._ledger.counter, counter)
            self._number = max(self._number, number)

    @contextlib.contextmanager
    def _held(self, record_id: str) -> Iterator[Document]:
        """A record that nobody else writes to, and its document, which the disk has."""
        with self._lock_of(record_id):
            while record_id in self._ahead:
                with contextlib.suppress(NotSaved):
                    self._log.flush()
                with self._log.still():
                    pass
            yield self._documents.get(record_id) or EMPTY

    # Chores ------------------------------------------------------------------------------

    def checkpoint(self) -> None:
        """Write `progress.json` as of now. A refusal is reported, and tried again later."""
        if self._log.position == self._checkpointed and not self._documents.waiting:
            return
        with contextlib.suppress(Unsettled):
            try:
                self._save_documents()
            except OSError as error:
                self._repairs.add(Repair("disk-refused", PROGRESS, {"reason": reason_of(error)}))

    def _save_documents(self) -> None:
        self._checkpointed = self._documents.save(self._snapshot)
        self._machine.remember(self.device, self._checkpointed)

    def _snapshot(self, settled: bool = True) -> Snapshot:
        """Documents and counts of one position: no batch is half shown meanwhile.

        With `settled`, raises Unsettled when an import is.
        """
        with self._log.still(), self._log.lock:
            if settled:
                self._receiving.must_be_settled()
            position = self._log.position
            return Snapshot(position, self._documents.changed(),
                            self._ledger.head(self._folds_version, position))

    def look_through(self, pace: Pace = unhurried) -> tuple[Repair, ...]:
        """Check every line of the log, also those that opening had no need to read."""
        reader = Reader(self.folder / LOG, end=self._log.position, report=self._repairs.add)
        shelf = self._history.shelf
        brought = (line for one in self._listed().held for line in shelf.of_import(one.id))
        for count, _ in enumerate(chain(reader, brought), start=1):
            if count % 500 == 0:
                pace()
        return self._repairs.all()

    def back_up(self, target: Path | None = None, pace: Pace = unhurried) -> Backup:
        """Write a backup now: to a file, or among the folder's own, of which old ones go.

        Raises NotSaved when the disk does not take it, BadBackup when it reads back wrong.
        """
        return self._copies.back_up(target, pace)

    def erase(self) -> None:
        self._copies.erase()
