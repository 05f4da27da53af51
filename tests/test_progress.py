"""Progress: folded from statements in any order, and what comes next."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core import learning, progress, scoring
from course.core.activity import Check, Entry, Manual, ManualPart, Module, Prose, Quiz, Section
from course.core.errors import BadField
from course.core.learning import MARKS_KEPT, fold_learner
from course.core.questions import Choice, ChooseOne
from course.core.statement import Statement
from course.schedule import schedule

QUESTION = ChooseOne("q1", "?", objective="act",
                     choices=(Choice("yes", "Yes", True), Choice("no", "No")))
QUIZ = Quiz("m/a", "Check", (QUESTION,), draw=1)
MODULE = Module("m/a", "A", (
    Section("one", "One", (Prose("<p>x</p>"), Check("q1"))), Section("two", "Two", ())),
    objectives={"act": "Name the act", "child": "Apply the child rule"}, quiz="m/a")


def said(counter, verb, object, result=None, device="a", time="2026-11-24T10:00:00Z"):
    return Statement(device, counter, counter, time, "learner:x", verb, object, result or {})


def folded(history):
    document = {}
    for statement in history:
        document = fold_learner(document, statement)
    return document


keys = st.sampled_from(["m/a#q1", "m/a#q2", "m/b#q1"])
times = st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"])
events = st.one_of(
    st.tuples(st.just("experienced"), st.sampled_from(["m/a#one", "m/a#two"]), st.just({})),
    st.tuples(st.just("answered"), keys, st.fixed_dictionaries(
        {"response": st.sampled_from(["yes", "no"]), "score": st.sampled_from([0.0, 1.0]),
         "in": st.sampled_from(["check", "review"])})),
    st.tuples(st.just("answered"), keys, st.fixed_dictionaries(
        {"response": st.just("no"), "score": st.just(0.0),
         "attempt": st.sampled_from(["t1", "t2"])})),
    st.tuples(st.just("initialized"), st.just("attempt:t1"), st.just(
        {"quiz": "m/a", "questions": ["q1", "q2"], "seed": "s", "digest": "d"})),
    st.tuples(st.just("flagged"), st.just("attempt:t1"), st.fixed_dictionaries(
        {"question": st.just("q1"), "on": st.booleans()})),
    st.tuples(st.sampled_from(["passed", "failed"]), st.just("attempt:t1"), st.fixed_dictionaries(
        {"quiz": st.just("m/a"), "score": st.floats(0, 2), "of": st.just(2),
         "passed": st.booleans(), "missed": st.just([]), "items": st.sampled_from(
             [[{"id": "q1"}], [{"id": "q1", "response": "no", "score": 0.0}]])})),
    st.tuples(st.just("noted"), st.just("m/a#one"), st.fixed_dictionaries({"text": st.text()})),
    st.tuples(st.just("bookmarked"), st.just("m/a#one"), st.fixed_dictionaries(
        {"on": st.booleans()})),
    st.tuples(st.just("something-later"), st.just("x"), st.just({"a": 1})),
)
# A quiz attempt begins once: two devices never share one. Everything else may meet anything.
histories = st.lists(st.tuples(st.integers(1, 40), st.sampled_from("ab"), times, events),
                     unique_by=lambda one: one[:2], max_size=25).map(lambda rows: [
                         said(counter, *event, device=device, time=time)
                         for counter, device, time, event in rows])


@given(histories, st.randoms(use_true_random=False))
def test_any_order_and_any_number_of_times_give_the_same_document(history, chance):
    initialized = [one for one in history if one.verb == "initialized"]
    history = [one for one in history if one.verb != "initialized"] + initialized[:1]
    again = history + chance.choices(history, k=5) if history else []
    chance.shuffle(again)
    assert canonical(folded(again)) == canonical(folded(history))


def canonical(document):
    return json.dumps(document, sort_keys=True)


def test_the_first_answer_in_place_stays_and_a_test_keeps_what_was_chosen():
    history = [said(n, "answered", "m/a#q1", {"response": choice, "score": float(choice == "yes"),
                                              "in": "check"})
               for n, choice in ((1, "no"), (2, "yes"))]
    history.append(said(3, "failed", "attempt:t1", {
        "quiz": "m/a", "score": 0, "of": 1, "passed": False, "missed": [],
        "items": [{"id": "q1", "response": "no", "score": 0.0}]}))
    for order in (history, history[::-1]):
        document = folded(order)
        assert document["firsts"] == {"m/a": {"q1": ["no", 0.0, 1, "a"]}}
        assert document["attempts"]["t1"]["summary"]["answers"] == [["no", 0.0]]


def test_only_the_latest_marks_stay_in_the_document():
    history = [said(n, "answered", "m/a#q1", {"response": "no", "score": 0.0, "in": "review"})
               for n in range(1, 60)]
    random.Random(1).shuffle(history)
    marks = folded(history)["seen"]["m/a#q1"]
    assert len(marks) == MARKS_KEPT
    assert marks[-1][0] == 59


def test_a_module_is_done_by_answering_and_not_by_scrolling():
    read = [said(1, "experienced", "m/a#one"), said(2, "experienced", "m/a#two")]
    how_far = progress.module_progress(MODULE, folded(read))
    assert how_far.sections_read == {"one", "two"}
    assert not how_far.done
    answered = [*read, said(3, "answered", "m/a#q1", {"response": "no", "score": 0.0,
                                                      "in": "check"})]
    assert not progress.module_progress(MODULE, folded(answered)).done
    passed = [*answered, said(4, "passed", "attempt:t", {
        "quiz": "m/a", "score": 1, "of": 1, "passed": True, "missed": [], "items": []})]
    assert progress.module_progress(MODULE, folded(passed)).done


def test_a_later_failure_takes_nothing_from_a_passed_quiz():
    def closed(n, passed):
        return said(n, "passed" if passed else "failed", f"attempt:t{n}", {
            "quiz": "m/a", "score": int(passed), "of": 1, "passed": passed, "missed": [],
            "items": []})
    assert progress.module_progress(MODULE, folded([closed(1, True), closed(2, False)])).passed


def test_going_on_where_one_was():
    assert progress.last_place({}) is None
    reading = [said(1, "experienced", "m/a#two")]
    assert progress.last_place(folded(reading)) == progress.Place("m/a", "two")
    opened = [*reading, said(2, "initialized", "attempt:t", {
        "quiz": "m/a", "questions": ["q1"], "seed": "s", "digest": ""})]
    assert progress.last_place(folded(opened)) == progress.Place(attempt="t")
    over = [*opened, said(3, "failed", "attempt:t", {
        "quiz": "m/a", "score": 0, "of": 1, "passed": False, "missed": [], "items": []})]
    assert progress.last_place(folded(over)) == progress.Place("m/a")


def test_the_next_activity_is_the_first_not_done_after_the_last_one():
    manual = Manual("m", "M", "", (ManualPart("P", (Entry("m/a", "A"), Entry("m/b", "B"),
                                                    Entry("m/c", "C"))),))
    assert progress.next_activity(manual, lambda one: False) == "m/a"
    assert progress.next_activity(manual, lambda one: False, after="m/a") == "m/b"
    assert progress.next_activity(manual, lambda one: one != "m/a", after="m/c") == "m/a"
    assert progress.next_activity(manual, lambda one: True) is None


def test_by_objective_the_latest_mark_of_each_question_counts():
    history = [said(n, "answered", "m/a#q1", {"response": "x", "score": score, "in": "check"})
               for n, score in ((1, 1.0), (2, 0.0))]
    act, child = progress.by_objective(MODULE, QUIZ, folded(history))
    assert (act.right, act.asked, act.of) == (0.0, 1, 1)
    assert (child.right, child.asked, child.of) == (0, 0, 0)


def test_what_was_never_wrong_does_not_come_back():
    document = folded([said(1, "answered", "m/a#q1", {"response": "y", "score": 1.0,
                                                      "in": "check"})])
    assert progress.reviews(document, schedule) == []


def test_what_was_wrong_comes_back_and_right_answers_put_it_off():
    wrong = said(1, "answered", "m/a#q1", {"response": "n", "score": 0.0, "in": "check"},
                 time="2026-11-01T10:00:00Z")
    right = said(2, "answered", "m/a#q1", {"response": "y", "score": 1.0, "in": "review"},
                 time="2026-11-02T10:00:00Z")
    first = progress.reviews(folded([wrong]), schedule)[0].when
    later = progress.reviews(folded([wrong, right]), schedule)[0].when
    assert datetime(2026, 11, 2, 10, tzinfo=UTC) <= first < later


def test_a_clock_set_back_does_not_stop_the_reviews():
    history = [("2026-11-01T10:00:00Z", False), ("2025-11-01T10:00:00Z", True), ("rubbish", True)]
    assert schedule(history) > datetime(2026, 11, 1, tzinfo=UTC)


def test_a_note_is_kept_replaced_and_taken_away():
    def noted(n, text):
        draft = learning.note("m/a#one", text)
        return said(n, draft.verb, draft.object, draft.result)
    assert progress.notes(folded([noted(1, " mine\r\n"), noted(2, "yours")])) == {
        "m/a#one": "yours"}
    assert progress.notes(folded([noted(1, "mine"), noted(2, "")])) == {}


@pytest.mark.parametrize(("text", "reason"), [("x" * 4001, "too-long"),
                                              ("a\0b", "control-characters")])
def test_a_note_that_cannot_be_kept_says_why(text, reason):
    with pytest.raises(BadField) as refused:
        learning.note("m/a#one", text)
    assert refused.value.reason == reason


def test_history_of_an_attempt_is_short_in_the_document():
    history = [said(1, "initialized", "attempt:t", {"quiz": "m/a", "questions": ["q1"],
                                                    "seed": "s", "digest": ""}),
               said(2, "answered", "m/a#q1", {"attempt": "t", "response": "no", "score": 0.0}),
               said(3, "failed", "attempt:t", {"quiz": "m/a", "score": 0, "of": 1,
                                               "passed": False, "missed": [],
                                               "items": [{"id": "q1", "response": "no"}]})]
    kept = scoring.attempt(folded(history), "t")
    assert kept.answers == {}
    assert kept.summary["statement"] == "a:3"
