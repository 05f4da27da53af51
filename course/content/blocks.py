"""A lesson's file taken apart: sections, the text between blocks, and the `!!!` blocks.

The rule that matters most: what an author meant for trainers never stays in the text. So
whatever looks like an attempt at a block is taken out together with all that may be its
body, and if it is not exactly a block it is a problem and is not served.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .header import Header, split_header
from .problem import Findings, Problem, nearest
from .source import LOCAL, MARKS, digest_of

ID = r"[a-z0-9]+(?:-[a-z0-9]+)*"
MINUTES = re.compile(r"(\d{1,3})-min")

_ATTEMPT = re.compile(rf"[\s{MARKS}>*+\-\d.)|]*(?:[!！]{{2,}}|\?{{3}})\s*[^\s!！?]")
_BLOCK = re.compile(rf'!!! +([a-z]+)(?: +({ID}))?(?: +"(.*)")? *')
_SECTION = re.compile(r"##(?!#)(.*)")
_ADDRESS = re.compile(r"\s*\{#([^}\s]*)\}$")
_ANCHOR = re.compile(r"(?:^#{2,6}\s.*|^\s*|\S.*?\s+)\{#([^}\s]*)\}\s*$")
_EMPHASIS = re.compile(r"\*+|`|(?<!\w)_+|_+(?!\w)")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of block must say on its first line, and whether it has a body."""

    word: str = "none"
    """`none`, `id` (must be there) or `minutes` (may be)."""
    title: bool | None = None
    """True: must be there; False: must not; None: may."""
    body: bool | None = True


KINDS: Mapping[str, Kind] = {
    "law": Kind(title=True),
    "practice": Kind(),
    "warning": Kind(),
    "remember": Kind(),
    "discuss": Kind(),
    "trainer": Kind(word="minutes"),
    "quiz": Kind(word="id", title=False, body=False),
    "national": Kind(word="id", body=None),
    "sensitive": Kind(title=True),
    "aid": Kind(title=True),
    "if": Kind(title=True),
    "exhibit": Kind(word="id", title=True),
}


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown between blocks. `line` is that of its first character."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """One `!!!` block: its first line's words, and its body without the indent."""

    kind: str
    word: str
    title: str
    text: str
    line: int
    body_line: int

    @property
    def minutes(self) -> int | None:
        """The timing of a trainer's note."""
        found = MINUTES.fullmatch(self.word)
        return int(found[1]) if found else None


Part = Text | Block


@dataclass(frozen=True, slots=True)
class Section:
    """From one `##` heading to the next."""

    slug: str
    title: str
    line: int
    parts: tuple[Part, ...]
    source: str
    """The whole of it as written, heading included."""

    @property
    def digest(self) -> str:
        return digest_of(self.source)

    def blocks(self, kind: str) -> Iterator[Block]:
        return (part for part in self.parts if isinstance(part, Block) and part.kind == kind)


@dataclass(frozen=True, slots=True)
class Anchor:
    """An address inside a file: the section that holds it, and its line."""

    section: str
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """A file of `modules/` as its author wrote it, with the line of everything."""

    name: str
    header: Header
    opening: tuple[Part, ...]
    """What stands before the first `##`."""
    sections: tuple[Section, ...]
    anchors: Mapping[str, Anchor]
    problems: tuple[Problem, ...]

    def section(self, slug: str) -> Section | None:
        return next((one for one in self.sections if one.slug == slug), None)

    def blocks(self, kind: str) -> Iterator[Block]:
        """All blocks of a kind, in the order of the text."""
        return (block for section in self.sections for block in section.blocks(kind))

    def parts(self) -> Iterator[Part]:
        """All text and blocks, in the order of the file."""
        yield from self.opening
        for section in self.sections:
            yield from section.parts


def read_source(name: str, text: str, problems: Sequence[Problem] = (),
                shown: str = "") -> Source:
    """Take a file of `modules/` apart. `shown` is its name in problems; `problems` what
    reading it from the disk already found."""
    found = Findings(shown or name)
    found.add(problems)
    header, body, line = split_header(text, found)
    pieces = list(_cut(body.split("\n"), line))
    opening = _parts(pieces[0].lines, pieces[0].line, found)
    sections = _sections(pieces[1:], _is_addressed(name, header), found)
    return Source(name, header, opening, sections, _anchors(pieces, sections, found), found.all())


def _is_addressed(name: str, header: Header) -> bool:
    """Whether every section needs an address: not in a table of contents, nor in the file
    of the national annex, whose headings are the names of slots."""
    if name.endswith("/index.md"):
        return name == "modules/library/index.md"
    return not name.startswith(f"modules/{LOCAL}/") or bool(header.text("kind"))


# Sections -------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class _Piece:
    """The lines of one section, or of what stands before the first."""

    heading: str
    line: int
    lines: list[str]


def _cut(lines: list[str], line: int) -> Iterator[_Piece]:
    heading, start, kept = "", line, list[str]()
    for number, one in enumerate(lines, start=line):
        found = _SECTION.fullmatch(one)
        if found:
            yield _Piece(heading, start, kept)
            heading, start, kept = found[1].strip().rstrip("#").rstrip(), number, []
        kept.append(one)
    yield _Piece(heading, start, kept)


def _sections(pieces: list[_Piece], addressed: bool, found: Findings) -> tuple[Section, ...]:
    sections: dict[str, Section] = {}
    for piece in pieces:
        title, slug = heading_address(piece.heading)
        if (addressed or slug) and not re.fullmatch(ID, slug):
            found.error(piece.line, "bad-address" if slug else "no-address", address=slug,
                        title=title)
        if not re.fullmatch(ID, slug):
            slug = slug_of(slug or title) or f"section-{len(sections) + 1}"
        if slug in sections:
            found.error(piece.line, "address-twice", address=slug, first=sections[slug].line)
            slug = f"{slug}-{piece.line}"
        sections[slug] = Section(slug, plain(title), piece.line,
                                 _parts(piece.lines[1:], piece.line + 1, found),
                                 "\n".join(piece.lines))
    return tuple(sections.values())


def heading_address(heading: str) -> tuple[str, str]:
    """A heading without its `{#address}`, and the address."""
    found = _ADDRESS.search(heading)
    return (heading[:found.start()], found[1]) if found else (heading, "")


def slug_of(text: str) -> str:
    """ASCII letters and digits of a text, joined with hyphens: an address of last resort."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_only.casefold()))


def plain(text: str) -> str:
    """A heading without marks of emphasis: it is shown in lists, titles and windows."""
    return _EMPHASIS.sub("", text)


def _anchors(pieces: list[_Piece], sections: tuple[Section, ...],
             found: Findings) -> Mapping[str, Anchor]:
    """Every `{#id}` of the file, each with the section that it is in."""
    anchors = {section.slug: Anchor(section.slug, section.line) for section in sections}
    slugs = ["", *(section.slug for section in sections)]
    for piece, slug in zip(pieces, slugs, strict=True):
        below_heading = piece.lines[1:] if slug else piece.lines
        first = piece.line + 1 if slug else piece.line
        for number, line in enumerate(below_heading, start=first):
            anchor = _ANCHOR.match(line)
            if not anchor:
                continue
            if not re.fullmatch(ID, anchor[1]):
                found.error(number, "bad-address", address=anchor[1], title="")
            elif anchor[1] in anchors:
                found.error(number, "address-twice", address=anchor[1],
                            first=anchors[anchor[1]].line)
            else:
                anchors[anchor[1]] = Anchor(slug, number)
    return anchors


# Blocks ---------------------------------------------------------------------------------

def _parts(lines: list[str], line: int, found: Findings) -> tuple[Part, ...]:
    """Text and blocks in turn."""
    parts: list[Part] = []
    text: list[str] = []
    place = 0

    def end_text() -> None:
        part = _text(text, line + place - len(text))
        if part:
            parts.append(part)
        text.clear()

    while place < len(lines):
        if not _ATTEMPT.match(lines[place]):
            text.append(lines[place])
            place += 1
            continue
        end_text()
        taken = _extent(lines, place)
        block = _block(lines[place:place + taken], line + place, found)
        if block:
            parts.append(block)
        place += taken
    end_text()
    return tuple(parts)


def _text(lines: list[str], line: int) -> Text | None:
    """Lines without the empty ones around them; None when nothing is left."""
    full = [place for place, one in enumerate(lines) if one.strip()]
    if not full:
        return None
    return Text("\n".join(lines[full[0]:full[-1] + 1]), line + full[0])


def _extent(lines: list[str], place: int) -> int:
    """How many lines belong to the attempt at a block that begins here.

    Its body is what is indented further than itself, with the empty lines between, and any
    line that follows without an empty line: a body that somebody forgot to indent.
    """
    indent = _indent(lines[place])
    is_quiz = lines[place].startswith("!!! quiz ")
    end = place + 1
    joined = not is_quiz
    for number in range(place + 1, len(lines)):
        line = lines[number]
        if not line.strip():
            joined = False
            continue
        if _indent(line) <= indent and (not joined or _ATTEMPT.match(line)):
            break
        end = number + 1
    return end - place


def _indent(line: str) -> int:
    wide = line.expandtabs(4)
    return len(wide) - len(wide.lstrip())


def _block(lines: list[str], line: int, found: Findings) -> Block | None:
    """The block that these lines are; None, and a problem, when they are none."""
    words = _BLOCK.fullmatch(lines[0])
    if not words:
        found.error(line, "bad-block", text=lines[0].strip()[:80])
        return None
    kind, word, title = words[1], words[2] or "", (words[3] or "").strip()
    if kind not in KINDS:
        found.error(line, "unknown-block", kind=kind, nearest=nearest(kind, KINDS))
        return None
    body = _text(_body(lines[1:], line + 1, found), line + 1)
    block = Block(kind, word, title, body.text if body else "", line,
                  body.line if body else line)
    return block if _is_whole(block, found) else None


def _body(lines: list[str], line: int, found: Findings) -> list[str]:
    """A body without its indent, and without attempts at blocks inside it."""
    wide = [one.expandtabs(4) for one in lines]
    shallow = next((place for place, one in enumerate(wide) if one.strip() and _indent(one) < 4),
                   None)
    if shallow is not None:
        found.error(line + shallow, "not-indented")
    kept = [one[min(4, _indent(one)):] for one in wide]
    for place in range(len(kept)):
        if _ATTEMPT.match(kept[place]):
            found.error(line + place, "nested-block", text=kept[place].strip()[:80])
            end = place + _extent(kept, place)
            kept[place:end] = [""] * (end - place)
    return kept


def _is_whole(block: Block, found: Findings) -> bool:
    """Say what a block lacks or has too much of; whether it can be served all the same."""
    kind = KINDS[block.kind]
    no_id = kind.word == "id" and not block.word
    no_body = bool(kind.body and not block.text)
    for is_so, code, what in (
        (no_id, "block-lacks", "id"),
        (kind.title and not block.title, "block-lacks", "title"),
        (no_body, "block-empty", "text"),
        (block.word and not _word_fits(kind, block), "block-word", block.word),
        (kind.title is False and block.title, "block-title", "title"),
        (kind.body is False and block.text, "block-body", "text"),
    ):
        if is_so:
            found.error(block.line, code, kind=block.kind, what=what)
    return not no_id and not no_body


def _word_fits(kind: Kind, block: Block) -> bool:
    return kind.word == "id" or (kind.word == "minutes" and block.minutes is not None)
