"""What other laptops brought, kept beside the log: one folder for each import.

    imports/5f0c…/00000001.jsonl    lines as in the log, numbered for themselves
    imports/5f0c…/original.fourthp  the file as it came

A folder counts once the log says so: `imported` in the record `imports:<device>`, until
`withdrawn` is said there of it. So an import is there whole or not at all, and undone by one
line. A folder holds all that its file has and the log has not, also what an earlier import
brought: which stays, then, when that one is withdrawn.

The document of `imports:<device>` is `{"imports": {id: {…, "taken": [counter, device],
"withdrawn": time}}}`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from ..core.statement import Document, Draft, Statement, put
from .files import PART, SYSTEM, FileSystem, write_whole
from .lines import Reader, Report, found, render, segment_name
from .log import SEGMENT_BYTES
from .taking import Import, Source

KIND, IMPORTS = "imports", "imports"
ORIGINAL = "original"
_COUNTS = ("added", "known", "conflicts", "left_out")

Contested = Mapping[str, str]
"""Ids under which an import has something else than an earlier one, each to its record."""


def record_of(device: str) -> str:
    """Where a device notes its imports."""
    return f"{KIND}:{device}"


# The record ------------------------------------------------------------------------------

def imported(one: Import, contested: Contested) -> Draft:
    """An import was taken, and counts from now on."""
    return Draft("imported", one.id, {
        "name": one.source.name, "digest": one.source.digest, "device": one.source.device,
        "contested": contested, **{name: getattr(one, name) for name in _COUNTS}}, actor=one.by)


def withdrawn(import_id: str, by: str) -> Draft:
    return Draft("withdrawn", import_id, actor=by)


def fold_imports(document: Document, statement: Statement) -> Document:
    """Take what was said about an import into the document of its device."""
    kept = document.get("imports", {}).get(statement.object, {})
    if statement.verb == "imported":
        kept = {**kept, **statement.result, "time": statement.time, "by": statement.actor,
                "taken": list(statement.stamp)}
    elif statement.verb == "withdrawn":
        kept = {**kept, "withdrawn": min(statement.time, kept.get("withdrawn", statement.time))}
    return put(document, "imports", statement.object, kept)


class Listed:
    """The imports that some documents tell of, in the order in which they were taken."""

    def __init__(self, documents: Iterable[Document]) -> None:
        shapes: dict[str, dict[str, Any]] = {}
        for one in documents:  # a folder that was restored has had several devices
            for key, shape in one.get("imports", {}).items():
                shapes.setdefault(key, {}).update(shape)
        taken = [(key, shape) for key, shape in shapes.items() if "taken" in shape]
        taken.sort(key=lambda one: (*one[1]["taken"], one[0]))
        self.all = [_import_of(key, shape) for key, shape in taken]
        self.contested: dict[str, Contested] = {key: shape["contested"] for key, shape in taken}

    @property
    def held(self) -> list[Import]:
        return [one for one in self.all if one.holds]


def _import_of(key: str, shape: Mapping[str, Any]) -> Import:
    source = Source(shape["name"], shape["digest"], shape["device"])
    counts = {name: shape[name] for name in _COUNTS}
    return Import(key, shape["time"], source, **counts, by=shape["by"],
                  withdrawn=shape.get("withdrawn", ""))


# The folders -----------------------------------------------------------------------------

def key_of(payload: bytes) -> bytes:
    """How a statement begins as it is written here: its device and number."""
    return payload[:payload.index(b',"counter":')]


def key_for(statement_id: str) -> bytes:
    """How the statement with that id begins."""
    device, _, number = statement_id.rpartition(":")
    return b'{"device":%s,"number":%s' % (orjson.dumps(device), number.encode())


def record_in(payload: bytes) -> bytes:
    """The id of its record, as it is written in a statement."""
    start = payload.index(b',"record":') + 10
    return payload[start:payload.index(b',"verb":', start)]


class Shelf:
    """The folders of the imports that hold: what they say together."""

    def __init__(self, folder: Path, listed: Callable[[], Listed],
                 report: Report = lambda repair: None) -> None:
        """`listed` says which imports there are now."""
        self.folder = folder
        self._listed = listed
        self._report = report

    def folder_of(self, import_id: str) -> Path:
        return self.folder / import_id

    def of_import(self, import_id: str) -> Iterator[bytes]:
        """The payloads of one import, whether it holds or not."""
        if self.folder_of(import_id).is_dir():
            yield from Reader(self.folder_of(import_id), report=self._report)

    def payloads(self, needle: bytes = b"") -> Iterator[bytes]:
        """What all together brought, of what holds the needle: each id once.

        Of several that claim one id the first holds.
        """
        listed = self._listed()
        held = [one.id for one in listed.held]
        losers = self._losers(listed, held)
        seen: set[bytes] = set()
        for import_id in held:
            lost = losers.get(import_id, ())
            for payload in self._found(import_id, needle):
                key = key_of(payload) if len(held) > 1 else b""
                if key in lost or key in seen:
                    continue
                if key:
                    seen.add(key)
                yield payload

    def _found(self, import_id: str, needle: bytes) -> Iterator[bytes]:
        if not needle:
            return self.of_import(import_id)
        return found(self.folder_of(import_id), needle)

    def _losers(self, listed: Listed, held: Sequence[str]) -> dict[str, set[bytes]]:
        """By import, what it has otherwise than one that was taken before it."""
        losers: dict[str, set[bytes]] = {}
        for key in {key_for(one) for each in held for one in listed.contested[each]}:
            first = None
            for import_id in held:
                here = next(found(self.folder_of(import_id), key + b","), None)
                if first is None:
                    first = here
                elif here not in (None, first):
                    losers.setdefault(import_id, set()).add(key)
        return losers

    def records_of(self, import_id: str) -> set[str]:
        """The records whose documents depend on whether an import holds."""
        return {*map(orjson.loads, {*map(record_in, self.of_import(import_id))}),
                *self.contested()}

    def contested(self) -> set[str]:
        """The records about which imports do not say the same."""
        return {record for one in self._listed().contested.values() for record in one.values()}

    def drop_strays(self, files: FileSystem = SYSTEM) -> list[str]:
        """Remove what was being taken when the power went: the log knows nothing of it."""
        known = {one.id for one in self._listed().all}
        strays = [path for path in self.folder.glob("*") if path.name not in known]
        for path in strays:
            shutil.rmtree(path, ignore_errors=True)
        return sorted(path.name for path in strays)


def put_on_shelf(folder: Path, payloads: Iterable[bytes], original: Path | None,
                 files: FileSystem = SYSTEM) -> None:
    """Write an import's folder, which is there whole on return. Raises OSError."""
    part = folder.with_name(folder.name + PART)
    part.mkdir(parents=True)
    try:
        for number, lines in enumerate(_segments(payloads), start=1):
            write_whole(part / segment_name(number), lines, files)
        if original:
            name = ORIGINAL + original.suffix[:12]
            write_whole(part / name, _pieces(original), files)
        files.replace(part, folder)
        files.sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _segments(payloads: Iterable[bytes]) -> Iterator[Iterator[bytes]]:
    """The lines, so many at a time as a segment of the log has.

    Each must be gone through before the next is asked for.
    """
    lines = (render(number, payload) for number, payload in enumerate(payloads, start=1))
    for first in lines:
        yield _segment(first, lines)


def _segment(first: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    size = len(first)
    while size < SEGMENT_BYTES and (line := next(lines, None)) is not None:
        yield line
        size += len(line)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece
