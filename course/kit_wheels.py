"""What a stick carries: the course as a wheel, and the wheels it stands on.

pip does the work, in a process of its own, with whatever this machine has configured for it.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from importlib import metadata
from pathlib import Path

from .core.errors import KitNotFilled

DISTRIBUTION = "fourth-p"
CONTENT = ("modules", "quizzes", "media", "translations")
LONG_AGO = "315532800"
"""1980, where zip begins: the same files give the same wheel, whenever it is built."""


@dataclass(frozen=True, slots=True)
class System:
    """A kind of computer that a stick can serve."""

    name: str
    key: str
    """As `kit_files/start.py` finds it on that computer."""
    tags: tuple[str, ...]
    """The platforms of wheels that run there, the best first."""
    markers: Mapping[str, str]
    """What requirements may ask of it: https://packaging.python.org/ (environment markers)."""


def _linux(machine: str) -> System:
    tags = tuple(f"{tag}_{machine}" for tag in ("manylinux2014", "manylinux_2_17", "linux"))
    return System(f"Linux ({machine})", f"linux-{machine}", tags, {
        "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix",
        "platform_machine": machine})


def _macos(machine: str) -> System:
    return System(f"macOS ({machine})", f"macosx-{machine}", (f"macosx_11_0_{machine}",), {
        "sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix",
        "platform_machine": machine})


WINDOWS = System("Windows (64-bit)", "win-amd64", ("win_amd64",), {
    "sys_platform": "win32", "platform_system": "Windows", "os_name": "nt",
    "platform_machine": "AMD64"})
SYSTEMS = (WINDOWS, _macos("arm64"), _macos("x86_64"), _linux("x86_64"), _linux("aarch64"))
PYTHONS = ("3.14", "3.13", "3.12", "3.11")


# --- The course itself

def course_wheel(folder: Path) -> Path:
    """The course as a wheel in `folder`: built from the checkout, or from what is installed.

    Raises KitNotFilled when there is neither, or when the build fails.
    """
    folder.mkdir(parents=True)
    root = Path(__file__).resolve().parents[1]
    if (root / "setup.cfg").is_file() and (root / "modules").is_dir():
        return _built(root, folder)
    return _packed_again(folder)


def _built(root: Path, folder: Path) -> Path:
    """A wheel of the checkout.

    Of a clean copy, since setuptools leaves `build/` in the place where it works and takes
    from it the next time also what authors have deleted since.
    """
    source = folder / "source"
    skipped = shutil.ignore_patterns("__pycache__", "*.py[co]")
    for name in ("course", *CONTENT):
        shutil.copytree(root / name, source / name, ignore=skipped)
    for file in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "LICENSE-CONTENT"):
        shutil.copyfile(root / file, source / file)
    done = run_pip("wheel", "--no-deps", "-w", folder, source)
    if done.returncode:
        offline = re.search(NOT_REACHED + "|No matching distribution", done.stderr)
        raise KitNotFilled(reason="download" if offline else "build",
                           detail=last_line(done.stderr))
    return next(folder.glob("*.whl"))


def _packed_again(folder: Path) -> Path:
    """A wheel of the installed files, by the list that their own wheel left."""
    try:
        installed = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise KitNotFilled(reason="no-course", detail=DISTRIBUTION) from None
    # Not `installed.files`: from Python 3.12 on it leaves out silently what is not there.
    listed = csv.reader((installed.read_text("RECORD") or "").splitlines())
    files = {name: Path(str(installed.locate_file(name))) for name, *_ in listed
             if _belongs_in_wheel(name)}
    missing = [name for name, path in files.items() if not path.is_file()]
    if missing or "course/__init__.py" not in files:
        raise KitNotFilled(reason="no-course", detail=", ".join(missing[:3]) or DISTRIBUTION)
    return _zipped(files, folder, installed.version)


_MADE_BY_INSTALLER = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def _belongs_in_wheel(name: str) -> bool:
    """Whether an installed file came in the wheel; scripts and .pyc were made on installing."""
    made = ".dist-info/" in name and name.rpartition("/")[2] in _MADE_BY_INSTALLER
    return not (made or name.startswith("..") or name.endswith(".pyc"))


def _zipped(files: Mapping[str, Path], folder: Path, version: str) -> Path:
    info = f"{DISTRIBUTION.replace('-', '_')}-{version}"
    record = f"{info}.dist-info/RECORD"
    lines = []
    wheel = folder / f"{info}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            data = path.read_bytes()
            archive.writestr(_entry(name), data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(data)}\n")
        archive.writestr(_entry(record), "".join([*lines, f"{record},,\n"]))
    return wheel


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # dated 1980
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


# --- What it stands on

def download(course: Path, system: System, python: str, folder: Path) -> bool:
    """Put into `folder` every wheel that the course needs on a system and a Python, and pip.

    False when some package has no wheel there. Raises KitNotFilled when the index cannot be
    read.
    """
    environment = marker_environment(system, python)
    asked: set[str] = {"pip"}
    while True:
        options = [part for tag in system.tags for part in ("--platform", tag)]
        done = run_pip("download", "--only-binary=:all:", "--implementation", "cp",
                       "--python-version", python, *options, "-d", folder, course, *sorted(asked))
        if done.returncode:
            return _no_wheel(done.stderr)
        # pip reads markers as of this computer: what only the other one needs is asked for.
        more = needs(folder, environment) - asked
        if not more:
            return True
        asked |= more


def _no_wheel(errors: str) -> bool:
    """False for a package without a wheel; anything else that stopped pip is an error."""
    offline = re.search(NOT_REACHED, errors)
    if not offline and re.search("No matching distribution|ResolutionImpossible", errors):
        return False
    raise KitNotFilled(reason="download", detail=last_line(errors))


class PureWheels:
    """Wheels that serve every computer, in the place of compiled ones of the same version.

    What is compiled of such a package makes it faster at most; one file instead of twenty is
    what counts on a stick.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Path | None] = {}
        self._lock = threading.Lock()

    def preferred(self, wheel: Path, python: str) -> Path:
        """The pure wheel, where the index has one; the same wheel otherwise.

        Raises KitNotFilled when the index cannot be read.
        """
        name, version, *tags = wheel.stem.split("-")
        if tags[-2:] == ["none", "any"]:
            return wheel
        pinned = f"{name}=={version}"
        with self._lock:
            if pinned not in self._known:
                self._known[pinned] = self._fetched(pinned, python)
            return self._known[pinned] or wheel

    def _fetched(self, pinned: str, python: str) -> Path | None:
        folder = self._folder / pinned
        done = run_pip("download", "--no-deps", "--only-binary=:all:", "--implementation", "py",
                       "--abi", "none", "--platform", "any", "--python-version", python,
                       "-d", folder, pinned)
        if done.returncode:
            _no_wheel(done.stderr)
            return None
        return next(folder.glob("*.whl"))


def marker_environment(system: System, python: str) -> dict[str, str]:
    """The values that requirements' markers ask for, on another computer."""
    return {**system.markers, "python_version": python, "python_full_version": f"{python}.0",
            "implementation_name": "cpython", "implementation_version": f"{python}.0",
            "platform_python_implementation": "CPython", "platform_release": "",
            "platform_version": ""}


@dataclass(slots=True)
class _Walk:
    """On the way through what requires what."""

    known: dict[str, Message]
    environment: dict[str, str]
    seen: set[tuple[str, str]] = field(default_factory=set)
    found: set[str] = field(default_factory=set)

    def visit(self, name: str, extra: str = "") -> None:
        """Note what a package, or one of its extras, requires there and not here."""
        # pip's own reader of requirements: the one that decides when this is installed.
        from pip._vendor.packaging.requirements import Requirement
        from pip._vendor.packaging.utils import canonicalize_name

        if (name, extra) in self.seen or name not in self.known:
            return
        self.seen.add((name, extra))
        for line in self.known[name].get_all("Requires-Dist") or ():
            one = Requirement(line)
            marker, one.marker = one.marker, None
            if marker and not marker.evaluate({**self.environment, "extra": extra}):
                continue
            if marker and not marker.evaluate({"extra": extra}):
                self.found.add(str(one))
            self._follow(canonicalize_name(one.name), one.extras)

    def _follow(self, name: str, extras: Iterable[str]) -> None:
        for extra in ("", *extras):
            self.visit(name, extra)


def needs(folder: Path, environment: Mapping[str, str]) -> set[str]:
    """The requirements in a folder's wheels that hold in an environment, but not on this computer.

    Starts from the course; without their markers, so that pip can be asked for them here.
    """
    from pip._vendor.packaging.utils import canonicalize_name

    known: dict[str, Message] = {}
    for wheel in folder.glob("*.whl"):
        about = metadata_of(wheel)
        known[str(canonicalize_name(about["Name"]))] = about
    walk = _Walk(known, dict(environment))
    walk.visit(DISTRIBUTION)
    return walk.found


def metadata_of(wheel: Path) -> Message:
    """A wheel's METADATA."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(one for one in archive.namelist()
                    if re.fullmatch(r"[^/]+\.dist-info/METADATA", one))
        return BytesParser().parsebytes(archive.read(name), headersonly=True)


# --- pip

NOT_REACHED = r"Retrying \("
"""In what pip says when an index does not answer."""

END_OF_BUILD = "[end of output]"
"""What pip writes below the words of a build that failed."""


def run_pip(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run pip as this machine has it. Raises KitNotFilled when this Python has none."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": LONG_AGO, "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "-q",
                           *map(str, arguments)],
                          capture_output=True, text=True, encoding="utf-8", errors="replace",
                          env=environment, check=False)
    if "No module named pip" in done.stderr:
        raise KitNotFilled(reason="no-pip", detail=sys.executable)
    return done


def last_line(errors: str) -> str:
    """The line of pip's errors that says most."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    if END_OF_BUILD in lines:
        lines = lines[:lines.index(END_OF_BUILD)]
    else:
        lines = [line for line in lines if line.startswith("ERROR")] or lines
    return re.sub("^error: ", "", lines[-1] if lines else "", flags=re.IGNORECASE)
