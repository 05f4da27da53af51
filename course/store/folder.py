"""The data folder: where it is, and that one process owns it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

from ..core.errors import FolderInUse

APP = "fourth-p"
LOCK = "lock"
_LOCKED_BYTE = 1 << 30
"""Far behind the process id: on Windows a locked byte cannot be read by others."""


def default_folder() -> Path:
    """Where this account's data is kept when nobody says otherwise."""
    return platformdirs.user_data_path(APP, appauthor=False) / "data"


def machine_folder() -> Path:
    """What this machine remembers about data folders: never inside one of them."""
    return platformdirs.user_state_path(APP, appauthor=False) / "machine"


class FolderLock:
    """Ownership of a data folder, until `release` or the end of the process."""

    def __init__(self, folder: Path) -> None:
        """Take it. Raises FolderInUse when another store, here or elsewhere, has it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / LOCK
        self._fd: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._fd)
        except OSError:
            os.close(self._fd)
            raise FolderInUse(folder=str(folder), pid=_owner(path)) from None
        os.ftruncate(self._fd, 0)
        os.write(self._fd, str(os.getpid()).encode())

    def release(self) -> None:
        """Give it back; the file stays, since removing it would race with the next owner."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _owner(path: Path) -> int:
    """The process id in a lock file, 0 when it cannot be read."""
    try:
        return int(path.read_bytes() or 0)
    except (OSError, ValueError):
        return 0


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> None:
        os.lseek(fd, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        os.lseek(fd, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
