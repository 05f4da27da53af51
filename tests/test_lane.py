"""The answers' own lane keeps what the views would keep, and nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from urllib.parse import urlencode

import pytest
from flask import request_started
from hypothesis import given
from hypothesis import strategies as st

from course import FOLDS, web
from course.core.questions import text_id
from course.store import group

from .stores import place_in
from .world import Learner, form_for, make_app, set_up, token_in

CHECK = "/manuals/tip/elements/why/checks/in-place"
RIGHT = text_id("Right in place")


@contextmanager
def flask_is_asked(app):
    """Which addresses reached Flask meanwhile."""
    seen = []

    def note(sender, **_):
        from flask import request
        seen.append(request.path)

    with request_started.connected_to(note, app):
        yield seen


def sends(learner, url, form, **headers):
    """Post a form with the token of the learner's own page; the answer as it comes."""
    fields = {"csrf_token": token_in(learner.get("/home")), **form}
    return learner.client.post(url, data=fields, headers={"Referer": "http://localhost/",
                                                          **headers})


def question(app, learner, attempt, place):
    kept = learner.document["attempts"][attempt]
    return app.extensions["course"].library.quiz(kept["quiz"], "en").question(
        kept["questions"][place - 1])


def test_a_plain_answer_is_kept_without_flask(app, learner):
    attempt = learner.starts()
    form = form_for(question(app, learner, attempt, 1))
    token = token_in(learner.get("/home"))
    with flask_is_asked(app) as seen:
        answer = learner.client.post(f"/attempts/{attempt}/1", data={**form, "csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (
        303, f"/attempts/{attempt}/1#feedback")
    assert answer.headers["Cache-Control"] == "no-store"
    assert seen == []
    assert len(learner.document["attempts"][attempt]["answers"]) == 1


def test_an_answer_in_the_text_is_kept_without_flask(app, learner):
    choice = app.extensions["course"].library.quiz("tip/elements", "en").question("in-place").key()
    token = token_in(learner.get("/home"))
    with flask_is_asked(app) as seen:
        answer = learner.client.post(CHECK, data={"r": choice, "csrf_token": token})
    assert answer.headers["Location"] == "/manuals/tip/elements/why#check-in-place"
    assert seen == []


@pytest.mark.parametrize("token", ["", "rubbish", "of another session"])
def test_without_its_own_token_nothing_is_kept(app, learner, token):
    attempt = learner.starts()
    if token == "of another session":
        token = token_in(Learner(app, "Brell, Bero", "B-1").get("/home"))
    form = form_for(question(app, learner, attempt, 1))
    answer = learner.client.post(f"/attempts/{attempt}/1", data={**form, "csrf_token": token})
    assert answer.status_code == 400
    assert not learner.document["attempts"][attempt].get("answers")


def test_a_changed_pin_ends_the_session_in_the_lane_too(app, learner, admin):
    attempt = learner.starts()
    form = form_for(question(app, learner, attempt, 1))
    token = token_in(learner.get("/home"))
    admin.post(f"/staff/people/{learner.id}/pin", page=f"/staff/people/{learner.id}")
    answer = learner.client.post(f"/attempts/{attempt}/1", data={**form, "csrf_token": token})
    assert answer.status_code in (303, 401, 403)
    assert not learner.document["attempts"][attempt].get("answers")


def test_somebody_elses_attempt_is_refused_in_words(app, learner):
    attempt = learner.starts()
    other = Learner(app, "Brell, Bero", "B-1")
    answer = sends(other, f"/attempts/{attempt}/1", {"r": "x"})
    assert answer.status_code == 404
    assert "<h1" in answer.text
    assert not learner.document["attempts"][attempt].get("answers")


# For the thread that must not wait ---------------------------------------------------------

@pytest.fixture
def class_(tmp_path, monkeypatch):
    """Three learners of a course that keeps its data on a disk that is quick enough."""
    monkeypatch.setattr(group, "QUICK", 60.0)
    store = place_in(tmp_path).open(folds=FOLDS)
    app = make_app(tmp_path, store)
    set_up(app)
    yield [Learner(app, f"Learner {n}", f"N-{n}") for n in range(3)]
    store.close()


def form_sent(learner, url, form):
    """A form as the server hands it over: of the request what an answer depends on."""
    body = urlencode({"csrf_token": token_in(learner.get("/home")), **form}).encode()
    session = learner.client.get_cookie("session").value
    return {"REQUEST_METHOD": "POST", "PATH_INFO": url, "QUERY_STRING": "",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)), "HTTP_COOKIE": f"session={session}",
            "wsgi.input": BytesIO(body)}


def test_answers_are_taken_one_by_one_and_saved_together(class_):
    app = class_[0].app
    lane, store = web.answer_lane(app), app.extensions["course"].store
    class_[0].get("/manuals/tip/elements/why")
    forms = [form_sent(one, CHECK, {"r": RIGHT}) for one in class_]
    saves = store.health().saves
    for form in forms:
        status, headers = lane.take(form)
        assert (status, dict(headers)["Location"]) == (
            "303 SEE OTHER", "/manuals/tip/elements/why#check-in-place")
    assert not any("checks" in one.document for one in class_)

    assert lane.save()

    assert all(len(one.document["checks"]) == 1 for one in class_)
    assert store.health().saves == saves + 1


def test_nothing_is_rendered_by_the_thread_that_must_not_wait(class_):
    learner, lane = class_[0], web.answer_lane(class_[0].app)
    form = form_sent(learner, CHECK, {"r": RIGHT})
    assert lane.take(form) is None

    learner.get("/manuals/tip/elements/why")
    form["wsgi.input"].seek(0)
    assert lane.take(form)
    assert lane.save()


@pytest.mark.parametrize("form", [
    {"r": "unknown"}, {}, {"r": RIGHT, "csrf_token": "rubbish"},
    {"r": RIGHT} | {f"x{n}": "" for n in range(60)}, {"r": RIGHT, "x": "x" * 5000},
], ids=["unknown choice", "empty", "no token of ours", "many fields", "much text"])
def test_what_has_to_be_refused_in_words_is_not_taken(class_, form):
    learner, lane = class_[0], web.answer_lane(class_[0].app)
    learner.get("/manuals/tip/elements/why")

    assert lane.take(form_sent(learner, CHECK, form)) is None
    assert lane.save()
    assert "checks" not in learner.document


def test_a_disk_that_refuses_is_told_to_who_took_the_answer(class_):
    learner, lane = class_[0], web.answer_lane(class_[0].app)
    learner.get("/manuals/tip/elements/why")
    disk = learner.app.extensions["course"].store._files
    assert lane.take(form_sent(learner, CHECK, {"r": RIGHT}))
    disk.syncs_fail = True

    assert not lane.save()
    assert "checks" not in learner.document
    disk.syncs_fail = False


FORMS = st.dictionaries(
    st.sampled_from(["r", "r.1", "r.x", "other"]),
    st.lists(st.one_of(st.text(max_size=8), st.sampled_from(["a", "b", "c", "7"])), max_size=3),
    max_size=3)


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """The same school twice, once without its lane."""
    schools = []
    for name in ("with", "without"):
        app = make_app(tmp_path_factory.mktemp(name), testing=False)
        if name == "without":
            app.wsgi_app = app.wsgi_app._app._app
        set_up(app)
        schools.append(Learner(app))
    return schools


@given(form=FORMS, right=st.booleans())
def test_with_and_without_the_lane_the_same_happens(twins, form, right):
    results = []
    for learner in twins:
        quiz = learner.app.extensions["course"].library.quiz("tip/elements", "en")
        sent = form_for(quiz.question("in-place"), right) | form if right else form
        body = urlencode({**sent, "csrf_token": token_in(learner.get("/home"))}, doseq=True,
                         errors="surrogatepass")
        answer = learner.client.post(CHECK, data=body.encode(), headers={
            "Content-Type": "application/x-www-form-urlencoded", "Referer": "http://localhost/"})
        results.append((answer.status_code, answer.headers.get("Location"),
                        learner.document.get("checks")))
    assert results[0][:2] == results[1][:2]
    assert str(results[0][2])[:40] == str(results[1][2])[:40]
