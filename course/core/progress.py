"""How far a learner is and what comes next, read from the learner's document (`learning.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .activity import Manual, Module, Quiz
from .scoring import Answer, Attempt, attempts
from .statement import Document, value_at

Review = tuple[str, bool]
"""When a question was answered (ISO time), and whether it was right."""

Scheduler = Callable[[Sequence[Review]], datetime]
"""When to ask again, from all earlier answers, oldest first. The app hands one in."""


@dataclass(frozen=True, slots=True)
class ModuleProgress:
    """How far a learner is in one module or case."""

    sections_read: frozenset[str]
    sections: int
    checks_done: int
    checks: int
    best: Attempt | None
    """The best attempt that is over, if there is one."""
    open: Attempt | None
    has_quiz: bool
    is_played: bool = False
    """Whether it is a case that is played: an end reached is enough."""

    @property
    def passed(self) -> bool:
        return bool(self.best and self.best.passed)

    @property
    def done(self) -> bool:
        """Earned by answering, not by scrolling: the checks answered and the quiz passed.

        What asks nothing is done when it was opened, a case when it was played to an end.
        """
        if self.is_played:
            return self.best is not None
        answered = self.checks_done == self.checks and (self.passed or not self.has_quiz)
        return self.started and answered

    @property
    def started(self) -> bool:
        return bool(self.sections_read or self.checks_done or self.best or self.open)


def module_progress(module: Module, document: Document) -> ModuleProgress:
    read = document.get("read", {}).get(module.id, {})
    slugs = {section.slug for section in module.sections}
    tries = attempts(document, module.quiz) if module.quiz else []
    over = [one for one in tries if one.is_over]
    still = [one for one in tries if not one.is_over]
    return ModuleProgress(
        sections_read=frozenset(read.keys() & slugs),
        sections=len(slugs),
        checks_done=sum(check_answer(document, module, check) is not None
                        for check in module.checks),
        checks=len(module.checks),
        best=max(over, key=_goodness, default=None),
        open=still[-1] if still else None,
        has_quiz=bool(module.quiz),
        is_played=module.is_played,
    )


def _goodness(attempt: Attempt) -> tuple[bool, float]:
    assert attempt.summary is not None
    return (attempt.passed, attempt.summary["score"] / max(attempt.summary["of"], 1))


def check_answer(document: Document, module: Module, question_id: str) -> Answer | None:
    """What the learner answered to a question in place, last."""
    kept = value_at(document, "checks", f"{module.quiz}#{question_id}")
    return Answer(kept["response"], kept["score"], kept["time"]) if kept else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: a section of a module, or an open attempt."""

    module: str = ""
    section: str = ""
    attempt: str = ""


def last_place(document: Document) -> Place | None:
    """Where the learner was last; an attempt only while it is open."""
    at = value_at(document, "at", default="")
    if at.startswith("attempt:"):
        attempt_id = at.partition(":")[2]
        kept = document["attempts"].get(attempt_id, {})
        if "summary" not in kept:
            return Place(attempt=attempt_id)
        return Place(module=kept["quiz"])
    module, _, section = at.partition("#")
    return Place(module, section) if module else None


def next_activity(manual: Manual, done: Callable[[str], bool], after: str = "") -> str | None:
    """The first activity that is not done, looking on from `after`, then from the start."""
    ids = [entry.id for entry in manual.entries]
    start = ids.index(after) + 1 if after in ids else 0
    return next((one for one in ids[start:] + ids[:start] if not done(one)), None)


@dataclass(frozen=True, slots=True)
class ObjectiveProgress:
    """What the latest answers say about one objective."""

    key: str
    text: str
    right: float
    asked: int
    of: int
    """How many questions the pool has for it."""


def by_objective(module: Module, quiz: Quiz, document: Document) -> list[ObjectiveProgress]:
    """For each objective of a module, the latest mark of each question that tests it."""
    found = []
    for key, text in module.objectives.items():
        questions = [one for one in quiz.questions if one.objective == key]
        marks = [marks[-1][3] for one in questions
                 if (marks := document.get("seen", {}).get(f"{quiz.id}#{one.id}"))]
        found.append(ObjectiveProgress(key, text, sum(marks), len(marks), len(questions)))
    return found


def in_case_by_objective(module: Module, document: Document) -> list[ObjectiveProgress]:
    """For each objective of a case that is played, what its latest try earned."""
    over = [one for one in attempts(document, module.quiz) if one.is_over]
    kept = (over[-1].summary or {}).get("objectives", {}) if over else {}
    return [ObjectiveProgress(key, text, kept[key][0], int(kept[key][1]), int(kept[key][1]))
            for key, text in module.objectives.items() if key in kept]


def in_attempt_by_objective(module: Module, quiz: Quiz, answers: Mapping[str, Answer]
                            ) -> list[ObjectiveProgress]:
    """For each objective of a test, what the answers of one attempt say."""
    found = []
    for key, text in module.objectives.items():
        asked = [one.id for one in quiz.questions if one.objective == key and one.id in answers]
        right = sum(answers[one].score or 0 for one in asked)
        found.append(ObjectiveProgress(key, text, right, len(asked), len(asked)))
    return [one for one in found if one.asked]


@dataclass(frozen=True, slots=True)
class Due:
    """A question to look at again, and from when."""

    question: str
    when: datetime


def reviews(document: Document, schedule: Scheduler) -> list[Due]:
    """What was once answered wrong, and when each comes back, soonest first.

    A text that a person has marked does not: nobody could mark it again by the rule.
    """
    due = []
    for key, marks in document.get("seen", {}).items():
        history = _since_first_mistake(marks) if key not in document.get("marks", {}) else []
        if history:
            due.append(Due(key, schedule(history)))
    return sorted(due, key=lambda one: (one.when, one.question))


def _since_first_mistake(marks: Iterable[Sequence[Any]]) -> list[Review]:
    history: list[Review] = []
    for _, _, time, score in marks:
        if history or score < 1:
            history.append((time, score == 1))
    return history


def notes(document: Document) -> dict[str, str]:
    """The learner's notes by place, without those taken away."""
    kept = {place: value[0] for place, value in document.get("notes", {}).items()}
    return {place: text for place, text in sorted(kept.items()) if text}


def bookmarks(document: Document) -> list[str]:
    return sorted(place for place, value in document.get("bookmarks", {}).items() if value[0])
