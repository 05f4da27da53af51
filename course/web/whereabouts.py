"""Where a learner is and what comes next, as the home page and the contents show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from ..core import progress, scoring
from ..core.activity import Language, Manual, Module, Quiz
from ..core.errors import NotFound
from ..core.progress import ModuleProgress
from ..core.statement import Document
from . import context
from .addresses import room_addresses, server_port, square
from .context import library, my_library


@dataclass(frozen=True, slots=True)
class GoOn:
    """Where *Continue* leads, and what it says of the place."""

    url: str
    manual: str
    manual_title: str
    module_title: str
    title: str
    what: str
    """`section`, `question`, `step` of a case, or `test` or `case` for one that is not begun."""
    n: int
    of: int
    answers_saved: int
    answers: int
    minutes_left: int
    strokes: list[str]
    begun: bool
    language: Language
    """Of the module's title and the section's."""


def where_to_go_on(document: Document) -> GoOn | None:
    """The open attempt or section of last time; else the next thing that is not done."""
    place = progress.last_place(document)
    if place and place.attempt and not scoring.attempt(document, place.attempt).exam:
        found = _go_on_attempt(document, scoring.attempt(document, place.attempt))
        if found:
            return found
    if place and place.module:
        module = module_or_none(place.module)
        if module and module.sections and not progress.module_progress(module, document).done:
            return _go_on_section(document, module, place.section)
    return _go_on_next(document, place.module if place else "")


def _go_on_attempt(document: Document, attempt: scoring.Attempt) -> GoOn | None:
    module = module_of_quiz(attempt.quiz)
    if module is None:
        return None
    if module.is_played:
        return _go_on_case(module, attempt)
    manual = manual_of(module.id)
    place = attempt.next_place
    of = len(attempt.questions)
    url = url_for("quizzes.show_question", attempt_id=attempt.id, place=place)
    strokes = ["done" if one in attempt.answers else "todo" for one in attempt.questions]
    strokes[place - 1] = "here"
    return GoOn(url, manual.id, manual.title, module.title, quiz_title(module), "question", place,
                of, len(attempt.answers), of, max(1, of - len(attempt.answers)), strokes, True,
                module.language)


def _go_on_case(module: Module, attempt: scoring.Attempt | None) -> GoOn:
    """A case that is played: the open try, or its briefing."""
    manual = manual_of(module.id)
    url = url_for("cases.show_try", attempt_id=attempt.id) if attempt else case_url(module.id)
    steps = len(attempt.answers) if attempt else 0
    return GoOn(url, manual.id, manual.title, module.title, module.title,
                "step" if attempt else "case", steps + 1, 0, steps, 0, module.minutes, [],
                attempt is not None, module.language)


def case_url(case_id: str) -> str:
    """Where a case that is played begins."""
    manual_id, _, name = case_id.partition("/")
    return url_for("cases.show_case", manual_id=manual_id, name=name)


def quiz_title(module: Module) -> str:
    return library().quiz(module.quiz, context.locale()).title


def _go_on_section(document: Document, module: Module, slug: str = "") -> GoOn:
    manual = manual_of(module.id)
    how_far = progress.module_progress(module, document)
    section = module.section(slug) or next(
        (one for one in module.sections if one.slug not in how_far.sections_read),
        module.sections[0])
    n = module.sections.index(section) + 1
    strokes = [("here" if one is section else "done" if one.slug in how_far.sections_read
                else "todo") for one in module.sections]
    answered = sum(progress.check_answer(document, module, check) is not None
                   for check in section.checks)
    left = sum(one.minutes for one in module.sections
               if one is section or one.slug not in how_far.sections_read)
    return GoOn(section_url(module.id, section.slug), manual.id, manual.title, module.title,
                section.title, "section", n, len(module.sections), answered, len(section.checks),
                left, strokes, how_far.started, section.language)


def _go_on_next(document: Document, after: str) -> GoOn | None:
    """The first activity not done, in the manual of last time and then in the others."""
    manuals = library().manuals(context.locale())
    manuals.sort(key=lambda manual: not after.startswith(manual.id + "/"))
    for manual in manuals:
        upcoming = progress.next_activity(manual, lambda one: is_done(one, document), after)
        module = module_or_none(upcoming) if upcoming else None
        if module and _can_be_opened(module):
            return _go_on_activity(document, module)
    return None


def _can_be_opened(module: Module) -> bool:
    return bool(module.sections) or module.is_test or module.is_played


def _go_on_activity(document: Document, module: Module) -> GoOn:
    if module.is_played:
        return _go_on_case(module, None)
    return _go_on_test(module) if module.is_test else _go_on_section(document, module)


def _go_on_test(module: Module) -> GoOn:
    manual = manual_of(module.id)
    of = my_quiz(module).draw
    return GoOn(quiz_url(module.id), manual.id, manual.title, module.title, module.title, "test",
                0, of, 0, 0, 0, [], False, module.language)


def quiz_url(module_id: str) -> str:
    """Where the quiz of a module begins."""
    manual_id, _, name = module_id.partition("/")
    return url_for("quizzes.show_quiz", manual_id=manual_id, name=name)


def is_done(module_id: str, document: Document) -> bool:
    """Whether an activity is done. A test before the manual has had its time once another
    activity is begun."""
    module = module_or_none(module_id)
    if module is None:
        return False
    begun = module.kind == "before" and any(
        module_state(entry.id, document).started for entry in manual_of(module.id).entries)
    return begun or progress.module_progress(module, document).done


def last_saved(document: Document) -> str:
    """The time of the latest thing kept: an answer, a section, the end of an attempt."""
    times = [time for sections in document.get("read", {}).values() for time in sections.values()]
    times += [marks[-1][2] for marks in document.get("seen", {}).values()]
    return max(times, default="")


@dataclass(frozen=True, slots=True)
class ManualRow:
    """One manual on the home page: how many of its activities are read, passed, left."""

    manual: Manual
    modules: int
    read: int
    """Modules that are done."""
    passed: int
    """Modules whose quiz is passed."""
    cases: int
    cases_done: int
    final: bool | None
    """Whether the final examination is passed; None for a manual that has none."""
    strokes: list[str]

    @property
    def begun(self) -> bool:
        return any(stroke != "todo" for stroke in self.strokes)


def manual_row(manual: Manual, document: Document) -> ManualRow:
    modules = [entry for entry in manual.entries if entry.kind == "module"]
    cases = [entry for entry in manual.entries if entry.is_case]
    final = manual.test("final")
    how_far = {entry.id: module_state(entry.id, document) for entry in manual.entries}
    strokes = ["done" if how_far[entry.id].done else "here" if how_far[entry.id].started
               else "todo" for entry in modules]
    return ManualRow(manual, len(modules), sum(how_far[one.id].done for one in modules),
                     sum(how_far[one.id].passed for one in modules), len(cases),
                     sum(how_far[one.id].done for one in cases),
                     how_far[final.id].passed if final else None, strokes)


NOT_STARTED = ModuleProgress(frozenset(), 0, 0, 1, None, None, True)


def module_state(module_id: str, document: Document) -> ModuleProgress:
    module = module_or_none(module_id)
    return progress.module_progress(module, document) if module else NOT_STARTED


def record_needs(row: ManualRow | None) -> list[tuple[bool, str, int, int]]:
    """What the completion record of a manual still needs: (done, what, n, of)."""
    if row is None:
        return []
    counts = (("modules", row.read, row.modules), ("cases", row.cases_done, row.cases),
              ("final", int(bool(row.final)), int(row.final is not None)))
    return [(n == of, what, n, of) for what, n, of in counts if of]


def go_on_in(manual: Manual, document: Document) -> GoOn | None:
    anywhere = where_to_go_on(document)
    if anywhere and anywhere.manual == manual.id:
        return anywhere
    upcoming = progress.next_activity(manual, lambda one: is_done(one, document))
    module = module_or_none(upcoming) if upcoming else None
    if module is None or not _can_be_opened(module):
        return None
    return _go_on_activity(document, module)


def number_of(manual: Manual, module_id: str) -> int | None:
    """A module's number in its manual; cases have none."""
    numbered = [entry.id for entry in manual.entries if entry.kind == "module"]
    return numbered.index(module_id) + 1 if module_id in numbered else None


def manual_of(module_id: str) -> Manual:
    return library().manual(module_id.partition("/")[0], context.locale())


@dataclass(frozen=True, slots=True)
class WaysToJoin:
    """Where phones of the room open a class."""

    address: str
    square: str
    """Its QR code with the class's code in it (SVG); empty where phones find no way here."""


def ways_to_join(code: str) -> WaysToJoin:
    """The first address of this laptop on the room's network, or the page's own."""
    found = room_addresses(server_port())
    path = url_for("phones.join")
    if not found:
        return WaysToJoin(f"{request.host_url.rstrip('/')}{path}", "")
    return WaysToJoin(f"{found[0]}{path}",
                      square(f"{found[0]}{url_for('phones.join', code=code)}",
                             gettext("The way into the class, for a phone's camera")))


def module_or_none(module_id: str) -> Module | None:
    """An activity without its texts; None when it has left the course."""
    try:
        return my_library().outline(module_id, context.locale())
    except NotFound:
        return None


def section_url(module_id: str, slug: str, **rest: Any) -> str:
    manual_id, _, name = module_id.partition("/")
    return url_for("learner.show_section", manual_id=manual_id, name=name, slug=slug, **rest)


def module_of_quiz(quiz_id: str) -> Module | None:
    """The module or case that a pool belongs to; None when it has left the course."""
    try:
        return my_library().outline(library().module_of(quiz_id), context.locale())
    except NotFound:
        return None


def module_and_quiz(manual_id: str, name: str) -> tuple[Module, Quiz]:
    """A module and its quiz, as they are asked of this learner. Raises NotFound."""
    module = my_library().module(f"{manual_id}/{name}", context.locale())
    if not module.quiz:
        raise NotFound(what="quiz")
    return module, my_quiz(module)


def my_quiz(module: Module) -> Quiz:
    """The quiz of a module with what the learner's cohort has changed in it."""
    return my_library().quiz(module.quiz, context.locale())
