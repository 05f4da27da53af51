"""A story on paper: scenes by number, and where each choice leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .conditions import ALWAYS, Condition, Effect
from .scenario import Story
from .scenes import END, Option, Scene


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a choice, if the condition holds by then."""

    number: int
    """Of the scene; 0 for the end of the case."""
    when: Condition = ALWAYS


def ways(story: Story, scene: Scene, option: Option | None = None) -> tuple[Way, ...]:
    """Where a choice leads, or a scene that asks nothing: the first way whose condition holds.

    None for a choice after which one stays in the scene.
    """
    numbers = {one.id: n for n, one in enumerate(story.scenes, start=1)}
    if option and option.target:
        return (Way(numbers[option.target]),)
    if option and scene.step and scene.step.again:
        return ()
    if scene.is_outcome:
        return (Way(0),)
    found = []
    for route in scene.routes:
        if route.target != END:
            found.append(Way(numbers[route.target], route.when))
        if route.when == ALWAYS:
            return tuple(found)
    place = story.scenes.index(scene) + 1
    return (*found, Way(place + 1 if place < len(story.scenes) else place))


def is_yes_or_no(story: Story, name: str) -> bool:
    """Whether a variable is only ever yes or no: nothing adds to it, nothing sets it to more."""
    return story.variables.get(name, 0) in (0, 1) and all(
        one.sets and one.amount in (0, 1) for one in _effects(story) if one.name == name)


def _effects(story: Story) -> Iterator[Effect]:
    for scene in story.scenes:
        for option in scene.step.options if scene.step else ():
            yield from option.effects
    for option in story.any_time:
        yield from option.effects
