"""Sentences of the course that also stand in other texts: what was copied, or nearly.

The course is its authors' own writing on published facts. `course check --against FOLDER`
holds lessons and questions against the texts they were written from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .quizfile import Pool
from .rules.material import Material
from .rules.prose import bare, paragraphs, sentences
from .rules.writing import SHARED, read_in
from .shelf import Shelf
from .source import Files, Roots
from .tokens import forms

TEXTS = (".md", ".txt")

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Echo:
    """Words of one sentence that stand in another text in the same order."""

    file: str
    line: int
    words: str
    other: str


def echoes(roots: Roots, folder: Path) -> Iterator[Echo]:
    """Every sentence that shares ten words in a row with a text under a folder."""
    known = _runs_of(folder)
    course = Material(Shelf(Files(roots)))
    for name, sentence, line in _sentences(course):
        for run in _runs(forms(sentence)):
            if run in known:
                yield Echo(course.files.shown(name), line, " ".join(run), known[run])
                break


def _sentences(course: Material) -> Iterator[tuple[str, str, int]]:
    for name, lesson in course.lessons.items():
        for _, texts in read_in(course, lesson):
            for text, line in texts:
                yield from ((name, one, line) for one in sentences(text))
    for name, pool in course.pools.items():
        yield from ((name, one, line) for text, line in _asked(pool) for one in sentences(text))


def _asked(pool: Pool) -> Iterator[tuple[str, int]]:
    for question in pool.questions:
        yield from ((bare(text), line) for text, line in question.texts() if text)


def _runs_of(folder: Path) -> dict[Run, str]:
    """Every run of ten words in the texts of a folder, and the text it first stands in."""
    known: dict[Run, str] = {}
    for path in sorted(one for one in folder.rglob("*") if one.suffix in TEXTS):
        text = path.read_text(encoding="utf-8", errors="replace")
        for paragraph, _ in paragraphs(text, 1):
            for run in _runs(forms(paragraph)):
                known.setdefault(run, path.relative_to(folder).as_posix())
    return known


def _runs(words: Sequence[str]) -> Iterator[Run]:
    return (tuple(words[place:place + SHARED]) for place in range(len(words) - SHARED + 1))
