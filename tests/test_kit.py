"""A stick for the classroom: what is on it, that it starts offline, and what stops it."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course import kit
from course.core.errors import KitNotFilled
from course.kit import FILES, SYSTEM, fill_kit, read_manifest
from course.kit_wheels import PYTHONS, SYSTEMS, WINDOWS, last_line, run_pip

from .browser import missing
from .packed import only, refusing, state, tiny_index, tiny_wheel
from .serving import ROOT, Client, Server, free_port
from .stores import FailingDisk
from .test_command_line import course

START = runpy.run_path(str(FILES / "start.py"))
HERE, PYTHON = START["system"](), START["python"]()
OTHER = next(one for one in PYTHONS if one != PYTHON)
ELSEWHERE = "my stick دورة"
on_posix = pytest.mark.skipif(os.name == "nt", reason="start-linux.sh wants a sh")


@pytest.fixture(scope="module")
def this_system():
    """The kind of computer that runs the tests, as a stick knows it."""
    found = next((one for one in SYSTEMS if one.key == HERE), None)
    if not found or PYTHON not in PYTHONS:
        missing(f"a system and a Python that a stick serves ({HERE}, {PYTHON})")
    return found


@pytest.fixture(scope="module")
def index(wheel, tmp_path_factory):
    """Empty packages: one more is for Windows, one for one Python, one has few wheels, and one
    has a compiled wheel beside the pure one."""
    folder = tiny_index(tmp_path_factory.mktemp("index"), wheel)
    (folder / "click-99-py3-none-any.whl").unlink()
    tiny_wheel(folder, "click", needs=["colours; platform_system == 'Windows'",
                                       f"older; python_version == '{OTHER}'"])
    for name in ("colours", "older"):
        tiny_wheel(folder, name)
    (folder / "orjson-99-py3-none-any.whl").unlink()
    short = PYTHON.replace(".", "")
    tiny_wheel(folder, "orjson", f"cp{short}-cp{short}-win_amd64")
    tiny_wheel(folder, "fonttools", f"cp{short}-cp{short}-win_amd64")
    for python in (short, OTHER.replace(".", "")):
        tiny_wheel(folder, "orjson", f"cp{python}-cp{python}-{best_tag()}")
    return folder


def best_tag() -> str:
    return next((one.tags[0] for one in SYSTEMS if one.key == HERE), "any")


@pytest.fixture(scope="module")
def filled(index, this_system, tmp_path_factory):
    """A stick with empty packages for Windows and for this computer, and what was told."""
    folder, told = tmp_path_factory.mktemp("filled") / "stick", []
    with pytest.MonkeyPatch.context() as patch:
        only(index, patch)
        fill_kit(folder, told.append, [WINDOWS, this_system], [PYTHON, OTHER])
    return folder, told


@pytest.fixture
def stick(filled, tmp_path):
    """A copy of it for one test, in a folder with a space and Arabic letters."""
    return Path(shutil.copytree(filled[0], tmp_path / ELSEWHERE))


@pytest.fixture
def offline(index, monkeypatch):
    only(index, monkeypatch)


def names(stick: Path, system: str, python: str) -> set[str]:
    """The packages that a stick installs there."""
    wheels = read_manifest(stick)["targets"][system].get(python, ())
    return {one.split("-")[0] for one in wheels}


def start(stick: Path, home: Path, *arguments: str, path: str | None = None) -> tuple[int, str]:
    """Start from a stick on a computer without network; the exit code and what was said."""
    home.mkdir(exist_ok=True)
    done = subprocess.run(["/bin/sh", stick / "start-linux.sh", *arguments],
                          env=bare(home, path), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


def bare(home: Path, path: str | None = None) -> dict[str, str]:
    """What a classroom's computer has: its Pythons and a pip that was set up for elsewhere."""
    settings = home.parent / "pip.conf"
    settings.write_text(f"[global]\nindex-url = http://127.0.0.1:{free_port()}/\n"
                        "constraint = /nowhere/constraints.txt\n")
    pythons = Path(sys.base_prefix) / "bin"
    return {"HOME": str(home), "PATH": path or f"{pythons}:/usr/bin:/bin",
            "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9",
            "PIP_CONFIG_FILE": str(settings), "LANG": "C.UTF-8"}


# --- What is on it

def test_each_system_and_python_gets_what_its_packages_ask_for_there(filled):
    stick, told = filled
    assert names(stick, "win-amd64", PYTHON) - names(stick, HERE, PYTHON) == {"colours"}
    assert names(stick, HERE, OTHER) - names(stick, HERE, PYTHON) == {"older"}
    assert {"fourth_p", "pip", "flask", "orjson"} <= names(stick, HERE, PYTHON)
    assert read_manifest(stick)["targets"]["win-amd64"].keys() == {PYTHON}
    assert f"{WINDOWS.name}, Python {OTHER}: left out, some package has no wheel for it" in told
    assert told[-1].startswith("Ready: ") and told[-1].endswith("all checked.")


def test_a_package_that_has_a_pure_wheel_is_on_the_stick_once(filled):
    wheels = [path.name for path in (filled[0] / "fourth-p" / "wheels").iterdir()]
    assert [one for one in wheels if one.startswith("fonttools")] == [
        "fonttools-99-py3-none-any.whl"]
    assert f"orjson-99-cp{PYTHON.replace('.', '')}-cp{PYTHON.replace('.', '')}-win_amd64.whl" \
        in wheels


def test_a_stick_is_filled_for_the_computers_that_were_named(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("course.kit.fill_kit", lambda folder, say, systems, pages: asked.append(
        [one.key for one in systems]))
    course("kit", "--for", "win-amd64", "--for", HERE, tmp_path)
    course("kit", tmp_path)
    course("kit", "--for", "amiga", tmp_path, status=2)
    assert sorted(asked[0]) == sorted({"win-amd64", HERE})
    assert asked[1:] == [[one.key for one in SYSTEMS]]


def test_every_file_is_listed_with_what_it_holds(filled):
    stick, _ = filled
    listed = read_manifest(stick)["files"]
    held = {name.replace(os.sep, "/"): digest for name, digest in state(stick).items()}
    assert held.pop("fourth-p/kit.json")
    assert held == {name: about["sha256"] for name, about in listed.items()}


def test_the_scripts_suit_their_systems_and_the_page_says_what_there_is(filled):
    stick, _ = filled
    batch = (stick / "start-windows.bat").read_bytes()
    assert batch.count(b"\r\n") == batch.count(b"\n") == len(batch.splitlines())
    assert batch.isascii()
    assert b'set "START=%~dp0fourth-p\\start.py"' in batch
    for name in ("start-linux.sh", "start-macos.command"):
        assert b"\r" not in (stick / name).read_bytes()
        assert os.name == "nt" or (stick / name).stat().st_mode & 0o111 == 0o111
    page = (stick / "READ-ME-FIRST.html").read_text(encoding="utf-8")
    assert f'<th scope="row">{WINDOWS.name}</th><td>{PYTHON}</td>' in page
    for text in (page, batch.decode(), (stick / "start-linux.sh").read_text()):
        assert PYTHON in text
        assert not re.search("@[A-Z]+@", text)


def test_filling_again_writes_what_changed_and_leaves_the_rest_alone(
        stick, offline, this_system):
    photo, old = stick / "holiday.jpg", stick / "fourth-p/wheels/flask-1-py3-none-any.whl"
    photo.write_bytes(b"mine")
    old.write_bytes(b"of an earlier version")
    (stick / "READ-ME-FIRST.html").write_text("damaged")
    told: list[str] = []
    fill_kit(stick, told.append, [WINDOWS, this_system], [PYTHON, OTHER])
    assert any(line.startswith("Writing 1 of ") for line in told)
    assert photo.read_bytes() == b"mine"
    assert not old.exists()


def test_the_academys_own_pages_lie_beside_the_start_scripts(stick, offline, this_system):
    fill_kit(stick, print, [WINDOWS, this_system], [PYTHON, OTHER], {"verify.html": "ours"})
    assert (stick / "verify.html").read_text() == "ours"
    assert "verify.html" in read_manifest(stick)["files"]


# --- Starting from it

@on_posix
def test_a_damaged_stick_says_so_and_installs_nothing(stick, tmp_path):
    damaged = next((stick / "fourth-p/wheels").glob("flask-99*.whl"))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    status, told = start(stick, tmp_path / "home")
    assert status == 1
    assert "This stick is damaged" in told and damaged.name in told
    assert list((tmp_path / "home/fourth-p/program").iterdir()) == []


@on_posix
@pytest.mark.parametrize(("lost", "said"), [
    ("fourth-p/kit.json", "This stick is not whole"),
    ("fourth-p/start.py", "The folder fourth-p is not beside this file")])
def test_half_a_stick_says_so(stick, tmp_path, lost, said):
    (stick / lost).unlink()
    status, told = start(stick, tmp_path / "home")
    assert (status, said in told, "Traceback" in told) == (1, True, False), told


@on_posix
def test_a_computer_without_python_is_told_which_would_do(stick, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("dirname", "uname"):
        (tools / name).symlink_to(shutil.which(name))
    text = (stick / "start-linux.sh").read_text()
    nowhere = re.sub(r"/(?:usr/local/bin|opt/homebrew/bin|Library/[\w./]+)", str(tools), text)
    (stick / "start-linux.sh").write_text(nowhere)
    status, told = start(stick, tmp_path / "home", path=str(tools))
    assert status == 1
    assert "No Python was found" in told and PYTHON in told


@on_posix
def test_packages_that_do_not_work_leave_nothing_behind(stick, tmp_path):
    """The packages of this stick are empty, so that the course cannot run on them."""
    status, told = start(stick, tmp_path / "home")
    assert status == 1
    assert "The course could not be installed" in told
    assert list((tmp_path / "home/fourth-p/program").iterdir()) == []


@on_posix
@pytest.mark.slow
def test_a_whole_stick_starts_without_network_and_installs_once(wheel, this_system, tmp_path):
    """The real thing: every system's packages from the index, then a start without it."""
    told: list[str] = []
    fill_kit(tmp_path / "stick", told.append, SYSTEMS, [PYTHON, OTHER])
    complete = {system.key: {PYTHON, OTHER} for system in SYSTEMS}
    targets = read_manifest(tmp_path / "stick")["targets"]
    assert {key: set(pythons) for key, pythons in targets.items()} == complete, told

    copy = Path(shutil.copytree(tmp_path / "stick", tmp_path / ELSEWHERE))
    for path in [*copy.rglob("*"), copy]:
        path.chmod(path.stat().st_mode & ~0o222)
    before, home = state(copy), tmp_path / "home بيت"
    home.mkdir()
    server = Server(tmp_path / "data", command=("/bin/sh", copy / "start-linux.sh"),
                    folder=tmp_path, environment=bare(home))
    seconds = []
    for _ in range(2):
        seconds.append(server.start(patience=120))
        client = Client(server.port)
        status, _, page = client.get("/setup")
        client.close()
        assert status == 200 and 'name="passphrase"' in page
        assert server.stop() == 0
    assert server.log.read_text(encoding="utf-8").count("Installing Fourth P") == 1
    assert seconds[1] < seconds[0]
    assert state(copy) == before
    assert len(list((home / "fourth-p/program").iterdir())) == 1


# --- What stops it

def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "stick").write_text("mine")
    assert "is a file" in course("kit", tmp_path / "stick", status=2)
    told = course("kit", tmp_path / "stick/inside", status=1)
    assert f"{tmp_path / 'stick/inside'} could not be written" in told
    assert (tmp_path / "stick").read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="wants the /proc of Linux")
def test_where_nothing_can_be_written_is_known_before_anything_is_fetched():
    told = course("kit", "/proc/self", status=1)
    assert "/proc/self could not be written" in told
    assert "Building" not in told


def test_an_index_that_refuses_is_told_as_no_internet(tmp_path, monkeypatch):
    for name, value in refusing().items():
        monkeypatch.setenv(name, value)
    told = course("kit", tmp_path / "stick", status=1)
    assert "The packages could not be fetched. Check the internet connection" in told
    assert list((tmp_path / "stick").iterdir()) == []


def test_an_index_without_a_package_leaves_nothing_to_fill(
        index, this_system, offline, tmp_path, monkeypatch):
    poor = shutil.copytree(index, tmp_path / "poor")
    next(poor.glob("tinydb-*")).unlink()
    only(poor, monkeypatch)
    with pytest.raises(KitNotFilled) as refused:
        fill_kit(tmp_path / "stick", print, [this_system], [PYTHON])
    assert refused.value.values["reason"] == "no-wheels"


def test_of_a_build_that_fails_the_line_is_told_that_says_why(offline, tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "setup.cfg").write_text("[metadata]\nname = x\n[options]\npackages = nowhere\n")
    done = run_pip("wheel", "--no-deps", "-w", tmp_path / "built", tmp_path)
    assert done.returncode
    assert last_line(done.stderr) == "package directory 'nowhere' does not exist"


class SmallDisk(FailingDisk):
    """A disk that says how much room it has, and may be wrong."""

    def __init__(self, room: int | None, said: int) -> None:
        super().__init__()
        self.room, self.said = room, said

    def free(self, folder: Path) -> int:
        return self.said


def fill_from(source: Path, stick: Path) -> None:
    """Fill a stick with what another one has."""
    about = read_manifest(source)
    files = {name: source / name for name in about["files"]}
    wheels = {path.name: path for path in files.values() if path.suffix == ".whl"}
    with kit.refusing(stick):
        kit.put(stick, files, kit.Contents(about["version"], wheels, about["targets"]), print)


@pytest.mark.parametrize(("room", "said"), [(None, 1000), (1000, 10**9)])
def test_a_stick_without_room_says_so_and_can_be_filled_later(
        room, said, filled, stick, monkeypatch):
    before = state(stick)
    for path in (next(stick.glob("fourth-p/wheels/pip-*")), stick / "start-linux.sh"):
        path.unlink()
    left = state(stick)
    monkeypatch.setattr(kit, "SYSTEM", SmallDisk(room, said))
    with pytest.raises(KitNotFilled) as refused:
        fill_from(filled[0], stick)
    assert refused.value.values == {"reason": "not-written", "detail": "disk-full",
                                    "folder": str(stick)}
    assert state(stick) == left
    monkeypatch.setattr(kit, "SYSTEM", SYSTEM)
    fill_from(filled[0], stick)
    assert state(stick) == before


def test_a_stick_that_reads_back_otherwise_is_told(stick):
    listed = json.loads((stick / "fourth-p/kit.json").read_bytes())["files"]
    (stick / "start-linux.sh").write_text("other")
    with pytest.raises(KitNotFilled) as refused:
        kit.check_kit(stick)
    assert refused.value.values["detail"] == "start-linux.sh" in listed
