"""A class on one laptop: planned, run, voted on, attended and closed, through the HTTP client."""

from __future__ import annotations

import io
import re
from html import unescape

import openpyxl
import pytest

from course import FOLDS
from course.core import classroom, session, standing
from course.core.classroom import HIDDEN
from course.core.session import FIRST, POLL, QUESTION, SECOND, SECTION, Step
from course.store.local import LocalStore

from .classroom import COHORT, Clock, Running, make_class
from .world import Learner, Staff, add_colleague, make_app, make_app_with_cases, set_up

SECRETS = ("secret-of-the-trainer", "Ask first", "Feedback-of-wrong", "Explanation-in-place",
           "Only on this screen", 'class="right"')
"""What the wall of the small course must not say before the key is shown."""


@pytest.fixture
def clock(app):
    return Clock(app)


@pytest.fixture
def trainer(app, clock):
    return make_class(app)


def document_of(app, number="A-1"):
    person = app.extensions["course"].register().numbered(number)
    return app.extensions["course"].store.document(person.record)


# The plan --------------------------------------------------------------------------------

def test_a_plan_has_the_sections_with_their_times_and_each_question_after_its_section(trainer):
    room = Running(trainer, "tip/elements", "tip/laundry")
    assert [(one.kind, one.ref) for one in room.session.plan] == [
        (SECTION, "tip/elements#why"), (QUESTION, "tip/elements#in-place"),
        (SECTION, "tip/elements#children"), (SECTION, "tip/laundry#scene"),
        (QUESTION, "tip/laundry#door"), (QUESTION, "tip/laundry#essay")]
    assert all(one.minutes > 0 for one in room.session.plan)
    assert "In place: which one?" in room.page


def test_a_hidden_question_is_left_out_and_a_replaced_one_asks_the_other(app):
    trainer = make_class(app, **{"tip/elements#in-place": "tip/elements#one",
                                 "tip/laundry#door": HIDDEN})
    room = Running(trainer, "tip/elements", "tip/laundry")
    refs = [one.ref for one in room.session.plan if one.kind == QUESTION]
    assert refs == ["tip/elements#one", "tip/laundry#essay"]
    assert "Which one is right?" in room.to(QUESTION).page


def test_a_question_that_is_hidden_later_is_gone_from_a_plan_made_before(app, trainer):
    room = Running(trainer, "tip/elements")
    store = app.extensions["course"].store
    with store.record(f"cohort:{COHORT}") as record:
        cohort = classroom.cohort_of(COHORT, record.document)
        person = app.extensions["course"].register().numbered("T-1")
        record.append(classroom.change_question(cohort, "tip/elements#in-place", HIDDEN, person))
    assert "In place: which one?" not in room.shows()


def test_the_next_module_is_the_first_that_no_session_had(trainer):
    assert "Start with module" in trainer.get(f"/classes/{COHORT}/sessions")
    Running(trainer, "tip/elements").close()
    page = trainer.get(f"/classes/{COHORT}/sessions")
    assert 'name="module" value="tip/later">Start with module' in page


def test_a_plan_is_put_in_another_order_shortened_and_made_longer(trainer):
    room = Running(trainer, "tip/elements")
    first, second, third = room.session.plan
    trainer.post(f"{room.url}/plan", {f"place.{third.id}": "1", f"minutes.{third.id}": "25",
                                      f"place.{first.id}": "1", f"minutes.{first.id}": "3",
                                      f"place.{second.id}": "2", f"out.{second.id}": "1"})
    assert [(one.id, one.minutes) for one in room.session.plan] == [(third.id, 25), (first.id, 3)]
    steps = f"{room.url}/steps"
    trainer.post(steps, {"add": "pause", "pause": "10", "after": third.id}, page=f"{room.url}/plan")
    trainer.post(steps, {"add": "questions", "pool": "tip/elements",
                         "question": ["tip/elements#one", "tip/elements#all"]},
                 page=f"{room.url}/plan")
    trainer.post(steps, {"add": "module", "module": "tip/later"}, page=f"{room.url}/plan")
    assert [one.kind for one in room.session.plan] == [
        SECTION, "pause", SECTION, QUESTION, QUESTION, SECTION]
    assert len({one.id for one in room.session.plan}) == 6


@pytest.mark.parametrize(("sent", "says"), [
    ({"add": "poll", "title": "", "choice": ["Yes", "No"]}, "Fill this in"),
    ({"add": "poll", "title": "Enough?", "choice": ["Yes", " "]}, "2 to 6 choices"),
    ({"add": "pause", "pause": "lots"}, "Give minutes"),
    ({"add": "module", "module": "tip/nothing"}, "Choose one of the list"),
    ({"add": "questions", "pool": "tip/elements"}, "Choose one of the list"),
])
def test_what_cannot_be_added_is_said_at_its_field(trainer, sent, says):
    room = Running(trainer, "tip/later")
    page = trainer.post(f"{room.url}/steps", sent, page=f"{room.url}/plan", status=422)
    assert says in page
    assert len(room.session.plan) == 1


def test_a_session_prepared_in_the_evening_begins_in_the_morning(trainer, clock):
    trainer.post(f"/classes/{COHORT}/sessions", {"module": "tip/later", "prepare": "1"})
    url = trainer.path.rpartition("/")[0]
    clock.pass_(hours=14)
    assert "Begin the session" in trainer.get(url)
    trainer.post(f"{url}/begin", page=f"{url}/plan")
    assert "0</bdi> of" in trainer.last.text


def test_starting_twice_goes_on_with_the_open_one(trainer):
    room = Running(trainer, "tip/later")
    assert Running(trainer, "tip/elements").id == room.id
    assert trainer.get("/sessions") and trainer.path == room.url


# Running ---------------------------------------------------------------------------------

def test_a_section_goes_by_slide_by_slide_and_its_notes_stay_on_the_trainers_page(trainer):
    room = Running(trainer, "tip/elements").press("next")
    assert "secret-of-the-trainer" in room.page
    assert "A second paragraph" in room.wall
    assert not any(one in room.wall for one in SECRETS)
    room.to(SECTION, 1)
    assert "It speaks of a child" in room.wall
    assert "long-version" not in room.wall
    room.press("next")
    assert "long-version" in room.wall
    room.press("short").press("next")
    assert "short-version" in room.wall
    assert "long-version" not in room.wall


def test_a_question_through_its_five_phases_keeps_both_votes(trainer):
    room = Running(trainer, "tip/elements").to(QUESTION)
    assert "Wrong in place" in room.wall
    room.press("next")
    right, wrong = room.letter("Right in place"), room.letter("Wrong in place")
    room.press("next", **room.hands(**{right: 1, wrong: 2}))
    assert "33%" in room.page
    assert "Between 30 and 70 in 100" in room.page
    assert "She agreed, so it is no crime." in room.page
    assert room.stage.phase == "talk"
    assert "Talk with those beside you" in room.wall
    assert "data-left" in room.wall
    for phase in ("talk", "second"):
        assert room.stage.phase == phase
        assert not any(one in room.wall for one in SECRETS)
        room.press("next", **({} if phase == "talk" else room.hands(**{right: 3})))
    assert room.stage.phase == "reveal"
    assert 'class="right"' in room.wall
    assert "Right answer" in room.wall
    assert "Explanation-in-place" not in room.wall
    votes = room.session.hands[room.stage.asking]
    assert sorted(votes[FIRST].values()) == [1, 2]
    assert list(votes[SECOND].values()) == [3]


def test_the_spread_is_on_the_wall_only_when_the_trainer_puts_it_there(trainer):
    room = Running(trainer, "tip/elements").to(QUESTION).press("next")
    room.press("count", **room.hands(A=2, B=1))
    assert "count-bar" not in room.wall
    room.press("spread")
    assert re.findall(r"Vote:</span>.*?<bdi>(\d)", room.wall, re.DOTALL) == ["2", "1"]
    assert 'class="right"' not in room.wall
    room.press("blank")
    assert "count-bar" not in room.wall
    room.press("blank")
    assert "count-bar" in room.wall


def test_before_the_vote_the_trainer_sees_the_cards_and_no_counts(trainer):
    room = Running(trainer, "tip/elements").to(QUESTION)
    assert "Wrong in place" in room.page
    assert "count-bar" not in room.page


def test_more_hands_than_people_are_said(trainer):
    room = Running(trainer, "tip/elements").to(QUESTION).press("next")
    assert "More than are in the room" not in room.press("count", **room.hands(A=1, B=2)).page
    assert "More than are in the room" in room.press("count", **room.hands(A=1, B=3)).page


def test_the_run_sheet_speaks_the_language_of_who_reads_it(trainer):
    room = Running(trainer, "tip/later")
    assert "Only text" in room.page
    trainer.post("/language", {"language": "fr"}, page=room.url)
    assert "Seulement du texte" in room.shows()
    assert "Seulement du texte" in trainer.get(f"{room.url}/plan")


@pytest.mark.parametrize(("right", "move"), [(0, "Fewer than 30"), (2, "Between 30 and 70"),
                                             (3, "More than 70")])
def test_the_next_move_follows_the_first_vote(trainer, right, move):
    room = Running(trainer, "tip/elements").to(QUESTION).press("next")
    one, other = room.letter("Right in place"), room.letter("Wrong in place")
    room.press("count", **room.hands(**{one: right, other: 3 - right}))
    assert move in room.page


def test_the_last_count_and_the_last_step_are_undone(trainer):
    room = Running(trainer, "tip/elements").to(QUESTION).press("next")
    room.press("count", **room.hands(A=2)).press("count", **room.hands(A=9))
    room.press("undo-count")
    assert list(room.session.hands[room.stage.asking][FIRST].values()) == [2]
    room.press("next").press("undo")
    assert room.stage.phase == "first"


def test_hands_typed_as_words_are_said_and_nothing_is_lost(trainer):
    room = Running(trainer, "tip/elements").to(QUESTION).press("next")
    page = room.press("next", status=422, **{room.field("A"): "many", room.field("B"): "3"}).page
    assert "Write a number" in page
    assert 'value="many"' in page
    assert 'value="3"' in page


def test_a_form_from_a_page_that_is_behind_changes_nothing(app, trainer):
    room = Running(trainer, "tip/elements")
    on_a_phone = Staff(app, "T-1")
    behind = room.page
    room.press("next")
    moment = re.search(r'name="moment" value="([^"]+)"', behind)[1]
    page = on_a_phone.post(room.url, {"moment": moment, "do": "next"}, page=room.url)
    assert "had moved on" in page
    assert room.stage.step == room.session.plan[0].id
    assert room.stage.slide == 0


def test_another_device_of_the_trainer_shows_the_same_and_may_act(app, trainer):
    room = Running(trainer, "tip/elements").press("next")
    phone = Staff(app, "T-1")
    moment = re.search(r'name="moment" value="([^"]+)"', phone.get(room.url))[1]
    phone.post(room.url, {"moment": moment, "do": "blank"}, page=room.url)
    assert room.stage.blank
    assert "Show the wall again" in room.shows()


def test_the_wall_and_the_page_answer_that_nothing_changed(trainer):
    room = Running(trainer, "tip/elements").to(QUESTION)
    for url in (room.url, f"{room.url}/wall"):
        version = re.search(r'data-follow="([^"]+)"', trainer.get(url))[1]
        asked = {"headers": {"If-None-Match": f'"{version}"'}}
        assert trainer.client.get(url, **asked).status_code == 304
        room.shows()
        room.press("blank")
        assert trainer.client.get(url, **asked).status_code == 200


def test_a_poll_has_counts_and_no_key(trainer):
    room = Running(trainer, "tip/later")
    trainer.post(f"{room.url}/steps", {"add": "poll", "title": "Enough for today?",
                                       "choice": ["Yes", "No", "Perhaps"]},
                 page=f"{room.url}/plan")
    room.shows()
    room.to(POLL)
    assert "Enough for today?" in room.wall
    room.press("next", **room.hands(A=2, C=1))
    assert "count-bar" in room.wall
    assert 'class="right"' not in room.wall


@pytest.mark.parametrize("key", ["order", "match", "kilos", "soap", "essay", "all", "safety"])
def test_every_kind_of_question_is_put_on_the_wall_without_its_key(trainer, key):
    room = Running(trainer, "tip/later")
    pool = "elements" if key in ("all", "safety") else "laundry"
    trainer.post(f"{room.url}/steps", {"add": "questions", "pool": f"tip/{pool}",
                                       "question": f"tip/{pool}#{key}"}, page=f"{room.url}/plan")
    room.shows()
    room.to(QUESTION)
    while room.stage.phase != "reveal":
        assert "> So it goes" not in room.wall
        assert "Explanation" not in room.wall
        room.press("next")
    room.press("next")


def test_a_question_that_left_the_course_is_said_and_passed_over(app, trainer):
    room = Running(trainer, "tip/elements")
    step = Step("gone", QUESTION, "Gone", 5, "tip/elements#no-more")
    with app.extensions["course"].store.record(f"session:{room.id}") as record:
        person = app.extensions["course"].register().numbered("T-1")
        record.append(session.planned(room.session, [step, *room.session.plan], person))
    room.shows()
    assert "no longer in the course" in room.press(step="gone").page
    assert room.wall
    room.press("next")
    assert room.stage.step != "gone"


def test_a_case_leads_to_its_play_with_the_room_and_back(tmp_path):
    app = make_app_with_cases(tmp_path)
    trainer = make_class(app, manuals=("demo-cases",))
    room = Running(trainer, "demo-cases/gate").press("next")
    way = re.search(r'href="(/manuals/demo-cases/gate/case/room)"', room.page)[1]
    assert room.url in trainer.post(way)


def test_the_laptop_restarts_in_the_middle_and_the_class_goes_on(tmp_path):
    store = LocalStore(tmp_path / "data", FOLDS)
    app = make_app(tmp_path, store, data=tmp_path / "data")
    set_up(app)
    room = Running(make_class(app), "tip/elements").to(QUESTION).press("next")
    room.press("next", **room.hands(A=2, B=1))
    told, wall = room.session, room.wall
    store.close()
    (tmp_path / "data" / "progress.json").unlink(missing_ok=True)
    store = LocalStore(tmp_path / "data", FOLDS)
    again = Staff(make_app(tmp_path, store, data=tmp_path / "data",
                           content=tmp_path / "content"), "T-1")
    assert session.session_of(room.id, store.document(f"session:{room.id}")) == told
    assert words(again.get(f"{room.url}/wall")) == words(wall)
    store.close()


def words(page):
    """What a page says, without its version and the seconds of a timer."""
    main = page[page.index("<main"):page.index("</main>")]
    return re.sub(r'data-(follow|left)="[^"]*"|\d:\d\d', "", main)


# Attendance ------------------------------------------------------------------------------

def test_closing_gives_everybody_who_was_there_their_minutes(app, trainer, clock):
    room = Running(trainer, "tip/elements")
    clock.pass_(minutes=25)
    assert 'value="25"' in trainer.get(f"{room.url}/close")
    page = room.close(C3=None, B2="10")
    assert "2</bdi> people present" in page
    assert [standing.attended_minutes(document_of(app, one), "tip")
            for one in ("A-1", "B-2", "C-3")] == [25, 10, 0]
    assert room.session.present.keys() == {
        app.extensions["course"].register().numbered(one).id for one in ("A-1", "B-2")}


def test_attendance_is_corrected_later_and_the_registrars_figure_comes_on_top(app, trainer, clock):
    room = Running(trainer, "tip/elements")
    clock.pass_(minutes=40)
    room.close()
    person = app.extensions["course"].register().numbered("A-1")
    trainer.post(f"{room.url}/attendance", {"whole": "40", f"here.{person.id}": "1",
                                            f"minutes.{person.id}": "30"})
    assert standing.attended_minutes(document_of(app), "tip") == 30
    assert standing.attended_minutes(document_of(app, "B-2"), "tip") == 0
    add_colleague(Staff(app), "registrar", "R-1")
    registrar = Staff(app, "R-1")
    url = "/academy/manuals/tip/attendance"
    assert "Recorded in sessions" in registrar.get(url)
    registrar.post(url, {f"hours.{person.id}": "2"})
    registrar.post(url, {f"hours.{person.id}": "2"})
    assert standing.attended_minutes(document_of(app), "tip") == 150


def test_presence_is_ticked_while_the_session_runs_and_is_the_scale_of_the_spread(app, trainer):
    room = Running(trainer, "tip/elements")
    assert "in the class: who is here?" in room.page
    person = app.extensions["course"].register().numbered("B-2")
    trainer.post(f"{room.url}/attendance", {f"here.{person.id}": "1"})
    assert "1</bdi> present" in room.shows()
    assert not document_of(app, "B-2").get("sessions")


def test_minutes_that_are_none_are_said_and_nothing_is_closed(trainer):
    room = Running(trainer, "tip/elements")
    page = room.close(A1="soon", whole="25", status=422)
    assert "Give minutes from 0" in page
    assert room.session.is_open


@pytest.mark.parametrize("days", [1, -1])
def test_a_session_forgotten_or_begun_by_a_wrong_clock_is_said_and_closed_as_planned(
        app, trainer, clock, days):
    room = Running(trainer, "tip/elements")
    clock.pass_(days=days)
    assert "has been open since" in room.shows()
    assert "cannot be right" in trainer.get(f"{room.url}/close")
    planned = sum(one.minutes for one in room.session.plan)
    page = trainer.get(f"{room.url}/close")
    assert f'value="{planned}"' in page
    room.close()
    assert standing.attended_minutes(document_of(app), "tip") == planned
    if days > 0:
        assert room.session.closed < "2026-03-30T12"


def test_the_table_on_the_screen_is_the_one_in_the_file(app, trainer, clock):
    for minutes in (30, 45):
        room = Running(trainer, "tip/elements")
        clock.pass_(minutes=minutes)
        room.close(C3=None)
        clock.pass_(hours=1)
    url = f"/classes/{COHORT}/attendance"
    page = trainer.get(url)
    file = trainer.client.get(f"{url}?as=csv").data.decode("utf-8-sig")
    assert "Ardis, Alvi" in page
    assert file.splitlines()[1].endswith(",A-1,0.5,0.75,1.25")
    assert file.splitlines()[3].endswith(",C-3,,,0.0")
    sheet = openpyxl.load_workbook(io.BytesIO(
        trainer.client.get(f"{url}?as=xlsx").data)).active
    assert 1.25 in [cell.value for row in sheet.iter_rows() for cell in row]


def test_what_was_asked_can_be_read_when_the_plan_has_changed(trainer):
    room = Running(trainer, "tip/elements").to(QUESTION).press("next")
    room.press("next", **room.hands(A=2, B=1))
    step = room.session.plan[1]
    trainer.post(f"{room.url}/plan", {f"out.{step.id}": "1"})
    room.close()
    page = unescape(trainer.get(room.url))
    assert "In place: which one?" in page
    assert "A. " in page


def test_a_session_that_is_over_takes_nothing_more(trainer):
    room = Running(trainer, "tip/elements").press("next")
    before = room.page
    room.close()
    stage = room.stage
    room.page = before
    room.press("next")
    assert room.stage == stage
    assert "The session is over" in room.wall


def test_paper_has_cards_and_a_sheet_with_every_name(trainer):
    assert re.findall(r'letter-card"><bdi>(.)', trainer.get("/cards")) == list("ABCDEF")
    sheet = trainer.get(f"/classes/{COHORT}/attendance/sheet")
    assert [name in sheet for name in ("Ardis, Alvi", "Carrow, Dessa")] == [True, True]


def test_a_learner_gets_nothing_of_it(app, trainer):
    room = Running(trainer, "tip/elements")
    learner = Learner(app, "Zorrel, Zale", "Z-9")
    for url in ("/sessions", room.url, f"{room.url}/wall", f"{room.url}/plan",
                f"{room.url}/close", f"{room.url}/attendance", f"/classes/{COHORT}/sessions",
                f"/classes/{COHORT}/attendance", "/cards"):
        assert "In place" not in learner.get(url, status=403)
    learner.post(room.url, {"do": "next"}, page="/home", status=403)
