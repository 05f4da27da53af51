"""What somebody scores who knows nothing of the subject and picks by looks.

Over a pool's choose-one questions: always the longest choice, always the one with the most
words of caution, always the same place in the file. A pool is fair when none of these
habits does better than chance and ten points. With few questions even a perfect spread
goes past that (two of five), so as many as an even spread gives are always allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from ..quizfile import Asked, Offered
from ..tokens import forms
from .prose import bare

ALLOWANCE = 0.10

CAUTION: Mapping[str, str] = {
    "en": """may, might, can, could, possible, possibly, perhaps, probably, likely, usually,
             often, sometimes, generally, normally, mostly, depends, depending, seem, seems,
             appear, appears, tend, tends, in principle, as a rule, in some, in most,
             at least, not always, not necessarily, if possible, where possible""",
    "fr": """peut, peuvent, pourrait, pourraient, possible, peut être, probablement,
             généralement, souvent, parfois, normalement, habituellement, dépend, semble,
             en principe, en général, au moins, pas toujours, pas nécessairement""",
    "es": """puede, pueden, podría, podrían, posible, posiblemente, quizá, quizás, tal vez,
             probablemente, generalmente, a menudo, a veces, normalmente, depende, parece,
             suele, suelen, en principio, por lo general, al menos, no siempre""",
    "ru": """может, могут, мог бы, можно, возможно, вероятно, обычно, часто, иногда,
             как правило, зависит, кажется, в принципе, по меньшей мере, не всегда,
             не обязательно""",
    "ar": """قد, ربما, يمكن, يحتمل, محتمل, عادة, غالبا, أحيانا, يبدو, يتوقف, من حيث المبدأ,
             على الأقل, ليس دائما""",
    "zh": "可能, 也许, 或许, 通常, 一般, 往往, 有时, 大概, 似乎, 取决于, 原则上, 至少, 不一定",
}
"""Words by which a careful choice gives itself away, by language."""


@dataclass(frozen=True, slots=True)
class Guess:
    """How one habit does on a pool."""

    habit: str
    """`longest`, `careful` or `place`."""
    place: int
    """Which place, from 1; 0 for the other habits."""
    score: float
    """Questions it gets right; one tie of two counts half."""
    of: int
    chance: float
    """Questions that picking blindly gets right."""

    @property
    def pays(self) -> bool:
        """Whether the habit does better than a fair pool lets it."""
        return self.score > max(self.chance + ALLOWANCE * self.of, ceil(self.chance)) + 1e-9


Weigh = Callable[[Offered], int]


def guesses(questions: Sequence[Asked], language: str) -> Iterator[Guess]:
    """Each habit's score on the choose-one questions of a pool."""
    asked = [one for one in questions if one.kind == "one"]
    if not asked:
        return
    chance = sum(1 / len(one.offered) for one in asked)
    yield Guess("longest", 0, _most(asked, _length), len(asked), chance)
    yield Guess("careful", 0, _most(asked, _caution_in(language)), len(asked), chance)
    for place in range(max(len(one.offered) for one in asked)):
        there = [one for one in asked if len(one.offered) > place]
        right = sum(one.offered[place].right for one in there)
        yield Guess("place", place + 1, right, len(there),
                    sum(1 / len(one.offered) for one in there))


def _most(asked: Sequence[Asked], weigh: Weigh) -> float:
    """What picking the choice that weighs most scores; among equals the pick is blind."""
    score = 0.0
    for question in asked:
        weights = [weigh(choice) for choice in question.offered]
        heaviest = [choice for choice, weight in zip(question.offered, weights, strict=True)
                    if weight == max(weights)]
        score += sum(choice.right for choice in heaviest) / len(heaviest)
    return score


def _length(choice: Offered) -> int:
    return len(bare(choice.text))


def _caution_in(language: str) -> Weigh:
    phrases = [" ".join(forms(one))
               for one in CAUTION.get(language.partition("-")[0], "").split(",") if one.strip()]

    def caution(choice: Offered) -> int:
        words = f" {' '.join(forms(bare(choice.text)))} "
        return sum(words.count(f" {phrase} ") for phrase in phrases)

    return caution
