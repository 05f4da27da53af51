"""An examination on paper: two variants, their keys, and sheets keyed in twice."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core import answersheet
from course.core.answersheet import OnPaper, Sheet, differences, variant_of
from course.core.errors import BadResponse
from course.core.exam import exam_of, fold_exam
from course.core.questions import (
    Choice,
    ChooseAll,
    ChooseOne,
    Match,
    Number,
    Order,
    ShortText,
    text_id,
)
from course.core.scoring import shuffled

from .examining import Hall
from .test_exam_time import folded, prepared


@pytest.fixture
def hall(tmp_path):
    return Hall(tmp_path)


def choices(texts, right=()):
    return tuple(Choice(text_id(one), one, one in right) for one in texts)


WORDS = ["recruit", "harbour", "deceive", "exploit", "transfer"]
QUESTIONS = [
    ChooseOne("one", "?", choices=choices(WORDS, ["harbour"])),
    ChooseAll("all", "?", choices=choices(WORDS, ["recruit", "transfer"])),
    Order("order", "?", choices=choices(WORDS)),
    Match("match", "?", choices=choices(WORDS[:3]), rights=choices(["act", "means"]), pairs={
        text_id("recruit"): text_id("act"), text_id("harbour"): text_id("act"),
        text_id("deceive"): text_id("means")}),
    Number("number", "?", low=8, high=8),
    ShortText("short", "?", accepted=("soap",)),
]


def on_paper(question, seed="s"):
    rights = shuffled(question.rights, seed) if isinstance(question, Match) else ()
    own = question.choices if isinstance(question, Match) else shuffled(question.choices, seed)
    return OnPaper(1, question, own, rights)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.kind)
@given(st.text("ABCDE", min_size=1, max_size=4))
def test_the_key_as_it_stands_on_paper_is_right_whatever_the_shuffle(question, seed):
    one = on_paper(question, seed)
    assert question.mark(one.read(one.key)).score == 1
    assert one.letters_of(one.read(one.key)) == one.key


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.kind)
@given(st.text(st.sampled_from("abcdeABCDEF1 ,;8-"), max_size=8))
def test_what_is_keyed_in_is_a_response_or_nothing_or_refused(question, typed):
    one = on_paper(question)
    try:
        response = one.read(typed)
    except BadResponse:
        return
    if response is None:
        assert not typed.strip(" -–")
        return
    assert 0 <= (question.mark(response).score or 0) <= 1
    assert one.read(one.letters_of(response)) == response


@pytest.mark.parametrize(("place", "typed"), [
    (0, "AB"), (0, "F"), (1, "AX"), (2, "ABC"), (2, "ABCDA"), (3, "A"), (3, "ABAB"), (4, "many")])
def test_what_a_sheet_cannot_say_is_refused(place, typed):
    with pytest.raises(BadResponse):
        on_paper(QUESTIONS[place]).read(typed)


@given(st.dictionaries(st.sampled_from("pqr"), st.text("AB ", max_size=3), min_size=1),
       st.data())
def test_two_passes_differ_where_what_they_say_differs(answers, data):
    first = Sheet("A", answers)
    assert differences(first, replace(first)) == []
    name = data.draw(st.sampled_from(sorted(answers)))
    assert differences(first, Sheet("A", {**answers, name: answers[name] + "C"})) == [name]


def test_both_variants_ask_the_same_in_another_order():
    from course.core.activity import Quiz

    quiz = Quiz("q", "Q", tuple(QUESTIONS))
    exam = exam_of("1", folded([prepared(questions=[one.id for one in QUESTIONS])]))
    first, second = (variant_of(exam, quiz, one) for one in answersheet.VARIANTS)
    assert [one.question.id for one in first] == [one.id for one in QUESTIONS]
    assert {one.question.id for one in second} == {one.question.id for one in first}
    assert [one.question.id for one in second] != [one.question.id for one in first]
    orders = {one.question.id: [c.id for c in one.choices] for one in first}
    assert any([c.id for c in one.choices] != orders[one.question.id] for one in second)


# Through the pages -------------------------------------------------------------------------

def test_the_paper_has_both_variants_their_sheets_and_keys_at_the_end(hall):
    hall.prepare()
    page = hall.trainer.get(f"{hall.exam}/paper")
    questions, _, keys = page.partition('class="paper-key"')
    assert questions.count('class="answer-sheet"') == 2
    assert "Key, for the trainer: variant <bdi>B" in keys
    for secret in ("Explanation-", "critical", "Consent does not count"):
        assert secret not in page
    assert "safety</small>" in keys
    assert "safety</small>" not in questions


def typed_right(hall, variant="A"):
    """The right letters, by field."""
    exam = hall.clock.invigilator.exam(hall.id)
    quiz = hall.services.library.quiz(exam.quiz, "en")
    return {f"a.{one.question.id}": one.key for one in variant_of(exam, quiz, variant)}


def keys_in(hall, learner, fields, which, variant="A", **kwargs):
    url = f"{hall.exam}/sheets/{learner.id}"
    return hall.trainer.post(url, {"pass": which, "variant": variant, **fields}, **kwargs)


def test_a_sheet_keyed_in_twice_becomes_an_attempt_marked_like_any_other(hall):
    hall.opened()
    fields = typed_right(hall, "B")
    keys_in(hall, hall.ana, fields, "1", "B")
    assert "Second pass" in hall.trainer.last.text
    page = hall.trainer.get(f"{hall.exam}/sheets/{hall.ana.id}")
    assert not any(re.search(rf'name="{name}"[^>]+value="[^"]', page) for name in fields)
    lower = {name: typed.lower() for name, typed in fields.items()}
    page = keys_in(hall, hall.ana, lower, "2", "B")
    assert "Both passes say the same" in page
    hall.trainer.post(f"{hall.exam}/sheets/{hall.ana.id}", {"pass": "settled"})
    assert "Entered, variant <bdi>B" in hall.trainer.last.text
    assert "Your answer sheet was entered" in hall.ana.get(f"/exams/{hall.id}")
    hall.to("closed")
    page = hall.trainer.get(f"{hall.exam}/results")
    assert "On paper" in page
    hall.to("released")
    summary = hall.kept(hall.ana)["summary"]
    assert (summary["passed"], summary["paper"]) == (True, "B")
    (closed,) = [one for one in hall.services.store.statements(f"learner:{hall.ana.id}")
                 if one.verb == "passed"]
    assert closed.result["paper"] == "B"
    assert "Explanation-" in hall.ana.get(f"/attempts/{hall.attempt(hall.ana)}/1")


def test_where_two_passes_differ_it_must_be_settled(hall):
    hall.opened()
    right = typed_right(hall)
    name = next(iter(right))
    keys_in(hall, hall.ana, {**right, name: ""}, "1")
    page = keys_in(hall, hall.ana, right, "2")
    assert "<bdi>1</bdi> answer differs" in page
    assert page.count('name="a.') == 1
    page = hall.trainer.post(f"{hall.exam}/sheets/{hall.ana.id}",
                             {"pass": "settled", name: "Z"}, status=422)
    assert f'id="{name}-error"' in page
    hall.trainer.post(f"{hall.exam}/sheets/{hall.ana.id}", {"pass": "settled", name: right[name]})
    assert len(hall.kept(hall.ana)["answers"]) == 3


def test_two_passes_of_different_variants_are_keyed_in_again(hall):
    hall.opened()
    keys_in(hall, hall.ana, typed_right(hall, "A"), "1", "A")
    page = keys_in(hall, hall.ana, typed_right(hall, "B"), "2", "B")
    assert "different variants" in page
    hall.trainer.post(f"{hall.exam}/sheets/{hall.ana.id}", {"pass": "settled"})
    assert hall.attempt(hall.ana) not in hall.ana.document.get("attempts", {})
    keys_in(hall, hall.ana, typed_right(hall, "B"), "1", "B")
    assert "Both passes say the same" in hall.trainer.last.text


def test_letters_that_are_not_offered_are_said_at_their_field(hall):
    hall.opened()
    name = next(iter(typed_right(hall)))
    page = keys_in(hall, hall.ana, {name: "X"}, "1", status=422)
    assert re.search(rf'id="{re.escape(name)}-error".*?Use the letters A to', page, re.S)


def test_who_sits_on_screen_has_no_sheet_and_who_has_a_sheet_no_screen(hall):
    hall.opened()
    hall.begins(hall.bero)
    page = keys_in(hall, hall.bero, typed_right(hall), "1", status=409)
    assert "begun the examination on screen" in page
    for which in ("1", "2"):
        keys_in(hall, hall.ana, typed_right(hall), which)
    hall.trainer.post(f"{hall.exam}/sheets/{hall.ana.id}", {"pass": "settled"})
    hall.ana.post(f"/exams/{hall.id}", page="/home")
    assert hall.kept(hall.ana)["paper"] == "A"
    assert "on paper" in hall.answers(hall.ana, 1, status=409)


def test_a_sheet_that_comes_after_the_release_is_closed_at_once(hall):
    hall.opened()
    hall.to("closed")
    hall.to("released")
    for which in ("1", "2"):
        keys_in(hall, hall.ana, typed_right(hall), which)
    hall.trainer.post(f"{hall.exam}/sheets/{hall.ana.id}", {"pass": "settled"})
    assert hall.kept(hall.ana)["summary"]["passed"]


def test_the_record_of_an_examination_is_folded_the_same_by_the_app():
    from course import FOLDS

    assert FOLDS["exam"] is fold_exam
