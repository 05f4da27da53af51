"""Quizzes through the browser's own requests: drawn, saved one by one, resumed, handed in."""

from __future__ import annotations

import pytest

from .world import Learner, Visitor, form_for, make_app, token_in

QUIZ = "/manuals/tip/elements/quiz"


def question_at(learner, attempt_id, place):
    attempt = learner.document["attempts"][attempt_id]
    library = learner.app.extensions["course"].library
    return library.quiz(attempt["quiz"], "en").question(attempt["questions"][place - 1])


def test_an_attempt_from_the_first_question_to_the_record(app, learner):
    attempt = learner.starts()
    assert learner.path == f"/attempts/{attempt}/1"
    learner.answers(attempt)
    assert "Passed, " in learner.last.text
    assert "Passed, " in learner.get(QUIZ)


def test_what_was_answered_is_there_after_a_restart(tmp_path):
    from course import FOLDS
    from course.store.local import LocalStore

    from .world import set_up
    store = LocalStore(tmp_path / "data", FOLDS)
    app = make_app(tmp_path, store)
    set_up(app)
    learner = Learner(app)
    attempt = learner.starts()
    asked = learner.document["attempts"][attempt]["questions"]
    learner.post(f"/attempts/{attempt}/1", form_for(question_at(learner, attempt, 1)))
    first_page = learner.get(f"/attempts/{attempt}/2")
    store.close()

    again = make_app(tmp_path, LocalStore(tmp_path / "data", FOLDS))
    visitor = Visitor(again)
    visitor.post(f"/sign-in/{learner.id}", {"pin": "2580"})
    assert f'href="/attempts/{attempt}/2"' in visitor.last.text
    visitor.get(f"/attempts/{attempt}/1")
    assert "Saved" in visitor.last.text
    document = again.extensions["course"].store.document(f"learner:{learner.id}")
    assert document["attempts"][attempt]["questions"] == asked
    assert without_token(visitor.get(f"/attempts/{attempt}/2")) == without_token(first_page)
    again.extensions["course"].store.close()


def without_token(page):
    return page.replace(token_in(page), "")


def test_starting_again_goes_on_with_the_open_attempt(app, learner):
    assert learner.starts() == learner.starts()


def test_feedback_comes_after_the_answer_and_not_before(app, learner):
    attempt = learner.starts("tip/laundry")
    for place in range(1, 5):
        question = question_at(learner, attempt, place)
        before = learner.get(f"/attempts/{attempt}/{place}")
        after = learner.post(f"/attempts/{attempt}/{place}", form_for(question, right=False))
        plain = question.explanation.replace("<p>", "").split(".")[0]
        assert plain not in before
        assert plain in after
        assert "Right answer" in after or question.kind in {"order", "match"}


@pytest.mark.parametrize("right", [True, False])
def test_every_kind_can_be_answered_in_a_browser_s_form(app, learner, right):
    library = app.extensions["course"].library
    for question in library.quiz("tip/laundry", "en").questions:
        url = f"/practice/tip/laundry/{question.id}"
        learner.get(url)
        page = learner.post(url, form_for(question, right))
        if question.kind == "free":
            assert "Nobody marks this" in page
        else:
            assert ("Right" if right else "Not this one") in page


def test_a_flagged_question_is_put_aside_and_found_again(app, learner):
    attempt = learner.starts()
    learner.post(f"/attempts/{attempt}/1/flag", {"on": "1"}, page=f"/attempts/{attempt}/1")
    assert learner.path == f"/attempts/{attempt}/2"
    assert "put aside" in learner.get(f"/attempts/{attempt}")


def test_handing_in_early_says_what_is_left(app, learner):
    attempt = learner.starts()
    page = learner.post(f"/attempts/{attempt}/submit", page=f"/attempts/{attempt}", status=409)
    assert "3 questions have no answer yet" in page


def test_handing_in_twice_closes_once(app, learner):
    attempt = learner.starts()
    learner.answers(attempt)
    token = token_in(learner.get("/home"))
    for _ in range(2):
        learner.client.post(f"/attempts/{attempt}/submit", data={"csrf_token": token})
    store = app.extensions["course"].store
    closed = [one for one in store.statements(f"learner:{learner.id}")
              if one.verb in {"passed", "failed"}]
    assert len(closed) == 1


def test_a_question_answered_twice_keeps_the_first_answer(app, learner):
    attempt = learner.starts()
    question = question_at(learner, attempt, 1)
    learner.post(f"/attempts/{attempt}/1", form_for(question))
    # Sent again after a lost connection: no complaint. Another answer: refused.
    learner.post(f"/attempts/{attempt}/1", form_for(question))
    learner.post(f"/attempts/{attempt}/1", form_for(question, right=False), status=409)
    kept = learner.document["attempts"][attempt]["answers"][question.id]
    assert kept[1] == 1


def test_somebody_else_s_attempt_does_not_exist(app, learner):
    attempt = learner.starts()
    other = Learner(app, "Brell, Calen", "B-2")
    for url in (f"/attempts/{attempt}", f"/attempts/{attempt}/1"):
        other.get(url, status=404)
    other.post(f"/attempts/{attempt}/1", {"r": "x"}, page="/home", status=404)
    other.post(f"/attempts/{attempt}/submit", page="/home", status=404)


def test_a_question_that_was_not_drawn_is_not_there(app, learner):
    attempt = learner.starts()
    learner.get(f"/attempts/{attempt}/0", status=404)
    learner.get(f"/attempts/{attempt}/4", status=404)
    learner.post(f"/attempts/{attempt}/99", {"r": "x"}, page="/home", status=404)


def test_an_answer_after_handing_in_is_refused(app, learner):
    attempt = learner.starts()
    question = question_at(learner, attempt, 1)
    learner.answers(attempt)
    learner.post(f"/attempts/{attempt}/1", form_for(question), status=409)


def test_a_critical_question_decides(app, learner):
    attempt = learner.starts()
    for place in (1, 2, 3):
        question = question_at(learner, attempt, place)
        learner.post(f"/attempts/{attempt}/{place}",
                     form_for(question, right=not question.critical))
    page = learner.post(f"/attempts/{attempt}/submit", page=f"/attempts/{attempt}")
    assert "Not passed yet" in page
    assert "on safety" in page


def test_a_module_is_done_when_its_questions_are_answered_and_its_quiz_is_passed(app, learner):
    learner.answers(learner.starts())
    assert "still open" in learner.get(QUIZ)
    library = app.extensions["course"].library
    question = library.quiz("tip/elements", "en").question("in-place")
    learner.post("/manuals/tip/elements/why/checks/in-place", form_for(question),
                 page="/manuals/tip/elements/why")
    assert "Passed, " in learner.get("/manuals/tip")
    assert 'href="/manuals/tip/laundry/scene"' in learner.get("/home")


def test_what_was_wrong_is_in_the_review(app, learner):
    library = app.extensions["course"].library
    question = library.quiz("tip/elements", "en").question("in-place")
    assert "in place" not in learner.get("/review").lower()
    learner.post("/manuals/tip/elements/why/checks/in-place", form_for(question, right=False),
                 page="/manuals/tip/elements/why")
    assert "In place: which one?" in learner.get("/review")


def test_the_log_keeps_what_was_asked_and_how_it_was_marked(app, learner):
    attempt = learner.starts()
    learner.answers(attempt)
    store = app.extensions["course"].store
    closing = next(one for one in store.statements(f"learner:{learner.id}")
                   if one.verb == "passed")
    assert {item["id"] for item in closing.result["items"]} == {"one", "safety", "all"}
    assert all(item["prompt"] and item["digest"] and item["score"] == 1
               for item in closing.result["items"])
