"""The lines of the log, `["crc32",n,{statement}]`, and going through them.

The checksum is the CRC-32 of what stands between it and the closing bracket, `n,{statement}`,
in eight hexadecimal digits. `n` counts the lines of this log from 1, over all segments. A
segment ends where the next one begins: a line whose number the next segment has again is
what a refused write left behind, and counts for nothing. Empty lines are none: they are room
that the log laid out (`log.py`).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from ..core.statement import Statement
from . import Repair

Report = Callable[[Repair], None]

_SEGMENT = re.compile(r"\d{8}\.jsonl")
_NO_SHORTCUTS = (orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
                 | orjson.OPT_PASSTHROUGH_SUBCLASS)


class Position(NamedTuple):
    """The end of a line of the log, and which line it is."""

    segment: int = 0
    offset: int = 0
    """Bytes from the start of the segment to the end of the line."""
    size: int = 0
    """Bytes of the line itself."""
    line: int = 0
    crc: str = ""


START = Position()


# One line --------------------------------------------------------------------------------

def encode(statement: Statement) -> bytes:
    """A statement as JSON. Raises ValueError for what JSON cannot hold, lone surrogates too."""
    try:
        return orjson.dumps(statement.as_json(), default=_plain, option=_NO_SHORTCUTS)
    except TypeError as error:
        raise ValueError(str(error)) from error


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not JSON: {type(value).__name__}")


def decode(payload: bytes) -> Statement:
    """What `encode` wrote. Raises ValueError when it is anything else."""
    shape = orjson.loads(payload)
    if not isinstance(shape, dict):
        raise ValueError("not a statement")
    return Statement.from_json(shape)


def render(number: int, payload: bytes) -> bytes:
    """A line of the log, with its line end."""
    body = b"%d,%s" % (number, payload)
    return b'["%08x",%s]\n' % (zlib.crc32(body), body)


def crc_of(raw: bytes) -> str:
    """The checksum that a rendered line begins with."""
    return raw[2:10].decode()


class Line(NamedTuple):
    """A line whose checksum is right."""

    number: int
    crc: str
    payload: bytes


def parse(raw: bytes) -> Line | str:
    """The line, or the code of what is wrong with it: `bad-line` or `bad-checksum`.

    An editor's `\\r\\n` is taken for a line end too.
    """
    text = raw.rstrip(b"\r\n")
    crc, body = text[2:10], text[12:-1]
    number, comma, payload = body.partition(b",")
    if text[:2] != b'["' or text[10:12] != b'",' or text[-1:] != b"]" or not comma:
        return "bad-line"
    if crc != b"%08x" % zlib.crc32(body):
        return "bad-checksum"
    return Line(int(number), crc.decode(), payload) if number.isdigit() else "bad-line"


# The segments ----------------------------------------------------------------------------

def segment_name(number: int) -> str:
    return f"{number:08}.jsonl"


def segments(folder: Path) -> list[int]:
    """The numbers of the segments in a log folder, in order."""
    names = (path.name for path in folder.glob("*.jsonl"))
    return sorted(int(name[:8]) for name in names if _SEGMENT.fullmatch(name))


def first_number(folder: Path, segment: int | None) -> int | None:
    """The number of a segment's first line: where the one before it ends."""
    if segment is None:
        return None
    with (folder / segment_name(segment)).open("rb") as file:
        line = parse(file.readline())
    return line.number if isinstance(line, Line) else None


def holds(folder: Path, position: Position) -> bool:
    """Whether the log still has that line, there and with that checksum."""
    if position.line == 0:
        return True
    try:
        with (folder / segment_name(position.segment)).open("rb") as file:
            file.seek(position.offset - position.size)
            line = parse(file.read(position.size))
    except (OSError, ValueError):
        return False
    return isinstance(line, Line) and (line.number, line.crc) == (position.line, position.crc)


class _Doubt(NamedTuple):
    """A bad line, until it is known whether a good one follows."""

    code: str
    segment: int
    offset: int


class Reader:
    """Goes through the log from one position to another, or to its end.

    Yields the payload of every good line; `position` is then that line's. Bad lines cost
    themselves only and are reported once a good one follows; those that remain at the very
    end are the torn tail.
    """

    def __init__(self, folder: Path, start: Position = START, end: Position | None = None,
                 report: Report = lambda repair: None) -> None:
        self.position = start
        self.unfinished = False
        """The last good line has no line end."""
        self._folder = folder
        self._end = end
        self._report = report
        self._doubts: list[_Doubt] = []

    @property
    def torn(self) -> bool:
        return bool(self._doubts)

    def __iter__(self) -> Iterator[bytes]:
        numbers = [one for one in segments(self._folder) if one >= self.position.segment
                   and (self._end is None or one <= self._end.segment)]
        last = self._end.line + 1 if self._end else None
        for number, after in zip_longest(numbers, numbers[1:]):
            yield from self._segment(number, first_number(self._folder, after) or last)

    def _segment(self, segment: int, limit: int | None) -> Iterator[bytes]:
        offset = self.position.offset if segment == self.position.segment else 0
        for raw in self._raw_lines(segment, offset):
            offset += len(raw)
            if raw == b"\n":
                continue
            line = parse(raw)
            if isinstance(line, str):
                self._doubts.append(_Doubt(line, segment, offset - len(raw)))
            elif limit is not None and line.number >= limit:
                return
            elif line.number <= self.position.line:
                self._report(self._repair(_Doubt("bad-line", segment, offset - len(raw))))
            else:
                self._settle(line.number)
                self.position = Position(segment, offset, len(raw), line.number, line.crc)
                self.unfinished = not raw.endswith(b"\n")
                yield line.payload

    def _raw_lines(self, segment: int, offset: int) -> Iterator[bytes]:
        with (self._folder / segment_name(segment)).open("rb") as file:
            file.seek(offset)
            yield from file

    def _settle(self, number: int) -> None:
        """A good line has come: what stood between it and the one before is lost."""
        missing = number - self.position.line - 1 - len(self._doubts)
        for doubt in self._doubts:
            self._report(self._repair(doubt))
        if missing > 0:
            self._report(Repair("lost-number", f"{number - missing}", {"count": missing}))
        self._doubts.clear()

    def _repair(self, doubt: _Doubt) -> Repair:
        name = segment_name(doubt.segment)
        with (self._folder / name).open("rb") as file:
            line = file.read(doubt.offset).count(b"\n") + 1
        return Repair(doubt.code, f"{name}:{line}")


def decoded(payloads: Iterable[bytes], report: Report) -> Iterator[Statement]:
    """The statements among the payloads; what is none is reported."""
    for payload in payloads:
        try:
            yield decode(payload)
        except ValueError as error:
            report(Repair("not-a-statement", payload[:60].decode(errors="replace"),
                          {"error": str(error)}))


# Looking for a few lines -----------------------------------------------------------------

def found(folder: Path, needle: bytes, end: Position | None = None) -> Iterator[bytes]:
    """The payloads up to a position that hold these bytes: far faster than parsing all."""
    numbers = [one for one in segments(folder) if end is None or one <= end.segment]
    for number, after in zip_longest(numbers, numbers[1:]):
        data = (folder / segment_name(number)).read_bytes()
        limit = first_number(folder, after) or (end.line + 1 if end else None)
        for raw in _lines_with(data, needle):
            line = parse(raw)
            if isinstance(line, Line) and (limit is None or line.number < limit):
                yield line.payload


def _lines_with(data: bytes, needle: bytes) -> Iterator[bytes]:
    at = data.find(needle)
    while at >= 0:
        begin = data.rfind(b"\n", 0, at) + 1
        after = data.find(b"\n", at) + 1 or len(data)
        yield data[begin:after]
        at = data.find(needle, after)
