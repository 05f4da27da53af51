"""Whatever is sent: clear words, the right status, nothing lost, nothing let in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .world import Learner, Visitor, make_app, set_up, token_in

NASTY = ["", " ", "x" * 5000, "<script>alert(1)</script>", "a\0b", "\x1b[31m", "\u202eabc",
         "😀" * 60, "' OR 1=1 --", "../../etc/passwd", "%00", "null", "[]", "-1", "1e999",
         "１２３４", "\ufffd", "a\r\nSet-Cookie: x=y"]
FIELDS = ["name", "number", "pin", "again", "language", "passphrase", "r", "r.x", "on", "note",
          "role", "q", "csrf_token"]


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    app = make_app(tmp_path_factory.mktemp("bad"), testing=False)
    set_up(app)
    learner = Learner(app)
    attempt = learner.starts()
    return app, learner, attempt


def forms(attempt):
    return ["/enrol", "/staff", "/language", "/manuals/tip/elements/why/checks/in-place",
            "/manuals/tip/elements/why/note", "/manuals/tip/elements/why/bookmark",
            "/manuals/tip/elements/quiz", f"/attempts/{attempt}/1", f"/attempts/{attempt}/2/flag",
            f"/attempts/{attempt}/submit", "/practice/tip/elements/one", "/hand-over"]


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("number", range(11))
def test_no_field_of_any_form_breaks_a_page(school, number, value):
    _, learner, attempt = school
    url = forms(attempt)[number]
    before = learner.document
    for twice in (False, True):
        fields = {name: [value, value] if twice else value for name in FIELDS}
        fields["csrf_token"] = token_in(learner.get("/home"))
        answer = learner.client.post(url, data=fields, headers={"Referer": "http://localhost/"})
        assert answer.status_code in {200, 303, 403, 404, 409, 413, 422, 429}
        assert "<script>alert" not in answer.text
        assert "Set-Cookie: x" not in str(answer.headers)
    kept = learner.document
    assert before.get("attempts", {}).keys() <= kept.get("attempts", {}).keys()


@pytest.mark.parametrize("number", range(12))
def test_a_form_without_its_token_is_refused_in_plain_words(school, number):
    app, learner, attempt = school
    before = app.extensions["course"].store.health().statements
    for token in ("", "rubbish", "a" * 5000):
        answer = learner.client.post(forms(attempt)[number], data={"csrf_token": token, "r": "x"})
        assert answer.status_code == 400
        assert "reload" in answer.text
    assert app.extensions["course"].store.health().statements == before


@given(st.text(max_size=200))
@settings(max_examples=80)
def test_any_search_is_answered(school, words):
    _, learner, _ = school
    answer = learner.client.get("/search", query_string={"q": words})
    assert answer.status_code == 200
    assert "<script>" not in answer.text.replace('<script src="', "")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
@settings(max_examples=80)
def test_any_address_is_answered_with_a_page(school, path):
    _, learner, _ = school
    answer = learner.client.get("/" + path.lstrip("/"))
    assert answer.status_code in {200, 303, 308, 400, 404, 405}
    assert answer.status_code != 404 or "Nothing here" in answer.text


@pytest.mark.parametrize("name", NASTY[1:], ids=range(len(NASTY) - 1))
def test_a_name_comes_back_as_text_or_is_refused(school, name):
    app, _, _ = school
    visitor = Visitor(app)
    visitor.post("/enrol", {"name": name, "number": f"nasty {name}"[:40], "pin": "1357",
                            "again": "1357", "language": "en"}, status=None)
    page = Visitor(app).get("/")
    assert "<script>alert" not in page
    assert "\0" not in page


def test_bytes_that_are_not_utf_8_are_no_error_of_ours(school):
    _, learner, _ = school
    token = token_in(learner.get("/home"))
    answer = learner.client.post(
        "/manuals/tip/elements/why/note", headers={"Referer": "http://localhost/"},
        data=b"csrf_token=" + token.encode() + b"&note=%ff%fe%ed%a0%80",
        content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {303, 422}


def test_a_form_of_a_megabyte_is_refused(school):
    _, learner, _ = school
    token = token_in(learner.get("/home"))
    answer = learner.client.post("/manuals/tip/elements/why/note",
                                 data={"csrf_token": token, "note": "x" * 1_000_000})
    assert answer.status_code == 413
    assert "larger" in answer.text


def test_an_error_of_our_own_is_said_plainly_and_shows_nothing(tmp_path):
    app = make_app(tmp_path, testing=False)
    set_up(app)
    learner = Learner(app)
    app.extensions["course"].search = None
    page = learner.get("/search?q=x", status=500)
    assert "Traceback" not in page
    assert "What you saved is safe" in page


def test_a_disk_that_refuses_says_not_saved_and_loses_nothing(tmp_path):
    from contextlib import contextmanager

    from course import FOLDS
    from course.core.errors import NotSaved
    from course.store import MemoryStore

    class FullDisk(MemoryStore):
        full = False

        @contextmanager
        def record(self, record_id, *, wait=True):
            with super().record(record_id, wait=wait) as record:
                yield record
                if self.full and record.added:
                    raise NotSaved(reason="full")

    store = FullDisk(FOLDS)
    app = make_app(tmp_path, store)
    set_up(app)
    learner = Learner(app)
    why = "/manuals/tip/elements/why"
    learner.get(why)
    learner.post(f"{why}/note", {"note": "kept"}, page=why)
    store.full = True
    page = learner.post(f"{why}/note", {"note": "lost"}, page=why, status=507)
    assert "This was not saved" in page
    assert "kept" in learner.get(why)
    store.full = False
    learner.post(f"{why}/note", {"note": "saved again"}, page=why)
    assert "saved again" in learner.get(why)
