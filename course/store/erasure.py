"""Writing the log anew without a name, so that it is there whole, as before or as after.

The segments that change, of the log and of what imports brought, are written beside, under
`erasing/`, and a marker says when all of them are there; then they are put in place one by one.
A power cut before the marker leaves the log as it was; after it the next opening goes on. Lines
keep their numbers and statements their ids; only checksums and offsets change, and `Moved` says
where the end of the log is now.

Copies of the log that the folder keeps lose the name too: what an earlier restore moved aside
is written anew; torn tails that tell of the person, the files that imports came in (they may be
sealed) and earlier backups are removed.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import orjson

from ..core.erasure import Erasures, redacted
from .archive import PROGRESS, Backup, as_listed
from .device import Machine, read_device
from .files import SYSTEM, FileSystem, write_whole
from .history import LOG
from .imports import IMPORTS, ORIGINAL
from .lines import Position, crc_of, decode, encode, parse, render, segment_name, segments
from .rotation import kept_backups

ERASING, READY = "erasing", "ready.json"
BLANK = b"[]\n"
"""Stands where a line was damaged before its name could be taken out: still no good line."""


class Moved(NamedTuple):
    """Where a line ended before the log was written anew, and where it ends since."""

    before: Position
    after: Position


# One segment -----------------------------------------------------------------------------

def without_names(data: bytes, erased: Erasures) -> bytes:
    """Lines of the log without the names of the erased; the others as they are, byte by byte."""
    needles = [person.encode() for person in erased]
    if not any(needle in data for needle in needles):
        return data
    return b"".join(_line(raw, erased) if any(needle in raw for needle in needles) else raw
                    for raw in data.splitlines(keepends=True))


def _line(raw: bytes, erased: Erasures) -> bytes:
    line = parse(raw)
    if isinstance(line, str):
        return BLANK
    try:
        statement = decode(line.payload)
    except ValueError:
        return render(line.number, b"null")
    kept = redacted(statement, erased)
    if kept is statement:
        return raw
    new = render(line.number, encode(kept))
    return new if raw.endswith(b"\n") else new.rstrip(b"\n")


# The log ---------------------------------------------------------------------------------

def prepare(folder: Path, end: Position, erased: Erasures, files: FileSystem) -> Moved:
    """Write the segments that change beside the log, and then the marker. Raises OSError.

    The log must not grow meanwhile; it ends at `end`.
    """
    new = folder / ERASING
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    moved = Moved(end, end)
    names = []
    for name in _segments(folder):
        data = (folder / name).read_bytes()
        kept = without_names(data, erased)
        if kept != data:
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(new / name, [kept], files)
            names.append(name)
            if name == f"{LOG}/{segment_name(end.segment)}":
                moved = Moved(end, _moved(data, end, erased))
    marker = {"names": names, "moved": [[*moved.before], [*moved.after]]}
    write_whole(new / READY, [orjson.dumps(marker)], files)
    files.sync_folder(folder)
    return moved


def _segments(folder: Path) -> list[str]:
    """Where lines are in a data folder: those of imports, then those of the log, whose last
    segment has to be the last to be put in place."""
    brought = [path.relative_to(folder).as_posix()
               for path in sorted((folder / IMPORTS).glob("*/*.jsonl"))]
    return brought + [f"{LOG}/{segment_name(number)}" for number in segments(folder / LOG)]


def _moved(data: bytes, end: Position, erased: Erasures) -> Position:
    """Where the line that ended at `end` ends in the segment written anew."""
    begin = end.offset - end.size
    line = without_names(data[begin:end.offset], erased)
    offset = len(without_names(data[:begin], erased)) + len(line)
    return end._replace(offset=offset, size=len(line), crc=crc_of(line))


def put_in_place(folder: Path, files: FileSystem) -> None:
    """Put what was prepared in place of the old. Can be repeated. Raises OSError."""
    new = folder / ERASING
    names = orjson.loads((new / READY).read_bytes())["names"]
    for name in names:
        if (new / name).exists():
            files.replace(new / name, folder / name)
    for changed in sorted({(folder / name).parent for name in names}):
        files.sync_folder(changed)


def finish_erasing(folder: Path, machine: Machine | None = None,
                   files: FileSystem = SYSTEM) -> None:
    """Go on with an erasure where it was, if one was begun. Raises OSError.

    The documents are made again from the log, since those in the file may hold the name; and
    the store is to look at its copies once more.
    """
    new = folder / ERASING
    if not new.exists():
        return
    if (new / READY).exists():
        put_in_place(folder, files)
        before, after = orjson.loads((new / READY).read_bytes())["moved"]
        device = read_device(folder)
        if device and machine and machine.remembered(device.id) == Position(*before):
            machine.remember(device.id, Position(*after))
        (folder / PROGRESS).unlink(missing_ok=True)
        files.sync_folder(folder)
    forget(folder)


def forget(folder: Path) -> None:
    """Take the marker away: all is done. It goes first, for the rest means nothing without."""
    (folder / ERASING / READY).unlink(missing_ok=True)
    shutil.rmtree(folder / ERASING)


# Copies ----------------------------------------------------------------------------------

def clean_copies(folder: Path, aside: Path, erased: Erasures, files: FileSystem) -> None:
    """Take the names out of what the folder keeps beside the log. Raises OSError.

    A backup stays that was made when they were all taken out already.
    """
    for backup in kept_backups(folder):
        known = as_listed(backup)
        if not isinstance(known, Backup) or not erased.keys() <= {*known.erased}:
            backup.unlink()
    for torn in aside.glob("*"):
        if any(person.encode() in torn.read_bytes() for person in erased):
            torn.unlink()
    for old in folder.glob("before-restore-*"):
        for name in _segments(old):
            _in_place(old / name, erased, files)
        drop_originals(old)
        (old / PROGRESS).unlink(missing_ok=True)


def drop_originals(folder: Path) -> None:
    """Remove the files that imports came in: what was taken of them stands beside. Raises
    OSError."""
    for original in (folder / IMPORTS).glob(f"*/{ORIGINAL}*"):
        original.unlink()


def _in_place(segment: Path, erased: Erasures, files: FileSystem) -> None:
    data = segment.read_bytes()
    kept = without_names(data, erased)
    if kept != data:
        write_whole(segment, [kept], files)
