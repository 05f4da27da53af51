"""A try at a story as a page tells it: what was read, done and answered, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..core import debrief
from ..core.activity import TrainerNote
from ..core.casework import Move
from ..core.interview import TRUST, manner
from ..core.questions import Choice
from ..core.scenario import Story
from ..core.scenes import WHY, Ask, Option, Scene, Where
from ..core.scoring import Attempt, shuffled


@dataclass(frozen=True, slots=True)
class Told:
    """A scene as it was entered."""

    scene: Scene
    html: tuple[str, ...]
    notes: tuple[TrainerNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One move and what came of it."""

    n: int
    option: Option | None
    """None where reasons were given."""
    reply: str
    reasons: tuple[Choice, ...] = ()
    scenes: tuple[Told, ...] = ()


def entered(story: Story, where: Where) -> tuple[Told, ...]:
    """The scenes that a move led into, with what holds there and then."""
    told = []
    for scene_id in where.entered:
        scene = story.scene(scene_id)
        html = tuple(one.html for one in scene.passages
                     if one.html and one.when.holds(where.numbers))
        notes = tuple(one.note for one in scene.passages if one.note)
        told.append(Told(scene, html, notes))
    return tuple(told)


def turns(story: Story, path: Sequence[Move]) -> list[Turn]:
    """The moves of a path as they were seen, from the first."""
    told = []
    for n, beat in enumerate(story.beats(path), start=1):
        reasons: tuple[Choice, ...] = ()
        if beat.move.ask.endswith(WHY):
            step = story.scene(beat.before.scene).step
            reasons = tuple(one for one in (step.reasons if step else ())
                            if one.id in beat.move.response)
        told.append(Turn(n, beat.option, beat.reply, reasons, entered(story, beat.after)))
    return told


def beginning(story: Story, path: Sequence[Move]) -> tuple[Told, ...]:
    """The scenes before the first move; none when the try began with the written exercise."""
    first = next(story.beats(path), None)
    if first is not None and first.option is None and not first.move.ask.endswith(WHY):
        return ()
    return entered(story, first.before if first else story.opening())


def offered(ask: Ask, attempt: Attempt) -> list[Option]:
    """The choices of a step, in an order that is this try's own."""
    by_id = {one.id: one for one in ask.options}
    order = shuffled([Choice(one.id, "") for one in ask.options], attempt.seed)
    # A turn to the next topic is no question to be weighed: it stands last.
    return sorted((by_id[one.id] for one in order), key=lambda one: one.mark == "go")


def panel(story: Story, where: Where) -> dict[str, Any]:
    """What stands beside a story: what is left, the account so far, what was cared for."""
    if not story.person:
        return {"shown": [(label, where.numbers.get(name, 0))
                          for name, label in story.shown.items()]}
    account = debrief.account(story, where)
    care = [(one, bool(where.numbers.get(one.id))) for one in story.care_of(where.written)]
    if not account and not care:
        return {}
    spoken = not where.written
    return {"manner": manner(where.numbers.get(TRUST, 0)) if spoken else "", "account": account,
            "care": care}
