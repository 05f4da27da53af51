"""A case that is played, as its author wrote it, with the line of everything.

It is a file of `modules/` like any lesson; `blocks.py` has taken its sections and blocks apart,
and this reads what the four kinds add: steps, choices, routes, lists, links, vignettes. What is
wrong is collected, never raised. `casemaking.py` makes the core's values of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .blocks import ID, Block, Part, Section, Source, Text
from .header import Header
from .problem import Findings, Problem
from .quizfile import Asked, read_questions
from .rows import BOX, LINKED, LISTED, OPTION, Chunk, Leads, Row, taken_off

FACTS, CARE, ANY_TIME = "facts", "care", "any-time"
ELEMENTS, SUSPECTS, CHARGE, CLASSES = "elements", "suspects", "charge", "classes"

STORIES = ("scenario", "interview")
"""The kinds that are told in scenes."""

LISTS: Mapping[str, tuple[str, ...]] = {
    "scenario": (), "interview": (FACTS, CARE), "evidence": (ELEMENTS, SUSPECTS),
    "sort": (CLASSES,),
}
"""The sections of each kind that are lists and no scenes."""

_STEP = re.compile(r"###(?!#)\s*(.*)")
_WORDS = re.compile(r"\s*\{([^{}]*)\}$")


@dataclass(frozen=True, slots=True)
class StepText:
    """A step as it stands in the file."""

    prompt: str
    line: int
    chunk: Chunk
    objective: str = ""
    again: bool = False
    critical: bool = False


@dataclass(frozen=True, slots=True)
class SceneText:
    """A scene, an exhibit or a vignette as it stands in the file."""

    section: Section
    parts: tuple[Part, ...]
    """What is read: its text and blocks, without the lines of the step."""
    step: StepText | None = None
    opening: Chunk | None = None
    """What a vignette asks before its changed fact; the routes of a scene without a step."""

    @property
    def id(self) -> str:
        return self.section.slug

    @property
    def routes(self) -> tuple[Leads, ...]:
        found = [one for chunk in (self.opening, self.step and self.step.chunk) if chunk
                 for one in chunk.routes]
        return tuple(found)

    @property
    def blocks(self) -> Iterator[Block]:
        return (part for part in self.parts if isinstance(part, Block))

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row that has effects."""
        return tuple(self.step.chunk.rows) if self.step else ()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case's file."""

    source: Source
    kind: str
    scenes: tuple[SceneText, ...]
    lists: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    any_time: tuple[Row, ...] = ()
    charge: tuple[Asked, ...] = ()
    charge_parts: tuple[Part, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def header(self) -> Header:
        return self.source.header

    @property
    def is_story(self) -> bool:
        return self.kind in STORIES

    def scene(self, scene_id: str) -> SceneText | None:
        return next((one for one in self.scenes if one.id == scene_id), None)

    def listed(self, name: str) -> dict[str, Row]:
        """The rows of a list by their ids."""
        return {row.mark.partition(" ")[0]: row for row in self.lists.get(name, ())}


def read_case(source: Source, kind: str, shown: str) -> CaseFile:
    """What the four kinds add to a file. `shown` is its name in problems."""
    found = Findings(shown)
    reader = _Reader(kind, found)
    scenes, lists = [], {}
    any_time: tuple[Row, ...] = ()
    charge: tuple[Asked, ...] = ()
    charge_parts: tuple[Part, ...] = ()
    for section in source.sections:
        if section.slug in LISTS[kind]:
            lists[section.slug] = reader.list(section)
        elif section.slug == ANY_TIME and kind in STORIES:
            any_time = reader.choices(section)
        elif section.slug == CHARGE and kind == "evidence":
            charge_parts, charge = reader.questions(section)
        else:
            scenes.append(reader.scene(section))
    return CaseFile(source, kind, tuple(scenes), lists, any_time, charge, charge_parts,
                    found.all())


@dataclass(slots=True)
class _Cut:
    """A section cut at its `###` headings, and before the lines of its kind."""

    parts: list[Part] = field(default_factory=list)
    opening: list[tuple[int, str]] = field(default_factory=list)
    steps: list[tuple[int, str, list[tuple[int, str]]]] = field(default_factory=list)
    """Of each heading: its line, its words, the lines below it."""


def _cut(section: Section) -> _Cut:
    """Take the lines of steps, choices and routes out of a section; blocks stay where text is."""
    cut = _Cut()
    for part in section.parts:
        if isinstance(part, Text):
            _cut_text(part, cut)
        else:
            cut.parts.append(part)
    return cut


def _cut_text(part: Text, cut: _Cut) -> None:
    prose: list[str] = []
    for number, line in enumerate(part.text.split("\n"), start=part.line):
        heading = _STEP.fullmatch(line)
        if heading:
            cut.steps.append((number, heading[1].strip(), []))
        elif cut.steps:
            cut.steps[-1][2].append((number, line))
        elif cut.opening or _begins(line):
            cut.opening.append((number, line))
        else:
            prose.append(line)
    text = "\n".join(prose).strip("\n")
    if text.strip():
        cut.parts.append(Text(text, part.line))


def _begins(line: str) -> bool:
    """Whether a line at the margin is one of a case's own: a route, an answer, a choice."""
    if line.startswith(("->", "= ")):
        return True
    return bool(OPTION.fullmatch(line) or BOX.fullmatch(line))


class _Reader:
    """Reads the sections of one file."""

    def __init__(self, kind: str, found: Findings) -> None:
        self._kind = kind
        self._found = found

    def scene(self, section: Section) -> SceneText:
        cut = _cut(section)
        if len(cut.steps) > 1:
            self._found.error(cut.steps[1][0], "step-twice", scene=section.slug)
        opening = self._chunk(BOX).take(cut.opening) if cut.opening else None
        step = self._step(*cut.steps[0]) if cut.steps else None
        return SceneText(section, tuple(cut.parts), step, opening)

    def _chunk(self, pattern: re.Pattern[str]) -> Chunk:
        return Chunk(self._found, pattern)

    def _step(self, line: int, heading: str, lines: list[tuple[int, str]]) -> StepText:
        prompt, words = taken_off(_WORDS, heading)
        objective, flags = "", set[str]()
        for word in words.split():
            key, _, value = word.partition("=")
            if key == "objective" and re.fullmatch(ID, value):
                objective = value
            elif word in ("again", "critical"):
                flags.add(word)
            else:
                self._found.error(line, "step-word", word=word)
        pattern = {"evidence": LINKED, "sort": BOX}.get(self._kind, OPTION)
        return StepText(prompt, line, self._chunk(pattern).take(lines), objective,
                        "again" in flags, "critical" in flags)

    def list(self, section: Section) -> tuple[Row, ...]:
        return tuple(self._lines(section, LISTED).rows)

    def choices(self, section: Section) -> tuple[Row, ...]:
        return tuple(self._lines(section, OPTION).rows)

    def _lines(self, section: Section, pattern: re.Pattern[str]) -> Chunk:
        """The rows of a section that is a list; the text before them is for those who edit."""
        chunk = self._chunk(pattern)
        for part in section.parts:
            if isinstance(part, Text):
                lines = list(enumerate(part.text.split("\n"), start=part.line))
                first = next((n for n, (_, one) in enumerate(lines) if pattern.fullmatch(one)),
                             len(lines) if not chunk.rows else 0)
                chunk.take(lines[first:])
        return chunk

    def questions(self, section: Section) -> tuple[tuple[Part, ...], tuple[Asked, ...]]:
        parts: list[Part] = []
        asked: list[Asked] = []
        for part in section.parts:
            if not isinstance(part, Text):
                parts.append(part)
                continue
            before, _, _ = part.text.partition("\n### ")
            if not part.text.startswith("### ") and before.strip():
                parts.append(Text(before, part.line))
            asked += read_questions(part.text.split("\n"), part.line, self._found)
        return tuple(parts), tuple(asked)
