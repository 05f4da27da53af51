"""What rendering needs at hand: the parsed files, addresses, interface words, the glossary.

`Around` is this seen from one text: its links are resolved from where its original stands,
its words are of its own language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import count
from typing import TYPE_CHECKING

from ..core.activity import Language
from . import annex
from .blocks import Text
from .figure import Drawing, drawn
from .links import GLOSSARY, Address, file_of, target_of
from .shelf import Shelf, translation

if TYPE_CHECKING:
    from .markup import Definition, Renderer

Words = Callable[[str, str], str]
"""Given by the app: a key and a locale to an interface word."""

ORIGINAL = "en"
"""The language the course is written in."""

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_NARROW = ".narrow.svg"


def language(code: str) -> Language:
    """A language with the direction of its script."""
    base = code.replace("_", "-").partition("-")[0].casefold()
    return Language(code, "rtl" if base in _RIGHT_TO_LEFT else "ltr")


def marked(html: str, own: Language, around: Language, tag: str = "div") -> str:
    """HTML that says which language it is in where that is not its surroundings'."""
    if not html or own.code == around.code:
        return html
    return f'<{tag} lang="{escape(own.code)}" dir="{own.direction}">{html}</{tag}>'


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the glossary."""

    id: str
    term: str
    html: str
    """The definition, without a paragraph around it."""
    language: Language = field(default_factory=Language)


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms of law, in the order of the file."""

    terms: tuple[Term, ...] = ()
    language: Language = field(default_factory=Language)
    by_id: Mapping[str, Term] = field(default_factory=dict)

    def get(self, term_id: str) -> Term | None:
        return self.by_id.get(term_id)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the annex puts into a slot."""

    line: str
    """Its first line, for use inside a text (HTML)."""
    html: str
    """All of it."""
    language: Language


class Desk:
    """The course's files with the addresses and words that the app gave."""

    def __init__(self, shelf: Shelf, address: Address, words: Words) -> None:
        self.shelf = shelf
        self.address = address
        self.words = words

    def renderer(self, name: str, own: Language, *, quoted: bool = False) -> Renderer:
        """For the texts of one file. `name` is the original's, `own` the texts' language."""
        from .markup import Renderer

        return Renderer(Around(self, name, own, quoted, count(1)))

    def filled(self, slot: str) -> Filled | None:
        """What the annex says at a slot; None while it is empty."""
        return self.shelf.memory.value(("slot", slot), lambda: self._filled(slot))

    def _filled(self, slot: str) -> Filled | None:
        country = self.shelf.annex()
        section = country.section(slot) if country else None
        if not country or not section:
            return None
        own = language(country.language)
        renderer = self.renderer(country.source.name, own, quoted=True)
        html = "".join(renderer.blocks(part.text) for part in section.parts
                       if isinstance(part, Text))
        return Filled(renderer.inline(annex.first_line(section)), html, own)

    def glossary(self, locale: str) -> Glossary:
        return self.shelf.memory.value(("glossary", locale), lambda: self._glossary(locale))

    def _glossary(self, locale: str) -> Glossary:
        """Every term of the original, in the locale's words where there are any."""
        original = self.shelf.definitions(GLOSSARY)
        theirs = self.shelf.definitions(translation(GLOSSARY, locale))
        if not original:
            return Glossary()
        home, asked = language(ORIGINAL), language(locale if theirs else ORIGINAL)
        worded = {entry.id: entry for entry in theirs.entries} if theirs else {}
        renderers = {own: self.renderer(GLOSSARY, own, quoted=True) for own in (home, asked)}
        terms = []
        for entry in original.entries:
            text, own = worded.get(entry.id, entry), asked if entry.id in worded else home
            terms.append(Term(entry.id, text.term, renderers[own].inline(text.text), own))
        return Glossary(tuple(terms), asked, {term.id: term for term in terms})


@dataclass(frozen=True, slots=True)
class Around:
    """The course as one text sees it (`markup.Surroundings`)."""

    desk: Desk
    name: str
    own: Language
    quoted: bool
    """Whether other texts quote this one, as they do the glossary and the annex. Such a text
    quotes nothing itself, or two of them could quote each other without end."""
    numbers: Iterator[int]
    """Of the figures of a page, counted as they come."""

    def word(self, key: str) -> str:
        return self.desk.words(key, self.own.code)

    def url(self, href: str) -> str:
        file, anchor = file_of(self.name, href)
        if not self.desk.shelf.is_page(file):
            self.desk.shelf.memory.uses(file)
            return ""
        target = target_of(file, anchor, self.desk.shelf.section_of)
        return self.desk.address(target) if target else ""

    def definition(self, href: str) -> Definition | None:
        from .markup import Definition

        file, anchor = file_of(self.name, href)
        if file != GLOSSARY or self.quoted:
            return None
        term = self.desk.glossary(self.own.code).get(anchor)
        if not term:
            return None
        html = f"<p><dfn>{escape(term.term)}</dfn> {term.html}</p>"
        return Definition(term.id, marked(html, term.language, self.own))

    def figure(self, href: str, alt: str, caption: str) -> str:
        """A drawing with its number, in its wide and its narrow form."""
        file, _ = file_of(self.name, href)
        wide = self._drawing(file)
        if not wide:
            return ""
        narrow = self._drawing(file.removesuffix(".svg") + _NARROW)
        labels, own = self._labels(file.removesuffix(".svg") + ".yaml")
        forms = {"wide": wide, "narrow": narrow} if narrow else {"both": wide}
        drawings = "".join(
            f'<div class="{form}"{_tongue(own, self.own)}>'
            f"{drawn(one, labels, alt, own.direction)}</div>" for form, one in forms.items())
        return f'<figure class="figure">{drawings}{self._caption(caption)}</figure>'

    def _drawing(self, file: str) -> Drawing | None:
        return self.desk.shelf.drawing(file) if file.endswith(".svg") else None

    def _labels(self, name: str) -> tuple[Mapping[str, str], Language]:
        """The drawing's words, and their language; those not translated stay the original's."""
        shelf = self.desk.shelf
        original = shelf.labels(name)
        theirs = shelf.labels(translation(name, self.own.code))
        return {**original, **theirs}, self.own if theirs else language(ORIGINAL)

    def _caption(self, text: str) -> str:
        """`Figure 1.` and the first sentence stand out."""
        first, end, rest = _first_sentence(text)
        title = f"{self.word('figure')} {next(self.numbers)}. {first}{end}".strip()
        return (f"<figcaption><b>{escape(title, quote=False)}</b>"
                f"{' ' if rest else ''}{escape(rest, quote=False)}</figcaption>")

    def national(self, slot: str) -> str:
        filled = None if self.quoted else self.desk.filled(slot)
        if not filled:
            return f'<span class="national empty">{escape(self.word("not-filled"))}</span>'
        return f'<span class="national"{_tongue(filled.language, self.own)}>{filled.line}</span>'

    def place(self, slot: str) -> str:
        filled = self.desk.filled(slot)
        return marked(filled.line, filled.language, self.own, "span") if filled else ""


def _tongue(own: Language, around: Language) -> str:
    """The attributes of an element whose language is not its surroundings'."""
    if own.code == around.code:
        return ""
    return f' lang="{escape(own.code)}" dir="{own.direction}"'


def _first_sentence(text: str) -> tuple[str, str, str]:
    """A text cut after its first sentence: the words, the mark that ends it, the rest."""
    for place, one in enumerate(text):
        ends = place + 1 == len(text) or text[place + 1] == " " or one == "。"
        if one in ".!?。؟" and ends:
            return text[:place], one, text[place + 1:].strip()
    return text, "", ""
