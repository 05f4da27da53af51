"""What a try at a story is looked back on with: decisions, shares of questions, what was missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .casework import Move
from .interview import KINDS, Care, Fact
from .questions import Choice
from .scenario import Story
from .scenes import MARKS, Beat, Option, Scene, Step, Where


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a try, with the better one beside it."""

    n: int
    scene: Scene
    step: Step
    chosen: Option
    better: Option | None
    """The right one, where it was not chosen and was on offer."""
    given: tuple[Choice, ...] = ()
    """The reasons that were given."""
    lacking: tuple[Choice, ...] = ()
    """Those that decide and were not given."""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of an interview."""

    n: int
    option: Option
    spoiled: tuple[Fact, ...] = ()
    """The facts that it put into the person's mouth."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What an interview came to."""

    asked: tuple[Asked, ...]
    clean: tuple[Fact, ...]
    spoiled: tuple[Fact, ...]
    missed: tuple[Fact, ...]
    done: tuple[Care, ...]
    not_done: tuple[Care, ...]

    @property
    def kinds(self) -> Counter[str]:
        """How often each kind of question was asked; care and turns are not counted."""
        return Counter(one.option.mark for one in self.asked)

    @property
    def recommended(self) -> float:
        """The share of open and probing questions; 0 when nothing was asked."""
        kinds = self.kinds
        return (kinds["open"] + kinds["probing"]) / kinds.total() if kinds else 0.0

    @property
    def harmful(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.asked if KINDS[one.option.mark].harmful)


def decisions(story: Story, path: Sequence[Move]) -> list[Decision]:
    """The decisions of a try, first to last, each with its reasons."""
    beats = list(story.beats(path))
    scores = {item.id: item.score or 0.0 for item in story.items(path)}
    found = []
    for n, beat in enumerate(beats, start=1):
        if beat.option is None or beat.option.mark not in MARKS:
            continue
        scene = story.scene(beat.before.scene)
        assert scene.step, "a decision is taken at a step"
        given = beats[n].move.response if beat.after.decided and n < len(beats) else ()
        reasons = scene.step.reasons if beat.after.decided else ()
        found.append(Decision(
            n, scene, scene.step, beat.option, _better(scene.step, beat),
            tuple(one for one in reasons if one.id in given),
            tuple(one for one in reasons if one.right and one.id not in given),
            scores.get(f"{n}:{scene.id}", 0.0)))
    return found


def _better(step: Step, beat: Beat) -> Option | None:
    right = (one for one in step.options
             if one.mark == "right" and one.when.holds(beat.before.numbers))
    better = next(right, None)
    return better if better is not None and better.id != (beat.option and beat.option.id) else None


def talk(story: Story, path: Sequence[Move]) -> Talk:
    """What an interview came to."""
    beats = list(story.beats(path))
    facts = {one.id: one for one in story.facts}
    where = beats[-1].after if beats else story.opening()
    asked = []
    for n, beat in enumerate(beats, start=1):
        kind = KINDS.get(beat.option.mark) if beat.option else None
        if beat.option and kind and kind.credit is not None:
            spoiled = () if kind.clean else tuple(facts[one] for one in beat.gained
                                                  if one in facts)
            asked.append(Asked(n, beat.option, spoiled))
    known, care = story.facts_of(where.written), story.care_of(where.written)
    return Talk(
        tuple(asked),
        tuple(one for one in known if story.has_clean(where, one.id)),
        tuple(one for one in known if one.id in where.spoiled),
        tuple(one for one in known if not where.numbers.get(one.id)),
        tuple(one for one in care if where.numbers.get(one.id)),
        tuple(one for one in care if not where.numbers.get(one.id)))


def taught(story: Story, path: Sequence[Move]) -> list[Scene]:
    """The scenes of a try whose steps say what the law asks and what would have been better."""
    visited = dict.fromkeys(beat.before.scene for beat in story.beats(path))
    scenes = (story.scene(one) for one in visited)
    return [one for one in scenes if one.step and one.step.explanation]


def account(story: Story, where: Where) -> list[tuple[Fact, bool]]:
    """What the person has told so far, as the interviewer has it: each fact, and whether it was
    told. What a question has spoiled looks no different before the debrief."""
    return [(one, bool(where.numbers.get(one.id))) for one in story.facts_of(where.written)]
