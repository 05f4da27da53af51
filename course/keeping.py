"""Backups of the running course: made, listed and put back from the health page.

The pages know this interface only; what it stands on is joined here.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from .store.archive import Backup, as_listed
from .store.backup import Restored, restore
from .store.rotation import kept_backups

if TYPE_CHECKING:
    from .core.errors import BadBackup
    from .store.local import LocalStore


class Keeping:
    """The backups of one data folder, and the store that is open on it."""

    def __init__(self, store: LocalStore, open_again: Callable[[], LocalStore]) -> None:
        self.store = store
        self._open_again = open_again
        self._one_at_a_time = threading.Lock()

    def back_up(self) -> Backup:
        """Write a backup among the folder's own, read back. Raises NotSaved, BadBackup."""
        return self.store.back_up()

    def kept(self) -> list[Path]:
        """The folder's own backups, latest first."""
        return kept_backups(self.store.folder)

    def listed(self) -> list[tuple[Path, Backup | BadBackup]]:
        return [(path, as_listed(path)) for path in self.kept()]

    def restore(self, file: Path) -> tuple[LocalStore, Restored]:
        """Close the store, put the backup in its place, and open what is there then.

        Whatever happens a store is open afterwards: the old data when the backup is bad.
        """
        with self._one_at_a_time:
            folder = self.store.folder
            self.store.close()
            try:
                restored = restore(file, folder)
            finally:
                self.store = self._open_again()
            return self.store, restored

    def wipe(self, kept: Collection[str]) -> LocalStore:
        """Close the store, remove the folder's content but for these names, and open what is
        then an empty store. Raises OSError when something cannot be removed."""
        with self._one_at_a_time:
            folder = self.store.folder
            self.store.close()
            try:
                for path in folder.iterdir():
                    if path.name not in kept:
                        shutil.rmtree(path) if path.is_dir() else path.unlink()
            finally:
                self.store = self._open_again()
            return self.store
