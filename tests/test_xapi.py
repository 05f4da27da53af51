"""xAPI: what was learned goes out once, in the standard's form, and nothing private with it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from course import FOLDS
from course.core.people import REGISTRAR, Person
from course.core.standing import attend
from course.exchange.xapi import as_lines, exported, home_page_of, statement_id
from course.store import MemoryStore
from course.store.local import LocalStore

from .issuing import NAMES, Desk, new_signer
from .test_command_line import course
from .world import Learner, make_app, set_up

HOME = "https://academy.example/"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder in which one learner has failed, passed, attended and been certified."""
    folder = tmp_path_factory.mktemp("class")
    store = LocalStore(folder / "data", FOLDS)
    app = make_app(folder, store)
    set_up(app)
    learner = Learner(app)
    learner.answers(learner.starts(), right=False)
    learner.answers(learner.starts())
    with store.record(f"learner:{learner.id}") as record:
        record.append(attend(Person(learner.id, "", "", "learner", "en", ""), "tip", 90,
                             Person("reg", "R. Ames", "R-1", REGISTRAR, "en", "")))
    desk = Desk(new_signer(), store)
    wrong = desk.issue(NAMES["arabic"], person=learner.id)
    right = desk.issue(NAMES["arabic"], person=learner.id, supersedes=wrong)
    desk.supersede(wrong, right)
    store.close()
    return folder / "data"


@pytest.fixture(scope="module")
def history(data):
    store = LocalStore(data, FOLDS)
    try:
        return list(store.statements())
    finally:
        store.close()


@pytest.fixture(scope="module")
def shapes(history):
    return list(exported(history, HOME))


def verbs(shapes):
    return [one["verb"]["display"]["en"] for one in shapes]


def test_what_a_learner_did_is_told_from_enrolling_to_certificate(shapes):
    told = verbs(shapes)
    assert told[0] == "registered"
    assert told.index("initialized") < told.index("answered") < told.index("failed")
    assert told.index("failed") < told.index("passed") < told.index("attended")
    assert told[-3:] == ["completed", "completed", "voided"]
    assert set(told) <= {"registered", "experienced", "initialized", "answered", "failed",
                         "passed", "attended", "completed", "voided"}


def test_every_statement_has_the_form_of_the_standard(shapes):
    """What xAPI 1.0.3, part two, says a statement must be."""
    for one in shapes:
        assert one.keys() <= {"id", "actor", "verb", "object", "result", "context", "timestamp",
                              "version"}
        assert UUID(one["id"]).version == 5
        assert one["actor"].keys() == {"objectType", "account"}
        assert one["actor"]["account"]["homePage"] == HOME
        assert one["actor"]["account"]["name"]
        assert urlsplit(one["verb"]["id"]).scheme == "http"
        assert DATE.fullmatch(one["timestamp"]) and datetime.fromisoformat(one["timestamp"])
        if one["object"]["objectType"] == "Activity":
            assert one["object"]["id"].startswith(HOME) and " " not in one["object"]["id"]
            assert one["object"]["definition"]["type"].startswith("http://adlnet.gov/")
        else:
            assert one["object"]["objectType"] == "StatementRef" and "context" not in one
        score = one.get("result", {}).get("score")
        assert score is None or (0 <= score["scaled"] <= 1
                                 and score["min"] <= score["raw"] <= score["max"])
        assert isinstance(one.get("result", {}).get("response", ""), str)
        if "registration" in one.get("context", {}):
            UUID(one["context"]["registration"])
        assert "null" not in json.dumps(one)


def test_answers_and_their_try_belong_together(shapes):
    tries = {}
    for one in shapes:
        if "registration" in one.get("context", {}):
            tries.setdefault(one["context"]["registration"], []).append(one)
    assert len(tries) == 2
    for steps in tries.values():
        assert verbs(steps)[0] == "initialized" and verbs(steps)[-1] in {"passed", "failed"}
        assert {step["context"]["contextActivities"]["parent"][0]["id"] for step in steps} == {
            steps[0]["object"]["id"]}
        assert steps[-1]["result"]["success"] == (verbs(steps)[-1] == "passed")
        assert all("success" in step["result"] for step in steps[1:-1])


def test_a_record_that_no_longer_holds_voids_its_announcement(shapes):
    first, second, voided = shapes[-3:]
    assert voided["object"] == {"objectType": "StatementRef", "id": first["id"]}
    assert first["id"] != second["id"]


def test_exporting_twice_or_from_two_laptops_duplicates_nothing(history, shapes):
    assert list(exported(history, HOME)) == shapes
    assert list(exported([*reversed(history), *history], HOME)) == shapes
    ids = [one["id"] for one in shapes]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= {statement_id(one.id) for one in history}


def test_no_name_goes_out_unasked_and_no_secret_ever(history, shapes):
    text = json.dumps(shapes, ensure_ascii=False)
    assert "Ardis" not in text and "A-1" in text
    named = json.dumps(list(exported(history, HOME, names=True)), ensure_ascii=False)
    assert "Ardis, Alvi" in named
    for private in ("$argon2", "secret", "Administrator", "ADMIN"):
        assert private not in named


def test_nothing_is_a_list_too():
    assert json.loads(b"".join(as_lines(exported(MemoryStore(FOLDS).statements(), HOME)))) == []


def test_the_command_writes_the_same_file_twice(data, tmp_path):
    told = course("export-xapi", "--data", data, "--home-page", HOME, tmp_path / "one.json")
    course("export-xapi", "--data", data, "--home-page", HOME, tmp_path / "two.json")
    written = (tmp_path / "one.json").read_bytes()
    assert written == (tmp_path / "two.json").read_bytes()
    assert f"{len(json.loads(written))} statements" in told
    course("export-xapi", "--data", data, tmp_path / "three.json")
    assert json.loads((tmp_path / "three.json").read_bytes())[0]["actor"]["account"][
        "homePage"] == home_page_of("")
