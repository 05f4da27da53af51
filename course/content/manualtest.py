"""The tests of a manual: its two parallel forms, and the final examination.

A test is a file of `quizzes/` whose header has `kind: before`, `after` or `final`. The first
two have questions of their own, each with `objective=module.objective`, so that what the
manual has taught can be read off by module. The last has none: it draws from the pools of the
manual's modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..core.activity import TESTS, Entry, Module, Quiz
from ..core.questions import FreeText, Question
from .desk import ORIGINAL, Desk, language
from .examination import in_its_language, pool_quiz
from .header import whole
from .lesson import fallback_title, pair_of, quiz_id
from .quizfile import Pool
from .shelf import MODULES, Shelf, translation

_BETWEEN = "."


def test_kind(shelf: Shelf, name: str) -> str:
    """`before`, `after` or `final`; empty for a file that is no test of a manual."""
    pool = shelf.pool(name) if name.startswith("quizzes/") else None
    kind = pool.header.text("kind") if pool else ""
    return kind if kind in TESTS else ""


def module_of_objective(objective: str) -> str:
    """`elements` of `elements.child`."""
    return objective.partition(_BETWEEN)[0]


def test_module(desk: Desk, test_id: str, locale: str) -> Module:
    """A test as an activity of its manual; its objectives are the modules, by their titles."""
    original, theirs = _files(desk, test_id, locale)
    own = language(locale if theirs else ORIGINAL)
    return Module(
        test_id, _title(original, theirs), (), original.header.text("kind"),
        whole(original.header.text("minutes")) or 0, dict(_titles(desk, test_id, locale)),
        test_id, language=own)


def test_entry(desk: Desk, test_id: str, locale: str) -> Entry:
    """A test as a line of its manual's contents."""
    original, theirs = _files(desk, test_id, locale)
    return Entry(test_id, _title(original, theirs), original.header.text("kind"),
                 whole(original.header.text("minutes")) or 0,
                 language=language(locale if theirs else ORIGINAL))


def test_quiz(desk: Desk, test_id: str, locale: str) -> Quiz:
    """The questions of a test."""
    original, theirs = _files(desk, test_id, locale)
    kind = original.header.text("kind")
    made = pool_quiz(desk, test_id, locale)
    title, most = _title(original, theirs), whole(original.header.text("attempts")) or 0
    if kind == "final":
        own = language(locale if theirs else ORIGINAL)
        made = replace(made, questions=tuple(_drawn_from(desk, test_id, locale, own.code)),
                       language=own)
    else:
        by_module = (replace(one, objective=module_of_objective(one.objective))
                     for one in made.questions)
        made = replace(made, questions=tuple(by_module), draw=len(made.questions))
        most = most or 1
    return replace(made, title=title, kind=kind, most_attempts=most)


def modules_of(shelf: Shelf, manual: str) -> Iterator[str]:
    """The ids of a manual's modules, without its cases, in the order of study."""
    for name in dict.fromkeys(shelf.order(f"{MODULES}{manual}/index.md")):
        source = shelf.source(name) if name.startswith(MODULES) else None
        if source and not source.header.text("kind"):
            yield name.removeprefix(MODULES).removesuffix(".md")


def _drawn_from(desk: Desk, test_id: str, locale: str, around: str) -> Iterator[Question]:
    """What an examination can draw: each module's questions but for those in its text."""
    for module in modules_of(desk.shelf, test_id.partition("/")[0]):
        source = desk.shelf.source(f"{MODULES}{module}.md")
        pool = quiz_id(source) if source else ""
        if not source or not desk.shelf.pool(f"quizzes/{pool}.md"):
            continue
        name = module.partition("/")[2]
        in_place = {block.word for block in source.blocks("quiz")}
        quiz = pool_quiz(desk, pool, locale)
        for one in quiz.questions:
            if one.id not in in_place and not isinstance(one, FreeText):
                there = in_its_language(one, quiz.language, language(around))
                yield replace(there, id=f"{name}{_BETWEEN}{one.id}", objective=name,
                              home=f"{pool}#{one.id}", similar="")


def _titles(desk: Desk, test_id: str, locale: str) -> Iterator[tuple[str, str]]:
    for module in modules_of(desk.shelf, test_id.partition("/")[0]):
        pair = pair_of(desk, f"{MODULES}{module}.md", locale)
        yield module.partition("/")[2], pair.text("title") or fallback_title(pair.original.name)


def _files(desk: Desk, test_id: str, locale: str) -> tuple[Pool, Pool | None]:
    name = f"quizzes/{test_id}.md"
    original = desk.shelf.pool(name)
    assert original, name
    return original, None if locale == ORIGINAL else desk.shelf.pool(translation(name, locale))


def _title(original: Pool, theirs: Pool | None) -> str:
    return (theirs.header.text("title") if theirs else "") or original.header.text("title")
