"""Coming in and going out: first start, enrolment, sign-in, and the next learner."""

from __future__ import annotations

import pytest

from .world import ADMIN_PASSPHRASE, Learner, Staff, Visitor, add_colleague, make_app, set_up


def test_the_first_start_asks_for_an_administrator_and_only_once(tmp_path):
    app = make_app(tmp_path)
    visitor = Visitor(app)
    visitor.get("/")
    assert visitor.path == "/setup"
    set_up(app)
    visitor.get("/setup")
    assert visitor.path in {"/", "/sign-in"}
    Staff(app)


def test_nobody_enrols_before_there_is_an_administrator(tmp_path):
    visitor = Visitor(make_app(tmp_path))
    visitor.get("/enrol")
    assert visitor.path == "/setup"


def test_a_learner_enrols_and_is_on_the_class_list(app):
    Learner(app, "Brell, Calen", "B-7")
    page = Visitor(app).get("/")
    assert "Brell, Calen" in page
    assert "Who is studying now?" in page


def test_signing_in_by_name_and_by_number(app):
    learner = Learner(app)
    for way in (f"/sign-in/{learner.id}", "/sign-in/number?number=a-1"):
        visitor = Visitor(app)
        visitor.get(way)
        assert visitor.path == f"/sign-in/{learner.id}"
        visitor.post(visitor.path, {"pin": "2580"})
        assert visitor.path == "/home"


def test_an_unknown_number_is_said_to_be_unknown(app):
    assert "nobody" in Visitor(app).get("/sign-in/number?number=zz", status=404).casefold()


@pytest.mark.parametrize("pin", ["0000", "", "25800", "abcd", "2580' OR 1=1", "٩٩٩٩"])
def test_a_wrong_pin_does_not_get_in(app, pin):
    learner = Learner(app)
    visitor = Visitor(app)
    visitor.post(f"/sign-in/{learner.id}", {"pin": pin}, status=403)
    visitor.get("/home")
    assert visitor.path != "/home"


def test_a_pin_in_arabic_digits_is_the_same_pin(app):
    learner = Learner(app)
    visitor = Visitor(app)
    visitor.post(f"/sign-in/{learner.id}", {"pin": "٢٥٨٠"})
    assert visitor.path == "/home"


def test_the_next_learner_sees_nothing_of_the_last(app):
    first = Learner(app, "Ardis, Alvi", "A-1")
    second = Learner(app, "Brell, Calen", "B-2")
    first.post("/manuals/tip/elements/why/note", {"note": "mine alone"},
               page="/manuals/tip/elements/why")
    first.post("/hand-over", page="/home")
    assert first.path == "/sign-in"
    assert "session" not in first.client.get("/").headers.get("Set-Cookie", "")
    first.get("/home")
    assert first.path in {"/", "/sign-in"}
    first.post(f"/sign-in/{second.id}", {"pin": "2580"})
    assert "mine alone" not in first.get("/manuals/tip/elements/why")


def test_a_learner_s_pages_are_kept_by_no_browser(app, learner):
    for url in ("/home", "/manuals/tip", "/manuals/tip/elements/why", "/notes", "/progress"):
        learner.get(url)
        assert learner.last.headers["Cache-Control"] == "no-store"


def test_a_new_pin_ends_the_old_sessions(app, learner):
    trainer = Staff(app)
    page = trainer.post(f"/staff/people/{learner.id}/pin", page=f"/staff/people/{learner.id}")
    learner.get("/home")
    assert learner.path != "/home"
    new = next(word for word in page.replace(">", " ").replace("<", " ").split()
               if len(word) == 4 and word.isdigit())
    learner.post(f"/sign-in/{learner.id}", {"pin": new})
    assert learner.path == "/home"


def test_a_removed_learner_is_signed_out_and_off_the_list(app, learner):
    gone = learner.id
    Staff(app).post(f"/staff/people/{gone}/remove", page=f"/staff/people/{gone}")
    learner.get("/home")
    assert learner.path != "/home"
    assert "Ardis, Alvi" not in Visitor(app).get("/")
    Visitor(app).get(f"/sign-in/{gone}", status=404)


def test_ten_thousand_pins_cannot_be_tried(app, learner):
    visitor = Visitor(app)
    answers = [visitor.post(f"/sign-in/{learner.id}", {"pin": f"{n:04d}"}, status=None)
               and visitor.last.status_code for n in range(8)]
    assert answers[:5] == [403] * 5
    assert answers[-1] == 429
    # Also the right one has to wait.
    visitor.post(f"/sign-in/{learner.id}", {"pin": "2580"}, status=429)


def test_staff_come_in_by_passphrase_and_not_by_the_class_list(app, admin):
    add_colleague(admin, "trainer", "T-1")
    assert "T-1" not in Visitor(app).get("/")
    trainer = Staff(app, "T-1")
    trainer.get("/staff/people")
    Visitor(app).post("/staff", {"number": "T-1", "passphrase": "wrong"}, status=403)


def test_an_administrator_gives_a_colleague_a_new_passphrase(app, admin):
    add_colleague(admin, "registrar", "R-1")
    colleague = app.extensions["course"].register().numbered("R-1")
    new = "four other quiet words"
    admin.post(f"/staff/accounts/{colleague.id}", {"passphrase": new, "again": new})
    Staff(app, "R-1", new)
    Visitor(app).post("/staff", {"number": "R-1", "passphrase": ADMIN_PASSPHRASE}, status=403)


def test_nobody_removes_themselves(app, admin):
    own = app.extensions["course"].register().numbered("ADMIN")
    admin.post(f"/staff/accounts/{own.id}/remove", page="/staff/accounts", status=403)


@pytest.mark.parametrize(("change", "field"), [
    ({"name": ""}, "name"), ({"name": "x" * 101}, "name"), ({"name": "nul\0"}, "name"),
    ({"number": ""}, "number"), ({"number": "9" * 41}, "number"), ({"number": "A-1"}, "number"),
    ({"number": "a-1 "}, "number"), ({"pin": "12"}, "pin"), ({"pin": "abcd"}, "pin"),
    ({"again": "1111"}, "again"), ({"language": "xx"}, "language"),
])
def test_what_is_wrong_with_an_enrolment_is_said_at_its_field(app, learner, change, field):
    form = {"name": "Carrow", "number": "C-3", "pin": "1357", "again": "1357", "language": "en"}
    visitor = Visitor(app)
    page = visitor.post("/enrol", {**form, **change}, status=422)
    assert f'id="{field}-error"' in page or field == "language"
    assert app.extensions["course"].register().numbered("C-3") is None
    assert "1357" not in page


def test_markup_in_a_name_stays_text(app):
    Learner(app, "<script>alert(1)</script>", "X-1")
    page = Visitor(app).get("/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_start_page_speaks_the_browser_s_language_or_the_chosen_one(app):
    visitor = Visitor(app)
    page = visitor.get("/", headers={"Accept-Language": "fr-CH, fr;q=0.9, en;q=0.8"})
    assert '<html lang="fr" dir="ltr">' in page
    assert '<html lang="en"' in visitor.get("/?lang=en")
    assert '<html lang="en"' in visitor.get("/", headers={"Accept-Language": "fr"})


def test_a_learner_goes_on_in_another_language(app, learner):
    learner.post("/language", {"language": "fr"}, page="/home")
    assert '<html lang="fr"' in learner.get("/home")
    again = Visitor(app)
    again.post(f"/sign-in/{learner.id}", {"pin": "2580"})
    assert '<html lang="fr"' in again.get("/home")
