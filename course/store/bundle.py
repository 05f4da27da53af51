"""A bundle: statements in one file, to be carried to another laptop.

    ["crc32",0,{"format":"fourth-p-bundle","version":1,"device":"…","made":"…",…}]
    ["crc32",1,{statement}]
    …
    ["crc32",4712,{"end":4711,"sha256":"…"}]

The lines are those of the log, so any editor reads them and any change is found by its line.
The last one has the number of statements, and the SHA-256 of all lines before it. It shows
that nothing was damaged or left out, not who wrote it: so nothing in a bundle is believed
further than `core.travel` says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from ..core.errors import BadBundle
from ..core.statement import Statement
from .lines import Line, decode, encode, parse, render

FORMAT, VERSION = "fourth-p-bundle", 1
LONGEST_LINE = 4 << 20
MOST_BYTES = 2 << 30
LONGEST_NAME = 200
"""Of a device and of a record."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a bundle says of itself."""

    device: str
    made: str
    """ISO time, as the device's clock had it."""
    edition: str
    """Version of the course that wrote it."""
    cohort: str = ""
    """Id of the cohort, when it is of one only."""


def head_line(shape: dict[str, Any]) -> bytes:
    """The first line of a file that says what it is."""
    return render(0, orjson.dumps(shape))


def lines_of(head: Head, statements: Iterable[Statement]) -> Iterator[bytes]:
    """The lines of a bundle."""
    line = head_line({"format": FORMAT, "version": VERSION, **asdict(head)})
    summed = hashlib.sha256(line)
    yield line
    count = 0
    for count, statement in enumerate(statements, start=1):
        line = render(count, encode(statement))
        summed.update(line)
        yield line
    end = {"end": count, "sha256": summed.hexdigest()}
    yield render(count + 1, orjson.dumps(end))


def head_of(line: bytes, file: str) -> dict[str, Any]:
    """What the first line of a file says, whatever its format. Raises BadBundle."""
    found = parse(line)
    if isinstance(found, str):
        looks_like = line.startswith(b'["') and b'"format":"fourth-p' in line
        raise BadBundle(file, "damaged" if looks_like else "not-a-bundle", 1)
    shape = _shape(found)
    if shape is None or found.number != 0 or not isinstance(shape.get("format"), str):
        raise BadBundle(file, "not-a-bundle", 1)
    version = shape.get("version")
    if type(version) is not int or version > VERSION:
        raise BadBundle(file, "version", 1)
    return shape


class Reading:
    """Goes through the lines of a bundle once, and believes none that is not as it was written.

    Raises BadBundle, on making for the head, and at each line that is wrong.
    """

    def __init__(self, lines: Iterable[bytes], file: str, *, unique: bool = True) -> None:
        """With `unique`, no id may come twice: costs memory, and need be seen once only."""
        self._lines = iter(lines)
        self._file = file
        first = next(self._lines, b"")
        shape = head_of(first, file)
        if shape["format"] != FORMAT:
            raise BadBundle(file, "not-a-bundle", 1)
        try:
            self.head = Head(**{name: str(shape[name]) for name in Head.__slots__})
        except KeyError as error:
            raise BadBundle(file, "not-a-bundle", 1) from error
        self._summed = hashlib.sha256(_plain(first))
        self._seen: set[str] | None = set() if unique else None

    def __iter__(self) -> Iterator[Statement]:
        number = 0
        for number, raw in enumerate(self._lines, start=1):
            line = self._line(raw, number)
            if line.payload.startswith(b'{"end":'):
                self._end(line, number)
                return
            self._summed.update(_plain(raw))
            yield self._statement(line, number)
        raise BadBundle(self._file, "cut", number + 1)

    def _line(self, raw: bytes, number: int) -> Line:
        line = parse(raw)
        if isinstance(line, str):
            is_cut = not raw.endswith(b"\n") and next(self._lines, None) is None
            raise BadBundle(self._file, "cut" if is_cut else "damaged", number + 1)
        if line.number != number:
            raise BadBundle(self._file, "order", number + 1)
        return line

    def _statement(self, line: Line, number: int) -> Statement:
        try:
            statement = decode(line.payload)
            encode(statement)
        except ValueError as error:
            raise BadBundle(self._file, "damaged", number + 1) from error
        if max(len(statement.device), len(statement.record)) > LONGEST_NAME:
            raise BadBundle(self._file, "damaged", number + 1)
        if self._seen is not None:
            if statement.id in self._seen:
                raise BadBundle(self._file, "twice", number + 1)
            self._seen.add(statement.id)
        return statement

    def _end(self, line: Line, number: int) -> None:
        if _shape(line) != {"end": number - 1, "sha256": self._summed.hexdigest()}:
            raise BadBundle(self._file, "sum", number + 1)
        if any(raw.strip() for raw in self._lines):
            raise BadBundle(self._file, "order", number + 2)


def _shape(line: Line) -> dict[str, Any] | None:
    try:
        shape = orjson.loads(line.payload)
    except ValueError:
        return None
    return shape if isinstance(shape, dict) else None


def _plain(raw: bytes) -> bytes:
    """A line as it was written: an editor may have put its own line end."""
    return raw.rstrip(b"\r\n") + b"\n"
