"""What holds at a moment of a case, and what a choice changes: the variables of a story."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Numbers = Mapping[str, int]
"""The variables of a story at one moment; yes is 1 and no is 0. What was obtained or done in an
interview stands among them, as 1."""

COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    ">=": operator.ge, "<=": operator.le, "!=": operator.ne,
    ">": operator.gt, "<": operator.lt, "=": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: `days >= 2`. A name that nothing has set is 0."""

    __test__ = False

    name: str
    comparison: str
    number: int

    def holds(self, numbers: Numbers) -> bool:
        return COMPARISONS[self.comparison](numbers.get(self.name, 0), self.number)


@dataclass(frozen=True, slots=True)
class Condition:
    """Tests of which all hold, or all of another group, and so on."""

    groups: tuple[tuple[Test, ...], ...] = ((),)

    def holds(self, numbers: Numbers) -> bool:
        for group in self.groups:  # plain loops: the check asks this a million times
            for test in group:
                if not test.holds(numbers):
                    break
            else:
                return True
        return False

    @property
    def tests(self) -> Iterable[Test]:
        return (test for group in self.groups for test in group)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(test.name for test in self.tests)


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a choice does to one variable: adds to it, or sets it."""

    name: str
    amount: int
    sets: bool = False

    def on(self, number: int) -> int:
        return self.amount if self.sets else number + self.amount


def changed(numbers: Numbers, effects: Iterable[Effect],
            bounds: tuple[int, int] | None) -> dict[str, int]:
    """The variables after the effects, kept between the bounds if there are any.

    Only what an effect adds to is held between them: yes and no are never out of them.
    """
    after = dict(numbers)
    for effect in effects:
        number = effect.on(after.get(effect.name, 0))
        after[effect.name] = min(max(number, bounds[0]), bounds[1]) if bounds else number
    return after
