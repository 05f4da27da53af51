"""Installs the course from this stick into a folder of the user's own, and serves it.

The start script of each system calls it with the first Python that `--suits`; all other
arguments go to `course serve`. Nothing is written to the stick and nothing is asked of a
network. It runs on a bare computer, so it stands alone: the standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from pathlib import Path
from typing import Any, NoReturn

STICK = Path(__file__).resolve().parent.parent
WHEELS = STICK / "fourth-p" / "wheels"
PROGRAM = Path.home() / "fourth-p" / "program"
"""One folder in it for each edition of the stick and each Python."""

PART = "part-"
"""Begins the name of an installation that is not whole."""


def main(arguments: list[str]) -> int:
    """Install when this edition is not there yet, then serve; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        kit: dict[str, Any] = json.loads((STICK / "fourth-p" / "kit.json").read_bytes())
    except (OSError, ValueError) as error:
        if arguments == ["--suits"]:
            return 0  # to come back and say it
        stop(f"This stick is not whole: {error}\nCopy all of it again, or fill it again with "
             "`course kit`.")
    wheels: list[str] = kit["targets"].get(system(), {}).get(python(), [])
    if arguments == ["--suits"]:
        return 0 if wheels else 1
    if not wheels:
        stop(f"This stick has nothing for Python {python()} on {system()}. "
             "READ-ME-FIRST.html lists what it has.")
    folder = PROGRAM / f"{edition(kit, wheels)}-{python()}"
    if not works(folder):
        install(kit, wheels, folder)
    return serve(folder, arguments)


def system() -> str:
    """This computer as the stick names it: `win-amd64`, `macosx-arm64`, `linux-x86_64`."""
    if sys.platform == "darwin":
        return f"macosx-{platform.machine()}"
    return sysconfig.get_platform()


def python() -> str:
    """This Python as the stick names it: `3.12`; others than the usual build have other names."""
    kind = "" if sys.implementation.name == "cpython" else sys.implementation.name
    threads = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
    return f"{kind}{sys.version_info[0]}.{sys.version_info[1]}{threads}"


def edition(kit: dict[str, Any], wheels: list[str]) -> str:
    """What changes when anything changes that would be installed here."""
    digests = "".join(kit["files"][f"fourth-p/wheels/{name}"]["sha256"] for name in wheels)
    return hashlib.sha256(digests.encode()).hexdigest()[:12]


def interpreter(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(folder: Path) -> bool:
    """Whether the course is there, and the Python it was installed with still is."""
    if not interpreter(folder).exists():
        return False
    tried = subprocess.run([interpreter(folder), "-I", "-c", "import course.__main__"],
                           capture_output=True, check=False)
    return tried.returncode == 0


def install(kit: dict[str, Any], wheels: list[str], folder: Path) -> None:
    """Install beside the place and move there when whole: a cut leaves nothing half done."""
    say(f"Installing Fourth P {kit['version']} from the stick. This takes about half a minute,")
    say("and is done once on this computer.")
    try:
        PROGRAM.mkdir(parents=True, exist_ok=True)
        clear_away()
        check(kit, wheels)
        part = Path(tempfile.mkdtemp(prefix=PART, dir=PROGRAM))
        try:
            fill(part, kit["version"], wheels)
            move(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        stop(f"The course could not be installed in {PROGRAM}: {error}")
    say(f"Installed. Without the stick, start it with:\n"
        f'  "{interpreter(folder)}" -m course serve')


def check(kit: dict[str, Any], wheels: list[str]) -> None:
    """Refuse a damaged stick before anything of it is installed."""
    for name in wheels:
        path = WHEELS / name
        told = kit["files"][f"fourth-p/wheels/{name}"]["sha256"]
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != told:
            stop(f"This stick is damaged: {path} is not as it was written. Fill it again "
                 "with `course kit`, or use another stick.")


def fill(folder: Path, version: str, wheels: list[str]) -> None:
    """Make an environment and install into it, with the pip of the stick.

    The system's own pip is not asked for: Debian keeps it in a package of its own. Nor are the
    settings of a machine, which may name an index, or a constraint, that is not here.
    """
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt", clear=True).create(folder)
    pip = next(name for name in wheels if name.startswith("pip-"))
    done = subprocess.run(
        [interpreter(folder), "-I", WHEELS / pip / "pip", "--isolated", "-q",
         "--disable-pip-version-check", "install", "--no-cache-dir", "--no-warn-script-location",
         "--no-index", "--find-links", WHEELS, f"fourth-p=={version}"],
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull}, check=False)
    if done.returncode or not works(folder):
        stop("The course could not be installed. What pip said is above.")


def move(part: Path, folder: Path) -> None:
    """Put a whole installation in its place; on Windows a virus scanner may hold it a moment."""
    if hasattr(os, "sync"):
        os.sync()
    shutil.rmtree(folder, ignore_errors=True)
    for tries in range(20):
        try:
            part.rename(folder)
            return
        except OSError:
            if works(folder):  # somebody started the stick twice: theirs is as good
                return
            if tries == 19:
                raise
            time.sleep(0.25)


def clear_away() -> None:
    """Remove what a power cut left and all installations but the last two.

    The last two, since the course may still be running from the one before this.
    """
    hour_ago = time.time() - 3600
    there = sorted(PROGRAM.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    whole = [one for one in there if not one.name.startswith(PART)]
    cut_off = [one for one in there
               if one.name.startswith(PART) and one.stat().st_mtime < hour_ago]
    for folder in whole[1:] + cut_off:
        shutil.rmtree(folder, ignore_errors=True)


def serve(folder: Path, arguments: list[str]) -> int:
    """Run the course until it is stopped."""
    command = [str(interpreter(folder)), "-I", "-m", "course", "serve", *arguments]
    if os.name != "nt":
        os.execv(command[0], command)
    # Windows has no exec that the console waits for; Ctrl+C reaches the course by itself.
    process = subprocess.Popen(command)
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return process.wait()


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> NoReturn:
    raise SystemExit(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
