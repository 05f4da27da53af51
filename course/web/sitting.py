"""An examination as the learner has it: its rules, its questions, its time, handing in.

The answers take the way of every answer (`quizzes.answer_question`, `answers.py`); these are
the pages around them. Before the examination is released none of them looks at a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import candidate as candidates
from ..core import exam as exams
from ..core import scoring
from ..core.activity import Quiz
from ..core.candidate import Candidate
from ..core.errors import ExamRunning, NotFound
from ..core.exam import ITSELF
from ..core.fitting import key_of
from ..core.questions import Question
from ..core.scoring import Answer, Attempt
from ..core.statement import Document
from . import context
from .asking import as_sent, asked
from .context import invigilator, library, my_document, needs, signed_in, store
from .fitted import FittedLibrary

bp = Blueprint("sitting", __name__)

CLOSED_BOOK = frozenset({"learner", "quizzes", "practice", "reference", "cases", "exhibits",
                         "replays"})
"""The parts of the course that are closed while a learner sits an examination."""
STILL_OPEN = frozenset({"learner.show_home", "reference.show_wellbeing", "reference.show_about"})


@bp.before_app_request
def keep_the_book_closed() -> None:
    """Who sits an examination sees it and nothing that could answer it. Raises ExamRunning."""
    if request.blueprint not in CLOSED_BOOK or request.endpoint in STILL_OPEN:
        return
    person = context.me()
    going = invigilator().going(person) if person and person.may("study") else None
    if going and going.attempt and (request.view_args or {}).get("attempt_id") != going.attempt.id:
        raise ExamRunning(exam=going.exam.id)


def waiting() -> list[tuple[Candidate, Quiz]]:
    """For the home page: what is open, and what was handed in and is not released."""
    found = []
    for one in invigilator().of(signed_in()):
        try:
            found.append((one, library().quiz(one.exam.quiz, context.locale())))
        except NotFound:  # its questions have left the course
            continue
    return found


# Before it -------------------------------------------------------------------------------

@bp.get("/exams/<exam_id>")
@needs("study")
def show_rules(exam_id: str) -> ResponseReturnValue:
    """What holds in it, and the door."""
    place = _mine(exam_id)
    if place.attempt:
        return redirect(url_for("quizzes.show_attempt", attempt_id=place.attempt.id), 303)
    return render_template("exams/rules.html", place=place, quiz=_quiz(place))


@bp.post("/exams/<exam_id>")
@needs("study")
def begin(exam_id: str) -> ResponseReturnValue:
    """Draw this learner's questions and let their time begin, once."""
    place = _mine(exam_id)
    cohort = context.services().cohorts.get(place.exam.cohort)
    fitted = FittedLibrary(library(), cohort.questions)
    quiz = fitted.quiz(place.exam.quiz, context.locale())
    with store().record(signed_in().record) as record:
        now = candidates.candidate(invigilator().exam(exam_id), signed_in(), record.document)
        if now.attempt is None:
            history = scoring.attempts(record.document, quiz.id)
            record.append(candidates.begin(now, quiz, fitted.in_place(quiz.id), history,
                                         seed=token_hex(4)))
    own = now.attempt.id if now.attempt else exams.attempt_id(exam_id, signed_in().id)
    return redirect(url_for("quizzes.show_question", attempt_id=own, place=1), 303)


@bp.get("/exams/<exam_id>/time")
@needs("study")
def show_time(exam_id: str) -> ResponseReturnValue:
    """The line that says how much time is left, for the page that counts it down."""
    return render_template("exams/time.html", place=_mine(exam_id))


def _mine(exam_id: str) -> Candidate:
    """Where the learner is in an examination of theirs. Raises NotFound for any other."""
    exam = invigilator().exam(exam_id)
    place = invigilator().candidate(exam, signed_in())
    cohorts = {one.id for one in context.services().cohorts.of(signed_in().id)}
    if not place.attempt and (exam.cohort not in cohorts or not exam.is_under_way):
        raise NotFound(what="exam")
    return place


def _quiz(place: Candidate) -> Quiz:
    return library().quiz(place.exam.quiz, context.locale())


# In it -----------------------------------------------------------------------------------

def _place(attempt: Attempt) -> Candidate:
    return Candidate(invigilator().exam(attempt.exam), signed_in(), attempt)


def whole_page(attempt: Attempt) -> str:
    """All questions with what is answered and put aside, and handing in; or that it is done."""
    left = [n for n, one in enumerate(attempt.questions, start=1) if one not in attempt.answers]
    return render_template("exams/whole.html", place=_place(attempt), attempt=attempt,
                           quiz=library().quiz(attempt.quiz, context.locale()), left=left,
                           flags=flags(attempt))


def question_page(attempt: Attempt, quiz: Quiz, question: Question, n: int,
                  trouble: Mapping[str, Any]) -> str:
    """One question with the answer that is kept, which may be changed while there is time."""
    place, answer = _place(attempt), attempt.answers.get(question.id)
    if attempt.handed:
        return whole_page(attempt)
    shown = {"given": as_sent(question, answer.response), "saved": answer.time} if answer else {}
    view = asked(quiz, question, attempt.seed, None, anchor="feedback",
                 action=url_for("quizzes.answer_question", attempt_id=attempt.id, place=n),
                 **{**shown, **trouble})
    return render_template(
        "exams/question.html", place=place, attempt=attempt, quiz=quiz, view=view, n=n,
        of=len(attempt.questions), flags=flags(attempt),
        flagged=question.id in attempt.flags,
        done=[one in attempt.answers for one in attempt.questions])


def flags(attempt: Attempt) -> set[int]:
    """The places that were put aside."""
    return {n for n, one in enumerate(attempt.questions, start=1) if one in attempt.flags}


def hand_in(attempt: Attempt) -> None:
    """Hand in, with what is not answered as it is."""
    invigilator().hand_in(_place(attempt), ITSELF)


# After it --------------------------------------------------------------------------------

NOTHING_GIVEN: Mapping[str, Any] = {"one": "", "all": (), "order": (), "match": {}}


def not_given(question: Question) -> Answer:
    """Stands in the place of an answer that was never given, to be explained all the same."""
    return Answer(NOTHING_GIVEN.get(question.kind, ""), 0.0, "")


def kept_back(document: Document) -> frozenset[str]:
    """The keys of the questions that a learner was asked in examinations not released yet:
    nowhere else is said meanwhile what is right."""
    kept = document.get("attempts", {})
    if not any("exam" in one and "summary" not in one for one in kept.values()):
        return frozenset()
    return frozenset(key for one in scoring.attempts(document) if one.is_withheld
                     for key in _keys(one))


def is_kept_back(key: str) -> bool:
    """Whether an examination that awaits its release has asked a question of this learner, or
    their class is voting on it."""
    return key in kept_back(my_document()) or is_asked_in_class(key)


def is_asked_in_class(key: str) -> bool:
    """Whether the learner's class is voting on a question now."""
    return context.services().rooms.asked(signed_in()) == key


def _keys(attempt: Attempt) -> list[str]:
    try:
        quiz = library().quiz(attempt.quiz, context.locale())
    except NotFound:
        return []
    return [key_of(quiz, question) for one in attempt.questions
            if (question := quiz.question(one))]
