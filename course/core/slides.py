"""A section as slides for the wall: one thing at a time, large, from the text that learners read.

A drawing, a table and every box has a slide of its own; a heading begins one; paragraphs share
one while they fit. Left out is what belongs to a reader's page: glossary notes, links (their
words stay), a national slot that nobody has filled. Trainers' notes and questions are parts of
their own (`activity.py`) and never come here.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

from .activity import Prose, Section
from .questions import Question

LINES, LETTERS = 9, 72
"""How much text of 28 px a wall of 1280 by 720 holds under a title."""

QUESTION_LINES = 14
"""How many lines a question's scene, its words and its choices have together."""

_ALONE = ("figure", "table")
_HEADINGS = ("h2", "h3", "h4")
_LEFT_OUT = ({"gloss"}, {"read"}, {"narrow"}, {"box", "empty"})
"""By their classes."""
_LISTS = ("ul", "ol")
_TAG = re.compile(r"<[^>]*>")


def slides_of(section: Section, *, short: bool = False) -> tuple[str, ...]:
    """The slides of a section, as HTML without its title; of a sensitive one what it speaks of,
    then the whole of it or its short version. A section that shows nothing has one empty slide."""
    texts = tuple(part.html for part in section.parts if isinstance(part, Prose))
    if section.gate is None:
        return _slides(texts) or ("",)
    announced = f'<p class="lead">{escape(section.gate.announcement)}</p>'
    return (announced, *_slides((section.gate.short_html,) if short else texts))


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
        classes = set(child.get("class", "").split())
        if any(one <= classes for one in _LEFT_OUT):
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
    """The blocks in order, a long list or table in several."""
    for block in root:
        if block.tag in _LISTS and _lines(block) > LINES:
            yield from _list_in_parts(block)
        elif (table := _table_in(block)) is not None:
            yield from _table_in_parts(block, table)
        else:
            yield block


def _table_in(block: ET.Element) -> ET.Element | None:
    return block if block.tag == "table" else block.find("table") \
        if "table" in block.get("class", "").split() else None


def _table_in_parts(block: ET.Element, table: ET.Element) -> Iterator[ET.Element]:
    """A table by rows, its head above each part."""
    head, rows = table.find("thead"), list(table.iterfind("tbody/tr"))
    above = sum(map(_row_lines, head)) if head is not None else 0
    parts: list[list[ET.Element]] = [[]]
    room = LINES - above
    for row in rows:
        if parts[-1] and _row_lines(row) > room:
            parts.append([])
            room = LINES - above
        parts[-1].append(row)
        room -= _row_lines(row)
    for part in parts:
        yield _table_of(block, table, head, part)


def _table_of(block: ET.Element, table: ET.Element, head: ET.Element | None,
              rows: list[ET.Element]) -> ET.Element:
    body = ET.Element("tbody")
    body.extend(rows)
    copy = ET.Element("table", table.attrib)
    copy.extend([*([head] if head is not None else []), body])
    whole = ET.Element("div", block.attrib)
    whole.append(copy)
    return whole


def _row_lines(row: ET.Element) -> float:
    cells = [len("".join(cell.itertext()).strip()) for cell in row]
    # A cell has a share of the width, less what its lines lose at their ends.
    letters = max(1.0, 0.85 * LETTERS * 1.1 / max(len(cells), 1))
    return max((-(-one // letters) for one in cells), default=1) + 0.6


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


def question_fits(question: Question) -> bool:
    """Whether a question, its scene and its choices find room on the wall together. Where they do
    not, it is read first and the choices follow without the scene."""
    texts = [question.scene, question.prompt]
    lines = sum(_lines_of(one) + 0.3 for one in texts if one)
    return lines + sum(1.25 * _lines_of(one.text) for one in question.choices) <= QUESTION_LINES


def _lines_of(html: str) -> int:
    paragraphs = [" ".join(_TAG.sub("", one).split()) for one in html.split("</p>")]
    return sum(-(-len(one) // LETTERS) for one in paragraphs if one)


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
