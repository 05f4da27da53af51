"""A learner plays the four kinds of case through the real app, on the small cases of the check."""

from __future__ import annotations

import re
import time

import pytest

from .world import Learner, make_app_with_cases

GATE, TALK, BUILD, DOORS = (f"/manuals/demo-cases/{name}/case"
                            for name in ("gate", "talk", "build", "doors"))


@pytest.fixture
def app(tmp_path):
    return make_app_with_cases(tmp_path)


@pytest.fixture
def learner(app):
    return Learner(app)


class Play:
    """One try: looks at the page, chooses by the words of a choice."""

    def __init__(self, learner, case, **first):
        self.learner = learner
        self.page = learner.post(case, first)
        self.url = learner.path

    def choose(self, *words, field="r", **rest):
        """Tick what has these words in it, and send the page's form."""
        ask = re.search(r'name="ask" value="([^"]+)"', self.page)[1]
        n = re.search(rf'{self.url}/(\d+)#now', self.page)[1]
        values = {field: [self.value(one) for one in words],
                  **{name: [self.value(one) for one in some] for name, some in rest.items()}}
        self.page = self.learner.post(f"{self.url}/{n}", {"ask": ask, **values}, page=self.url)
        return self

    def value(self, words):
        rows = re.findall(r'name="(?:r|facts)" value="([^"]+)"[^>]*> *(?:<span[^>]*>)?([^<]*)',
                          self.page)
        return next(value for value, text in rows if words in text)

    @property
    def attempt(self):
        return self.learner.document["attempts"][self.url.rpartition("/")[2]]

    @property
    def answers(self):
        return self.attempt.get("answers", {})

    @property
    def score(self):
        return self.attempt["summary"]["score"], self.attempt["summary"]["of"]


# Scenario --------------------------------------------------------------------------------

def test_right_decisions_for_right_reasons_lead_to_the_good_end(learner):
    play = Play(learner, GATE).choose("Talk to the man")
    assert "He looks back once" in play.page
    assert "Which facts decide?" in play.page
    play.choose("can hear you", "looks at the foreman").choose("Count the people")
    assert "Everyone is seen" in play.page
    assert play.score == (2, 2)


def test_a_right_decision_for_a_wrong_reason_earns_less(learner):
    play = Play(learner, GATE).choose("Talk to the man").choose("The gate is green")
    play.choose("Count the people")
    assert play.score == (1.5, 2)
    assert "decides, not given" in play.page


def test_an_earlier_choice_changes_a_later_scene_and_what_is_offered(learner):
    warned = Play(learner, GATE).choose("Ask the foreman").choose("can hear you")
    assert "The lights go out" in warned.page
    assert "Call the works office" not in warned.page
    assert "In the dark" in warned.choose("Count the people").page


def test_time_runs_out(learner):
    play = Play(learner, GATE)
    assert "Hours until the gate closes" in play.page
    play.choose("Wait for your colleague").choose("can hear you")
    assert "The gate is closed" in play.page


def test_the_debrief_names_the_law_and_the_alternative_of_every_decision(learner):
    play = Play(learner, GATE).choose("Ask the foreman").choose("The gate is green")
    play.choose("Leave again")
    for words in ("Now the foreman knows", "Better:", "He can speak freely",
                  "A person speaks where nobody listens", "Count first"):
        assert words in play.page
    assert "/manuals/demo-basic/lesson/what-counts" in play.page


# Whatever happens ------------------------------------------------------------------------

def test_a_try_is_taken_up_again_at_the_same_scene(app, learner):
    play = Play(learner, GATE).choose("Talk to the man").choose("can hear you")
    home = learner.get("/home")
    assert play.url in home
    assert "Case study, step <bdi>3</bdi>" in home
    again = Play(learner, GATE)
    assert again.url == play.url
    assert "You are in the yard" in again.page


def test_a_form_that_is_sent_twice_is_one_choice(learner):
    play = Play(learner, GATE)
    choice = play.value("Talk to the man")
    for _ in range(2):
        learner.post(f"{play.url}/1", {"ask": "gate", "r": choice}, page=play.url)
    assert len(play.answers) == 1


@pytest.mark.parametrize(("sent", "status"), [
    ({"ask": "gate"}, 422), ({"ask": "gate", "r": "no-such"}, 422),
    ({"ask": "gate", "r": ["a", "b"]}, 422), ({"ask": "yard", "r": "x"}, 404),
    ({"ask": "\0", "r": "\ud800".encode("utf-8", "surrogatepass")}, 404), ({}, 404),
])
def test_what_is_not_offered_is_refused_and_nothing_is_lost(learner, sent, status):
    play = Play(learner, GATE)
    learner.post(f"{play.url}/1", sent, page=play.url, status=status)
    assert play.answers == {}
    play.choose("Talk to the man")
    assert len(play.answers) == 1


def test_a_try_of_somebody_else_is_not_there(app, learner):
    play = Play(learner, GATE)
    other = Learner(app, "Brell, Calen", "B-2")
    other.get(play.url, status=404)
    other.post(f"{play.url}/1", {"ask": "gate", "r": "x"}, page="/home", status=404)
    other.post(f"{play.url}/close", page="/home", status=404)


def test_a_try_cannot_be_closed_before_its_end_nor_changed_after_it(learner):
    play = Play(learner, GATE)
    learner.post(f"{play.url}/close", page=play.url, status=409)
    play.choose("Talk to the man").choose("can hear you").choose("Count the people")
    before = play.attempt
    learner.post(f"{play.url}/4", {"ask": "yard", "r": "x"}, page="/home")
    learner.post(f"{play.url}/close", page="/home")
    assert play.attempt == before


def test_several_tries_are_all_kept_and_the_case_is_done_with_the_first(learner):
    for words in ("Talk to the man", "Ask the foreman"):
        Play(learner, GATE).choose(words).choose("can hear you").choose("Leave again")
    page = learner.get(GATE)
    assert "Try <bdi>1</bdi>" in page
    assert "Try <bdi>2</bdi>" in page
    assert "Done, <bdi>" in learner.get("/manuals/demo-cases")
    assert "Done, <bdi>" in learner.get("/cases")


def test_what_is_sent_while_a_case_is_played_holds_no_key(learner):
    """No mark, no kind of question, no assessment, no trainer's note, before the end."""
    hidden = ("trainer", "Show of hands", "Let each write", "He can speak freely",
              "Now the foreman", "Count first", "defensible", "leading", "probing",
              "A threat closes", "Better:", "It leads", "myth")
    scenario, interview = Play(learner, GATE), Play(learner, TALK)
    pages = [learner.get(GATE), learner.get(TALK), scenario.page, interview.page,
             scenario.choose("Talk to the man").page, interview.choose("You can stop").page]
    assert not [one for one in hidden for page in pages if one in page]


# Interview -------------------------------------------------------------------------------

def test_open_questions_bring_what_leading_ones_spoil(learner):
    good = Play(learner, TALK).choose("You can stop").choose("rest a little")
    good.choose("a day at the works")
    assert "The foreman has my paper in a drawer" in good.page
    good.choose("Let us come to an end").choose("What else")
    assert "100%" in good.page
    assert "He tells it in his order" in good.page
    bad = Play(learner, TALK).choose("If you lie").choose("took your passport")
    bad.choose("Let us come to an end").choose("get you a permit")
    assert "spoiled: your words, not theirs" in bad.page
    assert "questions that did harm" in bad.page
    assert "must be done to pass" in bad.page
    assert "In the try before it was" in bad.page
    assert bad.score < good.score


def test_who_is_not_believed_says_less(learner):
    play = Play(learner, TALK).choose("If you lie").choose("a day at the works")
    assert "from six to six" in play.page
    assert "my paper in a drawer" not in play.page


def test_the_written_exercise_takes_the_place_of_the_talk(learner):
    play = Play(learner, TALK, at="written")
    assert "Which line is better?" in play.page
    assert "not yet told" not in play.page
    play.choose("Tell me about your day")
    assert play.score == (1, 1)


# Evidence --------------------------------------------------------------------------------

def cells(**marks):
    """A form of one exhibit: `foreman_act="proves"`."""
    return {f"r.e1.{name.replace('_', '.')}": mark for name, mark in marks.items()}


def test_an_evidence_file_is_marked_cell_by_cell_and_charged(learner):
    play = Play(learner, BUILD)
    learner.post(f"{play.url}/exhibits/e1", cells(
        foreman_knowledge="proves", owner_knowledge="proves", foreman_act="contradicts",
        owner_act="nothing"), page=f"{play.url}/exhibits/e1")
    assert "One exhibit only" in learner.get(play.url)
    learner.post(f"{play.url}/close", page=play.url, status=409)
    charge = learner.get(f"{play.url}/charge")
    right = re.search(r'value="(\w+)"[^>]*> <span>Trafficking', charge)[1]
    learner.post(f"{play.url}/charge/charge-foreman", {"r": right}, page=f"{play.url}/charge")
    learner.post(f"{play.url}/charge/note", {"r": "He kept the ledger."},
                 page=f"{play.url}/charge")
    page = learner.post(f"{play.url}/close", page=play.url)
    assert play.score == (1.5, 3)  # e1: 1, half and none of three; e2 nothing; the charge
    for words in ("It is in his hand", "Never used:", "not admissible", "The ledger carries it",
                  "He kept the ledger."):
        assert words in page
    assert "E1. A ledger" in learner.get(f"{play.url}/sheet")


def test_cells_and_charges_can_be_changed_until_the_file_is_closed(learner):
    play = Play(learner, BUILD)
    for mark in ("proves", "supports", "nothing"):
        learner.post(f"{play.url}/suspects/foreman", cells(foreman_act=mark,
                                                           foreman_knowledge="nothing"),
                     page=f"{play.url}/suspects/foreman")
    assert play.answers["e1/foreman"][0] == {}


@pytest.mark.parametrize("bad", [{"foreman_act": "likes"}, {"foreman_act": "<b>"}])
def test_a_mark_that_there_is_not_is_refused(learner, bad):
    play = Play(learner, BUILD)
    learner.post(f"{play.url}/exhibits/e1", cells(**bad), status=422,
                 page=f"{play.url}/exhibits/e1")
    assert play.answers == {}


@pytest.mark.parametrize("there", ["exhibits/e9", "suspects/nobody", "charge/none"])
def test_an_exhibit_that_there_is_not_is_not_found(learner, there):
    play = Play(learner, BUILD)
    learner.post(f"{play.url}/{there}", {}, page=play.url, status=404)


# Sorter ----------------------------------------------------------------------------------

def test_a_sorter_asks_for_class_facts_and_the_changed_fact(learner):
    play = Play(learner, DOORS)
    answers = {"The van": ("Smuggling", "He was paid", "Both"),
               "The shop": ("Trafficking", "Nobody was recruited", "Trafficking")}
    for _ in range(2):
        title = re.search(r'<h1 class="heading">(.*?)</h1>', play.page)[1]
        first, fact, second = answers[title]
        play.choose(first, facts=[fact])
        play.choose(second)
    assert "What you took for what" in play.page
    assert play.attempt["summary"]["table"] == {
        "som>som": 1, "both>both": 1, "neither>tip": 1, "tip>tip": 1}
    assert play.score == (1.5, 2)  # of the shop: the facts and the change, not the class


def test_a_class_without_a_fact_is_asked_for_again(learner):
    play = Play(learner, DOORS)
    ask = re.search(r'name="ask" value="([^"]+)"', play.page)[1]
    page = learner.post(f"{play.url}/1", {"ask": ask, "r": "tip"}, page=play.url, status=422)
    assert "Give an answer first" in page


# Progress --------------------------------------------------------------------------------

def test_a_case_counts_by_objective(learner):
    Play(learner, GATE).choose("Talk to the man").choose("can hear you").choose("Leave again")
    page = learner.get("/progress")
    assert "Put people before the file" in page
    assert "The gate at six" in page


# A bad file ------------------------------------------------------------------------------

@pytest.mark.parametrize(("line", "instead"), [
    ("-> dark {when warned}", "-> nowhere"), ("{-> closed}", "{-> nowhere}"),
    ("hours-1", "hours minus one"), ("when not warned", "when ("),
    ("## In the dark {#dark}", "## In the dark {#dusk}"), ("- (x) Talk", "- (yes) Talk"),
    ("#### Which facts decide?", "####"), ("-> end", "->"), ("## ", "# "),
])
def test_a_mistake_in_a_file_takes_no_page_down(tmp_path, line, instead):
    """What is wrong is reported to the authors; learners go on, or are told it is not there."""
    learner = Learner(make_app_with_cases(tmp_path, line, instead))
    learner.get("/manuals/demo-cases")
    learner.get(GATE, status=None)
    assert learner.last.status_code in (200, 404)
    if learner.last.status_code == 200:
        page = learner.post(GATE)
        url = learner.path
        for n in range(1, 6):
            ask = re.search(r'name="ask" value="([^"]+)"', page)
            if ask:
                choice = re.findall(r'name="r" value="([^"]+)"', page)[0]
                page = learner.post(f"{url}/{n}", {"ask": ask[1], "r": choice}, page=url)
        assert learner.last.status_code == 200


def test_a_vignette_that_leaves_the_file_takes_no_try_with_it(app, learner):
    """What is left is played on; where nothing is, the try can be closed."""
    play = Play(learner, DOORS)
    title = re.search(r'<h1 class="heading">(.*?)</h1>', play.page)[1]
    fact = {"The van": "He was paid", "The shop": "Nobody was recruited"}[title]
    play.choose("Both", facts=[fact]).choose("Both")
    file = app.extensions["course"].library.roots.content / "modules/demo-cases/doors.md"
    before, van, shop = re.split(r"(?=^## The (?:van|shop))", file.read_text(), flags=re.M)
    file.write_text(before + (van if title == "The van" else shop))
    time.sleep(1.1)
    assert "Look back on it" in learner.get(play.url)
    learner.post(f"{play.url}/close", page=play.url)
    assert play.score[1] == 1


def test_a_try_says_when_its_case_has_changed_since(app, learner):
    play = Play(learner, GATE).choose("Talk to the man").choose("can hear you", "looks at")
    play.choose("Count the people")
    assert "The case has changed since this try" not in learner.get(play.url)
    file = app.extensions["course"].library.roots.content / "modules/demo-cases/gate.md"
    file.write_text(file.read_text().replace("Count the people", "Count everybody"))
    time.sleep(1.1)
    assert "The case has changed since this try" in learner.get(play.url)
    assert play.score == (2, 2)
