"""Every address with what is really there, as who may not: nothing comes back of it."""

from __future__ import annotations

import pytest

from course.core.people import MAY, ROLES

from .school import School
from .test_roles import OPEN
from .world import Visitor, token_in

TELLING = ("Brell, Bero", "The text of", "Port, March", "A remark.", "secret-of-the-trainer",
           "Explanation-safety")
"""Of which a refusal must hold nothing."""


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    return School(tmp_path_factory.mktemp("real"))


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_who_may_not_gets_nothing_of_what_is_there(school, role):
    person = Visitor(school.app) if role == "nobody" else school.person(role)
    views = school.app.view_functions
    before = school.store.health().statements
    for method in ("GET", "POST"):
        token = token_in(person.get("/wellbeing" if role != "nobody" else "/staff", status=None))
        for url, endpoint in school.addresses(method).items():
            if endpoint in OPEN or role in MAY[views[endpoint].needs]:
                continue
            answer = person.client.open(url, method=method, headers={
                "Referer": "http://localhost/"}, data={"csrf_token": token})
            if role == "nobody" and method == "GET":
                assert answer.status_code == 303, (url, answer.status_code)
            else:
                assert answer.status_code == (401 if role == "nobody" else 403), (url, method)
            assert not [one for one in TELLING if one in answer.text], (url, method)
    assert school.store.health().statements == before


def test_what_is_another_learners_is_not_there(school):
    """Attempts, tries, seats and examinations are looked for among one's own only."""
    other = school.other
    token = token_in(other.get("/home"))
    own = {"attempt_id", "session_id", "exam_id"}
    found = {}
    for method in ("GET", "POST"):
        for url, endpoint in school.addresses(method, lambda action: action == "study").items():
            rule = next(one for one in school.app.url_map.iter_rules() if one.endpoint == endpoint)
            if endpoint not in OPEN and rule.arguments & own:
                answer = other.client.open(url, method=method, data={"csrf_token": token},
                                           headers={"Referer": "http://localhost/"})
                found[method, url] = answer.status_code
    assert {*found.values()} == {404}, [one for one in found.items() if one[1] != 404]


def test_a_markers_token_opens_nothing_for_another(school):
    url = f"{school.essay}/{school.token}"
    school.trainer.get(url)
    school.other_trainer.get(url, status=404)
    school.other_trainer.post(url, {"c1": "2"}, page=school.essay, status=404)
