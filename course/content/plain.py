"""The words of a piece of HTML, for whoever counts, compares or searches them."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = frozenset((
    "aside", "blockquote", "br", "div", "dd", "dl", "dt", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th", "tr",
    "ul",
))
_VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
    "track", "wbr",
))


def html_text(markup: str) -> str:
    """The words of a piece of HTML with single spaces.

    Drawings and the definitions that are repeated under a paragraph are left out: their
    words are found where they belong.
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return " ".join("".join(reader.parts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._left_out = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag not in _VOID and (self._left_out or tag == "svg" or "gloss" in classes):
            self._left_out += 1
        if tag in _BLOCKS:
            self.parts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._left_out and tag not in _VOID:
            self._left_out -= 1
        if tag in _BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.parts.append(data)
