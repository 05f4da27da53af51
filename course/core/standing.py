"""Who qualifies for a record, and for everybody else exactly what is missing.

Two kinds of record, never mixed up. A *completion* says that somebody attended and did all
that a manual requires; an *achievement* that they passed its final examination. What a manual
requires stands in its index (`requires`, `pass`, `hours`); the academy may ask more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .academy import Rules
from .activity import Entry, Manual, Module, Quiz
from .errors import BadField
from .fitting import Changes, fit_module
from .people import Person
from .presence import session_minutes
from .progress import ModuleProgress, module_progress
from .scoring import Attempt
from .statement import Document, Draft, value_at

COMPLETION, ACHIEVEMENT = "completion", "achievement"
KINDS = (COMPLETION, ACHIEVEMENT)

EVERY_MODULE, EVERY_CASE, FINAL = "every module", "every case", "final"
"""What a manual's `requires` may name."""

MOST_MINUTES = 1000 * 60


@dataclass(frozen=True, slots=True)
class Syllabus:
    """A manual with the way to its modules and quizzes, in one language."""

    manual: Manual
    module: Callable[[str], Module]
    """The library's `outline`: the texts are not needed."""
    quiz: Callable[[str], Quiz]

    @property
    def minutes(self) -> int:
        """How long the manual takes."""
        return round(self.manual.hours * 60)

    def fitted(self, changes: Changes) -> Syllabus:
        """The same for a learner whose cohort has hidden or replaced questions."""
        if not changes:
            return self
        return Syllabus(self.manual, lambda one: fit_module(self.module(one), changes), self.quiz)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is still to do: so much is there of so much.

    Codes: `opened` (not yet), `questions` (in its text, answered), `quiz` (not passed; permille,
    with the pass mark), `ending` (of a played case), `minutes` (attended), `sat` (the final
    examination, never), `score` (of it, permille), `critical` (questions of it that must be
    right and were not), `changed` (no longer in the course).
    """

    code: str
    have: int = 0
    need: int = 1


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a record asks for: met, or what is missing of it."""

    code: str
    """`module`, `case`, `attendance` or `final`."""
    id: str
    """Of the activity; of the manual for attendance."""
    title: str
    lacks: tuple[Lack, ...] = ()

    @property
    def met(self) -> bool:
        return not self.lacks

    @property
    def key(self) -> str:
        """Names it in an override: `module:tip-basic/elements`."""
        return f"{self.code}:{self.id}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one learner stands before one kind of record of one manual."""

    kind: str
    manual: str
    requirements: tuple[Requirement, ...]

    @property
    def missing(self) -> tuple[Requirement, ...]:
        return tuple(one for one in self.requirements if not one.met)

    @property
    def qualifies(self) -> bool:
        return bool(self.requirements) and not self.missing


def kinds_of(manual: Manual) -> tuple[str, ...]:
    """The kinds of record that a manual can end in."""
    return KINDS if manual.test("final") else (COMPLETION,)


def standing(kind: str, syllabus: Syllabus, document: Document, rules: Rules) -> Standing:
    """What a learner's document has and lacks for a record under the academy's rules."""
    found: list[Requirement] = []
    if kind == COMPLETION or rules.completion_first:
        found += _activities(syllabus, document)
        found += _attendance(syllabus, document, rules)
    if kind == ACHIEVEMENT:
        found += _final(syllabus, document, rules)
    return Standing(kind, syllabus.manual.id, tuple(found))


def _activities(syllabus: Syllabus, document: Document) -> Iterator[Requirement]:
    for entry in required_of(syllabus.manual):
        code = "case" if entry.is_case else "module"
        module = syllabus.module(entry.id)
        how_far = module_progress(module, document)
        passes = syllabus.quiz(module.quiz).pass_mark if how_far.has_quiz and \
            not how_far.is_played else 0
        yield Requirement(code, entry.id, entry.title, tuple(_lacks(how_far, passes)))


def required_of(manual: Manual) -> list[Entry]:
    """The modules and cases that a manual requires."""
    asked = {EVERY_MODULE: False, EVERY_CASE: True}
    wanted = [asked[one] for one in manual.requires if one in asked]
    return [one for one in manual.entries if not one.is_test and one.is_case in wanted]


def _lacks(how_far: ModuleProgress, pass_mark: float) -> Iterator[Lack]:
    if how_far.done:
        return
    if how_far.is_played:
        yield Lack("ending")
        return
    if not how_far.started:
        yield Lack("opened")
    if how_far.checks_done < how_far.checks:
        yield Lack("questions", how_far.checks_done, how_far.checks)
    if how_far.has_quiz and not how_far.passed:
        yield Lack("quiz", permille(how_far.best), round(pass_mark * 1000))


def permille(attempt: Attempt | None) -> int:
    """The share of an attempt's score, rounded down: 79.96 % is not yet 80."""
    if attempt is None or attempt.summary is None:
        return 0
    return int(attempt.summary["score"] * 1000 / max(attempt.summary["of"], 1) + 1e-6)


def _attendance(syllabus: Syllabus, document: Document, rules: Rules) -> Iterator[Requirement]:
    need = needed_minutes(syllabus, rules)
    if not need:
        return
    have = attended_minutes(document, syllabus.manual.id)
    lacks = (Lack("minutes", have, need),) if have < need else ()
    yield Requirement("attendance", syllabus.manual.id, syllabus.manual.title, lacks)


def needed_minutes(syllabus: Syllabus, rules: Rules) -> int:
    """How much of the manual's hours has to be attended."""
    return -(-syllabus.minutes * rules.attendance // 100)


def _final(syllabus: Syllabus, document: Document, rules: Rules) -> Iterator[Requirement]:
    entry = syllabus.manual.test("final")
    if entry is None:
        yield Requirement("final", syllabus.manual.id, syllabus.manual.title, (Lack("changed"),))
        return
    best = module_progress(syllabus.module(entry.id), document).best
    yield Requirement("final", entry.id, entry.title,
                      tuple(_final_lacks(best, needed_permille(syllabus, rules))))


def needed_permille(syllabus: Syllabus, rules: Rules) -> int:
    """The pass mark: the manual's or the academy's, whichever is higher."""
    return max(round(syllabus.manual.pass_mark * 1000), rules.pass_mark * 10)


def _final_lacks(best: Attempt | None, need: int) -> Iterator[Lack]:
    if best is None or best.summary is None:
        yield Lack("sat")
        return
    if permille(best) < need:
        yield Lack("score", permille(best), need)
    if best.summary["missed"]:
        yield Lack("critical", 0, len(best.summary["missed"]))
    elif not best.passed and permille(best) >= need:
        # The mark it was sat under was higher than today's: what was failed stays failed.
        yield Lack("score", permille(best), need)


# Attendance ------------------------------------------------------------------------------

def attend(person: Person, manual_id: str, minutes: int, by: Person) -> Draft:
    """Enter how long a learner attended the course on a manual, beside the sessions that were
    recorded. Raises BadField.

    For the learner's own record. The latest figure counts; the earlier ones stay in the log.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise BadField("minutes", "hours", most=MOST_MINUTES // 60)
    return Draft("attended", manual_id, {"minutes": minutes}, actor=by.id)


def attended_minutes(document: Document, manual_id: str) -> int:
    """How long a learner attended, in all: what sessions recorded, and what was entered by hand
    on top of that."""
    return entered_minutes(document, manual_id) + session_minutes(document, manual_id)


def entered_minutes(document: Document, manual_id: str) -> int:
    """What was entered by hand."""
    return int(value_at(document, "attended", manual_id, default=0))
