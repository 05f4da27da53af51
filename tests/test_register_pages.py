"""The register's pages, the learner's own, and privacy, through the real HTTP client."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from .issuing import PASSPHRASE
from .registrar import completes, issue, numbers, plain
from .world import Learner

# The register ----------------------------------------------------------------------------

def test_a_record_is_found_by_number_code_name_person_and_period(issued):
    office, learner, number = issued
    code = office.app.extensions["course"].office().whole(number).code
    today = datetime.now(UTC).date()
    for query in (f"q={number.lower()}", f"q={code}", "q=alvi", f"person={learner.id}",
                  f"since={today}", f"until={today}", "q="):
        assert number in office.get(f"/academy/register?{query}"), query
    for query in ("q=nobody", f"since={today + timedelta(days=1)}", "cohort=none"):
        assert number not in office.get(f"/academy/register?{query}"), query
    office.get("/academy/register?since=yesterday", status=422)
    page = office.get("/academy/register/print")
    assert number in page and "Hash of the last line" in page
    assert "In order" in office.get("/academy/register/faults")
    office.get("/academy/register/CAS-00000-2026-0001", status=404)


def test_a_name_is_put_right_by_a_new_record(issued):
    office, learner, number = issued
    url = f"/academy/register/{number}/correct"
    sent = {"name": "Alvi Ardis", "reason": "First name first", "passphrase": PASSPHRASE}
    office.post(url, {**sent, "reason": ""}, status=422)
    office.post(url, {**sent, "passphrase": "wrong"}, status=422)
    office.post(url, {**sent, "name": " "}, status=422)
    office.post(url, {**sent, "begun": "2026-02-31"}, status=422)
    same = office.app.extensions["course"].office().whole(number).record
    office.post(url, {**sent, "name": learner.name, "begun": same["begun"],
                      "ended": same["ended"]}, status=422)
    page = office.post(url, {**sent, "begun": same["begun"], "ended": same["ended"]})
    assert "Alvi Ardis" in page and number in page and "verdict-box good" in page
    old = office.get(f"/academy/register/{number}")
    assert "Superseded" in old and "verdict-box good" not in old
    office.post(url, sent, status=409, page="/academy")
    office.get(url, status=409)


def test_a_record_is_issued_again_and_revoked(issued):
    office, _, number = issued
    office.post(f"/academy/register/{number}/reissue", {"passphrase": PASSPHRASE}, status=422)
    page = office.post(f"/academy/register/{number}/reissue",
                       {"reason": "Lost in the post", "passphrase": PASSPHRASE})
    new = office.path.rsplit("/", 1)[1]
    assert new != number and "Lost in the post" in page
    office.post(f"/academy/register/{new}/revoke", {"reason": "", "passphrase": PASSPHRASE},
                status=422)
    page = office.post(f"/academy/register/{new}/revoke",
                       {"reason": "Copied answers", "passphrase": PASSPHRASE})
    assert "Revoked" in page and "Copied answers" in page and "verdict-box good" not in page
    assert "In order" in office.get("/academy/register/faults")


def test_a_changed_line_is_located(issued):
    office, _, number = issued
    store = office.app.extensions["course"].store
    for place, said in enumerate(store._log):
        if said.verb == "issued":
            body = json.loads(json.dumps(said.result))
            body["body"]["record"]["issued"] = "2020-01-01"
            store._log[place] = replace(said, result=body)
    page = office.get("/academy/register/faults")
    assert "The line was changed." in page and number in page
    assert "verdict-box good" not in office.get(f"/academy/register/{number}")


def test_a_record_is_checked_by_text_number_and_code(issued):
    office, _, number = issued
    one = office.app.extensions["course"].office().whole(number)
    for what in (one.text, number, one.code.lower().replace("-", " ")):
        page = office.post("/academy/check", {"what": what})
        assert "verdict-box good" in page and "Ardis, Alvi" in page and number in page
    place = len(one.text) // 2
    changed = one.text[:place] + ("A" if one.text[place] != "A" else "B") + one.text[place + 1:]
    page = office.post("/academy/check", {"what": changed})
    assert "NOT VALID" in page and "verdict-box good" not in page
    for bad in ("", "CAS-00000-2026-0001", "hello"):
        office.post("/academy/check", {"what": bad}, status=422)


# The learner, and privacy ----------------------------------------------------------------

def test_a_learner_sees_their_own_records_and_nobody_else_s(issued):
    office, learner, number = issued
    assert "/records" in learner.get("/progress")
    assert number in learner.get("/records")
    page = learner.get(f"/records/{number}")
    assert "Ardis, Alvi" in page and "Record of completion" in page and "class=\"square\"" in page
    other = Learner(office.app, "Zorrel, Zale", "Z-9")
    assert number not in other.get("/records")
    other.get(f"/records/{number}", status=404)
    office.get(f"/records/{number}")


def test_the_sheet_speaks_the_record_s_language_and_the_name_s(office):
    learner = completes(Learner(office.app))
    number, = numbers(issue(office, learner, language="fr", **{
        f"other.{learner.id}": "ألفي", "other_language": "ar"}))
    page = learner.get(f"/records/{number}")
    assert 'class="sheet" lang="fr"' in page
    assert 'lang="ar" dir="rtl"><bdi>ألفي' in page


def test_records_are_printed_as_pdf(issued):
    office, learner, number = issued
    for visitor in (office, learner):
        for size in ("A4", "Letter", "A0"):
            answer = visitor.client.get(f"/records/{number}/sheet.pdf?size={size}")
            assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    other = Learner(office.app, "Zorrel, Zale", "Z-9")
    assert other.client.get(f"/records/{number}/sheet.pdf").status_code == 404


def test_a_cohort_is_printed_aside(office):
    cohort = [completes(Learner(office.app, f"Learner {n}", f"A-{n}")) for n in range(3)]
    issued = numbers(issue(office, *cohort))
    jobs = office.app.extensions["course"].printings
    for sent in ({"number": issued}, {"q": "learner"}, *({"q": one} for one in issued), {}):
        office.post("/academy/printing", {**sent, "size": "Letter"}, page="/academy/register")
        job = office.path.rsplit("/", 1)[1]
        jobs[job].result(30)
        assert "records are set" in office.get(f"/academy/printing/{job}")
        answer = office.client.get(f"/academy/printing/{job}/records.pdf")
        assert answer.data.startswith(b"%PDF")
    assert len(jobs) == 3
    for bad in ({"number": "none"}, {"q": "nobody"}):
        office.post("/academy/printing", bad, page="/academy/register", status=404)
    office.post("/academy/printing", {"since": "x"}, page="/academy/register", status=422)


def test_what_is_held_is_a_file_without_secrets(issued):
    office, learner, number = issued
    for visitor, url in ((office, f"/staff/people/{learner.id}/held.json"),
                         (learner, "/my-data.json")):
        text = visitor.get(url)
        held = json.loads(text)
        assert held["records"][0]["record"]["number"] == number
        assert held["statements"] and held["register"] and held["person"]["number"] == "A-1"
        assert "argon2" not in text


def test_a_name_is_taken_away_and_the_record_stays(issued):
    office, learner, number = issued
    office.post(f"/staff/people/{learner.id}/pseudonymise",
                page=f"/staff/people/{learner.id}")
    assert "Ardis" not in office.get("/staff/people")
    assert "Ardis" not in office.get("/academy/audit?kind=roles")
    page = office.get(f"/academy/register/{number}")
    assert "verdict-box good" in page and "Ardis, Alvi" in page and "P-" in page
    learner.get("/records", status=200)
    assert learner.path != "/records"


def test_who_left_the_list_is_not_forgotten(issued):
    office, learner, number = issued
    url = f"/staff/people/{learner.id}"
    office.post(f"{url}/remove", page=url)
    assert number in office.get(f"{url}/held.json")
    page = office.get(f"/academy/register/{number}")
    assert "Take the name away" in page
    office.post(f"{url}/pseudonymise", page=f"/academy/register/{number}")
    assert "Take the name away" not in office.get(f"/academy/register/{number}")


def test_a_long_audit_has_pages(issued, monkeypatch):
    office, _, number = issued
    monkeypatch.setattr("course.web.privacy.MOST_CHANGES", 1)
    assert number in office.get("/academy/audit")
    pages = [office.get(f"/academy/audit?page={page}") for page in range(1, 4)]
    assert "Record issued" in pages[0] and "Key made" in pages[1]
    assert "Academy described" in pages[2]
    for odd in ("x", "-1", "0", "99"):
        office.get(f"/academy/audit?page={odd}&kind=marks")


def test_the_audit_shows_who_did_what(issued):
    office, _, number = issued
    page = plain(office.get("/academy/audit"))
    assert "Record issued" in page and number in page and "Moss, registrar" in page
    assert "Academy described" in page and "Key made" in page
    page = plain(office.get("/academy/audit?kind=roles"))
    assert "Entered as" in page and "learner" in page


def test_the_passphrase_is_nowhere(issued, tmp_path, caplog):
    office, learner, number = issued
    caplog.set_level("DEBUG")
    issue(office, learner, status=422)
    office.post("/academy/keys/rotate", {"old_passphrase": PASSPHRASE, "passphrase": PASSPHRASE,
                                         "again": "x"}, status=422)
    for url in ("/academy/keys", "/academy/audit", f"/academy/register/{number}",
                f"/staff/people/{learner.id}/held.json"):
        assert PASSPHRASE not in office.get(url)
    said = [json.dumps(one.as_json()) for one in office.app.extensions["course"].store.statements()]
    assert said and not [one for one in said if PASSPHRASE in one]
    assert PASSPHRASE not in caplog.text
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert files and not [path for path in files if PASSPHRASE.encode() in path.read_bytes()]


def test_who_guesses_the_passphrase_waits(issued):
    office, _, number = issued
    url = f"/academy/register/{number}/revoke"
    for _ in range(6):
        office.post(url, {"reason": "x", "passphrase": "wrong"}, status=422)
    assert "Too many wrong tries" in office.post(url, {"reason": "x", "passphrase": PASSPHRASE},
                                                 status=422)


# As files --------------------------------------------------------------------------------

def test_a_badge_is_signed_with_the_record_and_given_as_a_file(issued):
    office, _, number = issued
    badge = json.loads(office.get(f"/academy/register/{number}/badge.json"))
    assert badge["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    office.get("/academy/register/CAS-AAAAA-2026-0001/badge.json", status=404)


def test_the_page_that_checks_from_a_stick_is_given_as_a_file(issued):
    office, *_ = issued
    page = office.get("/academy/keys/verify.html")
    assert "Academy of Casteria" in page
    assert "attachment" in office.last.headers["Content-Disposition"]
