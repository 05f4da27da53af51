"""The class whose results are looked at: a cohort in one manual, read once and kept.

A document never changes once handed out, so what was worked out from one holds as long as the
store shows that same document: a class of two hundred is read again one learner at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app

from ..core import classview
from ..core.academy import PROFILE, Rules, academy_of
from ..core.activity import Entry, Manual, Module, Quiz
from ..core.analysis import Item
from ..core.classroom import Cohort
from ..core.classview import Held, Officer
from ..core.errors import CourseError, NotFound
from ..core.people import LEARNER, Person
from ..core.standing import COMPLETION, Syllabus
from ..core.studied import Studied, in_place, modules, studied
from . import context
from .context import library, office, store
from .issuing import syllabus_of

if TYPE_CHECKING:
    from ..content.library import Library

T = TypeVar("T")

PAUSE = 0.05
"""Seconds after each text that is read ahead."""

MOST_KEPT = 20_000
"""Values kept before all are let go: two hundred learners in four manuals are eight hundred."""


class Kept:
    """What was worked out from things that never change, until one of them is another."""

    def __init__(self) -> None:
        self._values: dict[object, tuple[Sequence[object], object, Any]] = {}

    def value(self, key: object, made_of: Sequence[object], version: object,
              make: Callable[[], T]) -> T:
        """The value under a key; made again when any of `made_of` is not the same object or the
        version is not equal."""
        known = self._values.get(key)
        if known and known[1] == version and len(known[0]) == len(made_of) and all(
                one is other for one, other in zip(known[0], made_of, strict=True)):
            found: T = known[2]
            return found
        value = make()
        if len(self._values) >= MOST_KEPT:
            self._values.clear()
        self._values[key] = (tuple(made_of), version, value)
        return value


def _kept() -> Kept:
    found: Kept = current_app.extensions.setdefault("seen", Kept())
    return found


@dataclass(frozen=True)
class Klass:
    """A cohort in one manual."""

    cohort: Cohort
    manuals: tuple[Manual, ...]
    """What the cohort studies."""
    syllabus: Syllabus
    officers: tuple[Officer, ...]
    """Its members who are on the class list, in order of name."""
    left: int
    """Members who are not on it any more."""

    @property
    def manual(self) -> Manual:
        return self.syllabus.manual

    @property
    def modules(self) -> list[Entry]:
        return modules(self.manual)

    @property
    def pass_mark(self) -> float:
        return self.manual.pass_mark

    def officer(self, person_id: str) -> Officer:
        """One of them. Raises NotFound."""
        for one in self.officers:
            if one.person.id == person_id:
                return one
        raise NotFound(what="person")

    def activity(self, name: str) -> Module:
        """A module, case or test of the manual that has questions. Raises NotFound."""
        found = self.syllabus.module(f"{self.manual.id}/{name}")
        if not found.quiz or found.is_played:
            raise NotFound(what="quiz")
        return found

    @cached_property
    def asked(self) -> dict[str, Quiz]:
        """Every quiz of the manual that has questions of its own, by id, in the order of study;
        an examination's belong to the modules."""
        found = (self.syllabus.module(entry.id) for entry in self.manual.entries)
        return {one.quiz: self.syllabus.quiz(one.quiz) for one in found
                if one.quiz and not one.is_played and one.kind != "final"}

    def items(self, module: Module) -> list[Item]:
        """What the class's first answers say about the questions of a module, case or test."""
        quiz = self.syllabus.quiz(module.quiz)
        found = self._analysed(quiz, module.quiz) + self._analysed(quiz, in_place(module.quiz))
        order = {one.id: place for place, one in enumerate(quiz.questions)}
        return sorted(found, key=lambda item: order[item.question.id])

    def _analysed(self, quiz: Quiz, key: str) -> list[Item]:
        firsts = [some for one in self.officers if (some := one.studied.firsts.get(key))]
        return _kept().value(
            (self.cohort.id, key, context.locale()), [quiz, *firsts], None,
            lambda: classview.items(quiz, firsts, untaught=quiz.kind == "before"))

    def misconceptions(self) -> list[Held]:
        """The misconceptions that the class holds or held before the course."""
        return _kept().value(
            ("myths", self.cohort.id, self.manual.id, context.locale()),
            [*self.asked.values(), *(one.studied for one in self.officers)], None,
            lambda: classview.misconceptions(self.asked, self.officers))

    @cached_property
    def signed(self) -> frozenset[str]:
        """Ids of those who hold the completion record."""
        the_office = office()
        documents = [store().document(one) for one in store().record_ids("register")]
        moment = the_office.moment()
        return _kept().value(
            ("signed", self.manual.id), documents, moment.believed,
            lambda: frozenset(the_office.holders(the_office.register, self.manual.id, COMPLETION,
                                                 moment)))


def read_ahead() -> None:
    """Read aside what the results of the open classes will ask of the course, so that the first
    look at them after a start need not wait for its texts. Called where a trainer begins."""
    reading = current_app.extensions.setdefault("read-ahead", set())
    wanted = {(manual.id, context.locale(), library().version)
              for cohort in context.services().cohorts.all() if not cohort.closed
              for manual in manuals_of(cohort)} - reading
    if wanted:
        reading |= wanted
        Thread(target=_read, args=(library(), sorted(wanted)), name="read-ahead",
               daemon=True).start()


def _read(shelf: Library, wanted: Sequence[tuple[str, str, str]]) -> None:
    """One text after the other, with a pause behind each for those who wait for a page."""
    for manual_id, locale, _ in wanted:
        with suppress(CourseError, OSError):  # the page itself will say so
            for entry in shelf.manual(manual_id, locale).entries:
                outline = shelf.outline(entry.id, locale)
                if outline.quiz and not outline.is_played:
                    shelf.quiz(outline.quiz, locale)
                time.sleep(PAUSE)


def the_class(cohort_id: str, manual_id: str = "") -> Klass:
    """A cohort in one of its manuals, the first when none is named. Raises NotFound."""
    cohort = context.services().cohorts.get(cohort_id)
    manuals = manuals_of(cohort)
    chosen = next((one for one in manuals if manual_id in ("", one.id)), None)
    if chosen is None:
        raise NotFound(what="manual", id=manual_id)
    syllabus = syllabus_of(chosen.id, context.locale())
    rules = academy_of(store().document(PROFILE)).rules_for(chosen.id)
    return Klass(cohort, manuals, syllabus.fitted(cohort.questions),
                 tuple(Officer(one, _studied(one, syllabus, rules)) for one in members(cohort)),
                 gone(cohort))


def manuals_of(cohort: Cohort) -> tuple[Manual, ...]:
    """The manuals that a cohort studies; all of the course where nobody said. Those that have
    left the course are left out."""
    found = [one for one in library().manuals(context.locale()) if one.entries]
    return tuple(one for one in found if one.id in cohort.manuals) or tuple(found)


def members(cohort: Cohort) -> list[Person]:
    """Those of a cohort who are on the class list, in order of name: who was removed or
    pseudonymised is not, and who is joined to another is that one."""
    return [one for one in context.services().register().listed(cohort.members)
            if one.role == LEARNER]


def gone(cohort: Cohort) -> int:
    """How many of a cohort are not on the class list any more."""
    register = context.services().register()
    return sum(person is None or person.removed for person in map(register.get, cohort.members))


def _studied(person: Person, syllabus: Syllabus, rules: Rules) -> Studied:
    """What a learner has studied, of the course as their cohorts have changed it."""
    document = store().document(person.record)
    changes = context.services().cohorts.changes_for(person.id)
    return _kept().value(
        ("learner", person.id, syllabus.manual.id, context.locale()), [document],
        (library().version, rules, changes),
        lambda: _same_firsts(person, syllabus.fitted(changes), document, rules))


def _same_firsts(person: Person, syllabus: Syllabus, document: Mapping[str, Any], rules: Rules
                 ) -> Studied:
    """What a learner has studied, its first answers being the very ones of before where they are
    equal: an analysis is made again only for the quiz that somebody handed in."""
    new = studied(syllabus, document, rules)
    return replace(new, firsts={key: _kept().value(("firsts", person.id, key), (), some,
                                                   partial(tuple, some))
                                for key, some in new.firsts.items()})
