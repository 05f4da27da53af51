"""A class on its phones: what the trainer sees, what does not reach Flask, what a restart keeps."""

from __future__ import annotations

import re

import pytest
from flask import request_started

from course import FOLDS

from .inclass import GIRL, Phone, Trainer, enter, make_cohort, right, wrong
from .stores import place_in
from .world import Learner, Visitor, make_app, set_up

# What the trainer sees ---------------------------------------------------------------------

def test_the_trainer_sees_how_many_and_who_but_not_what(class_):
    trainer, ana, bero = class_
    phone = Phone(ana, trainer.id)
    Phone(bero, trainer.id)
    trainer.asks(GIRL)
    phone.fetches()
    phone.answers(**wrong(ana.app))
    console = trainer.get(f"/sessions/{trainer.id}")
    assert re.search(r"<bdi>1</bdi> of <bdi>2</bdi> have answered", console)
    page = trainer.get(f"/sessions/{trainer.id}/phones")
    assert re.search(r"Ardis, Alvi.*?>answered<.*?Brell, Bero.*?>not answered<",
                     page.replace("<bdi>", ">").replace("</bdi>", "<"), re.S)
    assert "Wrong in place" not in page


def test_the_list_of_names_is_a_file_too(class_):
    trainer, ana, _ = class_
    Phone(ana, trainer.id)
    table = trainer.get(f"/sessions/{trainer.id}/phones?as=csv")
    assert "Ardis, Alvi" in table


def test_hands_and_phones_are_counted_together(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL, way="both")
    phone.fetches()
    choice = wrong(ana.app)["r"]
    phone.answers(r=choice)
    trainer.does("count", **{f"v.{choice}": "3"})
    trainer.does("spread")
    wall = trainer.get(f"/sessions/{trainer.id}/wall")
    assert re.search(r"Wrong in place.*?<b><bdi>4</bdi></b>", wall, re.S)


def test_the_wall_says_how_to_join_before_the_first_step(class_):
    trainer, *_ = class_
    code = trainer.session.code
    wall = trainer.get(f"/sessions/{trainer.id}/wall")
    assert f"{code[:3]} {code[3:]}" in wall
    assert "/join" in wall


def test_the_console_follows_the_phones(class_):
    trainer, ana, _ = class_
    trainer.get(f"/sessions/{trainer.id}")
    version = re.search(r'data-follow="([^"]+)"', trainer.last.text)[1]

    def still(version):
        return trainer.client.get(f"/sessions/{trainer.id}", headers={
            "If-None-Match": f'"{version}"'}).status_code
    assert still(version) == 304
    Phone(ana, trainer.id)
    assert still(version) == 200


# Before Flask ------------------------------------------------------------------------------

def asked_of_flask(app):
    seen = []

    def note(sender, **_):
        from flask import request
        seen.append(request.path)

    return seen, request_started.connected_to(note, app)


def test_phones_that_ask_in_vain_do_not_reach_flask(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    seen, listening = asked_of_flask(ana.app)
    with listening:
        assert phone.asks() == 304
        phone.version = "0"
        assert phone.asks() == 200
    assert seen == []


def test_what_all_are_shown_is_made_once_and_holds_no_token_and_no_name(class_):
    trainer, ana, bero = class_
    phone, other = Phone(ana, trainer.id), Phone(bero, trainer.id)
    trainer.asks(GIRL)
    seen, listening = asked_of_flask(ana.app)
    with listening:
        first, second = phone.fetches(), other.fetches()
    assert first == second
    assert seen == [f"/live/{trainer.id}/part"]
    assert 'name="csrf_token" value=""' in first
    assert "Ardis" not in first and ana.id not in first


def test_one_s_own_answer_is_shown_to_oneself(class_):
    trainer, ana, bero = class_
    phone, other = Phone(ana, trainer.id), Phone(bero, trainer.id)
    trainer.asks(GIRL)
    phone.fetches()
    phone.answers(**wrong(ana.app))
    assert "Saved" in phone.fetches()
    assert "Saved" not in other.fetches()


def test_answers_go_past_flask(class_):
    trainer, ana, _ = class_
    phone = Phone(ana, trainer.id)
    trainer.asks(GIRL)
    phone.fetches()
    action = re.search(r'action="([^"]+)" data-save="now"', phone.page)[1]
    from .world import token_in
    token = token_in(ana.get("/home"))
    seen, listening = asked_of_flask(ana.app)
    with listening:
        answer = ana.client.post(action, data={**right(ana.app), "part": "1",
                                               "csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/live/{trainer.id}/part")
    assert seen == []


@pytest.mark.parametrize("who", ["nobody", "with a new PIN", "not in the room"])
def test_only_who_sits_there_is_told(class_, admin, who):
    trainer, ana, bero = class_
    phone = Phone(ana, trainer.id)
    client = {"nobody": Visitor(ana.app), "not in the room": bero}.get(who, ana).client
    if who == "with a new PIN":
        admin.post(f"/staff/people/{ana.id}/pin", page=f"/staff/people/{ana.id}")
    for url in ("/state", "/part"):
        answer = client.get(f"{phone.url}{url}")
        assert answer.status_code in (303, 404)


def test_the_class_speaks_the_learner_s_language(class_):
    trainer, ana, _ = class_
    chana = Learner(ana.app, "Chana, Cem", "C-2", language="fr")
    enter(ana.app, [chana.id])
    phone = Phone(chana, trainer.id)
    trainer.asks(GIRL)
    assert 'lang="en"' in phone.fetches(), "not translated, so it is marked as English"
    assert phone.page != Phone(ana, trainer.id).fetches()


# On disk ----------------------------------------------------------------------------------

def test_a_restart_brings_every_phone_back_to_its_seat(tmp_path):
    place = place_in(tmp_path)
    store = place.open(folds=FOLDS)
    app = make_app(tmp_path, store, data=tmp_path / "settings")
    set_up(app)
    ana = Learner(app)
    make_cohort(app, [ana.id])
    trainer = Trainer(app)
    trainer.begins()
    phone = Phone(ana, trainer.id)
    asking = trainer.asks(GIRL)
    phone.fetches()
    phone.answers(**right(app))
    version, cookie = phone.version, ana.client.get_cookie("session").value
    store.close()
    again = place.open(folds=FOLDS)
    app = make_app(tmp_path, again, content=tmp_path / "content", data=tmp_path / "settings")
    client = app.test_client()
    client.set_cookie("session", cookie)
    same = client.get(f"/live/{trainer.id}/state", headers={"If-None-Match": f'"{version}"'})
    assert same.status_code == 304
    assert "Saved" in client.get(f"/live/{trainer.id}").text
    assert asking in client.get(f"/live/{trainer.id}").text
    again.close()
