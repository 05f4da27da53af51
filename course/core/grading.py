"""Marks that people give to texts: by rubric, by one marker or by two, every change kept.

A mark is a statement (verb `marked`) in the learner's record; its object is the key of the text
(`Written.key`). The document keeps every version:

    marks   {question key: {answer: {statement id: {version}}}}

What counts is worked out from the versions alone, so that marks from several laptops come to
the same in any order:

* one marker: the latest mark, by stamp;
* two markers, each blind to the other until both are in: the mean of both when they differ by
  no more than was agreed; else nothing, until one of the two settles it with a reason;
* what was settled counts before both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .statement import Document, Stamp, Statement, put
from .written import Written

FIRST, SECOND, SETTLED = "first", "second", "settled"
WAITING, HALF, APART, MARKED = "waiting", "half", "apart", "marked"
"""How a text stands: no mark, one of two, two that have to be settled, a mark that counts."""


# What counts -----------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Version:
    """One mark as it was given."""

    id: str
    stamp: Stamp
    time: str
    by: str
    which: str
    points: tuple[int, ...]
    most: tuple[int, ...]
    """What each criterion of the rubric was worth then."""
    remark: str = ""
    reason: str = ""
    two: bool = False
    """Whether two markers were asked for when it was given."""
    apart: int = 0
    """By how many points two marks might differ then."""

    @property
    def total(self) -> int:
        return sum(self.points)

    @property
    def of(self) -> int:
        return sum(self.most)


@dataclass(frozen=True)
class Graded:
    """All marks of one text, oldest first, and what they come to: worked out once, since the
    pages of a trainer ask for those of a whole class."""

    versions: tuple[Version, ...] = ()

    @cached_property
    def _pair(self) -> list[list[Version]]:
        """The versions of the first marker, then those of the second, oldest first.

        Where only one was asked for, whoever marked last stands for all before. Two laptops that
        did not know of each other may both have a first mark: the earlier stamp is the first.
        """
        single = [one for one in self.versions if one.which == FIRST and not one.two]
        double = [one for one in self.versions if one.which == SECOND
                  or (one.which == FIRST and one.two)]
        by: dict[str, list[Version]] = {}
        for one in sorted([*single[-1:], *double], key=lambda one: one.stamp):
            by.setdefault(one.by, []).append(one)
        return list(by.values())[:2]

    @cached_property
    def settled(self) -> Version | None:
        return next((one for one in reversed(self.versions) if one.which == SETTLED), None)

    @cached_property
    def latest(self) -> list[Version]:
        """The latest mark of each marker: none, one or two."""
        return [one[-1] for one in self._pair]

    @property
    def blind(self) -> list[Version]:
        """What each of the two gave first, before the other's could be seen."""
        return [one[0] for one in self._pair]

    @property
    def markers(self) -> list[str]:
        return [one.by for one in self.latest]

    @cached_property
    def state(self) -> str:
        if self.settled:
            return MARKED
        latest = self.latest
        if len(latest) == 2:
            first, second = latest
            allowed = max(latest, key=lambda one: one.stamp).apart
            close = abs(first.total - second.total) <= allowed and first.most == second.most
            return MARKED if close else APART
        if not latest:
            return WAITING
        return HALF if latest[0].two else MARKED

    @cached_property
    def counting(self) -> list[Version]:
        """The marks that count: none, one, or two of which the mean is taken."""
        if self.state != MARKED:
            return []
        return [self.settled] if self.settled else self.latest

    @property
    def points(self) -> list[float]:
        """What each criterion earned; empty while no mark counts."""
        counting = self.counting
        return [sum(some) / len(counting)
                for some in zip(*(one.points for one in counting), strict=True)]

    @property
    def most(self) -> tuple[int, ...]:
        return self.counting[0].most if self.counting else ()

    @property
    def total(self) -> float:
        return sum(self.points)

    @property
    def of(self) -> int:
        return sum(self.most)

    @cached_property
    def share(self) -> float | None:
        """From 0 to 1; None while no mark counts."""
        return round(self.total / self.of, 4) if self.of else None

    @property
    def remarks(self) -> list[str]:
        return [one.remark for one in self.counting if one.remark]

    @property
    def stamp(self) -> Stamp:
        return self.versions[-1].stamp

    @property
    def time(self) -> str:
        return self.versions[-1].time

    # Who does what next -------------------------------------------------------------------

    def which_by(self, person_id: str, two: bool) -> str:
        """What a mark by this person would be; empty where two others have marked."""
        if self.settled or self.state == APART:
            allowed = [*self.markers, *([self.settled.by] if self.settled else [])]
            return SETTLED if person_id in allowed else ""
        own = next((one for one in self.latest if one.by == person_id), None)
        if own:
            return own.which
        if len(self.latest) == 2:
            return ""
        return SECOND if self.latest and (two or self.state == HALF) else FIRST

    def waits_for(self, person_id: str, two: bool) -> bool:
        """Whether something is left for this person to do."""
        if self.state == APART:
            return person_id in self.markers
        if self.settled or len(self.latest) == 2 or person_id in self.markers:
            return False
        return not self.latest or two or self.state == HALF

    def shown_to(self, person_id: str, two: bool) -> bool:
        """Whether this person may see the marks: a second marker not before theirs is in."""
        if len(self.latest) == 2 or self.settled or person_id in self.markers:
            return True
        return not two and self.state == MARKED

    def replaced_by(self, person_id: str, which: str) -> Version | None:
        """The mark that one by this person would take the place of."""
        if which == SETTLED:
            return self.settled
        if which == SECOND or self.state == HALF or len(self.latest) == 2:
            return next((one for one in self.latest if one.by == person_id), None)
        return self.latest[0] if self.latest else None


def graded(document: Document, written: Written) -> Graded:
    """The marks of one text."""
    return _graded(document.get("marks", {}).get(written.question, {}).get(written.answer, {}))


def _graded(kept: Mapping[str, Mapping[str, Any]]) -> Graded:
    versions = (Version(**{**one, "id": key, "stamp": tuple(one["stamp"]),
                           "points": tuple(one["points"]), "most": tuple(one["most"])})
                for key, one in kept.items())
    return Graded(tuple(sorted(versions, key=lambda one: one.stamp)))


# Folding ---------------------------------------------------------------------------------

KEPT = ("which", "points", "most", "remark", "reason", "two", "apart")


def keep_mark(document: Document, statement: Statement) -> Document:
    """Take one mark in, beside all others of its text."""
    question, _, answer = statement.object.rpartition("@")
    version = {name: statement.result[name] for name in KEPT if name in statement.result}
    version |= {"by": statement.actor, "time": statement.time, "stamp": list(statement.stamp)}
    return put(document, "marks", question, answer, statement.id, version)


def marks_of(document: Document, question: str, known: Iterable[Sequence[Any]]) -> list[Any]:
    """A question's marks, `[counter, device, time, score]` each: those that are known, with what
    counts for each of its texts in the place of all that was given for it."""
    texts = [_graded(kept) for kept in document.get("marks", {}).get(question, {}).values()]
    stamps = {one.stamp for text in texts for one in text.versions}
    others = [one for one in known if (one[0], one[1]) not in stamps]
    marks = [[*text.stamp, text.time, text.share] for text in texts if text.share is not None]
    return sorted([*others, *marks])


# Agreement -------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two markers of a question see the same."""

    n: int
    """Texts that two have marked."""
    same: int
    """Of these, how many got the same points from both."""
    difference: float
    """The mean of the absolute difference in points."""


def agreement(texts: Iterable[Graded]) -> Agreement | None:
    """From what each marker gave before seeing the other's; None while nobody has marked twice."""
    gaps = [abs(first.total - second.total)
            for first, second in (text.blind for text in texts if len(text.blind) == 2)]
    return Agreement(len(gaps), gaps.count(0), sum(gaps) / len(gaps)) if gaps else None
