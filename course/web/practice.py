"""Practice: a question outside any attempt, and what comes back after it was answered wrong."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import progress, scoring
from ..core.activity import Module, Quiz
from ..core.errors import AskedNow, BadResponse, ExamReserved, NotFound
from ..core.fitting import instead, key_of
from ..core.questions import FreeText, Question
from . import context, sitting
from .asking import asked, refused, sent_response
from .context import library, my_document, my_library, needs, signed_in, store
from .whereabouts import manual_of, module_and_quiz, quiz_url, section_url

bp = Blueprint("practice", __name__)


def similar_url(module: Module, question: Question) -> str:
    """Where a question much like this one is practised; empty where there is none."""
    similar = instead(my_library().changes, module.quiz, question.similar)
    if not question.similar or module.is_test or similar in {"", question.id}:
        return ""
    manual_id, _, name = module.id.partition("/")
    return url_for("practice.practise", manual_id=manual_id, name=name, question_id=similar)


@bp.get("/practice/<manual_id>/<name>/<question_id>")
@needs("study")
def practise(manual_id: str, name: str, question_id: str) -> ResponseReturnValue:
    """A question outside any attempt: a similar one, or one that has come back."""
    return _practice_page(manual_id, name, question_id)


@bp.post("/practice/<manual_id>/<name>/<question_id>")
@needs("study")
def answer_practice(manual_id: str, name: str, question_id: str) -> ResponseReturnValue:
    """Mark a practice answer; it moves the question's next review, and no score."""
    _, quiz, question = _practice_question(manual_id, name, question_id)
    try:
        response = question.read(sent_response())
    except BadResponse as error:
        return _practice_page(manual_id, name, question_id, trouble=refused(error)), error.status
    what = _what()
    with store().record(signed_in().record) as record:
        record.append(scoring.answered(quiz.id, question, response, {"in": what}))
    answer = scoring.Answer(response, question.mark(response).score,
                            context.services().now().isoformat())
    return _practice_page(manual_id, name, question_id, answer)


def _what() -> str:
    return "review" if request.args.get("purpose") == "review" else "practice"


def _practice_page(manual_id: str, name: str, question_id: str,
                   answer: scoring.Answer | None = None,
                   trouble: dict[str, Any] | None = None) -> str:
    module, quiz, question = _practice_question(manual_id, name, question_id)
    what = _what()
    action = url_for(".answer_practice", manual_id=manual_id, name=name, question_id=question_id,
                     purpose=what, _anchor="feedback")
    view = asked(quiz, question, f"{signed_in().id}/{question_id}", answer, action=action,
                 anchor="feedback", similar_url=similar_url(module, question),
                 next_url=_next_due() if what == "review" else "", **trouble or {})
    return render_template("learner/practice.html", manual=manual_of(module.id), module=module,
                           quiz=quiz, view=view, what=what, back_url=_back_to(module, question))


def _back_to(module: Module, question: Question) -> str:
    """Where a practice came from: the section that asks in place, else the quiz."""
    section = next((one for one in module.sections if question.id in one.checks), None)
    if section:
        return section_url(module.id, section.slug)
    return quiz_url(module.id)


def _practice_question(manual_id: str, name: str,
                       question_id: str) -> tuple[Module, Quiz, Question]:
    module, quiz = module_and_quiz(manual_id, name)
    question = quiz.question(question_id)
    if question is None or module.is_test:
        raise NotFound(what="question")
    if sitting.is_asked_in_class(key_of(quiz, question)):
        raise AskedNow
    if sitting.is_kept_back(key_of(quiz, question)):
        raise ExamReserved
    return module, quiz, question


@bp.get("/review")
@needs("study")
def show_review() -> ResponseReturnValue:
    """What was answered wrong and when it comes back."""
    now = context.services().now()
    rows = _reviews()
    due = [row for row in rows if row["when"] <= now]
    return render_template("learner/review.html", due=due, later=rows[len(due):],
                           start_url=due[0]["url"] if due else "")


def _next_due() -> str:
    now = context.services().now()
    return next((row["url"] for row in _reviews() if row["when"] <= now),
                url_for(".show_review"))


def _reviews() -> list[dict[str, Any]]:
    """Due questions that are still in the course, soonest first."""
    rows = []
    withheld = sitting.kept_back(my_document())
    for due in progress.reviews(my_document(), context.services().schedule):
        if due.question in withheld:
            continue
        quiz_id, _, question_id = due.question.partition("#")
        try:
            module = my_library().module(library().module_of(quiz_id), context.locale())
            question = my_library().quiz(quiz_id, context.locale()).question(question_id)
        except NotFound:
            continue
        if question and not isinstance(question, FreeText):
            manual_id, _, name = module.id.partition("/")
            url = url_for(".practise", manual_id=manual_id, name=name, question_id=question_id,
                          purpose="review")
            rows.append({"when": due.when, "module": module, "question": question, "url": url})
    return rows
