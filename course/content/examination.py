"""A file of `quizzes/` becomes a quiz: marks of the original, words of the locale."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..core.activity import Language, Quiz
from ..core.questions import Choice, FreeText, Match, Question
from .asking import Setting, in_words_of, question_of
from .desk import ORIGINAL, Desk, language, marked
from .quizfile import Asked, Pool
from .shelf import translation


def pool_quiz(desk: Desk, quiz_id: str, locale: str) -> Quiz:
    """The quiz of a pool that is there."""
    name = f"quizzes/{quiz_id}.md"
    original = desk.shelf.pool(name)
    assert original, name
    theirs = None if locale == ORIGINAL else desk.shelf.pool(translation(name, locale))
    own = language(locale if theirs else original.header.text("language", ORIGINAL))
    questions = _Questions(desk, original, theirs, own)
    title = (theirs.header.text("title") if theirs else "") or original.header.text("title")
    return Quiz(quiz_id, title, questions.all(), original.header.whole("draw", 10),
                original.header.share("pass", 0.8), own, original.digest)


class _Questions:
    """The questions of one pool while they are written."""

    def __init__(self, desk: Desk, original: Pool, theirs: Pool | None, own: Language) -> None:
        self._pool, self._theirs, self._own = original, theirs, own
        self._home = language(original.header.text("language", ORIGINAL))
        self._at_home = _setting(desk, original.name, self._home)
        self._worded = _setting(desk, original.name, own)

    def all(self) -> tuple[Question, ...]:
        return tuple(map(self._question, self._pool.questions))

    def _question(self, asked: Asked) -> Question:
        """The translated question if it offers as much as the original, else the original,
        marked with its language."""
        question = question_of(asked, self._at_home)
        theirs = self._theirs.question(asked.id) if self._theirs else None
        if theirs and theirs.shape == asked.shape:
            return in_words_of(question, asked, theirs, self._worded)
        return in_its_language(question, self._home, self._own)


def _setting(desk: Desk, name: str, own: Language) -> Setting:
    renderer = desk.renderer(name, own)

    def inline(text: str) -> str:
        return renderer.inline(text, links=False)

    return Setting(inline, renderer.blocks)


def in_its_language(question: Question, own: Language, around: Language) -> Question:
    """A question each of whose texts says which language it is in."""
    if own.code == around.code:
        return question

    def line(html: str) -> str:
        return marked(html, own, around, "span")

    def choice(one: Choice) -> Choice:
        return replace(one, text=line(one.text), feedback=marked(one.feedback, own, around))

    own_parts: dict[str, Any] = {}
    if isinstance(question, Match):
        own_parts["rights"] = tuple(map(choice, question.rights))
    if isinstance(question, FreeText):
        own_parts["rubric"] = tuple(replace(one, text=line(one.text)) for one in question.rubric)
    return replace(
        question, prompt=line(question.prompt), scene=marked(question.scene, own, around),
        choices=tuple(map(choice, question.choices)),
        explanation=marked(question.explanation, own, around), **own_parts)
