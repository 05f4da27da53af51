"""Drawings: an SVG with places for words, put into the page in the reader's language.

An author's drawing is data, not markup: it is read, and only what stands in the tables
below is written out again, so no script, style or outside address can come through.
For right to left the drawing is laid out from the other side: x becomes width - x.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from xml.etree import ElementTree

from .path import mirrored_path
from .problem import Findings

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
_NUMBERS = re.compile(rf"\s*(?:{_NUMBER.pattern}[\s,]*)*")
_PATH = re.compile(r"[MmLlHhVvCcSsQqTtAaZz\d\s,.eE+-]*")
_LABEL = re.compile(r"\s*\{([a-z0-9_-]+)\}\s*")
_TOKENS = ("ink", "ink-2", "edge", "line", "paper", "surface", "accent", "act", "means",
           "purpose", "right", "wrong", "care")
_PAINT = re.compile(rf"none|var\(--(?:{'|'.join(_TOKENS)})\)")
_FONT = re.compile(r"var\(--(?:serif|sans)\)")

_GEOMETRY: Mapping[str, tuple[str, ...]] = {
    "g": (),
    "rect": ("x", "y", "width", "height", "rx", "ry"),
    "circle": ("cx", "cy", "r"),
    "ellipse": ("cx", "cy", "rx", "ry"),
    "line": ("x1", "y1", "x2", "y2"),
    "path": ("d",),
    "polygon": ("points",),
    "polyline": ("points",),
    "text": ("x", "y"),
}
_STYLE: Mapping[str, re.Pattern[str]] = {
    "fill": _PAINT, "stroke": _PAINT, "font-family": _FONT,
    "fill-opacity": _NUMBER, "stroke-opacity": _NUMBER, "opacity": _NUMBER,
    "stroke-width": _NUMBER, "font-size": _NUMBER,
    "stroke-dasharray": _NUMBERS,
    "stroke-linecap": re.compile(r"butt|round|square"),
    "stroke-linejoin": re.compile(r"miter|round|bevel"),
    "fill-rule": re.compile(r"nonzero|evenodd"),
    "font-weight": re.compile(r"normal|bold|[1-9]00"),
    "text-anchor": re.compile(r"start|middle|end"),
}
_MIRRORED = {"cx", "x1", "x2"}
_LINE_HEIGHT = 1.3
"""Of the lines of one label, in font sizes."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One element of a drawing, as far as it may pass."""

    tag: str
    attributes: Mapping[str, str]
    label: str = ""
    inner: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing of which everything may be put into a page."""

    left: float
    top: float
    width: float
    height: float
    shapes: tuple[Shape, ...]

    def labels(self) -> Iterator[str]:
        """The keys of the words it needs, in the order of the file."""
        return _labels(self.shapes)


def _labels(shapes: tuple[Shape, ...]) -> Iterator[str]:
    for shape in shapes:
        if shape.label:
            yield shape.label
        yield from _labels(shape.inner)


# Reading --------------------------------------------------------------------------------

def read_drawing(text: str, found: Findings) -> Drawing | None:
    """An author's SVG; None when it is none. What may not pass is left out and reported."""
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        found.error(1, "figure-doctype")
        return None
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        found.error(getattr(error, "position", (1, 0))[0], "figure-not-xml", reason=str(error))
        return None
    box = [float(one) for one in _NUMBER.findall(root.get("viewBox") or "")]
    if _name(root.tag) != "svg" or len(box) != 4 or box[2] <= 0 or box[3] <= 0:
        found.error(1, "figure-no-viewbox")
        return None
    return Drawing(box[0], box[1], box[2], box[3], tuple(_shapes(root, found)))


def _shapes(parent: ElementTree.Element, found: Findings) -> Iterator[Shape]:
    for element in parent:
        tag = _name(element.tag)
        if tag not in _GEOMETRY:
            found.error(0, "figure-element", element=tag)
            continue
        attributes = dict(_attributes(tag, element, found))
        label = _label(element, found) if tag == "text" else ""
        if tag != "text" or label:
            yield Shape(tag, attributes, label, tuple(_shapes(element, found)))


def _name(tag: object) -> str:
    """An element's name without its namespace; comments are nameless."""
    return str(tag).rpartition("}")[2] if isinstance(tag, str) else ""


def _attributes(tag: str, element: ElementTree.Element,
                found: Findings) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        pattern = _STYLE.get(key)
        if key in _GEOMETRY[tag]:
            pattern = {"d": _PATH, "points": _NUMBERS}.get(key, _NUMBER)
        if pattern and pattern.fullmatch(value.strip()):
            yield key, value.strip()
        else:
            found.error(0, "figure-attribute", element=tag, attribute=_name(key), value=value[:60])


def _label(element: ElementTree.Element, found: Findings) -> str:
    """The key of a text's words: `{act}` is `act`."""
    written = "".join(element.itertext())
    label = _LABEL.fullmatch(written)
    if not label:
        found.error(0, "figure-text", text=" ".join(written.split())[:60])
    return label[1] if label else ""


# Writing --------------------------------------------------------------------------------

def drawn(drawing: Drawing, labels: Mapping[str, str], alt: str, direction: str = "ltr") -> str:
    """The drawing as SVG for a page, with its words. Right to left it is mirrored, its text
    is not."""
    pen = _Pen(drawing, labels, direction == "rtl")
    box = " ".join(f"{one:g}" for one in (drawing.left, drawing.top, drawing.width,
                                          drawing.height))
    return (f'<svg viewBox="{box}" width="{drawing.width:g}" height="{drawing.height:g}"'
            f' role="img" aria-label="{escape(alt)}">{pen.all(drawing.shapes)}</svg>')


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes shapes, from the side where the language begins."""

    drawing: Drawing
    labels: Mapping[str, str]
    mirrors: bool

    def all(self, shapes: tuple[Shape, ...]) -> str:
        return "".join(map(self._one, shapes))

    def _one(self, shape: Shape) -> str:
        attributes = self._mirrored(shape) if self.mirrors else dict(shape.attributes)
        inner = self.all(shape.inner)
        if shape.tag == "text":
            if self.mirrors:
                attributes["direction"] = "rtl"
            attributes.setdefault("fill", "var(--ink)")
            inner = self._words(shape, attributes)
        written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
        return f"<{shape.tag}{written}>{inner}</{shape.tag}>"

    def _words(self, shape: Shape, attributes: Mapping[str, str]) -> str:
        """A label's lines; the first stands where the text does."""
        lines = self.labels.get(shape.label, "").strip().split("\n")
        if len(lines) == 1:
            return escape(lines[0])
        x = escape(attributes.get("x", "0"))
        return "".join(
            f'<tspan x="{x}" dy="{_LINE_HEIGHT if place else 0:g}em">{escape(line.strip())}</tspan>'
            for place, line in enumerate(lines))

    def _mirrored(self, shape: Shape) -> dict[str, str]:
        attributes = dict(shape.attributes)
        for key, value in shape.attributes.items():
            if key in _MIRRORED or (key == "x" and shape.tag == "text"):
                attributes[key] = f"{self._across(float(value)):g}"
            elif key == "points":
                attributes[key] = self._points(value)
            elif key == "d":
                attributes[key] = mirrored_path(value, self._across)
        if shape.tag == "rect":
            right = float(attributes.get("x", 0)) + float(attributes.get("width", 0))
            attributes["x"] = f"{self._across(right):g}"
        return attributes

    def _across(self, x: float) -> float:
        """The same distance from the other side."""
        return 2 * self.drawing.left + self.drawing.width - x

    def _points(self, text: str) -> str:
        numbers = [float(one) for one in _NUMBER.findall(text)]
        pairs = zip(numbers[::2], numbers[1::2], strict=False)
        return " ".join(f"{self._across(x):g},{y:g}" for x, y in pairs)
