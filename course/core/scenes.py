"""What a story is made of: scenes, steps, choices, and the moments of a try.

`scenario.py` plays them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .activity import Language, TrainerNote
from .casework import Move
from .conditions import ALWAYS, Condition, Effect, Numbers, Test
from .questions import Choice

END = "end"
"""The route out of an outcome, to the debrief."""
START = "/start"
"""What is asked before the first scene, where there is a written exercise to take instead."""
WHY = "/why"
"""Ends the name of what is asked when the reasons of a decision are."""

MARKS: Mapping[str, float] = {"right": 1.0, "defensible": 0.5, "wrong": 0.0}
"""What a decision earns, before its reasons."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What happens or is answered, if the condition holds then."""

    html: str
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Gift:
    """Facts that a question obtains, if the condition holds before it is asked."""

    facts: tuple[str, ...]
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Option:
    """Something the learner can do or say."""

    id: str
    text: str
    mark: str
    """A key of `MARKS`, or the kind of question: a key of `interview.KINDS`."""
    effects: tuple[Effect, ...] = ()
    gives: tuple[Gift, ...] = ()
    does: tuple[str, ...] = ()
    """Lines of care that are done with it."""
    target: str = ""
    """The scene it leads to; empty for the scene's own route."""
    when: Condition = ALWAYS
    """Whether it is offered."""
    repeat: bool = False
    """Whether an offer at any time can be taken more than once."""
    replies: tuple[Reply, ...] = ()
    feedback: str = ""
    myth: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked in a scene."""

    prompt: str
    options: tuple[Option, ...]
    again: bool = False
    """Whether one may ask again in the same scene, until a choice leads out of it."""
    critical: bool = False
    """Whether a try in which this was not decided rightly is not passed."""
    objective: str = ""
    why: str = ""
    """What asks for the reasons."""
    reasons: tuple[Choice, ...] = ()
    explanation: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """Where a scene leads."""

    target: str
    when: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a scene's text, if the condition holds on entering; or a trainer's note."""

    html: str = ""
    when: Condition = ALWAYS
    note: TrainerNote | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene, by its address in the file."""

    id: str
    title: str
    passages: tuple[Passage, ...] = ()
    step: Step | None = None
    routes: tuple[Route, ...] = ()
    language: Language = field(default_factory=Language)
    late: bool = False
    line: int = 0

    @property
    def is_outcome(self) -> bool:
        return any(route.target == END for route in self.routes)


@dataclass(frozen=True, slots=True)
class Limit:
    """What runs out, and the scene that then comes next."""

    test: Test
    scene: str


@dataclass(frozen=True, slots=True)
class Where:
    """A moment of a try: the scene, the variables, and what is waited for."""

    scene: str
    numbers: Numbers
    entered: tuple[str, ...] = ()
    """The scenes that the last move led into: those told in passing, then this one."""
    used: frozenset[str] = frozenset()
    """Ids of the choices that are used up: of this scene, and of those at any time."""
    decided: str = ""
    """The id of a decision whose reasons are still to be given."""
    spoiled: frozenset[str] = frozenset()
    """Facts that a question put into the person's mouth."""
    written: bool = False
    """Whether the written exercise is done instead."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One move of a try as it was seen: where, what was chosen, what came of it."""

    before: Where
    move: Move
    after: Where
    option: Option | None = None
    """None for a start, and for the giving of reasons."""
    reply: str = ""
    gained: tuple[str, ...] = ()
    """Facts that this question obtained for the first time."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What the learner is asked now."""

    id: str
    scene: Scene
    step: Step
    options: tuple[Option, ...] = ()
    """The step's own that are offered, in the order of the file."""
    aside: tuple[Option, ...] = ()
    """Those offered at any time."""
    reasons: tuple[Choice, ...] = ()
    """What is chosen from when the reasons are asked for."""
    decision: Option | None = None
