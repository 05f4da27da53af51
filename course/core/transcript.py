"""What a record shows by module and objective, in words that no later edition changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from .activity import Entry, Module
from .progress import (
    ObjectiveProgress,
    by_objective,
    in_attempt_by_objective,
    in_case_by_objective,
)
from .scoring import Answer
from .standing import ACHIEVEMENT, Syllabus, required_of
from .statement import Document


@dataclass(frozen=True, slots=True)
class Row:
    """One objective of one module or case: points of so many questions."""

    activity: str
    """Id; of the final examination for an achievement, whose objectives are the modules."""
    title: str
    objective: str
    text: str
    score: str
    """Points, with at most two decimals."""
    of: int
    """How many questions were asked for it."""


def transcript(syllabus: Syllabus, document: Document, kind: str,
               final: Mapping[str, Answer]) -> Iterator[Row]:
    """The rows of a record: of the examination by module, of a completion by objective."""
    if kind == ACHIEVEMENT:
        entry = syllabus.manual.test("final")
        if entry:
            quiz = syllabus.quiz(entry.id)
            yield from _rows(entry, in_attempt_by_objective(
                syllabus.module(entry.id), quiz, final))
        return
    for entry in required_of(syllabus.manual):
        yield from _rows(entry, _of_activity(syllabus, syllabus.module(entry.id), document))


def _of_activity(syllabus: Syllabus, module: Module, document: Document
                 ) -> Iterable[ObjectiveProgress]:
    if module.is_played:
        return in_case_by_objective(module, document)
    return by_objective(module, syllabus.quiz(module.quiz), document) if module.quiz else ()


def _rows(entry: Entry, found: Iterable[ObjectiveProgress]) -> Iterator[Row]:
    for one in found:
        if one.asked:
            yield Row(entry.id, entry.title, one.key, one.text, points(one.right), one.asked)


def points(score: float) -> str:
    """A score as it is printed: at most two decimals, rounded down, `43.5`."""
    kept = Decimal(str(round(score, 4))).quantize(Decimal("0.01"), ROUND_DOWN)
    return f"{kept:f}".rstrip("0").rstrip(".")
