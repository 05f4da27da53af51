"""Cases played by the machine: for the check, for tests, and for the invented class."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from .casework import Case, Move
from .evidence import MARKS as CELL_MARKS
from .evidence import NOTHING, EvidenceFile
from .interview import KINDS
from .questions import Choice, FreeText
from .scenario import Story
from .scenes import MARKS, Ask, Option, Where
from .sorting import SortAsk, Sorter

MOST_MOVES = 200
"""After so many moves a walk gives up: a case that takes longer has no end."""


def played(case: Case, chance: Random, care: float, note: str = "",
           most: int = MOST_MOVES) -> list[Move]:
    """A try from its beginning: with the chance `care` (0 to 1) each choice is the best there is,
    else any. `note` is what is written where a text is asked for."""
    if isinstance(case, EvidenceFile):
        return _filled(case, chance, care, note)
    path: list[Move] = []
    while len(path) < most and not case.is_over(path):
        path.append(next_move(case, path, chance, care))
    return path


def next_move(case: Case, path: Sequence[Move], chance: Random, care: float) -> Move:
    """One more move of a case that is played step by step."""
    best = chance.random() < care
    if isinstance(case, Sorter):
        ask = case.ask(path)
        assert ask, "a walk goes on until the end"
        return Move(ask.id, _sorted(case, ask, chance, best))
    assert isinstance(case, Story)
    where = case.where(path)
    asked = case.ask_at(where)
    assert asked, "a walk goes on until the end"
    return Move(asked.id, _chosen(asked, where, chance, best))


def _chosen(ask: Ask, where: Where, chance: Random, best: bool) -> Any:
    if ask.reasons:
        right = [one.id for one in ask.reasons if one.right]
        return right if best else [chance.choice(ask.reasons).id]
    offered = [*ask.options, *(one for one in ask.aside if worth(one, where) > 0)]
    if best:
        return max(offered, key=lambda one: (worth(one, where), one.id)).id
    return chance.choice(ask.options).id


def worth(option: Option, where: Where) -> float:
    """How good a choice is by itself, as a careful learner would see it."""
    if option.mark in MARKS:
        return MARKS[option.mark]
    if option.mark not in KINDS:  # a slip of the pen, which the check reports
        return 0.0
    new = any(not where.numbers.get(one) for one in option.does)
    credit = KINDS[option.mark].credit
    if credit is None:  # care comes first while there is some to take; then one asks; then one goes
        return 1.5 if new else 0.0 if option.mark == "care" else 0.2
    gains = any(not where.numbers.get(fact) for gift in option.gives
                if gift.when.holds(where.numbers) for fact in gift.facts)
    return credit + (0.5 if new or (gains and credit) else 0.0)


def _sorted(case: Sorter, ask: SortAsk, chance: Random, best: bool) -> Any:
    vignette = ask.vignette
    right = vignette.changed_answer if ask.changed else vignette.answer
    chosen = right if best else chance.choice(case.classes).id
    if ask.changed:
        return chosen
    facts = [one for one in vignette.facts if one.right] if best else list(vignette.facts[:1])
    return {"class": chosen, "facts": [one.id for one in facts]}


def _filled(case: EvidenceFile, chance: Random, care: float, note: str) -> list[Move]:
    moves = []
    for exhibit in case.exhibits:
        for suspect in case.suspects:
            marks = {element.id: _cell(case, (exhibit.id, suspect.id, element.id), chance, care)
                     for element in case.elements}
            kept = {element: mark for element, mark in marks.items() if mark != NOTHING}
            if kept:
                moves.append(Move(f"{exhibit.id}/{suspect.id}", kept))
    for question in case.charge:
        free = isinstance(question, FreeText)
        right = note if free else question.key() if chance.random() < care else _any(
            question.choices, question.kind, chance)
        moves.append(Move(question.id, right))
    return moves


def _cell(case: EvidenceFile, cell: tuple[str, str, str], chance: Random, care: float) -> str:
    link = case.links.get(cell)
    if chance.random() < care or link is None:
        return link.best if link else NOTHING
    return chance.choice(CELL_MARKS)


def _any(choices: Sequence[Choice], kind: str, chance: Random) -> Any:
    one = chance.choice(choices).id
    return [one] if kind == "all" else one
