"""Who qualifies, and issuing records, through the real HTTP client."""

from __future__ import annotations

from dataclasses import replace

import pytest

from course.core.people import MAY

from .issuing import PASSPHRASE
from .registrar import completes, issue, numbers, plain
from .world import Learner, Staff, add_colleague, make_app, set_up

# Who qualifies, and issuing --------------------------------------------------------------

def test_what_is_missing_is_said_exactly(tmp_path):
    app = make_app(tmp_path, data=tmp_path / "data")
    add_colleague(set_up(app), "registrar", "R-1")
    registrar, learner = Staff(app, "R-1"), Learner(app)
    registrar.post("/academy/rules/all", {"attendance": "90"})
    learner.get("/manuals/tip/elements/why")
    learner.post("/manuals/tip/elements/checks/in-place", status=None)
    learner.answers(learner.starts(), right=False)
    page = plain(registrar.get("/academy/manuals/tip/completion"))
    assert "Module: What it is : 0 of 1 questions in its text answered; quiz not passed yet" \
        in page
    assert "Module: Later : not opened yet" in page
    assert "Attendance : 0:00 of 1:48 hours attended" in page
    registrar.get("/academy/manuals/tip/achievement", status=404)
    registrar.get("/academy/manuals/nothing/completion", status=404)


def test_hours_are_entered_by_hand(office):
    learner = Learner(office.app)
    office.post("/academy/rules/tip", {"attendance": "90"})
    url, field = "/academy/manuals/tip/attendance", f"hours.{learner.id}"
    for bad in ("x", "1:75", "-1", "1e9", "1" * 40, "nan", "inf", "1:2:3"):
        office.post(url, {field: bad}, status=422)
    page = office.post(url, {field: "١:٤٨"})
    assert 'value="1:48"' in page
    office.post(url, {field: "1,5"})
    assert "1:30 of 1:48 hours attended" in office.get("/academy/manuals/tip/completion")
    assert "tip 1:48" in office.get("/academy/audit?kind=marks")


def test_a_record_is_issued_and_nobody_gets_a_second_one(office):
    learner = completes(Learner(office.app))
    page = issue(office, learner, **{f"other.{learner.id}": "ألفي", "other_language": "ar",
                                     "cohort": "Spring"})
    number, = numbers(page)
    page = office.get(f"/academy/register/{number}")
    assert "verdict-box good" in page and "ألفي" in page and "Spring" in page
    assert "Holds" in office.get("/academy/manuals/tip/completion")
    assert "holds the record" in issue(office, learner, status=422)


def test_a_cohort_gets_theirs_all_or_none(office):
    cohort = [completes(Learner(office.app, f"Learner {n}", f"A-{n}")) for n in range(3)]
    bad = issue(office, *cohort, status=422, **{f"name.{cohort[1].id}": " "})
    assert "Fill this in" in bad and "Learner 2" in bad
    assert "No such record" in office.get("/academy/register")
    issued = numbers(issue(office, *cohort))
    assert [one[-4:] for one in issued] == ["0001", "0002", "0003"]


@pytest.mark.parametrize("bad", [
    {"language": "xx"}, {"other_language": "xx"}, {"passphrase": "wrong"}, {"passphrase": ""},
    {"cohort": "x" * 200}, {"law": "\x07"}, {"person": []}])
def test_a_bad_form_issues_nothing(office, bad):
    issue(office, completes(Learner(office.app)), status=422, **bad)
    assert "No such record" in office.get("/academy/register")


def test_what_is_missing_is_waived_for_a_reason_and_stays_marked(office):
    learner = Learner(office.app)
    page = issue(office, learner, status=422)
    assert "Why this may be missing" in page
    why = f"why.{learner.id}.module:tip/later"
    number, = numbers(issue(office, learner, **{why: "Taught in the class room"}))
    page = office.get(f"/academy/register/{number}")
    assert "Taught in the class room" in page and "Requirements waived" in page
    sheet = plain(office.get(f"/records/{number}"))
    assert "Requirements waived 1" in sheet and "Reason: Taught in the class room" in sheet


def test_a_name_that_no_font_can_print_is_said_before_issuing(office):
    learner = completes(Learner(office.app))
    name = {f"other.{learner.id}": "\U00012000", "other_language": "am"}
    page = issue(office, learner, status=422, **name)
    assert "No font on this computer can print" in page
    assert numbers(issue(office, learner, unprintable="yes", **name))


def test_one_reason_serves_a_whole_cohort(office):
    cohort = [Learner(office.app, f"Learner {n}", f"A-{n}") for n in range(2)]
    issued = numbers(issue(office, *cohort, why="Taught before the course was here"))
    assert len(issued) == 2
    for number in issued:
        assert "Taught before" in office.get(f"/academy/register/{number}")


def test_a_doubtful_clock_is_said_before_issuing(office):
    services = office.app.extensions["course"]
    learner = completes(Learner(office.app))
    behind = replace(services.store.health(), clock_behind=3 * 86400.0)
    services.store.health = lambda: behind
    page = office.get(f"/academy/manuals/tip/completion/issue?person={learner.id}")
    assert "clock of this computer is behind" in page
    number, = numbers(issue(office, learner))
    assert "Date in doubt" in office.get(f"/academy/register/{number}")


def test_only_a_registrar_issues(office):
    learner = completes(Learner(office.app))
    add_colleague(Staff(office.app), "trainer", "T-1")
    for person in (learner, Staff(office.app), Staff(office.app, "T-1")):
        page = issue(person, learner, status=403)
        assert "cannot do this" in page
    assert MAY["issue-records"] == {"registrar"}


def test_a_form_without_its_token_does_nothing(office):
    learner = completes(Learner(office.app))
    for url in ("/academy/manuals/tip/completion/issue", "/academy/profile", "/academy/logo",
                "/academy/keys/make", "/academy/keys/trust"):
        answer = office.client.post(url, data={"person": learner.id, "passphrase": PASSPHRASE})
        assert answer.status_code == 400, url
    assert "No such record" in office.get("/academy/register")
