"""What comes next before the room: from slide to slide, vote to vote, step to step.

Everything here is a stage made from a stage; saying it is `session.showed`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .session import (
    CARDS,
    FIRST,
    PHASES,
    POLL,
    QUESTION,
    READ,
    REVEAL,
    TALK,
    VOTES,
    Session,
    Stage,
    Step,
)

MINUTES_TO_TALK = 3
MOST_MINUTES_TO_TALK = 60


@dataclass(frozen=True, slots=True)
class Shape:
    """What the content says of the step before the room."""

    slides: int = 1
    phases: tuple[str, ...] = ()
    """What its question goes through; none where it asks nothing."""


def phases_of(kind: str, *, is_voted: bool = True) -> tuple[str, ...]:
    """What a step goes through. A poll has one vote and no key; a question without choices is
    talked about and answered; everything else has no phases."""
    if kind == QUESTION:
        return PHASES if is_voted else (READ, TALK, REVEAL)
    return (FIRST, REVEAL) if kind == POLL else ()


def entered(session: Session, step: Step, asking: str, now: datetime) -> Stage:
    """The stage on which a step begins. `asking` is used where the step asks and was not asked
    yet; what was asked before is taken up again."""
    if step.kind not in (QUESTION, POLL):
        return Stage(step.id, way=session.stage.way, since=iso(now))
    stage = Stage(step.id, way=session.stage.way, since=iso(now),
                  asking=session.last_asking(step.id) or asking)
    return in_phase(stage, FIRST, now) if step.kind == POLL else stage


def in_phase(stage: Stage, phase: str, now: datetime, minutes: int = MINUTES_TO_TALK) -> Stage:
    """The same step in another phase. Phones may answer while a vote is taken; people talk for
    so many minutes; with the key stands how many chose what."""
    return replace(
        stage, phase=phase, blank=False, spread=phase == REVEAL,
        is_open=phase in VOTES and stage.way != CARDS,
        until=iso(now + timedelta(minutes=minutes)) if phase == TALK else "")


def forward(session: Session, shape: Shape, asking: str, now: datetime,
            minutes: int = MINUTES_TO_TALK) -> Stage:
    """What comes next; at the very end, the same stage."""
    stage, step = session.stage, session.now
    if step and stage.slide + 1 < shape.slides:
        return replace(stage, slide=stage.slide + 1, blank=False)
    if step:
        at = shape.phases.index(stage.phase) if stage.phase in shape.phases else len(shape.phases)
        if at + 1 < len(shape.phases):
            return in_phase(stage, shape.phases[at + 1], now, minutes)
    following = session.beside(stage.step, 1)
    return entered(session, following, asking, now) if following else replace(stage, blank=False)


def backward(session: Session, now: datetime, asking: str) -> Stage:
    """The slide before, else the step before; at the very beginning, the same stage."""
    stage = session.stage
    if stage.slide:
        return replace(stage, slide=stage.slide - 1, blank=False)
    earlier = session.beside(stage.step, -1) if session.now else None
    return entered(session, earlier, asking, now) if earlier else replace(stage, blank=False)


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
