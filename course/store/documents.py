"""The folded documents: in memory those in use, in `progress.json` all as of one position.

The file is plain TinyDB JSON, a table for each kind of record and a document a line:

    {
    "learner":{
    "1":{"record":"learner:3f2a","document":{…}},
    "2":{"record":"learner:77b0","document":{…}}
    },
    "_checkpoint":{
    "1":{"format":1,"folds":"…","position":[…],"ledger":{…}},
    "2":{"learner":{"learner:3f2a":[22,48,168496141],"learner:77b0":[…]}},
    "3":{"head":[4711,321,2528452627],"index":[…]}
    }}

Opening reads the last three lines. The index says where each document begins, how long it
is and what its checksum is, so that a document is read when it is first asked for.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from ..core.statement import Document
from .files import SYSTEM, FileSystem, written_part
from .lines import Position

FORMAT = 1
CHECKPOINT = "_checkpoint"
KEPT = 2000
"""Documents that are in the file too and stay in memory; beyond, they are read again."""
_TRAILER_BYTES = 200

Place = list[int]
"""Where a document is in the file: offset, size, CRC-32."""
Index = dict[str, dict[str, Place]]
NOWHERE: Place = []
Refold = Callable[[str], Document]
"""Makes a record's document from the log."""


class BadFile(Exception):
    """The file cannot be used. Its argument says why: `missing`, `damaged`, `format`."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a checkpoint is to hold: changed documents, and what else is known at its position."""

    position: Position
    changed: Mapping[str, Document]
    head: Mapping[str, Any]


class Documents:
    """The documents of a store. Its methods may be called by many threads."""

    def __init__(self, path: Path, refold: Refold, files: FileSystem = SYSTEM) -> None:
        self._path = path
        self._refold = refold
        self._files = files
        self._lock = threading.RLock()
        self._saving = threading.RLock()
        self._places: Index = {}
        self._packed = b""
        """The index as it is in the file, until somebody needs it."""
        self._held: dict[str, Document] = {}
        self._changed: dict[str, None] = {}
        """In the order in which they changed, so that new ones are numbered in it."""

    # One document ------------------------------------------------------------------------

    def get(self, record_id: str) -> Document | None:
        """A record's document as of the last statement that was published."""
        document = self._held.get(record_id)
        return document if document is not None else self._load(record_id)

    def _load(self, record_id: str) -> Document | None:
        with self._lock:
            place = self._index().get(_kind(record_id), {}).get(record_id)
            if record_id in self._held or place is None:
                return self._held.get(record_id)
            with _opened(self._path) as file:
                document = self._parsed(record_id, value_at_place(file, place))
            if len(self._held) - len(self._changed) >= KEPT:
                self._forget()
            self._held[record_id] = document
            return document

    def _parsed(self, record_id: str, value: bytes | None) -> Document:
        """The document in a line of the file; from the log when the file has it no more."""
        if value is None:
            self._changed[record_id] = None
            return self._refold(record_id)
        document: Document = orjson.loads(value)["document"]
        return document

    def _forget(self) -> None:
        self._held = {record: self._held[record] for record in self._changed}

    def publish(self, record_id: str, document: Document) -> None:
        """Show this document from now on; it goes into the file at the next checkpoint.

        An empty one is none: it is taken out of the file then.
        """
        with self._lock:
            self._held[record_id] = document
            self._changed[record_id] = None

    def ids(self, kind: str) -> set[str]:
        with self._lock:
            changed = {record for record in self._changed if _kind(record) == kind}
            gone = {record for record in changed if not self._held[record]}
            return (changed | self._index().get(kind, {}).keys()) - gone

    def clear(self) -> None:
        """Forget everything: it is made again from the log."""
        with self._lock:
            self._use(b"", {})
            self._held, self._changed = {}, {}

    def _index(self) -> Index:
        with self._lock:
            if self._packed:
                self._use(b"", orjson.loads(self._packed))
            return self._places

    def _use(self, packed: bytes, places: Index) -> None:
        self._packed, self._places = packed, places

    # The file ----------------------------------------------------------------------------

    def open(self) -> Mapping[str, Any]:
        """Read the index. Returns what the checkpoint is headed with. Raises BadFile."""
        try:
            with self._path.open("rb") as file:
                head, packed = [value_at_place(file, place) for place in _trailer(file)]
        except FileNotFoundError:
            raise BadFile("missing") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadFile("damaged") from error
        if head is None or packed is None:
            raise BadFile("damaged")
        known: dict[str, Any] = orjson.loads(head)
        if known.get("format") != FORMAT:
            raise BadFile("format")
        self._use(packed, {})
        return known

    @property
    def waiting(self) -> bool:
        """Whether a checkpoint would have anything to add to the file."""
        return bool(self._changed)

    def changed(self) -> dict[str, Document]:
        """The documents that the file does not have yet."""
        with self._lock:
            return {record: self._held[record] for record in self._changed}

    def save(self, take: Callable[[], Snapshot]) -> Position:
        """Write the file anew, from a snapshot taken now, and say of which position it is.

        Raises OSError; then nothing has changed.
        """
        with self._saving:
            snapshot = take()
            writing = self._writing(snapshot)
            with written_part(self._path, writing.chunks(), self._files) as part:
                self._put_in_place(part, writing.index, snapshot)
            self._files.sync_folder(self._path.parent)
            return snapshot.position

    def _put_in_place(self, part: Path, index: Index, snapshot: Snapshot) -> None:
        """Change file and index together: a reader in between would look in the wrong place."""
        with self._lock:
            self._files.replace(part, self._path)
            self._use(b"", index)
            for record, document in snapshot.changed.items():
                if self._held[record] is document:
                    del self._changed[record]

    def still(self) -> contextlib.AbstractContextManager[bool]:
        """Hold this while the file must not be written."""
        return self._saving

    def rendered(self, take: Callable[[], Snapshot]) -> bytes:
        """What `save` would write now."""
        with self._saving:
            return b"".join(self._writing(take()).chunks())

    def _writing(self, snapshot: Snapshot) -> _Writing:
        return _Writing(self._path, self._index(), snapshot, self._refold)


class _Writing:
    """One writing of the file: changed documents serialised, the others copied as they are."""

    def __init__(self, path: Path, old: Index, snapshot: Snapshot, refold: Refold) -> None:
        self.index: Index = {kind: dict.fromkeys(records, NOWHERE)
                             for kind, records in old.items()}
        for record, document in snapshot.changed.items():
            records = self.index.setdefault(_kind(record), {})
            if document:
                records.setdefault(record, NOWHERE)
            else:
                records.pop(record, None)
        self._path = path
        self._old = old
        self._snapshot = snapshot
        self._refold = refold
        self._offset = 0

    def chunks(self) -> Iterator[bytes]:
        with _opened(self._path) as file:
            yield self._counted(b"{\n")
            for kind, records in self.index.items():
                yield self._counted(orjson.dumps(kind) + b":{\n")
                for number, record in enumerate(records, start=1):
                    yield self._line(number, kind, record, file, last=number == len(records))
                yield self._counted(b"},\n")
        yield self._checkpoint()

    def _line(self, number: int, kind: str, record: str, file: BinaryIO, last: bool) -> bytes:
        value = self._value(kind, record, file)
        begin = self._counted(b'"%d":' % number)
        self.index[kind][record] = self._place(value)
        return begin + self._counted(value + (b"\n" if last else b",\n"))

    def _value(self, kind: str, record: str, file: BinaryIO) -> bytes:
        document = self._snapshot.changed.get(record)
        if document is None:
            value = value_at_place(file, self._old[kind][record])
            if value is not None:
                return value
            document = self._refold(record)
        return b'{"record":%s,"document":%s}' % (orjson.dumps(record), orjson.dumps(document))

    def _checkpoint(self) -> bytes:
        head = orjson.dumps({"format": FORMAT, **self._snapshot.head})
        index = orjson.dumps(self.index)
        begin = self._counted(b'"%s":{\n"1":' % CHECKPOINT.encode())
        places = {"head": self._place(head)}
        between = self._counted(head + b',\n"2":')
        places["index"] = self._place(index)
        return begin + between + index + b',\n"3":' + orjson.dumps(places) + b"\n}}\n"

    def _place(self, value: bytes) -> Place:
        """The place of what is written next."""
        return [self._offset, len(value), zlib.crc32(value)]

    def _counted(self, chunk: bytes) -> bytes:
        self._offset += len(chunk)
        return chunk


def _kind(record_id: str) -> str:
    return record_id.partition(":")[0]


def _opened(path: Path) -> BinaryIO:
    """The file; an empty one when somebody took it away while the store was running."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return io.BytesIO()


def value_at_place(file: BinaryIO, place: Place) -> bytes | None:
    """The bytes at a place of the file, None when their checksum is wrong."""
    offset, size, crc = place
    file.seek(offset)
    value = file.read(size)
    return value if len(value) == size and zlib.crc32(value) == crc else None


def _trailer(file: BinaryIO) -> tuple[Place, Place]:
    """Where head and index are. Raises ValueError, KeyError, TypeError, OSError."""
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - _TRAILER_BYTES))
    line = file.read().rpartition(b',\n"3":')[2]
    places = orjson.loads(line.removesuffix(b"\n}}\n"))
    return _checked(places["head"]), _checked(places["index"])


def _checked(place: Any) -> Place:
    offset, size, crc = place
    if not all(type(number) is int and number >= 0 for number in (offset, size, crc)):
        raise ValueError("no place")
    return [offset, size, crc]
