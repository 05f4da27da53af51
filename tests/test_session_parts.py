"""The parts of a session: slides, the plan, stages, votes, believable times."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import FOLDS, Settings, open_library
from course.core import presence, runsheet, session, staging, votes
from course.core.activity import Prose
from course.core.classroom import Cohort
from course.core.people import TRAINER, Person
from course.core.roomwork import Ballot, Line
from course.core.session import FIRST, POLL, QUESTION, READ, SECOND, SECTION, Step
from course.core.slides import slides_of
from course.store import MemoryStore

from .world import make_app

NOW = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
LENA = Person("lena", "Lena Moss", "T-1", TRAINER, "en", "")


# Slides ----------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def sections(tmp_path_factory):
    """Every section of the real course."""
    app = make_app(tmp_path_factory.mktemp("slides"), MemoryStore(FOLDS), content=None)
    with app.test_request_context():
        library = open_library(Settings())
        return [section for manual in library.manuals("en") for entry in manual.entries
                for section in library.module(entry.id, "en").sections]


def letters(html):
    """The words of a text, without what slides leave out."""
    for left_out in (r'<div class="gloss".*?</div>', r'<p class="read">.*?</p>',
                     r'<div class="box national empty".*?</div>', r"<thead>.*?</thead>",
                     r'<div class="narrow">.*?</svg></div>'):
        html = re.sub(left_out, "", html, flags=re.DOTALL)
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def test_slides_keep_every_word_of_every_section_in_order(sections):
    assert len(sections) > 100
    for section in sections:
        text = "".join(part.html for part in section.parts if isinstance(part, Prose))
        told = slides_of(section)[1 if section.gate else 0:]
        assert letters("".join(told)) == letters(text), section.slug


def test_a_drawing_and_a_law_box_have_a_slide_of_their_own(sections):
    for section in sections:
        for slide in slides_of(section):
            alone = slide.count("<figure") + slide.count('class="box ')
            assert alone <= 1, section.slug
            assert "<figure" not in slide or "<p>" not in slide, section.slug


def test_slides_have_no_links_no_addresses_and_no_notes(sections):
    for section in sections:
        for slide in slides_of(section):
            assert "<a " not in slide
            assert "href" not in slide
            assert "tabindex" not in slide


# The plan --------------------------------------------------------------------------------

plans = st.integers(1, 8).map(lambda n: [Step(f"s{one}", SECTION, f"{one}", 5)
                                         for one in range(1, n + 1)])


@given(plans, st.data())
def test_a_plan_in_another_order_has_the_same_steps(plan, data):
    order = data.draw(st.permutations(range(1, len(plan) + 1)))
    changes = {step.id: runsheet.Change(place, step.minutes)
               for step, place in zip(plan, order, strict=True)}
    turned = runsheet.changed(plan, changes)
    assert sorted(one.id for one in turned) == sorted(one.id for one in plan)
    assert [changes[one.id].place for one in turned] == sorted(order)


@given(plans)
def test_each_step_begins_when_the_one_before_should_end(plan):
    assert runsheet.begins(plan) == [5 * n for n in range(len(plan))]
    assert runsheet.length(plan) == 5 * len(plan)


# Stages ----------------------------------------------------------------------------------

class Kept:
    """An open session that keeps what is said to it."""

    def __init__(self, *steps):
        self._store = MemoryStore(FOLDS)
        self.say(session.opened("1", Cohort("c", "C"), "Title", "123456", steps,
                                staging.iso(NOW), LENA))

    def say(self, draft):
        with self._store.record("session:1") as record:
            record.append(draft)

    def show(self, stage):
        self.say(session.showed(self.now, stage, LENA))

    @property
    def now(self):
        return session.session_of("1", self._store.document("session:1"))


@given(st.lists(st.sampled_from([SECTION, QUESTION, POLL, "pause"]), min_size=1, max_size=6),
       st.integers(1, 4))
def test_forward_comes_to_the_end_of_any_plan_and_stays_there(kinds, slides):
    kept = Kept(*(Step(f"s{n}", kind, kind, 5, f"m/x#{n}") for n, kind in enumerate(kinds)))
    visited = []
    for n in range(60):
        here = kept.now
        kind = here.now.kind if here.now else ""
        shape = staging.Shape(slides if kind == SECTION else 1, staging.phases_of(kind))
        visited.append(here.stage.step)
        after = staging.forward(here, shape, f"a{n}", NOW)
        if after == here.stage:
            break
        kept.show(after)
    assert list(dict.fromkeys(visited)) == ["", *(f"s{n}" for n in range(len(kinds)))]


def test_going_back_to_a_question_takes_up_its_asking():
    kept = Kept(Step("a", QUESTION, "A", 5, "m/x#a"), Step("b", SECTION, "B", 5, "m/x#b"))
    kept.show(staging.entered(kept.now, kept.now.step("a"), "first-time", NOW))
    kept.show(staging.entered(kept.now, kept.now.step("b"), "unused", NOW))
    kept.show(staging.backward(kept.now, NOW, "unused"))
    assert kept.now.stage.asking == "first-time"
    assert kept.now.stage.phase == READ
    assert [one.step.title for one in kept.now.asked.values()] == ["A"]


def test_phones_are_open_only_while_a_vote_is_taken():
    stage = replace(session.Stage("a", asking="1"), way=session.BOTH)
    assert [staging.in_phase(stage, one, NOW).is_open for one in session.PHASES] == [
        False, True, False, True, False]
    assert not staging.in_phase(session.Stage("a"), FIRST, NOW).is_open


# Votes -----------------------------------------------------------------------------------

BALLOT = Ballot("q", "Which?", (Line("A", "a", "Right", True), Line("B", "b", "Wrong", myth="m"),
                                Line("C", "c", "Also wrong")))


@pytest.mark.parametrize(("share", "move"), [(None, ""), (0, votes.EXPLAIN), (0.29, votes.EXPLAIN),
                                             (0.3, votes.DISCUSS), (0.7, votes.DISCUSS),
                                             (0.71, votes.SHORTLY), (1, votes.SHORTLY)])
def test_the_next_move_is_that_of_peer_instruction(share, move):
    assert votes.next_move(share) == move


def test_the_likely_error_is_what_most_of_the_others_chose():
    assert votes.likely_error(BALLOT, {}).letter == "B"
    assert votes.likely_error(BALLOT, {"a": 9, "b": 1, "c": 2}).letter == "C"
    assert votes.likely_error(votes.ballot_of_poll(Step("p", POLL, "P", choices=("x", "y"))),
                              {"1": 3}) is None
    assert votes.share_right(replace(BALLOT, several=True), {"a": 3}) is None


hands = st.dictionaries(st.sampled_from("abc"), st.integers(0, 999))


@given(hands, hands, st.integers(0, 500))
def test_bars_are_as_long_as_their_share_of_the_room_and_never_longer(first, second, room):
    for bar in votes.spread_of(BALLOT, first, second, room):
        assert 0 <= bar.first_percent <= 100
        assert 0 <= bar.second_percent <= 100
        most = max(room, 1, *first.values(), *second.values())
        assert bar.first_percent == pytest.approx(100 * bar.first / most, abs=0.06)
        assert (bar.second is None) == (not second)


# Times -----------------------------------------------------------------------------------

@pytest.mark.parametrize(("elapsed", "planned", "offered"), [
    (48, 50, 48), (90, 50, 90), (111, 50, 50), (-3, 50, 50), (24 * 60, 50, 50), (0, 50, 0),
    (700, 500, 700), (800, 500, 500)])
def test_a_clock_is_believed_as_long_as_it_can_be_right(elapsed, planned, offered):
    kept = Kept(Step("a", SECTION, "A", planned))
    assert presence.minutes_to_offer(kept.now, elapsed) == offered


def test_hours_belong_to_the_manual_that_most_of_the_plan_is_about():
    plan = [Step("a", SECTION, "A", 5, "som/x#a"), Step("b", QUESTION, "B", 8, "tip/x#b"),
            Step("c", "pause", "C", 60)]
    assert presence.manual_of(plan) == "tip"
    assert presence.manual_of([]) == ""


def test_the_latest_two_counts_are_enough_to_undo_one():
    kept = Kept(Step("a", QUESTION, "A", 5, "m/x#a"))
    first = staging.entered(kept.now, kept.now.step("a"), "1", NOW)
    kept.show(staging.in_phase(first, SECOND, NOW))
    assert kept.now.uncounted is None
    for hands_now, before in (({"x": 1}, {}), ({"x": 2}, {"x": 1})):
        kept.say(session.counted(kept.now, "1", SECOND, hands_now, LENA))
        assert kept.now.uncounted == before
