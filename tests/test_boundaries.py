"""The borders of the house: who may import whom, and what is not loaded at the start."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from .serving import ROOT

COURSE = ROOT / "course"
FILES = sorted(COURSE.rglob("*.py"))
ALONE = {"flask": ("web", ""), "flask_babel": ("web",), "markdown": ("content",),
         "tinydb": ("store",), "waitress": ("",), "cryptography": ("exchange",),
         "fpdf": ("exchange",), "fontTools": ("exchange",), "xlsxwriter": ("exchange",)}
"""Packages that stand in one place only: the folders of `course/` that may import them."""
PRINTING = {"fpdf", "fontTools", "uharfbuzz", "PIL"}
PARTS = {"core": set(), "content": {"core"}, "store": {"core"}, "exchange": {"core"}}


def imports_of(path: Path) -> set[str]:
    """The first names that a file imports, its own package's parts as `.part`."""
    found = set()
    folder = path.relative_to(COURSE).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.ImportFrom) and node.level > len(folder):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {"." + str(name).split(".")[0] for name in names}
    return found


def part_of(path: Path) -> str:
    return path.relative_to(COURSE).parts[0] if path.parent != COURSE else ""


@pytest.mark.parametrize("path", sorted((COURSE / "core").glob("*.py")), ids=lambda path: path.name)
def test_core_knows_the_standard_library_only(path):
    assert imports_of(path) <= sys.stdlib_module_names | {"__future__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(COURSE)))
def test_a_package_is_imported_in_its_one_place(path):
    for package in imports_of(path) & ALONE.keys():
        assert part_of(path) in ALONE[package], package


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(COURSE)))
def test_parts_do_not_know_each_other(path):
    allowed = PARTS.get(part_of(path))
    if allowed is not None:
        parts = {name[1:] for name in imports_of(path) if name[1:] in {*PARTS, "web"}}
        assert parts <= allowed


def test_signatures_are_made_in_one_file_and_passphrases_close_files_in_another():
    using = [path.name for path in FILES if "cryptography" in imports_of(path)]
    assert using == ["sealing.py", "signing.py"]


def test_what_a_start_does_not_need_is_not_loaded():
    told = subprocess.run(
        [sys.executable, "-c", "import sys; from course import *; from course import FOLDS\n"
         "from course.store import MemoryStore\nimport course.__main__\n"
         "create_app(Settings(), MemoryStore(FOLDS))\nprint(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not {"markdown", "yaml", "segno", "fsrs", "cryptography", "snowballstemmer",
                "xlsxwriter", "sqlite3",
                *PRINTING} & set(told)
    assert [one for one in told if one.startswith("course.exchange.")] == [
        "course.exchange.labels"]
    assert not {"course.records", "course.office", "course.kit", "course.demo"} & set(told)


def test_what_prints_is_loaded_when_something_is_printed():
    told = subprocess.run(
        [sys.executable, "-c", "import sys, course.exchange.printing\nprint(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not PRINTING & set(told)
