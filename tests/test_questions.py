"""Every kind of question: what it reads from a form and what a response earns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.errors import BadResponse
from course.core.questions import (
    Choice,
    ChooseAll,
    ChooseOne,
    FreeText,
    Match,
    Number,
    Order,
    Question,
    ShortText,
    number_readings,
    text_id,
)


def choices(*texts: str, right: str = "") -> tuple[Choice, ...]:
    return tuple(Choice(one, one, one in right) for one in texts)


ONE = ChooseOne("q", "?", choices=choices("a", "b", "c", right="b"))
ALL = ChooseAll("q", "?", choices=choices("a", "b", "c", "d", right="ab"))
ORDER = Order("q", "?", choices=choices("a", "b", "c"))
MATCH = Match("q", "?", choices=choices("l", "m"), rights=choices("x", "y"),
              pairs={"l": "x", "m": "x"})
NUMBER = Number("q", "?", low=40, high=60)
SHORT = ShortText("q", "?", accepted=("Élan vital", "صابون"))
FREE = FreeText("q", "?")
EVERY = [ONE, ALL, ORDER, MATCH, NUMBER, SHORT, FREE]


@pytest.mark.parametrize(("question", "form", "score"), [
    (ONE, {"r": ["b"]}, 1), (ONE, {"r": ["a"]}, 0),
    (ALL, {"r": ["b", "a"]}, 1), (ALL, {"r": ["a"]}, 0.5), (ALL, {"r": ["a", "c"]}, 0),
    (ALL, {"r": ["a", "b", "c", "d"]}, 0),
    (ORDER, {"r.a": ["1"], "r.b": ["2"], "r.c": ["3"]}, 1),
    (ORDER, {"r.a": ["2"], "r.b": ["3"], "r.c": ["1"]}, 0.5),
    (ORDER, {"r.a": ["3"], "r.b": ["2"], "r.c": ["1"]}, 0),
    (MATCH, {"r.l": ["x"], "r.m": ["x"]}, 1), (MATCH, {"r.l": ["x"], "r.m": ["y"]}, 0.5),
    (NUMBER, {"r": [" 40 "]}, 1), (NUMBER, {"r": ["٥٠"]}, 1), (NUMBER, {"r": ["61"]}, 0),
    (SHORT, {"r": ["ELAN-VITAL"]}, 1), (SHORT, {"r": ["صَابُونـ"]}, 1), (SHORT, {"r": ["x"]}, 0),
])
def test_a_response_earns_its_share(question, form, score):
    assert question.mark(question.read(form)).score == score


def test_free_text_waits_for_a_person():
    mark = FREE.mark(FREE.read({"r": ["Act, means and purpose."]}))
    assert mark.score is None
    assert not mark.right


@pytest.mark.parametrize(("question", "form", "reason"), [
    (ONE, {}, "empty"), (ONE, {"r": ["z"]}, "unknown-choice"), (ONE, {"r": ["a", "b"]}, "one-only"),
    (ALL, {"r": []}, "empty"), (ALL, {"r": ["a", "<b>"]}, "unknown-choice"),
    (ORDER, {"r.a": ["1"]}, "empty"),
    (ORDER, {"r.a": ["1"], "r.b": ["1"], "r.c": ["3"]}, "place-twice"),
    (ORDER, {"r.a": ["0"], "r.b": ["2"], "r.c": ["3"]}, "unknown-choice"),
    (MATCH, {"r.l": ["x"]}, "empty"), (MATCH, {"r.l": ["x"], "r.m": ["l"]}, "unknown-choice"),
    (NUMBER, {"r": ["many"]}, "no-number"), (NUMBER, {"r": [""]}, "empty"),
    (NUMBER, {"r": ["9" * 500]}, "no-number"),
    (SHORT, {"r": ["x" * 201]}, "too-long"), (FREE, {"r": ["x" * 4001]}, "too-long"),
    (FREE, {"r": ["nul\0"]}, "control-characters"),
    (FREE, {"r": ["half \ud800"]}, "control-characters"), (FREE, {"r": ["  \n "]}, "empty"),
])
def test_what_cannot_be_taken_is_refused_with_its_reason(question, form, reason):
    with pytest.raises(BadResponse) as refused:
        question.read(form)
    assert refused.value.values["reason"] == reason


@given(st.sampled_from(EVERY), st.dictionaries(
    st.sampled_from(["r", "r.a", "r.b", "r.c", "r.l", "r.m", "x"]),
    st.lists(st.one_of(st.text(), st.sampled_from(["a", "b", "1", "2", "3", "x"])), max_size=4)))
def test_whatever_is_sent_is_marked_between_nothing_and_all_or_refused(question, form):
    try:
        mark = question.mark(question.read(form))
    except BadResponse:
        return
    assert mark.score is None or 0 <= mark.score <= 1


@given(st.sampled_from([ONE, ALL, ORDER, MATCH, NUMBER, SHORT]))
def test_the_key_is_right(question: Question):
    key = {"number": "42", "short": "Élan vital"}.get(question.kind, question.key())
    assert question.mark(key).right


@pytest.mark.parametrize(("typed", "meant"), [
    ("112,500", {112.5, 112500.0}), ("112 500", {112500.0}), ("112.500,5", {112500.5}),
    ("1٬234٫5", {1234.5}), ("−3", {-3.0}), ("3,14", {3.14}), ("1,2,3", set()), ("", set()),
    ("12a", set()), ("²", set()),
])
def test_numbers_are_read_in_every_country_s_way(typed, meant):
    assert number_readings(typed) == meant


def test_a_translation_words_a_question_and_cannot_change_its_mark():
    french = ChooseOne("q", "Quoi ?", choices=choices("x", "y", "z", right="z"))
    worded = ONE.worded(french)
    assert worded.prompt == "Quoi ?"
    assert [one.text for one in worded.choices] == ["x", "y", "z"]
    assert worded.key() == "b"


def test_a_short_answer_may_be_given_in_the_translation_or_the_original():
    original = ShortText("q", "?", accepted=("soap",))
    worded = original.worded(ShortText("q", "?", accepted=("savon",)))
    assert worded.mark("Savon").right
    assert worded.mark("SOAP").right
    assert worded.key() == "savon"


def test_a_choice_is_known_by_its_wording_not_by_its_place():
    assert text_id(" She agreed ") == text_id("She agreed") != text_id("She refused")
