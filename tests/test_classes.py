"""Classes: made, changed, closed and opened again; people in and out; extra time."""

from __future__ import annotations

import csv
import io
import re

from .world import Learner, Visitor


def made(trainer, name="Port, March", **fields):
    """A class as a trainer makes it; its address."""
    trainer.post("/classes/new", {"name": name, **fields})
    return trainer.path


def person(app, number):
    return app.extensions["course"].register().numbered(number)


def test_a_trainer_begins_at_the_classes(trainer):
    assert trainer.path == "/classes"
    assert "no class under way" in trainer.get("/classes")


def test_a_class_is_made_filled_and_looked_at_in_order_of_name(app, trainer):
    Learner(app, "Zorrel, Zale", "Z-9")
    Learner(app, "Ardis, Alvi", "A-1")
    page = made(trainer, manual="tip", begins="2026-03-02", ends="2026-03-06")
    trainer.post(f"{page}/people", {"person": [person(app, "Z-9").id, person(app, "A-1").id]})
    text = trainer.get(page)
    assert text.index("Ardis") < text.index("Zorrel")
    assert "A small manual" in text
    listed = trainer.get("/classes")
    assert "Port, March" in listed
    assert "2026-03-02" in listed
    rows = list(csv.reader(io.StringIO(trainer.get(f"{page}?as=csv").lstrip("\ufeff"))))
    assert [row[:2] for row in rows if row[0] in {"Ardis, Alvi", "Zorrel, Zale"}] == [
        ["Ardis, Alvi", "A-1"], ["Zorrel, Zale", "Z-9"]]


def test_a_class_says_what_comes_next(trainer):
    trainer.post("/classes/new", {"name": "Port"})
    cohort = trainer.path
    assert "Bring in the roster" in trainer.get(cohort)
    assert "Begin a session" not in trainer.get(cohort)


def test_what_a_class_is_called_can_be_changed_and_wrong_dates_are_said(trainer):
    page = made(trainer)
    trainer.post(f"{page}/change", {"name": "Port, April", "begins": "2026-04-06",
                                    "ends": "2026-04-10"})
    assert "Port, April" in trainer.get("/classes")
    text = trainer.post(f"{page}/change", {"name": " ", "begins": "2026-04-06", "ends": "soon"},
                        status=422)
    assert "Fill this in" in text
    assert "Give a date" in text
    assert "Port, April" in trainer.get("/classes")


def test_a_class_is_closed_and_opened_again(app, trainer):
    page = made(trainer)
    trainer.post(f"{page}/close", {"closed": "1"}, page=page)
    assert "This course is over" in trainer.get(page)
    assert "Classes that are over" in trainer.get("/classes")
    trainer.post(f"{page}/close", {"closed": "0"}, page=page)
    assert "This course is over" not in trainer.get(page)


def test_somebody_taken_out_keeps_what_was_learned(app, trainer):
    learner = Learner(app)
    learner.answers(learner.starts())
    page = made(trainer)
    trainer.post(f"{page}/people", {"person": learner.id})
    trainer.post(f"{page}/people", {"out": learner.id})
    assert "Nobody is in this class yet" in trainer.get(page)
    assert learner.document["attempts"]


def test_extra_time_belongs_to_the_person(app, trainer):
    learner = Learner(app)
    page = made(trainer)
    trainer.post(f"{page}/people", {"person": learner.id})
    trainer.post(f"{page}/extra-time", {f"extra.{learner.id}": "٢٥ ٪".replace(" ", "")})
    assert person(app, "A-1").extra_time == 25
    text = trainer.post(f"{page}/extra-time", {f"extra.{learner.id}": "soon"}, status=422)
    assert "Give a percentage from 0 to 200" in text
    assert person(app, "A-1").extra_time == 25


def test_from_the_class_a_new_pin_is_two_links_and_a_button(app, trainer):
    learner = Learner(app)
    page = made(trainer)
    trainer.post(f"{page}/people", {"person": learner.id})
    link = re.search(rf'href="(/staff/people/{learner.id})"', trainer.get(page))[1]
    assert f'action="{link}/pin"' in trainer.get(link)


def test_a_learner_gets_nothing_of_it(app, trainer):
    page = made(trainer)
    learner = Learner(app)
    for url in ("/classes", "/classes/new", page, f"{page}/people", f"{page}/extra-time",
                f"{page}/change"):
        learner.get(url, status=403)
        assert Visitor(app).client.get(url).status_code in {302, 303}
    learner.post(f"{page}/close", {"closed": "1"}, page="/wellbeing", status=403)


def test_a_class_that_is_not_there(trainer):
    for tail in ("", "/people", "/change", "/extra-time"):
        trainer.get(f"/classes/nobody{tail}", status=404)
