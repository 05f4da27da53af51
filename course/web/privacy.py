"""What is held about a person, taking a name away, and the list of who changed what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import people
from ..core.academy import PROFILE
from ..core.candidate import without_marks
from ..core.errors import NotFound
from ..core.people import LEARNER, REGISTER, Person
from ..core.statement import Statement
from . import context
from .context import needs, office, signed_in, store
from .keys import download
from .lacks import hours_of
from .words import N_

bp = Blueprint("privacy", __name__)

MOST_CHANGES = 500
"""Of the audit, on one page."""

CHANGES = {
    "enrolled": N_("Entered as"),
    "changed-secret": N_("New PIN or passphrase"),
    "corrected-name": N_("Name corrected"),
    "gave-extra-time": N_("Extra time given"),
    "removed": N_("Taken off the list"),
    "pseudonymised": N_("Name taken away"),
    "described": N_("Academy described"),
    "changed-logo": N_("Logo changed"),
    "set-rules": N_("Rules set"),
    "trusted-key": N_("Trust in a key changed"),
    "took-list": N_("Revocation list taken in"),
    "issued": N_("Record issued"),
    "revoked": N_("Record revoked"),
    "superseded": N_("Record superseded"),
    "key-made": N_("Key made"),
    "key-retired": N_("Key retired"),
    "attended": N_("Hours attended entered"),
    "marked": N_("Text marked"),
    "changed-mark": N_("Mark of a text changed"),
    "attended-session": N_("Attendance of a session recorded"),
    "passed": N_("Test passed"),
    "failed": N_("Test not passed"),
    "prepared-exam": N_("Examination prepared"),
    "opened-exam": N_("Examination opened, or gone on with"),
    "paused-exam": N_("Examination paused"),
    "closed-exam": N_("Examination closed"),
    "released-exam": N_("Results of the examination released"),
    "withdrew-exam": N_("Examination withdrawn"),
    "gave-time": N_("More time in the examination"),
    "keyed-sheet": N_("Answer sheet keyed in"),
}
"""What the audit shows, by verb."""

MARKS = ("attended", "attended-session", "marked", "passed", "failed")
ABOUT_ONE = ("gave-time", "keyed-sheet")
"""What is said of one learner in an examination's record."""


# What is held ----------------------------------------------------------------------------

@bp.get("/staff/people/<person_id>/held.json")
@needs("see-audit")
def export_person(person_id: str) -> ResponseReturnValue:
    """All that is held about a learner, as one file."""
    return _file(_learner(person_id))


@bp.get("/my-data.json")
@needs("study")
def export_mine() -> ResponseReturnValue:
    """The same, for the learner; what answers are worth in an examination comes with its
    release."""
    return _file(signed_in(), withheld=True)


def _file(person: Person, withheld: bool = False) -> ResponseReturnValue:
    held = held_about(person)
    if withheld:
        held |= without_marks(held["learning"], held["statements"])
    return download(held, f"fourth-p-{person.id}.json")


def held_about(person: Person) -> dict[str, Any]:
    """Every statement by or about a person, and their records. Secrets are not given away."""
    records = office().records()
    return {
        "format": "fourth-p-held", "made": office().time,
        "person": {"id": person.id, "name": person.name, "number": person.number,
                   "role": person.role, "language": person.language, "removed": person.removed},
        "register": [_shown(one) for one in store().statements(REGISTER)
                     if one.object in {each.id for each in _all_of(person)}],
        "records": [{"record": one.record, "text": one.text, "status": one.status}
                    for one in records.all_whole(records.register.search(person=person.id))],
        "learning": store().document(person.record),
        "statements": [one.as_json() for each in _all_of(person)
                       for one in store().statements(each.record)],
        "examinations": [one.as_json() for key in store().record_ids("exam")
                         for one in store().statements(key) if one.object == person.id],
    }


def _shown(statement: Statement) -> dict[str, Any]:
    """A statement without the hash of a PIN."""
    shape = statement.as_json()
    result = {name: value for name, value in statement.result.items() if name != "secret"}
    return {**shape, "result": result}


@bp.post("/staff/people/<person_id>/pseudonymise")
@needs("remove-learner")
def pseudonymise(person_id: str) -> ResponseReturnValue:
    """Take a learner's name and number out of all that is kept, except issued records."""
    person = _learner(person_id)
    with store().record(REGISTER) as record:
        record.append(*(people.pseudonymise(one, by=signed_in()) for one in _all_of(person)))
    store().erase()
    return redirect(url_for("staff.show_people"), 303)


def _all_of(person: Person) -> list[Person]:
    """A person, and all who were joined to them: enrolled on other laptops."""
    joined = context.services().register().joined()
    return [person, *(other for other, kept in joined if kept.id == person.id)]


def _learner(person_id: str) -> Person:
    """A learner, also one who is no longer on the list. Raises NotFound."""
    person = context.services().register().get(person_id)
    if person is None or person.role != LEARNER:
        raise NotFound(what="person")
    return person


# The audit -------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Change:
    """One change: when, by whom, what, and about what."""

    time: str
    by: str
    verb: str
    subject: str
    detail: str


@bp.get("/academy/audit")
@needs("see-audit")
def show_audit() -> ResponseReturnValue:
    """Every change of mark, record and role, newest first."""
    kind = request.args.get("kind", "")
    kind = kind if kind in {"records", "roles", "marks", "exams"} else "records"
    found = [one for one in _statements(kind) if one.verb in CHANGES][::-1]
    page = min(request.args.get("page", 1, type=int), len(found) // MOST_CHANGES + 1)
    start = max(page - 1, 0) * MOST_CHANGES
    changes = [_change(one) for one in found[start:start + MOST_CHANGES]]
    return render_template("academy/audit.html", changes=changes, total=len(found), kind=kind,
                           words=CHANGES, start=start, page=max(page, 1),
                           more=start + MOST_CHANGES < len(found))


def _statements(kind: str) -> Iterator[Statement]:
    """The log's lines of one kind, oldest first."""
    if kind == "roles":
        yield from sorted(store().statements(REGISTER), key=lambda one: one.stamp)
    elif kind == "exams":
        yield from (one for one in store().statements() if one.record.startswith("exam:"))
    elif kind == "records":
        found = list(store().statements(PROFILE))
        for key in store().record_ids("register"):
            found += store().statements(key)
        yield from sorted(found, key=lambda one: one.stamp)
    else:
        yield from (one for one in store().statements()
                    if one.verb in MARKS and one.record.startswith("learner:"))


def _change(statement: Statement) -> Change:
    is_changed_mark = statement.verb == "marked" and "was" in statement.result
    verb = "changed-mark" if is_changed_mark else statement.verb
    return Change(statement.time, _name(statement.actor), verb, _subject(statement),
                  _detail(statement))


def _name(person_id: str) -> str:
    person = context.services().register().get(person_id)
    return person.name if person else person_id


def _subject(statement: Statement) -> str:
    kind, _, owner = statement.record.partition(":")
    if kind == "people" or statement.verb in ABOUT_ONE:
        return _name(statement.object)
    if kind == "exam":
        return _exam(owner)
    return _name(owner) if kind == "learner" else statement.object


def _exam(exam_id: str) -> str:
    """An examination by its test and its class."""
    try:
        exam = context.invigilator().exam(exam_id)
        return f"{exam.quiz}, {context.services().cohorts.get(exam.cohort).name}"
    except NotFound:
        return exam_id


def _detail(statement: Statement) -> str:
    """The figure or the reason, in the file's own terms."""
    result = statement.result
    body = result.get("body", {})
    match statement.verb:
        case "enrolled":
            return str(result["role"])
        case "attended":
            return f"{statement.object} {hours_of(result['minutes'])}"
        case "attended-session":
            return f"{result['manual']} {hours_of(result['minutes'])}"
        case "passed" | "failed":
            return f"{result['quiz']} {result['score']:g} / {result['of']}"
        case "gave-time":
            grant = result["grant"]
            return f"{grant['minutes']} min: {grant['reason']}"
        case "keyed-sheet":
            return f"{result['pass']}, {result['sheet']['variant']}"
        case "marked":
            before = ", ".join(map(str, result.get("was", ())))
            points = f"{before} → {result['total']}" if before else str(result["total"])
            why = f": {result['reason']}" if before else ""
            return f"{statement.object.partition('@')[0]} {points} / {sum(result['most'])}{why}"
        case "issued":
            return str(body["record"]["named"]["name"])
        case "revoked" | "superseded":
            return str(body["reason"])
        case "set-rules":
            return ", ".join(f"{name} {value}" for name, value in result.items())
        case "described":
            return f"{result['name']}, {result['prefix']}"
    return ""
