"""One learner in an examination: their time, their answers, handing in and being marked.

The attempt is in the learner's own record; nothing here is closed or marked before the
examination is released (`exam.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import scoring
from .activity import Quiz
from .errors import BadField, ExamMoved, ExamOver, ExamPaused
from .exam import (
    CLOSING,
    GRACE,
    MINUTE,
    MOST_MINUTES,
    OPEN,
    PAUSED,
    TIME,
    Exam,
    attempt_id,
    clean_reason,
    must_be_open,
)
from .fitting import key_of
from .people import Person
from .scoring import Attempt
from .statement import Document, Draft


@dataclass(frozen=True, slots=True)
class Candidate:
    """One learner in an examination at a moment."""

    exam: Exam
    person: Person
    attempt: Attempt | None = None

    @property
    def is_going(self) -> bool:
        """Whether they have begun and may still come to answer."""
        return (self.attempt is not None and self.attempt.is_withheld
                and self.attempt.handed is None and self.exam.is_under_way)

    @property
    def is_handed(self) -> bool:
        return bool(self.attempt and (self.attempt.handed or self.attempt.is_over))

    @property
    def allowed(self) -> int | None:
        """Milliseconds that this learner has; None without a limit."""
        if not self.exam.minutes:
            return None
        own = self.exam.minutes * MINUTE * (100 + self.person.extra_time) // 100
        return own + sum(one.minutes * MINUTE + one.away
                         for one in self.exam.grants(self.person.id))

    @property
    def due(self) -> int | None:
        """The reading at which their time is over; None without a limit."""
        begun = self.attempt.begun if self.attempt else 0 if self.exam.together else None
        allowed = self.allowed
        if allowed is None:
            return None
        return (self.exam.reading if begun is None else begun) + allowed

    @property
    def left(self) -> int | None:
        """Milliseconds left, never less than none; None without a limit."""
        due = self.due
        return None if due is None else max(0, due - self.exam.reading)

    @property
    def used(self) -> int:
        """Milliseconds from their beginning until they handed in, or until now."""
        if self.attempt is None:
            return 0
        if self.attempt.handed:
            return int(self.attempt.handed["used"])
        return self.used_at(self.exam.reading)

    def used_at(self, reading: int) -> int:
        assert self.attempt
        away = sum(one.away for one in self.exam.grants(self.person.id))
        return max(0, reading - self.attempt.begun - away)

    @property
    def is_overdue(self) -> bool:
        """Whether the grace is over too: then the server hands in."""
        due = self.due
        return self.is_going and due is not None and self.exam.reading > due + GRACE


def candidate(exam: Exam, person: Person, document: Document) -> Candidate:
    """Where a learner is in an examination, from their own document.

    Who was enrolled twice and joined may have begun under the other id.
    """
    attempts = document.get("attempts", {})
    own = attempt_id(exam.id, person.id)
    if "quiz" not in attempts.get(own, {}):
        own = next((key for key, kept in attempts.items() if "quiz" in kept
                    and (kept.get("summary") or kept).get("exam") == exam.id), "")
    return Candidate(exam, person, scoring.attempt(document, own) if own else None)


# Saying ----------------------------------------------------------------------------------

def give_time(place: Candidate, minutes: int, reason: str, by: Person) -> Draft:
    """Give one learner more time; for the examination's record. Raises BadField, ExamMoved.

    Whoever was handed in gets back what they had left then, too.
    """
    exam, attempt = place.exam, place.attempt
    if not exam.is_under_way or (attempt and attempt.paper):
        raise ExamMoved(state=exam.state)
    if not 0 <= minutes <= MOST_MINUTES:
        raise BadField("minutes", "minutes", most=MOST_MINUTES)
    handed = attempt.handed if attempt else None
    if not minutes and not handed:
        raise BadField("minutes", "empty")
    away = exam.reading - handed["open"] if handed else 0
    grant = {"minutes": minutes, "away": away, "reason": clean_reason(reason)}
    return Draft("gave-time", place.person.id, {"grant": grant}, actor=by.id)


def begin(place: Candidate, quiz: Quiz, used_in_place: Collection[str],
          history: Iterable[Attempt], seed: str) -> Draft:
    """Draw a learner's questions. Raises NoAttemptsLeft, ExamPaused, ExamMoved."""
    exam = place.exam
    must_be_open(exam)
    own = attempt_id(exam.id, place.person.id)
    draft = scoring.start(replace(quiz, draw=exam.count), used_in_place, history, own, seed)
    same = {"questions": list(exam.questions), "seed": exam.seed} if exam.same else {}
    begun = 0 if exam.together else exam.reading
    return replace(draft, result={**draft.result, **same, "exam": exam.id, "begun": begun})


def must_take(place: Candidate) -> None:
    """Whether an answer is taken now. Raises ExamPaused, ExamOver."""
    exam, attempt = place.exam, place.attempt
    assert attempt
    if attempt.handed or attempt.is_over:
        raise ExamOver(how=(attempt.handed or {}).get("how", CLOSING))
    if exam.state == PAUSED:
        raise ExamPaused
    if exam.state != OPEN:
        raise ExamOver(how=CLOSING)
    if place.is_overdue:
        raise ExamOver(how=TIME)


def answer(attempt: Attempt, quiz: Quiz, question_id: str, response: Any) -> Draft | None:
    """Keep an answer, or another in its place; None for the one that is kept already.

    On paper one can change one's mind, so here too: all versions stay in the log.
    Raises NotDrawn.
    """
    question = scoring.drawn(attempt, quiz, question_id)
    known = attempt.answers.get(question_id)
    if known and known.response == response:
        return None
    return scoring.answered(quiz.id, question, response,
                            {"attempt": attempt.id, "in": "exam", "revises": True})


def hand_in(place: Candidate, how: str) -> Draft:
    """Take no more answers of a learner; marked and closed it is at the release."""
    assert place.attempt
    due = place.due
    reading = place.exam.reading if due is None else min(place.exam.reading, due)
    return Draft("handed-in", f"attempt:{place.attempt.id}",
                 {"how": how, "open": reading, "used": place.used_at(reading)})


def let_in(attempt: Attempt, by: Person) -> Draft:
    """Let a learner go on who was handed in."""
    return Draft("let-in", f"attempt:{attempt.id}", actor=by.id)


def close(place: Candidate, quiz: Quiz, by: Person) -> Draft:
    """Mark and close an attempt, with what was not answered as nothing."""
    attempt = place.attempt
    assert attempt
    draft = scoring.submit(attempt, quiz, gaps=True)[1]
    result = {**draft.result, "exam": place.exam.id, "used": place.used // 1000}
    if attempt.paper:
        result["paper"] = attempt.paper
    if not quiz.measures:
        result["items"] = [_with_key(item, quiz) for item in draft.result["items"]]
    return replace(draft, result=result, actor=by.id)


def _with_key(item: Mapping[str, Any], quiz: Quiz) -> Mapping[str, Any]:
    """An item with the key of its question, by which it comes back for review."""
    question = quiz.question(item["id"])
    return item if question is None or item["response"] is None else {
        **item, "key": key_of(quiz, question)}


# Holding back ----------------------------------------------------------------------------

def without_marks(document: Document, statements: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A learner's document (`learning`) and history (`statements`, as JSON) without what their
    answers are worth in examinations that are not released."""
    attempts = document.get("attempts", {})
    withheld = {key for key, kept in attempts.items() if "exam" in kept and "summary" not in kept}

    def unmarked(kept: Mapping[str, Any]) -> Mapping[str, Any]:
        answers = {one: [values[0], None, *values[2:]]
                   for one, values in kept.get("answers", {}).items()}
        return {**kept, "answers": answers}

    def without_score(one: Mapping[str, Any]) -> Mapping[str, Any]:
        result = one.get("result", {})
        if result.get("attempt") not in withheld:
            return one
        return {**one, "result": {**result, "score": None}}

    open_attempts = {key: unmarked(kept) if key in withheld else kept
                     for key, kept in attempts.items()}
    return {"learning": {**document, **({"attempts": open_attempts} if attempts else {})},
            "statements": [without_score(one) for one in statements]}
