"""Examinations of a class, as the trainer has them: prepare, open, watch, close, release."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from ..core import candidate
from ..core import exam as exams
from ..core.activity import Quiz
from ..core.candidate import Candidate
from ..core.classroom import Cohort
from ..core.errors import BadField, ExamMoved, NotFound
from ..core.exam import CLOSED, CLOSING, OPEN, PAUSED, RELEASED, WITHDRAWN, Exam
from ..core.people import Person
from ..core.table import NUMBER, Column, Table
from . import context
from .context import invigilator, library, needs, services, signed_in, store
from .fitted import FittedLibrary
from .forms import Fields
from .tables import file_of, wants_file

bp = Blueprint("exams", __name__, url_prefix="/classes/<cohort_id>/exams")


# All of a class --------------------------------------------------------------------------

@bp.get("")
@needs("see-classes")
def show_exams(cohort_id: str) -> ResponseReturnValue:
    """The examinations of a class, the latest first."""
    cohort = services().cohorts.get(cohort_id)
    found = [one for one in invigilator().all() if one.cohort == cohort.id]
    return render_template("exams/list.html", cohort=cohort,
                           exams=[(one, title_of(one)) for one in reversed(found)])


def title_of(exam: Exam) -> str:
    """What an examination is called: the title of its test."""
    try:
        quiz = library().quiz(exam.quiz, context.locale())
        module = library().outline(library().module_of(exam.quiz), context.locale())
    except NotFound:
        return exam.quiz
    return quiz.title if module.is_test else f"{module.title}: {quiz.title}"


@dataclass(frozen=True, slots=True)
class Offer:
    """A test that an examination can be made of."""

    quiz: Quiz
    title: str
    manual: str


def offers(cohort: Cohort) -> list[Offer]:
    """The tests of the manuals, those that the class studies first: the final examination,
    the two that measure, then the modules'."""
    found = []
    manuals = library().manuals(context.locale())
    for manual in sorted(manuals, key=lambda one: one.id not in cohort.manuals):
        entries = sorted((one for one in manual.entries if not one.is_played),
                         key=lambda one: {"final": 0, "before": 1, "after": 1}.get(one.kind, 2))
        for entry in entries:
            module = library().outline(entry.id, context.locale())
            if module.quiz:
                quiz = library().quiz(module.quiz, context.locale())
                found.append(Offer(quiz, module.title, manual.title))
    return found


@bp.route("/prepare", methods=["GET", "POST"])
@needs("run-classes")
def prepare(cohort_id: str) -> ResponseReturnValue:
    """Choose the test and its rules. The fields: quiz, count, same, minutes, together."""
    cohort = services().cohorts.get(cohort_id)
    offered = offers(cohort)
    if request.method == "GET":
        known = {"quiz": request.args.get("quiz") or (offered[0].quiz.id if offered else ""),
                 "minutes": "60", "same": "0", "together": "0"}
        return _prepare_page(cohort, offered, Fields(MultiDict(known)))
    form, exam_id = Fields(request.form), token_hex(6)
    if _prepared(form, cohort, offered, exam_id):
        return redirect(url_for(".show_exam", cohort_id=cohort.id, exam_id=exam_id), 303)
    return _prepare_page(cohort, offered, form)


def _prepare_page(cohort: Cohort, offered: list[Offer], form: Fields) -> ResponseReturnValue:
    by_manual: dict[str, list[Offer]] = {}
    for one in offered:
        by_manual.setdefault(one.manual, []).append(one)
    page = render_template("exams/prepare.html", cohort=cohort, offers=by_manual, form=form)
    return page, form.status


def _prepared(form: Fields, cohort: Cohort, offered: list[Offer], exam_id: str) -> bool:
    """Keep a new examination; False with errors in the form."""
    quiz = next((one.quiz for one in offered if one.quiz.id == form.get("quiz")), None)
    if quiz is None:
        with form.collecting():
            raise BadField("quiz", "choose")
        return False
    fitted = FittedLibrary(library(), cohort.questions)
    count = minutes = 0
    with form.collecting():
        count = whole(form.get("count"), "count", most=len(quiz.questions)) or fitted.quiz(
            quiz.id, context.locale()).draw
    with form.collecting():
        minutes = whole(form.get("minutes"), "minutes", most=exams.MOST_MINUTES)
    if form.errors:
        return False
    with form.collecting():
        invigilator().keep(exams.prepare(
            exam_id, cohort, fitted.quiz(quiz.id, context.locale()), fitted.in_place(quiz.id),
            signed_in(), count=count,
            same=form.get("same") == "1", minutes=minutes, seed=token_hex(4),
            together=form.get("together") == "1"))
    return not form.errors


def whole(typed: str, field: str, most: int) -> int:
    """A whole number as it was typed, in any digits; 0 for nothing. Raises BadField."""
    plain = typed.strip()
    if not plain:
        return 0
    if not plain.isdecimal() or len(plain) > 6:
        raise BadField(field, field, most=most)
    return int(plain)


# One of them -----------------------------------------------------------------------------

def found(cohort_id: str, exam_id: str) -> tuple[Cohort, Exam]:
    """An examination of a class as it stands. Raises NotFound."""
    cohort = services().cohorts.get(cohort_id)
    exam = invigilator().exam(exam_id)
    if exam.cohort != cohort.id:
        raise NotFound(what="exam")
    return cohort, exam


def quiz_of(exam: Exam) -> Quiz:
    return library().quiz(exam.quiz, context.locale())


@bp.get("/<exam_id>")
@needs("see-classes")
def show_exam(cohort_id: str, exam_id: str) -> ResponseReturnValue:
    """What can be done now; who has begun, how far each is, how much time is left. No answers."""
    cohort, exam = found(cohort_id, exam_id)
    present = invigilator().present(exam)
    table = _watched(exam, present)
    moment = f"{context.locale()} {exam.state} {hash(table.rows)}"
    if request.if_none_match.contains(moment):
        return "", 304
    return render_template("exams/show.html", cohort=cohort, exam=exam, quiz=quiz_of(exam),
                           title=title_of(exam), people=table, moment=moment,
                           unhanded=sum(one.is_going for one in present))


def _watched(exam: Exam, present: list[Candidate]) -> Table:
    """By name: how far each is. Minutes are rounded up, as one would say them."""
    columns = (Column(gettext("Name")), Column(gettext("State")),
               Column(gettext("Answered"), NUMBER), Column(gettext("Of"), NUMBER),
               Column(gettext("Minutes left"), NUMBER))
    rows = tuple((one.person.name, _how_far(one), one.attempt.answered if one.attempt else None,
                  len(exam.questions),
                  -(-one.left // exams.MINUTE) if one.is_going and one.left is not None else None)
                 for one in present)
    links = tuple(url_for(".show_person", cohort_id=exam.cohort, exam_id=exam.id,
                          person_id=one.person.id) for one in present)
    return Table(gettext("Who is where"), columns, rows,
                 links=links if exam.is_under_way and signed_in().may("run-classes") else ())


def _how_far(place: Candidate) -> str:
    if place.attempt is None:
        return gettext("Not begun")
    how = (place.attempt.handed or {}).get("how")
    if place.attempt.paper:
        return gettext("On paper")
    if how == exams.TIME:
        return gettext("Handed in: time over")
    if how == CLOSING:
        return gettext("Handed in: closed")
    return gettext("Handed in") if place.is_handed else gettext("Answering")


@bp.post("/<exam_id>")
@needs("run-classes")
def move(cohort_id: str, exam_id: str) -> ResponseReturnValue:
    """Bring it to another state: the field `to`. Raises ExamMoved."""
    _, exam = found(cohort_id, exam_id)
    to = request.form.get("to", "")
    if to == RELEASED:
        invigilator().release(exam.id, signed_in())
    elif to in {OPEN, PAUSED, CLOSED, WITHDRAWN}:
        invigilator().move(exam.id, to, signed_in())
    else:
        raise ExamMoved(state=exam.state)
    return redirect(url_for(".show_exam", cohort_id=cohort_id, exam_id=exam_id), 303)


# One learner in it -----------------------------------------------------------------------

@bp.route("/<exam_id>/people/<person_id>", methods=["GET", "POST"])
@needs("run-classes")
def show_person(cohort_id: str, exam_id: str, person_id: str) -> ResponseReturnValue:
    """More time for one, or in again: the fields minutes and reason."""
    cohort, exam = found(cohort_id, exam_id)
    person = services().register().person(person_id)
    place = invigilator().candidate(exam, person)
    if place.attempt is None and person.id not in cohort.members:
        raise NotFound(what="person")
    form = Fields(request.form)
    if request.method == "POST" and _given(form, place):
        return redirect(url_for(".show_exam", cohort_id=cohort_id, exam_id=exam_id), 303)
    page = render_template("exams/person.html", cohort=cohort, exam=exam, title=title_of(exam),
                           place=place, form=form, names=name_of)
    return page, form.status


def _given(form: Fields, place: Candidate) -> bool:
    """Keep more time; whoever was handed in goes on. False with errors in the form."""
    minutes = 0
    with form.collecting():
        minutes = whole(form.get("minutes"), "minutes", most=exams.MOST_MINUTES)
    with form.collecting():
        exams.clean_reason(form.get("reason"))
    if form.errors:
        return False
    with form.collecting():
        grant = candidate.give_time(place, minutes, form.get("reason"), signed_in())
        with store().record(place.exam.record) as record:
            record.append(grant)
        if place.attempt and place.attempt.handed:
            with store().record(place.person.record) as record:
                record.append(candidate.let_in(place.attempt, signed_in()))
    return not form.errors


def name_of(person_id: str) -> str:
    person = services().register().get(person_id)
    return person.name if person else person_id


# Results ---------------------------------------------------------------------------------

@bp.get("/<exam_id>/results")
@needs("see-classes")
def show_results(cohort_id: str, exam_id: str) -> ResponseReturnValue:
    """What each has earned, once it is closed; marked as it will be released."""
    cohort, exam = found(cohort_id, exam_id)
    if exam.state not in {CLOSED, RELEASED}:
        raise ExamMoved(state=exam.state)
    table = results(exam, quiz_of(exam), invigilator().present(exam))
    if wants_file():
        return file_of([table], f"{cohort.name} {title_of(exam)}")
    return render_template("exams/results.html", cohort=cohort, exam=exam, title=title_of(exam),
                           results=table)


def results(exam: Exam, quiz: Quiz, present: list[Candidate]) -> Table:
    """By name, with an empty row for who was not there."""
    columns = (Column(gettext("Name")), Column(gettext("Service number")),
               Column(gettext("Score"), NUMBER, 2), Column(gettext("Of"), NUMBER),
               Column(gettext("Percent"), NUMBER, 1), Column(gettext("Passed")),
               Column(gettext("On safety, not right"), NUMBER),
               Column(gettext("Minutes used"), NUMBER, 1), Column(gettext("Handed in")))
    rows = tuple(_result(one, quiz) for one in present)
    sat = sum(one.attempt is not None for one in present)
    notes = (ngettext("%(num)s person sat it.", "%(num)s people sat it.", sat),
             gettext("A question without an answer earns nothing. Minutes count while the "
                     "examination was open."))
    return Table(gettext("Results"), columns, rows, notes=notes)


def _result(place: Candidate, quiz: Quiz) -> tuple[Any, ...]:
    person = place.person
    kept = _summary(place, quiz, signed_in())
    if kept is None:
        return (person.name, person.number, None, len(place.exam.questions), None, None, None,
                None, gettext("Not sat"))
    passed = None if quiz.measures else gettext("yes") if kept["passed"] else gettext("no")
    used = None if kept.get("paper") else kept["used"] / 60
    return (person.name, person.number, kept["score"], kept["of"],
            kept["score"] * 100 / max(kept["of"], 1), passed, len(kept["missed"]), used,
            _how_far(place))


def _summary(place: Candidate, quiz: Quiz, by: Person) -> dict[str, Any] | None:
    """What an attempt came to, or will when it is released."""
    if place.attempt is None:
        return None
    if place.attempt.summary is not None:
        return dict(place.attempt.summary)
    return dict(candidate.close(place, quiz, by).result)
