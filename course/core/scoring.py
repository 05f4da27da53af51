"""Attempts at a quiz: drawn, answered one by one, marked, and never changed afterwards.

An attempt lives in the learner's document while it is open and is known there by its
summary once it is over; the statement that closed it keeps what was asked, what was
answered and how it was marked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .activity import Quiz
from .errors import (
    AlreadyAnswered,
    AttemptOver,
    NoAttemptsLeft,
    NotDrawn,
    NotFound,
    NothingToDraw,
    Unanswered,
)
from .questions import Choice, FreeText, Question
from .statement import Document, Draft, Statement, value_at


@dataclass(frozen=True, slots=True)
class Answer:
    """One kept answer and what it earned; score None while a person has yet to mark it."""

    response: Any
    score: float | None
    time: str

    @property
    def right(self) -> bool:
        return self.score == 1


NOT_GIVEN = Answer(None, 0.0, "")
"""Stands where an attempt was handed in without an answer."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One go at a quiz, as the learner's document has it."""

    id: str
    quiz: str
    questions: tuple[str, ...]
    seed: str
    started: str
    answers: Mapping[str, Answer]
    flags: frozenset[str] = frozenset()
    exam: str = ""
    """The id of the examination it is part of (`exam.py`)."""
    begun: int = 0
    """Of an examination: how long that had been open, in milliseconds."""
    paper: str = ""
    """Of an examination on paper: the variant, `A` or `B`."""
    handed: Mapping[str, Any] | None = None
    """Of an examination that awaits its release: how, when and after how long it was handed
    in (`exam.hand_in`)."""
    summary: Mapping[str, Any] | None = None
    """What remains when it is over: `score`, `of`, `passed`, `missed` (critical questions
    that were not right), `time`, `statement` (the id of the one that closed it), `measure`
    (true where nobody passes or fails)."""

    @property
    def is_over(self) -> bool:
        return self.summary is not None

    @property
    def passed(self) -> bool:
        return bool(self.summary and self.summary["passed"])

    @property
    def answered(self) -> int:
        """How many questions have an answer; one that is over may have gaps."""
        if self.summary is None:
            return len(self.answers)
        return sum(response is not None for response, _ in self.summary.get("answers", ()))

    @property
    def is_withheld(self) -> bool:
        """Whether it belongs to an examination that is not released: nothing of what its
        answers are worth is shown."""
        return bool(self.exam) and self.summary is None

    def question_at(self, place: int) -> str:
        """The id of question 1, 2, … Raises NotDrawn."""
        if not 1 <= place <= len(self.questions):
            raise NotDrawn(place=place)
        return self.questions[place - 1]

    @property
    def next_place(self) -> int:
        """The first question without an answer; the last one when all have theirs."""
        for place, question in enumerate(self.questions, start=1):
            if question not in self.answers:
                return place
        return len(self.questions)


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt came to."""

    score: float
    of: int
    passed: bool
    missed: tuple[str, ...]
    """Critical questions that were not right: they decide, whatever the score."""


def attempts(document: Document, quiz_id: str | None = None) -> list[Attempt]:
    """The learner's attempts, first to last, of one quiz or of all."""
    found = (attempt(document, key) for key, kept in document.get("attempts", {}).items()
             if "quiz" in kept and quiz_id in (None, kept["quiz"]))
    return sorted(found, key=lambda one: (one.started, one.id))


def attempt(document: Document, attempt_id: str) -> Attempt:
    """One attempt of this learner. Raises NotFound, also for somebody else's."""
    kept = document.get("attempts", {}).get(attempt_id)
    if kept is None or "quiz" not in kept:
        raise NotFound(what="attempt")
    answers = {question: Answer(*values[:3])
               for question, values in kept.get("answers", {}).items()}
    flags = {question for question, (on, *_) in kept.get("flags", {}).items() if on}
    return Attempt(
        id=attempt_id, quiz=kept["quiz"], questions=tuple(kept.get("questions", ())),
        seed=kept.get("seed", ""), started=kept.get("started", ""), answers=answers,
        flags=frozenset(flags), summary=kept.get("summary"), begun=kept.get("begun", 0),
        handed=value_at(kept, "handed"), **_of_exam(kept.get("summary") or kept),
    )


def _of_exam(kept: Mapping[str, Any]) -> dict[str, str]:
    return {"exam": kept.get("exam", ""), "paper": kept.get("paper", "")}


def kept_answers(closing: Statement) -> dict[str, Answer]:
    """The answers of an attempt that is over, from the statement that closed it; without those
    that were never given."""
    return {item["id"]: Answer(item["response"], item["score"], closing.time)
            for item in closing.result["items"] if item["response"] is not None}


def open_attempt(document: Document, quiz_id: str) -> Attempt | None:
    """The attempt to go on with, if one is open. An examination has its own door."""
    still = [one for one in attempts(document, quiz_id) if not one.is_over and not one.exam]
    return still[-1] if still else None


def start(quiz: Quiz, used_in_place: Collection[str], history: Iterable[Attempt],
          attempt_id: str, seed: str) -> Draft:
    """Draw a new attempt. Raises NoAttemptsLeft, and NothingToDraw for an empty pool."""
    history = list(history)
    if quiz.most_attempts and len(history) >= quiz.most_attempts:
        raise NoAttemptsLeft(most=quiz.most_attempts)
    drawn = draw(quiz, used_in_place, history, seed)
    return Draft("initialized", f"attempt:{attempt_id}", {
        "quiz": quiz.id, "digest": quiz.digest, "questions": drawn, "seed": seed,
    })


def draw(quiz: Quiz, used_in_place: Collection[str], history: Iterable[Attempt],
         seed: str) -> list[str]:
    """Choose the questions of an attempt, in the order they are asked.

    An examination takes as many from each pool that it draws from. From a pool, critical
    questions come first; each objective comes at least once where the number allows; then
    those seen least often in earlier attempts. What is used in place in the lesson, and what
    a person has to mark, is not drawn.
    """
    pool = [question for question in quiz.questions
            if question.id not in used_in_place and not isinstance(question, FreeText)]
    if not pool:
        raise NothingToDraw(quiz=quiz.id)
    seen: dict[str, int] = {}
    for earlier in history:
        for question_id in earlier.questions:
            seen[question_id] = seen.get(question_id, 0) + 1

    def preference(question: Question) -> tuple[int, str]:
        return (seen.get(question.id, 0), shuffle_key(seed, question.id))

    by_preference = sorted(pool, key=preference)
    chosen = [one for some, count in _shares(by_preference, quiz.draw)
              for one in _choose(some, count)]
    if quiz.measures:  # the two forms are compared, so both keep their authors' order
        return [question.id for question in pool]
    return [question.id for question in sorted(chosen, key=lambda one: shuffle_key(seed, one.id))]


def _shares(questions: Iterable[Question], draw: int) -> list[tuple[list[Question], int]]:
    """The questions of each pool, and how many of them to draw: as many from each, and one
    more from those that come first while some are left."""
    pools: dict[str, list[Question]] = {}
    for one in questions:
        pools.setdefault(one.home.partition("#")[0], []).append(one)
    each, over = divmod(draw, len(pools))
    return [(some, each + (place < over)) for place, some in enumerate(pools.values())]


def _choose(by_preference: list[Question], count: int) -> list[Question]:
    """So many questions of one pool: critical ones, one for each objective, then the rest."""
    chosen = [question for question in by_preference if question.critical][:max(count, 1)]
    for question in by_preference:
        covered = {one.objective for one in chosen}
        if len(chosen) < count and question.objective not in covered:
            chosen.append(question)
    rest = (question for question in by_preference if question not in chosen)
    return chosen + [question for question, _ in zip(rest, range(count - len(chosen)),
                                                     strict=False)]


def shuffle_key(seed: str, one: str) -> str:
    """Sort by this to shuffle: the same everywhere and always for the same seed."""
    return hashlib.sha256(f"{seed}/{one}".encode()).hexdigest()


def shuffled(choices: Iterable[Choice], seed: str) -> list[Choice]:
    """Choices in the order that a seed gives them."""
    return sorted(choices, key=lambda choice: shuffle_key(seed, choice.id))


def answer(attempt: Attempt, quiz: Quiz, question_id: str, response: Any) -> Draft:
    """Mark one response of an attempt.

    Raises AttemptOver, NotDrawn or AlreadyAnswered; the same answer sent again is
    `AlreadyAnswered` too, and loses nothing.
    """
    if attempt.is_over:
        raise AttemptOver(attempt=attempt.id)
    question = drawn(attempt, quiz, question_id)
    if question_id in attempt.answers:
        raise AlreadyAnswered(question=question_id)
    where = {"attempt": attempt.id}
    if quiz.measures:
        where["in"] = "measure"
    return answered(quiz.id, question, response, where)


def answered(pool: str, question: Question, response: Any, where: Mapping[str, Any]) -> Draft:
    """The statement that a question was answered, and what the answer earned.

    It is kept under the question's own pool, wherever it was asked.
    """
    asked_as = {"question": question.id} if question.home else {}
    return Draft("answered", question.home or f"{pool}#{question.id}", {
        **where, **asked_as, "response": response, "score": question.mark(response).score,
        "digest": question.digest,
    })


def flag(attempt: Attempt, question_id: str, on: bool) -> Draft:
    """Put a question aside for later, or take it up again. Raises NotDrawn, AttemptOver."""
    if attempt.is_over:
        raise AttemptOver(attempt=attempt.id)
    if question_id not in attempt.questions:
        raise NotDrawn(question=question_id)
    return Draft("flagged", f"attempt:{attempt.id}", {"question": question_id, "on": on})


def submit(attempt: Attempt, quiz: Quiz, *, gaps: bool = False) -> tuple[Result, Draft]:
    """Close an attempt. Raises AttemptOver, or Unanswered with how many are left, unless it may
    have gaps: then what was not answered earns nothing."""
    if attempt.is_over:
        raise AttemptOver(attempt=attempt.id)
    left = [one for one in attempt.questions if one not in attempt.answers]
    if left and not gaps:
        raise Unanswered(count=len(left))
    attempt = replace(attempt, answers={**dict.fromkeys(left, NOT_GIVEN), **attempt.answers})
    result = judge(attempt, quiz)
    kept = {"quiz": quiz.id, "digest": quiz.digest, "score": result.score, "of": result.of,
            "passed": result.passed, "missed": list(result.missed),
            "items": [_item(attempt, quiz, one) for one in attempt.questions]}
    if quiz.measures:
        kept["measure"] = True
    verb = "passed" if result.passed else "failed"
    return result, Draft(verb, f"attempt:{attempt.id}", kept)


def judge(attempt: Attempt, quiz: Quiz) -> Result:
    """Pass or fail: the share of the score, and every critical question right.

    A test that measures the course is passed by handing it in.
    A question that has left the file since the attempt began still counts by its kept mark.
    """
    scores = [attempt.answers[one].score or 0.0 for one in attempt.questions]
    missed = tuple(
        one for one in attempt.questions
        if (question := quiz.question(one)) and question.critical and not attempt.answers[one].right
    )
    result = judged(scores, quiz.pass_mark, missed)
    return replace(result, passed=True) if quiz.measures else result


def judged(scores: Sequence[float], pass_mark: float, missed: tuple[str, ...]) -> Result:
    """Pass or fail: the share of the scores, and nothing missed that had to be right."""
    score = round(sum(scores), 4)
    passed = score >= pass_mark * len(scores) - 1e-9 and not missed
    return Result(score, len(scores), passed, missed)


def _item(attempt: Attempt, quiz: Quiz, question_id: str) -> dict[str, Any]:
    """What the closing statement keeps of one question."""
    kept = attempt.answers[question_id]
    question = quiz.question(question_id)
    asked = {"digest": question.digest, "prompt": question.prompt} if question else {}
    return {"id": question_id, **asked, "response": kept.response, "score": kept.score}


def drawn(attempt: Attempt, quiz: Quiz, question_id: str) -> Question:
    """A question of an attempt. Raises NotDrawn."""
    question = quiz.question(question_id)
    if question_id not in attempt.questions or question is None:
        raise NotDrawn(question=question_id)
    return question
