"""C: stories: where they lead, and what nobody can come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...core.exploring import Explored, explored, scenes_ahead
from ...core.scenario import Story
from ...core.scenes import END
from ..casefile import FACTS, CaseFile
from ..casemaking import bare_case, limits_of
from ..problem import nearest
from .cases import beginning
from .material import Material
from .rule import Spots, at, rule
from .stories import effects, stories


@rule("C30", "error")
def unknown_scene(course: Material) -> Spots:
    """A route, a choice, a limit or `instead` leads to a scene that there is not.

    A scene is known by the address of its heading; the message names the nearest.
    """
    for name, case in stories(course):
        for scene, line in _unknown(case):
            yield at(name, line, scene=scene, nearest=nearest(scene, _ids(case)))


@rule("C31", "error")
def unreadable_limit(course: Material) -> Spots:
    """A limit cannot be read, so nothing ever runs out.

    Under `limits:` the variable, a comparison in quotes and a scene: `days: "<=0 -> gone"`.
    """
    for name, case in stories(course):
        read = dict(limits_of(case))
        for key, text, scene in _limits(case):
            limit = read[key]
            if scene in ("", *_ids(case)) and not (limit and limit.test.name == key):
                yield at(name, case.header.line(f"limits.{key}"), text=text)


@rule("C32", "error")
def misplaced_end(course: Material) -> Spots:
    """`-> end` stands in a scene that asks something or leads elsewhere, where it ends nothing.

    An outcome has text and this one route, without a condition. Let the step lead to it.
    """
    for name, case in stories(course):
        for scene in case.scenes:
            for route in scene.routes:
                if route.target == END and (scene.step or route.when or len(scene.routes) > 1):
                    yield at(name, route.line, scene=scene.id)


@rule("C33", "error")
def aside_leads_away(course: Material) -> Spots:
    """A choice at any time leads to a scene, but whoever takes it stays where they are.

    Take the `->` out, or make it a choice of the scenes from which it leads away.
    """
    for name, case in stories(course):
        for row in case.any_time:
            if effects(row).target:
                yield at(name, row.line, text=beginning(row.text))


@rule("C34", "error")
def unreachable(course: Material) -> Spots:
    """No scene leads to this one, whatever is chosen.

    Give it a route, put it behind the scene that it follows, or delete it.
    """
    for name, played in _played(course):
        for scene in played.story.scenes:
            if scene.id not in played.open:
                yield at(name, scene.line, scene=scene.id)


@rule("C35", "error")
def dead_end(course: Material) -> Spots:
    """From here no outcome can be reached: nothing follows, or only a circle.

    Give the scene a route to another, or end the case: `-> end`.
    """
    for name, played in _played(course):
        for scene in played.story.scenes:
            if scene.id in played.dead:
                yield at(name, scene.line, scene=scene.id)


@rule("C36", "error")
def outcome_missed(course: Material) -> Spots:
    """Nobody can come to an outcome: the conditions before it never hold together.

    Every path was tried. Mend the conditions, or let some choice make them true.
    """
    for name, played in _played(course):
        for scene in played.missed_scenes(outcomes=True):
            yield at(name, played.story.scene(scene).line, scene=scene)


@rule("C37", "error")
def scene_missed(course: Material) -> Spots:
    """Nobody can come to a scene: the conditions before it never hold.

    Every path was tried. Mend the conditions, or let some choice make them true.
    """
    for name, played in _played(course):
        for scene in played.missed_scenes(outcomes=False):
            yield at(name, played.story.scene(scene).line, scene=scene)


@rule("C38", "warning")
def never_offered(course: Material) -> Spots:
    """A choice is never offered: its condition never holds where it stands.

    Every path was tried. Mend the condition behind `when`.
    """
    for name, played in _played(course):
        for line, text in played.missed_choices() if not played.found.cut else ():
            yield at(name, line, text=beginning(text))


@rule("C39", "error")
def fact_nowhere(course: Material) -> Spots:
    """A fact is revealed nowhere: on no path does a clean question obtain it.

    Let an open, a probing or a closed question give it, on a path that learners can take.
    """
    for name, played in _played(course):
        for fact in played.missed_facts() if not played.found.cut else ():
            yield at(name, course.cases[name].listed(FACTS)[fact].line, fact=fact)


@rule("C40", "warning")
def not_come_to(course: Material) -> Spots:
    """No play came to this, but there are too many paths to try them all.

    Play towards it yourself; where you cannot get there, mend the conditions before it.
    """
    for name, played in _played(course):
        if not played.found.cut:
            continue
        scenes = (*played.missed_scenes(outcomes=True, cut=True),
                  *played.missed_scenes(outcomes=False, cut=True))
        missed = [(played.story.scene(one).line, one) for one in scenes]
        missed += [(line, beginning(text)) for line, text in played.missed_choices()]
        missed += [(course.cases[name].listed(FACTS)[one].line, one)
                   for one in played.missed_facts()]
        for line, what in missed:
            yield at(name, line, what=what, plays=played.found.plays)


@dataclass(frozen=True, slots=True)
class _Played:
    """A story and what playing it has come to."""

    story: Story
    found: Explored
    open: frozenset[str]
    """The scenes that something leads to, conditions left aside."""
    dead: frozenset[str]
    """Scenes after which no outcome comes."""

    def missed_scenes(self, *, outcomes: bool, cut: bool = False) -> Iterator[str]:
        """Scenes that something leads to and nobody came to."""
        return (scene.id for scene in self.story.scenes
                if scene.id in self.open and self._misses("scene", scene.id)
                and scene.is_outcome == outcomes and self.found.cut == cut)

    def missed_choices(self) -> Iterator[tuple[int, str]]:
        """The lines and texts of choices that are not offered in a scene that was come to."""
        for scene in self.story.scenes:
            if scene.step and not self._misses("scene", scene.id):
                yield from ((one.line, one.text) for one in scene.step.options
                            if self._misses("choice", scene.id, one.id))
        yield from ((one.line, one.text) for one in self.story.any_time
                    if self._misses("choice", "", one.id))

    def missed_facts(self) -> Iterator[str]:
        return (one.id for one in self.story.facts if self._misses("fact", one.id))

    def _misses(self, *thing: str) -> bool:
        return thing in self.found.missed


def _played(course: Material) -> Iterator[tuple[str, _Played]]:
    """The stories that can be played, each played once for as long as its file is the same."""
    for name, case in stories(course):
        played = _play(course, name, case)
        if played:
            yield name, played


def _play(course: Material, name: str, case: CaseFile) -> _Played | None:
    memory = course.shelf.memory

    def make() -> _Played | None:
        memory.uses(name)
        if not case.scenes or any(_unknown(case)):
            return None
        story = bare_case(case)
        assert isinstance(story, Story)
        found = explored(story)
        ahead = scenes_ahead(story)
        led_to = {scene for one in story.entries for scene in ahead[one.id]}
        return _Played(story, found, frozenset(led_to),
                       frozenset(_dead(story, ahead, led_to)) | found.stuck)

    return memory.value(("explored", name), make)


def _dead(story: Story, ahead: Mapping[str, frozenset[str]], led_to: set[str]) -> Iterator[str]:
    """Scenes without an outcome ahead; of those that lead to each other the first, and not those
    that lead on to another dead end."""
    outcomes = {one.id for one in story.scenes if one.is_outcome and one.step is None}
    order = [one.id for one in story.scenes]
    for scene in order:
        if scene in led_to and not ahead[scene] & outcomes:
            circle = all(scene in ahead[one] for one in ahead[scene])
            if circle and scene == min(ahead[scene], key=order.index):
                yield scene


def _ids(case: CaseFile) -> list[str]:
    return [scene.id for scene in case.scenes]


def _unknown(case: CaseFile) -> Iterator[tuple[str, int]]:
    """Every name of a scene that there is not, with its line."""
    known = {*_ids(case), ""}
    return ((scene, line) for scene, line in _named(case) if scene not in known)


def _named(case: CaseFile) -> Iterator[tuple[str, int]]:
    """Every scene that something names, with the line."""
    for scene in case.scenes:
        yield from ((one.target, one.line) for one in scene.routes if one.target != END)
    for row in (*(row for scene in case.scenes for row in scene.rows), *case.any_time):
        yield effects(row).target, row.line
    yield from ((scene, case.header.line(f"limits.{key}")) for key, _, scene in _limits(case))
    yield case.header.text("instead"), case.header.line("instead")


def _limits(case: CaseFile) -> Iterator[tuple[str, str, str]]:
    """Each limit: the variable, what is written, the scene it names."""
    for key, text in case.header.mapping("limits").items():
        yield key, text, text.partition("->")[2].strip()
