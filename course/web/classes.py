"""Classes: the cohorts of this laptop, who is in each, and what can be done for it."""

from __future__ import annotations

from collections.abc import Iterable
from secrets import token_hex

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from ..core import classroom, people, roster
from ..core.classroom import Cohort
from ..core.people import REGISTER, Person, Register
from ..core.table import DATE, NUMBER, Column, Table
from . import context
from .context import library, needs, services, signed_in, store
from .forms import Fields
from .klass import read_ahead
from .tables import file_of, wants_file

bp = Blueprint("classes", __name__, url_prefix="/classes")


# Every class -----------------------------------------------------------------------------

@bp.get("")
@needs("see-classes")
def show_classes() -> ResponseReturnValue:
    """The trainer's home: the classes in order of name, those that are over listed apart."""
    cohorts = services().cohorts.all()
    read_ahead()
    going, over = ([one for one in cohorts if one.closed is closed] for closed in (False, True))
    tables = [_table(gettext("Classes"), going), _table(gettext("Classes that are over"), over)]
    if wants_file():
        return file_of(tables, "classes")
    return render_template("classes/classes.html", going=tables[0] if going else None,
                           over=tables[1] if over else None,
                           begin=[url_for("sessions.show_sessions", cohort_id=one.id)
                                  for one in going],
                           enrolled=len(services().register().learners()))


def _table(title: str, cohorts: Iterable[Cohort]) -> Table:
    cohorts = list(cohorts)
    rows = tuple((one.name, _titles(one), one.begins or None, one.ends or None,
                  len(members(one))) for one in cohorts)
    columns = (Column(gettext("Class")), Column(gettext("Manuals")),
               Column(gettext("From"), DATE), Column(gettext("To"), DATE),
               Column(gettext("People"), NUMBER))
    return Table(title, columns, rows,
                 links=tuple(url_for(".show_cohort", cohort_id=one.id) for one in cohorts))


def _titles(cohort: Cohort) -> str | None:
    titles = [one.title for one in library().manuals(context.locale()) if one.id in cohort.manuals]
    return "; ".join(titles) or None


def members(cohort: Cohort) -> list[Person]:
    """Who is in a cohort, in order of name; without those who have left the register."""
    return [one for one in services().register().learners() if one.id in cohort.members]


@bp.route("/new", methods=["GET", "POST"])
@needs("run-classes")
def make_cohort() -> ResponseReturnValue:
    """Open a class by its name."""
    form = Fields(request.form)
    cohort_id = token_hex(6)
    if request.method == "POST" and _described(form, cohort_id):
        return redirect(url_for(".show_cohort", cohort_id=cohort_id), 303)
    return _form_page(form, None)


def _described(form: Fields, cohort_id: str) -> bool:
    """Keep what a class is called, what it studies and when; False with errors in the form."""
    for field in ("begins", "ends"):
        with form.collecting():
            classroom.clean_date(field, form.get(field))
    with form.collecting():
        classroom.clean_name(form.get("name"))
    with form.collecting():
        if not form.errors:
            draft = classroom.describe(
                cohort_id, signed_in(), name=form.get("name"), manuals=_chosen(form),
                begins=form.get("begins"), ends=form.get("ends"))
            with store().record(classroom.record_of(cohort_id)) as record:
                record.append(draft)
            return True
    return False


def _chosen(form: Fields) -> list[str]:
    """The manuals that were ticked, in the order of the course."""
    return [one.id for one in library().manuals(context.locale())
            if one.id in form.all("manual")]


def _form_page(form: Fields, cohort: Cohort | None) -> ResponseReturnValue:
    page = render_template("classes/form.html", form=form, cohort=cohort,
                           manuals=library().manuals(context.locale()))
    return page, form.status


# One class -------------------------------------------------------------------------------

@bp.get("/<cohort_id>")
@needs("see-classes")
def show_cohort(cohort_id: str) -> ResponseReturnValue:
    """Who is in a class, and what can be done for it."""
    cohort = cohort_named(cohort_id)
    table = _people_table(members(cohort))
    if wants_file():
        return file_of([table], cohort.name)
    return render_template("classes/cohort.html", cohort=cohort, people=table,
                           manuals=_titles(cohort), done=session.pop("done", ""))


def cohort_named(cohort_id: str) -> Cohort:
    """That class. Raises NotFound."""
    return services().cohorts.get(cohort_id)


def _people_table(learners: list[Person]) -> Table:
    columns = (Column(gettext("Name")), Column(gettext("Service number")),
               Column(gettext("Extra time, percent"), NUMBER))
    return Table(gettext("People"), columns,
                 tuple((one.name, one.number, one.extra_time or None) for one in learners),
                 links=tuple(url_for("staff.show_person", person_id=one.id) for one in learners))


@bp.route("/<cohort_id>/change", methods=["GET", "POST"])
@needs("run-classes")
def change_cohort(cohort_id: str) -> ResponseReturnValue:
    """Change what a class is called, what it studies and when."""
    cohort = cohort_named(cohort_id)
    if request.method == "GET":
        known = MultiDict([("name", cohort.name), ("begins", cohort.begins), ("ends", cohort.ends),
                           *(("manual", one) for one in cohort.manuals)])
        return _form_page(Fields(known), cohort)
    form = Fields(request.form)
    if _described(form, cohort_id):
        return redirect(url_for(".show_cohort", cohort_id=cohort_id), 303)
    return _form_page(form, cohort)


@bp.post("/<cohort_id>/close")
@needs("run-classes")
def close_cohort(cohort_id: str) -> ResponseReturnValue:
    """Say that a course is over, or (`closed=0`) that it goes on."""
    cohort = cohort_named(cohort_id)
    with store().record(cohort.record) as record:
        record.append(classroom.close(cohort, signed_in(),
                                      closed=request.form.get("closed") != "0"))
    return redirect(url_for(".show_cohort", cohort_id=cohort_id), 303)


@bp.route("/<cohort_id>/people", methods=["GET", "POST"])
@needs("run-classes")
def change_people(cohort_id: str) -> ResponseReturnValue:
    """Put enrolled learners into a class (`person`), or take them out (`out`)."""
    cohort = cohort_named(cohort_id)
    learners = services().register().learners()
    if request.method == "POST":
        add = [one.id for one in learners if one.id in request.form.getlist("person")]
        out = [one for one in request.form.getlist("out") if one in cohort.members]
        enter(cohort, {**dict.fromkeys(add, True), **dict.fromkeys(out, False)})
        return redirect(url_for(".show_cohort", cohort_id=cohort_id), 303)
    return render_template("classes/people.html", cohort=cohort,
                           inside=[one for one in learners if one.id in cohort.members],
                           others=[one for one in learners if one.id not in cohort.members])


def enter(cohort: Cohort, entered: dict[str, bool]) -> None:
    """Put people into a class or take them out; nothing is said of who is there already."""
    for is_member in (True, False):
        chosen = [one for one, wanted in entered.items()
                  if wanted is is_member and (one in cohort.members) is not is_member]
        if chosen:
            with store().record(cohort.record) as record:
                record.append(classroom.enter(cohort, chosen, signed_in(), entered=is_member))


# Extra time ------------------------------------------------------------------------------

@bp.route("/<cohort_id>/extra-time", methods=["GET", "POST"])
@needs("run-classes")
def give_extra_time(cohort_id: str) -> ResponseReturnValue:
    """Percent more time in examinations, for each learner of a class."""
    cohort = cohort_named(cohort_id)
    learners = members(cohort)
    known = MultiDict((f"extra.{one.id}", str(one.extra_time or "")) for one in learners)
    form = Fields(request.form if request.method == "POST" else known)
    if request.method == "POST" and _extra_time_kept(form, learners):
        return redirect(url_for(".show_cohort", cohort_id=cohort_id), 303)
    page = render_template("classes/extra_time.html", cohort=cohort, form=form, learners=learners)
    return page, form.status


def _extra_time_kept(form: Fields, learners: Iterable[Person]) -> bool:
    """Keep what changed, once all of it can be read."""
    drafts = []
    for person in learners:
        with form.collecting_at(f"extra.{person.id}"):
            percent = roster.percent(form.get(f"extra.{person.id}")) or 0
            draft = people.give_extra_time(person, percent, signed_in())
            if percent != person.extra_time:
                drafts.append(draft)
    if form.errors:
        return False
    with store().record(REGISTER) as record:
        here = {one.id for one in Register(record.document).present()}
        record.append(*(one for one in drafts if one.object in here))
    return True
