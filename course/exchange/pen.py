"""A pen for printed records: lines of text in any script, rules, and the square code.

Around fpdf2, which is loaded here and when something is printed. A line whose letters run
leftwards is set in the Arabic face throughout: a line in two faces would be put in the order
of its pieces, not of its words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .fonts import Face

if TYPE_CHECKING:
    import fpdf

Align = Literal["L", "C", "R"]
MM = 25.4 / 72
ARABIC_SIZE = 1.2
"""Arabic is set one step larger, for its letters are low."""
INK, QUIET, HAIR = 0, 70, 190
"""Greys: what is read, what labels it, the line between rows. Black survives a photocopier."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a line looks, in points and grey."""

    size: float
    bold: bool = False
    grey: int = INK


class Pen:
    """Writes on the pages of one document, from the top left, in millimetres."""

    def __init__(self, size: Literal["A4", "Letter"], faces: Sequence[Face]) -> None:
        from fpdf import FPDF
        self.pdf: fpdf.FPDF = FPDF(format=size, unit="mm")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self._names = [face.name for face in faces]
        for face in faces:
            self.pdf.add_font(face.name, "", face.path, collection_font_number=face.number)
            self.pdf.add_font(face.name, "B", face.bold, collection_font_number=face.number)
        self._arabic = next(name for name in self._names if name == "Amiri")
        self._widths: dict[tuple[str, Style], float] = {}

    def __enter__(self) -> Pen:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the font files, which are held open while something is written."""
        from fpdf.fonts import TTFFont
        for font in self.pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    @property
    def width(self) -> float:
        return float(self.pdf.w)

    @property
    def height(self) -> float:
        return float(self.pdf.h)

    def page(self) -> None:
        self.pdf.add_page()

    def line(self, x: float, y: float, width: float, text: str, style: Style,
             align: Align = "L", leftwards: bool | None = None) -> float:
        """Write one line into a box and return its height; too long a text is made smaller."""
        style = self.fitted(text, width, style)
        tall = self.leading(text, style)
        self._dip(text, style, leftwards)
        self.pdf.set_text_color(style.grey)
        self.pdf.set_xy(x, y)
        self.pdf.cell(width, tall, text, align=align)
        return tall

    def paragraph(self, x: float, y: float, width: float, text: str, style: Style,
                  leftwards: bool = False) -> float:
        """Write lines, from the side where the language begins, and return their height."""
        start = y
        for line in self.wrapped(text, width, style):
            y += self.line(x, y, width, line, style, "R" if leftwards else "L", leftwards)
        return y - start

    def tall(self, text: str, width: float, style: Style) -> float:
        """How high a paragraph will be."""
        return sum(self.leading(line, style) for line in self.wrapped(text, width, style))

    def wrapped(self, text: str, width: float, style: Style) -> Iterator[str]:
        """The lines of a text, broken at spaces and between Chinese characters."""
        line = ""
        for piece in _pieces(text):
            if line and self.text_width((line + piece).rstrip(), style) > width:
                yield line.rstrip()
                line = ""
            line += piece
        if line.strip():
            yield line.rstrip()

    def fitted(self, text: str, width: float, style: Style) -> Style:
        """The style, made smaller when the text would not fit on one line."""
        wide = self.text_width(text, style)
        if wide <= width:
            return style
        return Style(style.size * width / wide * 0.995, style.bold, style.grey)

    def text_width(self, text: str, style: Style) -> float:
        key = (text, Style(style.size, style.bold))
        if key not in self._widths:
            self._dip(text, style)
            self._widths[key] = float(self.pdf.get_string_width(text))
        return self._widths[key]

    def leading(self, text: str, style: Style) -> float:
        """Height of a line: Arabic needs more air."""
        return style.size * MM * (1.9 if runs_leftwards(text) else 1.45)

    def rule(self, x: float, y: float, width: float, thick: float, grey: int = INK) -> None:
        """A horizontal line, its upper edge at y."""
        self.pdf.set_fill_color(grey)
        self.pdf.rect(x, y, width, thick, style="F")

    def square(self, x: float, y: float, side: float, text: str) -> None:
        """A QR code without its quiet zone, drawn in runs so that it is sharp at any size."""
        import segno
        rows = [bytes(row) for row in segno.make_qr(text, error="m").matrix]
        step = side / len(rows)
        self.pdf.set_fill_color(INK)
        for place, row in enumerate(rows):
            for begin, end in _runs(row):
                self.pdf.rect(x + begin * step, y + place * step, (end - begin) * step, step,
                              style="F")

    def picture(self, x: float, y: float, width: float, height: float, data: bytes) -> None:
        """A picture inside a box, in its middle."""
        self.pdf.image(data, x, y, width, height, keep_aspect_ratio=True)

    def _dip(self, text: str, style: Style, leftwards: bool | None = None) -> None:
        """Take the face, size and direction for a text."""
        arabic = runs_leftwards(text)
        first = self._arabic if arabic else self._names[0]
        self.pdf.set_fallback_fonts([one for one in self._names if one != first],
                                    exact_match=False)
        self.pdf.set_font(first, "B" if style.bold else "",
                          style.size * (ARABIC_SIZE if arabic else 1))
        # After a line that begins in a further face fpdf2 takes the first for set, though it
        # was for that line alone: the next line would be in whatever came before.
        self.pdf.current_font_is_set_on_page = False
        turned = arabic if leftwards is None else leftwards
        self.pdf.set_text_shaping(turned or _needs_shaping(text),
                                  direction="rtl" if turned else "ltr")


def runs_leftwards(text: str) -> bool:
    """Whether it has letters of a script that runs from right to left."""
    return any(unicodedata.bidirectional(one) in ("R", "AL") for one in text)


def _needs_shaping(text: str) -> bool:
    """Whether letters join or carry marks; plain ones are set three times as fast without."""
    return runs_leftwards(text) or any(unicodedata.combining(one) for one in text)


def _pieces(text: str) -> Iterator[str]:
    """What a line may be broken between: words with their space, Chinese characters."""
    piece = ""
    for before, one in zip(" " + text, text, strict=False):
        if piece and (before == " " or (_is_wide(before) and not _closes(one))
                      or (_is_wide(one) and not _closes(one) and not _opens(before))):
            yield piece
            piece = ""
        piece += one
    if piece:
        yield piece


def _is_wide(one: str) -> bool:
    return unicodedata.east_asian_width(one) == "W" and not _opens(one)


def _closes(one: str) -> bool:
    """A mark that does not begin a line."""
    return unicodedata.category(one) in ("Pe", "Pf", "Po") or one == " "


def _opens(one: str) -> bool:
    """A mark that does not end a line."""
    return unicodedata.category(one) in ("Ps", "Pi")


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Beginning and end of each run of dark modules."""
    begin = None
    for place, dark in enumerate([*row, 0]):
        if dark and begin is None:
            begin = place
        elif not dark and begin is not None:
            yield begin, place
            begin = None
