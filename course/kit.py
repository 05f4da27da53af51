"""A stick for a classroom without internet: `course kit DIR`.

    READ-ME-FIRST.html   start-windows.bat   start-macos.command   start-linux.sh
    fourth-p/kit.json    what is on the stick and for whom, with a SHA-256 of every file
    fourth-p/start.py    installs from the stick into the user's own folder, and serves
    fourth-p/wheels/     the course and every package it stands on, each file once

Everything is fetched to this computer first and written when it is whole; filling the same
stick again writes what has changed. Other files of the stick are left alone.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

from .core.errors import KitNotFilled
from .kit_wheels import (
    PYTHONS,
    SYSTEMS,
    PureWheels,
    System,
    course_wheel,
    download,
    metadata_of,
)
from .store.files import SYSTEM, reason_of, written_part

FILES = Path(__file__).parent / "kit_files"
INSIDE = "fourth-p"
MANIFEST = f"{INSIDE}/kit.json"
WHEELS = f"{INSIDE}/wheels"

AT_A_TIME = 4
"""Downloads beside each other: waiting for the index is most of the time."""

Say = Callable[[str], None]
Targets = dict[str, dict[str, list[str]]]
"""For each system's key and each Python, the wheels that are installed there."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a stick is to hold."""

    version: str
    wheels: Mapping[str, Path]
    """By file name, where each is now."""
    targets: Targets


def fill_kit(folder: Path, say: Say, systems: Sequence[System] = SYSTEMS,
             pythons: Sequence[str] = PYTHONS, pages: Mapping[str, str] | None = None) -> None:
    """Fill `folder` with all that offline computers of these systems and Pythons need.

    `pages` are the academy's own, laid beside the start scripts by their names. Tells through
    `say` how it goes on. Raises KitNotFilled; before the first file is written it is known that
    all are there and that they fit.
    """
    with refusing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()  # before the long download, not after it
    with tempfile.TemporaryDirectory(prefix="fourth-p-kit-",
                                     ignore_cleanup_errors=True) as staging:
        contents = collect(Path(staging), say, systems, pythons)
        files = {f"{WHEELS}/{name}": path for name, path in contents.wheels.items()}
        files |= written_pages(Path(staging) / "pages", contents, systems, pages or {})
        with refusing(folder):
            put(folder, files, contents, say)
    check_kit(folder)
    size = sum(one["bytes"] for one in read_manifest(folder)["files"].values())
    say(f"Ready: {folder}, {len(files) + 1} files, {size / 1e6:.0f} MB, all checked.")


@contextlib.contextmanager
def refusing(folder: Path) -> Iterator[None]:
    """Say that the stick could not be written, and why."""
    try:
        yield
    except OSError as error:
        raise KitNotFilled(reason="not-written", detail=reason_of(error),
                           folder=str(folder)) from error


# --- What goes onto it

def collect(staging: Path, say: Say, systems: Iterable[System],
            pythons: Sequence[str]) -> Contents:
    """Build and download everything. Raises KitNotFilled when nothing is complete."""
    say("Building the course …")
    course = course_wheel(staging / "course")
    wheels: dict[str, Path] = {}
    targets: Targets = {system.key: {} for system in systems}
    for system, python, found in fetched_all(staging, course, systems, pythons):
        tell(say, system, python, found)
        wheels |= found
        if found:
            targets[system.key][python] = sorted(found)
    if not wheels:
        raise KitNotFilled(reason="no-wheels", detail="")
    return Contents(str(metadata_of(course)["Version"]), wheels, targets)


Found = dict[str, Path]
"""Wheels by file name; none when they are not complete."""


def fetched_all(staging: Path, course: Path, systems: Iterable[System],
                pythons: Sequence[str]) -> Iterator[tuple[System, str, Found]]:
    """The wheels for each system and Python, in order, as they come. Raises KitNotFilled."""
    pure = PureWheels(staging / "pure")

    def fetched(target: tuple[System, str]) -> Found:
        system, python = target
        folder = staging / f"{system.key}-{python}"
        complete = download(course, system, python, folder)
        wheels = [pure.preferred(path, python) for path in folder.glob("*.whl") if complete]
        return {path.name: path for path in wheels}

    wanted = list(product(systems, pythons))
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        try:
            for (system, python), found in zip(wanted, pool.map(fetched, wanted), strict=True):
                yield system, python, found
        finally:
            pool.shutdown(cancel_futures=True)


def tell(say: Say, system: System, python: str, found: Found) -> None:
    """How it went for one system and Python."""
    size = sum(path.stat().st_size for path in found.values())
    went = (f"{len(found)} packages, {size / 1e6:.0f} MB" if found
            else "left out, some package has no wheel for it")
    say(f"{system.name}, Python {python}: {went}")


def written_pages(folder: Path, contents: Contents, systems: Iterable[System],
                  own: Mapping[str, str]) -> dict[str, Path]:
    """The scripts and the page, filled in, and the academy's own; by their names on the stick."""
    folder.mkdir()
    pythons = {python for one in contents.targets.values() for python in one}
    marks = {"@VERSION@": contents.version,
             "@PYTHONS@": " ".join(sorted(pythons, key=_by_number, reverse=True)),
             "@SYSTEMS@": _table(contents, systems)}
    shell = filled("start.sh", marks)
    texts = {
        "start-windows.bat": filled("start-windows.bat", marks).replace("\n", "\r\n"),
        "start-macos.command": shell,
        "start-linux.sh": shell,
        "READ-ME-FIRST.html": filled("read-me-first.html", marks),
        f"{INSIDE}/start.py": filled("start.py", {}),
        **own,
    }
    pages = {}
    for number, (name, text) in enumerate(texts.items()):
        pages[name] = folder / str(number)
        pages[name].write_bytes(text.encode())
    return pages


def filled(name: str, marks: Mapping[str, str]) -> str:
    """A file of `kit_files/` with its marks replaced and plain line ends, however checked out."""
    text = (FILES / name).read_bytes().decode().replace("\r\n", "\n")
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text


def _by_number(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split("."))


def _table(contents: Contents, systems: Iterable[System]) -> str:
    rows = []
    for system in systems:
        pythons = ", ".join(contents.targets[system.key]) or "–"
        rows.append(f"<tr><th scope=\"row\">{escape(system.name)}</th><td>{pythons}</td></tr>")
    return "\n".join(rows)


# --- Onto it

def put(folder: Path, files: Mapping[str, Path], contents: Contents, say: Say) -> None:
    """Write what has changed, each file whole, the list of them last. Raises OSError."""
    told: dict[str, dict[str, Any]] = {
        name: {"bytes": path.stat().st_size, "sha256": digest_of(path)}
        for name, path in sorted(files.items())}
    changed = [name for name, about in told.items()
               if not same(folder / name, about["sha256"])]
    needed = sum(told[name]["bytes"] for name in changed)
    say(f"Writing {len(changed)} of {len(files)} files, {needed / 1e6:.0f} MB, to {folder} …")
    if needed > SYSTEM.free(folder):
        raise OSError(errno.ENOSPC, "no room")
    for name in changed:
        write(folder / name, files[name].read_bytes())
    manifest = {"format": 1, "version": contents.version, "targets": contents.targets,
                "files": told}
    write(folder / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n")
    remove_left_over(folder, contents.wheels)


def write(path: Path, data: bytes) -> None:
    """Put a file onto the stick whole. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    script = path.suffix in {".sh", ".command"}
    with written_part(path, [data], SYSTEM) as part:
        with contextlib.suppress(OSError):  # not on every file system, and `sh` needs it not
            part.chmod(0o755 if script else 0o644)
        SYSTEM.replace(part, path)


def remove_left_over(folder: Path, wheels: Iterable[str]) -> None:
    """Remove wheels of an earlier filling, and what was cut off in one."""
    wanted = set(wheels)
    for path in (folder / WHEELS).iterdir():
        if path.name not in wanted and path.name.endswith((".whl", ".part")):
            with contextlib.suppress(OSError):
                path.unlink()


# --- Looking at one

def check_kit(folder: Path) -> None:
    """Read back every file of a stick. Raises KitNotFilled naming one that is not as written."""
    for name, about in read_manifest(folder)["files"].items():
        if not same(folder / name, about["sha256"]):
            raise KitNotFilled(reason="damaged", detail=name, folder=str(folder))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The list of a stick's files; see `put`."""
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return manifest


def same(path: Path, digest: str) -> bool:
    """Whether a file is there with this content."""
    try:
        return digest_of(path) == digest
    except OSError:
        return False


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
