"""Small content trees, written where the test can be read beside its answer."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from course.content.library import Library
from course.content.links import Target
from course.content.source import Roots

HEADER = "---\ntitle: What trafficking is\nquiz: elements\n---\n\n"

POOL = """\
---
title: Check your understanding
draw: 2
pass: 80%
---

### Is this trafficking? {#first objective=elements}

- (x) Yes
- ( ) No
  > Read again.

> Because of the act.

### And this? {#second objective=elements}

- (x) Yes
- ( ) No
  > Read again.
"""


def write(root: Path, files: dict[str, str]) -> None:
    """Put files under a folder; their indentation in the test is not part of them."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8", newline="\n")


def address(target: Target) -> str:
    """An address that says all of a target."""
    place = "/".join(filter(None, (target.kind, target.path, target.section)))
    return f"/{place}#{target.anchor}" if target.anchor else f"/{place}"


def library(root: Path, files: dict[str, str], annex: Path | None = None) -> Library:
    """A library over a tree. Its interface words are their keys, with the language."""
    write(root, files)
    return Library(Roots.find(root, annex), address, lambda key, locale: f"{key}-{locale}")


def module_text(body: str, header: str = HEADER) -> str:
    return header + dedent(body)
