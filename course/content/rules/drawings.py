"""A picture as its author keeps it: two drawings and one list of words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..figure import Drawing, read_drawing
from ..header import Header, read_header
from ..problem import Findings, Problem
from ..source import Files


@dataclass(frozen=True, slots=True)
class Picture:
    """What belongs to one picture. The narrow drawing is the one for a phone."""

    wide: Drawing | None
    narrow: Drawing | None
    has_narrow: bool
    list_name: str
    """The file of its words."""
    words: Header | None
    """The list of its words by label; None when there is no such file."""
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
    return Picture(
        wide=_drawing(files, name, problems), narrow=_drawing(files, narrow, problems),
        has_narrow=narrow in files, list_name=f"{stem}.yaml",
        words=read_words(files, f"{stem}.yaml", problems), problems=tuple(problems))


def read_words(files: Files, name: str, problems: list[Problem]) -> Header | None:
    """A list of a drawing's words."""
    if name not in files:
        return None
    text, before = files.read(name)
    found = Findings(files.shown(name))
    words = read_header(text, 1, found)
    problems += [*before, *found.all()]
    return words


def texts_of(words: Header) -> Mapping[str, str]:
    return {label: words.text(label) for label in words.values}


def _drawing(files: Files, name: str, problems: list[Problem]) -> Drawing | None:
    if name not in files:
        return None
    text, before = files.read(name)
    found = Findings(files.shown(name))
    drawing = read_drawing(text, found)
    problems += [*before, *found.all()]
    return drawing
