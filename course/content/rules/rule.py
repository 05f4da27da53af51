"""What a rule is: a code, how bad it is, and a function that finds where it is broken."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..problem import Problem, Severity
from .material import Material

NOTHING = "–"
"""Stands in a message where there is nothing to name, such as no key near to a wrong one."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a rule is broken, and the values that its message names."""

    name: str
    """The file, as `Files` names it."""
    line: int
    values: Mapping[str, object]


def at(name: str, line: int, **values: object) -> Spot:
    return Spot(name, line, values)


Spots = Iterator[Spot]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Its function's docstring is its entry in the authors' manual."""

    code: str
    """A letter for the subject and two digits."""
    severity: Severity
    entry: str
    spots: Callable[[Material], Spots]

    def __call__(self, course: Material) -> Iterator[Problem]:
        for spot in self.spots(course):
            values = {key: NOTHING if value == "" else value for key, value in spot.values.items()}
            yield Problem(course.files.shown(spot.name), spot.line, self.code, self.severity,
                          values)


def rule(code: str, severity: Severity) -> Callable[[Callable[[Material], Spots]], Rule]:
    """Make a rule of the function below."""
    def made(function: Callable[[Material], Spots]) -> Rule:
        return Rule(code, severity, inspect.getdoc(function) or "", function)

    return made


def reported(course: Material, word: str) -> Spots:
    """What the readers of the files found themselves and called by this word."""
    return (Spot(one.file, one.line, one.values) for one in course.reported if one.code == word)
