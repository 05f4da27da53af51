"""A picture as its author keeps it: two drawings and one list of words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..figure import Drawing, read_drawing
from ..header import read_header
from ..problem import Findings, Problem
from ..source import Files


@dataclass(frozen=True, slots=True)
class Words:
    """A list of a drawing's words: label to text."""

    name: str
    texts: Mapping[str, str]
    lines: Mapping[str, int]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What belongs to one picture. The narrow drawing is the one for a phone."""

    wide: Drawing | None
    narrow: Drawing | None
    has_narrow: bool
    words: Words
    problems: tuple[Problem, ...]

    @property
    def labels(self) -> set[str]:
        """The labels that its drawings use."""
        return {label for one in (self.wide, self.narrow) if one for label in one.labels()}


def read_picture(files: Files, name: str) -> Picture:
    """The picture whose wide drawing has this name."""
    problems: list[Problem] = []
    stem = name.removesuffix(".svg")
    narrow = f"{stem}.narrow.svg"
    words = read_words(files, f"{stem}.yaml")
    return Picture(
        wide=_drawing(files, name, problems), narrow=_drawing(files, narrow, problems),
        has_narrow=narrow in files, words=words, problems=(*problems, *words.problems))


def read_words(files: Files, name: str) -> Words:
    """A list of a drawing's words; an empty one where there is no such file."""
    text, before = files.read(name)
    found = Findings(files.shown(name))
    header = read_header(text, 1, found)
    return Words(name, {label: header.text(label) for label in header.values}, header.lines,
                 (*before, *found.all()))


def _drawing(files: Files, name: str, problems: list[Problem]) -> Drawing | None:
    if name not in files:
        return None
    text, before = files.read(name)
    found = Findings(files.shown(name))
    drawing = read_drawing(text, found)
    problems += [*before, *(_located(one, text) for one in found.all())]
    return drawing


def _located(problem: Problem, text: str) -> Problem:
    """A problem of a drawing with its line: XML is read without them, so the first line that
    has what the problem names."""
    named = [str(problem.values[key]) for key in ("value", "text") if key in problem.values]
    needle = named[0] if named else f"<{problem.values.get('element', '')}"
    if problem.line or needle not in text:
        return problem
    return replace(problem, line=text.count("\n", 0, text.index(needle)) + 1)
