"""C: stories, which are scenarios and interviews: marks, variables, facts and care."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.interview import FATIGUE, KINDS, TRUST
from ..blocks import Block
from ..casefile import CARE, FACTS, CaseFile, StepText
from ..casemaking import DECISIONS
from ..problem import nearest
from ..rows import Effects, Row, condition_of, effects_of, numbers_of
from .cases import choices
from .material import Material
from .rule import Spots, at, rule

CHOICES, REASONS = 3, 4
"""What a decision has at least."""

_OWN = (TRUST, FATIGUE)
"""Variables that every interview has."""


@rule("C15", "error")
def unknown_mark(course: Material) -> Spots:
    """The mark of a choice means nothing.

    In a scenario it is `(x)` right, `(~)` defensible or `( )` wrong; in an interview the kind of
    what is said, such as `(open)` or `(leading)`, or one of these. The message names the
    nearest.
    """
    for name, case in stories(course):
        known = [*DECISIONS, *(KINDS if case.kind == "interview" else ())]
        for row in choices(case):
            if row.mark not in known:
                yield at(name, row.line, mark=row.mark, nearest=nearest(row.mark, known))


@rule("C16", "error")
def unreadable_effect(course: Material) -> Spots:
    """What stands in the braces of a choice cannot be read, so none of it has an effect.

    `days-2`, `told=yes`, `-> scene`, `when days>=2`, `repeat`, in an interview also `gives fact`
    and `does care`; between two of them a semicolon.
    """
    for name, case in stories(course):
        for row in choices(case):
            try:
                effects_of(row.effects)
            except ValueError as error:
                yield at(name, row.line, text=str(error))


@rule("C17", "error")
def unreadable_condition(course: Material) -> Spots:
    """A condition cannot be read, so it always holds.

    `days>=2`, `days<3`, `told`, `not told`, joined by `and` and `or`, without brackets.
    """
    for name, case in stories(course):
        for text, line in _conditions(case):
            try:
                condition_of(text)
            except ValueError as error:
                yield at(name, line, text=str(error))


@rule("C18", "error")
def undeclared(course: Material) -> Spots:
    """A name in an effect, a condition, `shown` or `limits` is not declared, so it is always 0.

    Variables stand with their first value under `variables:` in the header; in an interview the
    ids of facts and of care count as well. The message names the nearest.
    """
    for name, case in stories(course):
        known = _declared(case)
        for word, line in _names(case):
            if word not in known:
                yield at(name, line, word=word, nearest=nearest(word, known))


@rule("C19", "error")
def no_value(course: Material) -> Spots:
    """A variable begins with something that is neither a whole number nor yes or no; it is 0.

    `days: 6`, `told: no`.
    """
    for name, case in stories(course):
        variables = case.header.mapping("variables")
        for key in numbers_of(variables)[1]:
            yield at(name, case.header.line(f"variables.{key}"), word=key, value=variables[key])


@rule("C20", "warning")
def unused_variable(course: Material) -> Spots:
    """Nothing asks for a variable: no condition, no limit, and learners do not see it.

    Let an earlier choice matter by it later, or delete it.
    """
    for name, case in stories(course):
        used = {word for word, _ in _asked_for(case)} | set(_OWN)
        for key in case.header.mapping("variables"):
            if key not in used:
                yield at(name, case.header.line(f"variables.{key}"), word=key)


@rule("C21", "error")
def interview_lacks(course: Material) -> Spots:
    """The header of an interview lacks who is asked, in what role, or how they are at the start.

    `person: Ms N.`, `role: victim`, `variables: {trust: 3, fatigue: 1}`.
    """
    for name, case in stories(course):
        if case.kind != "interview":
            continue
        for key in ("person", "role"):
            if not case.header.text(key):
                yield at(name, case.header.line(key), key=key)
        for key in _OWN:
            if key not in case.header.mapping("variables"):
                yield at(name, case.header.line("variables"), key=f"variables: {key}")


@rule("C22", "error")
def unknown_fact(course: Material) -> Spots:
    """A choice gives a fact that there is not.

    Facts are listed under `{#facts}`; the message names the nearest.
    """
    for name, case in stories(course):
        known = case.listed(FACTS)
        for row in choices(case):
            for fact in (one for facts, _ in effects(row).gives for one in facts):
                if fact not in known:
                    yield at(name, row.line, fact=fact, nearest=nearest(fact, known))


@rule("C23", "error")
def unknown_care(course: Material) -> Spots:
    """A choice does a line of care that there is not.

    Lines of care are listed under `{#care}`; the message names the nearest.
    """
    for name, case in stories(course):
        known = case.listed(CARE)
        for row in choices(case):
            for care in effects(row).does:
                if care not in known:
                    yield at(name, row.line, care=care, nearest=nearest(care, known))


@rule("C24", "error")
def care_not_done(course: Material) -> Spots:
    """No choice does a line of care, so everybody misses it.

    Put `does` and its id among the effects of a choice, or delete the line.
    """
    for name, case in stories(course):
        done = {care for row in choices(case) for care in effects(row).does}
        for care, row in case.listed(CARE).items():
            if care not in done:
                yield at(name, row.line, care=care)


@rule("C25", "error")
def fact_without_words(course: Material) -> Spots:
    """A fact does not say in whose words it is learnt, so its topic would stand there.

    `- debt: What she owed | "Three thousand, each of us."`
    """
    for name, case in stories(course):
        for fact, row in case.listed(FACTS).items():
            if " | " not in row.text:
                yield at(name, row.line, fact=fact)


@rule("C26", "error")
def not_one_right(course: Material) -> Spots:
    """A decision has not exactly one right choice, or fewer than three; or a step offers nothing.

    Mark one with `(x)`; what is better under some conditions only is `(~)`.
    """
    for name, case in stories(course):
        for step in _steps(case):
            marks = [row.mark for row in step.chunk.rows]
            decides = all(mark in DECISIONS for mark in marks)
            if decides and (marks.count("x") != 1 or len(marks) < CHOICES):
                yield at(name, step.line, right=marks.count("x"), count=len(marks), least=CHOICES)


@rule("C27", "error")
def few_reasons(course: Material) -> Spots:
    """The reasons of a decision are fewer than four, or none of them is right.

    Two or three right ones, `- [x]`, among irrelevant ones and myths, `- [ ]`.
    """
    for name, case in stories(course):
        for step in _steps(case):
            right = sum(row.mark in ("x", "X") for row in step.chunk.reasons)
            if step.chunk.why_line and (not right or len(step.chunk.reasons) < REASONS):
                yield at(name, step.chunk.why_line, right=right, count=len(step.chunk.reasons),
                         least=REASONS)


@rule("C28", "warning")
def nothing_instead(course: Material) -> Spots:
    """A sensitive story offers nothing to those who would rather not play it.

    Write a short exercise in a scene of its own at the end of the file, and name it in the
    header: `instead: written`.
    """
    for name, case in stories(course):
        gate = next((part for part in case.source.opening
                     if isinstance(part, Block) and part.kind == "sensitive"), None)
        if gate and not case.header.text("instead"):
            yield at(name, gate.line)


@rule("C29", "error")
def no_question_gives(course: Material) -> Spots:
    """A step of care, a turn or a decision gives a fact.

    Facts are obtained by questions; what comes without one would count as the person's own
    words. Put one into the case, `(open)`, `(probing)` or `(closed)`.
    """
    for name, case in stories(course):
        for row in choices(case):
            kind = KINDS.get(row.mark)
            if (kind is None or kind.credit is None) and effects(row).gives:
                yield at(name, row.line, mark=row.mark)


def stories(course: Material) -> Iterator[tuple[str, CaseFile]]:
    return ((name, case) for name, case in course.cases.items() if case.is_story)


def effects(row: Row) -> Effects:
    """What a choice does; nothing where that cannot be read."""
    try:
        return effects_of(row.effects)
    except ValueError:
        return Effects()


def _steps(case: CaseFile) -> Iterator[StepText]:
    return (scene.step for scene in case.scenes if scene.step)


def _conditions(case: CaseFile) -> Iterator[tuple[str, int]]:
    """Every condition that does not stand among effects, with its line."""
    for scene in case.scenes:
        yield from ((block.title, block.line) for block in scene.blocks if block.kind == "if")
        yield from ((route.when, route.line) for route in scene.routes)
    for row in choices(case):
        yield from ((reply.when, reply.line) for reply in row.replies)


def _declared(case: CaseFile) -> set[str]:
    own = _OWN if case.kind == "interview" else ()
    return {*case.header.mapping("variables"), *case.listed(FACTS), *case.listed(CARE), *own}


def _names(case: CaseFile) -> Iterator[tuple[str, int]]:
    """Every name that a story uses, with its line."""
    yield from _asked_for(case)
    for row in choices(case):
        yield from ((change.name, row.line) for change in effects(row).changes)


def _asked_for(case: CaseFile) -> Iterator[tuple[str, int]]:
    """The names that conditions, limits and the panel ask for."""
    for key in ("shown", "limits"):
        yield from ((name, case.header.line(f"{key}.{name}")) for name in case.header.mapping(key))
    for text, line in _conditions(case):
        try:
            yield from ((name, line) for name in sorted(condition_of(text).names))
        except ValueError:
            continue
    for row in choices(case):
        found = effects(row)
        for condition in (found.when, *(when for _, when in found.gives)):
            yield from ((name, row.line) for name in sorted(condition.names))
