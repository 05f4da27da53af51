"""Item analysis: what a class's first answers say about a question, never about a learner.

Classical test theory, small and explicit:

* *Facility* p: the mean score, from 0 to 1; for a question that is right or wrong, the share
  that had it right (Crocker & Algina 1986, ch. 14).
* *Discrimination* r: the correlation of the score with the share right of the other questions
  of the same sitting, so that a question is not compared with itself: the corrected item–total
  or item–rest correlation, point-biserial where the score is 0 or 1 (Henrysson 1963,
  Psychometrika 28, 211–218).
* *Upper–lower index* D: the facility among the best 27 % by those other questions, less that
  among the weakest 27 % (Kelley 1939, Journal of Educational Psychology 30, 17–24). Bands
  of D: Ebel & Frisbie 1991, Essentials of Educational Measurement, 5th ed., ch. 13.
* *Distractors*: how many took each choice, and what share of the two groups did.

People who tie at the border of a group share the places that are left in it, so that the order
in which learners are listed changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from .questions import Choice, Question
from .sittings import First, chosen

GROUP = 0.27
"""Share of learners in the upper and in the lower group (Kelley 1939)."""

FEWEST = 10
"""Answers below which nothing is said of a question: p may be wrong by 30 points by chance
(twice the standard error of a half, 0.5 / √10)."""

FEWEST_TO_TELL = 20
"""Answers below which nothing is said of discrimination and choices: the groups have fewer than
five learners, and r may be wrong by half by chance (twice 1 / √(n − 3))."""

EASY, LOW, HARD = 0.95, 0.60, 0.30
"""Facility from which a question tells nobody apart, below which a class has not got it, and
below which it is hardly more than guessing among four."""

WEAK = 0.20
"""D below which Ebel & Frisbie would have a question revised; r has to be below it as well."""

MORE_IN_UPPER = 2
"""By how many learners more a wrong choice has to be taken in the upper group to be doubted."""


@dataclass(frozen=True, slots=True)
class ChoiceCount:
    """Who took one choice. `upper` and `lower` are shares of the two groups, from 0 to 1."""

    choice: Choice
    count: int
    upper: float = 0.0
    lower: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about a question, and the choice that it is about if there is one.

    Codes, gravest first: `key` (better learners choose another than the key), `negative`
    (better learners have it wrong more often), `hard`, `better-take` (a wrong choice that
    better learners take more), `weak` (hardly tells learners apart), `teach` (the question
    does its work, the class has not got it), `easy`, `dead` (a choice nobody takes). In their
    place `keep`, `too-few`, or `untaught`: before the course most answers are guesses.
    """

    code: str
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """What a class's first answers say about one question."""

    question: Question
    n: int
    facility: float | None
    """None when nobody has answered."""
    r: float | None
    """None when it cannot be worked out: nobody differs, or too few other questions."""
    d: float | None
    compared: int
    """Of the n, how many answered enough other questions to be compared by."""
    group: int
    """Learners in each of the two groups."""
    choices: tuple[ChoiceCount, ...]
    findings: tuple[Finding, ...]
    """Gravest first; never empty."""

    @property
    def verdict(self) -> Finding:
        return self.findings[0]

    @property
    def worst(self) -> ChoiceCount | None:
        """The wrong choice that was taken most; None where nobody took one."""
        wrong = [one for one in self.choices if not one.choice.right and one.count]
        return max(wrong, key=lambda one: one.count, default=None)


def analyse(question: Question, answers: Iterable[First], *, untaught: bool = False) -> Item:
    """Analyse a question over each learner's first answer to it.

    `untaught`: it was asked before the course, where few right answers are no fault.
    """
    given = list(answers)
    scores = [one.given.score for one in given]
    pairs = [(one, one.rest) for one in given if one.rest is not None]
    rests = [rest for _, rest in pairs]
    upper, lower = tails(rests)
    compared = [one.given.score for one, _ in pairs]
    p = sum(scores) / len(scores) if scores else None
    r = correlation(compared, rests)
    d = weighted(compared, upper) - weighted(compared, lower) if pairs else None
    choices = tuple(_counted(question, given, [one for one, _ in pairs], upper, lower))
    group = group_size(len(pairs))
    return Item(question, len(given), p, r, d, len(pairs), group, choices,
                tuple(_findings(p, r, d, len(given), len(pairs), group, choices, untaught)))


def group_size(n: int) -> int:
    """How many learners 27 % of n are, at least one."""
    return max(1, round(GROUP * n)) if n else 0


def tails(values: Sequence[float]) -> tuple[list[float], list[float]]:
    """For each value how far it belongs to the upper and to the lower group, from 0 to 1."""
    size = group_size(len(values))
    return _places(values, size, best_first=True), _places(values, size, best_first=False)


def _places(values: Sequence[float], size: int, *, best_first: bool) -> list[float]:
    """Give out the places of a group; those who tie share what is left."""
    left, share = float(size), {}
    for value, count in sorted(Counter(values).items(), reverse=best_first):
        share[value] = min(1.0, left / count)
        left = max(0.0, left - count)
    return [share[value] for value in values]


def weighted(values: Sequence[float], weights: Sequence[float]) -> float:
    """The mean of values, each counted as far as its weight says."""
    return sum(value * weight for value, weight in zip(values, weights, strict=True)
               ) / sum(weights)


def correlation(ones: Sequence[float], others: Sequence[float]) -> float | None:
    """Pearson's r; None where either does not vary."""
    n = len(ones)
    if n < 2:
        return None
    mean, other_mean = sum(ones) / n, sum(others) / n
    spread = sum((one - mean) ** 2 for one in ones)
    other_spread = sum((other - other_mean) ** 2 for other in others)
    if spread < 1e-12 or other_spread < 1e-12:
        return None
    together = sum((one - mean) * (other - other_mean)
                   for one, other in zip(ones, others, strict=True))
    return max(-1.0, min(1.0, together / sqrt(spread * other_spread)))


def _counted(question: Question, given: Sequence[First], compared: Sequence[First],
             upper: Sequence[float], lower: Sequence[float]) -> Iterable[ChoiceCount]:
    """Each choice of a question that offers some to choose from."""
    if question.kind not in ("one", "all"):
        return
    counts = Counter(one for first in given for one in chosen(first.given.response))
    taken = [chosen(first.given.response) for first in compared]
    for choice in question.choices:
        took = [float(choice.id in one) for one in taken]
        yield ChoiceCount(choice, counts[choice.id],
                          weighted(took, upper) if took else 0.0,
                          weighted(took, lower) if took else 0.0)


def _findings(p: float | None, r: float | None, d: float | None, n: int, compared: int,
              group: int, choices: Sequence[ChoiceCount], untaught: bool) -> Iterable[Finding]:
    """What is to be known, gravest first."""
    if p is None or n < FEWEST or untaught:
        yield Finding("untaught" if untaught and n else "too-few")
        return
    found: list[Finding] = []
    if compared >= FEWEST_TO_TELL and p < EASY and r is not None and d is not None:
        found += _telling(r + standard_error(compared), d, group, choices)
    if p < HARD:
        found.append(Finding("hard"))
    elif p < LOW and not found:
        found.append(Finding("teach"))
    if p >= EASY:
        found.append(Finding("easy"))
    if n >= FEWEST_TO_TELL and p < EASY:
        found += [Finding("dead", one.choice) for one in choices
                  if not one.count and not one.choice.right]
    yield from sorted(found, key=lambda one: GRAVITY.index(one.code)) or [Finding("keep")]


def standard_error(n: int) -> float:
    """How far a correlation of about nothing may be off by chance, once in three times."""
    return 1 / sqrt(n - 3)


def _telling(r_at_best: float, d: float, group: int, choices: Sequence[ChoiceCount]
             ) -> Iterable[Finding]:
    """What the better and the weaker learners did. A question has the benefit of the doubt: one
    standard error above its r is what it is judged by."""
    keys = [one.upper for one in choices if one.choice.right]
    doubtful = [one for one in choices if not one.choice.right
                and (one.upper - one.lower) * group >= MORE_IN_UPPER]
    beyond = [one for one in doubtful if d < 0 and keys and one.upper > min(keys)]
    yield from (Finding("key", one.choice) for one in beyond)
    if r_at_best < 0 and d < 0:
        yield Finding("negative")
    elif r_at_best < WEAK and d < WEAK:
        yield Finding("weak")
    yield from (Finding("better-take", one.choice) for one in doubtful if one not in beyond)


GRAVITY = ("key", "negative", "hard", "better-take", "weak", "teach", "easy", "dead")
"""In which order findings are told."""
