"""Every route as every role: who gets in is what `core.people.MAY` says, nothing else."""

from __future__ import annotations

import pytest

from course.core.people import MAY, ROLES

from .world import Learner, Staff, Visitor, add_colleague, make_app, set_up

OPEN = {
    "account.set_up", "account.show_start", "account.show_sign_in", "account.find_number",
    "account.choose_language", "account.ask_pin", "account.sign_in", "account.staff_sign_in",
    "account.hand_over", "account.enrol", "reference.show_wellbeing", "reference.show_about",
    "readiness.say_hello", "phones.join",
}
VALUES = {"manual_id": "tip", "name": "elements", "slug": "why", "question_id": "one",
          "instrument_id": "tip-protocol", "attempt_id": "none", "place": 1,
          "n": 1, "exhibit_id": "e1", "suspect_id": "nobody", "kind": "completion",
          "key_id": "00000000", "number": "CAS-K7F3A-2026-0001", "logo": "none",
          "job_id": "none", "import_id": "none", "cohort_id": "none", "token": "none",
          "exam_id": "none", "objective": "act", "myth": "consent", "session_id": "none",
          "asking": "none", "vote": "first"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One app, a person of each role, and a victim for what is done to people."""
    folder = tmp_path_factory.mktemp("roles")
    app = make_app(folder, data=folder / "data")
    set_up(app)
    admin = Staff(app)
    people = {"administrator": admin, "learner": Learner(app)}
    for role in ("trainer", "registrar"):
        add_colleague(admin, role, role)
        people[role] = Staff(app, role)
    Learner(app, "Zorrel, Zale", "Z-9")
    return app, people


def routes(app):
    return [(rule, method) for rule in app.url_map.iter_rules()
            for method in sorted(rule.methods & {"GET", "POST"})]


def address(app, rule):
    values = {**VALUES, "person_id": app.extensions["course"].register().numbered("Z-9").id}
    with app.test_request_context():
        from flask import url_for
        return url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})


def test_every_route_is_open_on_purpose_or_says_who_may(world):
    app, _ = world
    for rule, _ in routes(app):
        needs = getattr(app.view_functions[rule.endpoint], "needs", None)
        assert (rule.endpoint in OPEN) != (needs in MAY), rule.endpoint


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_a_role_reaches_what_it_may_and_nothing_else(world, role):
    app, people = world
    person = people.get(role) or Visitor(app)
    for rule, method in routes(app):
        if rule.endpoint in OPEN or rule.endpoint == "health.restore":
            continue
        allowed = role in MAY[app.view_functions[rule.endpoint].needs]
        status = knock(app, person, method, address(app, rule))
        if allowed:
            assert status not in {401, 403}, (role, method, rule.rule, status)
        else:
            assert status == (403 if role != "nobody" else 401), (role, method, rule.rule, status)
        if rule.endpoint in {"staff.remove_learner", "privacy.pseudonymise"} and allowed:
            Learner(app, "Zorrel, Zale", "Z-9")


def knock(app, person, method, url):
    """Ask for a page, or send an empty form with a good token; the status."""
    if method == "GET":
        answer = person.client.get(url)
        gone = answer.status_code == 303 and answer.headers["Location"] in {"/", "/sign-in"}
        return 401 if gone else answer.status_code
    from .world import token_in
    token = token_in(person.get("/staff" if isinstance(person, Visitor)
                                and type(person) is Visitor else "/wellbeing", status=None))
    token = token or token_in(person.get("/enrol", status=None))
    return person.client.post(url, data={"csrf_token": token},
                              headers={"Referer": "http://localhost/"}).status_code
