"""A question hidden or replaced for a class: where its learners meet it, and for nobody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.activity import Check, Module, Quiz, Section
from course.core.classroom import HIDDEN
from course.core.errors import BadField
from course.core.fitting import (
    check_changes,
    drawable,
    fit_in_place,
    fit_module,
    fit_quiz,
    instead,
)
from course.core.questions import ChooseOne

from .world import Learner, Staff, add_colleague, form_for

PAGE = "/manuals/tip/elements/why"


@pytest.fixture
def learner(app):
    return Learner(app)


@pytest.fixture
def other(app):
    return Learner(app, "Brell, Calen", "B-2")


@pytest.fixture
def cohort(trainer, learner):
    """A class with the learner in it; its address."""
    return made(trainer, learner)


def made(trainer, learner, name="Port"):
    trainer.post("/classes/new", {"name": name, "manual": "tip"})
    page = trainer.path
    trainer.post(f"{page}/people", {"person": learner.id})
    return page


def change(trainer, cohort, module="tip/elements", status=200, **changes):
    return trainer.post(f"{cohort}/questions/{module}",
                        {f"q.{name.replace('_', '-')}": value for name, value in changes.items()},
                        status=status)


def test_a_hidden_question_in_the_text_is_not_shown_nor_asked_for(trainer, learner, other, cohort):
    assert "In place: which one?" in learner.get(PAGE)
    change(trainer, cohort, in_place=HIDDEN)
    assert "In place: which one?" not in learner.get(PAGE)
    assert "In place: which one?" not in learner.get("/manuals/tip/elements/print")
    assert "In place: which one?" in other.get(PAGE)
    assert "still open" not in learner.get("/manuals/tip/elements/quiz")
    learner.post("/manuals/tip/elements/why/checks/in-place", {"r": "x"}, page=PAGE, status=404)
    assert "still open" in other.get("/manuals/tip/elements/quiz")


def test_a_module_is_done_without_what_is_hidden(app, trainer, learner, cohort):
    learner.get(PAGE)
    learner.answers(learner.starts())
    assert "Done" not in learner.get("/manuals/tip")
    change(trainer, cohort, in_place=HIDDEN)
    assert "Passed" in learner.get("/manuals/tip")


def test_another_question_is_asked_in_its_place_and_kept_under_its_own_key(
        app, trainer, learner, cohort):
    change(trainer, cohort, in_place="tip/elements#one")
    page = learner.get(PAGE)
    assert "Which one is right?" in page
    assert "In place: which one?" not in page
    quiz = app.extensions["course"].library.quiz("tip/elements", "en")
    learner.post("/manuals/tip/elements/why/checks/one", form_for(quiz.question("one")), page=PAGE)
    assert "tip/elements#one" in learner.document["checks"]
    attempt = learner.starts()
    assert sorted(learner.document["attempts"][attempt]["questions"]) == ["all", "safety"]


def test_a_hidden_question_is_not_drawn_and_an_open_attempt_stays_as_it_was(
        trainer, learner, other, cohort):
    before = learner.starts()
    change(trainer, cohort, safety=HIDDEN)
    assert "safety" in learner.document["attempts"][before]["questions"]
    learner.answers(before)
    assert learner.document["attempts"][before]["summary"]["passed"]
    assert "<bdi>2</bdi> questions, drawn anew" in learner.get("/manuals/tip/elements/quiz")
    after = learner.starts()
    assert "safety" not in learner.document["attempts"][after]["questions"]
    theirs = other.starts()
    assert "safety" in other.document["attempts"][theirs]["questions"]


def test_practice_and_review_leave_it_out(app, trainer, learner, cohort):
    attempt = learner.starts()
    learner.answers(attempt, right=False)
    change(trainer, cohort, one=HIDDEN)
    learner.get("/practice/tip/elements/one", status=404)
    review = learner.get("/review")
    assert "Which one is right?" not in review
    assert "What decides?" in review
    places = learner.document["attempts"][attempt]["questions"]
    assert "Try a similar one" not in learner.get(
        f"/attempts/{attempt}/{places.index('safety') + 1}")


def test_hidden_in_one_class_is_hidden_and_a_class_that_is_over_changes_nothing(
        trainer, learner, cohort):
    second = made(trainer, learner, "Border")
    change(trainer, cohort, in_place="tip/elements#one")
    change(trainer, second, in_place=HIDDEN)
    page = learner.get(PAGE)
    assert "In place: which one?" not in page
    assert "Which one is right?" not in page
    trainer.post(f"{second}/close", {"closed": "1"}, page=second)
    assert "Which one is right?" in learner.get(PAGE)
    trainer.post(f"{cohort}/close", {"closed": "1"}, page=cohort)
    assert "In place: which one?" in learner.get(PAGE)


def test_what_cannot_be_used_together_is_refused(trainer, cohort):
    text = change(trainer, cohort, in_place="tip/elements#one", one=HIDDEN, status=422)
    assert "This question cannot be asked here" in text
    text = change(trainer, cohort, one=HIDDEN, safety=HIDDEN, all=HIDDEN, status=422)
    assert "One question at least" in text
    change(trainer, cohort, one="no/such#question", status=422)


def test_the_registrar_sees_what_is_missing_as_the_class_has_it(app, trainer, learner, cohort):
    add_colleague(Staff(app), "registrar", "R-1")
    registrar = Staff(app, "R-1")
    learner.get(PAGE)
    assert "0 of 1" in registrar.get("/academy/manuals/tip/completion")
    change(trainer, cohort, in_place=HIDDEN)
    assert "0 of 1" not in registrar.get("/academy/manuals/tip/completion")


# The rule itself -------------------------------------------------------------------------

NAMES = [f"q{n}" for n in range(8)]
changes_of_all = st.dictionaries(
    st.sampled_from([f"a/b#{one}" for one in NAMES]),
    st.sampled_from([HIDDEN, *(f"a/b#{one}" for one in NAMES)]))


def course(in_place):
    quiz = Quiz("a/b", "", tuple(ChooseOne(one, one) for one in NAMES), draw=5)
    return quiz, Module("a/b", "", (Section("s", "", tuple(map(Check, in_place))),), quiz="a/b")


@given(changes_of_all, st.lists(st.sampled_from(NAMES), unique=True))
def test_whatever_classes_change_nothing_changed_is_asked_and_nothing_twice(changes, in_place):
    quiz, module = course(in_place)
    checks = fit_module(module, changes).checks
    assert len(set(checks)) == len(checks) <= len(in_place)
    assert not {f"a/b#{one}" for one in checks} & changes.keys()
    assert set(checks) == fit_in_place(in_place, "a/b", changes)
    drawn = drawable(fit_quiz(quiz, changes).questions, checks)
    assert not {one.id for one in drawn} & {*checks, *(k.partition("#")[2] for k in changes)}


@given(changes_of_all, st.lists(st.sampled_from(NAMES), unique=True))
def test_what_is_accepted_asks_exactly_what_was_chosen(changes, in_place):
    quiz, module = course(in_place)
    try:
        check_changes(quiz, in_place, changes)
    except BadField:
        return
    expected = [one if f"a/b#{one}" not in changes else changes[f"a/b#{one}"].partition("#")[2]
                for one in in_place if changes.get(f"a/b#{one}") != HIDDEN]
    assert list(fit_module(module, changes).checks) == expected


def test_without_changes_everything_is_the_same_object():
    quiz, module = course(NAMES[:3])
    assert fit_module(module, {"other/pool#q0": HIDDEN}) is module
    assert fit_quiz(quiz, {"other/pool#q0": HIDDEN}) is quiz
    assert instead({}, "a/b", "q0") == "q0"
