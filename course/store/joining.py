"""One document for somebody who was enrolled twice.

Two laptops may enrol the same person under two ids. When the register says that one of them
is the other (`people.joined`), the document of the one that is kept is folded from the
statements of both. Each record stays as it is, so taking the join back leaves no trace; and
since folds are commutative, the others' statements are folded on top of the kept document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..core.people import REGISTER, joined, record_of
from ..core.statement import Document, Statement
from . import Folds, fold_of


class Joined:
    """Shows a store's documents with those that are joined to them."""

    def __init__(self, folds: Folds, plain: Callable[[str], Document],
                 statements: Callable[[str], Iterator[Statement]]) -> None:
        """`plain` gives a record's own document, `statements` its history."""
        self._folds = folds
        self._plain = plain
        self._statements = statements
        self._register: Document = {}
        self._others: Mapping[str, tuple[str, ...]] = {}
        """By record that is kept, those that are joined to it."""
        self._histories: dict[str, tuple[Document, list[Statement]]] = {}
        """By record that is joined, its history as of the document beside it."""
        self._shown: dict[str, tuple[list[Document], Document]] = {}
        """By record that is kept, what is shown, and the documents it was made of."""

    def document(self, record_id: str) -> Document:
        """A record's document, with those that count for it."""
        own = self._plain(record_id)
        if not record_id.startswith("learner:"):
            return own
        others = self._joined_to(record_id)
        return self._together(record_id, own, others) if others else own

    def _joined_to(self, record_id: str) -> tuple[str, ...]:
        register = self._plain(REGISTER)
        if register is not self._register:
            others: dict[str, tuple[str, ...]] = {}
            for other, kept in sorted(joined(register).items()):
                others[record_of(kept)] = (*others.get(record_of(kept), ()), record_of(other))
            self._others, self._register = others, register
        return self._others.get(record_id, ())

    def _together(self, record_id: str, own: Document, others: tuple[str, ...]) -> Document:
        parts = [own, *map(self._plain, others)]
        known = self._shown.get(record_id)
        if known and len(known[0]) == len(parts) and all(map(_is, known[0], parts)):
            return known[1]
        fold = fold_of(self._folds, record_id)
        shown = own
        for other, part in zip(others, parts[1:], strict=True):
            for statement in self._history(other, part) if fold else ():
                shown = fold(shown, statement) if fold else shown
        self._shown[record_id] = (parts, shown)
        return shown

    def _history(self, record_id: str, document: Document) -> list[Statement]:
        """A record's statements, read again when its document has changed."""
        known = self._histories.get(record_id)
        if known is None or known[0] is not document:
            known = (document, list(self._statements(record_id)))
            self._histories[record_id] = known
        return known[1]


def _is(one: Document, other: Document) -> bool:
    return one is other
