"""The few things the store asks of the operating system, in one place that a test can break."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

REPLACE_TRIES = 12
"""On Windows a virus scanner may hold a file for a moment: about two seconds in all."""

PART = ".part"
"""Ends the name of a file that is still being written."""


_REASONS = {errno.ENOSPC: "disk-full", errno.EDQUOT: "disk-full", errno.EROFS: "read-only",
            errno.EACCES: "read-only", errno.EPERM: "read-only"}


def reason_of(error: OSError) -> str:
    """What the disk said, as the code that `NotSaved` carries."""
    return _REASONS.get(error.errno or 0, "disk-error")


class FileSystem:
    """Writing that survives a power cut. All methods raise OSError."""

    def open_for_writing(self, path: Path) -> int:
        """Open a file as it is, made if it is not there."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)

    def seek(self, fd: int, offset: int) -> None:
        """Write from there on, in bytes from the start."""
        os.lseek(fd, offset, os.SEEK_SET)

    def write(self, fd: int, data: bytes) -> None:
        """Write all of it; the system may take it in pieces."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest):]

    def sync(self, fd: int) -> None:
        """Return when the disk has it, not when the system says it will."""
        if sys.platform == "darwin":
            import fcntl

            with contextlib.suppress(OSError):  # not on every file system
                fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
                return
        os.fsync(fd)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def sync_folder(self, folder: Path) -> None:
        """Make a new name in a folder durable. Windows has no such call and needs none."""
        if sys.platform == "win32":
            return
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def replace(self, source: Path, target: Path) -> None:
        """Put a file in the place of another, trying again a bounded number of times."""
        for tries in range(1, REPLACE_TRIES + 1):
            try:
                source.replace(target)
                return
            except PermissionError:
                if tries == REPLACE_TRIES:
                    raise
                time.sleep(min(0.01 * 2**tries, 0.3))

    def free(self, folder: Path) -> int:
        """Bytes left on the disk."""
        return shutil.disk_usage(folder).free


SYSTEM = FileSystem()


def write_whole(path: Path, chunks: Iterable[bytes], files: FileSystem = SYSTEM) -> None:
    """Write a file so that it is there whole, or as it was before. Raises OSError."""
    with written_part(path, chunks, files) as part:
        files.replace(part, path)
        files.sync_folder(path.parent)


@contextlib.contextmanager
def written_part(path: Path, chunks: Iterable[bytes], files: FileSystem) -> Iterator[Path]:
    """The new content beside the file, on disk, ready to be put in its place.

    What the block leaves where it is, or fails to use, is removed. Raises OSError.
    """
    part = path.with_name(path.name + PART)
    try:
        _write_part(part, chunks, files)
        yield part
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _write_part(part: Path, chunks: Iterable[bytes], files: FileSystem) -> None:
    part.unlink(missing_ok=True)
    fd = files.open_for_writing(part)
    try:
        for data in _gathered(chunks):
            files.write(fd, data)
        files.sync(fd)
    finally:
        os.close(fd)


def _gathered(chunks: Iterable[bytes], size: int = 1 << 20) -> Iterator[bytes]:
    """Many small pieces as few large ones."""
    held: list[bytes] = []
    length = 0
    for chunk in chunks:
        held.append(chunk)
        length += len(chunk)
        if length >= size:
            yield b"".join(held)
            held, length = [], 0
    yield b"".join(held)


def free_name(path: Path) -> Path:
    """The path, or with `-2`, `-3`, … behind its name when something is there already."""
    others = (path.with_stem(f"{path.stem}-{count}") for count in itertools.count(2))
    return next(one for one in itertools.chain([path], others) if not one.exists())


def date_for_name(time_said: str) -> str:
    """An ISO time as part of a file name, `20260131T120000Z`: no colons, for Windows."""
    return time_said.partition(".")[0].replace("-", "").replace(":", "").rstrip("Z") + "Z"
