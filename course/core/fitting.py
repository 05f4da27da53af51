"""The course as a learner meets it when their cohort has changed questions of it.

A change is by a question's key, `tip-basic/elements#girl-of-sixteen`: `HIDDEN`, or the key of
another question of the same pool that is asked in its place. The pack is never touched, and
what was already asked and answered stays as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from .activity import Check, Module, Part, Quiz, Section
from .classroom import HIDDEN
from .errors import BadField
from .questions import FreeText, Question

Changes = Mapping[str, str]


def key_of(quiz: Quiz, question: Question) -> str:
    """The question's key in its own pool, also where an examination asks it."""
    return question.home or f"{quiz.id}#{question.id}"


def instead(changes: Changes, pool: str, question_id: str) -> str:
    """The id of what is asked where the course asks this question; empty for nothing.

    What stands in for a question may itself be hidden or replaced, by another cohort.
    """
    key, met = f"{pool}#{question_id}", set[str]()
    while key in changes and key not in met:
        met.add(key)
        key = changes[key]
    home, _, name = key.partition("#")
    return name if home == pool and key not in met else ""


def fit_module(module: Module, changes: Changes) -> Module:
    """A module with other questions in its text, or fewer."""
    if not any(key.startswith(f"{module.quiz}#") for key in changes):
        return module
    asked: set[str] = set()
    sections = tuple(_fit_section(one, module.quiz, changes, asked) for one in module.sections)
    if all(new is old for new, old in zip(sections, module.sections, strict=True)):
        return module
    return replace(module, sections=sections)


def _fit_section(section: Section, pool: str, changes: Changes, asked: set[str]) -> Section:
    """`asked` holds what earlier sections ask; nothing is asked twice."""
    parts: list[Part] = []
    for part in section.parts:
        if not isinstance(part, Check):
            parts.append(part)
            continue
        name = instead(changes, pool, part.question)
        if name and name not in asked:
            asked.add(name)
            parts.append(part if name == part.question else Check(name))
    if len(parts) == len(section.parts) and all(new is old for new, old in
                                                zip(parts, section.parts, strict=True)):
        return section
    return replace(section, parts=tuple(parts))


def fit_in_place(in_place: Collection[str], pool: str, changes: Changes) -> frozenset[str]:
    """The questions of a pool that are asked in the text, so never drawn."""
    return frozenset(instead(changes, pool, one) for one in in_place) - {""}


def fit_quiz(quiz: Quiz, changes: Changes, in_place: Collection[str] = ()) -> Quiz:
    """A pool without what is hidden or replaced; `in_place` as `fit_in_place` gives it.

    What is asked instead is in the pool already, unless its place is now in the text.
    """
    if not any(key_of(quiz, one) in changes for one in quiz.questions):
        return quiz
    left = tuple(_with_similar(one, quiz, changes) for one in quiz.questions
                 if key_of(quiz, one) not in changes)
    return replace(quiz, questions=left,
                   draw=min(quiz.draw, len(drawable(left, in_place))))


def _with_similar(question: Question, quiz: Quiz, changes: Changes) -> Question:
    similar = instead(changes, quiz.id, question.similar) if question.similar else ""
    similar = "" if similar == question.id else similar
    return question if similar == question.similar else replace(question, similar=similar)


def drawable(questions: Collection[Question], in_place: Collection[str]) -> list[Question]:
    """What an attempt can ask: not what the text asks, nor what a person has to mark."""
    return [one for one in questions
            if one.id not in in_place and not isinstance(one, FreeText)]


def stand_ins(quiz: Quiz, question: Question, in_place: Collection[str]) -> list[Question]:
    """What can be asked instead of a question: of its pool, and not asked in the text already.

    What is drawn can only give way to what can be drawn.
    """
    others = [one for one in quiz.questions if one.id != question.id and one.id not in in_place]
    return others if question.id in in_place else drawable(others, in_place)


def check_changes(quiz: Quiz, in_place: Collection[str], changes: Changes) -> None:
    """Raise BadField (at the question's id) for changes of a pool that cannot be used together."""
    taken: set[str] = set()
    for question in quiz.questions:
        other = changes.get(key_of(quiz, question), "")
        if other in {"", HIDDEN}:
            continue
        offered = {key_of(quiz, one) for one in stand_ins(quiz, question, in_place)}
        if other not in offered or other in changes or other in taken:
            raise BadField(question.id, "stand-in")
        taken.add(other)
    left = fit_quiz(quiz, changes)
    if drawable(quiz.questions, in_place) and not drawable(
            left.questions, fit_in_place(in_place, quiz.id, changes)):
        raise BadField("", "nothing-left")
