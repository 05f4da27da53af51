"""Translations: what of a language is missing or late, and the note that it is so no longer.

A translation's header keeps in `source:` the digest of each section, question or term that
it was made from, by address or id; `_` stands for what comes before the first section. When
the original changes, its digest does too, and the translation of that piece is late.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import NotFound, NotSaved
from .blocks import Section, Source
from .definitions import Definitions
from .links import GLOSSARY
from .quizfile import Pool
from .reference import MISCONCEPTIONS
from .shelf import LIBRARY_FOLDER, Shelf, translation
from .source import LOCAL, Files, Roots, digest_of

OPENING = "_"
"""Stands for what comes before the first section; no address can be called so."""

LISTS = (GLOSSARY, MISCONCEPTIONS)
"""Files that are one definition list."""

DRAFT = "draft"

File = Source | Pool | Definitions

_HEADER = re.compile(r"\A(\ufeff?---[ \t]*\r?\n)(.*?)(^---[ \t]*\r?$)", re.DOTALL | re.MULTILINE)
_SOURCE = re.compile(r"^source:.*\n(?:[ \t]+.*\n)*", re.MULTILINE)
_TRIES = 5


@dataclass(frozen=True, slots=True)
class State:
    """How one file of the original stands in a language."""

    name: str
    """The original's."""
    exists: bool
    missing: tuple[str, ...] = ()
    """Addresses and ids that the translation does not have."""
    late: tuple[str, ...] = ()
    """Those whose original has changed since."""
    unknown: tuple[str, ...] = ()
    """Those that were never recorded."""
    extra: tuple[str, ...] = ()
    """Those that the original does not have."""

    @property
    def is_whole(self) -> bool:
        return self.exists and not (self.missing or self.late or self.unknown or self.extra)


def digests(file: File) -> Mapping[str, str]:
    """The digest of each piece of a file that is translated by itself, in order."""
    if isinstance(file, Source):
        opening = "\n\n".join(part.text for part in file.opening)
        first = {OPENING: digest_of(opening)} if opening else {}
        return {**first, **{key: section.digest for key, section in pieces(file).items()}}
    if isinstance(file, Pool):
        return {question.id: question.digest for question in file.questions}
    return {entry.id: digest_of(f"{entry.term}\n{entry.text}") for entry in file.entries}


def pieces(source: Source) -> Mapping[str, Section]:
    """The sections of a file by what its translation calls them too: their addresses, or in
    a table of contents, which has none, their places: `part-1`."""
    if source.name.endswith("/index.md") and not source.name.endswith(f"{LIBRARY_FOLDER}index.md"):
        return {f"part-{place}": one for place, one in enumerate(source.sections, start=1)}
    return {section.slug: section for section in source.sections}


def compare(name: str, original: File, theirs: File | None) -> State:
    """How a translation stands to its original."""
    now = digests(original)
    if theirs is None:
        return State(name, False, missing=tuple(now))
    there, kept = digests(theirs), theirs.header.mapping("source")
    shared = [key for key in now if key in there]
    return State(
        name, True, missing=tuple(key for key in now if key not in there),
        late=tuple(key for key in shared if kept.get(key, now[key]) != now[key]),
        unknown=tuple(key for key in shared if key not in kept),
        extra=tuple(key for key in there if key not in now))


def read(shelf: Shelf, name: str, original: str = "") -> File | None:
    """An author's file as what its place says it is; None when there is none."""
    kind = original or name
    if kind in LISTS:
        return shelf.definitions(name)
    return shelf.pool(name) if kind.startswith("quizzes/") else shelf.source(name)


def states(shelf: Shelf, locale: str) -> Iterator[State]:
    """Every file that can be translated, and how it stands in a language."""
    for name in shelf.files.names():
        original = read(shelf, name) if _is_translatable(name) else None
        if original:
            yield compare(name, original, read(shelf, translation(name, locale), name))


def _is_translatable(name: str) -> bool:
    part, _, inner = name.partition("/")
    return (name.endswith(".md") and part in ("modules", "quizzes")
            and not inner.startswith(f"{LOCAL}/"))


# The command ----------------------------------------------------------------------------

def status_as_text(roots: Roots, locale: str) -> str:
    """A line for each file that is not whole in a language, and a line with the sums."""
    found = list(states(Shelf(Files(roots)), locale))
    lines = [line for state in found if not state.is_whole for line in _lines(state)]
    whole = sum(state.is_whole for state in found)
    late = sum(len(state.late) for state in found)
    there = sum(state.exists for state in found)
    lines.append(f"{locale}: {there} of {len(found)} files translated, {whole} whole and up to"
                 f" date, {late} pieces late")
    return "\n".join(lines)


def _lines(state: State) -> Iterator[str]:
    if not state.exists:
        yield f"{state.name}: not translated"
        return
    told = (("missing", state.missing), ("late", state.late), ("never recorded", state.unknown),
            ("not in the original", state.extra))
    for word, keys in told:
        if keys:
            yield f"{state.name}: {word}: {', '.join(keys)}"


def touch_files(roots: Roots, locale: str, files: Sequence[str] = ()) -> list[str]:
    """Record that translations say what the originals say now; the names of those changed.

    `files` are named as originals or as translations; without any, every translation that
    has nothing recorded yet is taken. Raises NotFound for a file that is not there, NotSaved
    when one could not be written.
    """
    shelf = Shelf(Files(roots))
    names = [_original(one, locale) for one in files] or _never_recorded(shelf, locale)
    return [name for name in names if _touch(shelf, name, locale)]


def _original(name: str, locale: str) -> str:
    """The original's name, whichever of the two was given, with either kind of slash."""
    plain = name.replace("\\", "/").removeprefix("./")
    return plain.removeprefix(f"translations/{locale}/")


def _never_recorded(shelf: Shelf, locale: str) -> list[str]:
    return [state.name for state in states(shelf, locale) if state.exists and state.unknown]


def _touch(shelf: Shelf, name: str, locale: str) -> bool:
    own = translation(name, locale)
    original, theirs = read(shelf, name), read(shelf, own, name)
    if original is None or theirs is None:
        raise NotFound(what="file", id=name if original is None else own)
    there = digests(theirs)
    kept = {key: digest for key, digest in digests(original).items() if key in there}
    path = shelf.files.roots.content / own
    return _rewrite(path, lambda text: with_source(text, kept))


def with_source(text: str, kept: Mapping[str, str]) -> str:
    """A file's text with these digests in its header; everything else stays as it is.

    Without a `status:` it gets `draft`: nobody has said yet that it was reviewed.
    """
    ends = "\r\n" if "\r\n" in text else "\n"
    rows = ["source:", *(f'  {key}: "{digest}"' for key, digest in kept.items())]
    found = _HEADER.search(text)
    if not found:
        return ends.join(["---", *rows, f"status: {DRAFT}", "---", "", ""]) + text
    inside = _SOURCE.sub("", found[2].replace("\r\n", "\n"))
    if not re.search(r"^status:", inside, re.MULTILINE):
        rows.append(f"status: {DRAFT}")
    inside = "\n".join([inside.rstrip("\n"), *rows, ""]).lstrip("\n").replace("\n", ends)
    return f"{found[1]}{inside}{found[3]}{text[found.end():]}"


def _rewrite(path: Path, change: Callable[[str], str]) -> bool:
    """Change a file by atomic replace; False when nothing changed. Raises NotSaved."""
    before = path.read_bytes().decode("utf-8", "surrogateescape")
    after = change(before)
    if after == before:
        return False
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(after.encode("utf-8", "surrogateescape"))
        _replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise NotSaved(reason=str(error)) from error
    return True


def _replace(new: Path, old: Path) -> None:
    """Put a file in another's place, again and again while a virus scanner holds that one."""
    for tried in range(1, _TRIES + 1):
        try:
            new.replace(old)
            return
        except PermissionError:
            if tried == _TRIES:
                raise
            time.sleep(0.1 * tried)
