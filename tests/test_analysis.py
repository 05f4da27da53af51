"""Item analysis, gains and who is stuck: formulas against figures worked out by hand."""

from __future__ import annotations

from dataclasses import asdict
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core import analysis, gains, sittings, stuck
from course.core.activity import Module, Quiz
from course.core.analysis import analyse, correlation, tails, weighted
from course.core.questions import Choice, ChooseOne
from course.core.sittings import First, Given, Sitting
from course.core.stuck import Doing, Pace

QUESTION = ChooseOne("q", "Which one?", choices=(
    Choice("key", "The key", right=True), Choice("pull", "What draws"), Choice("dead", "Nobody")))


def first(choice, rest):
    return First("q", Given(choice, float(choice == "key")), rest)


def codes(item):
    return [one.code for one in item.findings]


# Formulas --------------------------------------------------------------------------------

def test_facility_and_item_rest_correlation_by_hand():
    """Five learners, right at rest shares .8 .6 .6, wrong at .4 .2: the point-biserial formula
    (M1 − M0) / s · √(pq) gives 0.88."""
    answers = [first("key", 0.8), first("key", 0.6), first("key", 0.6), first("pull", 0.4),
               first("pull", 0.2)]
    item = analyse(QUESTION, answers)
    rests = [0.8, 0.6, 0.6, 0.4, 0.2]
    mean = sum(rests) / 5
    spread = sqrt(sum((one - mean) ** 2 for one in rests) / 5)
    by_hand = ((0.8 + 0.6 + 0.6) / 3 - (0.4 + 0.2) / 2) / spread * sqrt(0.6 * 0.4)
    assert item.facility == 0.6
    assert isclose(item.r, by_hand)
    assert isclose(item.r, 0.88, abs_tol=0.005)


def test_the_groups_are_the_best_and_the_weakest_27_per_cent():
    """Ten learners: three in each group; the upper has 3 of 3 right, the lower 1 of 3."""
    answers = [first("key" if place < 6 or place == 8 else "pull", 1 - place / 10)
               for place in range(10)]
    item = analyse(QUESTION, answers)
    assert item.group == 3
    assert isclose(item.d, 1 - 1 / 3)
    key, pull, dead = item.choices
    assert (key.count, pull.count, dead.count) == (7, 3, 0)
    assert isclose(pull.lower, 2 / 3)
    assert pull.upper == 0


def test_who_ties_at_the_border_shares_the_places_that_are_left():
    upper, lower = tails([1, 1, 1, 0.5, 0])
    assert upper == [pytest.approx(1 / 3)] * 3 + [0, 0]
    assert lower == [0, 0, 0, 0, 1]


def test_nobody_differs_so_there_is_no_correlation():
    assert correlation([1, 1, 1], [0.2, 0.4, 0.6]) is None
    assert correlation([1, 0], [0.5, 0.5]) is None


scores = st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]),
                            st.one_of(st.none(), st.integers(0, 9).map(lambda n: n / 9))),
                  max_size=60)


@given(scores, st.randoms(use_true_random=False))
def test_bounds_hold_and_the_order_of_learners_changes_nothing(rows, chance):
    answers = [First("q", Given("key" if score == 1 else "pull", score), rest)
               for score, rest in rows]
    item = analyse(QUESTION, answers)
    assert item.facility is None or 0 <= item.facility <= 1
    for figure in (item.r, item.d):
        assert figure is None or -1 <= figure <= 1
    assert all(0 <= one.upper <= 1 and 0 <= one.lower <= 1 for one in item.choices)
    chance.shuffle(answers)
    again = analyse(QUESTION, answers)
    assert codes(again) == codes(item)
    for name in ("n", "facility", "r", "d", "compared"):
        assert getattr(again, name) == pytest.approx(getattr(item, name)), name


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_the_weights_of_a_group_are_its_size(values):
    for weights in tails(values):
        assert sum(weights) == pytest.approx(analysis.group_size(len(values)))
        assert 0 <= weighted(values, weights) <= 1 + 1e-9


# What to do ------------------------------------------------------------------------------

def many(*groups):
    """Answers of groups: (how many, the choice, the rest share)."""
    return [first(choice, rest) for count, choice, rest in groups for _ in range(count)]


@pytest.mark.parametrize(("answers", "expected"), [
    (many((9, "key", 0.5)), ["too-few"]),
    (many((20, "key", 0.5)), ["easy"]),
    (many((12, "key", 0.9), (4, "pull", 0.4), (4, "dead", 0.4)), ["keep"]),
    (many((12, "key", 0.9), (8, "pull", 0.4)), ["dead"]),
    (many((11, "key", 0.9), (9, "pull", 0.4)), ["teach", "dead"]),
    (many((5, "key", 0.9), (15, "pull", 0.4)), ["hard", "dead"]),
    (many((8, "pull", 0.9), (12, "key", 0.3)), ["key", "negative", "dead"]),
    (many((6, "pull", 0.9), (4, "dead", 0.2), (14, "key", 0.3)), ["key", "negative"]),
    (many((7, "key", 0.5), (3, "dead", 0.5), (7, "key", 0.6), (3, "pull", 0.6)), ["keep"]),
])
def test_what_to_do_about_a_question(answers, expected):
    assert codes(analyse(QUESTION, answers)) == expected


def test_a_question_asked_before_the_course_gets_no_verdict():
    assert codes(analyse(QUESTION, many((30, "pull", 0.5)), untaught=True)) == ["untaught"]


# What is counted -------------------------------------------------------------------------

def sitting(stamp, **scores):
    return Sitting("m/a", {question: Given("x", score) for question, score in scores.items()},
                   (stamp, "d"))


def test_the_first_answer_to_a_question_counts_and_the_others_of_its_sitting_are_the_rest():
    found = sittings.firsts([sitting(1, a=1.0, b=0.0, c=1.0, d=1.0),
                             sitting(2, b=1.0, e=1.0, f=0.0)])
    by_question = {one.question: one for one in found}
    assert by_question["a"].rest == pytest.approx(2 / 3, abs=1e-6)
    assert by_question["b"].given.score == 0
    assert by_question["e"].rest is None, "two others are too few"


def test_only_pairs_are_compared_and_the_gain_is_of_what_was_left():
    test = Module("m/before", "Before", (), kind="before", objectives={"act": "The act"})
    found = gains.gains(test, [({"": 40.0, "act": 50.0}, {"": 70.0}),
                               ({"": 60.0, "act": 0.0}, {"": 90.0, "act": 50.0})])
    whole, act = found
    assert (whole.n, whole.before, whole.after, whole.change) == (2, 50, 80, 30)
    assert whole.normalised == pytest.approx(0.6)
    assert (act.n, act.before, act.after) == (1, 0, 50)


def test_shares_of_a_test_by_objective():
    quiz = Quiz("m/before", "Before", (ChooseOne("a", "?", objective="act"),
                                       ChooseOne("b", "?", objective="act")))
    assert gains.shares(sitting(1, a=1.0, b=0.0, gone=1.0), quiz) == {
        "": pytest.approx(200 / 3), "act": 50}


def test_long_texts_are_not_kept_twice_and_a_case_keeps_its_moves_alone():
    assert sittings.compact([{"id": "a", "response": "x" * 61, "score": None}]) == [[None, None]]
    assert sittings.compact([{"id": "a", "score": 1.0}]) is None


# Who is stuck ----------------------------------------------------------------------------

GOING = Pace("2026-03-20T10:00:00Z", most_begun=True)


@pytest.mark.parametrize(("doing", "expected"), [
    (Doing("2026-03-20T09:00:00Z"), []),
    (Doing(""), ["not-begun"]),
    (Doing("2026-03-12T09:00:00Z"), ["quiet"]),
    (Doing("2026-03-17T09:00:00Z", open=(("m/a", "2026-03-17T09:00:00Z"),)), ["left-open"]),
    (Doing("2026-03-19T09:00:00Z", open=(("m/a", "2026-03-19T09:00:00Z"),)), []),
    (Doing("2026-03-16T09:00:00Z", wrong=("m/a#q", "2026-03-16T09:00:00Z")),
     ["wrong-in-place"]),
])
def test_who_may_need_the_trainer(doing, expected):
    assert [one.code for one in stuck.stuck(doing, GOING, finished=False)] == expected
    assert stuck.stuck(doing, GOING, finished=True) == []


def test_a_test_failed_twice_is_told_until_it_is_passed():
    def closed(n, passed):
        return {f"t{n}": {"quiz": "m/a", "questions": [], "summary": {
            "score": 0, "of": 1, "passed": passed, "missed": [], "time": f"2026-03-0{n}",
            "stamp": [n, "d"]}}}
    failed = {"attempts": closed(1, False) | closed(2, False)}
    told, = stuck.doing(failed, ["m/a"]).failed
    assert asdict(told) == {"code": "failed-twice", "place": "m/a", "since": "2026-03-02",
                            "count": 2}
    passed = {"attempts": failed["attempts"] | closed(3, True)}
    assert not stuck.doing(passed, ["m/a"]).failed


def test_days_are_not_counted_from_what_is_no_time():
    assert stuck.days_between("", "2026-03-01T00:00:00Z") == 0
    assert stuck.days_between("2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z") == 3
