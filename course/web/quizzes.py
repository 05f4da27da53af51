"""Quizzes: attempts drawn, answered one by one and handed in."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import progress, scoring
from ..core.activity import Module, Quiz
from ..core.errors import BadResponse, ExamPaused, ExamReserved, NotFound
from ..core.fitting import key_of
from ..core.questions import Question
from ..core.scoring import Attempt
from ..core.statement import Document
from . import context, sitting
from .asking import asked, refused, sent_response
from .context import (
    answers,
    invigilator,
    library,
    my_document,
    my_library,
    needs,
    signed_in,
    store,
)
from .practice import similar_url
from .texts import mark_of
from .whereabouts import (
    is_done,
    manual_of,
    module_and_quiz,
    my_quiz,
    number_of,
    quiz_url,
    section_url,
)

bp = Blueprint("quizzes", __name__)


# Before and after ------------------------------------------------------------------------

@bp.get("/manuals/<manual_id>/<name>/quiz")
@needs("read")
def show_quiz(manual_id: str, name: str) -> ResponseReturnValue:
    """A module's quiz: its rules, the attempt that is open, the attempts made so far."""
    module, quiz = module_and_quiz(manual_id, name)
    document = my_document()
    how_far = progress.module_progress(module, document)
    going = scoring.open_attempt(document, quiz.id)
    return render_template(
        "learner/quiz.html", manual=manual_of(module.id), module=module, quiz=quiz,
        number=number_of(manual_of(module.id), module.id), open=going,
        open_url=_place_url(going, going.next_place) if going else "",
        history=[one for one in scoring.attempts(document, quiz.id) if one.is_over],
        passed=how_far.passed, reserved=_is_reserved(quiz), **_checks_left(module, document))


def _is_reserved(quiz: Quiz) -> bool:
    """Whether the test is sat as an examination that the trainer opens, and not alone."""
    return signed_in().may("study") and invigilator().reserved(signed_in(), quiz.id)


def _place_url(attempt: Attempt, place: int) -> str:
    return url_for(".show_question", attempt_id=attempt.id, place=place)


def _checks_left(module: Module, document: Document) -> dict[str, Any]:
    """How many questions in the text are still open, and the way to the first."""
    left = [(section, check) for section in module.sections for check in section.checks
            if progress.check_answer(document, module, check) is None]
    url = section_url(module.id, left[0][0].slug, _anchor=f"check-{left[0][1]}") if left else ""
    return {"checks_left": len(left), "checks_url": url}


@bp.post("/manuals/<manual_id>/<name>/quiz")
@needs("study")
def start_attempt(manual_id: str, name: str) -> ResponseReturnValue:
    """Draw a new attempt, or go on with the one that is open. Raises ExamReserved.

    What an examination of theirs has asked is not drawn before that is released.
    """
    _, quiz = module_and_quiz(manual_id, name)
    if _is_reserved(quiz):
        raise ExamReserved
    with store().record(signed_in().record) as record:
        attempt = scoring.open_attempt(record.document, quiz.id)
        attempt_id = attempt.id if attempt else token_hex(6)
        if attempt is None:
            history = scoring.attempts(record.document, quiz.id)
            withheld = sitting.kept_back(record.document)
            not_drawn = my_library().in_place(quiz.id) | {
                one.id for one in quiz.questions if key_of(quiz, one) in withheld}
            record.append(scoring.start(quiz, not_drawn, history, attempt_id,
                                        seed=token_hex(4)))
    place = attempt.next_place if attempt else 1
    return redirect(url_for(".show_question", attempt_id=attempt_id, place=place), 303)


@bp.get("/attempts/<attempt_id>")
@needs("study")
def show_attempt(attempt_id: str) -> ResponseReturnValue:
    """An attempt as a whole: what is left before it is handed in, or what it came to."""
    attempt, module, quiz = _attempt(attempt_id)
    if attempt.is_withheld:
        return sitting.whole_page(attempt)
    document = my_document()
    answers = _kept_answers(attempt) if attempt.is_over else attempt.answers
    rows = [(n, quiz.question(one), answers.get(one), one in answers and answers[one].right)
            for n, one in enumerate(attempt.questions, start=1)]
    by_objective = (progress.in_attempt_by_objective(module, quiz, answers) if module.is_test
                    else progress.by_objective(module, my_quiz(module), document))
    return render_template(
        "learner/attempt.html", attempt=attempt, module=module, manual=manual_of(module.id),
        quiz_title=quiz.title, quiz_url=quiz_url(module.id), result=attempt.summary, rows=rows,
        objectives=by_objective, flags=sitting.flags(attempt), before=_before(module, document),
        withheld=_is_withheld(attempt, quiz, document),
        left=[n for n, _, answer, _ in rows if answer is None],
        module_done=progress.module_progress(module, document).done,
        next_url=_next_activity(module, document), **_checks_left(module, document))


def _is_withheld(attempt: Attempt, quiz: Quiz, document: Document) -> bool:
    """Whether a test does not say yet what is right: until it is handed in; of the two that
    measure a manual, the first until the second is."""
    if quiz.kind == "quiz":
        return False
    later = manual_of(quiz.id).test("after") if quiz.kind == "before" else None
    waits = later and not any(one.is_over for one in scoring.attempts(document, later.id))
    return bool(waits) or not attempt.is_over


def _before(module: Module, document: Document) -> list[progress.ObjectiveProgress]:
    """For the result of the test after a manual: by module, that of the test before it."""
    earlier = manual_of(module.id).test("before") if module.kind == "after" else None
    over = [one for one in scoring.attempts(document, earlier.id) if one.is_over] if earlier else []
    if not earlier or not over:
        return []
    first = library().module(earlier.id, context.locale())
    quiz = library().quiz(earlier.id, context.locale())
    return progress.in_attempt_by_objective(first, quiz, _kept_answers(over[0]))


def _next_activity(module: Module, document: Document) -> str:
    """The address of what comes after this module and is not done; empty at the end."""
    upcoming = progress.next_activity(manual_of(module.id), lambda one: is_done(one, document),
                                      after=module.id)
    if upcoming is None:
        return ""
    manual_id, _, name = upcoming.partition("/")
    return url_for("learner.open_module", manual_id=manual_id, name=name)


def _kept_answers(attempt: Attempt) -> dict[str, scoring.Answer]:
    """What the closing statement kept: an attempt is shown as it was, whatever changed since."""
    assert attempt.summary is not None
    statement = store().statement(attempt.summary["statement"])
    return scoring.kept_answers(statement) if statement else {}


@bp.post("/attempts/<attempt_id>/submit")
@needs("study")
def submit_attempt(attempt_id: str) -> ResponseReturnValue:
    """Hand in a finished attempt, once: reloading never submits twice. An examination is handed
    in as it is."""
    withheld = scoring.attempt(my_document(), attempt_id)
    if withheld.is_withheld:
        sitting.hand_in(withheld)
        return redirect(url_for(".show_attempt", attempt_id=attempt_id), 303)
    with store().record(signed_in().record) as record:
        attempt = scoring.attempt(record.document, attempt_id)
        if not attempt.is_over:
            quiz = library().quiz(attempt.quiz, context.locale())
            record.append(scoring.submit(attempt, quiz)[1])
    return redirect(url_for(".show_attempt", attempt_id=attempt_id), 303)


# One question ----------------------------------------------------------------------------

@bp.get("/attempts/<attempt_id>/<int:place>")
@needs("study")
def show_question(attempt_id: str, place: int) -> ResponseReturnValue:
    return _question_page(attempt_id, place)


@bp.post("/attempts/<attempt_id>/<int:place>")
@needs("study")
def answer_question(attempt_id: str, place: int) -> ResponseReturnValue:
    """Keep one answer; the page that says "saved" is shown when it is on disk."""
    try:
        answers().in_attempt(signed_in(), context.locale(), attempt_id, place, sent_response())
    except (BadResponse, ExamPaused) as error:
        return _question_page(attempt_id, place, refused(error)), error.status
    return redirect(url_for(".show_question", attempt_id=attempt_id, place=place,
                            _anchor="feedback"), 303)


@bp.post("/attempts/<attempt_id>/<int:place>/flag")
@needs("study")
def flag_question(attempt_id: str, place: int) -> ResponseReturnValue:
    """Put a question aside for later and go on, or take the flag off."""
    on = request.form.get("on") == "1"
    with store().record(signed_in().record) as record:
        attempt = scoring.attempt(record.document, attempt_id)
        record.append(scoring.flag(attempt, attempt.question_at(place), on))
    following = place + 1 if on and place < len(attempt.questions) else place
    return redirect(url_for(".show_question", attempt_id=attempt_id, place=following), 303)


def _question_page(attempt_id: str, place: int, trouble: dict[str, Any] | None = None) -> str:
    attempt, module, quiz = _attempt(attempt_id)
    question = _question(attempt, quiz, place)
    if attempt.is_withheld:
        return sitting.question_page(attempt, quiz, question, place, trouble or {})
    answers = _kept_answers(attempt) if attempt.is_over else attempt.answers
    answer = answers.get(question.id)
    if answer is None and attempt.is_over:
        answer = sitting.not_given(question)
    view = asked(
        quiz, question, attempt.seed or attempt.id, answer,
        action=url_for(".answer_question", attempt_id=attempt_id, place=place),
        anchor="feedback", flagged=question.id in attempt.flags,
        similar_url=similar_url(module, question),
        withheld=(_is_withheld(attempt, quiz, my_document())
                  or sitting.is_kept_back(key_of(quiz, question))),
        graded=mark_of(my_document(), key_of(quiz, question), attempt_id,
                       answers.get(question.id)),
        **_after(attempt, place), **trouble or {})
    strokes = ["done" if one in answers else "todo" for one in attempt.questions]
    strokes[place - 1] = "here"
    return render_template(
        "learner/question.html", attempt=attempt, module=module, manual=manual_of(module.id),
        quiz_title=quiz.title, quiz_url=quiz_url(module.id), view=view, n=place,
        of=len(attempt.questions), strokes=strokes, flags=sitting.flags(attempt),
        flag_url=url_for(".flag_question", attempt_id=attempt_id, place=place),
        finish_url=url_for(".show_attempt", attempt_id=attempt_id))


def _after(attempt: Attempt, place: int) -> dict[str, Any]:
    """After a question comes the next without an answer; after the last, the whole."""
    open_places = [n for n, one in enumerate(attempt.questions, start=1)
                   if one not in attempt.answers and n != place]
    following = next((n for n in open_places if n > place), next(iter(open_places), 0))
    if attempt.is_over:
        following = place + 1 if place < len(attempt.questions) else 0
    if following:
        return {"next_url": _place_url(attempt, following), "last": False}
    return {"next_url": url_for(".show_attempt", attempt_id=attempt.id), "last": True}


# Finding ---------------------------------------------------------------------------------

def _attempt(attempt_id: str) -> tuple[Attempt, Module, Quiz]:
    """An attempt keeps what it was asked, whatever a cohort changes since."""
    attempt = scoring.attempt(my_document(), attempt_id)
    module = my_library().module(library().module_of(attempt.quiz), context.locale())
    return attempt, module, library().quiz(attempt.quiz, context.locale())


def _question(attempt: Attempt, quiz: Quiz, place: int) -> Question:
    question = quiz.question(attempt.question_at(place))
    if question is None:
        raise NotFound(what="question")
    return question
