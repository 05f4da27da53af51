"""The log that statements are appended to: durable, and shared by threads that wait together.

Threads put lines into the batch that is forming. The first that waits for a batch writes it,
for all, once the batch before it is on disk: one write and one fsync (group commit). After a
failed write or fsync nobody knows what the disk holds behind the last good byte: the segment
is cut there, everybody who was waiting is told, and the next batch begins a new segment.

Small batches are written over line ends that were laid out before them: a file that does not
grow is synced in two thirds of the time, since its size need not be kept anew with each answer.
So a segment that is written to ends in empty lines, until it is closed or opened again.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from ..core.errors import NotSaved
from .files import SYSTEM, FileSystem, free_name, reason_of, write_whole
from .lines import Position, crc_of, render, segment_name, segments

SEGMENT_BYTES = 8 << 20
ROOM = b"\n" * (64 << 10)
"""What is laid out behind the lines: some two hundred answers."""
LATEST = 0.15
"""Seconds after which a line that nobody waits for is written."""

News = TypeVar("News")


def _closed() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class Batch(Generic[News]):
    """Lines that go to the disk together, and what is new once they are there."""

    payloads: list[bytes] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    led: bool = False
    """Somebody has taken it on to write it."""
    refused: str = ""
    """Why it could not be saved."""
    done: threading.Lock = field(default_factory=_closed)
    """Open when it is known how it ended. An Event is far dearer, and each batch has one."""


class StatementLog(Generic[News]):
    """Appending to the segments of a folder.

    `saved` is called with the news of each batch on disk, before anybody who waits goes on;
    `refused` after a failure, when all that was put and not yet saved is gone.
    """

    def __init__(self, folder: Path, position: Position, *,
                 saved: Callable[[Sequence[News]], None],
                 refused: Callable[[str, str], None],
                 files: FileSystem = SYSTEM, segment_bytes: int = SEGMENT_BYTES,
                 resume: bool = True) -> None:
        """Go on after `position`: in its segment, or with `resume=False` in a new one."""
        self.lock = threading.Lock()
        """Held while lines are put: the order of numbers is the order of lines."""
        self.position = position
        """The last line on disk."""
        self.saves = 0
        self.slowest = 0.0
        self.latest = 0.0
        """Seconds that the slowest save took, and the latest."""
        self._folder = folder
        self._saved = saved
        self._refused = refused
        self._files = files
        self._segment_bytes = segment_bytes
        self._forming: Batch[News] = Batch()
        self._committing = threading.RLock()
        self._segment = max(segments(folder), default=0)
        self._size = 0
        self._room = 0
        """Bytes laid out behind `_size`."""
        self._fd: int | None = None
        self._closed = False
        self._due = threading.Event()
        self._closing = threading.Event()
        self._flusher: threading.Thread | None = None
        if resume and position.segment:
            self._resume(position)

    @property
    def segment(self) -> str:
        """The file that is written to now."""
        return segment_name(max(self._segment, 1))

    # What the store calls ----------------------------------------------------------------

    def put(self, payloads: Sequence[bytes], news: News) -> Batch[News]:
        """Add lines to the batch that is forming. The caller holds `lock`."""
        batch = self._forming
        batch.payloads += payloads
        batch.news.append(news)
        return batch

    def wait(self, batch: Batch[News]) -> None:
        """Return when the batch is on disk. Raises NotSaved."""
        with self.lock:
            leads, batch.led = not batch.led, True
        if leads:
            self._commit(batch)
        else:
            with batch.done:
                pass
        if batch.refused:
            raise NotSaved(reason=batch.refused)

    def flush_soon(self) -> None:
        """See to it that what was put is written before long, though nobody waits for it."""
        if self._flusher is None:
            with self.lock:
                if self._flusher is None:
                    self._flusher = threading.Thread(
                        target=self._flush_late, name="log-flusher", daemon=True)
                    self._flusher.start()
        self._due.set()

    def flush(self) -> None:
        """Return when everything that was put is on disk. Raises NotSaved."""
        with self.lock:
            batch = self._forming
        if batch.payloads:
            self.wait(batch)

    def still(self) -> contextlib.AbstractContextManager[bool]:
        """Hold this while the log must not grow."""
        return self._committing

    def begin_anew(self) -> None:
        """Let go of the segment: what comes next begins another. The caller holds `still()`."""
        self._let_go()

    def close(self) -> None:
        """Write what is left and let go of the file; what cannot be written is lost."""
        self._closing.set()
        self._due.set()
        with contextlib.suppress(NotSaved):
            self.flush()
        if self._flusher:
            self._flusher.join()
        with self._committing:
            self._closed = True
            self._let_go()

    def _resume(self, position: Position) -> None:
        self._segment, self._size = position.segment, position.offset
        self._fd = self._files.open_for_writing(self._folder / segment_name(position.segment))
        with contextlib.suppress(OSError):  # what a killed process left to the system alone
            self._files.sync(self._fd)

    # Writing a batch ---------------------------------------------------------------------

    def _flush_late(self) -> None:
        while not self._closing.is_set():
            self._due.wait()
            self._closing.wait(LATEST)
            self._due.clear()
            with contextlib.suppress(NotSaved):
                self.flush()

    def _commit(self, batch: Batch[News]) -> None:
        try:
            with self._committing:
                with self.lock:
                    if self._forming is batch:
                        self._forming = Batch()
                if not batch.refused:
                    self._save(batch)
        finally:
            batch.done.release()

    def _save(self, batch: Batch[News]) -> None:
        if self._closed:
            self._refuse(batch, "closed")
            return
        started = time.perf_counter()
        data, position = self._rendered(batch.payloads)
        try:
            self._write(data)
        except OSError as error:
            self._refuse(batch, reason_of(error))
            return
        except BaseException:
            self._refuse(batch, "interrupted")
            raise
        self.position = position._replace(segment=self._segment, offset=self._size)
        self.saves += 1
        self.latest = time.perf_counter() - started
        self.slowest = max(self.slowest, self.latest)
        self._saved(batch.news)

    def _rendered(self, payloads: Sequence[bytes]) -> tuple[bytes, Position]:
        first = self.position.line + 1
        lines = [render(number, payload) for number, payload in enumerate(payloads, first)]
        last = Position(0, 0, len(lines[-1]), self.position.line + len(lines), crc_of(lines[-1]))
        return b"".join(lines), last

    def _write(self, data: bytes) -> None:
        if self._fd is not None and self._size and self._size + len(data) > self._segment_bytes:
            self._let_go()
        begins = self._fd is None
        fd = self._begin_segment() if self._fd is None else self._fd
        self._files.seek(fd, self._size)
        self._files.write(fd, data)
        room = self._room - len(data)
        if room < 0:
            room = self._lay_out(fd, self._size + len(data)) if len(data) < len(ROOM) else 0
        self._files.sync(fd)
        if begins:
            self._files.sync_folder(self._folder)
        self._size += len(data)
        self._room = room

    def _lay_out(self, fd: int, end: int) -> int:
        """Lay out room behind the end of the lines. A disk that is too full for it may still
        have room for the lines themselves."""
        try:
            self._files.write(fd, ROOM)
        except OSError:
            self._files.truncate(fd, end)
            return 0
        return len(ROOM)

    def _begin_segment(self) -> int:
        fd = self._files.open_for_writing(self._folder / segment_name(self._segment + 1))
        self._fd = fd
        self._segment += 1
        self._size = self._room = 0
        return fd

    def _let_go(self) -> None:
        """Close the segment, without the room that was not used."""
        fd, self._fd = self._fd, None
        room, self._room = self._room, 0
        if fd is not None:
            with contextlib.suppress(OSError):
                if room:
                    self._files.truncate(fd, self._size)
            with contextlib.suppress(OSError):
                os.close(fd)

    # When the disk says no ---------------------------------------------------------------

    def _refuse(self, batch: Batch[News], reason: str) -> None:
        """Tell everybody in the batch, and those who queued behind it meanwhile.

        The latter may have built on what is now gone. `position` stays where it was, so the
        next batch has the same line numbers: should the cut fail, the lines it left behind
        are known by that.
        """
        where = self.segment
        self._cut_back()
        with self.lock:
            behind, self._forming = self._forming, Batch()
            batch.refused = behind.refused = reason
            self._refused(reason, where)

    def _cut_back(self) -> None:
        if self._fd is None:
            return
        self._room = 0
        with contextlib.suppress(OSError):
            self._files.truncate(self._fd, self._size)
            self._files.sync(self._fd)
        self._let_go()
        if self._size == 0:
            path = self._folder / segment_name(self._segment)
            with contextlib.suppress(OSError):
                path.unlink()
                self._segment -= 1


def cut_tail(folder: Path, position: Position, aside: Path,
             files: FileSystem = SYSTEM) -> list[Path]:
    """Cut off what stands behind the last good line, after keeping it in the folder `aside`.
    Empty lines are room that was laid out and not used: nothing to keep.

    Returns the files it is kept in. Raises OSError when it cannot be kept; then it stays.
    """
    kept = []
    for number in segments(folder):
        if number >= position.segment:
            begin = position.offset if number == position.segment else 0
            kept += _cut_segment(folder / segment_name(number), begin, aside, files)
    return kept


def _cut_segment(path: Path, begin: int, aside: Path, files: FileSystem) -> list[Path]:
    kept = []
    with path.open("rb") as file:
        file.seek(begin)
        behind = file.read()
    torn = behind.rstrip(b"\n")
    if torn:
        aside.mkdir(exist_ok=True)
        kept.append(free_name(aside / f"{path.stem}-{begin}.torn"))
        write_whole(kept[0], [torn], files)
    if behind:
        fd = files.open_for_writing(path)
        try:
            files.truncate(fd, begin)
            files.sync(fd)
        finally:
            os.close(fd)
    if begin == 0:
        path.unlink()
    return kept
