"""Search over what learners may read: sections, cases, articles, glossary terms, pages.

One index per language, made at the first question and again when a file has changed.
Trainer notes, questions and keys are not in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.activity import Entry, Language, Manual, Module, Prose, Section
from ..core.casework import Case
from ..core.errors import NotFound
from .fulltext import Index, Text, ask, new_index, snippet
from .links import Target
from .plain import html_text
from .tokens import Stem, stem_for

if TYPE_CHECKING:
    from .library import Library

PAGES = ("wellbeing", "about", "library")
TERM_WEIGHT = 1.5
"""A term that is asked for by name stands above the sections that are called so."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that was found."""

    title: str
    where: str
    """What the place is part of, in words: the manual and module, or the instrument."""
    kind: str
    """`section`, `case`, `article`, `term` or `page`."""
    target: Target
    snippet: str
    """HTML: what matched is in `<mark>`, all else is escaped."""
    language: Language


@dataclass(frozen=True, slots=True)
class Place:
    """One thing that can be found, and the text that is shown of it."""

    title: str
    where: str
    kind: str
    target: Target
    searched: str
    shown: str
    language: Language


class Search:
    """Answers what is typed into the search box, in any language of the library."""

    def __init__(self, library: Library, index: Callable[[], Index] = new_index) -> None:
        self._library = library
        self._new_index = index
        self._lock = threading.Lock()
        self._catalogues: dict[str, _Catalogue] = {}

    def find(self, text: str, locale: str, limit: int = 30) -> list[Hit]:
        """The places that hold all the words; those that hold some where none holds all."""
        with self._lock:
            return self._catalogue(locale).find(text, limit)

    def _catalogue(self, locale: str) -> _Catalogue:
        """The catalogue of a language as its files are now."""
        version = self._library.version
        known = self._catalogues.get(locale)
        if known is None or known.version != version:
            known = _Catalogue(version, locale, places(self._library, locale), self._new_index())
            self._catalogues[locale] = known
        return known


class _Catalogue:
    """The places of one language and their index."""

    def __init__(self, version: str, locale: str, found: Iterator[Place], index: Index) -> None:
        self.version = version
        self._places = list(found)
        self._index = index
        self._stems: dict[str, Stem] = {locale: stem_for(locale)}
        for place in self._places:
            weight = TERM_WEIGHT if place.kind == "term" else 1.0
            index.add(Text(place.title, place.searched, self._stem(place), weight))

    def _stem(self, place: Place) -> Stem:
        code = place.language.code
        if code not in self._stems:
            self._stems[code] = stem_for(code)
        return self._stems[code]

    def find(self, text: str, limit: int) -> list[Hit]:
        terms = ask(text, tuple(self._stems.values()))
        if not terms:
            return []
        numbers = (self._index.find(terms, every=True, limit=limit)
                   or self._index.find(terms, every=False, limit=limit))
        hits = []
        for place in (self._places[number] for number in numbers):
            shown = snippet(place.shown, terms, self._stem(place))
            hits.append(Hit(place.title, place.where, place.kind, place.target, shown,
                            place.language))
        return hits


# What can be found ----------------------------------------------------------------------

def places(library: Library, locale: str) -> Iterator[Place]:
    """Everything of a language that a learner may find."""
    for manual in library.manuals(locale):
        for entry in manual.entries:
            module = library.module(entry.id, locale)
            yield from _sections(manual, entry, module)
            if module.is_played:
                yield _briefing(manual, library.case(entry.id, locale))
    yield from _articles(library, locale)
    for term in library.glossary(locale).terms:
        text = html_text(term.html)
        yield Place(term.term, "", "term", Target("term", anchor=term.id), text, text,
                    term.language)
    for name in PAGES:
        with suppress(NotFound):
            page = library.page(name, locale)
            text = html_text(page.html)
            yield Place(page.title, "", "page", Target("page", name), text, text, page.language)


def _sections(manual: Manual, entry: Entry, module: Module) -> Iterator[Place]:
    kind = "case" if module.is_case else "section"
    where = f"{manual.title} › {module.title}"
    for section in module.sections:
        text = _section_text(section)
        yield Place(section.title, where, kind, Target("section", entry.id, section.slug), text,
                    section.gate.announcement if section.gate else text, module.language)


def _briefing(manual: Manual, case: Case) -> Place:
    """A case that is played is found by its briefing: its scenes would tell its end."""
    text = html_text(case.briefing)
    return Place(case.title, manual.title, "case", Target("module", case.id), text,
                 case.announcement or text, case.language)


def _section_text(section: Section) -> str:
    """The words of a section for learners: neither notes nor questions."""
    return " ".join(html_text(part.html) for part in section.parts if isinstance(part, Prose))


def _articles(library: Library, locale: str) -> Iterator[Place]:
    for instrument in library.instruments(locale):
        for slug, title, body in instrument.articles:
            text = html_text(body)
            yield Place(title, instrument.title, "article",
                        Target("article", instrument.id, slug, slug), text, text,
                        instrument.language)
