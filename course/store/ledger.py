"""What is counted over the whole log, and opening it: reading what the checkpoint lacks."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..core.statement import Statement
from . import EMPTY, Repair
from .documents import BadFile, Documents
from .files import FileSystem
from .history import History
from .imports import KIND
from .lines import START, Position, Reader, decode, decoded, holds
from .log import cut_tail
from .watch import Repairs


@dataclass(slots=True)
class Ledger:
    """Counts and highest values of the statements on disk."""

    statements: int = 0
    counter: int = 0
    latest: str = ""
    """The highest time that was written."""
    last: str = ""
    """The time of the last statement."""
    numbers: dict[str, int] = field(default_factory=dict)
    """The highest number of each device."""
    erased: list[str] = field(default_factory=list)
    """Whose names the log and its copies in the folder no longer hold."""

    def take(self, statement: Statement) -> None:
        self.statements += 1
        self.counter = max(self.counter, statement.counter)
        self.latest = max(self.latest, statement.time)
        self.last = statement.time
        known = self.numbers.get(statement.device, 0)
        self.numbers[statement.device] = max(known, statement.number)

    def head(self, folds: str, position: Position) -> dict[str, Any]:
        """What a checkpoint is headed with."""
        return {"folds": folds, "position": list(position), "ledger": asdict(self)}


class Opening:
    """Brings the documents up to the end of the log: from the checkpoint, or from nothing.

    Afterwards `ledger` and `position` are those of the end, `checkpoint` is the position of
    the file that was used. `other_history` is set when the
    checkpoint knows lines that the log does not have; `clean` is unset when the last segment
    cannot be written to any more.
    """

    def __init__(self, history: History, documents: Documents, folds_version: str,
                 repairs: Repairs) -> None:
        self.ledger = Ledger()
        self.position = START
        self.other_history = False
        self.clean = True
        self.checkpoint: Position | None = None
        self._history = history
        self._log = history.log
        self._documents = documents
        self._folds_version = folds_version
        self._repairs = repairs
        self._taken: dict[str, None] = {}
        """The imports that the documents do not have yet."""
        self._withdrawn: set[str] = set()
        """Those that the documents still have."""

    def read(self) -> None:
        """Read the checkpoint, if it can be used, and the log behind it."""
        try:
            self._use_checkpoint()
        except BadFile as error:
            self._documents.clear()
            self._start_over(str(error))
        self._replay()
        self._bring()

    def _use_checkpoint(self) -> None:
        """Raises BadFile with the reason when the documents have to be made again."""
        head = self._documents.open()
        try:
            position = Position(*head["position"])
            ledger = Ledger(**head["ledger"])
        except (KeyError, TypeError) as error:
            raise BadFile("damaged") from error
        if not holds(self._log, position):
            self.other_history = True
            raise BadFile("other-log")
        if head["folds"] != self._folds_version:
            raise BadFile("other-folds")
        self.position = self.checkpoint = position
        self.ledger = ledger

    def _start_over(self, reason: str) -> None:
        if reason != "missing" or any(self._log.iterdir()):
            self._repairs.add(Repair("documents-rebuilt", "progress.json", {"reason": reason}))

    def _replay(self) -> None:
        reader = Reader(self._log, self.position, report=self._repairs.add)
        for payload in reader:
            try:
                self._take(decode(payload))
            except ValueError as error:
                self._repairs.add(Repair("not-folded", f"{reader.position.line}",
                                         {"error": repr(error)}))
        self.position = reader.position
        self.clean = not reader.unfinished

    def _take(self, statement: Statement) -> None:
        self.ledger.take(statement)
        if statement.record.startswith(f"{KIND}:"):
            self._note(statement)
        self._fold(statement)

    def _fold(self, statement: Statement) -> None:
        before = self._documents.get(statement.record) or EMPTY
        after = self._history.fold(before, statement)
        if after is not before:
            self._documents.publish(statement.record, after)

    def _note(self, statement: Statement) -> None:
        if statement.verb == "imported":
            self._taken[statement.object] = None
        elif statement.object in self._taken:
            del self._taken[statement.object]
        else:
            self._withdrawn.add(statement.object)

    def _bring(self) -> None:
        """Add what was imported since the checkpoint; fold anew what was withdrawn since."""
        shelf = self._history.shelf
        for import_id in self._taken:
            for statement in decoded(shelf.of_import(import_id), self._repairs.add):
                self._fold(statement)
        records = shelf.contested() if self._taken else set()
        for import_id in self._withdrawn:
            records |= shelf.records_of(import_id)
        for record_id, document in self._history.folded(records).items():
            self._documents.publish(record_id, document)

    def cut_tail(self, aside: Path, files: FileSystem) -> None:
        """Keep what a power cut left half-written, and cut it off."""
        try:
            kept = cut_tail(self._log, self.position, aside, files)
        except OSError as error:
            self.clean = False
            self._repairs.add(Repair("torn-tail", aside.name, {"error": str(error)}))
            return
        for file in kept:
            self._repairs.add(Repair("torn-tail", f"{aside.name}/{file.name}",
                                     {"bytes": file.stat().st_size}))
