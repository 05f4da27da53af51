"""Authors' Markdown to HTML: the only place that knows the Markdown library.

Raw HTML is shown as text, links lead to files of the course or are not made, and nothing
an author writes can set an attribute. What surrounds the text (where a link leads, what a
term means, which figure has which number) is asked of a `Surroundings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import ImageInlineProcessor, InlineProcessor, LinkInlineProcessor
from markdown.treeprocessors import Treeprocessor

from .blocks import ID

Element = ElementTree.Element
_Found = tuple[Element | str | None, int | None, int | None]
"""What an inline pattern made, and where in the text it begins and ends; three times None
when it does not apply after all."""

_ANCHOR = re.compile(rf"\s*\{{#({ID})\}}\s*$")
_NATIONAL = rf"\{{national: *({ID})\}}"
_FILL = re.compile(rf"\s*(.+?)\s*[:：]\s*{_NATIONAL}\s*")
_TICK = re.compile(r"\s*\[[ xX]\]\s+")
_LIST_LINE = re.compile(r"(?:[-*+]|1[.)])\s+\S")
_IN_LIST = re.compile(r"\s|[-*+]\s|\d+[.)]\s|>")
_TOO_HIGH = ("h1", "h2")


@dataclass(frozen=True, slots=True)
class Definition:
    """A term of the glossary, as it is put below the paragraph that uses it."""

    id: str
    html: str
    """The inside of the note: `<p><dfn>Term</dfn> …</p>`."""


class Surroundings(Protocol):
    """What a text needs to know of the course around it."""

    def url(self, href: str) -> str:
        """The address a link leads to; empty when it leads to no page of the course."""
        ...

    def definition(self, href: str) -> Definition | None:
        """The glossary's term that a link points at, if it does."""
        ...

    def figure(self, href: str, alt: str, caption: str) -> str:
        """A drawing as HTML; empty when there is none."""
        ...

    def national(self, slot: str) -> str:
        """What the national annex says in a line, or that nothing is filled in yet (HTML)."""
        ...

    def place(self, slot: str) -> str:
        """What the annex puts in a place of a job aid (HTML); empty for a line to write on."""
        ...

    def word(self, key: str) -> str:
        """A word of the interface in the text's language."""
        ...


@dataclass(frozen=True, slots=True)
class _Flow:
    """How one text is to be rendered."""

    lead: bool = False
    glosses: bool = False
    fills: bool = False
    links: bool = True
    figures: bool = True


class Renderer:
    """Renders the texts of one page; remembers which terms it has explained.

    Not for several threads at once.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.explained: set[str] = set()
        self.flow = _Flow()
        self._markdown = _markdown(self)

    def blocks(self, text: str, *, lead: bool = False, glosses: bool = False) -> str:
        """Paragraphs, lists, tables, figures. With `lead` the first paragraph is set larger,
        with `glosses` terms are explained below the paragraph that first uses them."""
        return self._converted(text, _Flow(lead, glosses))

    def aid(self, text: str) -> str:
        """A part of a job aid, in which `Label: {national: slot}` is a place of its own."""
        return self._converted(_FILL_LINE.sub(r"\n\g<0>\n", text), _Flow(fills=True))

    def inline(self, text: str, *, links: bool = True) -> str:
        """A line of text, without a paragraph around it: a choice, a title, a feedback."""
        self.flow = _Flow(links=links, figures=False)
        self._markdown.reset()
        root = ElementTree.Element("div")
        line = ElementTree.SubElement(root, "p")
        line.text = " ".join(text.split())
        for step in self._markdown.treeprocessors:
            step.run(root)
        line.attrib.clear()
        html = self._markdown.serializer(line)
        for last in self._markdown.postprocessors:
            html = last.run(html)
        return html.strip().removeprefix("<p>").removesuffix("</p>")

    def _converted(self, text: str, flow: _Flow) -> str:
        self.flow = flow
        self._markdown.reset()
        return self._markdown.convert(_lists_apart(text))


_FILL_LINE = re.compile(rf"^(?![-*+\s]).+[:：]\s*{_NATIONAL}\s*$", re.MULTILINE)


def _lists_apart(text: str) -> str:
    """An empty line before a list that directly follows its introduction, as an editor's
    preview shows it."""
    lines: list[str] = []
    for line in text.split("\n"):
        before = lines[-1] if lines else ""
        if _LIST_LINE.match(line) and before.strip() and not _IN_LIST.match(before):
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


def _markdown(renderer: Renderer) -> Markdown:
    """Markdown with tables and our links, without HTML, code blocks and references."""
    return Markdown(extensions=[SaneListExtension(), TableExtension(), _Lesson(renderer)],
                    output_format="html")


class _Lesson(Extension):
    """What a lesson's Markdown has, and what it has not."""

    def __init__(self, renderer: Renderer) -> None:
        super().__init__()
        self._renderer = renderer

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.deregister("html_block")
        for name in ("code", "setextheader", "reference"):
            md.parser.blockprocessors.deregister(name)
        for name in ("html", "entity", "autolink", "automail", "reference", "short_reference",
                     "image_reference", "short_image_ref"):
            md.inlinePatterns.deregister(name)
        md.inlinePatterns.register(_FileLink(self._renderer, md), "link", 160)
        md.inlinePatterns.register(ImageInlineProcessor(r"!\[", md), "image_link", 150)
        md.inlinePatterns.register(_National(self._renderer, md), "national", 165)
        md.treeprocessors.register(_Before(self._renderer, md), "before", 25)
        md.treeprocessors.register(_After(self._renderer, md), "after", 15)


class _FileLink(LinkInlineProcessor):
    """A link between files becomes an address of the app, or only its words."""

    def __init__(self, renderer: Renderer, md: Markdown) -> None:
        super().__init__(r"(?<!\!)\[", md)
        self._renderer = renderer

    def handleMatch(  # type: ignore[override]
            self, m: re.Match[str], data: str) -> _Found:
        text, index, handled = self.getText(data, m.end(0))
        if not handled:
            return None, None, None
        href, _, index, handled = self.getLink(data, index)
        if not handled:
            return None, None, None
        element = self._element(self.unescape(href))
        element.text = text
        return element, m.start(0), index

    def _element(self, href: str) -> Element:
        around = self._renderer.surroundings
        url = around.url(href) if self._renderer.flow.links else ""
        if not url:
            return ElementTree.Element("span")
        element = ElementTree.Element("a", {"href": url})
        definition = around.definition(href)
        if definition:
            element.set("class", "term")
            element.set("data-term", href)
        return element


class _National(InlineProcessor):
    """`{national: slot}` inside a text: the first line of what the annex says."""

    def __init__(self, renderer: Renderer, md: Markdown) -> None:
        super().__init__(_NATIONAL, md)
        self._renderer = renderer

    def handleMatch(  # type: ignore[override]
            self, m: re.Match[str], data: str) -> _Found:
        html = self._renderer.surroundings.national(m[1])
        return self.md.htmlStash.store(html), m.start(0), m.end(0)


class _Before(Treeprocessor):
    """What is read from the text before its emphasis and links are: addresses, places."""

    def __init__(self, renderer: Renderer, md: Markdown) -> None:
        super().__init__(md)
        self._renderer = renderer

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for place, child in reversed(list(enumerate(parent))):
                self._address(parent, place, child)
        for paragraph in list(root.iter("p")) if self._renderer.flow.fills else ():
            self._fill(paragraph)

    def _address(self, parent: Element, place: int, child: Element) -> None:
        """Take `{#id}` off the end of a paragraph; below a list it is the list's."""
        found = _ANCHOR.search(child.text or "")
        if not found or len(child):
            return
        child.text = (child.text or "")[:found.start()]
        target = child
        if child.tag == "li" and place == len(parent) - 1:
            target = parent
        elif not child.text and place:
            target = parent[place - 1]
            parent.remove(child)
        target.set("id", found[1])

    def _fill(self, paragraph: Element) -> None:
        found = _FILL.fullmatch(paragraph.text or "")
        if not found:
            return
        paragraph.set("class", "fill")
        paragraph.text = ""
        label = ElementTree.SubElement(paragraph, "span")
        label.text, label.tail = found[1], " "
        place = ElementTree.SubElement(paragraph, "span", {"class": "place"})
        place.text = self.md.htmlStash.store(self._renderer.surroundings.place(found[2]))


class _After(Treeprocessor):
    """What is made of the finished tree: figures, tables, ticks, the lead, definitions."""

    def __init__(self, renderer: Renderer, md: Markdown) -> None:
        super().__init__(md)
        self._renderer = renderer

    def run(self, root: Element) -> None:
        if self._renderer.flow.lead:
            self._lead(root)
        for element in list(root.iter()):
            if element.tag in _TOO_HIGH:
                element.tag = "h3"
            elif element.tag in ("ul", "ol"):
                _ticks(element)
        self._figures(root)
        self._tables(root)
        self._definitions(root)

    def _lead(self, root: Element) -> None:
        first = next((one for one in root if one.tag == "p" and _image_of(one) is None), None)
        if first is not None:
            first.set("class", "lead")

    def _figures(self, root: Element) -> None:
        """A paragraph that is an image becomes a figure; any other image its words."""
        around = self._renderer.surroundings
        for paragraph in list(root.iter("p")) if self._renderer.flow.figures else ():
            image = _image_of(paragraph)
            if image is None:
                continue
            alt = " ".join((image.get("alt") or "").split())
            caption = " ".join((image.get("title") or "").split())
            html = around.figure(image.get("src") or "", alt, caption)
            paragraph.remove(image)
            paragraph.text = self.md.htmlStash.store(html) if html else alt
        for image in list(root.iter("img")):
            image.tag, image.text = "span", image.get("alt")
            image.attrib.clear()

    def _tables(self, root: Element) -> None:
        for parent in list(root.iter()):
            for place, table in enumerate(parent):
                if table.tag == "table":
                    parent[place] = self._framed(table)

    def _framed(self, table: Element) -> Element:
        """A table in a frame that scrolls by itself and can be reached with Tab."""
        for cell in table.iter("th"):
            cell.set("scope", "col")
            if not _words_of(cell):
                cell.tag = "td"
                del cell.attrib["scope"]
        for cell in (*table.iter("th"), *table.iter("td")):
            style = cell.attrib.pop("style", "")
            if style.endswith(("right;", "center;")):
                cell.set("class", "end" if style.endswith("right;") else "middle")
        heads = ", ".join(filter(None, map(_words_of, table.iter("th"))))
        label = f"{self._renderer.surroundings.word('table')}: {heads}"
        frame = ElementTree.Element("div", {"class": "table", "tabindex": "0",
                                            "role": "region", "aria-label": label})
        frame.append(table)
        return frame

    def _definitions(self, root: Element) -> None:
        """Below each paragraph the terms that it is the first of the section to use."""
        for block in list(root):
            hrefs = [href for link in block.iter("a") if (href := link.attrib.pop("data-term", ""))]
            block.tail = "\n"
            html = "".join(self._explained_now(hrefs)) if self._renderer.flow.glosses else ""
            if html:
                note = ElementTree.Element("div", {"class": "gloss", "role": "note"})
                note.text = self.md.htmlStash.store(html)
                note.tail = "\n"
                root.insert(list(root).index(block) + 1, note)

    def _explained_now(self, hrefs: list[str]) -> Iterator[str]:
        """The definitions that this page has not shown yet."""
        for href in hrefs:
            definition = self._renderer.surroundings.definition(href)
            if definition and definition.id not in self._renderer.explained:
                self._renderer.explained.add(definition.id)
                yield definition.html


def _image_of(paragraph: Element) -> Element | None:
    """The image that a paragraph consists of."""
    only = paragraph[0] if len(paragraph) == 1 else None
    if only is None or only.tag != "img" or (paragraph.text or "").strip():
        return None
    return None if (only.tail or "").strip() else only


def _words_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _ticks(rows: Element) -> None:
    """Lines that begin with `[ ]` are ticked by hand."""
    texts = [row[0] if len(row) and row[0].tag == "p" else row for row in rows]
    if not texts or not all(_TICK.match(one.text or "") for one in texts):
        return
    rows.set("class", "ticks")
    for one in texts:
        one.text = _TICK.sub("", one.text or "", count=1)
