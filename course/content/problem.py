"""What is wrong in an author's file, as a value: where, what, how bad.

The sentence is made where people see it (`content/messages.py` through `web/` or the
command line); nothing here raises.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""A note tells of work that is still to be done, where nothing is wrong: a text that has no
translation yet, a term that no lesson uses yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing an author should mend."""

    file: str
    """As the author sees it, from the content root or from the annex."""
    line: int
    """The first line is 1; 0 speaks of the file as a whole."""
    code: str
    severity: Severity = "error"
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __lt__(self, other: Problem) -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, int, str, str]:
        values = sorted((key, str(value)) for key, value in self.values.items())
        return (self.file, self.line, self.code, repr(values))


class Findings:
    """Collects the problems of one file while it is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Problem] = []

    def error(self, line: int, code: str, **values: object) -> None:
        self._found.append(Problem(self.file, line, code, "error", values))

    def warning(self, line: int, code: str, **values: object) -> None:
        self._found.append(Problem(self.file, line, code, "warning", values))

    def add(self, problems: Iterable[Problem]) -> None:
        self._found.extend(problems)

    def all(self) -> tuple[Problem, ...]:
        return tuple(self._found)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant; empty when none is near."""
    return next(iter(difflib.get_close_matches(word.casefold(), list(known), 1, 0.6)), "")
