"""The plan of a session: made from modules, changed before and while it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .activity import Check, Module
from .classroom import HIDDEN, Cohort, clean_name
from .errors import BadField
from .session import CASE, PAUSE, POLL, QUESTION, SECTION, Step

MINUTES_A_QUESTION = 8
"""To read, vote, talk, vote and explain."""
MINUTES_A_POLL = 4

MOST_STEPS = 100
MOST_MINUTES = 600
"""Of one step."""
CHOICES_OF_A_POLL = range(2, 7)


# Making ----------------------------------------------------------------------------------

def plan_of(modules: Sequence[Module], questions: Mapping[str, str], prefix: str = "s"
            ) -> list[Step]:
    """A run sheet from modules and cases: each section with its time, each question that the
    text asks after the section, each played case as one step.

    `questions`: the title to show for each question's key. `prefix` begins the steps' ids.
    """
    steps: list[Step] = []

    def add(kind: str, title: str, minutes: int, ref: str) -> None:
        steps.append(Step(f"{prefix}{len(steps) + 1}", kind, title, minutes, ref))

    for module in modules:
        if module.is_played:
            add(CASE, module.title, module.minutes, module.id)
        for section in module.sections:
            asked = [part.question for part in section.parts if isinstance(part, Check)]
            add(SECTION, section.title, max(section.minutes - len(asked), 1),
                f"{module.id}#{section.slug}")
            for question in asked:
                key = f"{module.quiz}#{question}"
                add(QUESTION, questions.get(key, question), MINUTES_A_QUESTION, key)
    return steps


def question_step(step_id: str, key: str, title: str) -> Step:
    return Step(step_id, QUESTION, title, MINUTES_A_QUESTION, key)


def poll_step(step_id: str, title: str, choices: Iterable[str]) -> Step:
    """A poll of the trainer's own. Raises BadField for `title` and `choices`."""
    offered = []
    for one in choices:
        if one.strip():
            try:
                offered.append(clean_name(one))
            except BadField as error:
                raise BadField("choices", error.reason, most=100) from None
    try:
        title = clean_name(title)
    except BadField as error:
        raise BadField("title", error.reason, most=100) from None
    if len(offered) not in CHOICES_OF_A_POLL:
        raise BadField("choices", "choices", least=CHOICES_OF_A_POLL[0],
                       most=CHOICES_OF_A_POLL[-1])
    return Step(step_id, POLL, title, MINUTES_A_POLL, choices=tuple(offered))


def pause_step(step_id: str, title: str, minutes: int) -> Step:
    return Step(step_id, PAUSE, title, minutes)


# What a cohort has otherwise -------------------------------------------------------------

def for_cohort(plan: Iterable[Step], cohort: Cohort, titles: Mapping[str, str]) -> list[Step]:
    """The plan without the questions that are hidden from a cohort, and with those that are
    asked in the place of others. `titles` as in `plan_of`."""
    kept = []
    for step in plan:
        instead = cohort.questions.get(step.ref, "") if step.kind == QUESTION else ""
        if instead and instead != HIDDEN:
            step = replace(step, ref=instead, title=titles.get(instead, step.title))
        if instead != HIDDEN:
            kept.append(step)
    return kept


# Changing --------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Change:
    """What a form says of one step."""

    place: int
    """Where it should stand; of two with the same, the one that stood first comes first."""
    minutes: int
    stays: bool = True


def changed(plan: Sequence[Step], changes: Mapping[str, Change]) -> list[Step]:
    """The plan in another order, with other times, without what was taken out. A step that the
    form did not know stays where it is."""
    placed = []
    for at, step in enumerate(plan, start=1):
        change = changes.get(step.id, Change(at, step.minutes))
        if change.stays:
            placed.append((change.place, at, replace(step, minutes=change.minutes)))
    return [step for _, _, step in sorted(placed, key=lambda one: one[:2])]


def inserted(plan: Sequence[Step], steps: Sequence[Step], after: str) -> list[Step]:
    """The plan with more steps after one of it; at the end when that one is not there.

    Raises BadField when it would be too long.
    """
    if len(plan) + len(steps) > MOST_STEPS:
        raise BadField("step", "too-many-steps", most=MOST_STEPS)
    ids = [one.id for one in plan]
    at = ids.index(after) + 1 if after in ids else len(plan)
    return [*plan[:at], *steps, *plan[at:]]


# Times -----------------------------------------------------------------------------------

def begins(plan: Sequence[Step]) -> list[int]:
    """The minute of the session at which each step should begin."""
    at, minute = [], 0
    for step in plan:
        at.append(minute)
        minute += step.minutes
    return at


def length(plan: Iterable[Step]) -> int:
    """Minutes of a whole plan."""
    return sum(step.minutes for step in plan)
