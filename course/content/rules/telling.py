"""What learners read: the paragraphs of a lesson, and those that a played case tells.

In a case each choice, answer and assessment is a text of its own, whatever lines it stands on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..blocks import Block, Part, Section
from ..casefile import ANY_TIME, CHARGE, CaseFile
from ..quizfile import Asked
from ..rows import Chunk, Row
from .prose import bare, paragraphs

_NOT_COUNTED = ("trainer", "aid", "sensitive", "quiz")


def learner_paragraphs(parts: Sequence[Part]) -> Iterator[tuple[str, int]]:
    """The paragraphs that learners read on the page, with their lines."""
    for part in parts:
        if isinstance(part, Block):
            if part.kind not in _NOT_COUNTED:
                yield from paragraphs(part.text, part.body_line)
        else:
            yield from paragraphs(part.text, part.line)


def told_in(case: CaseFile, section: Section) -> Iterator[tuple[str, int]]:
    """The paragraphs of one section of a case."""
    scene = case.scene(section.slug)
    if scene:
        yield from learner_paragraphs(scene.parts)
        for chunk in chunks_of(case, section.slug):
            yield from _chunk(chunk, marks=case.kind == "evidence")
    elif section.slug == CHARGE:
        yield from learner_paragraphs(case.charge_parts)
        for asked in case.charge:
            yield from _asked(asked)
    else:
        listed = case.any_time if section.slug == ANY_TIME else case.lists.get(section.slug, ())
        yield from _rows(listed)


def chunks_of(case: CaseFile, slug: str) -> Iterator[Chunk]:
    """What stands below the headings of a scene, an exhibit or a vignette."""
    scene = case.scene(slug)
    if scene and scene.opening:
        yield scene.opening
    if scene and scene.step:
        yield scene.step.chunk


def all_rows(case: CaseFile) -> Iterator[Row]:
    """Every list line of a case but those of its charge."""
    for scene in case.scenes:
        for chunk in chunks_of(case, scene.id):
            yield from (*chunk.rows, *chunk.reasons)
    for rows in (*case.lists.values(), case.any_time):
        yield from rows


def _chunk(chunk: Chunk, *, marks: bool) -> Iterator[tuple[str, int]]:
    """The rows of a chunk, without their own texts where these are marks of an exhibit's key."""
    yield from _rows(chunk.rows, marks=marks)
    yield from _rows(chunk.reasons)
    yield from paragraphs(chunk.explanation, chunk.explanation_line)


def _rows(rows: Iterable[Row], *, marks: bool = False) -> Iterator[tuple[str, int]]:
    for row in rows:
        for text in () if marks else row.text.split(" | "):
            yield bare(text), row.line
        for reply in row.replies:
            yield from paragraphs(reply.text, reply.line)
        yield from paragraphs(row.feedback, row.feedback_line)


def _asked(asked: Asked) -> Iterator[tuple[str, int]]:
    for text, line in asked.texts():
        yield from paragraphs(text, line)
