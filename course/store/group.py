"""Statements of several records that go to the disk together, put there by one thread.

The thread that reads the connections must not wait for a sync after each answer, nor ever
for another thread. It keeps all answers that have come at the same time in a group and waits
once. Until then it holds their records, so nobody sees or builds on what may yet be refused.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..core.errors import NotSaved, WouldWait
from ..core.statement import Document, Draft
from . import Record
from .log import Batch, StatementLog

QUICK = 0.1
"""Seconds that a thread with other things to do may spend on a write and its sync. Long, for
on a disk that takes 40 ms two hundred share each wait, where sixteen threads at a time kept
200 answers a second instead of 1,250, and lessons queued behind them for a second. A stick
that stalls takes longer still: then those wait who hold up nobody."""

Put = Callable[[str, Sequence[Draft]], Batch[Any]]
"""Adds a record's statements to the batch that is forming."""


class LocalGroup:
    """A group of a store on disk: see `store.Group`."""

    def __init__(self, lock_of: Callable[[str], threading.RLock],
                 document: Callable[[str], Document], put: Put, log: StatementLog[Any]) -> None:
        self._lock_of = lock_of
        self._document = document
        self._put = put
        self._log = log
        self._held: dict[str, threading.RLock] = {}
        self._batches: dict[Batch[Any], None] = {}
        """Where its statements are: one, or more when others have written one meanwhile."""

    @contextlib.contextmanager
    def record(self, record_id: str) -> Iterator[Record]:
        lock = self._held_now(record_id)
        try:
            record = Record(record_id, self._document(record_id))
            yield record
            batch = self._put(record_id, record.added) if record.added else None
        except BaseException:
            lock.release()
            raise
        self._held[record_id] = lock
        if batch:
            self._batches[batch] = None

    def _held_now(self, record_id: str) -> threading.RLock:
        """A record that is free. One of this group is not, though its lock would let us in."""
        lock = self._lock_of(record_id)
        if (record_id in self._held or self._log.latest > QUICK
                or not lock.acquire(blocking=False)):
            raise WouldWait
        return lock

    def save(self) -> None:
        batches, self._batches = self._batches, {}
        held, self._held = self._held, {}
        try:
            self._wait_for(batches)
        finally:
            for lock in held.values():
                lock.release()

    def _wait_for(self, batches: Iterable[Batch[Any]]) -> None:
        refused: NotSaved | None = None
        for batch in batches:
            try:
                self._log.wait(batch)
            except NotSaved as error:
                refused = error
        if refused:
            raise refused
