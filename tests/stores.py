"""Helpers for the tests of the store: a folder with a store in it, and a disk that can fail."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.core.academy import fold_academy
from course.core.classroom import fold_cohort
from course.core.exam import fold_exam
from course.core.learning import fold_learner
from course.core.markers import fold_rules
from course.core.people import fold_people
from course.core.register import fold_register
from course.core.roomwork import fold_play
from course.core.session import fold_session
from course.core.statement import Document, Draft, Statement, put
from course.store import Store
from course.store.device import Machine
from course.store.files import FileSystem
from course.store.local import LocalStore


def fold_said(document: Document, statement: Statement) -> Document:
    """All that was said in a room, by the statement that said it."""
    return put(document, "said", statement.id, statement.object)


FOLDS = {"learner": fold_learner, "people": fold_people, "play": fold_play,
         "academy": fold_academy, "register": fold_register, "cohort": fold_cohort,
         "marking": fold_rules, "session": fold_session, "exam": fold_exam, "room": fold_said}


class FailingDisk(FileSystem):
    """The real disk, until it is told to fail."""

    def __init__(self) -> None:
        self.room: int | None = None
        """Bytes that can still be written, over others too, as on a disk that copies what it
        changes; None for plenty."""
        self.syncs_fail = False
        self.cuts_fail = False

    def open_for_writing(self, path: Path) -> int:
        if self.room == 0 and not path.exists():
            raise OSError(errno.ENOSPC, "no space left")
        return super().open_for_writing(path)

    def write(self, fd: int, data: bytes) -> None:
        if self.room is None:
            return super().write(fd, data)
        fits, self.room = data[:self.room], max(0, self.room - len(data))
        os.write(fd, fits)
        if len(fits) < len(data):
            raise OSError(errno.ENOSPC, "no space left")
        return None

    def sync(self, fd: int) -> None:
        if self.syncs_fail:
            raise OSError(errno.EIO, "input/output error")
        super().sync(fd)

    def truncate(self, fd: int, size: int) -> None:
        if self.cuts_fail:
            raise OSError(errno.EIO, "input/output error")
        super().truncate(fd, size)


@dataclass
class Place:
    """A data folder on a machine, opened as often as a test likes."""

    folder: Path
    machine: Machine
    disk: FailingDisk = field(default_factory=FailingDisk)

    def open(self, **settings: Any) -> LocalStore:
        settings = {"machine": self.machine, "files": self.disk, "folds_version": "1", **settings}
        return LocalStore(self.folder, settings.pop("folds", FOLDS), **settings)

    def reopened(self, **settings: Any) -> tuple[LocalStore, set[str]]:
        """A store opened again, and the codes of what it had to mend."""
        store = self.open(**settings)
        return store, {repair.code for repair in store.health().repairs}

    def segment(self, number: int = 1) -> Path:
        return self.folder / "log" / f"{number:08}.jsonl"

    @property
    def progress(self) -> Path:
        return self.folder / "progress.json"


def place_in(folder: Path) -> Place:
    return Place(folder / "data", Machine(folder / "machine"))


def say(store: Store, text: str, room: str = "room:1", *, wait: bool = True) -> None:
    with store.record(room, wait=wait) as record:
        record.append(Draft("said", text))


def said(store: Store, room: str = "room:1") -> list[str]:
    """What a room's document has, in the order of the words."""
    return sorted(store.document(room).get("said", {}).values())


def in_log(store: Store, room: str | None = "room:1") -> list[str]:
    """What the history has, oldest first."""
    return [statement.object for statement in store.statements(room)]


def in_threads(work: Callable[[Any], None], items: Iterable[Any]) -> list[Exception]:
    """Do the work for all items at once; the errors that came of it."""
    errors: list[Exception] = []
    items = list(items)
    start = threading.Barrier(len(items))

    def run(item: Any) -> None:
        start.wait()
        try:
            work(item)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


ALL = {"room:0": ["0", "2", "4", "6", "8"], "room:1": ["1", "3", "5", "7", "9"]}
"""What is said in `filled_in`."""


def filled_in(folder: Path) -> Place:
    """A folder in which ten things were said, in two rooms, and closed."""
    place = place_in(folder)
    store = place.open()
    for number in range(10):
        say(store, f"{number}", f"room:{number % 2}")
    store.close()
    return place


def everything(store: Store) -> dict[str, list[str]]:
    return {room: said(store, room) for room in store.record_ids("room")}
