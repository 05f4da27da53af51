"""The cohorts of this laptop, read from the store and made again only when one has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.classroom import HIDDEN, Cohort, cohort_of, record_of
from ..core.errors import NotFound
from ..core.people import number_key

if TYPE_CHECKING:
    from ..core.statement import Document
    from ..store import Store

LOOKED_UP = 1.0
"""Seconds for which no new cohort is looked for when a learner asks for a page. A new one has
neither people nor changes; one that is known is looked at each time."""

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Known:
    """The cohorts as they were read from these documents."""

    ids: tuple[str, ...]
    documents: tuple[Document, ...]
    cohorts: Mapping[str, Cohort]
    changes: Mapping[str, Mapping[str, str]]
    """For each person in an open cohort that changes questions: what is different."""


class Cohorts:
    """Every cohort by its id, and what is different for a learner because of theirs."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._known = _Known((), (), {}, {})
        self._looked = -LOOKED_UP

    def all(self) -> list[Cohort]:
        """All of them in order of name, closed ones too."""
        self._looked = -LOOKED_UP
        return sorted(self._now().cohorts.values(), key=lambda one: (number_key(one.name), one.id))

    def get(self, cohort_id: str) -> Cohort:
        """One of them, for a page of the staff. Raises NotFound."""
        self._looked = -LOOKED_UP  # it may be new, so the next learner looks too
        return cohort_of(cohort_id, self._store().document(record_of(cohort_id)))

    def of(self, person_id: str) -> list[Cohort]:
        """The open cohorts that somebody is in, in order of name."""
        return [one for one in self.all() if person_id in one.members and not one.closed]

    def changes_for(self, person_id: str) -> Mapping[str, str]:
        """Which questions are hidden or replaced for a learner, by key. Asked for each page."""
        return self._now().changes.get(person_id, NOTHING)

    def _now(self) -> _Known:
        store, ids = self._store(), self._known.ids
        if time.monotonic() - self._looked > LOOKED_UP:
            ids, self._looked = tuple(store.record_ids("cohort")), time.monotonic()
        documents = tuple(store.document(one) for one in ids)
        known = self._known
        if ids != known.ids or any(a is not b for a, b in
                                   zip(documents, known.documents, strict=True)):
            known = self._known = _read(ids, documents)
        return known


def _read(ids: tuple[str, ...], documents: tuple[Document, ...]) -> _Known:
    cohorts = {}
    for record_id, document in zip(ids, documents, strict=True):
        cohort_id = record_id.partition(":")[2]
        try:
            cohorts[cohort_id] = cohort_of(cohort_id, document)
        except NotFound:  # statements of its people came from elsewhere before its name
            continue
    return _Known(ids, documents, cohorts, _changes(cohorts))


def _changes(cohorts: Mapping[str, Cohort]) -> dict[str, dict[str, str]]:
    """By person. What is hidden in any of their cohorts is hidden."""
    found: dict[str, dict[str, str]] = {}
    for cohort in sorted(cohorts.values(), key=lambda one: one.id):
        if cohort.closed or not cohort.questions:
            continue
        for person_id in cohort.members:
            theirs = found.setdefault(person_id, {})
            for key, instead in cohort.questions.items():
                if theirs.get(key) != HIDDEN:
                    theirs[key] = instead
    return found
