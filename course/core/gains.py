"""Before the course and after it: what learners who took both of a manual's tests gained.

Only pairs are compared. The tests are parallel forms with questions of their own, so a gain is
one of the class by module, not of one learner in one question. Beside the change stands the
normalised gain of the means, (after − before) / (100 − before): the share of what could still
be learned that was (Hake 1998, American Journal of Physics 66, 64–74).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .activity import Module, Quiz
from .sittings import Sitting

Shares = Mapping[str, float]
"""Per cent right by objective of the test; the whole test stands under `WHOLE`."""

WHOLE = ""


@dataclass(frozen=True, slots=True)
class Gain:
    """One row: a module of the test, or the whole of it."""

    key: str
    title: str
    n: int
    """Learners with both."""
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def normalised(self) -> float | None:
        """Of what was left to learn, the share that was gained; None where nothing was left."""
        left = 100 - self.before
        return self.change / left if left > 1e-9 else None


def shares(sitting: Sitting, quiz: Quiz) -> dict[str, float]:
    """Per cent right in one test, by objective and in all. Questions that have left the file
    count in the whole alone."""
    marks: dict[str, list[float]] = {}
    objectives = {one.id: one.objective for one in quiz.questions}
    for question, given in sitting.answers.items():
        marks.setdefault(WHOLE, []).append(given.score)
        if objectives.get(question):
            marks.setdefault(objectives[question], []).append(given.score)
    return {key: 100 * sum(some) / len(some) for key, some in marks.items()}


def gains(test: Module, pairs: Sequence[tuple[Shares, Shares]]) -> list[Gain]:
    """The whole test first, then module by module; what nobody has in both is left out."""
    rows = ((WHOLE, ""), *test.objectives.items())
    found = (_gain(key, title, pairs) for key, title in rows)
    return [one for one in found if one is not None]


def _gain(key: str, title: str, pairs: Iterable[tuple[Shares, Shares]]) -> Gain | None:
    both = [(before[key], after[key]) for before, after in pairs if key in before and key in after]
    if not both:
        return None
    return Gain(key, title, len(both), sum(before for before, _ in both) / len(both),
                sum(after for _, after in both) / len(both))
