"""A sorter: short vignettes put into classes, the facts that decide, and the changed fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from .activity import Language, Quiz, TrainerNote
from .casework import Case, Item, Move
from .errors import BadResponse, NotDrawn
from .evidence import Named
from .questions import Choice, ChooseAll, ChooseOne, Form
from .scoring import Attempt, draw

CHANGE = "/change"
"""Ends the name of what is asked when one fact has changed."""

CLASS_SHARE, FACTS_SHARE, CHANGE_SHARE = 0.5, 0.25, 0.25
"""What the class, the facts that decide and the class after the change are worth."""


@dataclass(frozen=True, slots=True)
class Vignette:
    """One short scene, the class it belongs to, and what becomes of that when a fact changes."""

    id: str
    title: str
    html: str
    answer: str
    facts: tuple[Choice, ...] = ()
    explanation: str = ""
    change: str = ""
    """The changed fact, as a question."""
    changed_answer: str = ""
    changed_explanation: str = ""
    language: Language = field(default_factory=Language)
    late: bool = False
    line: int = 0
    notes: tuple[TrainerNote, ...] = ()


@dataclass(frozen=True, slots=True)
class SortAsk:
    """What is asked now: the class of a vignette with its facts, or its class after the change."""

    id: str
    vignette: Vignette
    changed: bool
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Sorter(Case):
    """Vignettes and classes."""

    classes: tuple[Named, ...] = ()
    vignettes: tuple[Vignette, ...] = ()
    most: int = 12
    """How many vignettes a try draws."""

    linear: ClassVar[bool] = True

    def vignette(self, vignette_id: str) -> Vignette | None:
        return next((one for one in self.vignettes if one.id == vignette_id), None)

    def drawn(self, history: Iterable[Attempt], seed: str) -> list[str]:
        """The vignettes of a new try, each class among them, those seen least often first."""
        questions = tuple(ChooseOne(one.id, one.title, objective=one.answer)
                          for one in self.vignettes)
        return draw(Quiz(self.id, self.title, questions, draw=self.most), (), history, seed)

    def of(self, drawn: Sequence[str]) -> Sorter:
        """The sorter of one try: the vignettes drawn for it, in their order."""
        found = (self.vignette(one) for one in drawn)
        return replace(self, vignettes=tuple(one for one in found if one))

    # Answering ----------------------------------------------------------------------------

    def asks(self) -> list[SortAsk]:
        """Everything that is asked, in order."""
        of = len(self.vignettes)
        return [SortAsk(one.id + CHANGE * changed, one, changed, n, of)
                for n, one in enumerate(self.vignettes, start=1)
                for changed in (False, True) if one.change or not changed]

    def ask(self, path: Sequence[Move]) -> SortAsk | None:
        """What is to be decided after a path; None when all is done."""
        answered = {one.ask for one in path}
        return next((one for one in self.asks() if one.id not in answered), None)

    def read(self, path: Sequence[Move], ask: str, form: Form) -> Any:
        """A class, and with it the facts that decide: `{"class": …, "facts": […]}`; after the
        change the class alone."""
        asked = self.ask(path)
        if asked is None or asked.id != ask:
            raise NotDrawn(question=ask)
        sent = list(form.get("r", ()))
        if len(sent) != 1:
            raise BadResponse(reason="one-only" if sent else "empty")
        if sent[0] not in {one.id for one in self.classes}:
            raise BadResponse(reason="unknown-choice")
        if asked.changed:
            return sent[0]
        return {"class": sent[0],
                "facts": _facts(asked.vignette).read({"r": list(form.get("facts", ()))})}

    def is_over(self, path: Sequence[Move]) -> bool:
        return self.ask(path) is None

    # Marking ------------------------------------------------------------------------------

    def score(self, path: Sequence[Move], move: Move) -> float | None:
        name, is_changed = _taken(move.ask)
        vignette = self.vignette(name)
        if vignette is None:
            return None
        if is_changed:
            return float(move.response == vignette.changed_answer)
        right = float(move.response["class"] == vignette.answer)
        facts = facts_share(vignette, move.response["facts"])
        return round((CLASS_SHARE * right + FACTS_SHARE * facts) / (CLASS_SHARE + FACTS_SHARE), 4)

    def items(self, path: Sequence[Move]) -> tuple[Item, ...]:
        """Each vignette: its class, the facts that decide, the changed fact."""
        answers = {one.ask: one for one in path}
        return tuple(Item(one.id, self._worth(one, answers)) for one in self.vignettes)

    def _worth(self, vignette: Vignette, answers: Mapping[str, Move]) -> float:
        first, second = answers.get(vignette.id), answers.get(vignette.id + CHANGE)
        before = (self.score((), first) or 0.0) if first else 0.0
        if not vignette.change:
            return before
        after = (self.score((), second) or 0.0) if second else 0.0
        return round((1 - CHANGE_SHARE) * before + CHANGE_SHARE * after, 4)

    def looked_back(self, path: Sequence[Move]) -> list[tuple[Vignette, Move | None, Move | None]]:
        """Each vignette with its answer and the answer after the change."""
        answers = {one.ask: one for one in path}
        return [(one, answers.get(one.id), answers.get(one.id + CHANGE)) for one in self.vignettes]

    def extra(self, path: Sequence[Move]) -> Mapping[str, Any]:
        return {"table": dict(self.confusion(path))}

    def confusion(self, path: Sequence[Move]) -> Counter[str]:
        """How often each class was taken for each: `right>chosen` to a count."""
        return Counter(f"{right}>{chosen}" for right, chosen in self._pairs(path))

    def _pairs(self, path: Sequence[Move]) -> Iterable[tuple[str, str]]:
        for move in path:
            name, is_changed = _taken(move.ask)
            vignette = self.vignette(name)
            if vignette:
                yield ((vignette.changed_answer, move.response) if is_changed
                       else (vignette.answer, move.response["class"]))


def facts_share(vignette: Vignette, chosen: Sequence[str]) -> float:
    """The share of the facts that decide; each one that does not decide costs one."""
    return _facts(vignette).mark(chosen).score or 0.0


def _facts(vignette: Vignette) -> ChooseAll:
    return ChooseAll(vignette.id, vignette.title, choices=vignette.facts)


def _taken(ask: str) -> tuple[str, bool]:
    """The vignette's id in what was asked, and whether a fact had changed."""
    return ask.removesuffix(CHANGE), ask.endswith(CHANGE)
