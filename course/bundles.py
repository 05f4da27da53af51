"""Bundles joined: what goes out of a data folder, in the open or sealed, and reading it back.

The pages and the command line stand on this: `parcel` makes the bytes of a file, `Bundle.open`
checks a file to its last line, and a `Bundle` is what `store.compare` and `store.take` are given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .core.classroom import Cohort, cohort_of
from .core.errors import BadBundle, NoCourse, NotFound
from .core.statement import Document, Statement
from .core.travel import travelling
from .store import Source
from .store.bundle import LONGEST_LINE, MOST_BYTES, Head, Reading, head_line, head_of, lines_of

if TYPE_CHECKING:
    from .exchange.sealing import Seal
    from .store.history import History

SUFFIX = ".fourthp"


def parcel(head: Head, history: Callable[[], Iterable[Statement]], register: Document, *,
           cohort: Cohort | None = None, passphrase: str = "", cost_mib: int = 64
           ) -> Iterator[bytes]:
    """The bytes of a bundle, piece by piece: all that travels, or what belongs to a cohort.

    `history` is called to go through all statements, `register` is the people as they are.
    """
    lines = lines_of(head, travelling(history, register, cohort))
    if not passphrase:
        return lines
    return _sealed(lines, passphrase, cost_mib)


def _sealed(lines: Iterator[bytes], passphrase: str, cost_mib: int) -> Iterator[bytes]:
    from .exchange.sealing import Seal

    seal = Seal.new(passphrase, cost_mib)
    yield head_line(seal.head)
    yield from seal.lines(lines)


@dataclass(frozen=True)
class Bundle(Collection[Statement]):
    """A checked file of statements. Going through it reads the file again, line by line."""

    file: Path
    name: str
    """Of the file, as people know it: an upload stands elsewhere."""
    head: Head
    count: int
    digest: str
    """SHA-256 of the file as it is."""
    _seal: Seal | None = field(default=None, repr=False)

    @classmethod
    def open(cls, file: Path, passphrase: str = "", name: str = "") -> Bundle:
        """Check all of a file. Raises BadBundle."""
        name = name or file.name
        seal = _seal_of(file, name, passphrase)
        with _reading(file, name, seal, unique=True) as reading:
            count = sum(1 for _ in reading)
        return cls(file, name, reading.head, count, _digest_of(file), seal)

    @property
    def is_sealed(self) -> bool:
        return self._seal is not None

    @property
    def source(self) -> Source:
        """What a store is to note of where the statements are from."""
        return Source(self.name, self.digest, self.head.device, self.file)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Statement]:
        with _reading(self.file, self.name, self._seal, unique=False) as reading:
            yield from reading

    def __contains__(self, wanted: object) -> bool:
        return any(one == wanted for one in self)


def needs_passphrase(file: Path, name: str = "") -> bool:
    """Whether a file is sealed. Raises BadBundle when it is nothing of ours."""
    from .exchange.sealing import FORMAT

    name = name or file.name
    with _opened(file, name) as source:
        return bool(head_of(next(_lines(source, name), b""), name)["format"] == FORMAT)


def _seal_of(file: Path, name: str, passphrase: str) -> Seal | None:
    """The seal of a file, opened; None for one in the open. Raises BadBundle."""
    from .exchange.sealing import FORMAT, Seal

    with _opened(file, name) as source:
        shape = head_of(next(_lines(source, name), b""), name)
    if shape["format"] != FORMAT:
        return None
    if not passphrase:
        raise BadBundle(name, "sealed")
    try:
        seal = Seal(passphrase, shape)
    except (KeyError, TypeError, ValueError) as error:
        raise BadBundle(name, "damaged", 1) from error
    if not seal.fits(shape.get("check")):
        raise BadBundle(name, "passphrase")
    return seal


@contextmanager
def _reading(file: Path, name: str, seal: Seal | None, *, unique: bool) -> Iterator[Reading]:
    with _opened(file, name) as source:
        lines = _lines(source, name)
        if seal:
            next(lines, None)
            lines = _cut_in_lines(seal.data(lines, name), name)
        yield Reading(lines, name, unique=unique)


@contextmanager
def _opened(file: Path, name: str) -> Iterator[BinaryIO]:
    try:
        with file.open("rb") as source:
            yield source
    except OSError as error:
        raise BadBundle(name, "unreadable") from error


def _lines(source: BinaryIO, name: str) -> Iterator[bytes]:
    """The lines of a file, none of which can fill the memory."""
    size = number = 0
    while line := source.readline(LONGEST_LINE + 1):
        number += 1
        size += len(line)
        if len(line) > LONGEST_LINE or size > MOST_BYTES:
            raise BadBundle(name, "too-large", number)
        yield line


def _cut_in_lines(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    held = b""
    number = 0
    for piece in pieces:
        *whole, held = (held + piece).split(b"\n")
        for line in whole:
            number += 1
            yield line + b"\n"
        if len(held) > LONGEST_LINE:
            raise BadBundle(name, "too-large", number + 1)
    if held:
        yield held


def _digest_of(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


# From a data folder -----------------------------------------------------------------------

def export_folder(folder: Path, file: Path, now: str, cohort: str = "", passphrase: str = ""
                  ) -> Bundle:
    """Write a bundle of a data folder, which a server may be using, and read it back.

    `cohort` is a cohort's name or id. Raises NoCourse, NotFound, NotSaved, and BadBundle when
    it reads back otherwise.
    """
    from . import FOLDS
    from .core.errors import NotSaved
    from .core.people import REGISTER
    from .store.device import read_device
    from .store.files import reason_of, write_whole
    from .store.history import history_beside
    from .web.context import VERSION

    device = read_device(folder)
    if device is None:
        raise NoCourse(folder=str(folder))
    history = history_beside(folder, FOLDS)
    register = history.folded({REGISTER})[REGISTER]
    chosen = _cohort(history, cohort) if cohort else None
    head = Head(device.id, now, VERSION, chosen.id if chosen else "")
    try:
        write_whole(file, parcel(head, history.statements, register, cohort=chosen,
                                 passphrase=passphrase))
    except OSError as error:
        raise NotSaved(reason=reason_of(error)) from error
    return Bundle.open(file, passphrase)


def _cohort(history: History, wanted: str) -> Cohort:
    """A cohort by its name or id. Raises NotFound."""
    records = history.records("cohort")
    for key, document in sorted(history.folded(records).items()):
        with suppress(NotFound):
            cohort = cohort_of(key.partition(":")[2], document)
            if wanted in (cohort.id, cohort.name):
                return cohort
    raise NotFound(what="cohort")
