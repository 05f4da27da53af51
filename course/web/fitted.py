"""The library as one learner meets it: with the changes of their cohorts. Knows no Flask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.fitting import Changes, fit_in_place, fit_module, fit_quiz

if TYPE_CHECKING:
    from ..content.library import Library
    from ..core.activity import Module, Quiz


class FittedLibrary:
    """What the learner's pages ask, and the answers. Without changes it is the library itself.

    An attempt that was made keeps what it was asked: its pages ask the library.
    """

    def __init__(self, library: Library, changes: Changes) -> None:
        self._library = library
        self.changes = changes

    def module(self, module_id: str, locale: str) -> Module:
        """Raises NotFound, like all of these."""
        module = self._library.module(module_id, locale)
        return fit_module(module, self.changes) if self.changes else module

    def outline(self, module_id: str, locale: str) -> Module:
        module = self._library.outline(module_id, locale)
        return fit_module(module, self.changes) if self.changes else module

    def quiz(self, quiz_id: str, locale: str) -> Quiz:
        quiz = self._library.quiz(quiz_id, locale)
        return fit_quiz(quiz, self.changes, self.in_place(quiz_id)) if self.changes else quiz

    def in_place(self, quiz_id: str) -> frozenset[str]:
        in_place = self._library.in_place(quiz_id)
        return fit_in_place(in_place, quiz_id, self.changes) if self.changes else in_place
