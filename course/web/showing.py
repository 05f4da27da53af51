"""What the room is shown of a moment, and what of that finds room on the wall at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from ..core import roomwork
from ..core.casework import Case, Move
from ..core.evidence import Cell, EvidenceFile, Exhibit, Link
from ..core.questions import FreeText, Question
from ..core.roomwork import TELL, Ballot, Stage, Votes
from ..core.scenario import Story
from ..core.sorting import CHANGE, SortAsk, Sorter, Vignette
from .telling import Told, Turn, beginning, panel, turns

LINES, LETTERS = 14, 76
"""How much text of 28 px a wall of 1280 by 720 holds."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A moment as the wall and the trainer's page show it."""

    fits: bool = False
    """Whether what has come and what is asked find room on the wall together."""
    telling: bool = True
    """Whether the wall shows what has come."""
    asking: bool = False
    """Whether the wall shows the choices."""
    hands: Votes = field(default_factory=dict)
    """Those of the last decision."""
    leading: Sequence[str] = ()
    """What most hands are for now."""
    turn: Turn | None = None
    """Of a story: the last move with what came of it."""
    scenes: Sequence[Told] = ()
    panel: Mapping[str, Any] = field(default_factory=dict)
    """What stands beside it for a learner (`telling.panel`)."""
    hidden: Sequence[tuple[str, int]] = ()
    """For the trainer, the variables that learners do not see and that are no longer as they
    were at the start."""
    vignette: SortAsk | None = None
    last: Move | None = None
    """Of a sorter: the last answer, the vignette it was about, whether a fact had changed."""
    before: Vignette | None = None
    was_changed: bool = False
    file: File | None = None


@dataclass(frozen=True, slots=True)
class File:
    """Where the room is in an evidence file."""

    n: int
    places: Sequence[tuple[str, str, bool]]
    """Everything to go to: its id, its title, whether the room has done it."""
    previous: str
    following: str
    exhibit: Exhibit | None
    question: Question | None
    answer: Any
    """What the room answered to the question."""
    marks: Mapping[Cell, str]
    key: Sequence[tuple[str, str, Link]]
    """What the exhibit does, cell by cell: suspect, element, link."""
    left: int
    """What is missing before the file can be closed."""

    @property
    def is_note(self) -> bool:
        return isinstance(self.question, FreeText)


def shown(case: Case, path: Sequence[Move], stage: Stage, ballot: Ballot | None,
          votes: Sequence[Votes]) -> Shown:
    """What is shown of a moment. `votes` are those of the last decision, before and after the
    room talked."""
    if isinstance(case, Story):
        found = _story(case, path, ballot)
    elif isinstance(case, Sorter):
        found = _sorter(case, path)
    else:
        assert isinstance(case, EvidenceFile)
        found = _evidence(case, path, stage)
    telling = stage.phase == TELL
    return replace(
        found, telling=telling or found.fits,
        asking=ballot is not None and (found.fits or not telling),
        hands=next((one for one in reversed(votes) if one), {}),
        leading=roomwork.leading(ballot, stage.now or stage.first) if ballot else ())


def _story(case: Story, path: Sequence[Move], ballot: Ballot | None) -> Shown:
    told = turns(case, path)
    last = told[-1] if told else None
    scenes = last.scenes if last else beginning(case, path)
    where = case.where(path)
    changed = [(name, where.numbers.get(name, 0)) for name, at_first in case.variables.items()
               if name not in case.shown and where.numbers.get(name, 0) != at_first]
    return Shown(turn=last, scenes=scenes, panel=panel(case, where), hidden=changed,
                 fits=_lines(last, scenes, ballot) <= LINES)


def _lines(last: Turn | None, scenes: Sequence[Told], ballot: Ballot | None) -> float:
    """About how many lines of the wall it takes."""
    texts = [html for one in scenes for html in one.html]
    if last:
        texts += [last.reply, last.option.text if last.option else ""]
    lines = sum(map(_height, texts)) + 1.6 * len(scenes)
    if ballot:
        lines += 1.5 + sum(0.7 + _height(one.text) for one in ballot.lines)
    return lines


def _height(html: str) -> int:
    return -(-len(Markup(html).striptags()) // LETTERS)


def _sorter(case: Sorter, path: Sequence[Move]) -> Shown:
    """A verdict stands alone until the trainer goes on."""
    last = path[-1] if path else None
    before = case.vignette(last.ask.removesuffix(CHANGE)) if last else None
    return Shown(vignette=case.ask(path), last=last, before=before, fits=last is None,
                 was_changed=bool(last and last.ask.endswith(CHANGE)))


def _evidence(case: EvidenceFile, path: Sequence[Move], stage: Stage) -> Shown:
    order = roomwork.places(case)
    at = order.index(stage.place) if stage.place in order else 0
    question = case.question(order[at])
    answers = {one.ask: one.response for one in path}
    return Shown(fits=question is not None, file=File(
        n=at + 1, places=_places(case, path), previous=order[at - 1] if at else "",
        following=order[at + 1] if at + 1 < len(order) else "",
        exhibit=None if question else case.exhibits[at], question=question,
        answer=answers.get(order[at]), marks=case.marks(path), key=_key(case, order[at]),
        left=case.missing(path)))


def _key(case: EvidenceFile, exhibit: str) -> list[tuple[str, str, Link]]:
    suspects = {one.id: one.label for one in case.suspects}
    elements = {one.id: one.label for one in case.elements}
    return [(suspects[suspect], elements[element], link)
            for (of, suspect, element), link in case.links.items()
            if of == exhibit and suspect in suspects and element in elements]


def _places(case: EvidenceFile, path: Sequence[Move]) -> list[tuple[str, str, bool]]:
    done = {exhibit for exhibit, _, _ in case.marks(path)} | {one.ask for one in path}
    titled = [(one.id, one.title) for one in case.exhibits]
    titled += [(one.id, Markup(one.prompt).striptags()) for one in case.charge]
    return [(name, title, name in done) for name, title in titled]
