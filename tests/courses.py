"""A small course in which nothing is wrong, and the small changes that make something wrong.

`tests/rules/course` and `tests/rules/annex` are the course. `tests/rules/Q13.txt` tells what
is changed for rule Q13: below `in FILE` lines that begin with `-` are replaced by those
that begin with `+`, or these are added at the file's end. The problem is expected at the
first line that was put in, or where `found` says.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from course.content.source import Roots
from course.content.translate import touch_files

RULES = Path(__file__).parent / "rules"
FILLER = " ".join(f"Sentence number {number} stands here so that the module is long enough."
                  for number in range(200))


@dataclass
class Change:
    """Lines of one file and what stands there instead."""

    file: str
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass
class Story:
    """What is made wrong, and where the check should say so."""

    changes: list[Change]
    found: str = ""


def story(code: str) -> Story:
    """The changes of one rule's file."""
    told = Story([])
    for line in (RULES / f"{code}.txt").read_text(encoding="utf-8").split("\n")[2:]:
        word, _, rest = line.partition(" ")
        if word == "in":
            told.changes.append(Change(rest))
        elif word == "found":
            told.found = rest
        elif word == "-":
            told.changes[-1].before.append(rest)
        elif word == "+":
            told.changes[-1].after.append(rest)
    return told


def good_course(folder: Path) -> Roots:
    """The course and its annex in a folder of their own, translations recorded."""
    shutil.copytree(RULES / "course", folder, dirs_exist_ok=True)
    shutil.copytree(RULES / "annex", folder / "annex")
    lesson = folder / "modules/demo-basic/lesson.md"
    change(lesson, "FILLER", FILLER)
    roots = Roots(folder, folder / "annex")
    touch_files(roots, "fr")
    return roots


def tell(told: Story, roots: Roots) -> str:
    """Make something wrong; where the problem is expected, as `file:line`."""
    places = [_apply(one, roots.content / one.file) for one in told.changes]
    return told.found or places[0]


def _apply(one: Change, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    before, after = "\n".join(one.before), "\n".join(one.after)
    if not one.before:
        line = text.count("\n") + 1 + next((n for n, part in enumerate(one.after) if part), 0)
        path.write_text(f"{text}{after}\n", encoding="utf-8")
        return f"{one.file}:{line}"
    found = re.search(rf"^{re.escape(before)}", text, re.MULTILINE) or re.search(
        re.escape(before), text)
    assert found, f"{one.file} has no {before!r}"
    path.write_text(text[:found.start()] + after + text[found.end():], encoding="utf-8")
    return f"{one.file}:{text.count(chr(10), 0, found.start()) + 1}"


def change(path: Path, before: str, after: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{path.name} has no {before!r}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
