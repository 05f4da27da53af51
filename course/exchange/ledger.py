"""The pages behind a record's sheet: its results by module and objective, and its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from .pen import HAIR, QUIET, Pen, Style
from .sheet import Sheet

TOP, FOOT = 24.0, 24.0
POINTS_WIDTH = 28.0
"""Column of the points."""
TEXT, STRONG, SMALL = Style(10), Style(11, True), Style(9, grey=QUIET)


@dataclass(frozen=True, slots=True)
class Block:
    """Something that is not torn apart by the end of a page."""

    tall: float
    draw: Callable[[Pen, float], None]
    """Given the pen and the height at which it begins."""
    stays: bool = False
    """Whether it must not be the last on its page."""
    top: float = 0.0


def transcript_pages(pen: Pen, sheet: Sheet, edge: float) -> list[list[Block]]:
    """The pages of blocks that follow the sheet; none when there is nothing to tell."""
    blocks = [*_results(pen, sheet, edge), *_reasons(pen, sheet, edge)]
    if not blocks:
        return []
    bottom = pen.height - FOOT
    pages: list[list[Block]] = [[]]
    y = TOP
    for place, block in enumerate([_title(sheet, edge), *blocks]):
        following = blocks[place].tall if block.stays and place < len(blocks) else 0.0
        if pages[-1] and y + block.tall + following > bottom:
            pages.append([])
            y = TOP
        pages[-1].append(replace(block, top=y))
        y += block.tall
    return pages


def _title(sheet: Sheet, edge: float) -> Block:
    """The word for the transcript in both languages, and whose it is."""
    def draw(pen: Pen, y: float) -> None:
        inner = pen.width - 2 * edge
        sides = "LR" if sheet.second else "R" if sheet.first.is_right_to_left else "L"
        for voice, side in zip(sheet.voices, sides, strict=True):
            pen.line(edge, y, inner, voice.label("transcript"), Style(15, grey=QUIET),
                     "R" if side == "R" else "L")
        names = sheet.names
        for place, (name, leftwards) in enumerate(names):
            style = pen.fitted(name, inner / len(names) - 4, Style(12))
            pen.line(edge, y + 10, inner, name, style,
                     "R" if place or leftwards else "L")
    return Block(20.0, draw, stays=True)


def _results(pen: Pen, sheet: Sheet, edge: float) -> Iterator[Block]:
    for title, rows in sheet.transcript:
        yield _row(pen, sheet, edge, title, sheet.first.label("points"), STRONG, 4.0)
        for row in rows:
            yield _row(pen, sheet, edge, row.text, f"{row.score} / {row.of}", TEXT)


def _row(pen: Pen, sheet: Sheet, edge: float, text: str, value: str, style: Style,
         above: float = 0.0) -> Block:
    """A text with a value on its far side, in the direction of the record's language."""
    width = pen.width - 2 * edge - POINTS_WIDTH
    leftwards = sheet.first.is_right_to_left
    tall = pen.tall(text, width, style) + 2 + above

    def draw(pen: Pen, y: float) -> None:
        y += above
        pen.paragraph(edge + (POINTS_WIDTH if leftwards else 0), y + 1, width, text, style,
                      leftwards)
        pen.line(edge if leftwards else pen.width - edge - POINTS_WIDTH, y + 1, POINTS_WIDTH,
                 value, SMALL if style.bold else style, "L" if leftwards else "R")
        pen.rule(edge, y + tall - above, pen.width - 2 * edge, 0.15, HAIR)

    return Block(tall, draw, stays=style.bold)


def _reasons(pen: Pen, sheet: Sheet, edge: float) -> Iterator[Block]:
    """What was waived, by whom and why; and why it stands in another's place."""
    one, label = sheet.credential, sheet.first.label
    if one.overrides:
        yield _row(pen, sheet, edge, label("waived"), "", STRONG, 6.0)
    for waived in one.overrides:
        yield _row(pen, sheet, edge, f"{waived.title}. {label('reason')}: {waived.reason}. "
                                     f"{label('by')}: {waived.by}", "", TEXT)
    if one.supersedes:
        yield _row(pen, sheet, edge, f"{label('supersedes')} {one.supersedes}. "
                                     f"{label('reason')}: {one.reason}", "", TEXT, 6.0)
