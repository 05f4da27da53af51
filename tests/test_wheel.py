"""The wheel: it holds the whole course, and the course runs from it outside any checkout."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from course.content.source import PARTS
from course.kit_wheels import metadata_of

from .packed import contents, installed, refusing
from .serving import ROOT, Client, Server

MODULE = "/manuals/tip-basic/elements"
ACT = {"en": "Act", "fr": "Acte", "ar": "الفعل"}
"""A word in the drawing of that module, in the languages it has."""


@pytest.fixture(scope="module")
def scripts(wheel, tmp_path_factory):
    """The scripts of a fresh environment that has the wheel."""
    return installed(wheel, tmp_path_factory.mktemp("elsewhere") / "venv")


@pytest.fixture(scope="module")
def served(scripts, tmp_path_factory):
    """The course as that environment serves it."""
    folder = tmp_path_factory.mktemp("served")
    with Server(folder / "data", command=(scripts / "course", "serve"),
                folder=folder) as server:
        client = Client(server.port)
        client.set_up()
        client.close()
        yield server


def run(scripts: Path, *arguments: object, **environment: str) -> tuple[int, str]:
    """Run the installed `course` far from the checkout; its exit code and what it said."""
    done = subprocess.run([scripts / "course", *map(str, arguments)], cwd=scripts.parent,
                          env={**os.environ, **environment}, capture_output=True, text=True,
                          encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


def site(scripts: Path) -> Path:
    """Where that environment keeps the course."""
    return next(scripts.parent.rglob("site-packages/course"))


def test_the_wheel_holds_every_file_of_the_course_as_it_is(wheel):
    wanted = {}
    for part in ("course", *PARTS):
        for path in (ROOT / part).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                name = path.relative_to(ROOT).as_posix()
                wanted[name if part == "course" else f"course/{name}"] = path.read_bytes()
    pictures = {name for name in wanted if name.startswith("course/media/readme/")}
    held = {name: data for name, data in contents(wheel).items() if ".dist-info/" not in name}
    assert pictures, "the README has pictures, and only the README needs them"
    assert held.keys() == wanted.keys() - pictures
    assert [name for name, data in held.items() if data != wanted[name]] == []


def test_the_wheel_asks_for_what_setup_cfg_asks_for_and_brings_its_licences(wheel):
    about = metadata_of(wheel)
    asked = re.search(r"install_requires =\n((?:    .+\n)+)", (ROOT / "setup.cfg").read_text())
    wanted = {re.sub(r"\W+", "-", line.split(">")[0].strip()).lower()
              for line in asked.group(1).splitlines()}
    told = {re.split(r"[^\w-]", line)[0].lower() for line in about.get_all("Requires-Dist")
            if "extra ==" not in line}
    assert told == wanted
    assert about["Requires-Python"] == ">=3.11"
    names = contents(wheel)
    for licence in ("LICENSE", "LICENSE-CONTENT"):
        assert any(name.endswith(f".dist-info/licenses/{licence}") for name in names)


def test_the_check_is_clean_where_the_wheel_is_installed(scripts):
    status, told = run(scripts, "check", "--strict")
    assert status == 0, told
    assert "0 errors, 0 warnings" in told


@pytest.mark.parametrize("language", ACT)
def test_it_serves_a_module_with_drawing_quiz_and_translation(served, language):
    client = Client(served.port)
    client.get("/enrol")
    client.post("/enrol", name=f"Learner {language}", number=f"W-{language}", pin="2580",
                again="2580", language=language)
    home = client.get("/home")[2]
    first = client.get(MODULE)[1]
    sections = set(re.findall(rf'href="({MODULE}/[\w-]+)"', client.get(first)[2])) | {first}
    pages = [client.get(url)[2] for url in sections]
    quiz = client.get(f"{MODULE}/quiz")
    styles = [client.get(url)[0] for url in re.findall(r'href="(/static/[^"]+)"', home)]
    client.close()
    assert f'<html lang="{language}"' in home
    assert any(f">{ACT[language]}<" in drawing for page in pages
               for drawing in re.findall(r"<svg.*?</svg>", page, re.S))
    assert quiz[0] == 200 and '<form method="post"' in quiz[2]
    assert styles and set(styles) == {200}


def test_the_installed_course_packs_itself_again_as_it_was(wheel, scripts, tmp_path):
    code = ("import sys; from pathlib import Path; from course.kit_wheels import course_wheel\n"
            "course_wheel(Path(sys.argv[1]))")
    subprocess.run([scripts / "python", "-c", code, tmp_path / "again"], cwd=tmp_path, check=True)
    again = next((tmp_path / "again").glob("*.whl"))
    assert again.name == wheel.name
    assert contents(again) == contents(wheel)
    other = installed(again, tmp_path / "other")
    assert run(other, "--version") == run(scripts, "--version")


def test_without_an_index_the_installed_course_says_that_it_is_the_internet(scripts, tmp_path):
    status, told = run(scripts, "kit", tmp_path / "stick", **refusing())
    assert status == 1
    assert "The packages could not be fetched. Check the internet connection" in told
    assert "Traceback" not in told


def test_an_installation_with_a_file_missing_fills_no_stick(scripts, tmp_path):
    style = site(scripts) / "static" / "style.css"
    aside = style.rename(tmp_path / "style.css")
    try:
        status, told = run(scripts, "kit", tmp_path / "stick")
    finally:
        aside.rename(style)
    assert status == 1
    assert "course/static/style.css" in told and "Install it again" in told
