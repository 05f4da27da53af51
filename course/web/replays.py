"""What the class chose in a case that is played, and one learner's try gone through again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ..core import classwork, scoring
from ..core.casework import Case
from ..core.classroom import Cohort
from ..core.classwork import Path
from ..core.errors import NotFound
from ..core.evidence import EvidenceFile
from ..core.people import LEARNER, Person
from ..core.scenario import Story
from ..core.scoring import Attempt
from ..core.sorting import Sorter
from ..core.statement import Document
from . import context
from .cases import debrief_page
from .context import library, needs, store
from .whereabouts import manual_of

bp = Blueprint("replays", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One learner and the tries made so far."""

    person: Person
    tries: list[Attempt]
    """Oldest first; the last one may be open."""


@bp.get("/manuals/<manual_id>/<name>/case/class")
@needs("see-people")
def show_class(manual_id: str, name: str) -> ResponseReturnValue:
    """How many chose what, place by place; then the learners, each with the way to their tries.

    `?tries=all` counts every try and not each learner's latest.
    """
    case = library().case(f"{manual_id}/{name}", context.locale())
    return class_page(case, context.services().register().learners())


def class_page(case: Case, learners: Sequence[Person], cohort: Cohort | None = None) -> str:
    """What some learners chose: everybody, or a cohort, under which the page then stands."""
    every = request.args.get("tries") == "all"
    people = [(one, store().document(one.record)) for one in learners]
    paths = classwork.paths((document for _, document in people), case, every)
    return render_template(
        f"cases/class_{_kind(case)}.html", case=case, manual=manual_of(case.id), every=every,
        cohort=cohort, count=_count(case, paths), of=len(paths), rows=_rows(people, case),
        played=sum(bool(classwork.tries(document, case, every)) for _, document in people))


def _kind(case: Case) -> str:
    return "story" if isinstance(case, Story) else case.kind


def _count(case: Case, paths: Sequence[Path]) -> Any:
    if isinstance(case, Story):
        return classwork.story(case, paths)
    if isinstance(case, Sorter):
        return classwork.sorter(case, paths)
    assert isinstance(case, EvidenceFile)
    return classwork.evidence(case, paths)


def _rows(people: Sequence[tuple[Person, Document]], case: Case) -> list[Row]:
    """Everybody on the class list, in order of name."""
    return [Row(person, scoring.attempts(document, case.id)) for person, document in people]


@bp.get("/staff/tries/<person_id>/<attempt_id>")
@needs("see-people")
def show_replay(person_id: str, attempt_id: str) -> ResponseReturnValue:
    """A learner's try as it was looked back on, with its whole path step by step.

    One that is still open is nobody's to look at yet.
    """
    person = context.services().register().person(person_id)
    document = store().document(person.record)
    attempt = scoring.attempt(document, attempt_id)
    if person.role != LEARNER or not attempt.is_over:
        raise NotFound(what="attempt")
    case = library().case(attempt.quiz, context.locale()).of(attempt.questions)
    return debrief_page(attempt, case, document, replay=person.name)
