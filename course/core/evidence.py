"""An evidence file: exhibits set against elements and suspects, then the charge.

A cell says what one exhibit does for one element of the case against one suspect. What is
neither in the key nor marked by the learner does not count: most cells of a real matrix are
empty, and leaving all of them empty must earn nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .activity import Language, TrainerNote
from .casework import Case, Item, Move, require_drawn
from .errors import BadResponse
from .questions import Form, Question

NOTHING = "nothing"
MARKS = ("proves", "supports", "contradicts", "inadmissible", NOTHING)
FORMS = ("statement", "chat", "ledger", "document", "photo", "bank", "map")
"""What exhibits look like."""

NEAR = frozenset({"proves", "supports"})
"""Marks between which able people differ: one for the other earns half."""

Cell = tuple[str, str, str]
"""Ids of an exhibit, a suspect and an element."""


@dataclass(frozen=True, slots=True)
class Named:
    """An element or a suspect: its id, its name, and what is said beside it."""

    id: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One exhibit, readable as the thing it is."""

    id: str
    title: str
    html: str
    form: str = "document"
    language: Language = field(default_factory=Language)
    late: bool = False
    notes: tuple[TrainerNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """What an exhibit does in one cell, and why."""

    marks: tuple[str, ...]
    """The best first; any other earns half."""
    reason: str = ""

    @property
    def best(self) -> str:
        return self.marks[0]

    def credit(self, mark: str) -> float:
        """What a mark earns in this cell."""
        if mark == self.best:
            return 1.0
        near = self.best in NEAR and mark in NEAR
        return 0.5 if near or mark in self.marks else 0.0


@dataclass(frozen=True, slots=True)
class EvidenceFile(Case):
    """Exhibits, a grid of elements and suspects, and the charge."""

    exhibits: tuple[Exhibit, ...] = ()
    elements: tuple[Named, ...] = ()
    suspects: tuple[Named, ...] = ()
    links: Mapping[Cell, Link] = field(default_factory=dict)
    charge: tuple[Question, ...] = ()
    charge_html: str = ""
    """What is said before the questions of the charge."""

    # Answering ----------------------------------------------------------------------------

    @property
    def asks(self) -> tuple[str, ...]:
        """Everything that can be answered: the cells of an exhibit for a suspect, the charge."""
        cells = (f"{exhibit.id}/{suspect.id}" for exhibit in self.exhibits
                 for suspect in self.suspects)
        return (*cells, *(one.id for one in self.charge))

    def read(self, path: Sequence[Move], ask: str, form: Form) -> Any:
        require_drawn(self.asks, ask)
        question = self.question(ask)
        if question:
            return question.read(form)
        exhibit, _, suspect = ask.partition("/")
        marks = {one.id: (form.get(f"r.{exhibit}.{suspect}.{one.id}") or [NOTHING])[0]
                 for one in self.elements}
        if any(mark not in MARKS for mark in marks.values()):
            raise BadResponse(reason="unknown-choice")
        return {element: mark for element, mark in marks.items() if mark != NOTHING}

    def sent(self, path: Sequence[Move], form: Form) -> list[Move]:
        """The moves in a form that may hold many cells: those that change something.

        Raises BadResponse.
        """
        named = {"/".join(name.split(".")[1:3]) for name in form if name.count(".") == 3}
        before = {one.ask: one.response for one in path}
        moves = [Move(ask, self.read(path, ask, form)) for ask in self.asks if ask in named]
        return [one for one in moves if one.response != before.get(one.ask, {})]

    def question(self, ask: str) -> Question | None:
        return next((one for one in self.charge if one.id == ask), None)

    def marks(self, path: Sequence[Move]) -> dict[Cell, str]:
        """What the learner has set, cell by cell; empty cells are left out."""
        set_: dict[Cell, str] = {}
        for move in path:
            exhibit, _, suspect = move.ask.partition("/")
            if suspect:
                set_.update({(exhibit, suspect, element): mark
                             for element, mark in move.response.items()})
        return set_

    # Marking ------------------------------------------------------------------------------

    def credit(self, cell: Cell, mark: str) -> float | None:
        """What a cell earns; None for one that is rightly empty and does not count."""
        link = self.links.get(cell)
        if link and link.best != NOTHING:
            return link.credit(mark)
        return None if mark == NOTHING else 0.0

    def score(self, path: Sequence[Move], move: Move) -> float | None:
        question = self.question(move.ask)
        if question:
            return question.mark(move.response).score
        exhibit, _, suspect = move.ask.partition("/")
        return _mean([self.credit((exhibit, suspect, one.id), move.response.get(one.id, NOTHING))
                      for one in self.elements])

    def missing(self, path: Sequence[Move]) -> int:
        """The questions of the charge without an answer, and the grid if nothing is set in it."""
        answered = {one.ask for one in path}
        left = sum(one.id not in answered for one in self.charge)
        return left + (not self.marks(path))

    def is_over(self, path: Sequence[Move]) -> bool:
        return not self.missing(path)

    def items(self, path: Sequence[Move]) -> tuple[Item, ...]:
        """Each exhibit by its cells, each question of the charge."""
        marks = self.marks(path)
        answers = {one.ask: one.response for one in path}
        return (*(Item(one.id, self._exhibit_score(one, marks)) for one in self.exhibits),
                *(Item(one.id, one.mark(answers[one.id]).score, one.critical, one.objective)
                  for one in self.charge if one.id in answers))

    def _exhibit_score(self, exhibit: Exhibit, marks: Mapping[Cell, str]) -> float:
        credits = [self.credit(cell, marks.get(cell, NOTHING))
                   for cell in self._cells_of(exhibit.id)]
        earned = _mean(credits)
        return 1.0 if earned is None else earned

    def _cells_of(self, exhibit: str) -> Iterator[Cell]:
        return ((exhibit, suspect.id, element.id) for suspect in self.suspects
                for element in self.elements)

    # Looking back -------------------------------------------------------------------------

    def proof(self, marks: Mapping[Cell, str], suspect: str, element: str) -> str:
        """Whether an element can be proved against a suspect with these marks: `yes`, `one`
        exhibit alone proves it, `supported` at best, or `no`."""
        here = [marks.get((exhibit.id, suspect, element), NOTHING) for exhibit in self.exhibits]
        proving, supporting = here.count("proves"), here.count("supports")
        if proving:
            return "yes" if proving + supporting > 1 else "one"
        return "supported" if supporting else "no"

    def unused(self, marks: Mapping[Cell, str]) -> list[Exhibit]:
        """Exhibits that have something to say and of which nothing was made."""
        used = {exhibit for exhibit, _, _ in marks}
        return [one for one in self.exhibits if one.id not in used and any(
            link.best != NOTHING for cell, link in self.links.items() if cell[0] == one.id)]

    def ignored(self, marks: Mapping[Cell, str]) -> list[Cell]:
        """Cells that speak against the case, or that a court would not admit, and were taken
        for something else."""
        return [cell for cell, link in self.links.items()
                if link.best in ("contradicts", "inadmissible")
                and marks.get(cell, NOTHING) not in link.marks]


def _mean(credits: Sequence[float | None]) -> float | None:
    """The mean of what counts; None when nothing does."""
    counted = [one for one in credits if one is not None]
    return round(sum(counted) / len(counted), 4) if counted else None
