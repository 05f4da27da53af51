"""A file of `modules/` becomes a module: sections with their parts, gates, notes, the aid.

Structure (which sections, which questions in place, what is announced) always comes from
the original; words come from the translation where it has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from ..core.activity import (
    PLAYED,
    Aid,
    Check,
    Gate,
    Language,
    Module,
    Part,
    Prose,
    Section,
    TrainerNote,
)
from . import blocks
from .blocks import Block, Source, Text
from .desk import ORIGINAL, Desk, language, marked
from .header import Header, whole
from .shelf import MODULES, translation

WORDS_A_MINUTE = 130
"""How fast a lesson in a second language is studied, to share out a module's minutes."""

_COLON = {"fr": "\u00a0: ", "zh": "："}
_CELL = re.compile(r"^###(?!#)\s*(.+?)\s*#*$", re.MULTILINE)
_LAST_LINKS = re.compile(r"\n((?:\[[^\n\]]*\]\([^\n)]*\)[.,;\s]*)+)$")


def is_draft(header: Header) -> bool:
    """Whether a translation has not been reviewed yet."""
    return not header.text("status").casefold().startswith("reviewed")


def is_late(header: Header, key: str, digest: str) -> bool:
    """Whether the original of a section or question changed after it was translated."""
    return header.mapping("source").get(key, digest) != digest


class Writer:
    """Writes the parts of one file in one language."""

    def __init__(self, desk: Desk, name: str, own: Language, around: Language) -> None:
        self._desk = desk
        self._renderer = desk.renderer(name, own)
        self._own = own
        self._around = around

    def section(self, section: blocks.Section, checks: list[str]) -> tuple[Part, ...]:
        """Prose, questions and trainers' notes in turn. `checks` are the questions that the
        original asks here: others are not asked, and those left over come at the end."""
        self._renderer.explained.clear()
        parts: list[Part] = []
        left = list(checks)
        prose: list[str] = []
        for part in self._parts(section, left):
            if isinstance(part, str):
                prose.append(part)
                continue
            parts += [*self._prose(prose), part]
            prose.clear()
        return (*parts, *self._prose(prose), *map(Check, left))

    def html(self, parts: tuple[blocks.Part, ...], *, lead: bool = False) -> str:
        """What readers see of text and boxes; notes and questions have no place here."""
        return "\n".join(self._shown(parts, lead))

    def gate(self, section: blocks.Section) -> Gate | None:
        """What is said before a section opens, and its short version."""
        block = next(section.blocks("sensitive"), None)
        if not block:
            return None
        return Gate(block.title, self._marked(self._renderer.blocks(block.text)))

    def aid(self, source: Source) -> Aid | None:
        block = next(source.blocks("aid"), None)
        if not block:
            return None
        before, *cells = _CELL.split(block.text)
        html = [self._renderer.aid(before)] if before.strip() else []
        for title, body in zip(cells[::2], cells[1::2], strict=True):
            html.append(f'<div class="aid-cell"><h3>{self._renderer.inline(title)}</h3>\n'
                        f"{self._renderer.aid(body)}</div>")
        return Aid(block.title, self._marked("\n".join(html)))

    def _parts(self, section: blocks.Section, left: list[str]) -> Iterator[str | Part]:
        lead = True
        for part in section.parts:
            if isinstance(part, Block) and part.kind == "quiz":
                if part.word in left:
                    left.remove(part.word)
                    yield Check(part.word)
            elif isinstance(part, Block) and part.kind == "trainer":
                yield self.note(part)
            else:
                yield from self._shown((part,), lead)
                lead = lead and not isinstance(part, Text)

    def _shown(self, parts: tuple[blocks.Part, ...], lead: bool) -> Iterator[str]:
        for part in parts:
            if isinstance(part, Text):
                yield self._renderer.blocks(part.text, lead=lead, glosses=True)
                lead = False
            elif part.kind == "national":
                yield self._national(part)
            elif part.kind in ("law", "practice", "warning", "remember", "discuss"):
                yield self._box(part)

    def note(self, block: Block) -> TrainerNote:
        """A note for the trainer."""
        html = self._marked(self._renderer.blocks(block.text))
        return TrainerNote(block.title, html, block.minutes)

    def _box(self, block: Block) -> str:
        text, links = block.text, ""
        found = _LAST_LINKS.search(text) if block.kind == "law" else None
        if found:
            text = text[:found.start()]
            links = f'<p class="read">{self._renderer.inline(found[1])}</p>'
        body = self._renderer.blocks(text, glosses=True) + links
        if block.kind == "law":
            return _boxed("law", block.title, body, '<span aria-hidden="true">§</span> ')
        word = self._renderer.surroundings.word(block.kind)
        return _boxed(block.kind, self._titled(word, block.title), body)

    def _national(self, block: Block) -> str:
        """A place for the country's law: what to look for, then what the annex says."""
        word, filled = self._renderer.surroundings.word, self._desk.filled(block.word)
        body = self._renderer.blocks(block.text, glosses=True)
        if not filled:
            body += f'<p class="not-filled">{escape(word("not-filled"))}</p>'
            return _boxed("national empty", self._titled(word("national"), block.title), body)
        annex = self._desk.shelf.annex()
        title = block.title or (annex.country if annex else "")
        body += (marked(filled.html, filled.language, self._own)
                 + f'<p class="origin">{escape(word("from-annex"))}</p>')
        return _boxed("national", self._titled(word("national"), title), body)

    def _titled(self, word: str, title: str) -> str:
        colon = _COLON.get(self._own.code.partition("-")[0], ": ")
        return f"{word}{colon}{title}" if title else word

    def _prose(self, pieces: list[str]) -> list[Prose]:
        html = "\n".join(piece for piece in pieces if piece)
        return [Prose(self._marked(html))] if html else []

    def _marked(self, html: str) -> str:
        return marked(html, self._own, self._around)


def _boxed(kind: str, title: str, body: str, sign: str = "") -> str:
    return (f'<div class="box {kind}" role="note" aria-label="{escape(title)}">'
            f'<p class="box-title">{sign}{escape(title, quote=False)}</p>\n{body}</div>')


# A module -------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class _Pair:
    """A lesson's original and its translation, if there is one."""

    original: Source
    theirs: Source | None

    def text(self, key: str) -> str:
        words = self.theirs.header.text(key) if self.theirs else ""
        return words or self.original.header.text(key)


def module_of(desk: Desk, module_id: str, locale: str) -> Module:
    """A module or case in a language; its own language where there is no translation."""
    pair = pair_of(desk, f"{MODULES}{module_id}.md", locale)
    header = pair.original.header
    if header.text("kind") in PLAYED:  # its scenes are told as it is played: `casemaking.py`
        return outline_of(desk, module_id, locale)
    own = language(locale if pair.theirs else original_language(pair.original))
    sections, aid = _Lesson(desk, pair, own).all()
    return Module(
        module_id, pair.text("title") or fallback_title(pair.original.name), sections,
        header.text("kind", "module"), whole(header.text("minutes")) or 0,
        objectives(pair.original, pair.theirs), _quiz_there(desk, pair.original),
        sources=(pair.theirs and pair.theirs.header.items("sources")) or header.items("sources"),
        aid=aid, language=own, draft=bool(pair.theirs and is_draft(pair.theirs.header)))


def outline_of(desk: Desk, module_id: str, locale: str) -> Module:
    """A module or case without its texts: what it asks, how long it takes, what it is called.

    The home page looks at every activity there is; rendering them all for that took a second.
    """
    pair = pair_of(desk, f"{MODULES}{module_id}.md", locale)
    header = pair.original.header
    own = language(locale if pair.theirs else original_language(pair.original))
    kind = header.text("kind", "module")
    sections = () if kind in PLAYED else _Lesson(desk, pair, own).outline()
    return Module(
        module_id, pair.text("title") or fallback_title(pair.original.name), sections, kind,
        whole(header.text("minutes")) or 0, objectives(pair.original, pair.theirs),
        _quiz_there(desk, pair.original), language=own)


def pair_of(desk: Desk, name: str, locale: str) -> _Pair:
    """A file that is there, with its translation."""
    original = desk.shelf.source(name)
    assert original, name
    theirs = None if locale == ORIGINAL else desk.shelf.source(translation(name, locale))
    return _Pair(original, theirs)


def original_language(source: Source) -> str:
    """English, but for what an academy writes itself."""
    return source.header.text("language", ORIGINAL)


def fallback_title(name: str) -> str:
    """A title made of a file's name, where its header has none."""
    return name.rpartition("/")[2].removesuffix(".md").replace("-", " ").capitalize()


def objectives(original: Source, theirs: Source | None) -> dict[str, str]:
    """The objectives of the original, in the translation's words where it has them."""
    words = theirs.header.mapping("objectives") if theirs else {}
    return {key: words.get(key) or text
            for key, text in original.header.mapping("objectives").items()}


def quiz_id(source: Source) -> str:
    """The id of a lesson's pool: `tip-basic/elements`; empty when it has none."""
    quiz = source.header.text("quiz")
    folder = source.name.removeprefix(MODULES).rpartition("/")[0]
    return f"{folder}/{quiz}" if quiz else ""


def _quiz_there(desk: Desk, source: Source) -> str:
    """The id of a lesson's pool if there is such a file; a lesson can be read without. A case
    that is played has its tries under its own id."""
    if source.header.text("kind") in PLAYED:
        return source.name.removeprefix(MODULES).removesuffix(".md")
    quiz = quiz_id(source)
    return quiz if desk.shelf.pool(f"quizzes/{quiz}.md") else ""


class _Lesson:
    """The sections of one module while they are written."""

    def __init__(self, desk: Desk, pair: _Pair, own: Language) -> None:
        self._pair = pair
        name = pair.original.name
        home = language(original_language(pair.original))
        self._languages = {True: own, False: home}
        self._original = Writer(desk, name, home, own)
        self._theirs = Writer(desk, name, own, own) if pair.theirs else self._original
        pool = desk.shelf.pool(f"quizzes/{quiz_id(pair.original)}.md")
        self._known = {asked.id for asked in pool.questions} if pool else set()

    def all(self) -> tuple[tuple[Section, ...], Aid | None]:
        written = tuple(self._section(section, share) for section, share in self._timed())
        return written, self._aid()

    def outline(self) -> tuple[Section, ...]:
        """The sections with nothing in them but the questions."""
        return tuple(self._outlined(section, share) for section, share in self._timed())

    def _timed(self) -> Iterator[tuple[blocks.Section, int]]:
        sections = self._pair.original.sections
        total = whole(self._pair.original.header.text("minutes")) or 0
        return zip(sections, _shares([_words(one) for one in sections], total), strict=True)

    def _outlined(self, original: blocks.Section, minutes: int) -> Section:
        theirs = self._pair.theirs.section(original.slug) if self._pair.theirs else None
        return Section(original.slug, (theirs or original).title,
                       tuple(map(Check, self._asked_in(original))), minutes,
                       language=self._languages[theirs is not None])

    def _asked_in(self, original: blocks.Section) -> list[str]:
        return [block.word for block in original.blocks("quiz") if block.word in self._known]

    def _section(self, original: blocks.Section, minutes: int) -> Section:
        theirs = self._pair.theirs.section(original.slug) if self._pair.theirs else None
        checks = self._asked_in(original)
        writer = self._theirs if theirs else self._original
        section = theirs or original
        late = bool(theirs and self._pair.theirs
                    and is_late(self._pair.theirs.header, original.slug, original.digest))
        return Section(original.slug, section.title, writer.section(section, checks), minutes,
                       self._gate(original, theirs), late, original.digest,
                       self._languages[theirs is not None])

    def _gate(self, original: blocks.Section, theirs: blocks.Section | None) -> Gate | None:
        if not any(original.blocks("sensitive")):
            return None
        worded = self._theirs.gate(theirs) if theirs else None
        return worded or self._original.gate(original)

    def _aid(self) -> Aid | None:
        if not any(self._pair.original.blocks("aid")):
            return None
        worded = self._theirs.aid(self._pair.theirs) if self._pair.theirs else None
        return worded or self._original.aid(self._pair.original)


def _words(section: blocks.Section) -> int:
    """The words that learners read."""
    shown = (part for part in section.parts
             if isinstance(part, Text) or part.kind not in ("trainer", "aid", "sensitive"))
    return sum(len(part.text.split()) for part in shown)


def _shares(words: list[int], minutes: int) -> list[int]:
    """A module's minutes shared out among its sections, a minute at least for each."""
    total = sum(words) or 1
    minutes = minutes or round(total / WORDS_A_MINUTE)
    return [max(1, round(minutes * one / total)) for one in words]
