"""A case that is played, as an exercise on paper with its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup, escape

from ..core import onpaper
from ..core.activity import Quiz
from ..core.casework import Case
from ..core.conditions import ALWAYS, Condition, Effect, Test
from ..core.evidence import EvidenceFile
from ..core.onpaper import Way
from ..core.questions import Question
from ..core.roomwork import in_order
from ..core.scenario import Story
from ..core.scenes import Option, Scene
from .asking import Asked, asked

SENTENCES: Mapping[str, Callable[..., str]] = {
    ">=": lambda **values: gettext("%(name)s is %(n)s or more", **values),
    "<=": lambda **values: gettext("%(name)s is %(n)s or less", **values),
    ">": lambda **values: gettext("%(name)s is more than %(n)s", **values),
    "<": lambda **values: gettext("%(name)s is less than %(n)s", **values),
    "=": lambda **values: gettext("%(name)s is %(n)s", **values),
    "!=": lambda **values: gettext("%(name)s is not %(n)s", **values),
}


@dataclass(frozen=True, slots=True)
class Lettered:
    """One choice on paper."""

    letter: str
    option: Option
    ways: Sequence[Way]
    """Empty when one stays in the scene."""

    @property
    def number(self) -> int | None:
        """The scene it leads to whatever has happened before; None when that decides."""
        return self.ways[0].number if len(self.ways) == 1 and self.ways[0].when == ALWAYS else None


@dataclass(frozen=True, slots=True)
class OnPaper:
    """One scene on paper."""

    n: int
    scene: Scene
    choices: Sequence[Lettered]
    ways: Sequence[Way]
    """Of a scene that asks nothing."""


def paper(case: Case, **common: Any) -> str:
    """The page, by the kind of the case."""
    if isinstance(case, Story):
        return render_template("cases/paper_story.html", case=case, words=Words(case),
                               scenes=_scenes(case), always=ALWAYS, **common)
    if isinstance(case, EvidenceFile):
        return render_template("cases/paper_evidence.html", case=case,
                               charge=[_asked(case, one) for one in case.charge], **common)
    return render_template("cases/paper_sort.html", case=case, **common)


def _scenes(case: Story) -> list[OnPaper]:
    """The scenes by number, their choices in an order that does not give the right one away."""
    found = []
    for n, scene in enumerate(case.scenes, start=1):
        options = in_order(scene.step.options, case.id) if scene.step else []
        choices = [Lettered(letter, one, onpaper.ways(case, scene, one))
                   for letter, one in zip(ascii_uppercase, options, strict=False)]
        found.append(OnPaper(n, scene, choices, onpaper.ways(case, scene)))
    return found


def _asked(case: EvidenceFile, question: Question) -> Asked:
    """A question of the charge, to be answered by hand."""
    return asked(Quiz(case.id, case.title, case.charge, language=case.language), question,
                 case.id, None, action="")


class Words:
    """The variables of a story and what is asked of them, in words for the trainer."""

    def __init__(self, case: Story) -> None:
        self._case = case
        self._names = {**case.shown, **{one.id: one.topic for one in case.facts},
                       **{one.id: one.text for one in case.care}}

    def name(self, variable: str) -> Markup:
        """What a variable is called: its own name where learners see it, else its id."""
        known = self._names.get(variable)
        return Markup("<b>{}</b>").format(Markup(known)) if known else Markup(
            '<bdi class="variable">{}</bdi>').format(variable)

    def value(self, variable: str, number: int) -> str:
        if onpaper.is_yes_or_no(self._case, variable):
            return gettext("yes") if number else gettext("no")
        return str(number)

    def effect(self, effect: Effect) -> Markup:
        """“days −2”, “told: yes”."""
        name = self.name(effect.name)
        if effect.sets:
            return Markup("{}: {}").format(name, self.value(effect.name, effect.amount))
        sign = "+" if effect.amount >= 0 else "−"
        return Markup("{} <bdi>{}{}</bdi>").format(name, sign, abs(effect.amount))

    def when(self, condition: Condition) -> Markup:
        """A condition as a sentence without its “if”."""
        either = [Markup(gettext(" and ")).join(self.test(one) for one in group)
                  for group in condition.groups]
        return Markup(gettext(", or ")).join(either)

    def test(self, test: Test) -> Markup:
        """One comparison. Whether something is set reads as a yes or no."""
        name = self.name(test.name)
        flag = (test.name not in self._case.variables
                or onpaper.is_yes_or_no(self._case, test.name))
        if flag and test.number in (0, 1):
            holds = {n for n in (0, 1) if test.holds({test.name: n})}
            if len(holds) == 1:
                return Markup("{}: {}").format(name, gettext("yes") if 1 in holds
                                               else gettext("no"))
        number = Markup("<bdi>{}</bdi>").format(test.number)
        return Markup(SENTENCES[test.comparison](name=escape(name), n=number))
