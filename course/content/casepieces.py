"""The pieces of a played case, scene by scene: what the original decides, in given words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..core import interview
from ..core.activity import TrainerNote
from ..core.conditions import ALWAYS, Condition, Effect
from ..core.evidence import FORMS, Exhibit, Link
from ..core.questions import Choice, text_id
from ..core.scenes import Passage, Reply
from ..core.sorting import Vignette
from .blocks import Block, Part
from .casefile import SceneText
from .rows import Below, Row, condition_of
from .voice import Voice


def condition(text: str) -> Condition:
    """A condition; one that cannot be read, which the check reports, holds."""
    try:
        return condition_of(text)
    except ValueError:
        return ALWAYS


@dataclass(frozen=True, slots=True)
class Worded:
    """A scene of the original and the words to tell it in."""

    original: SceneText
    words: SceneText
    voice: Voice
    late: bool = False


def passages(scene: SceneText, voice: Voice) -> Iterator[Passage]:
    for part in scene.parts:
        if isinstance(part, Block) and part.kind == "if":
            yield Passage(voice.blocks(part.text), condition(part.title))
        elif isinstance(part, Block) and part.kind == "trainer":
            yield Passage(note=voice.note(part))
        else:
            yield Passage(voice.html((part,)))


def with_kind(effects: tuple[Effect, ...], mark: str) -> tuple[Effect, ...]:
    """A question's own effects, and those of its kind on what the author says nothing of."""
    kind = interview.KINDS.get(mark)
    if kind is None:
        return effects
    named = {one.name for one in effects}
    usual = (Effect(interview.TRUST, kind.trust), Effect(interview.FATIGUE, kind.fatigue))
    return (*effects, *(one for one in usual if one.amount and one.name not in named))


def replies(original: Sequence[Below], words: Sequence[Below], voice: Voice) -> Iterator[Reply]:
    for mine, theirs in zip(original, words, strict=True):
        yield Reply(voice.blocks(theirs.text), condition(mine.when))


def choice(row: Row, words: Row, voice: Voice) -> Choice:
    return Choice(text_id(row.text), voice.inline(words.text), row.mark in ("x", "X"),
                  voice.blocks(words.feedback), row.myth)


def notes_of(one: Worded) -> tuple[TrainerNote, ...]:
    return tuple(one.voice.note(part) for part in one.words.blocks if part.kind == "trainer")


def exhibit(one: Worded) -> Exhibit:
    block = next((part for part in one.words.blocks if part.kind == "exhibit"), None)
    form = block.word if block and block.word in FORMS else "document"
    html = "\n".join(_exhibit_part(part, one.voice) for part in one.words.parts)
    return Exhibit(one.original.id, one.words.section.title, html, form, one.voice.own, one.late,
                   notes_of(one))


def _exhibit_part(part: Part, voice: Voice) -> str:
    if not (isinstance(part, Block) and part.kind == "exhibit"):
        return voice.html((part,))
    form = part.word if part.word in FORMS else "document"
    return (f'<div class="exhibit {form}"><p class="exhibit-title">{voice.inline(part.title)}</p>'
            f"\n{voice.blocks(part.text)}</div>")


def links(one: Worded) -> Iterator[tuple[tuple[str, str, str], Link]]:
    """The cells that an exhibit's key names."""
    for row, words in zip(one.original.rows, one.words.rows, strict=True):
        marks = tuple(mark.strip() for mark in row.text.split(" or "))
        link = Link(marks, one.voice.blocks(words.feedback))
        for suspect, element in cells_of(row):
            yield (one.original.id, suspect, element), link


def cells_of(row: Row) -> Iterator[tuple[str, str]]:
    """The suspects and elements that one line of a key joins."""
    suspects, _, elements = row.mark.partition(",")
    for suspect in suspects.split(" and "):
        for element in elements.split(" and "):
            yield suspect.strip(), element.strip()


def vignette(one: Worded) -> Vignette:
    before, after = one.original.opening, one.original.step
    asked, then, voice = one.words.opening, one.words.step, one.voice
    facts = zip(before.rows, asked.rows, strict=True) if before and asked else ()
    return Vignette(
        one.original.id, one.words.section.title, voice.html(one.words.parts),
        before.answer if before else "",
        tuple(choice(row, words, voice) for row, words in facts),
        voice.blocks(asked.explanation) if asked else "",
        voice.inline(then.prompt) if then else "",
        after.chunk.answer if after else "",
        voice.blocks(then.chunk.explanation) if then else "",
        one.voice.own, one.late, one.original.section.line, notes_of(one))
