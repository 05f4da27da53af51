"""Records on paper: one or a cohort as a PDF, on A4 or Letter, signed text and all.

The sheet has the four-rule, both names at one size, the facts between two columns of labels,
room to sign, and the square code with how to check it; the transcript follows on pages of its
own. The same record gives the same page whenever it is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ..core.issued import Issued
from .fonts import fonts_for
from .ledger import transcript_pages
from .pen import HAIR, QUIET, Pen, Style
from .sheet import Sheet, Voice, sheet_of

Size = Literal["A4", "Letter"]
EDGE = 17.0
SQUARE = 40.0
"""Side of the code without its quiet zone: a version 11 has modules of two thirds of a mm."""
NAME, LEAST_NAME = 28.0, 17.0
"""Points of a name, and the size below which two names stand one above the other."""
SIGNATORIES_IN_A_ROW = 3
ROOM_TO_SIGN = {0: (0.0, 0.0, 0.0), 1: (13.0, 4.8, 9.0), 2: (9.0, 4.8, 9.0), 3: (6.5, 4.0, 8.0)}
"""By the number of rows: mm above a line, mm from one line of words to the next, and points."""


def pdf_of(records: Iterable[Issued], size: Size = "A4", *, font: Path | None = None,
           logos: Callable[[str], bytes | None] = lambda _: None, transcript: bool = True,
           progress: Callable[[int], None] = lambda _: None) -> bytes:
    """The sheets of one or many records in one document.

    `logos` gives a picture by its digest (`Academy.logo_bytes`), `font` is the file that is set
    for other scripts, `progress` is told how many records are done. Raises MissingFont.
    """
    sheets = [sheet_of(one) for one in records]
    faces = fonts_for("".join(one.text for one in sheets), font)
    with Pen(size, faces) as pen:
        _describe(pen, sheets)
        for done, sheet in enumerate(sheets, 1):
            _print(pen, sheet, logos, transcript)
            progress(done)
        return bytes(pen.pdf.output())


def check_fonts(records: Iterable[Issued], font: Path | None = None) -> None:
    """Whether all can be printed here. Raises MissingFont with what cannot."""
    fonts_for("".join(sheet_of(one).text for one in records), font)


def _describe(pen: Pen, sheets: Sequence[Sheet]) -> None:
    """What the file says of itself; its date is that of the last record, not of the print."""
    last = max((one.credential.issued for one in sheets), default="2026-01-01")
    pen.pdf.set_creation_date(datetime.fromisoformat(last).replace(tzinfo=UTC))
    if sheets:
        pen.pdf.set_lang(sheets[0].first.language)
        pen.pdf.set_title(", ".join(one.issued.number for one in sheets[:3])
                          + (" …" if len(sheets) > 3 else ""))
        pen.pdf.set_author(sheets[0].credential.issuer.name)


def _print(pen: Pen, sheet: Sheet, logos: Callable[[str], bytes | None],
           transcript: bool) -> None:
    pages = transcript_pages(pen, sheet, EDGE) if transcript else []
    front(pen, sheet, logos(sheet.credential.issuer.logo))
    _foot(pen, sheet, 1, len(pages) + 1)
    for number, page in enumerate(pages, 2):
        pen.page()
        _head(pen)
        for block in page:
            block.draw(pen, block.top)
        _foot(pen, sheet, number, len(pages) + 1)


def front(pen: Pen, sheet: Sheet, logo: bytes | None) -> None:
    """The sheet itself. What is anchored at the foot is set first, the facts fill the rest."""
    pen.page()
    y = _head(pen) + 5
    y = _ended(pen, sheet, y)
    y = _academy(pen, sheet, y, logo)
    y = _names(pen, sheet, y + 4)
    y = _statements(pen, sheet, y + 4)
    low = pen.height - EDGE - 6 - SQUARE
    _check(pen, sheet, low)
    low = _signatories(pen, sheet, low - 5)
    _facts(pen, sheet, y + 3, low - 3)


def _inner(pen: Pen) -> float:
    return pen.width - 2 * EDGE


def _halves(pen: Pen, sheet: Sheet) -> list[tuple[Voice, float, float, Literal["L", "R"]]]:
    """Each voice with its column: place, width, and the side of its single lines."""
    if sheet.second is None:
        only = sheet.first
        return [(only, EDGE, _inner(pen), "R" if only.is_right_to_left else "L")]
    wide = (_inner(pen) - 10) / 2
    left, right = sheet.voices
    return [(left, EDGE, wide, "L"), (right, EDGE + wide + 10, wide, "R")]


def _head(pen: Pen) -> float:
    """The four-rule: three hairlines, one thick line."""
    for place in range(3):
        pen.rule(EDGE, 13 + place * 1.15, _inner(pen), 0.2)
    pen.rule(EDGE, 16.5, _inner(pen), 1.5)
    return 18.0


def _ended(pen: Pen, sheet: Sheet, y: float) -> float:
    """What became of a record that no longer holds, where nobody can miss it."""
    if not sheet.standing:
        return y
    words = " · ".join(voice.label(sheet.standing) for voice in sheet.voices)
    y += pen.line(EDGE, y, _inner(pen), words, Style(20, True), "C", False)
    return y + pen.line(EDGE, y, _inner(pen), sheet.ended, Style(10, True), "C") + 2


def _academy(pen: Pen, sheet: Sheet, y: float, logo: bytes | None) -> float:
    """The academy's names, with its picture between them."""
    tall, clear = 0.0, 0.0
    if logo:
        pen.picture(pen.width / 2 - 12, y, 24, 14, logo)
        tall, clear = 15.0, 8.0
    for voice, x, width, side in _halves(pen, sheet):
        low = y
        for line in pen.wrapped(voice.academy, width - clear, Style(11)):
            low += pen.line(x + (clear if side == "R" else 0), low, width - clear, line,
                            Style(11), side)
        tall = max(tall, low - y)
    return y + tall


def _names(pen: Pen, sheet: Sheet, y: float) -> float:
    """The kind of record, and the learner's names at one size, with the rule below."""
    tall = 0.0
    for voice, x, width, side in _halves(pen, sheet):
        tall = max(tall, pen.line(x, y, width, voice.label(sheet.credential.kind),
                                  Style(15, grey=QUIET), side))
    y += tall + 2
    for text, x, width, size, side, below in _name_boxes(pen, sheet):
        tall = pen.line(x, y, width, text, Style(size), side)
        y += tall if below else 0
    y += 2
    pen.rule(EDGE, y, _inner(pen), 0.5)
    return y


def _name_boxes(pen: Pen, sheet: Sheet
                ) -> list[tuple[str, float, float, float, Literal["L", "R"], bool]]:
    """Side by side where both fit at a good size, else one above the other; equal in size."""
    names, inner = sheet.names, _inner(pen)
    half = (inner - 8) / 2
    if len(names) == 2:
        size = min(pen.fitted(text, half, Style(NAME)).size for text, _ in names)
        if size >= LEAST_NAME:
            return [(names[0][0], EDGE, half, size, "L", False),
                    (names[1][0], EDGE + half + 8, half, size, "R", True)]
    size = min(pen.fitted(text, inner, Style(NAME - 4 * (len(names) - 1))).size
               for text, _ in names)
    return [(text, EDGE, inner, size, "R" if leftwards else "L", True)
            for text, leftwards in names]


def _statements(pen: Pen, sheet: Sheet, y: float) -> float:
    return y + max(pen.paragraph(x, y, width, sheet.statement(voice), Style(11),
                                 voice.is_right_to_left)
                   for voice, x, width, _ in _halves(pen, sheet))


def _facts(pen: Pen, sheet: Sheet, top: float, bottom: float) -> None:
    """Label, value, label: the value stands in the middle and needs no translation."""
    tall = min(9.2, (bottom - top) / len(sheet.facts))
    size = min(10.0, tall / 0.6)
    inner = _inner(pen)
    value_width = max(pen.text_width(one.value, Style(size, True)) for one in sheet.facts) + 4
    label_width = (inner - value_width) / 2
    alone = sheet.second is None
    pen.rule(EDGE, top, inner, 0.15, HAIR)
    for place, fact in enumerate(sheet.facts):
        y = top + place * tall
        values = (EDGE if alone and sheet.first.is_right_to_left else
                  pen.width - EDGE - value_width if alone else EDGE + label_width)
        _middle(pen, values, y, tall, value_width, fact.value, Style(size, True),
                "C" if not alone else "L" if sheet.first.is_right_to_left else "R")
        for voice, _, _, side in _halves(pen, sheet):
            width = inner - value_width if alone else label_width
            x = EDGE if side == "L" else pen.width - EDGE - width
            _middle(pen, x, y, tall, width, voice.label(fact.key), Style(size, grey=QUIET), side)
        pen.rule(EDGE, y + tall, inner, 0.15, HAIR)


def _middle(pen: Pen, x: float, y: float, tall: float, width: float, text: str, style: Style,
            side: Literal["L", "C", "R"]) -> None:
    """A line in the middle of a row's height."""
    style = pen.fitted(text, width, style)
    pen.line(x, y + (tall - pen.leading(text, style)) / 2, width, text, style, side)


def _signatories(pen: Pen, sheet: Sheet, bottom: float) -> float:
    """Room to sign above each name and title, in rows; returns where the block begins.

    Three rows are set closer, so that the facts keep a size that can be read.
    """
    people = sheet.credential.issuer.signatories
    rows = [people[start:start + SIGNATORIES_IN_A_ROW]
            for start in range(0, len(people), SIGNATORIES_IN_A_ROW)]
    room, step, size = ROOM_TO_SIGN[min(len(rows), 3)]
    for row in reversed(rows):
        width = (_inner(pen) - 8 * (len(row) - 1)) / max(len(row), 2)
        if len(rows) > 1:
            width = (_inner(pen) - 8 * (SIGNATORIES_IN_A_ROW - 1)) / SIGNATORIES_IN_A_ROW
        y = bottom - 2 * step - 1
        for place, one in enumerate(row):
            x = EDGE + place * (width + 8)
            pen.rule(x, y, width, 0.25)
            _in_both(pen, x, y + 1, width, one.name, one.other_name, Style(size))
            _in_both(pen, x, y + 1 + step, width, one.title, one.other_title,
                     Style(size, grey=QUIET))
        bottom = y - room
    return bottom


def _in_both(pen: Pen, x: float, y: float, width: float, text: str, other: str,
             style: Style) -> None:
    """A text and the same in another script on one line, each with the room that it needs."""
    gap = 3.0 if text and other else 0.0
    needed = pen.text_width(text, style) + pen.text_width(other, style)
    if needed > width - gap:
        style = replace(style, size=style.size * (width - gap) / needed)
    pen.line(x, y, width, text, style)
    if other:
        pen.line(x, y, width, other, style, "R")


def _check(pen: Pen, sheet: Sheet, y: float) -> None:
    """The square code, how to check it, and the short code to type."""
    pen.square(EDGE, y, SQUARE, sheet.issued.text)
    left = EDGE + SQUARE + 6
    halves = _halves(pen, sheet)
    width = (pen.width - EDGE - left - 6 * (len(halves) - 1)) / len(halves)
    low = 0.0
    for place, (voice, *_) in enumerate(halves):
        low = max(low, pen.paragraph(left + place * (width + 6), y, width, voice.label("check"),
                                     Style(8.2), voice.is_right_to_left))
    pen.line(left, max(y + low, y + SQUARE - 8), pen.width - EDGE - left, sheet.issued.code,
             Style(14, True), "L", False)


def _foot(pen: Pen, sheet: Sheet, page: int, pages: int) -> None:
    """Page and number, on every page that could be lost from the others."""
    y = pen.height - EDGE + 1
    for voice, x, width, side in _halves(pen, sheet):
        pen.line(x, y, width, voice.label("page").format(page=page, pages=pages),
                 Style(7.5, grey=QUIET), side, voice.is_right_to_left)
    pen.line(EDGE, y + 4, _inner(pen), f"Fourth P · {sheet.issued.number}", Style(7.5, grey=QUIET),
             "L", False)
