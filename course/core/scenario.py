"""Stories that are played: scenarios and interviews.

A try is a path of moves; everything else (where the learner is, what has been told, what is left
of the time) is replayed from the path, so that a crash loses nothing and a trainer sees what the
learner saw. `casework.py` keeps the moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from .casework import Case, Item, Move
from .conditions import ALWAYS, Numbers, changed
from .errors import BadResponse, NotDrawn
from .interview import KINDS, Care, Fact
from .questions import Form
from .scenes import END, MARKS, START, WHY, Ask, Beat, Limit, Option, Scene, Step, Where


@dataclass(frozen=True, slots=True)
class Story(Case):
    """A scenario or an interview."""

    scenes: tuple[Scene, ...] = ()
    variables: Numbers = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    """The variables a learner sees, with their names."""
    limits: tuple[Limit, ...] = ()
    any_time: tuple[Option, ...] = ()
    instead: str = ""
    """The scene where the written exercise begins; empty when there is none."""
    person: str = ""
    """Who is interviewed; empty in a scenario."""
    facts: tuple[Fact, ...] = ()
    care: tuple[Care, ...] = ()
    bounds: tuple[int, int] | None = None
    """Between which an interview keeps trust and fatigue."""

    linear: ClassVar[bool] = True

    @property
    def is_whole(self) -> bool:
        return bool(self.scenes)

    def scene(self, scene_id: str) -> Scene:
        """Raises KeyError."""
        found = next((one for one in self.scenes if one.id == scene_id), None)
        if found is None:
            raise KeyError(scene_id)
        return found

    @property
    def entries(self) -> tuple[Scene, ...]:
        """The scenes where a try can begin: the first, and that of the written exercise."""
        written = [one for one in self.scenes if one.id == self.instead]
        return (*self.scenes[:1], *written)

    # Playing ------------------------------------------------------------------------------

    def opening(self) -> Where:
        """Where a try begins."""
        return self._entering(Where("", dict(self.variables)), self.scenes[0].id)

    def beats(self, path: Sequence[Move]) -> Iterator[Beat]:
        """The path replayed. A move that no longer fits, because its file has changed since,
        is passed over."""
        where = self.opening()
        for move in path:
            beat = self.beat(where, move)
            if beat:
                yield beat
                where = beat.after

    def where(self, path: Sequence[Move]) -> Where:
        """Where a path has led."""
        beats = list(self.beats(path))
        return beats[-1].after if beats else self.opening()

    def ask(self, path: Sequence[Move]) -> Ask | None:
        """What is to be decided after a path; None at an outcome."""
        return self.ask_at(self.where(path))

    def ask_at(self, where: Where) -> Ask | None:
        scene = self.scene(where.scene)
        step = scene.step
        if step is None:
            return None
        if where.decided:
            decision = next(one for one in step.options if one.id == where.decided)
            return Ask(scene.id + WHY, scene, step, reasons=step.reasons, decision=decision)
        return Ask(scene.id, scene, step, self._offered(step.options, where),
                   self._offered(self.any_time, where))

    def _offered(self, options: Sequence[Option], where: Where) -> tuple[Option, ...]:
        return tuple(one for one in options
                     if one.id not in where.used and one.when.holds(where.numbers))

    def begins_at(self, scene: str) -> Move | None:
        """The move that begins at another scene than the first. Raises NotDrawn."""
        if scene in ("", self.scenes[0].id):
            return None
        if scene != self.instead:
            raise NotDrawn(question=scene)
        return Move(START, scene)

    def read(self, path: Sequence[Move], ask: str, form: Form) -> Any:
        """The response in a form's fields: a choice's id, or those of the reasons.

        Raises NotDrawn when something else is asked by now, BadResponse for what is not offered.
        """
        asked = self.ask(path)
        if asked is None or asked.id != ask:
            raise NotDrawn(question=ask)
        sent = list(form.get("r", ()))
        if not sent:
            raise BadResponse(reason="empty")
        if asked.reasons:
            ids = [one.id for one in asked.reasons]
        else:
            ids = [one.id for one in (*asked.options, *asked.aside)]
            if len(sent) > 1:
                raise BadResponse(reason="one-only")
        if any(one not in ids for one in sent):
            raise BadResponse(reason="unknown-choice")
        return [one for one in ids if one in sent] if asked.reasons else sent[0]

    def score(self, path: Sequence[Move], move: Move) -> float | None:
        """What a move earns by itself; None for one that is no decision."""
        beat = self.beat(self.where(path), move)
        if beat is None:
            return None
        if beat.option is None:
            return _share(beat.before, self, move) if move.ask.endswith(WHY) else None
        mark = beat.option.mark
        return MARKS[mark] if mark in MARKS else _credit(beat.option)

    def is_over(self, path: Sequence[Move]) -> bool:
        return self.ask(path) is None

    def items(self, path: Sequence[Move]) -> tuple[Item, ...]:
        """What counts in a try: each decision with its reasons, each question by its kind, each
        fact there is to learn, each line of care."""
        beats = list(self.beats(path))
        end = beats[-1].after if beats else self.opening()
        counted = [*self._decisions(beats), *self._questions(beats)]
        counted += [Item(f"fact:{one.id}", float(self.has_clean(end, one.id)))
                    for one in self.facts_of(end.written)]
        counted += [Item(f"care:{one.id}", float(bool(end.numbers.get(one.id))), one.critical)
                    for one in self.care_of(end.written)]
        return tuple(counted)

    def facts_of(self, written: bool) -> tuple[Fact, ...]:
        """The facts that can be obtained: a written exercise may ask for some of them or none."""
        offered = {fact for option in self._options_of(written) for gift in option.gives
                   for fact in gift.facts}
        return tuple(one for one in self.facts if one.id in offered)

    def care_of(self, written: bool) -> tuple[Care, ...]:
        """The steps of care that can be taken."""
        offered = {one for option in self._options_of(written) for one in option.does}
        return tuple(one for one in self.care if one.id in offered)

    def _options_of(self, written: bool) -> Iterator[Option]:
        """Every choice on the way from the first scene, or from that of the written exercise.

        What is offered at any time counts with the first only: it may not fit the other.
        """
        for scene_id in self.reached_from(self.instead if written else self.scenes[0].id):
            step = self.scene(scene_id).step
            yield from step.options if step else ()
        if not written:
            yield from self.any_time

    def reached_from(self, start: str) -> frozenset[str]:
        """The scenes that a scene can lead to, conditions and limits left aside."""
        reached: set[str] = set()
        following = [start]
        while following:
            scene_id = following.pop()
            if scene_id not in reached:
                reached.add(scene_id)
                following += self._leads_to(self.scene(scene_id))
        return frozenset(reached)

    def _leads_to(self, scene: Scene) -> list[str]:
        targets = [one.target for one in scene.step.options if one.target] if scene.step else []
        targets += [one.target for one in scene.routes if one.target != END]
        always = any(route.when == ALWAYS for route in scene.routes)
        place = self.scenes.index(scene) + 1
        return targets if always or place == len(self.scenes) else [*targets,
                                                                    self.scenes[place].id]

    @staticmethod
    def has_clean(where: Where, fact: str) -> bool:
        """Whether a fact was obtained, and no question put it there first."""
        return bool(where.numbers.get(fact)) and fact not in where.spoiled

    def _decisions(self, beats: Sequence[Beat]) -> Iterator[Item]:
        for n, beat in enumerate(beats):
            option = beat.option
            if option is None or option.mark not in MARKS:
                continue
            worth = MARKS[option.mark]
            reasons = beats[n + 1].move if n + 1 < len(beats) and beat.after.decided else None
            if reasons:
                worth *= (1 + _share(beat.after, self, reasons)) / 2
            step = self._step(beat)
            yield Item(f"{n + 1}:{beat.before.scene}", round(worth, 4),
                       bool(step.critical and option.mark != "right"), step.objective)

    def _step(self, beat: Beat) -> Step:
        step = self.scene(beat.before.scene).step
        assert step, "a choice is made at a step"
        return step

    def _questions(self, beats: Sequence[Beat]) -> Iterator[Item]:
        for n, beat in enumerate(beats):
            if beat.option and beat.option.mark not in MARKS:
                credit = _credit(beat.option)
                if credit is not None:
                    yield Item(f"{n + 1}:{beat.before.scene}", credit,
                               objective=self._step(beat).objective)

    # One move -----------------------------------------------------------------------------

    def beat(self, where: Where, move: Move) -> Beat | None:
        """What a move does at a moment; None for one that cannot be made there."""
        if move.ask == START:
            known = [one.id for one in self.entries]
            if move.response not in known:
                return None
            begun = replace(where, written=move.response == self.instead)
            return Beat(where, move, self._entering(begun, move.response))
        asked = self.ask_at(where)
        if asked is None or asked.id != move.ask:
            return None
        if asked.reasons:
            return Beat(where, move, self._onward(where, asked.decision))
        option = next((one for one in (*asked.options, *asked.aside) if one.id == move.response),
                      None)
        return self._taken(where, move, asked, option) if option else None

    def beats_at(self, where: Where) -> Iterator[Beat]:
        """What every move does that can be made at a moment; the reasons given make no
        difference to what comes next."""
        asked = self.ask_at(where)
        if asked and asked.reasons:
            yield Beat(where, Move(asked.id, []), self._onward(where, asked.decision))
        elif asked:
            for option in (*asked.options, *asked.aside):
                yield self._taken(where, Move(asked.id, option.id), asked, option)

    def _taken(self, where: Where, move: Move, asked: Ask, option: Option) -> Beat:
        given = [fact for gift in option.gives if gift.when.holds(where.numbers)
                 for fact in gift.facts]
        new = tuple(one for one in dict.fromkeys(given) if not where.numbers.get(one))
        reply = next((one.html for one in option.replies if one.when.holds(where.numbers)), "")
        numbers = changed(where.numbers, option.effects, self.bounds)
        numbers.update(dict.fromkeys((*new, *option.does), 1))
        spoils = option.mark in KINDS and not KINDS[option.mark].clean
        after = replace(where, numbers=numbers,
                        spoiled=where.spoiled | (frozenset(new) if spoils else frozenset()))
        aside = option in asked.aside
        if asked.step.reasons and not aside:
            after = replace(after, decided=option.id, entered=())
        elif aside or (asked.step.again and not option.target):
            used = frozenset() if option.repeat else frozenset({option.id})
            after = self._stayed(replace(after, used=where.used | used))
        else:
            after = self._onward(after, option)
        return Beat(where, move, after, option, reply, new)

    def _stayed(self, where: Where) -> Where:
        """The same scene again, unless something has run out or nothing is left to choose."""
        where = replace(where, entered=())
        limit = self._limit(where)
        if limit:
            return self._entering(where, limit)
        return where if self._waits(where) else self._onward(where, None)

    def _onward(self, where: Where, option: Option | None) -> Where:
        """The scene that a choice, the scene's routes or the order of the file lead to."""
        where = replace(where, decided="")
        target = option.target if option and option.target else self._routed(where)
        limit = self._limit(where)
        if limit and not self.scene(target).is_outcome:
            target = limit
        return self._entering(where, target)

    def _entering(self, where: Where, scene: str) -> Where:
        """Another scene. One that asks nothing is told in passing: play waits at the next that
        asks, or at an outcome (or nowhere, in a circle of such scenes, which the check reports).

        The choices used up in the last scene are forgotten, those at any time are not.
        """
        always = frozenset(one.id for one in self.any_time)
        where = replace(where, scene=scene, used=where.used & always, entered=(scene,))
        while not self._waits(where):
            following = self._routed(where)
            if following in where.entered:
                break
            where = replace(where, scene=following, entered=(*where.entered, following))
        return where

    def _waits(self, where: Where) -> bool:
        scene = self.scene(where.scene)
        if scene.step is None:
            return scene.is_outcome
        return bool(self._offered(scene.step.options, where))

    def _routed(self, where: Where) -> str:
        scene = self.scene(where.scene)
        for route in scene.routes:
            if route.when.holds(where.numbers) and route.target != END:
                return route.target
        place = self.scenes.index(scene) + 1
        return self.scenes[place].id if place < len(self.scenes) else scene.id

    def _limit(self, where: Where) -> str:
        """The scene for what has run out; empty while nothing has."""
        if where.written:
            return ""
        return next((one.scene for one in self.limits
                     if one.test.holds(where.numbers) and one.scene != where.scene), "")


def _share(where: Where, story: Story, move: Move) -> float:
    """The share of the right reasons that were given; each wrong one costs one."""
    step = story.scene(where.scene).step
    assert step, "reasons are given for a step"
    right = [one.id for one in step.reasons if one.right]
    hits = sum(one in right for one in move.response)
    return max(0.0, (2 * hits - len(move.response)) / len(right)) if right else 0.0


def _credit(option: Option) -> float | None:
    kind = KINDS.get(option.mark)
    return kind.credit if kind else None
