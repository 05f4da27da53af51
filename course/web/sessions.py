"""A session run on one laptop: the trainer's page, and the wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from secrets import randbelow, token_hex
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import roomwork, runsheet, session, staging, votes
from ..core.activity import Entry, TrainerNote
from ..core.classroom import HIDDEN, LONGEST_NAME, Cohort
from ..core.errors import BadResponse
from ..core.questions import Form
from ..core.session import (
    CODE_DIGITS,
    PHASES,
    QUESTION,
    VOTES,
    WAYS,
    Session,
    Stage,
    Step,
)
from ..core.statement import Draft
from . import context
from .context import library, needs, services, signed_in, store
from .counting import presence_taken
from .filters import local_time
from .live import (
    Live,
    as_cohort_has_it,
    as_read,
    cohort_at,
    live,
    question_titles,
    session_at,
    sessions_of,
    version,
)
from .seating import mark_what_is_shown
from .tables import file_of, wants_file
from .votings import asked_table
from .whereabouts import ways_to_join
from .words import sentence

bp = Blueprint("sessions", __name__)


def _now() -> datetime:
    return context.services().now()


# Beginning --------------------------------------------------------------------------------

@bp.get("/sessions")
@needs("run-classes")
def show_live() -> ResponseReturnValue:
    """To the session that is open; else where one is begun."""
    mine = signed_in().id
    going = sorted((one for one in sessions_of() if one.is_open),
                   key=lambda one: one.trainer != mine)
    if going:
        return redirect(url_for(".show_session", session_id=going[0].id), 303)
    going_on = [one for one in services().cohorts.all() if not one.closed]
    return render_template("sessions/none.html", cohorts=[
        (one, _next_module(one, sessions_of(one.id))) for one in going_on])


@bp.get("/classes/<cohort_id>/sessions")
@needs("see-classes")
def show_sessions(cohort_id: str) -> ResponseReturnValue:
    """What a cohort has had and has open; begin with the next module, or with any."""
    cohort = cohort_at(cohort_id)
    held = sessions_of(cohort.id)
    return render_template("sessions/sessions.html", cohort=cohort, held=held,
                           going=next((one for one in held if one.is_open), None),
                           stale={one.id for one in held if is_stale(one)},
                           modules=modules_of(cohort), following=_next_module(cohort, held))


def modules_of(cohort: Cohort) -> list[tuple[Entry, int | None]]:
    """The modules and cases of what a cohort studies, modules with their numbers."""
    found: list[tuple[Entry, int | None]] = []
    manuals = cohort.manuals or [one.id for one in library().manuals(context.locale())]
    for manual_id in manuals:
        number = 0
        for entry in library().manual(manual_id, context.locale()).entries:
            if not entry.is_test:
                number += entry.kind == "module"
                found.append((entry, number if entry.kind == "module" else None))
    return found


def _next_module(cohort: Cohort, held: list[Session]) -> tuple[Entry, int | None] | None:
    """The first module that no session of the cohort had in its plan."""
    had = {step.ref.partition("#")[0] for one in held for step in one.plan}
    return next((one for one in modules_of(cohort) if one[1] and one[0].id not in had), None)


@bp.post("/classes/<cohort_id>/sessions")
@needs("run-classes")
def start_session(cohort_id: str) -> ResponseReturnValue:
    """Open a session with the modules that were chosen (`module`), or go on with the open one;
    with the field `prepare` it is begun later."""
    cohort = cohort_at(cohort_id)
    still = next((one for one in sessions_of(cohort.id) if one.is_open), None)
    if still and "prepare" not in request.form:
        return redirect(url_for(".show_session", session_id=still.id), 303)
    chosen = [one for one, _ in modules_of(cohort) if one.id in request.form.getlist("module")]
    plan = plan_for(cohort, [one.id for one in chosen])
    title = ", ".join(one.title for one in chosen)[:LONGEST_NAME] or cohort.name
    session_id, code = token_hex(6), f"{randbelow(10 ** CODE_DIGITS):0{CODE_DIGITS}d}"
    with store().record(session.record_of(session_id)) as record:
        if "prepare" in request.form:
            record.append(session.prepared(session_id, cohort, title, code, plan, signed_in()))
        else:
            record.append(session.opened(session_id, cohort, title, code, plan,
                                         staging.iso(_now()), signed_in()))
    page = "planning.show_plan" if "prepare" in request.form or not plan else ".show_session"
    return redirect(url_for(page, session_id=session_id), 303)


def plan_for(cohort: Cohort, module_ids: list[str], prefix: str = "s") -> list[Step]:
    """A plan of modules as the cohort has them."""
    modules = [library().outline(one, context.locale()) for one in module_ids]
    keys = [f"{one.quiz}#{check}" for one in modules for check in one.checks]
    instead = [one for one in cohort.questions.values() if one != HIDDEN]
    titles = question_titles([*keys, *instead])
    return runsheet.for_cohort(runsheet.plan_of(modules, titles, prefix), cohort, titles)


# Running ----------------------------------------------------------------------------------

@bp.get("/sessions/<session_id>")
@needs("run-classes")
def show_session(session_id: str) -> ResponseReturnValue:
    """The trainer's page: the run sheet, what is before the room, its notes and its key."""
    here = live(as_read(session_at(session_id)))
    if here.session.is_prepared:
        return redirect(url_for("planning.show_plan", session_id=session_id), 303)
    if here.session.closed:
        return _report(here)
    shown = version(here, here.minutes, "trainer")
    if request.if_none_match.contains(shown):
        return "", 304
    return _console(here, shown)


def _report(here: Live) -> ResponseReturnValue:
    """Of a session that is over: what was asked, with both votes."""
    table = asked_table(here.session)
    if wants_file():
        return file_of([table], here.session.title)
    return render_template("sessions/report.html", session=here.session, cohort=here.cohort,
                           table=table, minutes=here.minutes, people=len(here.session.present),
                           saved=bool(request.args.get("saved")))


def _console(here: Live, shown: str, **trouble: Any) -> str:
    notes = [part for part in here.section.parts if isinstance(part, TrainerNote)] \
        if here.section else []
    return render_template(
        "sessions/console.html", live=here, session=here.session, stage=here.session.stage,
        step=here.step, cohort=here.cohort, version=shown, notes=notes,
        begins=runsheet.begins(here.session.plan), planned=runsheet.length(here.session.plan),
        following=here.session.beside(here.session.stage.step, 1),
        presence_taken=presence_taken(here.session), is_stale=is_stale(here.session),
        is_behind="behind" in request.args and not request.if_none_match,
        first_question=next((one for one in here.session.plan if one.kind == QUESTION), None),
        talk=staging.MINUTES_TO_TALK, **_advice(here), **trouble)


def is_stale(known: Session) -> bool:
    """Whether an open session was begun on another day, or by a clock that was set since."""
    begun = local_time(known.opened)
    return known.is_open and begun is not None and begun.date() != _now().astimezone().date()


def _advice(here: Live) -> dict[str, Any]:
    """What only the trainer's screen says of a vote."""
    if here.ballot is None:
        return {}
    error = votes.likely_error(here.ballot, here.first)
    myth = library().misconception(error.myth, context.locale()) if error and error.myth else ""
    share = votes.share_right(here.ballot, here.first)
    return {"error_line": error, "myth": myth, "share": share, "move": votes.next_move(share)}


@bp.get("/sessions/<session_id>/wall")
@needs("run-classes")
def show_wall(session_id: str) -> ResponseReturnValue:
    """What the room sees, and nothing else. It asks every two seconds whether it is still so."""
    here = live(as_read(session_at(session_id)))
    shown = version(here, "wall")
    if request.if_none_match.contains(shown):
        return "", 304
    return render_template("sessions/wall.html", live=here, session=here.session,
                           stage=here.session.stage, step=here.step, cohort=here.cohort,
                           wall=shown, join=ways_to_join(here.session.code))


@bp.post("/sessions/<session_id>")
@needs("run-classes")
def go_on(session_id: str) -> ResponseReturnValue:
    """Keep what the trainer did: hands, and what the room has before it next.

    A form from a page that is behind (`moment`) changes nothing and leads to where the session
    stands, which is said there.
    """
    is_behind = True
    with store().record(session.record_of(session_id)) as record:
        known = as_cohort_has_it(session.session_of(session_id, record.document))
        here = live(known)
        if request.form.get("moment") == known.moment and known.is_open:
            is_behind = False
            try:
                record.append(*_done(here, dict(request.form.lists())))
            except BadResponse as error:
                return _console(here, version(here), error=sentence(error),
                                given=request.form), error.status
    mark_what_is_shown(session_id)
    return redirect(url_for(".show_session", session_id=session_id, _anchor="now",
                            behind="1" if is_behind else None), 303)


def _done(here: Live, form: Form) -> list[Draft]:
    """The statements of what was pressed. Raises BadResponse and NotFound."""
    do = (form.get("do") or [""])[0]
    known, stage = here.session, here.session.stage
    if do == "undo-count":
        return [session.counted(known, stage.asking, stage.vote, known.uncounted, signed_in())] \
            if known.uncounted is not None else []
    said = _counted(here, form)
    after = known.before if do == "undo" else _stage_after(here, do, form)
    if after is not None and after != stage:
        said.append(session.showed(known, after, signed_in()))
    return said


def _counted(here: Live, form: Form) -> list[Draft]:
    """The hands that were sent, where they are others than those known."""
    stage = here.session.stage
    sent = any(name.startswith("v.") for name in form)
    if here.ballot is None or not sent or stage.phase not in VOTES:
        return []
    hands = roomwork.read_votes(here.ballot, form)
    kept = here.session.hands.get(stage.asking, {}).get(stage.vote, {})
    if hands == dict(kept):
        return []
    return [session.counted(here.session, stage.asking, stage.vote, hands, signed_in())]


def _stage_after(here: Live, do: str, form: Form) -> Stage:
    """What the room has before it after a press."""
    known, stage, now, fresh = here.session, here.session.stage, _now(), token_hex(4)
    minutes = _minutes(form)
    if step_id := (form.get("step") or [""])[0]:
        return staging.entered(known, known.step(step_id), fresh, now)
    if way := (form.get("way") or [""])[0]:
        return replace(stage, way=way, is_open=stage.phase in VOTES and way != WAYS[0]) \
            if way in WAYS else stage
    if do in PHASES and do in here.phases:
        return staging.in_phase(stage, do, now, minutes)
    match do:
        case "next":
            return staging.forward(known, here.shape, fresh, now, minutes)
        case "back":
            return staging.backward(known, now, fresh)
        case "again" if here.ballot:
            return replace(staging.in_phase(stage, here.phases[0], now), asking=fresh,
                           since=staging.iso(now))
        case "timer":
            return replace(stage, until=staging.in_phase(stage, "talk", now, minutes).until)
        case "blank":
            return replace(stage, blank=not stage.blank)
        case "spread":
            return replace(stage, spread=not stage.spread, blank=False)
        case "short":
            return replace(stage, short=not stage.short, slide=0)
        case "open" | "close":
            return replace(stage, is_open=do == "open")
    return stage


def _minutes(form: Mapping[str, Any]) -> int:
    """How long people talk, as the form says; the usual time where it says nothing of use."""
    typed = (form.get("minutes") or [""])[0].strip()
    if typed.isdecimal() and len(typed) < 3 and 1 <= int(typed) <= staging.MOST_MINUTES_TO_TALK:
        return int(typed)
    return staging.MINUTES_TO_TALK
