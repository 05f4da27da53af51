"""A class on its phones: joining, answering, and what is told when."""

from __future__ import annotations

import re

import pytest

from course.core.phones import voted
from course.core.progress import by_objective

from .inclass import GIRL, Phone, question, right, wrong
from .world import Learner, Visitor

SECRETS = ("Explanation-in-place", "Feedback-of-wrong", "Right answer", "option right",
           "option wrong", "She agreed")


# Joining ----------------------------------------------------------------------------------

def test_home_says_first_that_the_class_is_in_session(class_):
    trainer, ana, _ = class_
    home = ana.get("/home")
    assert home.index("Your class is in session") < home.index('id="go-on"')
    ana.get(f"/live/{trainer.id}")
    assert set(trainer.session.seats) == {ana.id}
    assert ana.id in trainer.session.present


def test_a_seat_is_taken_once_and_comes_back(class_):
    trainer, ana, _ = class_
    for _ in range(3):
        ana.get(f"/live/{trainer.id}")
    store = ana.app.extensions["course"].store
    joined = [one for one in store.statements(trainer.session.record) if one.verb == "joined"]
    assert len(joined) == 1


@pytest.mark.parametrize("typed", ["{}", " {} ", "٤٨٢ ٩١٣"])
def test_six_digits_lead_to_the_class(class_, typed):
    trainer, ana, _ = class_
    code = trainer.session.code
    arabic = code[:3].translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")) + " " + code[3:]
    ana.post("/join", {"code": typed.format(code) if "{" in typed else arabic})
    assert ana.path == f"/live/{trainer.id}"


def test_the_code_of_the_wall_s_square_is_kept_through_sign_in(class_):
    trainer, ana, _ = class_
    phone = Visitor(ana.app)
    phone.get(f"/join?code={trainer.session.code}")
    assert phone.path == "/sign-in"
    phone.post(f"/sign-in/{ana.id}", {"pin": "2580"})
    assert phone.path == f"/live/{trainer.id}"


def test_the_code_is_kept_through_enrolment_and_its_owner_is_a_guest(class_):
    trainer, ana, _ = class_
    phone = Visitor(ana.app)
    phone.post("/join", {"code": trainer.session.code})
    phone.post("/enrol", {"name": "Corvo, Cala", "number": "C-1", "pin": "2580", "again": "2580",
                          "language": "en"})
    assert phone.path == f"/live/{trainer.id}"
    page = trainer.get(f"/sessions/{trainer.id}/phones")
    assert re.search(r"Corvo, Cala.*?guest", page, re.S)
    assert "1</bdi> of them a guest" in trainer.get(f"/sessions/{trainer.id}")


def test_who_does_not_belong_gets_in_with_the_code_only(class_):
    trainer, ana, _ = class_
    other = Learner(ana.app, "Corvo, Cala", "C-1")
    for url in ("", "/part", "/state"):
        other.get(f"/live/{trainer.id}{url}", status=404)
    assert "Your class is in session" not in other.get("/home")
    assert other.id not in trainer.session.seats


def test_wrong_codes_are_counted_as_wrong_pins_are(class_):
    trainer, ana, _ = class_
    for n in range(5):
        page = ana.post("/join", {"code": f"99999{n}"}, status=422)
    assert "No class has this code now" in page
    assert "Too many tries" in ana.post("/join", {"code": trainer.session.code}, status=429)
    assert not trainer.session.seats


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "²²²²²²"])
def test_what_is_no_code_is_said_at_the_field(class_, typed):
    _, ana, _ = class_
    assert 'id="code-error"' in ana.post("/join", {"code": typed}, status=422)


def test_a_code_of_a_session_that_is_over_leads_nowhere(class_):
    trainer, ana, _ = class_
    code = trainer.session.code
    trainer.ends()
    ana.post("/join", {"code": code}, status=422)
    assert "Your class is in session" not in ana.get("/home")


def test_staff_are_not_seated(class_):
    trainer, *_ = class_
    trainer.post("/join", {"code": trainer.session.code}, status=403)
    trainer.get(f"/live/{trainer.id}", status=403)


# Asking -----------------------------------------------------------------------------------

def test_a_phone_is_told_when_something_changes_and_only_then(class_):
    trainer, ana, bero = class_
    phone = Phone(ana, trainer.id)
    assert phone.asks() == 304
    Phone(bero, trainer.id)
    assert phone.asks() == 304, "who else comes is nothing to a phone"
    trainer.asks(GIRL)
    assert phone.asks() == 200
    assert "In place: which one?" in phone.fetches()
    assert phone.asks() == 304


def test_an_answer_is_kept_changed_and_said_to_be_saved(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    asking = trainer.asks(GIRL)
    phone.fetches()
    assert "Saved" not in phone.page
    page = phone.answers(**wrong(ana.app))
    assert "You can change it until answers are closed" in page
    assert "Change my answer" in page
    phone.answers(**right(ana.app))
    (kept, *_), = ana.document["room"][f"{trainer.id}/{asking}"].values()
    assert kept["response"] == right(ana.app)["r"]
    assert kept["score"] is None


def test_without_a_script_the_page_does_the_same(class_):
    trainer, ana, _ = class_
    trainer.asks(GIRL)
    phone = Phone(ana, trainer.id)
    assert "Show what the trainer has moved on to" in phone.page
    page = phone.answers(part=False, **right(ana.app))
    assert ana.path == f"/live/{trainer.id}"
    assert "Saved" in page


def test_nothing_of_the_key_is_sent_before_it_is_revealed(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL)
    told = [phone.fetches(), ana.get(f"/live/{trainer.id}")]
    told.append(phone.answers(**wrong(ana.app)))
    for do in ("spread", "close", "talk", "second"):
        trainer.does(do)
        told.append(phone.fetches())
    told.append(phone.answers(**right(ana.app)))
    told += [ana.get("/progress"), ana.get("/home"), ana.get("/review"), ana.get("/my-data.json")]
    assert not any(secret in page for page in told for secret in SECRETS)
    assert '"score": 1' not in told[-1] and '"score":1' not in told[-1]
    assert not ana.document.get("seen")


def test_the_key_is_told_nowhere_else_while_the_class_votes(class_):
    trainer, ana, _ = class_
    attempt = ana.starts()
    trainer.puts("tip/elements#one")
    elsewhere = "/practice/tip/elements/one"
    assert "Your class is answering this question now" in ana.get(elsewhere, status=409)
    ana.post(elsewhere, right(trainer.app, "tip/elements#one"), status=409, page="/home")
    place = ana.document["attempts"][attempt]["questions"].index("one") + 1
    page = ana.post(f"/attempts/{attempt}/{place}", right(trainer.app, "tip/elements#one"))
    assert not [one for one in SECRETS if one in page]
    trainer.asks(GIRL)
    ana.get(elsewhere)
    check = "/manuals/tip/elements/why/checks/in-place"
    page = ana.post(check, right(trainer.app), status=409, page="/home")
    assert not [one for one in SECRETS if one in page]
    assert GIRL not in ana.document.get("checks", {})
    trainer.does("close")
    trainer.does("reveal")
    assert "Explanation-in-place" in ana.post(check, right(trainer.app), page="/home")


def test_the_reveal_shows_what_is_right_and_marks_both_votes(class_):
    trainer, ana, bero = class_
    phone, other = Phone(ana, trainer.id), Phone(bero, trainer.id)
    trainer.asks(GIRL)
    phone.fetches()
    phone.answers(**wrong(ana.app))
    trainer.does("talk")
    trainer.does("second")
    phone.fetches()
    phone.answers(**right(ana.app))
    trainer.does("reveal")
    assert "Explanation-in-place" in phone.fetches()
    assert "Your answer" in phone.page
    assert "Right answer" in other.fetches(), "who did not answer sees it too"
    votes, = ana.document["room"].values()
    assert {vote: kept[0]["score"] for vote, kept in votes.items()} == {"first": 0, "second": 1}
    assert [mark[3] for mark in ana.document["seen"][GIRL]] == [0, 1]
    assert "room" not in bero.document


def test_results_land_in_the_same_progress(class_):
    trainer, ana, _ = class_
    library = ana.app.extensions["course"].library
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL)
    phone.fetches()
    phone.answers(**right(ana.app))
    trainer.does("reveal")
    act = by_objective(library.module("tip/elements", "en"), library.quiz("tip/elements", "en"),
                       ana.document)[0]
    assert (act.right, act.asked) == (1, 1)


def test_what_was_never_revealed_is_marked_when_the_session_ends(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL)
    phone.fetches()
    phone.answers(**right(ana.app))
    trainer.does("next")
    assert not ana.document.get("seen")
    trainer.ends()
    assert [mark[3] for mark in ana.document["seen"][GIRL]] == [1]
    assert "This class has ended" in ana.get(f"/live/{trainer.id}")


def test_marking_again_changes_nothing(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL)
    phone.fetches()
    phone.answers(**right(ana.app))
    trainer.does("reveal")
    before = ana.document
    trainer.does("blank")
    trainer.ends()
    assert ana.document == before


def test_a_late_answer_is_refused_in_words_and_stays_on_the_page(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL)
    phone.fetches()
    trainer.does("close")
    page = phone.answers(status=409, **wrong(ana.app))
    assert "This was not saved: answers are closed" in page
    assert re.search(rf'value="{wrong(ana.app)["r"]}"[^>]* checked', page)
    assert "room" not in ana.document


def test_an_answer_to_what_has_gone_by_is_refused(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL)
    old = phone.fetches()
    trainer.asks("tip/laundry#door")
    phone.page = old
    assert "the class has moved on" in phone.answers(status=409, **wrong(ana.app))
    assert "Does an open door decide?" in phone.page
    assert "room" not in ana.document


def test_a_second_vote_does_not_take_the_form_of_the_first(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL)
    old = phone.fetches()
    trainer.does("talk")
    trainer.does("second")
    phone.page = old
    phone.answers(status=409, **wrong(ana.app))
    assert "room" not in ana.document


@pytest.mark.parametrize("after", ["close", "reveal"])
def test_the_question_is_opened_again_for_one_learner_once(class_, after):
    trainer, ana, bero = class_
    phone, other = Phone(ana, trainer.id), Phone(bero, trainer.id)
    trainer.asks(GIRL)
    if after == "reveal":
        trainer.does("close")
    trainer.does(after)
    trainer.post(f"/sessions/{trainer.id}/again", {"person": ana.id},
                 page=f"/sessions/{trainer.id}/phones")
    assert phone.asks() == 200
    assert "Save answer" in phone.fetches()
    assert not any(secret in phone.page for secret in SECRETS)
    assert "Save answer" not in other.fetches()
    sent = phone.page
    phone.answers(**right(ana.app))
    assert "Save answer" not in phone.fetches()
    assert ("Explanation-in-place" in phone.page) is (after == "reveal")
    assert bool(ana.document.get("seen")) is (after == "reveal")
    phone.page = sent
    phone.answers(status=409, **wrong(ana.app))


def test_a_poll_is_asked_and_has_no_mark(class_):
    trainer, ana, _ = class_
    asking = trainer.polls("Who has met this in a case?", "Yes", "Not yet")
    phone = Phone(ana, trainer.id)
    assert "Not yet" in phone.page
    phone.answers(r="2")
    kept = ana.document["room"][f"{trainer.id}/{asking}"]["first"][0]
    assert (kept["response"], kept["score"]) == ("2", None)
    trainer.does("reveal")
    trainer.ends()
    assert ana.document["room"][f"{trainer.id}/{asking}"]["first"][0] == kept


@pytest.mark.parametrize("name", ["door", "order", "match", "kilos", "soap"])
def test_every_kind_that_a_form_takes_is_answered(class_, name):
    trainer, ana, _ = class_
    key = f"tip/laundry#{name}"
    asking = trainer.puts(key)
    phone = Phone(ana, trainer.id)
    phone.answers(**right(ana.app, key))
    page = phone.fetches()
    assert "Saved" in page
    trainer.does("reveal")
    phone.fetches()
    assert ana.document["room"][f"{trainer.id}/{asking}"]["first"][0]["score"] == 1


@pytest.mark.parametrize("name", ["door", "order", "match", "kilos", "soap"])
def test_what_cannot_be_read_is_said_at_the_question(class_, name):
    trainer, ana, _ = class_
    trainer.puts(f"tip/laundry#{name}")
    phone = Phone(ana, trainer.id)
    assert 'class="error"' in phone.answers(status=422, r="")
    assert "room" not in ana.document


def test_raised_cards_are_not_asked_of_phones(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL, way="cards")
    page = phone.fetches()
    assert "Raise your hand or card" in page
    assert "Save answer" not in page
    phone.answers(status=409, **wrong(ana.app))


def test_a_section_is_pushed_with_a_way_there_and_back(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.does(step=trainer.session.plan[0].id)
    assert 'href="/manuals/tip/elements/why"' in phone.fetches()
    page = ana.get("/manuals/tip/elements/why")
    assert "Back to the class" in page
    assert f'href="/live/{trainer.id}"' in page


def test_a_question_hidden_from_the_cohort_is_not_asked(class_):
    from course.core import classroom
    trainer, ana, _ = class_
    services = ana.app.extensions["course"]
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL)
    cohort = classroom.cohort_of("basic", services.store.document("cohort:basic"))
    with services.store.record(cohort.record) as record:
        record.append(classroom.change_question(
            cohort, GIRL, classroom.HIDDEN, services.register().staff()[0]))
    assert "In place: which one?" not in phone.fetches()


def test_what_was_answered_while_a_part_was_made_is_shown_to_nobody_else(class_):
    trainer, ana, bero = class_
    asking = trainer.asks(GIRL)
    phones_ = [Phone(one, trainer.id) for one in (ana, bero)]
    front = trainer.app.wsgi_app
    made = front._app

    def late(environ, start_response):
        front._app = made
        given = right(trainer.app).items()
        store, room = trainer.app.extensions["course"].store, trainer.room
        with store.record(f"learner:{ana.id}") as record:
            record.append(voted(room.session, GIRL, question(trainer.app, GIRL),
                                dict(given)["r"], "2026-03-30T09:00:00.000Z"))
        return made(environ, start_response)

    front._app, front._parts = late, {}
    assert "checked" in phones_[0].fetches()
    assert "checked" not in phones_[1].fetches(), asking
