"""Where authors' files are, and their text as it is now.

A file is known by its name from the content root, with forward slashes:
`modules/tip-basic/elements.md`. The academy's annex is read as if it stood among the
course's files, as a manual called `local`: its `casteria.md` is `modules/local/casteria.md`,
its `quizzes/` and `media/` are `quizzes/local/` and `media/local/`. So links, pools and
pictures of a local case work like those of any other.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .problem import Findings, Problem

PARTS = ("modules", "quizzes", "media", "translations")
ENDINGS = (".md", ".yaml", ".svg")
LOCAL = "local"
MOST_BYTES = 2_000_000
"""Larger than any lesson: such a file is a mistake, and is not read."""

_SCAN_EVERY = 1.0
MARKS = "\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff"
"""Invisible: zero-width spaces and the marks of writing direction."""

_LEADING = re.compile(rf"^[ \t]*[{MARKS}][ \t{MARKS}]*", re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]+)*")

Stamp = tuple[int, int]
"""When a file was last changed (nanoseconds) and its size in bytes."""


@dataclass(frozen=True, slots=True)
class Roots:
    """The folders that content is read from."""

    content: Path
    """Holds `modules/`, `quizzes/`, `media/` and `translations/`."""
    annex: Path | None = None
    """The academy's folder: national law and local cases."""

    @classmethod
    def find(cls, content: Path | None = None, annex: Path | None = None) -> Roots:
        """The folders given; without `content` the course's own.

        A checkout has them beside the package, an installed wheel inside it.
        """
        package = Path(__file__).resolve().parents[1]
        inside = (package / "modules").is_dir()
        return cls(content or (package if inside else package.parent), annex)

    @property
    def translations(self) -> Path:
        return self.content / "translations"


@dataclass(frozen=True, slots=True)
class _Scan:
    """What was on the disk at one moment."""

    paths: Mapping[str, Path]
    stamps: Mapping[str, Stamp]
    locales: tuple[str, ...]
    version: str


class Files:
    """The texts under the roots. A change on the disk is seen within a second."""

    def __init__(self, roots: Roots, clock: Callable[[], float] = time.monotonic) -> None:
        self.roots = roots
        self._clock = clock
        self._scanning = threading.Lock()
        self._scan: _Scan | None = None
        self._scanned = 0.0

    @property
    def version(self) -> str:
        """Changes when any file has changed."""
        return self._now().version

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages there is a folder for under `translations/`."""
        return self._now().locales

    def names(self, under: str = "") -> list[str]:
        """The files whose name begins so, in order."""
        return sorted(name for name in self._now().paths if name.startswith(under))

    def __contains__(self, name: str) -> bool:
        return name in self._now().paths

    def stamp(self, name: str) -> Stamp | None:
        """What changes when the file does; None when there is no such file."""
        return self._now().stamps.get(name)

    def shown(self, name: str) -> str:
        """A file's name as its author knows it: `annex/casteria.md` for the academy's own."""
        path, annex = self._now().paths.get(name), self.roots.annex
        if path is None or annex is None or not path.is_relative_to(annex):
            return name
        return f"annex/{path.relative_to(annex).as_posix()}"

    def read(self, name: str) -> tuple[str, tuple[Problem, ...]]:
        """A file's text with plain line ends; empty when it is missing or cannot be read.

        Control characters are taken out, and so are invisible marks at the start of a line,
        which Arabic editors leave there and behind which `!!!` would not be seen.
        """
        path = self._now().paths.get(name)
        if path is None:
            return "", ()
        found = Findings(self.shown(name))
        return _cleaned(_decoded(path, found), found), found.all()

    def _now(self) -> _Scan:
        """The latest scan; one thread at a time makes a new one, the others do not wait."""
        scan = self._scan
        if scan is None:
            with self._scanning:
                return self._scan or self._renewed()
        if self._clock() - self._scanned < _SCAN_EVERY:
            return scan
        if self._scanning.acquire(blocking=False):
            try:
                return self._renewed()
            finally:
                self._scanning.release()
        return scan

    def _renewed(self) -> _Scan:
        self._scan, self._scanned = _scan(self.roots), self._clock()
        return self._scan


def _decoded(path: Path, found: Findings) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        found.error(0, "unreadable", reason=error.strerror or type(error).__name__)
        return ""
    if len(data) > MOST_BYTES:
        found.error(0, "too-large", bytes=len(data), most=MOST_BYTES)
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found.error(data.count(b"\n", 0, error.start) + 1, "not-utf-8")
        return data.decode("utf-8-sig", errors="replace")


def _cleaned(text: str, found: Findings) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = _CONTROLS.search(text)
    if control:
        found.error(text.count("\n", 0, control.start()) + 1, "control-character")
        text = _CONTROLS.sub("", text)
    return _LEADING.sub(lambda found: re.sub(f"[{MARKS}]", "", found[0]), text)


def _scan(roots: Roots) -> _Scan:
    found: dict[str, tuple[Path, Stamp]] = {}
    for part in PARTS:
        found.update(_walk(roots.content / part, part))
    if roots.annex:
        for name, file in _walk(roots.annex, ""):
            found[_local(name)] = file
    stamps = {name: stamp for name, (_, stamp) in found.items()}
    locales = _locales(roots.translations)
    version = hashlib.sha256(repr((sorted(stamps.items()), locales)).encode()).hexdigest()[:12]
    return _Scan({name: path for name, (path, _) in found.items()}, stamps, locales, version)


def _walk(folder: Path, name: str) -> Iterator[tuple[str, tuple[Path, Stamp]]]:
    """The files below a folder. What cannot be listed is not there; editors' leftovers neither."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        inner = f"{name}/{entry.name}" if name else entry.name
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), inner)
        elif entry.name.endswith(ENDINGS):
            stamp = _stamp(entry)
            if stamp:
                yield inner, (Path(entry.path), stamp)


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        status = entry.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _local(name: str) -> str:
    """The name under which a file of the annex is known."""
    first, slash, rest = name.partition("/")
    if slash and first in ("quizzes", "media"):
        return f"{first}/{LOCAL}/{rest}"
    return f"modules/{LOCAL}/{name}"


def _locales(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(entry.name for entry in os.scandir(folder)
                            if entry.is_dir() and _LOCALE.fullmatch(entry.name)))
    except OSError:
        return ()


def digest_of(text: str) -> str:
    """A short digest of a text that does not mind spaces at line ends or around it."""
    plain = "\n".join(line.rstrip() for line in text.strip().split("\n"))
    return hashlib.sha256(plain.encode()).hexdigest()[:12]
