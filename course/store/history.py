"""All that holds: the lines of the log, and what the imports brought beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from ..core.statement import Document, Statement
from . import EMPTY, Folds, Repair, fold_of
from .imports import IMPORTS, KIND, Listed, Shelf, fold_imports, key_for, record_in
from .lines import Position, Reader, Report, decode, decoded, found

LOG = "log"


def _unheard(repair: Repair) -> None:
    """For readers that only look: who opens the folder reports what is wrong with it."""


class History:
    """The statements of a data folder. Reads its files only."""

    def __init__(self, folder: Path, folds: Folds, listed: Callable[[], Listed],
                 report: Report = _unheard) -> None:
        self.log = folder / LOG
        self.shelf = Shelf(folder / IMPORTS, listed, report)
        self._folds = folds
        self._listed = listed
        self._report = report

    def imports(self) -> Listed:
        """Those there are now."""
        return self._listed()

    def own(self, end: Position | None = None) -> Iterator[bytes]:
        """The payloads of the log itself."""
        return iter(Reader(self.log, end=end, report=self._report))

    def payloads(self, needle: bytes = b"", end: Position | None = None) -> Iterator[bytes]:
        """Those that hold the needle, of the log up to a position, then of the imports."""
        if needle:
            yield from found(self.log, needle, end)
        else:
            yield from self.own(end)
        yield from self.shelf.payloads(needle)

    def statements(self, record_id: str | None = None, end: Position | None = None
                   ) -> Iterator[Statement]:
        """Those of one record, or all."""
        needle = b'"record":' + orjson.dumps(record_id) if record_id is not None else b""
        return (one for one in decoded(self.payloads(needle, end), self._report)
                if record_id in (None, one.record))

    def records(self, kind: str) -> set[str]:
        """The ids of all records of a kind."""
        found = {*map(record_in, self.payloads(b'"record":"%s:' % kind.encode()))}
        return {key for one in found if (key := orjson.loads(one)).startswith(f"{kind}:")}

    def statement(self, statement_id: str, end: Position | None = None) -> Statement | None:
        """The one with that id."""
        number = statement_id.rpartition(":")[2]
        if not (number.isascii() and number.isdecimal()):
            return None
        candidates = decoded(self.payloads(key_for(statement_id) + b",", end), self._report)
        return next((one for one in candidates if one.id == statement_id), None)

    def fold(self, document: Document, statement: Statement) -> Document:
        """A record's document with one more statement; unchanged by one it cannot be told by."""
        fold = fold_of(self._folds, statement.record)
        try:
            return fold(document, statement) if fold else document
        except Exception as error:  # a statement of another version must not close the course
            self._report(Repair("not-folded", statement.id, {"error": repr(error)}))
            return document

    def folded(self, records: set[str], end: Position | None = None) -> dict[str, Document]:
        """The documents of some records, made from nothing in one pass."""
        documents = dict.fromkeys(records, EMPTY)
        wanted = {*map(orjson.dumps, records)}
        for payload in self.payloads(end=end) if records else ():
            if record_in(payload) in wanted:
                for one in decoded([payload], self._report):
                    documents[one.record] = self.fold(documents[one.record], one)
        return documents


def history_beside(folder: Path, folds: Folds | None = None) -> History:
    """The history of a folder that a server may be using."""
    def listed() -> Listed:
        documents: dict[str, Document] = {}
        for payload in found(folder / LOG, b'"record":"%s:' % KIND.encode()):
            one = decode(payload)
            if one.record.startswith(f"{KIND}:"):
                documents[one.record] = fold_imports(documents.get(one.record, EMPTY), one)
        return Listed(documents.values())

    return History(folder, folds or {}, listed)
