"""The time of an examination: no clock, no pause and no power cut takes any of it away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import FOLDS
from course.core.candidate import Candidate
from course.core.exam import (
    LONGEST_SILENCE,
    MINUTE,
    OPEN,
    PAUSED,
    SIGN_EVERY,
    Meter,
    exam_of,
    fold_exam,
    move,
    sign,
)
from course.core.people import Person
from course.core.scoring import Attempt
from course.core.statement import Draft, Statement
from course.store import EMPTY

from .examining import Clock, Hall
from .stores import place_in
from .world import make_app


@pytest.fixture
def hall(tmp_path):
    return Hall(tmp_path)


# Each learner's time ---------------------------------------------------------------------

def test_time_begins_with_each_learner(hall):
    hall.opened(minutes="30")
    hall.clock.passes(minutes=10)
    hall.begins(hall.ana)
    assert hall.left(hall.ana) == 30
    hall.clock.passes(minutes=12)
    assert hall.left(hall.ana) == pytest.approx(18)


def test_or_for_all_at_the_opening(hall):
    hall.opened(minutes="30", together="1")
    hall.clock.passes(minutes=10)
    assert "20:00" in hall.ana.get(f"/exams/{hall.id}")
    hall.begins(hall.ana)
    assert hall.left(hall.ana) == pytest.approx(20)


def test_extra_time_is_of_the_person(hall):
    page = hall.trainer.get(f"{hall.cohort}/extra-time")
    assert hall.ana.id in page
    hall.trainer.post(f"{hall.cohort}/extra-time", {f"extra.{hall.ana.id}": "25"})
    hall.opened(minutes="40")
    assert "For you: <bdi data-clock>50:00</bdi>" in hall.ana.get(f"/exams/{hall.id}")
    for learner in (hall.ana, hall.bero):
        hall.begins(learner)
    assert (hall.left(hall.ana), hall.left(hall.bero)) == (50, 40)


def test_without_a_limit_there_is_none(hall):
    hall.opened(minutes="")
    hall.begins(hall.ana)
    assert "No time limit" in hall.ana.last.text
    hall.clock.passes(minutes=300)
    hall.answers(hall.ana, 1)


def test_when_time_is_over_what_was_answered_is_handed_in(hall):
    hall.opened(minutes="10")
    hall.begins(hall.ana)
    hall.answers(hall.ana, 1)
    hall.clock.passes(minutes=10, seconds=3)
    hall.answers(hall.ana, 2)  # it was on its way: within the grace
    hall.clock.passes(seconds=10)
    kept = hall.kept(hall.ana)["handed"][0]
    assert (kept["how"], kept["open"], kept["used"]) == ("time", 10 * MINUTE, 10 * MINUTE)
    page = hall.answers(hall.ana, 3, status=409)
    assert "Your time was over before this answer came" in page
    assert "Your time is over" in hall.ana.get(f"/attempts/{hall.attempt(hall.ana)}")
    hall.to("closed")
    hall.to("released")
    summary = hall.kept(hall.ana)["summary"]
    assert (summary["score"], summary["used"]) == (2, 600)


def test_an_answer_after_the_grace_is_refused_before_the_server_has_handed_in(hall):
    hall.opened(minutes="1")
    hall.begins(hall.ana)
    hall.clock.passes(seconds=58)
    hall.clock.now += 8
    assert "Your time was over" in hall.answers(hall.ana, 1, status=409)


# Pauses and cuts -------------------------------------------------------------------------

def test_in_a_pause_everybody_s_clock_stands_and_the_answer_stays_on_the_page(hall):
    hall.opened()
    hall.begins(hall.ana)
    hall.clock.passes(minutes=10)
    hall.to("paused")
    hall.clock.passes(minutes=45)
    assert hall.left(hall.ana) == pytest.approx(20)
    page = hall.answers(hall.ana, 1, status=409)
    assert "nobody loses time" in page
    assert "checked" in page or 'selected' in page
    assert not hall.kept(hall.ana).get("answers")
    hall.to("open")
    hall.answers(hall.ana, 1)
    assert hall.left(hall.ana) == pytest.approx(20)
    hall.clock.passes(minutes=1)
    assert hall.left(hall.ana) == pytest.approx(19)


def test_nobody_begins_in_a_pause(hall):
    hall.opened()
    hall.to("paused")
    page = hall.ana.get(f"/exams/{hall.id}")
    assert "Begin the examination" not in page
    hall.ana.post(f"/exams/{hall.id}", status=409)


@pytest.mark.parametrize("days", [365, -365])
def test_a_wall_clock_that_is_set_changes_nothing(hall, days):
    hall.opened()
    hall.begins(hall.ana)
    hall.clock.passes(minutes=10)
    when = datetime.now(UTC) + timedelta(days=days)
    hall.services.now = lambda: when
    hall.services.store._clock = lambda: when.isoformat(timespec="milliseconds")
    hall.answers(hall.ana, 1)
    hall.clock.passes(minutes=5)
    assert hall.left(hall.ana) == pytest.approx(15)
    hall.answers(hall.ana, 2)
    hall.to("paused")
    hall.to("open")
    assert hall.left(hall.ana) == pytest.approx(15)


def test_a_laptop_that_slept_was_not_open_meanwhile(hall):
    hall.opened()
    hall.begins(hall.ana)
    hall.clock.passes(minutes=10)
    hall.clock.sleeps(minutes=50)
    assert hall.left(hall.ana) == pytest.approx(20)
    assert "nobody loses time" in hall.answers(hall.ana, 1, status=409)
    hall.clock.invigilator.beat()
    assert "Paused by itself" in hall.trainer.get(hall.exam)
    hall.to("open")
    hall.answers(hall.ana, 1)
    assert hall.left(hall.ana) == pytest.approx(20)


def test_after_a_power_cut_it_is_paused_at_the_last_sign_of_life(tmp_path):
    place = place_in(tmp_path / "data")
    store = place.open(folds=FOLDS)
    hall = Hall(tmp_path, store).opened()
    hall.begins(hall.ana)
    hall.answers(hall.ana, 1)
    hall.clock.passes(minutes=10)
    left = hall.place(hall.ana).left
    store.close()

    store = place.open(folds=FOLDS)
    hall.app = make_app(tmp_path, store, content=tmp_path / "content")
    hall.clock = Clock(hall.app)
    hall.clock.sleeps(minutes=90)
    found = hall.clock.invigilator.exam(hall.id)
    assert (found.state, found.was_cut) == (PAUSED, True)
    assert 10 * MINUTE - SIGN_EVERY <= found.reading <= 10 * MINUTE
    hall.clock.invigilator.beat()
    said = list(store.statements(f"exam:{hall.id}"))
    assert (said[-1].verb, said[-1].actor) == ("paused-exam", "")
    hall.clock.passes(minutes=30)
    assert left <= hall.place(hall.ana).left <= left + SIGN_EVERY
    assert len(hall.kept(hall.ana)["answers"]) == 1
    store.close()


def test_signs_of_life_are_few(hall):
    hall.opened()
    hall.clock.passes(minutes=10)
    said = [one for one in hall.services.store.statements(f"exam:{hall.id}")
            if one.verb == "lived"]
    assert len(said) == 30


# More for one ----------------------------------------------------------------------------

def test_one_gets_more_time_with_a_reason(hall):
    hall.opened()
    hall.begins(hall.ana)
    hall.clock.passes(minutes=10)
    url = f"{hall.exam}/people/{hall.ana.id}"
    assert 'id="reason-error"' in hall.trainer.post(url, {"minutes": "5"}, status=422)
    hall.trainer.post(url, {"minutes": "5", "reason": "Her phone had died"})
    assert hall.left(hall.ana) == pytest.approx(25)
    page = hall.trainer.get(url)
    assert "Her phone had died" in page
    assert "Moss, trainer" in page


@pytest.mark.parametrize(("before", "after", "minutes", "left"), [
    (10, 7, "", 20),       # handed in by mistake, with twenty minutes left
    (40, 13, "10", 10),    # time was over long ago
], ids=["by mistake", "time over"])
def test_one_is_let_in_again(hall, before, after, minutes, left):
    hall.opened()
    hall.begins(hall.ana)
    hall.answers(hall.ana, 1)
    hall.clock.passes(minutes=before)
    if before < 30:
        hall.hands_in(hall.ana)
    assert hall.place(hall.ana).is_handed
    hall.clock.passes(minutes=after)
    hall.trainer.post(f"{hall.exam}/people/{hall.ana.id}",
                      {"minutes": minutes, "reason": "The Wi-Fi was gone"})
    assert hall.left(hall.ana) == pytest.approx(left)
    hall.answers(hall.ana, 2)
    hall.clock.passes(minutes=3)
    hall.hands_in(hall.ana)
    assert hall.kept(hall.ana)["handed"][0]["used"] == pytest.approx(
        (min(before, 30) + 3) * MINUTE)
    assert len(hall.kept(hall.ana)["answers"]) == 2


def test_closing_hands_in_for_all(hall):
    hall.opened()
    hall.begins(hall.ana)
    hall.answers(hall.ana, 1)
    hall.to("closed")
    assert hall.kept(hall.ana)["handed"][0]["how"] == "closing"
    assert "closed before this answer came" in hall.answers(hall.ana, 2, status=409)


# The rule itself -------------------------------------------------------------------------

STEPS = st.lists(st.one_of(
    st.tuples(st.just("runs"), st.floats(0.5, LONGEST_SILENCE - 1)),
    st.tuples(st.just("pauses"), st.floats(0, 5000)),
    st.tuples(st.just("sleeps"), st.floats(LONGEST_SILENCE + 1, 90000)),
    st.tuples(st.just("restarts"), st.floats(0, 90000))), max_size=25)


@given(STEPS)
def test_time_runs_while_it_is_open_and_never_else(steps):
    """Whatever happens: a reading is never more than the time that it was open, at most one sign
    of life less for each cut, and never goes back while anything is counted."""
    now, opened, lost = 1000.0, 0.0, 0.0
    meter, reading, kept = Meter(0, now), 0, 0
    for what, seconds in steps:
        before = meter.read(now)
        now += seconds
        if what == "runs":
            opened += seconds
            meter = meter.beat(now)
            if meter.counted - kept >= SIGN_EVERY:
                kept = meter.counted
            reading = meter.read(now)
            assert reading >= before
        elif what == "sleeps":
            assert meter.is_silent(now)
            assert meter.read(now) == meter.counted == before
            meter = Meter(meter.counted, now)
        elif what == "pauses":
            kept = before
            meter = Meter(before, now)
        else:
            lost += (before - kept) / 1000
            meter = Meter(kept, now)
        assert meter.read(now) <= opened * 1000 + 1
        assert meter.read(now) >= (opened - lost) * 1000 - 2 - len(steps)
    assert lost <= len(steps) * (SIGN_EVERY / 1000 + LONGEST_SILENCE)


@given(st.integers(0, 10 ** 7), st.integers(0, 10 ** 7), st.integers(0, 200),
       st.integers(1, 600))
def test_nobody_uses_more_than_the_time_it_was_open(begun, passed, extra, minutes):
    document = folded([prepared(minutes=minutes),
                       Draft("opened-exam", "exam:1", {"state": OPEN, "open": begun + passed})])
    place = Candidate(exam_of("1", document),
                    Person("p", "P", "1", "learner", "en", "", extra_time=extra),
                    Attempt("a", "q", (), "", "", {}, exam="1", begun=begun))
    assert place.used == passed <= place.exam.reading
    assert place.left == max(0, minutes * MINUTE * (100 + extra) // 100 - passed)


def prepared(**rules):
    fields = {"cohort": "c", "quiz": "q", "questions": ["a"], "seed": "s", "count": 1,
              "same": True, "minutes": 30, "together": False, **rules}
    return Draft("prepared-exam", "exam:1", {"fields": fields, "state": "prepared"})


def said(drafts):
    return [Statement("d", n, n, f"2026-01-01T00:00:{n:02}.000Z", "exam:1", draft.verb,
                      draft.object, draft.result, draft.actor)
            for n, draft in enumerate(drafts, start=1)]


def folded(drafts):
    document = EMPTY
    for statement in said(drafts):
        document = fold_exam(document, statement)
    return document


HAPPENING = st.lists(st.one_of(
    st.builds(lambda state, reading: Draft("moved", "exam:1", {"state": state, "open": reading}),
              st.sampled_from(["open", "paused", "closed"]), st.integers(0, 99)),
    st.builds(lambda reading: sign("1", reading), st.integers(0, 99)),
    st.builds(lambda who, minutes: Draft("gave-time", who, {
        "grant": {"minutes": minutes, "away": 0, "reason": "r"}}),
        st.sampled_from("ab"), st.integers(1, 9)),
    st.builds(lambda who, which, typed: Draft("keyed-sheet", who, {
        "pass": which, "sheet": {"variant": "A", "answers": {"q": typed}}}),
        st.sampled_from("ab"), st.sampled_from("12"), st.sampled_from("ABC"))), max_size=10)


@given(st.data(), HAPPENING)
def test_what_is_said_in_any_order_and_twice_gives_the_same_examination(data, drafts):
    statements = said([prepared(), *drafts])
    document = EMPTY
    for statement in data.draw(st.permutations(statements + statements)):
        document = fold_exam(document, statement)
    assert document == folded([prepared(), *drafts])


def test_a_step_keeps_who_and_when_and_how_long_it_was_open():
    exam = exam_of("1", folded([prepared(), Draft("opened-exam", "exam:1",
                                                  {"state": OPEN, "open": 7})]))
    draft = move(exam, PAUSED, "trainer")
    assert (draft.actor, draft.result) == ("trainer", {"state": PAUSED, "open": 7})
