"""C: cases that are played: lines, steps, and what is said of choices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..blocks import Block, Part
from ..casefile import CARE, CHARGE, CaseFile, SceneText
from ..links import links_in
from ..problem import nearest
from ..rows import Chunk, Row
from .material import Material
from .rule import Spots, at, reported, rule
from .telling import all_rows, chunks_of

SHOWN = ("law", "practice", "warning", "remember", "discuss", "national")
"""Blocks that are shown wherever a case has text."""

UNLINKED = ("care", "go")
"""Kinds of choice whose assessment needs no link."""

_SCENE_BLOCKS: Mapping[str, tuple[str, ...]] = {
    "scenario": ("if", "trainer"), "interview": ("if", "trainer"),
    "evidence": ("exhibit", "trainer"), "sort": ("trainer",),
}
"""What a scene, an exhibit or a vignette shows besides."""

_STORY = (("->",), ("- ( )", "####", "->", ">"))
_MEANT: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "scenario": _STORY, "interview": _STORY, "evidence": ((), ("- ( )",)),
    "sort": (("- ( )", "=", ">"), ("=", ">")),
}
"""How the lines begin that mean something before the `###` heading of a section and below it;
`- ( )` stands for every list line."""

_BRACES = re.compile(r"\{(?!national:|#)[^{}\n]*\}?")

Told = Iterator[tuple[str, int]]
"""Texts with their lines."""


@rule("C01", "error")
def meaningless_line(course: Material) -> Spots:
    """A line of a case means nothing where it stands, and is not shown.

    A choice is `- (mark) text`, a reason `- [x] text`, a line of a list `- id: text`; below
    it, indented by two, `: …` says what happens and `> …` assesses it. Text of a scene stands
    before its `###` heading.
    """
    return reported(course, "case-line")


@rule("C02", "error")
def step_word(course: Material) -> Spots:
    """A word in the braces of a step means nothing.

    There are `again`, `critical` and `objective=name`. The message names the nearest.
    """
    for spot in reported(course, "step-word"):
        word = str(spot.values["word"])
        yield at(spot.name, spot.line, word=word,
                 nearest=nearest(word.partition("=")[0], ("again", "critical", "objective")))


@rule("C03", "error")
def step_twice(course: Material) -> Spots:
    """A scene asks twice; only the first step is asked.

    Begin a second scene with `##`, or make the second heading the `####` of the reasons.
    """
    return reported(course, "step-twice")


@rule("C04", "error")
def misplaced_line(course: Material) -> Spots:
    """A line means something in another kind of case, or below another heading, but not here.

    Routes belong to scenarios and interviews, `=` to vignettes; reasons stand below `####`,
    an explanation below the choices of a step.
    """
    for name, case in course.all_cases.items():
        for scene in case.scenes:
            opening, below = _MEANT[case.kind]
            for chunk, meant in ((scene.opening, opening),
                                 (scene.step and scene.step.chunk, below)):
                for like, line in _lines(chunk) if chunk else ():
                    if like not in meant:
                        yield at(name, line, like=like)


@rule("C05", "error")
def stray_braces(course: Material) -> Spots:
    """Something in braces stands where braces mean nothing, and learners would read it.

    Effects stand at the end of a choice's own text, before the lines below it; `{when …}` at
    the beginning of an answer; `{myth=…}` at the end of an assessment.
    """
    for name, case in course.all_cases.items():
        for text, line in _texts(case):
            for found in _BRACES.finditer(text):
                yield at(name, line + text.count("\n", 0, found.start()), text=found[0][:40])


@rule("C06", "error")
def block_not_shown(course: Material) -> Spots:
    """A block stands where its kind is not shown.

    `!!! if` belongs to the scenes of scenarios and interviews, `!!! exhibit` to the exhibits of
    evidence files, and neither to a lesson. A played case has no `quiz` and no `aid`; its one
    `sensitive` stands in the briefing, its notes for the trainer there and in scenes.
    """
    for name, source in course.sources.items():
        case = course.cases.get(name)
        if case is None:
            yield from _hidden(name, source.parts(), ("if", "exhibit"), hidden=True)
            continue
        yield from _hidden(name, source.opening, (*SHOWN, "trainer", "sensitive"))
        for section in source.sections:
            yield from _hidden(name, section.parts, _shown_in(case, section.slug))


@rule("C07", "error")
def no_scenes(course: Material) -> Spots:
    """A case that is played has no scene, no exhibit or no vignette, so there is nothing to play.

    Each is a `##` section with its address.
    """
    return (at(name, 0) for name, case in course.cases.items() if not case.scenes)


@rule("C08", "error")
def listed_twice(course: Material) -> Spots:
    """An id stands twice in a list of a case; the second line counts.

    Give the newer one its own id.
    """
    for name, case in course.all_cases.items():
        for rows in case.lists.values():
            first: dict[str, int] = {}
            for row in rows:
                key = row.mark.partition(" ")[0]
                if key in first:
                    yield at(name, row.line, id=key, first=first[key])
                first.setdefault(key, row.line)


@rule("C09", "error")
def unknown_objective(course: Material) -> Spots:
    """A step or a question of the charge names an objective that the case does not have.

    Objectives stand in the header; the message names the nearest.
    """
    for name, case in course.cases.items():
        known = case.header.mapping("objectives")
        asked = [(one.step.objective, one.step.line) for one in case.scenes if one.step]
        asked += [(one.objective, one.line) for one in case.charge]
        for objective, line in asked:
            if objective and objective not in known:
                yield at(name, line, objective=objective, nearest=nearest(objective, known))


@rule("C10", "error")
def same_text(course: Material) -> Spots:
    """Two choices or reasons that stand together have the same text and cannot be told apart.

    What a learner chose is kept by its wording. Change one of them.
    """
    for name, case in course.cases.items():
        for scene in case.scenes if case.kind != "evidence" else ():
            for chunk in chunks_of(case, scene.id):
                yield from _twice(name, (*chunk.rows, *(case.any_time if chunk.rows else ())))
                yield from _twice(name, chunk.reasons)


@rule("C11", "warning")
def no_explanation(course: Material) -> Spots:
    """A step, a vignette or a question of the charge has no explanation for the debrief.

    At the margin, after an empty line: `> The law, and the better way: …`, with links.
    """
    for name, case in course.cases.items():
        for line, text, _ in _explained(case):
            if not text:
                yield at(name, line)


@rule("C12", "warning")
def no_assessment(course: Material) -> Spots:
    """A choice, or a line of care, is not assessed, so the debrief has nothing to say of it.

    Below it, indented by two: `> Why it is right or wrong`, and where to read. Turns to the
    next topic, `(go)`, need none, and of the charge only wrong choices need it.
    """
    for name, case in course.cases.items():
        for row in _assessed(case):
            if not row.feedback and row.mark != "go":
                yield at(name, row.line, text=beginning(row.text))
        for asked in case.charge:
            for choice in asked.offered:
                if not choice.right and not choice.feedback:
                    yield at(name, choice.line, text=beginning(choice.text))


@rule("C13", "warning")
def no_link(course: Material) -> Spots:
    """An assessment or an explanation does not say where to read.

    Link to the very paragraph: `[Early evidence](case-path.md#early-evidence)`. Choices of the
    kinds `care` and `go` and a model note need none.
    """
    for name, case in course.cases.items():
        keys = (row for scene in case.scenes for row in scene.rows if case.kind == "evidence")
        texts = [(row.feedback, row.feedback_line) for row in (*_assessed(case), *keys)
                 if row.mark not in UNLINKED]
        texts += [(one.feedback, one.feedback_line) for asked in case.charge
                  for one in asked.offered]
        texts += [(text, line) for _, text, line in _explained(case)]
        for text, line in texts:
            if text and not any(links_in(text)):
                yield at(name, line)


@rule("C14", "warning")
def no_trainer_note(course: Material) -> Spots:
    """The briefing of a case has no note for the trainer.

    Say how to run it with the room, how long it takes and how it works with no devices:
    `!!! trainer 10-min "…"` before the first scene.
    """
    for name, case in course.cases.items():
        if not any(_is(part, "trainer") for part in case.source.opening):
            yield at(name, 0)


def beginning(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40].rsplit(' ', 1)[0]} …"


def _lines(chunk: Chunk) -> Told:
    """How each line of a chunk begins, and where it is."""
    yield from (("- ( )", row.line) for row in chunk.rows)
    yield from (("####", line) for line in (chunk.why_line,) if line)
    yield from (("->", route.line) for route in chunk.routes)
    yield from (("=", line) for line in (chunk.answer_line,) if line)
    yield from ((">", line) for line in (chunk.explanation_line,) if line)


def _texts(case: CaseFile) -> Told:
    """Every text of the rows and steps, with what stands in braces where it has no effect."""
    with_effects = {row.line for row in choices(case)}
    for row in all_rows(case):
        yield row.text, row.line
        if row.effects and row.line not in with_effects:
            yield f"{{{row.effects}}}", row.line
        yield from ((reply.text, reply.line) for reply in row.replies)
        yield row.feedback, row.feedback_line
    for scene in case.scenes:
        yield from ((one.explanation, one.explanation_line) for one in chunks_of(case, scene.id))


def choices(case: CaseFile) -> Iterator[Row]:
    """Every choice of a story: those of its scenes, then those at any time."""
    if case.is_story:
        for scene in case.scenes:
            yield from scene.rows
        yield from case.any_time


def _hidden(name: str, parts: Iterable[Part], kinds: tuple[str, ...], *,
            hidden: bool = False) -> Spots:
    """Blocks of other kinds than those that are shown; or, if `hidden`, of the kinds that are
    not."""
    for part in parts:
        if isinstance(part, Block) and (part.kind in kinds) == hidden:
            yield at(name, part.line, kind=part.kind)


def _shown_in(case: CaseFile, slug: str) -> tuple[str, ...]:
    """The kinds of block that a section of a played case shows."""
    if case.scene(slug):
        return (*SHOWN, *_SCENE_BLOCKS[case.kind])
    return SHOWN if slug == CHARGE else ()


def _twice(name: str, rows: Iterable[Row]) -> Spots:
    first: dict[str, int] = {}
    for row in rows:
        if row.text in first:
            yield at(name, row.line, text=beginning(row.text), first=first[row.text])
        first.setdefault(row.text, row.line)


def _assessed(case: CaseFile) -> Iterator[Row]:
    """The rows that the debrief says something of."""
    if case.is_story:
        yield from choices(case)
        yield from case.lists.get(CARE, ())


def _explained(case: CaseFile) -> Iterator[tuple[int, str, int]]:
    """What should be explained: its line, the explanation, and the line of that."""
    for scene in case.scenes if case.kind != "evidence" else ():
        for line, chunk in _asking(case, scene):
            yield line, chunk.explanation, chunk.explanation_line
    for asked in case.charge:
        if asked.kind != "free":
            yield asked.line, asked.explanation, asked.explanation_line


def _asking(case: CaseFile, scene: SceneText) -> Iterator[tuple[int, Chunk]]:
    """What asks in a scene, with the line of its heading; a vignette asks before its step too."""
    if scene.opening and case.kind == "sort":
        yield scene.section.line, scene.opening
    if scene.step:
        yield scene.step.line, scene.step.chunk


def _is(part: Part, kind: str) -> bool:
    return isinstance(part, Block) and part.kind == kind
