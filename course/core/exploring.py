"""A story played through by the machine, to find what nobody can reach.

Plays by chance come first: in a story that is in order they come across everything within
some dozens. Only for what they have missed is every path searched, moments that differ in
nothing that matters taken as one. An interview has more such moments than can be gone through
while somebody waits, so that the search is cut, and says so.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from .casework import Move
from .conditions import Condition, Test
from .interview import KINDS
from .scenario import Story
from .scenes import START, Beat, Option, Where
from .walk import MOST_MOVES, worth

PLAYS = 100
"""Plays by chance before the search, and again after one that was cut."""
MOST_BEATS = 12_000
"""Moves after which the search is cut: about half a second."""

WISH = 3.0
"""How much more a play likes what leads to something missed than what chance makes it like."""

Thing = tuple[str, ...]
"""`("scene", id)`, `("choice", scene, id)` (no scene for those at any time), `("fact", id)`
obtained cleanly, `("care", id)`."""

Way = tuple[Thing, Condition, tuple[Condition, ...]]
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Explored:
    """What playing a story has come to."""

    missed: frozenset[Thing]
    """What no play came across."""
    stuck: frozenset[str]
    """Scenes at which play stands still, though they are no outcomes."""
    cut: bool = False
    """Whether there are paths that were not looked at."""
    plays: int = 0


def explored(story: Story) -> Explored:
    """Play a story until everything in it was met, or nothing is left to try."""
    search = _Search(story)
    search.play(range(PLAYS))
    cut = bool(search.missed) and not search.all()
    if cut:
        search.play(range(PLAYS, 2 * PLAYS))
    return Explored(frozenset(search.missed), frozenset(search.stuck), cut and bool(search.missed),
                    search.plays)


class _Search:
    """What was met so far, and how to go on."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._ahead = scenes_ahead(story)
        self._names = _names(story, self._ahead)
        self._tested = set().union(*self._names.values())
        self._ways = list(_ways(story))
        self._places = _places(story)
        self.missed = set(self._places)
        self.stuck: set[str] = set()
        self.plays = 0
        self._taken: Counter[str] = Counter()

    def _starts(self) -> list[Where]:
        """The first moment of a try, and that of the written exercise."""
        opening = self._story.opening()
        begun = (self._story.beat(opening, Move(START, one.id)) for one in self._story.entries[1:])
        return [opening, *(beat.after for beat in begun if beat)]

    # What is met --------------------------------------------------------------------------

    def _meet(self, where: Where) -> None:
        """A moment: the scenes it was entered by, and what it offers."""
        self.missed.difference_update(("scene", one) for one in (*where.entered, where.scene))
        asked = self._story.ask_at(where)
        if asked:
            self.missed.difference_update(("choice", asked.scene.id, one.id)
                                          for one in asked.options)
            self.missed.difference_update(("choice", "", one.id) for one in asked.aside)
        elif not self._story.scene(where.scene).is_outcome:
            self.stuck.add(where.scene)

    def _follow(self, beat: Beat) -> None:
        """A move: what it obtained and did."""
        if beat.option:
            self.missed.difference_update(
                ("fact", one) for one in beat.gained if one not in beat.after.spoiled)
            self.missed.difference_update(("care", one) for one in beat.option.does)
        self._meet(beat.after)

    # Plays by chance ----------------------------------------------------------------------

    def play(self, seeds: Iterable[int]) -> None:
        """Plays, until nothing is missed any more."""
        starts = self._starts()
        for seed in seeds:
            if not self.missed:
                return
            self.plays += 1
            self._play(starts[seed % 5 == 4 and len(starts) > 1], Random(seed))

    def _play(self, where: Where, chance: Random) -> None:
        """A play that drifts: it likes each variable to grow or to shrink, to ask well or badly,
        to move on or to stay, as chance has it."""
        self._meet(where)
        likes = {name: chance.uniform(-1, 1) for name in sorted(self._tested)}
        likes |= self._wishes(chance)
        care, haste = chance.choice((-1, 0, 1, 4)), chance.uniform(-1, 1)
        for _ in range(MOST_MOVES):
            beats = list(self._story.beats_at(where))
            if not beats:
                return
            beat = max(beats, key=lambda one: (
                self._liked(one, likes) + care * _worth(one) - min(self._taken[_id(one)], 8) / 8
                + haste * (one.after.scene != where.scene) + chance.random()))
            self._taken[_id(beat)] += 1
            self._follow(beat)
            where = beat.after

    def _wishes(self, chance: Random) -> dict[str, float]:
        """What would help to come to something that is missed: one of the conditions before it
        that may hold, and none of those that would lead elsewhere."""
        ways = [way for way in self._ways if way[0] in self.missed]
        if not ways:
            return {}
        _, wanted, unwanted = chance.choice(ways)
        wishes = {test.name: -_sign(test) for one in unwanted for test in one.tests}
        wishes |= {test.name: _sign(test) for test in chance.choice(wanted.groups)}
        return wishes

    @staticmethod
    def _liked(beat: Beat, likes: Mapping[str, float]) -> float:
        before, after = beat.before.numbers, beat.after.numbers
        return sum(like * (after.get(name, 0) - before.get(name, 0))
                   for name, like in likes.items())

    # Every path ---------------------------------------------------------------------------

    def all(self) -> bool:
        """Search until nothing is missed any more. False when the search was cut."""
        facts = {one[1] for one in self.missed if one[0] == "fact"}
        matters = {scene: sorted(names | facts) for scene, names in self._names.items()}
        known: set[Key] = set()
        left = deque(self._starts())
        beats = 0
        while left and self.missed:
            where = left.popleft()
            key = (where.scene, where.used, where.decided, where.written,
                   tuple(where.numbers.get(one, 0) for one in matters[where.scene]))
            if key in known or not self._promises(where):
                continue
            known.add(key)
            self._meet(where)
            for beat in self._story.beats_at(where):
                self._follow(beat)
                left.append(beat.after)
                beats += 1
            if beats > MOST_BEATS:
                return False
        return True

    def _promises(self, where: Where) -> bool:
        """Whether something that is missed may lie ahead."""
        ahead = self._ahead[where.scene]
        return any(not ahead.isdisjoint(self._places[one]) for one in self.missed)


def _id(beat: Beat) -> str:
    return beat.option.id if beat.option else ""


def _worth(beat: Beat) -> float:
    return worth(beat.option, beat.before) if beat.option else 0.0


def _places(story: Story) -> dict[Thing, set[str]]:
    """Everything that a play may come across, and the scenes where it may."""
    everywhere = {scene.id for scene in story.scenes}
    found: dict[Thing, set[str]] = {("scene", one): {one} for one in everywhere}
    found |= {("fact", one.id): set() for one in story.facts}
    found |= {("care", one.id): set() for one in story.care}
    for place, option in _options(story):
        here = {place} if place else everywhere
        found["choice", place, option.id] = here
        given = {("fact", one) for gift in option.gives for one in gift.facts}
        kept = given if option.mark not in KINDS or KINDS[option.mark].clean else set()
        for thing in kept | {("care", one) for one in option.does}:
            found[thing] = found.get(thing, set()) | here
    return found


def _ways(story: Story) -> Iterator[Way]:
    """What stands behind a condition, the condition, and those that are asked before it."""
    for scene in story.scenes:
        before: tuple[Condition, ...] = ()
        for route in scene.routes:
            yield ("scene", route.target), route.when, before
            before = (*before, route.when)
    for place, option in _options(story):
        yield ("choice", place, option.id), option.when, ()
        for gift in option.gives:
            yield from ((("fact", one), gift.when, ()) for one in gift.facts)


def _options(story: Story) -> Iterator[tuple[str, Option]]:
    """Every choice with its scene; no scene for those at any time."""
    for scene in story.scenes:
        yield from ((scene.id, one) for one in (scene.step.options if scene.step else ()))
    yield from (("", one) for one in story.any_time)


def _sign(test: Test) -> float:
    """Whether a test wants a number to be large or small."""
    return WISH if test.comparison in (">", ">=") or (test.comparison, test.number) == ("=", 1) \
        else -WISH


def scenes_ahead(story: Story) -> dict[str, frozenset[str]]:
    """For each scene itself and all that may come after it, whatever the conditions."""
    limits = frozenset[str]().union(*(story.reached_from(one.scene) for one in story.limits))
    ahead = {}
    for scene in story.scenes:
        reached = story.reached_from(scene.id)
        asks = any(story.scene(one).step for one in reached)
        ahead[scene.id] = reached | (limits if asks else frozenset())
    return ahead


def _names(story: Story, ahead: Mapping[str, frozenset[str]]) -> dict[str, set[str]]:
    """For each scene the names on which it depends what comes after it."""
    always = {limit.test.name for limit in story.limits}
    own = {scene.id: {name for route in scene.routes for name in route.when.names}
           for scene in story.scenes}
    for place, option in _options(story):
        own.get(place, always).update(_asked_of(option))
    return {scene: always.union(*(own[one] for one in ahead[scene])) for scene in own}


def _asked_of(option: Option) -> set[str]:
    """The names on which it depends whether a choice is offered and what it obtains."""
    return set(option.when.names).union(*(gift.when.names for gift in option.gives))
