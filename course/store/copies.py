"""The copies of a log that its folder keeps, and taking a name out of the log and of them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.erasure import Erasures, erasures, with_names
from ..core.errors import NotSaved
from ..core.people import REGISTER, record_of
from . import EMPTY, Clock
from .archive import Backup, as_listed
from .backup import make_backup
from .documents import Documents
from .erasure import clean_copies, drop_originals, forget, prepare, put_in_place
from .files import FileSystem, reason_of
from .history import History
from .keeper import Pace, unhurried
from .ledger import Ledger
from .lines import Position
from .log import StatementLog
from .receiving import Held, Unsettled
from .rotation import kept_backups, next_backup, rotate


@dataclass(slots=True)
class Copies:
    """Backups and erasures of one open store, one at a time."""

    folder: Path
    aside: Path
    files: FileSystem
    clock: Clock
    log: StatementLog[Any]
    documents: Documents
    ledger: Ledger
    history: History
    importing: AbstractContextManager[Any]
    """Held while imports are taken or withdrawn."""
    held: Held
    checkpoint: Callable[[], None]
    save_documents: Callable[[], None]
    """What a checkpoint does; but it raises OSError, and Unsettled."""
    remember: Callable[[Position], None]
    """Tells the machine where the log ends now."""
    _alone: threading.RLock = field(default_factory=threading.RLock)

    # Backups -----------------------------------------------------------------------------

    def back_up(self, target: Path | None = None, pace: Pace = unhurried) -> Backup:
        """Write a backup now: to a file, or among the folder's own, of which old ones go.

        Raises NotSaved when the disk does not take it, BadBackup when it reads back wrong.
        """
        with self._alone:
            with contextlib.suppress(NotSaved):
                self.log.flush()
            self.checkpoint()
            now = self.clock()
            backup = make_backup(self.folder, target or next_backup(self.folder, now), now,
                                 self.log.position, pace, self.files, self.ledger.erased)
            if target is None:
                rotate(self.folder)
            return backup

    def keep_up(self, pace: Pace) -> None:
        """Back up, when something has been added since the last backup.

        Before that, take out the names that an erasure has left: one that was cut off, or one
        that another laptop told of, which could be undone until now.
        """
        with contextlib.suppress(NotSaved):  # then the next opening does it
            self.erase(pace)
        if self.log.position != self._backed_up():
            self.back_up(pace=pace)

    def _backed_up(self) -> Position | None:
        latest = next(iter(kept_backups(self.folder)), None)
        known = as_listed(latest) if latest else None
        return known.end if isinstance(known, Backup) else None

    # Erasing -----------------------------------------------------------------------------

    def erase(self, pace: Pace = unhurried) -> None:
        """See `Store.erase`. The log comes first, then the documents, then a fresh backup in
        place of those from before."""
        if not self._left():
            return
        with self.importing, self._alone:
            before, left = self.ledger.erased, self._left()
            try:
                self._erase(with_names(left, self.history.statements(REGISTER)), pace)
            except BaseException as error:
                self.ledger.erased = before
                if isinstance(error, OSError | Unsettled):
                    reason = reason_of(error) if isinstance(error, OSError) else "disk-error"
                    raise NotSaved(reason=reason) from error
                raise

    def _left(self) -> Erasures:
        """Those whose names are still in the files."""
        known = erasures(self.documents.get(REGISTER) or EMPTY)
        return {person: one for person, one in known.items() if person not in self.ledger.erased}

    def _erase(self, left: Erasures, pace: Pace) -> None:
        self._rewrite([REGISTER, *map(record_of, sorted(left))], left)
        drop_originals(self.folder)
        self.ledger.erased = sorted({*self.ledger.erased, *left})
        self.save_documents()
        self.back_up(pace=pace)
        clean_copies(self.folder, self.aside, left, self.files)
        forget(self.folder)

    def _rewrite(self, records: list[str], left: Erasures) -> None:
        """Write the log anew and fold again what was folded from it.

        The records are held: what others put into them now is folded onto the new documents.
        """
        with contextlib.ExitStack() as all_held:
            for record_id in records:
                all_held.enter_context(self.held(record_id))
            self.log.flush()
            with self.documents.still(), self.log.still(), self.log.lock:
                self.log.begin_anew()
                self.remember(self.log.position)
                moved = prepare(self.folder, self.log.position, left, self.files)
                put_in_place(self.folder, self.files)
                self.log.position = moved.after
                self.remember(moved.after)
            known = {one for one in records if self.documents.get(one) is not None}
            for record_id, document in self.history.folded(known, self.log.position).items():
                self.documents.publish(record_id, document)
