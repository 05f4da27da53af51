"""Cohorts: who learns together, and what is different for them.

The document of `cohort:<id>`, each value the latest that was said:

    fields      {name, manuals, begins, ends, closed: [value, counter, device]}
    members     {person: [true or false, counter, device]}
    questions   {question key: ["", HIDDEN or the key of another, counter, device]}

A cohort is a list of people and never a copy of them: their learning stays in their own
records, and somebody may be in several cohorts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from .errors import BadField, ClassOver, NotFound
from .people import Person
from .questions import has_control_characters
from .statement import Document, Draft, Statement, put_latest, value_at

HIDDEN = "hidden"
"""Stands where a question is left out for a cohort; the key of another stands in its place."""

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who take a course together."""

    id: str
    name: str
    manuals: tuple[str, ...] = ()
    """What they study, by the manuals' ids."""
    begins: str = ""
    """ISO date, empty when nobody said."""
    ends: str = ""
    closed: bool = False
    """Whether the course is over: it is listed apart, and nobody can be added."""
    members: frozenset[str] = frozenset()
    """Ids of people; some may have left the register since."""
    questions: Mapping[str, str] = field(default_factory=dict)
    """What is different from the course: a question's key to `HIDDEN` or to the key of the
    question that is asked instead."""

    @property
    def record(self) -> str:
        return record_of(self.id)


def record_of(cohort_id: str) -> str:
    """Where a cohort is kept."""
    return f"cohort:{cohort_id}"


def fold_cohort(document: Document, statement: Statement) -> Document:
    """Take one statement about a cohort into its document."""
    result, stamp = statement.result, statement.stamp
    for name, value in result.get("fields", {}).items():
        document = put_latest(document, "fields", name, value, stamp=stamp)
    for person_id, is_member in result.get("members", {}).items():
        document = put_latest(document, "members", person_id, is_member, stamp=stamp)
    for key, instead in result.get("questions", {}).items():
        document = put_latest(document, "questions", key, instead, stamp=stamp)
    return document


def cohort_of(cohort_id: str, document: Document) -> Cohort:
    """The cohort that a document tells of. Raises NotFound when there is none."""
    if "fields" not in document:
        raise NotFound(what="cohort")

    def latest(name: str, default: object = "") -> object:
        return value_at(document, "fields", name, default=default)

    manuals = latest("manuals", [])
    return Cohort(
        cohort_id, str(latest("name")),
        tuple(manuals) if isinstance(manuals, list | tuple) else (),
        str(latest("begins")), str(latest("ends")), bool(latest("closed", False)),
        frozenset(one for one, (is_member, *_) in document.get("members", {}).items()
                  if is_member),
        {key: instead for key, (instead, *_) in document.get("questions", {}).items() if instead})


# Saying ----------------------------------------------------------------------------------

def describe(cohort_id: str, by: Person, *, name: str, manuals: Iterable[str] = (),
             begins: str = "", ends: str = "") -> Draft:
    """Open a cohort or change what it is called. Dates are ISO or empty. Raises BadField."""
    begins, ends = clean_date("begins", begins), clean_date("ends", ends)
    if begins and ends and ends < begins:
        raise BadField("ends", "before-begin")
    fields = {"name": clean_name(name), "manuals": list(manuals), "begins": begins, "ends": ends}
    return Draft("described", record_of(cohort_id), {"fields": fields}, actor=by.id)


def close(cohort: Cohort, by: Person, *, closed: bool = True) -> Draft:
    """Say that a cohort's course is over, or that it goes on after all."""
    return Draft("closed", cohort.record, {"fields": {"closed": closed}}, actor=by.id)


def enter(cohort: Cohort, people: Iterable[str], by: Person, *, entered: bool = True) -> Draft:
    """Put people into a cohort or take them out; their learning is not touched.

    Raises ClassOver for who is to be added to a cohort that is closed.
    """
    if entered and cohort.closed:
        raise ClassOver
    return Draft("entered", cohort.record, {"members": dict.fromkeys(people, entered)},
                 actor=by.id)


def change_question(cohort: Cohort, key: str, instead: str, by: Person) -> Draft:
    """Hide a question (`HIDDEN`), ask another in its place, or as the course has it (empty)."""
    return Draft("changed-question", cohort.record, {"questions": {key: instead}}, actor=by.id)


def clean_name(name: str) -> str:
    """A cohort's name as it is kept: NFC, single spaces. Raises BadField."""
    if has_control_characters(name):
        raise BadField("name", "control-characters")
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    if not kept:
        raise BadField("name", "empty")
    if len(kept) > LONGEST_NAME:
        raise BadField("name", "too-long", most=LONGEST_NAME)
    return kept


def clean_date(field_name: str, typed: str) -> str:
    """An ISO date, or nothing. Raises BadField."""
    typed = typed.strip()
    if not typed:
        return ""
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise BadField(field_name, "date") from None
