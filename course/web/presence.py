"""Who was in a session and for how long; closing it; the attendance of a class; what is printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..core import presence, runsheet, session, staging
from ..core.classroom import Cohort
from ..core.people import Person
from ..core.session import Session
from ..core.statement import Draft
from ..core.table import NUMBER, Column, Table
from . import context
from .context import library, needs, signed_in, store
from .counting import presence_taken
from .filters import local_time
from .forms import Fields, sent_or
from .live import cohort_at, elapsed, session_at, sessions_of
from .seating import mark_what_is_shown
from .tables import file_of, wants_file

bp = Blueprint("presence", __name__)

CARDS = ascii_uppercase[:6]
"""The letters on the cards that are printed."""


# Of one session --------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Seat:
    """One line of the list: somebody of the class, or who joined without belonging to it."""

    person: Person
    was_there: bool
    minutes: int | None
    """None for the whole session."""
    joined: bool
    """With a phone."""


@bp.route("/sessions/<session_id>/attendance", methods=["GET", "POST"])
@needs("run-classes")
def note_presence(session_id: str) -> ResponseReturnValue:
    """Tick who is there, and the minutes of who came late or left early. Of a session that is
    over it corrects the minutes in the learners' records."""
    known = session_at(session_id)
    return _presence_page(known, closing=False)


@bp.route("/sessions/<session_id>/close", methods=["GET", "POST"])
@needs("run-classes")
def close_session(session_id: str) -> ResponseReturnValue:
    """The same list before a session is closed, with how long it took."""
    known = session_at(session_id)
    if known.closed:
        return redirect(url_for("sessions.show_session", session_id=known.id), 303)
    return _presence_page(known, closing=True)


def _presence_page(known: Session, *, closing: bool) -> ResponseReturnValue:
    cohort, now = cohort_at(known.cohort), context.services().now()
    took = elapsed(known, now)
    offered = presence.minutes_to_offer(known, took)
    seats = _seats(known, cohort)
    form = sent_or({"whole": str(offered), "manual": presence.manual_of(known.plan)
                    or next(iter(cohort.manuals), ""), **_filled(seats)})
    if request.method == "POST":
        said = _said(form, seats, offered)
        if said is not None:
            whole, minutes = said
            if closing or known.closed:
                _keep_in_records(known, _manual(form, cohort, known), whole, minutes, seats)
            _keep_in_session(known, minutes, closing=closing, whole=whole)
            target = ".note_presence" if not closing else "sessions.show_session"
            return redirect(url_for(target, session_id=known.id, saved="yes"), 303)
    page = render_template(
        "sessions/attendance.html", session=known, cohort=cohort, form=form, seats=seats,
        closing=closing, took=took, offered=offered, planned=runsheet.length(known.plan),
        is_believable=presence.is_believable(took, runsheet.length(known.plan)),
        taken=presence_taken(known), saved=bool(request.args.get("saved")),
        manuals=[library().manual(one, context.locale()) for one in cohort.manuals])
    return page, form.status


def _manual(form: Fields, cohort: Cohort, known: Session) -> str:
    """Whose hours they are: a manual of the class, as chosen, else what the plan is about."""
    chosen, planned = form.get("manual"), presence.manual_of(known.plan)
    return chosen if chosen in cohort.manuals else planned or next(iter(cohort.manuals), "")


def _seats(known: Session, cohort: Cohort) -> list[Seat]:
    """Everybody of the class and everybody who joined, in order of name. Until it is said who is
    there, all of the class are ticked."""
    register, taken = context.services().register(), presence_taken(known)
    # Somebody who joined under an id that was joined to another since is found as that one.
    present = {person.id: minutes for one, minutes in known.present.items()
               if (person := register.get(one))}
    return [Seat(one, one.id in present or (not taken and one.id not in known.absent),
                 present.get(one.id), one.id in known.seats)
            for one in register.listed(cohort.members | known.present.keys())]


def _filled(seats: Iterable[Seat]) -> dict[str, str]:
    filled = {f"here.{one.person.id}": "1" for one in seats if one.was_there}
    return filled | {f"minutes.{one.person.id}": str(one.minutes)
                     for one in seats if one.minutes is not None}


def _said(form: Fields, seats: Iterable[Seat], offered: int
          ) -> tuple[int, dict[str, int | None]] | None:
    """How long the session took, and what is kept of everybody; None where something cannot be
    read."""
    whole: int | None = offered
    if "whole" in request.form:
        with form.collecting_at("whole"):
            whole = presence.clean_minutes("whole", form.get("whole"), presence.LONGEST_SESSION)
    minutes = {}
    for one in seats:
        name = f"minutes.{one.person.id}"
        with form.collecting_at(name):
            own = presence.clean_minutes(name, form.get(name), presence.LONGEST_SESSION)
            minutes[one.person.id] = presence.as_kept(
                bool(form.get(f"here.{one.person.id}")), own)
    return None if form.errors else (offered if whole is None else whole, minutes)


def _keep_in_records(known: Session, manual: str, whole: int,
                     minutes: Mapping[str, int | None], seats: Sequence[Seat]) -> None:
    """Say in each learner's record how long they were there, where it says something else."""
    for seat in seats:
        own = minutes[seat.person.id]
        there = 0 if own == session.ABSENT else whole if own is None else own
        with store().record(seat.person.record) as record:
            before = presence.said_of(record.document, known.id)
            if there != before.get("minutes", 0) or before.get("manual", manual) != manual:
                record.append(presence.attended_session(known, manual, there, signed_in()))


def _keep_in_session(known: Session, minutes: Mapping[str, int | None], *, closing: bool,
                     whole: int) -> None:
    said: list[Draft] = [session.attended(known, minutes, signed_in())]
    if closing:
        begun, now = local_time(known.opened), context.services().now()
        ended = presence.end_of(begun, whole, now) if begun else now
        said.append(session.closed(known, staging.iso(ended.astimezone(now.tzinfo)), signed_in()))
    with store().record(known.record) as record:
        record.append(*said)
    if closing:
        mark_what_is_shown(known.id)


# Of a class ------------------------------------------------------------------------------

@bp.get("/classes/<cohort_id>/attendance")
@needs("see-classes")
def show_attendance(cohort_id: str) -> ResponseReturnValue:
    """The hours of everybody in every session that is over."""
    cohort = cohort_at(cohort_id)
    table = attendance_table(cohort, sessions_of(cohort.id))
    if wants_file():
        return file_of([table], f"{cohort.name}-attendance")
    return render_template("sessions/attendance_table.html", cohort=cohort, table=table)


def attendance_table(cohort: Cohort, held: Iterable[Session]) -> Table:
    """Sessions by officers, in hours; an empty cell where somebody was not there."""
    over = sorted((one for one in held if one.closed), key=lambda one: one.opened)
    rows = []
    for person in _people(cohort, over):
        document = store().document(person.record)
        minutes = [presence.said_of(document, one.id).get("minutes", 0) for one in over]
        hours = [one / 60 if one else None for one in minutes]
        rows.append((person.name, person.number, *hours, sum(minutes) / 60))
    columns = [Column(_heading(one), NUMBER, 2) for one in over]
    return Table(
        gettext("Attendance in hours"),
        (Column(gettext("Name")), Column(gettext("Service number")), *columns,
         Column(gettext("All sessions"), NUMBER, 2)), tuple(rows),
        notes=(gettext("Sessions that are closed, as they were recorded or corrected. Hours "
                       "entered by hand by the academy come on top and are not here."),))


def _people(cohort: Cohort, held: Iterable[Session]) -> list[Person]:
    """Who belongs to a class or was in a session of it, in order of name."""
    ids = cohort.members.union(*(one.present.keys() for one in held))
    return context.services().register().listed(ids)


def _heading(one: Session) -> str:
    moment = local_time(one.opened)
    return f"{moment.date().isoformat()} {one.title}" if moment else one.title


@bp.get("/classes/<cohort_id>/attendance/sheet")
@needs("see-classes")
def print_sheet(cohort_id: str) -> ResponseReturnValue:
    """A sheet to sign by hand."""
    cohort = cohort_at(cohort_id)
    return render_template("sessions/sheet.html", cohort=cohort, people=_people(cohort, ()),
                           today=context.services().now())


@bp.get("/cards")
@needs("run-classes")
def print_cards() -> ResponseReturnValue:
    """Cards with letters to raise, four to a page."""
    return render_template("sessions/cards.html", letters=CARDS)
