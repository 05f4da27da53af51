"""Where one learner stands in one manual, as a trainer sees it: worked out once for a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from . import progress, sittings, stuck
from .academy import Rules
from .activity import Entry, Manual, Module
from .gains import Shares, shares
from .progress import ModuleProgress, ObjectiveProgress
from .sittings import First
from .standing import COMPLETION, Syllabus, attended_minutes, standing
from .statement import Document

PASSED, READING, RETAKE, NOT_STARTED = "passed", "reading", "retake", "not-started"
STATES = (PASSED, READING, RETAKE, NOT_STARTED)

READY, RETAKES, STUDYING, WAITING = "ready", "retakes", "studying", "waiting"
"""What stands between a learner and the completion record: nothing, a module to be taken again,
what is still to be studied, everything."""


@dataclass(frozen=True, slots=True)
class Studied:
    """One learner's manual."""

    progress: Mapping[str, ModuleProgress]
    """By activity."""
    states: Mapping[str, str]
    """One of `STATES` by module."""
    ready: bool
    """Whether the completion record can be signed."""
    minutes: int
    """Attended."""
    before: Shares | None
    after: Shares | None
    objectives: Mapping[str, tuple[ObjectiveProgress, ...]]
    """By module or case."""
    firsts: Mapping[str, tuple[First, ...]]
    """First answers by test, and by `in_place(pool)` for those in a text."""
    responses: Mapping[str, object]
    """What was last chosen, by question key; the test before the course is not among them."""
    responses_before: Mapping[str, object]
    doing: stuck.Doing

    @property
    def passed(self) -> int:
        """Modules that are done."""
        return sum(state == PASSED for state in self.states.values())

    @property
    def record(self) -> str:
        if self.ready:
            return READY
        if RETAKE in self.states.values():
            return RETAKES
        return STUDYING if any(one.started for one in self.progress.values()) else WAITING

    def percent(self, shares_of: Shares | None) -> float | None:
        """A whole test in per cent."""
        return shares_of.get("") if shares_of else None


def studied(syllabus: Syllabus, document: Document, rules: Rules) -> Studied:
    """Read one learner's document for one manual."""
    manual = syllabus.manual
    activities = [syllabus.module(entry.id) for entry in manual.entries]
    how_far = {one.id: progress.module_progress(one, document) for one in activities}
    before, after = manual.test("before"), manual.test("after")
    quizzes = [one.quiz for one in activities if one.quiz and not one.is_played]
    return Studied(
        how_far, {one.id: state(how_far[one.id]) for one in modules(manual)},
        standing(COMPLETION, syllabus, document, rules).qualifies,
        attended_minutes(document, manual.id), _shares(syllabus, document, before),
        _shares(syllabus, document, after),
        {one.id: tuple(_objectives(syllabus, one, document)) for one in activities
         if not one.is_test},
        _firsts(activities, document),
        sittings.latest_responses(document, [one for one in quizzes
                                             if not (before and one == before.id)]),
        sittings.latest_responses(document, [before.id] if before else []),
        stuck.doing(document, quizzes))


def modules(manual: Manual) -> list[Entry]:
    """The modules of a manual, without its cases and tests."""
    return [entry for entry in manual.entries if entry.kind == "module"]


def state(how_far: ModuleProgress) -> str:
    """A module's state in one word. A test that was failed comes before what was read."""
    if how_far.done:
        return PASSED
    if how_far.best is not None and not how_far.passed:
        return RETAKE
    return READING if how_far.started else NOT_STARTED


def in_place(pool: str) -> str:
    """Under which name the questions in a module's text are counted."""
    return f"{pool}#"


def _shares(syllabus: Syllabus, document: Document, entry: Entry | None) -> Shares | None:
    """The first time that a test was handed in."""
    taken = sittings.tests(document, entry.id) if entry else []
    return shares(taken[0], syllabus.quiz(taken[0].quiz)) if taken else None


def _objectives(syllabus: Syllabus, module: Module, document: Document
                ) -> Iterator[ObjectiveProgress]:
    if module.is_played:
        yield from progress.in_case_by_objective(module, document)
    elif module.quiz:
        yield from progress.by_objective(module, syllabus.quiz(module.quiz), document)


def _firsts(activities: list[Module], document: Document) -> dict[str, tuple[First, ...]]:
    found = {}
    for one in activities:
        if one.quiz and not one.is_played:
            found[one.quiz] = sittings.firsts(sittings.tests(document, one.quiz))
            found[in_place(one.quiz)] = sittings.firsts([sittings.in_place(document, one.quiz)])
    return {key: value for key, value in found.items() if value}
