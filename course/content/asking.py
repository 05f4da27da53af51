"""The core's questions, made of what an author wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..core.questions import KINDS, Choice, Criterion, Match, Question, text_id
from .quizfile import Asked, Offered


@dataclass(frozen=True, slots=True)
class Setting:
    """How the texts of a question become HTML."""

    inline: Callable[[str], str]
    """A line without links: prompts, choices, criteria."""
    blocks: Callable[[str], str]
    """Paragraphs: the scene, feedback and the explanation."""


def question_of(asked: Asked, setting: Setting) -> Question:
    """A question for the page; its choices know themselves by their wording here."""
    common = {
        "id": asked.id, "prompt": setting.inline(asked.prompt),
        "scene": setting.blocks(asked.scene), "objective": asked.objective,
        "critical": asked.critical, "explanation": setting.blocks(asked.explanation),
        "similar": asked.similar, "line": asked.line, "digest": asked.digest,
    }
    kind: Any = KINDS[asked.kind]
    made: Question = kind(**common, **_OWN[asked.kind](asked, setting))
    return made


def in_words_of(question: Question, original: Asked, translated: Asked,
                setting: Setting) -> Question:
    """The original's question in the words of a translation that has the same shape.

    The two sides of a match are joined as in the original: a right side is worded as at the
    first line of the original that has it.
    """
    if original.kind == "match":
        first = {one.text: theirs.text for one, theirs in
                 reversed(list(zip(original.offered, translated.offered, strict=True)))}
        rights = tuple(Choice("", setting.inline(first[text])) for text in original.rights)
        return question.worded(replace(_matching(translated, setting), rights=rights))
    return question.worded(question_of(translated, setting))


def _matching(asked: Asked, setting: Setting) -> Match:
    made = question_of(asked, setting)
    assert isinstance(made, Match)
    return made


def _choices(asked: Asked, setting: Setting) -> Mapping[str, Any]:
    return {"choices": tuple(_choice(one, one.text, setting) for one in asked.offered)}


def _choice(one: Offered, text: str, setting: Setting) -> Choice:
    return Choice(text_id(text), setting.inline(text), one.right,
                  setting.blocks(one.feedback), one.myth)


def _match(asked: Asked, setting: Setting) -> Mapping[str, Any]:
    return {
        "choices": tuple(_choice(one, one.mark, setting) for one in asked.offered),
        "rights": tuple(Choice(text_id(text), setting.inline(text)) for text in asked.rights),
        "pairs": {text_id(one.mark): text_id(one.text) for one in asked.offered},
    }


def _number(asked: Asked, setting: Setting) -> Mapping[str, Any]:
    low, high = asked.bounds
    return {"low": low, "high": high}


def _short(asked: Asked, setting: Setting) -> Mapping[str, Any]:
    return {"accepted": tuple(one.text for one in asked.offered)}


def _free(asked: Asked, setting: Setting) -> Mapping[str, Any]:
    return {"rubric": tuple(Criterion(int(one.mark), setting.inline(one.text))
                            for one in asked.rubric)}


_OWN: Mapping[str, Callable[[Asked, Setting], Mapping[str, Any]]] = {
    "one": _choices, "all": _choices, "order": _choices, "match": _match,
    "number": _number, "short": _short, "free": _free,
}
