"""The file of a backup: one zip of the log, what imports brought, documents, device, keys.

It is consistent at one position of the log; its `progress.json` may be of an earlier one,
which opening makes good. `backup.json` in it lists every file with size and checksum, and
how many lines of the log are good. Keys are in it as they are in the folder: the private ones
encrypted, of no use without their passphrase.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import orjson

from ..core.errors import BadBackup
from .device import DEVICE, read_device
from .files import PART, SYSTEM, FileSystem
from .history import LOG
from .imports import IMPORTS, ORIGINAL
from .keeper import Pace, unhurried
from .lines import Position, parse, segment_name, segments

FORMAT = "fourth-p-backup"
MANIFEST = "backup.json"
PROGRESS, KEYS = "progress.json", "keys"
_PIECE = 1 << 20
_BROUGHT = re.compile(rf"{IMPORTS}/[0-9a-f]{{12}}/(\d{{8}}\.jsonl|{ORIGINAL}(\.\w{{1,11}})?)")
_LINES = re.compile(rf"({LOG}|{IMPORTS}/[0-9a-f]{{12}})/(\d{{8}})\.jsonl")
_KEY = re.compile(rf"{KEYS}/([0-9a-f]{{8}}|heads)\.json")
"""A key by its id, or the ends of the chains that are kept beside them."""


@dataclass(frozen=True, slots=True)
class Content:
    """One file of a backup."""

    size: int
    crc32: int
    lines: int = 0
    """Good lines of the log in it."""
    bad: int = 0
    """Lines that were already bad when the backup was made."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself."""

    file: Path
    made: str
    device: str
    end: Position | None
    """The position of the log it was made at, when the store itself made it."""
    files: Mapping[str, Content]
    erased: tuple[str, ...] = ()
    """People whose names were known to be taken out of it."""

    @property
    def keys(self) -> list[str]:
        """The ids of the keys in it."""
        found = filter(None, map(_KEY.fullmatch, self.files))
        return sorted(one[1] for one in found if one[1] != "heads")

    @property
    def statements(self) -> int:
        return sum(content.lines for content in self.files.values())

    @property
    def bad_lines(self) -> int:
        return sum(content.bad for content in self.files.values())


# Writing ---------------------------------------------------------------------------------

def write_archive(folder: Path, file: Path, made: str, end: Position | None,
                  pace: Pace = unhurried, erased: Sequence[str] = ()) -> None:
    """Put a data folder into a zip, as it is at a position of its log. Raises OSError."""
    device = read_device(folder)
    contents: dict[str, Content] = {}
    with (open(file, "wb", opener=_private) as target,
          zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive):
        for name in (PROGRESS, DEVICE, *_key_files(folder)):
            if (folder / name).exists():
                contents[name] = _copy_file(folder / name, archive, name)
        for name, data in _log_files(folder / LOG, end):
            archive.writestr(name, data)
            contents[name] = _log_content(data, pace)
        # After the log: what it names is there before it is named.
        for name in _brought(folder):
            content = _copy_file(folder / name, archive, name)
            contents[name] = (_log_content((folder / name).read_bytes(), pace)
                              if _LINES.fullmatch(name) else content)
        archive.writestr(MANIFEST, orjson.dumps({
            "format": FORMAT, "version": 1, "made": made, "end": list(end) if end else None,
            "device": device.id if device else "", "erased": list(erased),
            "files": {name: asdict(content) for name, content in contents.items()},
        }, option=orjson.OPT_INDENT_2))


def _key_files(folder: Path) -> list[str]:
    names = (f"{KEYS}/{path.name}" for path in (folder / KEYS).glob("*.json"))
    return sorted(filter(_KEY.fullmatch, names))


def _private(path: str, flags: int) -> int:
    """Nobody else's to read: the installation's key is in it."""
    return os.open(path, flags, 0o600)


def _copy_file(path: Path, archive: zipfile.ZipFile, name: str) -> Content:
    with path.open("rb") as source, archive.open(name, "w") as target:
        return _copied(source, target)


def _copied(source: IO[bytes], target: IO[bytes] | None = None) -> Content:
    """Copy, or only read, and say what it was."""
    size = crc = 0
    while piece := source.read(_PIECE):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        if target:
            target.write(piece)
    return Content(size, crc)


def _log_files(log: Path, end: Position | None) -> Iterator[tuple[str, bytes]]:
    """The segments, the last one up to the last whole line."""
    for number in segments(log):
        data = (log / segment_name(number)).read_bytes()
        if end and number >= end.segment:
            data = data[:end.offset] if number == end.segment else b""
        elif not end and number == max(segments(log)):
            data = _whole_lines(data)
        if data:
            yield f"{LOG}/{segment_name(number)}", data


def _brought(folder: Path) -> Iterator[str]:
    """The files of all imports, also of those withdrawn."""
    for path in sorted((folder / IMPORTS).glob("*/*")):
        if not path.parent.name.endswith(PART):
            yield path.relative_to(folder).as_posix()


def _whole_lines(data: bytes) -> bytes:
    """Without the room behind the lines, and without a last line that is being written."""
    lines = data.rstrip(b"\n")
    last = lines[lines.rfind(b"\n") + 1:]
    kept = lines[:-len(last)] if last and isinstance(parse(last), str) else lines
    return kept.rstrip(b"\n") + b"\n" if kept else b""


def _log_content(data: bytes, pace: Pace) -> Content:
    """Check every line."""
    good = bad = 0
    for count, raw in enumerate(data.splitlines(), start=1):
        if isinstance(parse(raw), str):
            bad += 1
        else:
            good += 1
        if count % 500 == 0:
            pace()
    return Content(len(data), zlib.crc32(data), good, bad)


# Reading ---------------------------------------------------------------------------------

def read_backup(file: Path) -> Backup:
    """What a backup says of itself; its content is not checked. Raises BadBackup."""
    return _opened(file, lambda archive: _manifest(file, archive))


def check_backup(file: Path, pace: Pace = unhurried) -> Backup:
    """Read all of it: every checksum of every file and every line. Raises BadBackup."""
    def check(archive: zipfile.ZipFile) -> Backup:
        backup = _manifest(file, archive)
        if {*archive.namelist()} != {MANIFEST, *backup.files}:
            raise BadBackup(file=file.name, reason="files")
        for name, content in backup.files.items():
            if _content_of(archive, name, content, pace) != content:
                raise BadBackup(file=file.name, reason="checksum", name=name)
        return backup

    return _opened(file, check)


def _content_of(archive: zipfile.ZipFile, name: str, said: Content, pace: Pace) -> Content:
    if archive.getinfo(name).file_size != said.size:
        return Content(archive.getinfo(name).file_size, 0)
    with archive.open(name) as source:
        return (_log_content(source.read(), pace) if _LINES.fullmatch(name)
                else _copied(source))


def _opened(file: Path, read: Callable[[zipfile.ZipFile], Backup]) -> Backup:
    """Read from a zip that may be anything at all."""
    try:
        with zipfile.ZipFile(file) as archive:
            return read(archive)
    except FileNotFoundError:
        raise BadBackup(file=file.name, reason="missing") from None
    except (OSError, zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError,
            NotImplementedError) as error:
        raise BadBackup(file=file.name, reason="not-a-zip") from error


def _manifest(file: Path, archive: zipfile.ZipFile) -> Backup:
    try:
        shape = orjson.loads(archive.read(MANIFEST))
        if (shape["format"], shape["version"]) != (FORMAT, 1):
            raise BadBackup(file=file.name, reason="format")
        backup = Backup(file, str(shape["made"]), str(shape["device"]),
                        Position(*shape["end"]) if shape["end"] else None,
                        {name: Content(**said) for name, said in shape["files"].items()},
                        tuple(map(str, shape.get("erased", ()))))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadBackup(file=file.name, reason="format") from error
    if not all(_may_be_in(name) for name in backup.files):
        raise BadBackup(file=file.name, reason="files")
    return backup


def _may_be_in(name: str) -> bool:
    patterns = (_LINES, _BROUGHT, _KEY)
    return name in (PROGRESS, DEVICE) or any(one.fullmatch(name) for one in patterns)


def unpack(backup: Backup, folder: Path, files: FileSystem = SYSTEM) -> None:
    """Put the files of a checked backup into an empty folder, on disk. Raises OSError."""
    (folder / LOG).mkdir(parents=True)
    (folder / KEYS).mkdir(mode=0o700)
    with zipfile.ZipFile(backup.file) as archive:
        for name in backup.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with (archive.open(name) as source,
                  open(folder / name, "wb", opener=_private) as target):
                shutil.copyfileobj(source, target, _PIECE)
                target.flush()
                files.sync(target.fileno())
    for inner in {(folder / name).parent for name in backup.files} | {folder / LOG}:
        files.sync_folder(inner)
    files.sync_folder(folder)


def as_listed(file: Path) -> Backup | BadBackup:
    """A line of a list: the backup, or what is wrong with the file."""
    try:
        return read_backup(file)
    except BadBackup as bad:
        return bad
