"""Links between authors' files: found with their lines, and resolved to what they point at.

Authors write file names that work in an editor's preview. Where such a name leads is said
by a `Target`; the app makes it an address. What is not a file of the course is no target,
so no page ever links outside.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Address = Callable[["Target"], str]
"""Given by the app: a target to its URL."""

SectionOf = Callable[[str, str], str | None]
"""The section that holds an anchor of a file; None when the file has no such anchor."""

GLOSSARY = "modules/glossary.md"
LIBRARY = "library"

_LINK = re.compile(
    r"(?P<image>!?)\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"\(\s*(?P<href><[^<>\n]*>|[^()\s]*)(?:\s+\"(?P<title>[^\n]*?)\")?\s*\)")
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|\\", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """What a link in an author's file points at."""

    kind: str
    """manual | module | section | instrument | article | glossary | term | page"""
    path: str = ""
    """`tip-basic`, `tip-basic/elements`, `tip-protocol`, `wellbeing`"""
    section: str = ""
    """The section or article that holds the anchor."""
    anchor: str = ""
    """The anchor itself; empty when it is the section's own, always there for an article."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image as it stands in a file."""

    label: str
    href: str
    line: int
    image: bool = False
    title: str = ""


def links_in(text: str, line: int = 1) -> Iterator[Link]:
    """The links and images of a Markdown text whose first line is `line`."""
    for found in _LINK.finditer(text):
        place = line + text.count("\n", 0, found.start())
        yield Link(found["label"], found["href"].strip("<>"), place, bool(found["image"]),
                   found["title"] or "")


def is_outside(href: str) -> bool:
    """Whether a link leads to another host, to a scheme or to the root of a disk."""
    return bool(_OUTSIDE.match(href))


def file_of(name: str, href: str) -> tuple[str, str]:
    """The file that a link written in `name` points at, and the anchor in it.

    The file is empty for what leads outside the content root.
    """
    path, _, anchor = href.partition("#")
    if is_outside(href):
        return "", ""
    if not path:
        return name, anchor
    full = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
    return ("", "") if full.startswith("..") else (full, anchor)


def target_of(file: str, anchor: str, section_of: SectionOf) -> Target | None:
    """What a file and an anchor are to a reader; None for what is not a page of the course.

    An anchor that is not in the file leads to the file's beginning.
    """
    folder, _, name = file.removesuffix(".md").rpartition("/")
    section = section_of(file, anchor) if anchor else None
    kept = anchor if section is not None else ""
    if file == GLOSSARY:
        return Target("term", anchor=kept) if kept else Target("glossary")
    if not file.endswith(".md") or not folder.startswith("modules"):
        return None
    manual = folder.removeprefix("modules").strip("/")
    if not manual or (manual == LIBRARY and name == "index"):
        return Target("page", manual or name, anchor=kept)
    if manual == LIBRARY:
        return _article(name, section or "", kept)
    if name == "index":
        return Target("manual", manual)
    return _section(f"{manual}/{name}", section or "", kept)


def _article(instrument: str, section: str, anchor: str) -> Target:
    if not anchor:
        return Target("instrument", instrument)
    return Target("article", instrument, section, anchor)


def _section(module: str, section: str, anchor: str) -> Target:
    if not section:
        return Target("module", module)
    return Target("section", module, section, "" if anchor == section else anchor)
