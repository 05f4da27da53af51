"""What a class chose: the tries of many learners at one case, counted place by place.

Only tries that have come to an end count, and each counts once wherever it passed: a learner
who met a scene twice is one learner there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import debrief, scoring
from .casework import Case, Move, kept_path
from .evidence import NOTHING, Cell, EvidenceFile, Exhibit, Link, Named
from .interview import KINDS, Care, Fact
from .questions import Choice, Question
from .scenario import Story
from .scenes import WHY, Option, Scene
from .scoring import Attempt
from .sorting import CHANGE, Sorter, Vignette
from .statement import Document

Path = Sequence[Move]


def tries(document: Document, case: Case, every: bool) -> list[Attempt]:
    """One learner's tries that are over: the latest of them, or every one."""
    over = [one for one in scoring.attempts(document, case.id) if one.is_over]
    return over if every else over[-1:]


def paths(documents: Iterable[Document], case: Case, every: bool) -> list[Path]:
    """The paths of a class."""
    return [kept_path(one.summary or {}) for document in documents
            for one in tries(document, case, every)]


# Stories ----------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class SceneCount:
    """What was chosen in one scene."""

    scene: Scene
    reached: int
    """How many tries were asked here."""
    options: tuple[tuple[Option, int], ...]
    reasoned: int
    """How many gave reasons."""
    reasons: tuple[tuple[Choice, int], ...]


@dataclass(frozen=True, slots=True)
class StoryCount:
    """A class's way through a scenario or an interview."""

    of: int
    scenes: tuple[SceneCount, ...]
    """Those that ask something."""
    any_time: tuple[tuple[Option, int], ...]
    outcomes: tuple[tuple[Scene, int], ...]
    talk: TalkCount | None = None


@dataclass(frozen=True, slots=True)
class TalkCount:
    """What the interviews of a class came to. Who did the written exercise is not among them."""

    of: int
    kinds: tuple[tuple[str, int], ...]
    """How many questions of each kind were asked, in all; kinds nobody used are left out."""
    facts: tuple[tuple[Fact, int, int, int], ...]
    """In how many interviews each was obtained, spoiled, missed."""
    care: tuple[tuple[Care, int], ...]
    """In how many each was done."""


def story(case: Story, class_paths: Iterable[Path]) -> StoryCount:
    """Count a story scene by scene."""
    given = list(class_paths)
    reached: Counter[str] = Counter()
    chosen: Counter[tuple[str, str]] = Counter()
    ended: Counter[str] = Counter()
    for path in given:
        places, choices = _passed(case, path)
        reached.update(places)
        chosen.update(choices)
        ended[case.where(path).scene] += 1
    return StoryCount(
        len(given),
        tuple(_scene(one, reached, chosen) for one in case.scenes if one.step),
        tuple((one, chosen["", one.id]) for one in case.any_time),
        tuple((one, ended[one.id]) for one in case.scenes if one.is_outcome),
        _talk(case, given) if case.person else None)


def _passed(case: Story, path: Path) -> tuple[set[str], set[tuple[str, str]]]:
    """What a path was asked, and what it chose there, each once. What was chosen at any time is
    kept under no scene."""
    always = {one.id for one in case.any_time}
    places, choices = set(), set()
    for beat in case.beats(path):
        if beat.option is None and not beat.move.ask.endswith(WHY):
            continue
        places.add(beat.move.ask)
        if beat.option is None:
            choices |= {(beat.move.ask, one) for one in beat.move.response}
        elif beat.option.id in always:
            choices.add(("", beat.option.id))
        else:
            choices.add((beat.move.ask, beat.option.id))
    return places, choices


def _scene(scene: Scene, reached: Counter[str], chosen: Counter[tuple[str, str]]) -> SceneCount:
    assert scene.step, "only scenes that ask are counted"
    why = scene.id + WHY
    return SceneCount(
        scene, reached[scene.id],
        tuple((one, chosen[scene.id, one.id]) for one in scene.step.options),
        reached[why], tuple((one, chosen[why, one.id]) for one in scene.step.reasons))


def _talk(case: Story, given: Iterable[Path]) -> TalkCount:
    talks = [debrief.talk(case, path) for path in given if not case.where(path).written]
    kinds: Counter[str] = Counter()
    for one in talks:
        kinds.update(one.kinds)
    return TalkCount(
        len(talks), tuple((kind, kinds[kind]) for kind in KINDS if kinds[kind]),
        tuple((fact, sum(fact in one.clean for one in talks),
               sum(fact in one.spoiled for one in talks),
               sum(fact in one.missed for one in talks)) for fact in case.facts),
        tuple((care, sum(care in one.done for one in talks)) for care in case.care))


# Evidence ---------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class CellCount:
    """What was set in one cell that counts, or that somebody marked."""

    exhibit: Exhibit
    suspect: Named
    element: Named
    link: Link | None
    marks: tuple[tuple[str, int], ...]
    """Each mark that was set, the most frequent first; an empty cell says nothing."""
    right: int
    of: int

    @property
    def heat(self) -> int:
        """From 0, nobody was right, to 4, everybody was."""
        return self.right * 4 // self.of if self.of else 0


@dataclass(frozen=True, slots=True)
class ChargeCount:
    """What was charged, question by question; a written note has no choices to count."""

    question: Question
    answered: int
    choices: tuple[tuple[Choice, int], ...]


@dataclass(frozen=True, slots=True)
class EvidenceCount:
    """A class's reading of an evidence file."""

    of: int
    cells: Mapping[Cell, CellCount]
    charge: tuple[ChargeCount, ...]


def evidence(case: EvidenceFile, class_paths: Iterable[Path]) -> EvidenceCount:
    """Count an evidence file cell by cell."""
    given = list(class_paths)
    marks = [case.marks(path) for path in given]
    cells = {}
    for exhibit in case.exhibits:
        for suspect in case.suspects:
            for element in case.elements:
                key = (exhibit.id, suspect.id, element.id)
                link = case.links.get(key)
                here = Counter(one.get(key, NOTHING) for one in marks)
                if link or set(here) - {NOTHING}:
                    best = link.best if link else NOTHING
                    cells[key] = CellCount(exhibit, suspect, element, link,
                                           tuple(here.most_common()), here[best], len(given))
    return EvidenceCount(len(given), cells, tuple(_charge(one, given) for one in case.charge))


def _charge(question: Question, given: Iterable[Path]) -> ChargeCount:
    answers = [move.response for path in given for move in path if move.ask == question.id]
    picked = Counter(one for answer in answers
                     for one in (answer if isinstance(answer, list) else [answer]))
    return ChargeCount(question, len(answers),
                       tuple((one, picked[one.id]) for one in question.choices))


# Sorting ----------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class VignetteCount:
    """How many got one vignette right."""

    vignette: Vignette
    of: int
    right: int
    facts: tuple[tuple[Choice, int], ...]
    changed_of: int
    changed_right: int

    @property
    def share(self) -> float:
        """Of all its answers, the share that were right."""
        of = self.of + self.changed_of
        return (self.right + self.changed_right) / of if of else 0.0


@dataclass(frozen=True, slots=True)
class SorterCount:
    """A class's sorting."""

    of: int
    table: Counter[str]
    """The confusion table, as one try's (`Sorter.confusion`)."""
    vignettes: tuple[VignetteCount, ...]
    """Those that were asked, the least often right first."""


def sorter(case: Sorter, class_paths: Iterable[Path]) -> SorterCount:
    """Count a sorter vignette by vignette."""
    given = list(class_paths)
    table: Counter[str] = Counter()
    for path in given:
        table.update(case.confusion(path))
    answers: dict[str, list[Move]] = {}
    for path in given:
        for move in path:
            answers.setdefault(move.ask, []).append(move)
    counted = (_vignette(one, answers.get(one.id, []), answers.get(one.id + CHANGE, []))
               for one in case.vignettes)
    asked = [one for one in counted if one.of]
    return SorterCount(len(given), table, tuple(sorted(asked, key=lambda one: one.share)))


def _vignette(one: Vignette, first: Sequence[Move], second: Sequence[Move]) -> VignetteCount:
    facts = Counter(fact for move in first for fact in move.response["facts"])
    return VignetteCount(
        one, len(first), sum(move.response["class"] == one.answer for move in first),
        tuple((fact, facts[fact.id]) for fact in one.facts),
        len(second), sum(move.response == one.changed_answer for move in second))
