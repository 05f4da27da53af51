"""The trainer's side of a class on phones: who has joined, who has not answered, once more."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..core import phones
from ..core import session as sessions
from ..core.errors import NotFound
from ..core.people import Person
from ..core.session import FIRST, REVEAL, SECOND, Session
from ..core.table import Cell, Column, Table
from . import context, counting
from .answers import question_at
from .context import library, needs, signed_in, store
from .filters import local_time
from .live import cohort_at, session_at
from .tables import file_of, wants_file

bp = Blueprint("seating", __name__)


@bp.get("/sessions/<session_id>/phones")
@needs("run-classes")
def show_seats(session_id: str) -> ResponseReturnValue:
    """By name: who has joined, and whether they answered; never what, which the room shows
    without names."""
    session = session_at(session_id)
    people = _people(session)
    table = _table(session, people)
    if wants_file():
        return file_of([table], f"phones-{session.id}")
    stage = session.stage
    may_again = session.is_open and stage.asking and not stage.is_open
    return render_template(
        "sessions/phones.html", session=session, cohort=cohort_at(session.cohort), table=table,
        seated=[one for one in people if one.id in session.seats] if may_again else [])


def _people(session: Session) -> list[Person]:
    """Who is expected and who has joined, in order of name."""
    register = context.services().register()
    expected = cohort_at(session.cohort).members | session.seats.keys()
    return [one for one in register.learners() if one.id in expected]


def _table(session: Session, people: list[Person]) -> Table:
    members, asking = cohort_at(session.cohort).members, session.stage.asking
    votes = [(words, counting.answers(session, asking, vote)) for vote, words in (
        (FIRST, gettext("First vote")), (SECOND, gettext("Second vote")))] if asking else []
    if votes and session.stage.vote == FIRST:
        del votes[1:]
    columns = (Column(gettext("Name")), Column(gettext("Joined")), Column(gettext("In the class")),
               *(Column(words) for words, _ in votes))

    def row(person: Person) -> tuple[Cell, ...]:
        joined = local_time(session.seats.get(person.id, ""))
        return (person.name, joined.strftime("%H:%M") if joined else gettext("not joined"),
                gettext("yes") if person.id in members else gettext("guest"),
                *((gettext("answered") if person.id in given else gettext("not answered"))
                  if joined else None for _, given in votes))

    return Table(gettext("On phones"), columns, tuple(row(one) for one in people), notes=(
        gettext("A guest gave the right code and is not on the list of this class."),))


@bp.post("/sessions/<session_id>/again")
@needs("run-classes")
def open_again(session_id: str) -> ResponseReturnValue:
    """Open the question before the room once more for one learner (`person`)."""
    session = session_at(session_id)
    person_id = request.form.get("person", "")
    with store().record(session.record) as record:
        now = sessions.session_of(session.id, record.document)
        if person_id not in now.seats or not now.stage.asking or not now.is_open:
            raise NotFound(what="seat")
        record.append(sessions.let_in(now, now.stage.asking, person_id, signed_in()))
    return redirect(url_for(".show_seats", session_id=session.id), 303)


# Marking ----------------------------------------------------------------------------------

def mark_what_is_shown(session_id: str) -> None:
    """Mark what was answered on phones and may be known now: to the question whose key stands
    before the room, and when the session is over, to all. Doing it again changes nothing."""
    session = session_at(session_id)
    stage = session.stage
    if session.closed:
        askings = list(session.asked)
    elif stage.phase == REVEAL and stage.asking:
        askings = [stage.asking]
    else:
        return
    for person_id in session.seats:
        _mark(session, askings, person_id)


def _mark(session: Session, askings: list[str], person_id: str) -> None:
    person = context.services().register().get(person_id)
    if person is None:
        return
    record_id = person.record
    document = store().document(record_id)
    if all(one.score is not None for asking in askings
           for one in phones.votes_of(document, session.id, asking).values()):
        return
    with store().record(record_id, wait=False) as record:
        for asking in askings:
            step = session.asked[asking].step
            question = question_at(library(), step, person.language)
            if question is not None and phones.is_marked(step, question):
                record.append(*phones.marked(record.document, session, asking, step.ref, question))
