"""Attempts: drawn, answered, handed in; what is refused and what is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core import scoring
from course.core.activity import Quiz
from course.core.errors import (
    AlreadyAnswered,
    AttemptOver,
    NotDrawn,
    NotFound,
    NothingToDraw,
    Unanswered,
)
from course.core.learning import fold_learner
from course.core.questions import Choice, ChooseOne, FreeText
from course.core.scoring import Attempt
from course.store import MemoryStore

RIGHT, WRONG = Choice("yes", "Yes", True), Choice("no", "No")
LEARNER = "learner:ana"


def question(name: str, objective: str = "", critical: bool = False) -> ChooseOne:
    return ChooseOne(name, "?", objective=objective, critical=critical, choices=(RIGHT, WRONG))


POOL = Quiz("m/q", "Check", (
    question("safety", "act", critical=True),
    *(question(f"act{n}", "act") for n in range(6)),
    *(question(f"child{n}", "child") for n in range(3)),
    question("consent", "consent"), question("in-place", "act"),
    FreeText("essay", "Write.", objective="act"),
), draw=5)
USED = frozenset({"in-place"})


@pytest.fixture
def store():
    return MemoryStore({"learner": fold_learner})


def begin(store: MemoryStore, attempt_id: str = "a1", quiz: Quiz = POOL) -> Attempt:
    with store.record(LEARNER) as record:
        history = scoring.attempts(record.document, quiz.id)
        record.append(scoring.start(quiz, USED, history, attempt_id, seed=attempt_id))
    return scoring.attempt(store.document(LEARNER), attempt_id)


def answer(store: MemoryStore, attempt_id: str, question_id: str, response: str) -> None:
    with store.record(LEARNER) as record:
        attempt = scoring.attempt(record.document, attempt_id)
        record.append(scoring.answer(attempt, POOL, question_id, response))


def hand_in(store: MemoryStore, attempt_id: str) -> Attempt:
    with store.record(LEARNER) as record:
        record.append(scoring.submit(scoring.attempt(record.document, attempt_id), POOL)[1])
    return scoring.attempt(store.document(LEARNER), attempt_id)


@given(st.text(), st.integers(1, 20))
def test_a_draw_has_the_critical_ones_every_objective_and_nothing_used_or_written(seed, size):
    quiz = Quiz("m/q", "Check", POOL.questions, draw=size)
    drawn = scoring.draw(quiz, USED, [], seed)
    assert len(drawn) == len(set(drawn)) == min(size, 11)
    assert "safety" in drawn
    assert not {"in-place", "essay"} & set(drawn)
    if size >= 3:
        assert {quiz.question(one).objective for one in drawn} == {"act", "child", "consent"}


def test_the_same_seed_draws_the_same_and_another_one_differs():
    assert scoring.draw(POOL, USED, [], "x") == scoring.draw(POOL, USED, [], "x")
    assert len({tuple(scoring.draw(POOL, USED, [], str(n))) for n in range(20)}) > 10


def test_a_second_attempt_prefers_what_was_not_asked_before(store):
    first = begin(store, "a1")
    second = scoring.draw(POOL, USED, [first], "other")
    # The critical one, and an objective with a single question, always come again.
    assert set(first.questions) & set(second) <= {"safety", "consent"}


def test_an_attempt_is_answered_handed_in_and_kept_as_it_was(store):
    attempt = begin(store)
    for one in attempt.questions:
        answer(store, "a1", one, "yes")
    over = hand_in(store, "a1")
    assert over.passed
    assert over.summary["score"] == over.summary["of"] == 5
    kept = store.statement(over.summary["statement"])
    assert [item["id"] for item in kept.result["items"]] == list(attempt.questions)
    assert all(item["response"] == "yes" for item in kept.result["items"])


def test_a_critical_question_decides_whatever_the_score(store):
    attempt = begin(store)
    for one in attempt.questions:
        answer(store, "a1", one, "no" if one == "safety" else "yes")
    over = hand_in(store, "a1")
    assert over.summary["score"] == 4
    assert not over.passed
    assert over.summary["missed"] == ["safety"]


def test_four_of_five_is_eighty_percent_and_passes(store):
    attempt = begin(store)
    wrong = next(one for one in attempt.questions if one != "safety")
    for one in attempt.questions:
        answer(store, "a1", one, "no" if one == wrong else "yes")
    assert hand_in(store, "a1").passed


def test_what_an_attempt_refuses(store):
    attempt = begin(store)
    not_asked = next(one.id for one in POOL.questions if one.id not in attempt.questions)
    with pytest.raises(NotDrawn):
        answer(store, "a1", not_asked, "yes")
    with pytest.raises(NotFound):
        answer(store, "somebody-else", attempt.questions[0], "yes")
    answer(store, "a1", attempt.questions[0], "no")
    with pytest.raises(AlreadyAnswered):
        answer(store, "a1", attempt.questions[0], "yes")
    with pytest.raises(Unanswered) as early:
        hand_in(store, "a1")
    assert early.value.values["count"] == 4
    for one in attempt.questions[1:]:
        answer(store, "a1", one, "yes")
    hand_in(store, "a1")
    with pytest.raises(AttemptOver):
        answer(store, "a1", attempt.questions[0], "yes")
    with pytest.raises(AttemptOver):
        hand_in(store, "a1")


def test_an_empty_pool_says_so():
    with pytest.raises(NothingToDraw):
        scoring.draw(Quiz("m/q", "Check", (FreeText("f", "?"),)), frozenset(), [], "s")


def test_a_flag_is_set_taken_off_and_gone_when_the_attempt_is_over(store):
    attempt = begin(store)
    for on in (True, False, True):
        with store.record(LEARNER) as record:
            record.append(scoring.flag(attempt, attempt.questions[1], on))
    assert scoring.attempt(store.document(LEARNER), "a1").flags == {attempt.questions[1]}


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.text())
def test_shuffling_keeps_every_choice(ids, seed):
    choices = [Choice(one, one) for one in ids]
    assert sorted(one.id for one in scoring.shuffled(choices, seed)) == sorted(ids)
