"""The course as the app asks for it: manuals, modules, quizzes, the library, the glossary.

Making a library reads nothing. What is asked for is read and rendered on first use, once
for all who ask at the same time, and again when one of its files has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.activity import Manual, Module, Quiz
from ..core.casework import Case
from ..core.errors import NotFound
from .annex import slots_used
from .casemaking import case_of
from .desk import ORIGINAL, Desk, Glossary, Words
from .examination import pool_quiz
from .lesson import is_late, module_of, outline_of, quiz_id
from .links import Address
from .manualtest import test_kind, test_module, test_quiz
from .memory import EVERY_FILE
from .reference import (
    Instrument,
    Page,
    instrument_of,
    manual_of,
    misconceptions_of,
    page_of,
)
from .shelf import LIBRARY_FOLDER, MODULES, Shelf, translation
from .source import LOCAL, Files, Roots

if TYPE_CHECKING:
    from .problem import Problem


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that the course leaves for the country's own law."""

    name: str
    used_in: tuple[str, ...]
    """Ids of the modules and cases that show it; empty for one that only the annex knows."""
    filled: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the course is translated into one language."""

    locale: str
    modules: int
    """Modules and cases with a translation, whole or in part."""
    of: int
    late: int
    """How many of them have a section whose original has changed since."""
    missing: tuple[str, ...]
    """Ids of those without a translation, or with sections not translated yet."""


class Library:
    """Everything that can be read, by id and language."""

    def __init__(self, roots: Roots, address: Address, words: Words) -> None:
        self.roots = roots
        self._files = Files(roots)
        self._shelf = Shelf(self._files)
        self._memory = self._shelf.memory
        self._desk = Desk(self._shelf, address, words)

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages that can be asked for: the original first."""
        return (ORIGINAL, *(one for one in self._files.locales if one != ORIGINAL))

    def speaks(self, locale: str) -> bool:
        """Whether that language can be asked for."""
        return locale == ORIGINAL or locale in self._files.locales

    @property
    def version(self) -> str:
        """Changes when any file has changed; looked at once a second at most."""
        return self._files.version

    def only_known(self) -> AbstractContextManager[None]:
        """What would have to be read or rendered first raises WouldWait meanwhile."""
        return self._memory.only_known()

    # Studied --------------------------------------------------------------------------------

    def manuals(self, locale: str) -> list[Manual]:
        """The course's manuals in order, then the academy's own cases if it has any."""
        ids = self._memory.value("manuals", self._shelf.manuals)
        has_local = any(one.startswith(f"{LOCAL}/") for one in self._lessons())
        return [self.manual(one, locale) for one in (*ids, *([LOCAL] if has_local else []))]

    def manual(self, manual_id: str, locale: str) -> Manual:
        """Raises NotFound."""
        has_index = f"{MODULES}{manual_id}/index.md" in self._files
        if manual_id == LOCAL:
            has_index = any(one.startswith(f"{LOCAL}/") for one in self._lessons())
        if not has_index or "/" in manual_id or f"{MODULES}{manual_id}/" == LIBRARY_FOLDER:
            raise NotFound(what="manual", id=manual_id)
        key = ("manual", manual_id, self._known(locale))
        return self._memory.value(key, lambda: manual_of(self._desk, *key[1:]))

    def module(self, module_id: str, locale: str) -> Module:
        """A module, a case or a test of a manual, by `manual/name`. Raises NotFound."""
        if module_id not in self._lessons():
            return self._test(module_id, locale)
        key = ("module", module_id, self._translated(f"{MODULES}{module_id}.md", locale))
        return self._memory.value(key, lambda: module_of(self._desk, *key[1:]))

    def outline(self, module_id: str, locale: str) -> Module:
        """The same without its texts: sections hold their questions only. Raises NotFound."""
        if module_id not in self._lessons():
            return self._test(module_id, locale)
        key = ("outline", module_id, self._translated(f"{MODULES}{module_id}.md", locale))
        return self._memory.value(key, lambda: outline_of(self._desk, *key[1:]))

    def case(self, case_id: str, locale: str) -> Case:
        """A case that is played, by `manual/name`. Raises NotFound."""
        name = f"{MODULES}{case_id}.md"
        if not self._is_played(case_id):
            raise NotFound(what="case", id=case_id)
        key = ("played", case_id, self._translated(name, locale))
        case = self._memory.value(key, lambda: case_of(self._desk, *key[1:]))
        if not case.is_whole:
            raise NotFound(what="case", id=case_id)
        return case

    def _is_played(self, case_id: str) -> bool:
        return case_id in self._lessons() and self._shelf.case(f"{MODULES}{case_id}.md") is not None

    def _test(self, test_id: str, locale: str) -> Module:
        if test_id not in self._tests():
            raise NotFound(what="module", id=test_id)
        key = ("test", test_id, self._known(locale))
        return self._memory.value(key, lambda: test_module(self._desk, *key[1:]))

    def quiz(self, quiz_id: str, locale: str) -> Quiz:
        """The pool of a module, or a test, by `manual/name`. Raises NotFound."""
        if quiz_id in self._tests():
            test = ("test-quiz", quiz_id, self._known(locale))
            return self._memory.value(test, lambda: test_quiz(self._desk, *test[1:]))
        name = f"quizzes/{quiz_id}.md"
        if name not in self._files or quiz_id.count("/") != 1:
            raise NotFound(what="quiz", id=quiz_id)
        key = ("quiz", quiz_id, self._translated(name, locale))
        return self._memory.value(key, lambda: pool_quiz(self._desk, *key[1:]))

    def in_place(self, quiz_id: str) -> frozenset[str]:
        """The questions of a pool that are asked in place, so never drawn."""
        return self._pools().get(quiz_id, _NO_POOL).in_place

    def module_of(self, quiz_id: str) -> str:
        """The module or case whose pool it is; a test and a case that is played are their own.
        Raises NotFound."""
        if quiz_id in self._tests() or self._is_played(quiz_id):
            return quiz_id
        found = self._pools().get(quiz_id, _NO_POOL).module
        if not found:
            raise NotFound(what="quiz", id=quiz_id)
        return found

    # Looked up ------------------------------------------------------------------------------

    def instruments(self, locale: str) -> list[Instrument]:
        ids = self._memory.value("instruments", self._shelf.instruments)
        return [self.instrument(one, locale) for one in ids]

    def instrument(self, instrument_id: str, locale: str) -> Instrument:
        """Raises NotFound."""
        name = f"{LIBRARY_FOLDER}{instrument_id}.md"
        if instrument_id not in self._memory.value("instruments", self._shelf.instruments):
            raise NotFound(what="instrument", id=instrument_id)
        key = ("instrument", instrument_id, self._translated(name, locale))
        return self._memory.value(key, lambda: instrument_of(self._desk, *key[1:]))

    def glossary(self, locale: str) -> Glossary:
        return self._desk.glossary(self._known(locale))

    def misconception(self, myth: str, locale: str) -> str:
        """The thought behind a wrong choice, in the learner's words; empty when unknown."""
        locale = self._known(locale)
        known = self._memory.value(("misconceptions", locale),
                                   lambda: misconceptions_of(self._desk, locale))
        return known.get(myth, "")

    def page(self, name: str, locale: str) -> Page:
        """`modules/<name>.md`, or the introduction of a folder: `library`. Raises NotFound."""
        files = [file for file in (f"{MODULES}{name}.md", f"{MODULES}{name}/index.md")
                 if file in self._files and "/" not in name]
        if not files:
            raise NotFound(what="page", id=name)
        key = ("page", files[0], self._translated(files[0], locale))
        return self._memory.value(key, lambda: page_of(self._desk, *key[1:]))

    # For the staff --------------------------------------------------------------------------

    def slots(self) -> list[Slot]:
        """The national slots: those that lessons use, and others that the annex fills."""
        return self._memory.value("slots", self._slots)

    def _slots(self) -> list[Slot]:
        used: dict[str, list[str]] = {}
        for lesson in sorted(self._lessons()):
            source = self._shelf.source(f"{MODULES}{lesson}.md")
            for slot in sorted(slots_used(source)) if source else ():
                used.setdefault(slot, []).append(lesson)
        annex = self._shelf.annex()
        for section in annex.source.sections if annex else ():
            used.setdefault(section.slug, [])
        return [Slot(slot, tuple(lessons), bool(annex and annex.section(slot)))
                for slot, lessons in sorted(used.items())]

    def country(self) -> str:
        """The name of the country that the annex speaks for; empty without one."""
        annex = self._memory.value("annex", self._shelf.annex)
        return annex.country if annex else ""

    def problems(self) -> tuple[Problem, ...]:
        """What the check finds in the files as they are now."""
        from .check import check

        def found() -> tuple[Problem, ...]:
            self._memory.uses(EVERY_FILE)
            return tuple(check(self._shelf))

        return self._memory.value("problems", found)

    def coverage(self) -> list[Coverage]:
        """How far each language but the original's goes."""
        return [self._coverage(locale) for locale in self.locales[1:]]

    def _coverage(self, locale: str) -> Coverage:
        return self._memory.value(("coverage", locale), lambda: self._counted(locale))

    def _counted(self, locale: str) -> Coverage:
        lessons = [one for one in sorted(self._lessons()) if not one.startswith(f"{LOCAL}/")]
        begun = late = 0
        missing = []
        for lesson in lessons:
            name = f"{MODULES}{lesson}.md"
            original = self._shelf.source(name)
            theirs = self._shelf.source(translation(name, locale))
            sections = original.sections if original else ()
            begun += bool(theirs)
            if not theirs or any(not theirs.section(one.slug) for one in sections):
                missing.append(lesson)
            late += bool(theirs and any(is_late(theirs.header, one.slug, one.digest)
                                        for one in sections))
        return Coverage(locale, begun, len(lessons), late, tuple(missing))

    # Inside ---------------------------------------------------------------------------------

    def _lessons(self) -> frozenset[str]:
        return self._memory.value("lessons", lambda: frozenset(self._shelf.lessons()))

    def _tests(self) -> frozenset[str]:
        def found() -> frozenset[str]:
            self._memory.uses("quizzes/")
            names = self._files.names("quizzes/")
            return frozenset(name.removeprefix("quizzes/").removesuffix(".md") for name in names
                             if name.count("/") == 2 and test_kind(self._shelf, name))

        return self._memory.value("tests", found)

    def _pools(self) -> Mapping[str, _Use]:
        return self._memory.value("pools", self._uses)

    def _uses(self) -> Mapping[str, _Use]:
        """Which module asks which pool, and what it asks in place."""
        uses: dict[str, _Use] = {}
        for lesson in sorted(self._lessons()):
            source = self._shelf.source(f"{MODULES}{lesson}.md")
            pool = quiz_id(source) if source else ""
            if source and pool:
                known = uses.get(pool, _Use(lesson, frozenset()))
                asked = frozenset(block.word for block in source.blocks("quiz"))
                uses[pool] = _Use(known.module, known.in_place | asked)
        return uses

    def _known(self, locale: str) -> str:
        """The language to answer in: the original's for one that the course does not have."""
        return locale if self.speaks(locale) else ORIGINAL

    def _translated(self, name: str, locale: str) -> str:
        """The language of a file's answer: the original's unless it is translated."""
        is_translated = locale != ORIGINAL and locale in self._files.locales and (
            translation(name, locale) in self._files)
        return locale if is_translated else ORIGINAL


@dataclass(frozen=True, slots=True)
class _Use:
    """How a pool is used."""

    module: str
    in_place: frozenset[str]


_NO_POOL = _Use("", frozenset())
