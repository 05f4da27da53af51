"""A section as slides for the wall: one thing at a time, large, from the text that learners read.

A drawing, a table and every box has a slide of its own; a heading begins one; paragraphs share
one while they fit. Left out is what belongs to a reader's page: glossary notes, links (their
words stay), a national slot that nobody has filled. Trainers' notes and questions are parts of
their own (`activity.py`) and never come here.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from functools import lru_cache

from .activity import Prose, Section

LINES, LETTERS = 10, 72
"""How much text of 28 px a wall of 1280 by 720 holds under a title."""

_ALONE = ("figure", "table")
_HEADINGS = ("h2", "h3", "h4")
_LEFT_OUT = ("gloss", "read", "narrow", "empty")
_LISTS = ("ul", "ol")


def slides_of(section: Section, *, short: bool = False) -> tuple[str, ...]:
    """The slides of a section, as HTML without its title; of a sensitive one in full or in its
    short version. A section that shows nothing has one empty slide, with its title."""
    if short and section.gate:
        return _slides((section.gate.short_html,)) or ("",)
    return _slides(tuple(part.html for part in section.parts if isinstance(part, Prose))) or ("",)


@lru_cache(maxsize=512)
def _slides(texts: tuple[str, ...]) -> tuple[str, ...]:
    made: list[str] = []
    for text in texts:
        made += _cut(text)
    return tuple(made)


def _cut(text: str) -> Iterator[str]:
    try:
        root = ET.fromstring(f"<div>{text}</div>")
    except ET.ParseError:  # not what the course writes itself: shown whole
        yield text
        return
    around = root[0] if len(root) == 1 and root[0].get("lang") and root[0].tag == "div" else None
    tidy(root)
    for slide in _grouped(around if around is not None else root):
        yield _written(slide, around)


def tidy(element: ET.Element) -> None:
    """Take out what is for a reader's page, and the links around words."""
    for child in list(element):
        if set(child.get("class", "").split()) & set(_LEFT_OUT):
            _keep_tail(element, child)
            element.remove(child)
            continue
        tidy(child)
        if child.tag == "a":
            child.tag = "span"
            child.attrib.clear()
        child.attrib.pop("id", None)
        if child.tag == "div" and child.get("tabindex"):
            child.attrib.pop("tabindex")


def _keep_tail(parent: ET.Element, child: ET.Element) -> None:
    """The words behind an element stay when it goes."""
    at = list(parent).index(child)
    if at:
        parent[at - 1].tail = (parent[at - 1].tail or "") + (child.tail or "")
    else:
        parent.text = (parent.text or "") + (child.tail or "")


def _grouped(root: ET.Element) -> Iterator[list[ET.Element]]:
    group: list[ET.Element] = []
    room = float(LINES)
    for block in _pieces(root):
        lines = _lines(block)
        starts = block.tag in _HEADINGS or _is_alone(block) or lines > room
        if group and starts and not _is_heading_only(group):
            yield group
            group, room = [], float(LINES)
        group.append(block)
        room -= lines
        if _is_alone(block):
            yield group
            group, room = [], float(LINES)
    if group:
        yield group


def _pieces(root: ET.Element) -> Iterator[ET.Element]:
    """The blocks in order, a long list in several."""
    for block in root:
        if block.tag not in _LISTS or _lines(block) <= LINES:
            yield block
            continue
        yield from _list_in_parts(block)


def _list_in_parts(whole: ET.Element) -> Iterator[ET.Element]:
    part, room = ET.Element(whole.tag, whole.attrib), float(LINES)
    for count, item in enumerate(whole, start=1):
        if len(part) and _lines(item) > room:
            yield part
            part, room = ET.Element(whole.tag, whole.attrib), float(LINES)
            if whole.tag == "ol":
                part.set("start", str(count))
        part.append(item)
        room -= _lines(item)
    yield part


def _is_alone(block: ET.Element) -> bool:
    classes = block.get("class", "").split()
    return block.tag in _ALONE or "box" in classes or "table" in classes


def _is_heading_only(group: list[ET.Element]) -> bool:
    return len(group) == 1 and group[0].tag in _HEADINGS


def _lines(block: ET.Element) -> float:
    """How many lines a block takes, with the space before it."""
    if block.tag in _LISTS:
        return sum(_lines(item) for item in block) + 0.5
    letters = len(" ".join("".join(block.itertext()).split()))
    return -(-letters // LETTERS) + (0.2 if block.tag == "li" else 0.5)


def _written(blocks: Iterable[ET.Element], around: ET.Element | None) -> str:
    html = "\n".join(ET.tostring(_without_tail(one), encoding="unicode", method="html")
                     for one in blocks)
    if around is None:
        return html
    lang, direction = around.get("lang", ""), around.get("dir", "ltr")
    return f'<div lang="{lang}" dir="{direction}">{html}</div>'


def _without_tail(block: ET.Element) -> ET.Element:
    block.tail = None
    return block
