"""What is looked up rather than studied: instruments, plain pages, manuals, misconceptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

from ..core.activity import Entry, Language, Manual, ManualPart
from . import blocks
from .blocks import Block, Source, plain
from .desk import ORIGINAL, Desk, language, marked
from .header import decimal, months, whole
from .lesson import Writer, fallback_title, original_language, pair_of
from .links import file_of, links_in
from .manualtest import test_entry, test_kind
from .shelf import LIBRARY_FOLDER, MODULES
from .source import LOCAL

MISCONCEPTIONS = "quizzes/misconceptions.md"


class Article(NamedTuple):
    """One article of an instrument, in our words."""

    slug: str
    title: str
    html: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A treaty of the library."""

    id: str
    title: str
    short: str
    introduction: str
    articles: tuple[Article, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    """What its header says besides: `adopted`, `in_force`, `source`."""
    language: Language = field(default_factory=Language)


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is only read: wellbeing, about, the library's introduction."""

    title: str
    html: str
    language: Language = field(default_factory=Language)


class _Sheet:
    """A file of sections with its translation, written section by section."""

    def __init__(self, desk: Desk, name: str, locale: str) -> None:
        pair = pair_of(desk, name, locale)
        self.source, self.theirs = pair.original, pair.theirs
        home = language(original_language(self.source))
        self.language = language(locale) if self.theirs else home
        self._writer = Writer(desk, name, self.language, self.language)
        self._home = Writer(desk, name, home, self.language)
        self.title = pair.text("title") or fallback_title(name)
        self.short = pair.text("short") or self.title

    def opening(self) -> str:
        if self.theirs and self.theirs.opening:
            return self._writer.html(self.theirs.opening)
        return self._homely(self.source.opening)

    def sections(self) -> list[Article]:
        return [self._section(section) for section in self.source.sections]

    def _section(self, original: blocks.Section) -> Article:
        theirs = self.theirs.section(original.slug) if self.theirs else None
        if theirs:
            return Article(original.slug, theirs.title, self._writer.html(theirs.parts))
        return Article(original.slug, original.title, self._homely(original.parts))

    def _homely(self, parts: tuple[blocks.Part, ...]) -> str:
        home = language(original_language(self.source))
        return marked(self._home.html(parts), home, self.language)


def instrument_of(desk: Desk, instrument_id: str, locale: str) -> Instrument:
    sheet = _Sheet(desk, f"{LIBRARY_FOLDER}{instrument_id}.md", locale)
    return Instrument(instrument_id, sheet.title, sheet.short, sheet.opening(),
                      tuple(sheet.sections()), _facts(sheet), sheet.language)


def _facts(sheet: _Sheet) -> Mapping[str, str]:
    """What the header says about the instrument, in the translation's words if it has them."""
    header = sheet.source.header
    facts = {key: header.text(key) for key in header.values if key not in ("title", "short",
                                                                           "language")}
    if sheet.theirs:
        facts = {key: sheet.theirs.header.text(key) or text for key, text in facts.items()}
    return {key: text for key, text in facts.items() if text}


def page_of(desk: Desk, name: str, locale: str) -> Page:
    """A page from a file of `modules/`, its sections below each other."""
    sheet = _Sheet(desk, name, locale)
    sections = (f'<h2 id="{one.slug}">{escape(one.title, quote=False)}</h2>\n{one.html}'
                for one in sheet.sections())
    return Page(sheet.title, "\n".join([sheet.opening(), *sections]), sheet.language)


def misconceptions_of(desk: Desk, locale: str) -> Mapping[str, str]:
    """What learners think when they choose wrongly, by its id; plain text."""
    original = desk.shelf.definitions(MISCONCEPTIONS)
    theirs = desk.shelf.definitions(f"translations/{locale}/{MISCONCEPTIONS}")
    if not original:
        return {}
    words = {one.id: one.text for one in theirs.entries} if theirs else {}
    return {one.id: plain(words.get(one.id, one.text)) for one in original.entries}


# Manuals --------------------------------------------------------------------------------

def manual_of(desk: Desk, manual_id: str, locale: str) -> Manual:
    """A manual with what its contents name, as far as it is there."""
    if manual_id == LOCAL:
        return _local_manual(desk, locale)
    sheet = _Sheet(desk, f"{MODULES}{manual_id}/index.md", locale)
    header = sheet.source.header
    return Manual(
        manual_id, sheet.title, sheet.opening(), _parts(desk, sheet, locale),
        header.text("edition"), decimal(header.text("hours")) or 0, header.share("pass", 0.8),
        months(header.text("valid")), header.items("requires"), sheet.language)


def _local_manual(desk: Desk, locale: str) -> Manual:
    """The academy's own cases, in the order of their names."""
    lessons = [one for one in desk.shelf.lessons() if one.startswith(f"{LOCAL}/")]
    entries = tuple(entry_of(desk, one, locale) for one in lessons)
    annex = desk.shelf.annex()
    title = annex.country if annex else desk.words("local-cases", locale)
    own = language(annex.language if annex else locale)
    return Manual(LOCAL, title, "", (ManualPart(title, entries),), language=own)


def _parts(desk: Desk, sheet: _Sheet, locale: str) -> tuple[ManualPart, ...]:
    """The parts of a table of contents: the headings, and the lessons listed below them."""
    source = sheet.source
    titles = [section.title for section in source.sections]
    if sheet.theirs and len(sheet.theirs.sections) == len(titles):
        titles = [section.title for section in sheet.theirs.sections]
    parts = [ManualPart(title, _entries(desk, source, section.parts, locale))
             for title, section in zip(titles, source.sections, strict=True)]
    if not parts:
        parts = [ManualPart("", _entries(desk, source, source.opening, locale))]
    return tuple(part for part in parts if part.entries)


def _entries(desk: Desk, source: Source, parts: tuple[blocks.Part, ...],
             locale: str) -> tuple[Entry, ...]:
    files = dict.fromkeys(file_of(source.name, link.href)[0]
                          for part in parts for link in links_in(part.text, part.line))
    return tuple(entry for file in files if (entry := _entry(desk, file, locale)))


def _entry(desk: Desk, file: str, locale: str) -> Entry | None:
    """The line for a file that the contents name: a module, a case or a test."""
    if test_kind(desk.shelf, file):
        return test_entry(desk, file.removeprefix("quizzes/").removesuffix(".md"), locale)
    lesson = file.removeprefix(MODULES).removesuffix(".md")
    return entry_of(desk, lesson, locale) if desk.shelf.is_lesson(lesson) else None


def _is_sensitive(source: Source) -> bool:
    """Whether a lesson has a sensitive section, or a case announces itself as one."""
    return any(isinstance(part, Block) and part.kind == "sensitive" for part in source.parts())


def entry_of(desk: Desk, lesson: str, locale: str) -> Entry:
    """A line of a table of contents."""
    pair = pair_of(desk, f"{MODULES}{lesson}.md", locale)
    titled = bool(pair.theirs and pair.theirs.header.text("title"))
    header = pair.original.header
    return Entry(lesson, pair.text("title") or fallback_title(pair.original.name),
                 header.text("kind", "module"), whole(header.text("minutes")) or 0,
                 _is_sensitive(pair.original),
                 language(locale if titled else header.text("language", ORIGINAL)))
