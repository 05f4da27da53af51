"""An examination on paper: pages to print, and answer sheets keyed in twice and settled."""

from __future__ import annotations

from string import ascii_uppercase

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ..core import answersheet
from ..core import candidate as candidates
from ..core.activity import Quiz
from ..core.answersheet import FIRST, SECOND, VARIANTS, OnPaper, Sheet
from ..core.candidate import Candidate
from ..core.errors import BadResponse, ExamMoved, ExamSat, NotFound
from ..core.exam import PREPARED, RELEASED, WITHDRAWN, Exam
from ..core.people import Person
from .context import invigilator, needs, services, signed_in, store
from .exams import found, name_of, quiz_of, title_of
from .forms import Fields
from .whereabouts import manual_of
from .words import sentence

bp = Blueprint("sheets", __name__, url_prefix="/classes/<cohort_id>/exams/<exam_id>")


# Paper -----------------------------------------------------------------------------------

@bp.get("/paper")
@needs("run-classes")
def print_paper(cohort_id: str, exam_id: str) -> ResponseReturnValue:
    """Both variants with their answer sheets, and on a page of its own each key."""
    cohort, exam = found(cohort_id, exam_id)
    quiz = quiz_of(exam)
    variants = [(one, answersheet.variant_of(exam, quiz, one)) for one in VARIANTS]
    most = max((len(one.lettered) for _, asked in variants for one in asked),
               default=answersheet.LETTERS)
    return render_template(
        "exams/paper.html", cohort=cohort, exam=exam, quiz=quiz, title=title_of(exam),
        variants=variants, manual=manual_of(exam.quiz), alphabet=ascii_uppercase,
        letters=ascii_uppercase[:max(most, answersheet.LETTERS)])


# Keying in -------------------------------------------------------------------------------

@bp.get("/sheets")
@needs("run-classes")
def show_sheets(cohort_id: str, exam_id: str) -> ResponseReturnValue:
    """Everybody by name, and how far their sheet is."""
    cohort, exam = found(cohort_id, exam_id)
    rows = [(one, _stage(exam, one)) for one in invigilator().present(exam)]
    return render_template("exams/sheets.html", cohort=cohort, exam=exam, title=title_of(exam),
                           rows=rows)


def _stage(exam: Exam, place: Candidate) -> str:
    """`screen`, `entered`, `settle` (both passes are there), `second` or `first` to key in."""
    if place.attempt:
        return "entered" if place.attempt.paper else "screen"
    kept = [answersheet.sheet(exam, place.person.id, one) for one in (FIRST, SECOND)]
    return "settle" if all(kept) else "second" if kept[0] else "first"


@bp.route("/sheets/<person_id>", methods=["GET", "POST"])
@needs("run-classes")
def key_in(cohort_id: str, exam_id: str, person_id: str) -> ResponseReturnValue:
    """The next step for a learner's sheet: the first pass, the second, or settling.

    The fields: pass, variant, and a.<question id> for each question. `?variant=B` shows the
    order of that variant.
    """
    _, exam = found(cohort_id, exam_id)
    place = _place(exam, person_id)
    if request.method == "POST":
        return _keyed(cohort_id, place)
    if request.args.get("again"):
        return _grid_page(cohort_id, place, FIRST, _wanted(exam, person_id, FIRST), Fields(
            MultiDict()))
    stage = _stage(exam, place)
    if stage == "settle":
        return _settle_page(cohort_id, place)
    which = SECOND if stage == "second" else FIRST
    return _grid_page(cohort_id, place, which, _wanted(exam, person_id, which), Fields(
        MultiDict()))


def _place(exam: Exam, person_id: str) -> Candidate:
    """A learner whose sheet can be keyed in. Raises NotFound, ExamMoved, ExamSat."""
    person = services().register().person(person_id)
    cohort = services().cohorts.get(exam.cohort)
    if person.id not in cohort.members:
        raise NotFound(what="person")
    if exam.state in {PREPARED, WITHDRAWN}:
        raise ExamMoved(state=exam.state)
    place = invigilator().candidate(exam, person)
    if place.attempt is not None:
        raise ExamSat
    return place


def _wanted(exam: Exam, person_id: str, which: str) -> str:
    """The variant to key in: as asked, else that of the first pass, else A."""
    first = answersheet.sheet(exam, person_id, FIRST) if which == SECOND else None
    asked = request.args.get("variant", first.variant if first else "")
    return asked if asked in VARIANTS else VARIANTS[0]


def _grid_page(cohort_id: str, place: Candidate, which: str, variant: str,
               form: Fields) -> ResponseReturnValue:
    exam = place.exam
    page = render_template(
        "exams/sheet.html", cohort=services().cohorts.get(cohort_id), exam=exam,
        title=title_of(exam), person=place.person, which=which, variant=variant,
        variants=VARIANTS, asked=answersheet.variant_of(exam, quiz_of(exam), variant), form=form)
    return page, form.status


def _keyed(cohort_id: str, place: Candidate) -> ResponseReturnValue:
    """Keep a pass, or the settled sheet. What cannot be read is said at its field."""
    form, exam = Fields(request.form), place.exam
    which = form.get("pass")
    if which == "settled":
        return _settled(cohort_id, place, form)
    variant = form.get("variant") if form.get("variant") in VARIANTS else VARIANTS[0]
    which = SECOND if which == SECOND else FIRST
    answers = _read(form, answersheet.variant_of(exam, quiz_of(exam), variant))
    if form.errors:
        return _grid_page(cohort_id, place, which, variant, form)
    kept = Sheet(variant, answers)
    with store().record(exam.record) as record:
        record.append(answersheet.keyed(exam, place.person, which, kept, signed_in()))
    return _after(cohort_id, place.exam.id, place.person)


def _after(cohort_id: str, exam_id: str, person: Person) -> ResponseReturnValue:
    """After a pass the list, where the next sheet waits; after the second, the comparing."""
    _, exam = found(cohort_id, exam_id)
    passes = [answersheet.sheet(exam, person.id, one) for one in (FIRST, SECOND)]
    if not all(passes):
        return redirect(url_for(".show_sheets", cohort_id=cohort_id, exam_id=exam_id), 303)
    return redirect(url_for(".key_in", cohort_id=cohort_id, exam_id=exam_id,
                            person_id=person.id), 303)


def _read(form: Fields, asked: list[OnPaper]) -> dict[str, str]:
    """What was typed for each question; errors go into the form."""
    answers = {}
    for one in asked:
        name = f"a.{one.question.id}"
        answers[one.question.id] = form.get(name).strip()
        try:
            one.read(form.get(name))
        except BadResponse as error:
            form.errors[name] = sentence(error)
    return answers


# Settling --------------------------------------------------------------------------------

def _passes(place: Candidate) -> tuple[Sheet, Sheet]:
    """Both passes. Raises NotFound before there are two."""
    first, second = (answersheet.sheet(place.exam, place.person.id, one)
                     for one in (FIRST, SECOND))
    if first is None or second is None:
        raise NotFound(what="sheet")
    return first, second


def _settle_page(cohort_id: str, place: Candidate, form: Fields | None = None
                 ) -> ResponseReturnValue:
    first, second = _passes(place)
    exam, form = place.exam, form or Fields(MultiDict())
    same_variant = first.variant == second.variant
    open_ones = _open(exam, quiz_of(exam), first, second) if same_variant else []
    page = render_template(
        "exams/settle.html", cohort=services().cohorts.get(cohort_id), exam=exam,
        title=title_of(exam), person=place.person, first=first, second=second,
        same_variant=same_variant, asked=open_ones, form=form, names=name_of,
        given=sum(bool(one) for one in first.answers.values()), of=len(exam.questions))
    return page, form.status


def _open(exam: Exam, quiz: Quiz, first: Sheet, second: Sheet) -> list[OnPaper]:
    """The questions that the two passes have differently."""
    names = answersheet.differences(first, second)
    return [one for one in answersheet.variant_of(exam, quiz, first.variant)
            if one.question.id in names]


def _settled(cohort_id: str, place: Candidate, form: Fields) -> ResponseReturnValue:
    """What the paper really says where the passes differ; then it becomes the attempt."""
    first, second = _passes(place)
    if first.variant != second.variant:
        return _settle_page(cohort_id, place)
    answers = _read(form, _open(place.exam, quiz_of(place.exam), first, second))
    if form.errors:
        return _settle_page(cohort_id, place, form)
    _enter(place, Sheet(first.variant, {**first.answers, **answers}))
    return redirect(url_for(".show_sheets", cohort_id=cohort_id, exam_id=place.exam.id), 303)


def _enter(place: Candidate, kept: Sheet) -> None:
    """Make the sheet the learner's attempt; where the results are released it is closed, too."""
    exam = invigilator().exam(place.exam.id)
    with store().record(place.person.record) as record:
        now = candidates.candidate(exam, place.person, record.document)
        record.append(*answersheet.attempt_of(now, quiz_of(exam), kept, signed_in()))
    if exam.state == RELEASED:
        invigilator().close_attempt(invigilator().candidate(exam, place.person), signed_in())
