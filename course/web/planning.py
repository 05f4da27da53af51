"""The plan of a session: its steps in order with their times, and what can be added."""

from __future__ import annotations

from secrets import token_hex

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from ..core import runsheet, session, staging
from ..core.classroom import Cohort
from ..core.errors import BadField, NotFound
from ..core.presence import clean_minutes
from ..core.runsheet import MOST_MINUTES, Change
from ..core.session import Session, Step
from . import context
from .context import library, needs, signed_in, store
from .forms import Fields
from .live import as_cohort_has_it, as_read, cohort_at, question_titles, session_at
from .sessions import modules_of, plan_for

bp = Blueprint("planning", __name__)

USUAL_BREAK = 15


@bp.get("/sessions/<session_id>/plan")
@needs("run-classes")
def show_plan(session_id: str) -> ResponseReturnValue:
    """The steps of a session, to be put in order; with `pick`, the questions of a `module` that
    can be added."""
    return _page(as_read(session_at(session_id)), Fields(MultiDict()))


def _page(known: Session, form: Fields) -> ResponseReturnValue:
    cohort = cohort_at(known.cohort)
    pool = request.args.get("module", "") if request.args.get("pick") else form.get("pool")
    page = render_template(
        "sessions/plan.html", session=known, cohort=cohort, form=form,
        begins=runsheet.begins(known.plan), planned=runsheet.length(known.plan),
        modules=modules_of(cohort), pool=pool, questions=_questions(cohort, pool),
        most_choices=runsheet.CHOICES_OF_A_POLL[-1], usual_break=USUAL_BREAK)
    return page, form.status


def _questions(cohort: Cohort, module_id: str) -> list[tuple[str, str]]:
    """The questions of a module's pool as the cohort has them: their keys and titles."""
    if not module_id:
        return []
    module = library().outline(module_id, context.locale())
    if not module.quiz or module.is_played or module.is_test:
        return []
    keys = [f"{module.quiz}#{one.id}"
            for one in library().quiz(module.quiz, context.locale()).questions]
    return [(key, title) for key, title in question_titles(keys).items()
            if not cohort.questions.get(key)]


@bp.post("/sessions/<session_id>/plan")
@needs("run-classes")
def change_plan(session_id: str) -> ResponseReturnValue:
    """Put the steps in another order, change their minutes, take some out."""
    form = Fields(request.form)
    with store().record(session.record_of(session_id)) as record:
        known = as_cohort_has_it(session.session_of(session_id, record.document))
        changes = {}
        for at, step in enumerate(known.plan, start=1):
            name = f"minutes.{step.id}"
            with form.collecting_at(name):
                minutes = clean_minutes(name, form.get(name), MOST_MINUTES)
                changes[step.id] = Change(_place(form, step, at), minutes or 0,
                                          stays=not form.get(f"out.{step.id}"))
        if form.errors:
            return _page(known, form)
        if not known.closed:
            record.append(session.planned(known, runsheet.changed(known.plan, changes),
                                          signed_in()))
    return redirect(url_for(".show_plan", session_id=session_id), 303)


def _place(form: Fields, step: Step, at: int) -> int:
    """Where a step should stand. One that is moved up stands before the one that was there, one
    that is moved down behind it: so places lie three apart, and the moved go between."""
    typed = form.get(f"place.{step.id}")
    place = int(typed) if typed.isdecimal() and len(typed) < 4 else at
    return 3 * place + (place > at) - (place < at)


@bp.post("/sessions/<session_id>/steps")
@needs("run-classes")
def add_steps(session_id: str) -> ResponseReturnValue:
    """Add what the field `add` names: `module` (also a case), `questions`, `poll` or `pause`."""
    form = Fields(request.form)
    with store().record(session.record_of(session_id)) as record:
        known = as_cohort_has_it(session.session_of(session_id, record.document))
        with form.collecting():
            plan = runsheet.inserted(known.plan, _steps(known, form), form.get("after"))
            if not known.closed:
                record.append(session.planned(known, plan, signed_in()))
    if form.errors:
        return _page(known, form)
    return redirect(url_for(".show_plan", session_id=session_id, _anchor="plan"), 303)


def _steps(known: Session, form: Fields) -> list[Step]:
    """The steps that a form asks for. Raises BadField and NotFound."""
    cohort, fresh = cohort_at(known.cohort), token_hex(3)
    match form.get("add"):
        case "module":
            if form.get("module") not in {one.id for one, _ in modules_of(cohort)}:
                raise BadField("module", "choose")
            return plan_for(cohort, [form.get("module")], fresh)
        case "questions":
            offered = dict(_questions(cohort, form.get("pool")))
            chosen = [one for one in request.form.getlist("question") if one in offered]
            if not chosen:
                raise BadField("question", "choose")
            return [runsheet.question_step(f"{fresh}{n}", key, offered[key])
                    for n, key in enumerate(chosen, start=1)]
        case "poll":
            return [runsheet.poll_step(fresh, form.get("title"),
                                       request.form.getlist("choice"))]
        case "pause":
            minutes = clean_minutes("pause", form.get("pause"), MOST_MINUTES)
            return [runsheet.pause_step(fresh, gettext("Break"), minutes or USUAL_BREAK)]
    raise NotFound(what="step")


@bp.post("/sessions/<session_id>/begin")
@needs("run-classes")
def begin(session_id: str) -> ResponseReturnValue:
    """Begin a session that was prepared."""
    now = staging.iso(context.services().now())
    with store().record(session.record_of(session_id)) as record:
        known = session.session_of(session_id, record.document)
        if known.is_prepared:
            record.append(session.begun(known, now, signed_in()))
    return redirect(url_for("sessions.show_session", session_id=session_id), 303)
