"""An examination, from preparing it to its results: rules, answers, withholding, release."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from course.core import exam
from course.core.activity import Quiz
from course.core.classroom import Cohort
from course.core.errors import BadField
from course.core.people import TRAINER, Person
from course.core.questions import ChooseOne

from .examining import FINAL, Hall
from .world import Learner, form_for, token_in

SECRETS = ("Explanation-", "Not this", "Consent does not count", "That is a means", "Right answer",
           "Not this one", "Partly right", "Passed, ", "Not passed", "safety right.</p>")


@pytest.fixture
def hall(tmp_path):
    return Hall(tmp_path)


# Beginning -------------------------------------------------------------------------------

def test_home_shows_an_open_examination_first_and_only_to_the_class(hall):
    hall.prepare()
    assert "Final examination" not in hall.ana.get("/home").partition("Your manuals")[0]
    hall.to("open")
    home = hall.ana.get("/home")
    assert home.index("To the examination") < home.index('class="manuals"')
    assert "To the examination" not in hall.other.get("/home")
    hall.other.get(f"/exams/{hall.id}", status=404)


def test_the_rules_say_what_holds_and_beginning_shows_the_first_question(hall):
    hall.opened()
    rules = hall.ana.get(f"/exams/{hall.id}")
    for words in ("<bdi>30</bdi> minutes", "You sit it once", "questions."):
        assert words in rules
    attempt = hall.begins(hall.ana)
    assert hall.ana.path == f"/attempts/{attempt}/1"
    assert "30:00" in hall.ana.last.text


def test_all_get_the_same_or_each_their_own(hall):
    hall.opened(same="1")
    for learner in (hall.ana, hall.bero):
        hall.begins(learner)
    assert hall.kept(hall.ana)["questions"] == hall.kept(hall.bero)["questions"]
    assert hall.kept(hall.ana)["seed"] == hall.kept(hall.bero)["seed"]
    hall.to("closed")

    hall.opened(same="0", quiz="tip/elements")
    for learner in (hall.ana, hall.bero):
        hall.begins(learner)
    assert hall.kept(hall.ana)["seed"] != hall.kept(hall.bero)["seed"]


def test_it_is_sat_once(hall):
    hall.opened()
    hall.begins(hall.ana)
    before = hall.kept(hall.ana)
    hall.ana.post(f"/exams/{hall.id}", page="/home")
    assert hall.kept(hall.ana) == before
    hall.hands_in(hall.ana)
    hall.ana.post(f"/exams/{hall.id}", page="/home")
    assert "You have handed in" in hall.ana.get(f"/exams/{hall.id}")


def test_a_test_of_the_class_is_not_taken_alone_before_the_release(hall):
    assert "Begin" in hall.ana.get(FINAL)
    hall.prepare()
    page = hall.ana.get(FINAL)
    assert "as an examination" in page
    assert '<button class="go large">' not in page
    hall.ana.post(FINAL + "/quiz", status=409)
    hall.other.post(FINAL + "/quiz")
    hall.to("withdrawn")
    assert '<button class="go large">' in hall.ana.get(FINAL)


@pytest.mark.parametrize(("field", "value"), [
    ("quiz", "tip/none"), ("count", "99"), ("count", "many"), ("minutes", "9999"),
    ("minutes", "-1")])
def test_what_cannot_be_prepared_is_said_at_its_field(hall, field, value):
    page = hall.trainer.post(f"{hall.cohort}/exams/prepare",
                             {"quiz": "tip/final", "minutes": "30", field: value}, status=422)
    assert f'id="{field}-error"' in page


def test_no_fewer_questions_than_those_that_are_always_asked():
    quiz = Quiz("m/final", "Final", tuple(
        ChooseOne(f"{pool}{n}", "?", critical=n == 0, choices=(), home=f"m/{pool}#{n}")
        for pool in "abc" for n in range(3)), draw=6)
    rules = {"same": True, "minutes": 30, "together": False, "seed": "s"}
    by = Person("t", "Trainer", "T-1", TRAINER, "en", "")
    with pytest.raises(BadField) as refused:
        exam.prepare("e", Cohort("c", "Port"), quiz, (), by, count=1, **rules)
    assert refused.value.values["least"] == 3
    assert len(exam.prepare("e", Cohort("c", "Port"), quiz, (), by, count=3,
                            **rules).result["fields"]["questions"]) == 3


# Answering -------------------------------------------------------------------------------

def test_an_answer_can_be_changed_until_handed_in_and_all_versions_are_kept(hall):
    hall.opened()
    attempt = hall.begins(hall.ana)
    hall.answers(hall.ana, 1, right=False)
    page = hall.ana.get(f"/attempts/{attempt}/1")
    assert "Saved" in page
    assert "checked" in page or "selected" in page
    hall.answers(hall.ana, 1, right=True)
    hall.answers(hall.ana, 1, right=True)
    (kept,) = hall.kept(hall.ana)["answers"].values()
    assert kept[1] == 1
    said = [one for one in hall.services.store.statements(f"learner:{hall.ana.id}")
            if one.verb == "answered"]
    assert [one.result["score"] for one in said] == [0, 1]
    hall.hands_in(hall.ana)
    page = hall.answers(hall.ana, 1, right=False, status=409)
    assert "You have handed in" in page
    assert next(iter(hall.kept(hall.ana)["answers"].values()))[1] == 1


def test_handing_in_says_what_is_unanswered(hall):
    hall.opened()
    attempt = hall.begins(hall.ana)
    hall.answers(hall.ana, 2)
    hall.ana.post(f"/attempts/{attempt}/3/flag", {"on": "1"}, page=f"/attempts/{attempt}")
    page = hall.ana.get(f"/attempts/{attempt}")
    assert "have no answer: <bdi>1, 3</bdi>" in page
    assert "put aside" in page
    assert "You have handed in" in hall.hands_in(hall.ana)


def test_answers_take_the_fast_lane(hall):
    from .test_lane import flask_is_asked

    hall.opened()
    attempt = hall.begins(hall.ana)
    form = form_for(hall.question(hall.ana, 1))
    token = token_in(hall.ana.get("/home"))
    with flask_is_asked(hall.app) as seen:
        answer = hall.ana.client.post(f"/attempts/{attempt}/1", data={**form, "csrf_token": token})
        assert answer.status_code == 303
        assert seen == []
        hall.clock.invigilator.move(hall.id, "paused", hall.services.register().numbered("T-1"))
        answer = hall.ana.client.post(f"/attempts/{attempt}/2",
                                      data={"r": "x", "csrf_token": token})
        assert answer.status_code in (409, 422)
        assert seen


# Nothing is told ---------------------------------------------------------------------------

def learner_pages(hall, learner):
    """Every page of a learner, as bytes hold it."""
    attempt = hall.attempt(learner)
    kept = hall.kept(learner)
    urls = ["/home", "/progress", "/review", "/manuals/tip", f"{FINAL}/quiz", "/my-data.json",
            f"/exams/{hall.id}", f"/exams/{hall.id}/time", f"/attempts/{attempt}", "/records",
            "/search?q=consent", "/notes",
            *(f"/attempts/{attempt}/{n}" for n, _ in enumerate(kept["questions"], start=1)),
            *(f"/practice/tip/elements/{one.partition('.')[2]}" for one in kept["questions"])]
    return {url: learner.get(url, status=None) for url in urls}


def test_before_the_release_no_page_tells_what_is_right(hall):
    hall.opened()
    hall.begins(hall.ana)
    for place in (1, 2):
        hall.answers(hall.ana, place, right=place == 1)
    for handed in (False, True, True):
        for url, page in learner_pages(hall, hall.ana).items():
            assert not [one for one in SECRETS if one in page], url
            assert "critical" not in page.lower(), url
        if handed:
            hall.to("closed", status=None)
        else:
            hall.hands_in(hall.ana)


def test_one_s_own_data_says_no_marks_before_the_release(hall):
    hall.opened()
    hall.begins(hall.ana)
    hall.answers(hall.ana, 1)
    held = json.loads(hall.ana.get("/my-data.json"))
    (answered,) = [one for one in held["statements"] if one["verb"] == "answered"]
    assert answered["result"]["score"] is None
    assert answered["result"]["response"]
    kept = held["learning"]["attempts"][hall.attempt(hall.ana)]
    assert [one[1] for one in kept["answers"].values()] == [None]
    hall.trainer.post(f"{hall.exam}/people/{hall.ana.id}", {"minutes": "5", "reason": "Power"})
    (given,) = json.loads(hall.ana.get("/my-data.json"))["examinations"]
    assert given["result"]["grant"]["reason"] == "Power"


def test_the_book_is_closed_while_one_sits(hall):
    hall.opened()
    hall.begins(hall.ana)
    for url in ("/manuals/tip/elements/why", "/search?q=child", "/glossary", "/cases", "/review",
                "/practice/tip/elements/one"):
        page = hall.ana.get(url, status=409)
        assert "You are sitting an examination" in page
    for url in ("/home", "/wellbeing", "/about"):
        hall.ana.get(url)
    hall.hands_in(hall.ana)
    hall.ana.get("/manuals/tip/elements/why")


def test_between_handing_in_and_release_its_questions_are_asked_nowhere_else(hall):
    hall.opened()
    hall.begins(hall.ana)
    hall.hands_in(hall.ana)
    asked = {one.partition(".")[2] for one in hall.kept(hall.ana)["questions"]}
    name = asked.pop()
    hall.ana.get(f"/practice/tip/elements/{name}", status=409)
    hall.ana.post("/manuals/tip/elements/quiz", status=409)  # all three are in the examination
    hall.to("closed")
    hall.to("released")
    hall.ana.get(f"/practice/tip/elements/{name}")


# Release ---------------------------------------------------------------------------------

def test_after_the_release_it_is_an_attempt_like_any_other(hall):
    hall.opened()
    for learner in (hall.ana, hall.bero):
        hall.begins(learner)
    for place in range(1, 4):
        hall.answers(hall.ana, place)
    hall.answers(hall.bero, 1, right=False)
    hall.hands_in(hall.ana)
    hall.to("closed")
    assert "results are not released" in hall.ana.get("/home")
    hall.to("released")

    page = hall.ana.get(f"/attempts/{hall.attempt(hall.ana)}")
    assert "Passed, " in page
    assert "Explanation-" in hall.ana.get(f"/attempts/{hall.attempt(hall.ana)}/1")
    assert "Final examination: <bdi>1</bdi> of <bdi>1</bdi>" in hall.ana.get("/home")
    assert hall.kept(hall.ana)["summary"]["exam"] == hall.id
    assert "tip/elements#safety" in hall.ana.document["seen"]

    summary = hall.kept(hall.bero)["summary"]
    assert (summary["score"], summary["of"], summary["passed"]) == (0, 3, False)
    for place in range(1, 4):
        page = hall.bero.get(f"/attempts/{hall.attempt(hall.bero)}/{place}")
        assert "Explanation-" in page
        assert ("You gave no answer" in page) == (place > 1)
    assert len(hall.bero.document["seen"]) == 1


def test_a_free_attempt_may_follow_the_release(hall):
    hall.opened()
    hall.to("closed")
    hall.to("released")
    hall.ana.post(FINAL + "/quiz")
    assert hall.ana.path.startswith("/attempts/")


def test_results_are_a_table_by_name_and_the_file_is_the_same(hall):
    hall.opened()
    hall.begins(hall.bero)
    for place in range(1, 4):
        hall.answers(hall.bero, place, right=place > 1)
    hall.clock.passes(minutes=6)
    hall.trainer.get(f"{hall.exam}/results", status=409)
    hall.to("closed")
    page = hall.trainer.get(f"{hall.exam}/results")
    assert page.index("Ardis") < page.index("Brell")
    text = hall.trainer.get(f"{hall.exam}/results?as=csv")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    by_name = {row[0]: row for row in rows if row}
    assert by_name["Ardis, Alvi"][-1] == "Not sat"
    bero = by_name["Brell, Bero"]
    assert bero[2:4] == ["2", "3"] or bero[2:4] == ["2.0", "3"]
    assert bero[5] == "no"
    assert float(bero[7]) == pytest.approx(6, abs=0.1)


def test_who_watches_sees_how_far_each_is_and_no_answer(hall):
    hall.opened()
    hall.begins(hall.ana)
    hall.answers(hall.ana, 1)
    page = hall.trainer.get(hall.exam)
    row = page[page.index("Ardis"):page.index("Brell")]
    assert "Answering" in row
    assert "<bdi>1</bdi>" in row
    assert "Not begun" in page[page.index("Brell"):]
    moment = re.search(r'data-follow="([^"]+)"', page)[1]
    again = hall.trainer.client.get(hall.exam, headers={"If-None-Match": f'"{moment}"'})
    assert again.status_code == 304


def test_after_the_release_the_page_still_says_how_much_each_has_answered(hall):
    hall.opened()
    hall.begins(hall.ana)
    hall.answers(hall.ana, 1)
    hall.answers(hall.ana, 2, right=False)
    hall.to("closed")
    hall.to("released")
    row = re.search(r"Ardis, Alvi.*?</tr>", hall.trainer.get(hall.exam), re.S)[0]
    assert re.findall(r"<bdi>(\d+)</bdi>", row)[0] == "2"


def test_who_has_left_the_class_still_gets_the_result(hall):
    hall.opened()
    hall.begins(hall.ana)
    hall.hands_in(hall.ana)
    hall.leaves_class(hall.ana)
    hall.to("closed")
    hall.to("released")
    assert "summary" in hall.kept(hall.ana)


@pytest.mark.parametrize("to", ["paused", "closed", "released", "anything"])
def test_a_step_that_cannot_follow_is_refused_in_words(hall, to):
    hall.prepare()
    assert "not open yet" in hall.to(to, status=409)


def test_a_question_hidden_for_the_class_is_not_asked(hall):
    from course.core import classroom

    cohort = hall.services.cohorts.get(hall.cohort.rpartition("/")[2])
    admin = hall.services.register().numbered("ADMIN")
    with hall.services.store.record(cohort.record) as record:
        record.append(classroom.change_question(cohort, "tip/elements#one", classroom.HIDDEN,
                                                admin))
    hall.opened(same="0", count="2")
    hall.begins(hall.ana)
    assert "elements.one" not in hall.kept(hall.ana)["questions"]


def test_the_audit_tells_who_opened_it_and_who_gave_time(hall, tmp_path):
    from .world import Staff

    hall.opened()
    hall.begins(hall.ana)
    hall.trainer.post(f"{hall.exam}/people/{hall.ana.id}", {"minutes": "5", "reason": "Power"})
    admin = Staff(hall.app)
    page = admin.get("/academy/audit?kind=exams")
    assert "Examination opened" in page
    assert "5 min: Power" in page
    assert "Moss, trainer" in page
    assert "lived" not in page


def test_a_learner_gets_no_trainer_s_page(hall):
    hall.opened()
    for tail in ("", "/results", "/paper", "/sheets", f"/people/{hall.ana.id}",
                 f"/sheets/{hall.ana.id}"):
        hall.ana.get(hall.exam + tail, status=403)
    hall.ana.post(hall.exam, {"to": "closed"}, page="/home", status=403)


def test_a_new_learner_of_the_class_can_begin(hall):
    hall.opened()
    late = Learner(hall.app, "Dovrin, Emri", "D-1")
    hall.trainer.post(f"{hall.cohort}/people", {"person": [late.id]})
    hall.begins(late)
    assert hall.kept(late)["exam"] == hall.id
