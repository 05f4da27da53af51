"""What a class chose in a case, as its trainer sees it; and the counting behind it."""

from __future__ import annotations

import re
from html import unescape

import pytest

from course.core import casework, classwork, scoring, walk
from course.core.casework import Move

from .test_cases import BUILD, DOORS, GATE, TALK, Play
from .world import Learner, Staff, make_app_with_cases

NAMES = ("Ardis, Alvi", "Brell, Calen", "Carrow, Dessa")


@pytest.fixture
def app(tmp_path):
    return make_app_with_cases(tmp_path)


@pytest.fixture
def trainer(app):
    return Staff(app)


@pytest.fixture
def learners(app):
    return [Learner(app, name, f"N-{n}") for n, name in enumerate(NAMES)]


def case_of(app, address):
    _, _, manual, name, _ = address.split("/")
    return app.extensions["course"].library.case(f"{manual}/{name}", "en")


def plays(app, learner, address, *moves):
    """Keep a whole try, as the pages would; moves are (what is asked, the response)."""
    case, store = case_of(app, address), app.extensions["course"].store
    record_id = f"learner:{learner.id}"
    attempt_id = f"a{len(learner.document.get('attempts', ()))}"

    def keep(make):
        with store.record(record_id) as record:
            record.append(make(record.document))

    keep(lambda _: casework.start(case, attempt_id, "s", [one.id for one in case.vignettes]
                                  if address == DOORS else ()))
    for move in moves:
        keep(lambda document, move=move: casework.made(
            scoring.attempt(document, attempt_id), case, Move(*move)))
    keep(lambda document: casework.close(scoring.attempt(document, attempt_id), case))
    return attempt_id


def plain(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def through_the_gate(learner, first="Talk to the man", reason="can hear you", second="Count"):
    return Play(learner, GATE).choose(first).choose(reason).choose(second)


# Who may, and of whom --------------------------------------------------------------------

@pytest.mark.parametrize("case", [GATE, TALK, BUILD, DOORS])
def test_before_anybody_has_played_the_page_says_so(trainer, learners, case):
    page = trainer.get(f"{case}/class")
    assert "Nobody has played it to an end yet." in page
    assert page.count("Not begun") == len(NAMES)


def test_a_learner_sees_nothing_of_the_class(learners):
    learners[0].get(f"{GATE}/class", status=403)


def test_a_removed_learner_is_left_out(app, trainer, learners):
    for one in learners:
        through_the_gate(one)
    trainer.post(f"/staff/people/{learners[2].id}/remove", page=f"/staff/people/{learners[2].id}")
    page = trainer.get(f"{GATE}/class")
    assert "The latest tries of 2 learners" in plain(page)
    assert NAMES[2] not in page


# Story -----------------------------------------------------------------------------------

def test_a_scenario_is_counted_scene_by_scene(trainer, learners):
    through_the_gate(learners[0])
    through_the_gate(learners[1], reason="The gate is green")
    through_the_gate(learners[2], first="Ask the foreman", second="Leave again")
    page = plain(trainer.get(f"{GATE}/class"))
    assert "The latest tries of 3 learners" in page
    assert re.search(r"Talk to the man where nobody hears him 2 of 3", page)
    assert re.search(r"Ask the foreman about him 1 of 3", page)
    assert re.search(r"The gate is green 1 of 3", page)
    assert re.search(r"Everyone is seen 2 of 3", page)
    assert "%" not in page


def test_the_latest_try_counts_or_every_one(trainer, learners):
    through_the_gate(learners[0], first="Ask the foreman")
    through_the_gate(learners[0])
    assert "Ask the foreman about him 0 of 1" in plain(trainer.get(f"{GATE}/class"))
    every = plain(trainer.get(f"{GATE}/class?tries=all"))
    assert "Ask the foreman about him 1 of 2" in every
    assert "2 tries · 1 learner" in every


def test_a_scene_that_nobody_reached_says_so(trainer, learners):
    play = Play(learners[0], TALK).choose("If you lie").choose("He took your passport")
    play.choose("Thank you").choose("I will get you")
    page = plain(trainer.get(f"{TALK}/class"))
    assert "Which line is better? Nobody came here." in page


def test_an_interview_shows_kinds_facts_and_care(trainer, learners):
    for one, first in zip(learners, ("You can stop", "If you lie", "If you lie"), strict=True):
        play = Play(one, TALK).choose(first).choose("He took your passport")
        play.choose("Tell me about a day").choose("Thank you").choose("What else should I know")
    page = plain(trainer.get(f"{TALK}/class"))
    assert "3 interviews" in page
    assert "open 6 of 11" in page
    assert "leading 3 of 11" in page
    assert "threatening 2 of 11" in page
    assert re.search(r"What his work was 3 0 0", page)
    assert re.search(r"Where his paper is 0 3 0", page)
    assert "Told that he can stop 1 of 3" in page
    assert "Offered a break must be done to pass 0 of 3" in page


def test_who_did_the_written_exercise_had_no_interview(app, trainer, learners):
    Play(learners[0], TALK, at="written").choose("Tell me about your day")
    page = plain(trainer.get(f"{TALK}/class"))
    assert "0 interviews" in page
    assert "The exercise is done 1 of 1" in page


# Evidence and sorter ---------------------------------------------------------------------

def test_an_evidence_file_shows_each_cell_against_the_key(app, trainer, learners):
    theft = next(one.id for one in case_of(app, BUILD).charge[0].choices if one.text == "Theft")
    right = case_of(app, BUILD).charge[0].key()
    for one, mark, charge in ((learners[0], "proves", right), (learners[1], "supports", [theft])):
        plays(app, one, BUILD, ("e1/foreman", {"knowledge": mark}), ("charge-foreman", charge),
              ("note", "A note."))
    page = plain(trainer.get(f"{BUILD}/class"))
    assert "■ proves 1 of 2 1 ◧ supports" in page
    assert "⊘ not admissible 0 of 2 2 – says nothing" in page
    assert "Theft 1 of 2" in page
    assert "2 notes were written" in page
    assert "A note." not in page


def test_a_sorter_shows_what_was_taken_for_what_and_the_hardest_first(app, trainer, learners):
    van, shop = case_of(app, DOORS).vignettes
    for one, answer in ((learners[0], "tip"), (learners[1], "som")):
        plays(app, one, DOORS, ("van", {"class": answer, "facts": [van.facts[0].id]}),
              ("van/change", "both"),
              ("shop", {"class": "neither", "facts": [shop.facts[1].id]}), ("shop/change", "tip"))
    page = trainer.get(f"{DOORS}/class")
    assert plain(page).index("The van") < plain(page).index("The shop")
    assert "It is: Smuggling of migrants 1 of 2" in plain(page)
    assert "It is: Neither 2 of 2" in plain(page)
    assert page.count('<td class="wrong">') == 1


# One try ---------------------------------------------------------------------------------

def test_a_try_is_gone_through_again_step_by_step(trainer, learners):
    play = through_the_gate(learners[0], reason="The gate is green")
    page = trainer.get(f"{GATE}/class")
    link = re.search(r'href="(/staff/tries/[^"]+)"', page)[1]
    assert link.endswith(play.url.rpartition("/")[2])
    replay = trainer.get(link)
    for words in (NAMES[0], "The whole of it, step by step", "He looks back once",
                  "decides, not given"):
        assert words in replay
    assert "Try it again" not in replay
    learners[1].get(link, status=403)


def test_an_open_try_is_nobody_s_to_look_at(trainer, learners):
    play = Play(learners[0], GATE).choose("Talk to the man")
    assert "Still open" in trainer.get(f"{GATE}/class")
    attempt = play.url.rpartition("/")[2]
    trainer.get(f"/staff/tries/{learners[0].id}/{attempt}", status=404)
    trainer.get(f"/staff/tries/nobody/{attempt}", status=404)
    trainer.get(f"/staff/tries/{learners[1].id}/{attempt}", status=404)


# The counting alone ----------------------------------------------------------------------

@pytest.mark.parametrize("address", [GATE, TALK])
def test_nobody_is_counted_twice_in_a_scene(app, address):
    from random import Random
    case = case_of(app, address)
    paths = [walk.played(case, Random(seed), 0.5) for seed in range(40)]
    count = classwork.story(case, paths)
    assert count.of == sum(n for _, n in count.outcomes) == 40
    for scene in count.scenes:
        assert all(n <= scene.reached for _, n in scene.options)
        assert all(n <= scene.reasoned for _, n in scene.reasons)
        if not scene.scene.step.again:
            assert sum(n for _, n in scene.options) <= scene.reached


def test_a_path_of_an_older_file_is_counted_as_far_as_it_still_goes(app):
    case = case_of(app, GATE)
    count = classwork.story(case, [[Move("gate", "no-such"), Move("nowhere", "x")]])
    assert count.of == 1
    assert not any(scene.reached for scene in count.scenes)
