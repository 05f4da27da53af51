"""A trainer runs the four kinds of case with the room, and prints them."""

from __future__ import annotations

import re
import shutil
from html import unescape

import pytest

from course import FOLDS
from course.core import roomwork
from course.core.errors import BadResponse
from course.core.roomwork import Ballot, Line
from course.store.local import LocalStore

from .courses import RULES
from .test_cases import BUILD, DOORS, GATE, TALK
from .world import Learner, Staff, add_colleague, make_app, make_app_with_cases, set_up


@pytest.fixture
def app(tmp_path):
    return make_app_with_cases(tmp_path)


@pytest.fixture
def trainer(app):
    return Staff(app)


class Room:
    """A play with the room: the trainer's page and the wall."""

    def __init__(self, trainer, case, **first):
        self.trainer = trainer
        self.page = trainer.post(f"{case}/room", first)
        self.url = trainer.path

    def press(self, do, status=200, **fields):
        moment = re.search(r'name="moment" value="([^"]+)"', self.page)[1]
        self.page = self.trainer.post(self.url, {"moment": moment, "do": do, **fields},
                                      page=self.url, status=status)
        return self

    def hands(self, **count):
        """Fields for so many hands: `A=7, B=5`."""
        return {self.field(letter): str(n) for letter, n in count.items()}

    def field(self, letter):
        return re.search(rf'name="(v\.[^"]+)"[^>]*data-letter="{letter}"', self.page)[1]

    def letter(self, words):
        """The letter of the choice with these words."""
        rows = re.findall(r'<bdi>([A-Z])</bdi></b>\s*<span class="words"><span[^>]*>(.*?)</span>',
                          self.page)
        return next(letter for letter, text in rows if words in text)

    def decide(self, words, n=9):
        """Most hands are for this."""
        return self.press("decide", **self.hands(**{self.letter(words): n}))

    @property
    def wall(self):
        return self.trainer.get(f"{self.url}/wall")

    @property
    def statements(self):
        store = self.trainer.app.extensions["course"].store
        return [one for one in store.statements() if one.record.startswith("play:")]


def plain(page):
    """The words of a page as they are read."""
    joined = re.sub(r"</?(?:bdi|b|span|small)\b[^>]*>", "", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", joined)).split())


# The wall --------------------------------------------------------------------------------

SECRETS = ("He can speak freely", "Now the foreman knows", "Let each write", "Show of hands at",
           "A person speaks where nobody listens", "defensible", "leading", "threatening",
           "A threat closes", "He decides.", "Entry and gain", "It is in his hand")


@pytest.mark.parametrize("case", [GATE, TALK, BUILD, DOORS])
def test_the_wall_shows_no_key_no_kind_and_no_note_before_the_end(trainer, case):
    room = Room(trainer, case)
    for phase in ("tell", "vote", "talk"):
        wall = room.press(phase).wall
        assert not [one for one in SECRETS if one in wall], phase
        assert "<header" not in wall and "<form" not in wall


def test_the_wall_has_the_scene_and_lettered_choices_and_the_trainer_the_rest(trainer):
    room = Room(trainer, GATE)
    assert "A man waits on the other side." in room.wall
    assert re.findall(r"<bdi>([A-Z])</bdi>", room.wall) == ["A", "B", "C"]
    for words in ("Let each write one reason first", "He can speak freely", "Only on this screen"):
        assert words in room.page


def test_the_wall_says_when_nothing_has_changed(trainer):
    room = Room(trainer, GATE)
    answer = trainer.client.get(f"{room.url}/wall")
    version = re.search(r'data-follow="([^"]+)"', answer.text)[1]
    same = trainer.client.get(f"{room.url}/wall", headers={"If-None-Match": f'"{version}"'})
    assert (same.status_code, same.data) == (304, b"")
    room.press("talk")
    after = trainer.client.get(f"{room.url}/wall", headers={"If-None-Match": f'"{version}"'})
    assert after.status_code == 200
    assert "Talk with those beside you." in after.text


# Deciding --------------------------------------------------------------------------------

def test_most_hands_decide_and_stand_in_the_statement(trainer):
    room = Room(trainer, GATE)
    right, other = room.letter("Talk to the man"), room.letter("Wait for")
    fields = room.hands(**{right: 12, other: 5})
    room.press("decide", **fields)
    assert "He looks back once" in room.wall
    kept = room.statements[-1]
    assert sorted(kept.result["votes"][1].values()) == [5, 12]


def test_the_room_votes_talks_and_votes_again(trainer):
    room = Room(trainer, GATE)
    right, other = room.letter("Talk to the man"), room.letter("Ask the foreman")
    room.press("talk", **room.hands(**{right: 4, other: 11}))
    assert "Talk with those beside you" in room.wall
    assert "First vote: 11" in plain(room.page)
    assert "He looks back once" not in room.wall
    room.press("decide", **room.hands(**{right: 10, other: 5}))
    assert "He looks back once" in room.wall
    first, second = room.statements[-1].result["votes"]
    assert sorted(first.values()) == [4, 11]
    assert sorted(second.values()) == [5, 10]


def test_after_the_talk_the_first_hands_decide_when_nobody_was_counted_again(trainer):
    room = Room(trainer, GATE)
    room.press("talk", **room.hands(**{room.letter("Talk to the man"): 4})).press("decide")
    assert "He looks back once" in room.wall


def test_the_trainer_may_take_another_way(trainer):
    room = Room(trainer, GATE)
    most = room.letter("Talk to the man")
    taken = room.field(room.letter("Ask the foreman"))[2:]
    room.press("decide", r=taken, **room.hands(**{most: 20}))
    assert "The foreman makes a call." in room.wall


@pytest.mark.parametrize(("hands", "says"), [
    ({}, "Give an answer first"), ({"A": 5, "B": 5}, "As many hands"),
    ({"A": "many"}, "Write a number"), ({"A": "-1"}, "Write a number"),
    ({"A": "1000"}, "Write a number")])
def test_what_decides_nothing_is_refused_and_the_hands_stay(trainer, hands, says):
    room = Room(trainer, GATE)
    room.press("decide", status=422, **room.hands(**hands))
    assert says in room.page
    for n in hands.values():
        assert f'value="{n}"' in room.page


def test_a_page_that_is_behind_changes_nothing(trainer):
    room = Room(trainer, GATE)
    old = room.page
    room.decide("Talk to the man")
    before = len(room.statements)
    room.page = old
    room.decide("Wait for")
    assert len(room.statements) == before
    assert "Which facts decide?" in room.page


def test_hands_are_kept_without_deciding(trainer):
    room = Room(trainer, GATE)
    room.press("count", **room.hands(A=7))
    assert 'value="7"' in trainer.get(room.url)


# The four kinds --------------------------------------------------------------------------

def test_a_scenario_to_its_end_and_the_debrief_on_the_wall(trainer):
    room = Room(trainer, GATE).decide("Talk to the man")
    a, b = room.letter("can hear you"), room.letter("looks at the foreman")
    room.press("decide", **room.hands(**{a: 9, b: 5, room.letter("gate is green"): 2}))
    room.decide("Count the people")
    assert "Everyone is seen" in room.wall
    assert "Looking back" not in room.wall
    room.press("look-back")
    for page in (room.page, room.wall):
        assert "2 of 2, passed" in plain(page)
        assert "A person speaks where nobody listens" in page
    assert 'class="wall"' in room.wall


def test_an_interview_asks_what_to_say_next(trainer):
    room = Room(trainer, TALK).decide("You can stop")
    assert "What do you ask?" in room.wall
    room.decide("Tell me about a day")
    assert "I carried boxes" in room.wall
    assert "What his work was" in room.page
    room.decide("Thank you").decide("What else").press("look-back")
    assert "How you asked" in room.wall


def test_the_written_exercise_can_be_done_instead(trainer):
    room = Room(trainer, TALK, at="written")
    assert "Which line is better?" in room.wall


def test_a_sorter_asks_class_then_facts_then_the_changed_fact(trainer):
    room = Room(trainer, DOORS)
    for _ in range(2):
        is_van = "no papers" in room.wall
        room.decide("Smuggling" if is_van else "Neither")
        assert "Which facts decide?" in room.wall
        assert "Where to read" not in room.wall
        room.decide("He was paid" if is_van else "Nobody was recruited")
        assert "Entry and gain" in room.wall or "labour office" in room.wall
        room.press("vote")
        assert "And if" in room.wall
        room.decide("Both" if is_van else "Trafficking").press("vote")
    room.press("look-back")
    assert "2 of 2, passed" in plain(room.wall)
    votes = [one.result["votes"] for one in room.statements if "votes" in one.result]
    assert len(votes[0][1]) == 2  # the class and the fact of one move


def test_an_evidence_file_goes_exhibit_by_exhibit_and_ends_with_the_charge(trainer):
    room = Room(trainer, BUILD)
    assert "A. </td>" in room.wall or "A.</td>" in room.wall
    room.press("cells", **{"r.e1.foreman.knowledge": "proves"})
    assert "proves" in room.wall
    assert "A ledger" in room.wall
    room.press("go", place="e2")
    assert "Come on Monday" in room.wall
    room.press("go", place="charge-foreman").decide("Trafficking")
    room.press("go", place="note").press("decide", r="The ledger shows it.")
    assert "The ledger shows it." in room.wall
    room.press("look-back")
    assert "Exhibit by exhibit" in room.wall


def test_a_file_cannot_be_closed_before_it_is_charged(trainer):
    room = Room(trainer, BUILD).press("look-back", status=409)
    assert "no answer yet" in room.page
    Room(trainer, BUILD).press("go", place="nowhere", status=404)


# Keeping ---------------------------------------------------------------------------------

def test_a_play_survives_a_restart_and_is_gone_on_with(tmp_path):
    content = tmp_path / "content"
    shutil.copytree(RULES / "course", content)

    def opened():
        return make_app(tmp_path, LocalStore(tmp_path / "data", FOLDS), content=content)

    app = opened()
    set_up(app)
    room = Room(Staff(app), GATE)
    room.press("talk", **room.hands(A=3))
    app.extensions["course"].store.close()
    again = opened()
    try:
        trainer = Staff(again)
        assert "First vote: 3" in plain(trainer.get(room.url))
        assert Room(trainer, GATE).url == room.url
        assert Room(trainer, GATE, anew="1").url != room.url
    finally:
        again.extensions["course"].store.close()


def test_a_play_is_nobody_s_progress_and_nobody_else_s(app, trainer):
    add_colleague(trainer, "trainer", "T-1")
    other, learner = Staff(app, "T-1"), Learner(app)
    room = Room(trainer, GATE).decide("Talk to the man")
    other.get(room.url, status=404)
    learner.get(room.url, status=403)
    store = app.extensions["course"].store
    assert store.record_ids("learner") in ([], [f"learner:{learner.id}"])
    assert "Nobody has played it" in trainer.get(f"{GATE}/class")


def test_earlier_plays_are_listed(trainer):
    room = Room(trainer, GATE).decide("Talk to").decide("can hear you").decide("Leave again")
    room.press("look-back")
    assert room.url in trainer.get(f"{GATE}/room")


# What most hands are for -----------------------------------------------------------------

def ballot(several):
    return Ballot("x", "", tuple(Line(one.upper(), one, one) for one in "abc"), several)


@pytest.mark.parametrize(("several", "votes", "expected"), [
    (False, {"a": 3, "b": 2}, ["a"]), (False, {"a": 2, "b": 2}, ["a", "b"]), (False, {}, []),
    (True, {"a": 9, "b": 5, "c": 4}, ["a", "b"]), (True, {"a": 1, "c": 1}, ["a", "c"]),
    (True, {}, [])])
def test_leading(several, votes, expected):
    assert roomwork.leading(ballot(several), votes) == expected


def test_what_is_said_must_be_on_the_ballot():
    with pytest.raises(BadResponse):
        roomwork.decided(ballot(False), {"a": 1}, {"r": ["z"]})


# Paper -----------------------------------------------------------------------------------

def parts(page):
    """The exercise and the key."""
    exercise, key = page.split("paper-key", 1)
    return exercise, key


@pytest.mark.parametrize(("case", "asked", "hidden"), [
    (GATE, "What do you do first?", ("He can speak freely", "He looks back once", "Let each write",
                                     "The lights go out")),
    (TALK, "What do you ask?", ("I carried boxes", "He tells it in his order", "threatening")),
    (BUILD, "What do you charge the foreman with?", ("It is in his hand", "The ledger carries it")),
    (DOORS, "Which facts decide?", ("Entry and gain", "Now there is a purpose"))])
def test_the_exercise_asks_and_the_key_answers(trainer, case, asked, hidden):
    exercise, key = parts(trainer.get(f"{case}/paper"))
    assert asked in exercise
    for words in hidden:
        assert words not in exercise, words
        assert words in key, words


def test_no_learner_gets_the_paper(app):
    Learner(app).get(f"{GATE}/paper", status=403)


def test_choices_lead_to_numbers_or_the_trainer_says_when(trainer):
    exercise, key = map(plain, parts(trainer.get(f"{GATE}/paper")))
    assert "Leave again → go to 5" in exercise
    assert "Count the people → your trainer says where to go on" in exercise
    assert "if warned: yes, go to 4; otherwise go to 3" in key
    assert "Read aloud if warned: yes: The lights go out." in key
    assert "As soon as Hours until the gate closes is 0 or less, go to 5" in key
    assert "Offered only if warned: no." in key
    assert "Hours until the gate closes −1" in key


def test_the_key_has_the_letters_of_the_exercise(trainer):
    exercise, key = parts(trainer.get(f"{TALK}/paper"))
    letters = re.findall(r'<li><b class="letter"><bdi>([A-Z])</bdi>', exercise)
    answers = re.findall(r"<p><b><bdi>([A-Z])</bdi>", key)
    assert letters == answers
    assert "The written exercise begins at 6 instead." in plain(exercise)
    assert "stay here and choose again" in exercise


def test_the_start_page_leads_staff_there_and_learners_not(app, trainer):
    links = [f"{GATE}/{one}" for one in ("room", "class", "paper")]
    assert all(f'href="{one}"' in trainer.get(GATE) for one in links)
    page = Learner(app).get(GATE)
    assert not any(f'href="{one}"' in page for one in links)
