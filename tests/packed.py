"""The course as a wheel, and package indexes that need no network."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sysconfig
import venv
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from course.core.errors import KitNotFilled
from course.kit_wheels import course_wheel, last_line, metadata_of, run_pip

from .browser import missing
from .serving import free_port

IN_VENV = "Scripts" if os.name == "nt" else "bin"


def packed_course(folder: Path) -> Path:
    """The wheel, built from this checkout; a skip where setuptools cannot be fetched for it."""
    try:
        return course_wheel(folder / "course")
    except KitNotFilled as error:
        if error.values["reason"] == "download":
            missing(f"a package index ({error.values['detail']})")
        raise


def installed(wheel: Path, folder: Path) -> Path:
    """A fresh environment with the wheel; the packages it stands on are borrowed from here."""
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(folder)
    python = folder / IN_VENV / "python"
    done = run_pip("--python", python, "install", "--no-deps", "--no-index", wheel)
    assert not done.returncode, done.stderr
    told = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                          capture_output=True, text=True, check=True).stdout
    (Path(told.strip()) / "borrowed.pth").write_text(
        "".join(f"{sysconfig.get_path(kind)}\n" for kind in ("purelib", "platlib")))
    return folder / IN_VENV


def contents(wheel: Path) -> dict[str, bytes]:
    """Every file in a wheel but the list of them."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()
                if not name.endswith("/RECORD")}


def tiny_index(folder: Path, course: Path) -> Path:
    """A folder with an empty package for each that the course asks for, and what builds it."""
    done = run_pip("download", "--no-deps", "-d", folder, "pip", "setuptools>=77")
    if done.returncode:
        missing(f"a package index ({last_line(done.stderr)})")
    for line in metadata_of(course).get_all("Requires-Dist") or ():
        if "extra ==" not in line:
            tiny_wheel(folder, re.split(r"[^\w-]", line)[0])
    return folder


def tiny_wheel(folder: Path, name: str, tag: str = "py3-none-any", needs: Iterable[str] = (),
               ) -> Path:
    """A package with nothing in it but what it needs."""
    stem = f"{name.replace('-', '_')}-99"
    wheel = folder / f"{stem}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{stem}.dist-info/METADATA",
                         f"Metadata-Version: 2.1\nName: {name}\nVersion: 99\n"
                         + "".join(f"Requires-Dist: {one}\n" for one in needs))
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\n"
                         f"Root-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return wheel


def only(index: Path, set_: pytest.MonkeyPatch) -> None:
    """Let pip see this folder and nothing else."""
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(index),
                        "CONFIG_FILE": os.devnull}.items():
        set_.setenv(f"PIP_{name}", value)


def refusing() -> dict[str, str]:
    """Settings of a pip whose index refuses every connection."""
    return {"PIP_INDEX_URL": f"http://127.0.0.1:{free_port()}/simple", "PIP_RETRIES": "1",
            "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}


def state(folder: Path) -> dict[str, str]:
    """Every file below a folder, by what it holds."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}
