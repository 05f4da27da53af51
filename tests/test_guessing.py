"""The guessing test: what somebody scores who knows nothing and picks by looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.content.quizfile import Asked, Offered
from course.content.rules.guessing import guesses


def question(texts, right):
    offered = tuple(Offered(text, 1, "x" if place == right else "")
                    for place, text in enumerate(texts))
    return Asked("id", "one", "Which?", 1, "", offered=offered)


def paying(questions, language="en"):
    return {(one.habit, one.place) for one in guesses(questions, language) if one.pays}


def test_a_spread_pool_rewards_no_habit():
    pool = [question(("red", "tan", "sky", "jet"), place % 4) for place in range(12)]
    assert paying(pool) == set()


def test_equal_choices_share_the_guess():
    pool = [question(("aaa", "bbb", "ccc", "ddd"), 0) for _ in range(8)]
    longest = next(one for one in guesses(pool, "en") if one.habit == "longest")
    assert longest.score == longest.chance == 2


def test_the_longest_choice_pays_when_it_is_right_too_often():
    longest = [question(["no"] * place + ["a much longer one"] + ["no"] * (3 - place), place)
               for place in range(4)]
    shorter = [question(["a much longer one", "no", "no", "no"], 1 + place % 3)
               for place in range(8)]
    assert ("longest", 0) not in paying(longest + shorter)
    assert ("longest", 0) in paying(longest + longest + shorter)


def test_one_place_pays_when_it_is_right_too_often():
    spread = [question(("red", "tan", "sky", "jet"), place % 4) for place in range(8)]
    third = [question(("red", "tan", "sky", "jet"), 2) for _ in range(3)]
    assert paying(spread + third) == {("place", 3)}


@pytest.mark.parametrize(("language", "careful"), [
    ("en", "She may stay"), ("fr", "Elle peut rester"), ("es", "Puede quedarse"),
    ("ru", "Она может остаться"), ("ar", "قد تبقى"), ("zh", "她可能留下"), ("en-GB", "It depends"),
])
def test_careful_words_are_known_in_six_languages(language, careful):
    plain = "one of the longer choices"
    pool = [question([plain] * place + [careful] + [plain] * (3 - place), place)
            for place in range(4)]
    assert paying(pool, language) == {("careful", 0)}


def test_links_and_emphasis_make_a_choice_no_longer():
    pool = [question(("**red**", "[blue](a.md#a-very-long-address)", "green!", "whites"), 1)]
    longest = next(one for one in guesses(pool, "en") if one.habit == "longest")
    assert longest.score == 0


@given(st.lists(st.tuples(st.lists(st.text(max_size=9), min_size=2, max_size=6), st.integers(0, 5)),
                max_size=12))
def test_no_habit_scores_less_than_nothing_or_more_than_all(drawn):
    pool = [question(texts, right % len(texts)) for texts, right in drawn]
    found = list(guesses(pool, "en"))
    assert all(0 <= one.score <= one.of <= len(pool) for one in found)
    assert sum(one.score for one in found if one.habit == "place") == len(pool)


@given(st.integers(2, 6), st.integers(1, 40))
def test_an_even_spread_is_always_allowed(choices, count):
    pool = [question(("same",) * choices, place % choices) for place in range(count)]
    assert paying(pool) == set()
