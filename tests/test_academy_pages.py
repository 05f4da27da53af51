"""The registrar's pages, as stories through the real HTTP client."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from course.core.people import MAY

from .issuing import PASSPHRASE, new_signer
from .world import FILES, Learner, Staff, add_colleague, make_app, set_up, token_in, write

SHORT = {"modules/tip/index.md": FILES["modules/tip/index.md"].replace(
    "1. [What it is](elements.md)\n2. [The laundry](laundry.md)\n3. [Later](later.md)\n",
    "1. [Later](later.md)\n")}
"""A manual that is read in a minute."""

OTHER_PASSPHRASE = "copper window quiet garden"
ACADEMY = {"name": "Academy of Casteria", "prefix": "cas", "other_name": "أكاديمية كاستيريا",
           "other_language": "ar", "signs1": "R. Ames", "title1": "Registrar"}
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 100_000


@pytest.fixture
def app(tmp_path):
    """A course of one module that is read, which is quickly completed."""
    content = write(tmp_path / "content", {**FILES, **SHORT})
    app = make_app(tmp_path, content=content, data=tmp_path / "data")
    add_colleague(set_up(app), "registrar", "R-1")
    return app


@pytest.fixture
def registrar(app):
    return Staff(app, "R-1")


@pytest.fixture
def office(registrar):
    """The registrar of an academy that is described and has its key."""
    registrar.post("/academy/profile", ACADEMY)
    registrar.post("/academy/keys/make", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    return registrar


def completes(learner):
    """Open the one module there is."""
    learner.get("/manuals/tip/later/text")
    return learner


def issue(office, *learners, status=200, **fields):
    """Issue a completion to learners, by the form; the page that follows."""
    sent = {"person": [one.id for one in learners], "language": "en", "passphrase": PASSPHRASE,
            **{f"name.{one.id}": one.name for one in learners}, **fields}
    page = "/academy/manuals/tip/completion/issue?person=" + "&person=".join(sent["person"])
    return office.post("/academy/manuals/tip/completion/issue", sent, page=page, status=status)


def numbers(page):
    return list(dict.fromkeys(re.findall(r"CAS-[0-9A-Z]{5}-\d{4}-\d{4}", page)))


def plain(page):
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


# Setting up ------------------------------------------------------------------------------

def test_the_academy_is_described_before_it_has_a_key(registrar):
    assert "no name and prefix" in registrar.get("/academy")
    registrar.post("/academy/keys/make", {"passphrase": PASSPHRASE, "again": PASSPHRASE},
                   status=409)
    registrar.post("/academy/profile", {**ACADEMY, "prefix": "?"}, status=422)
    registrar.post("/academy/profile", {**ACADEMY, "name": ""}, status=422)
    registrar.post("/academy/profile", {**ACADEMY, "other_language": "xx"}, status=422)
    registrar.post("/academy/profile", {**ACADEMY, "title1": ""}, status=422)
    registrar.post("/academy/profile", ACADEMY)
    assert "Make the key" in registrar.get("/academy")
    assert 'value="CAS"' in registrar.get("/academy/profile")


def send_file(person, url, name, data, page=None, status=200, **fields):
    token = token_in(person.get(page or url))
    answer = person.client.post(url, data={
        **fields, "csrf_token": token, name: (io.BytesIO(data), "file")},
        content_type="multipart/form-data", headers={"Referer": "http://localhost/"},
        follow_redirects=True)
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


def test_a_logo_is_a_picture_and_not_too_large(office):
    def send(data, status):
        return send_file(office, "/academy/logo", "logo", data, "/academy/profile", status)

    page = send(PICTURE, 200)
    address = re.search(r'src="(/academy/logo/\w+)"', page)
    assert office.client.get(address[1]).data == PICTURE
    send(b"GIF89a", 422)
    send(b"", 422)
    send(PICTURE * 3, 422)
    assert office.client.post("/academy/logo", data={"logo": "x" * 2_000_000}).status_code == 413
    office.post("/academy/logo", {"remove": "yes"}, page="/academy/profile")
    assert "/academy/logo/" not in office.get("/academy/profile").replace('"/academy/logo"', "")
    assert office.client.get(address[1]).data == PICTURE


def test_rules_are_set_on_top(office):
    for bad in ({"attendance": "101"}, {"pass_mark": "x"}, {"valid_months": "601"},
                {"attendance": "9" * 30}, {"valid_months": "-1"}):
        office.post("/academy/rules/tip", bad, status=422)
    office.post("/academy/rules/tip", {"attendance": "90", "valid_months": "٢٤"})
    page = office.get("/academy/rules")
    assert "90 % of the hours attended" in plain(page)
    assert "valid for 24 months" in plain(page)
    office.get("/academy/rules/nothing", status=404)


# Keys ------------------------------------------------------------------------------------

def test_a_key_is_made_backed_up_rotated_and_retired(office):
    page = office.get("/academy/keys")
    first = re.search(r"Key <bdi>(\w{8})</bdi> signs now", page)[1]
    assert "svg" in page
    public = json.loads(office.get(f"/academy/keys/{first}/public.json"))
    assert public["prefix"] == "CAS"
    backup = office.get(f"/academy/keys/{first}/backup.json")
    assert PASSPHRASE not in backup
    office.post("/academy/keys/make", {"passphrase": PASSPHRASE, "again": PASSPHRASE}, status=409)
    new = {"passphrase": OTHER_PASSPHRASE, "again": OTHER_PASSPHRASE}
    office.post("/academy/keys/rotate", {**new, "old_passphrase": "wrong"}, status=422)
    office.post("/academy/keys/rotate", {**new, "again": "", "old_passphrase": PASSPHRASE},
                status=422)
    page = office.post("/academy/keys/rotate", {**new, "old_passphrase": PASSPHRASE})
    second = re.search(r"Key <bdi>(\w{8})</bdi> signs now", page)[1]
    assert second != first and "Retired on" in plain(page)
    office.post(f"/academy/keys/{second}/passphrase", {
        "old_passphrase": OTHER_PASSPHRASE, "passphrase": PASSPHRASE, "again": PASSPHRASE})
    office.post(f"/academy/keys/{second}/retire", {"sure": "no"}, status=422)
    page = office.post(f"/academy/keys/{second}/retire", {"sure": second, "compromised": "yes"})
    assert "nothing it signed is believed" in page and "No key signs here" in page
    assert "In order" in office.get("/academy/register/faults")
    office.get("/academy/keys/00000000/retire", status=404)


def test_a_key_is_taken_back_from_its_backup(office, tmp_path):
    key = office.app.extensions["course"].office().keyring.current()
    backup = office.get(f"/academy/keys/{key.id}/backup.json").encode()
    (tmp_path / f"data/keys/{key.id}.json").unlink()
    url = "/academy/keys/restore"
    send_file(office, url, "file", backup, passphrase="wrong one", status=422)
    send_file(office, url, "file", b"[]", passphrase=PASSPHRASE, status=422)
    send_file(office, url, "file", b"", passphrase=PASSPHRASE, status=422)
    assert key.fingerprint in send_file(office, url, "file", backup, passphrase=PASSPHRASE)


def test_another_key_is_trusted_once_its_fingerprint_was_compared(office):
    other = new_signer("ZZZ").key
    data = json.dumps(other.as_json()).encode()
    url = "/academy/keys/trust"
    for bad in (b"", b"{}", b"\xff", b"[1]", b"[" * 5000):
        send_file(office, url, "file", bad, status=422)
    page = send_file(office, url, "file", data)
    assert other.fingerprint in page
    assert "None yet" in office.get("/academy/keys")
    page = office.post(url, {"text": data.decode(), "compared": "yes"})
    assert other.fingerprint in page
    page = office.post(f"/academy/keys/trusted/{other.id}/remove", page="/academy/keys")
    assert other.fingerprint not in page
    office.post("/academy/keys/trusted/00000000/remove", page="/academy/keys", status=404)


def test_our_list_is_taken_in_where_our_key_is_trusted(office, tmp_path):
    number, = numbers(issue(office, completes(Learner(office.app))))
    office.post(f"/academy/register/{number}/revoke", {"reason": "Mistaken",
                                                       "passphrase": PASSPHRASE})
    text = office.app.extensions["course"].office().whole(number).text
    office.post("/academy/keys/lists/own", {"passphrase": "wrong"}, status=422)
    ours = office.post("/academy/keys/lists/own", {"passphrase": PASSPHRASE}).encode()
    key = office.app.extensions["course"].office().keyring.current()

    away = make_app(tmp_path / "away", data=tmp_path / "away/data")
    add_colleague(set_up(away), "registrar", "R-1")
    other = Staff(away, "R-1")
    assert "Unknown key" in other.post("/academy/check", {"what": text})
    send_file(other, "/academy/keys/lists", "file", ours, status=422)
    other.post("/academy/keys/trust", {"text": json.dumps(key.as_json()), "compared": "yes"})
    page = other.post("/academy/check", {"what": text})
    assert "a revocation would not be seen" in page and "verdict-box good" in page
    send_file(other, "/academy/keys/lists", "file", ours.replace(b"Mistaken", b"Nothing"),
              status=422)
    send_file(other, "/academy/keys/lists", "file", b"no list", status=422)
    send_file(other, "/academy/keys/lists", "file", ours)
    page = other.post("/academy/check", {"what": text})
    assert "verdict-box bad" in page and "Mistaken" in page


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
    assert "1 requirement was waived" in office.get(f"/records/{number}")


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


# The register ----------------------------------------------------------------------------

@pytest.fixture
def issued(office):
    """A record, its learner and its registrar."""
    learner = completes(Learner(office.app))
    number, = numbers(issue(office, learner))
    return office, learner, number


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
    assert "Ardis, Alvi" in page and "Completion record" in page and "class=\"square\"" in page
    other = Learner(office.app, "Zorrel, Zale", "Z-9")
    assert number not in other.get("/records")
    other.get(f"/records/{number}", status=404)
    office.get(f"/records/{number}")


def test_the_sheet_speaks_the_record_s_language_and_the_name_s(office):
    learner = completes(Learner(office.app))
    number, = numbers(issue(office, learner, language="fr", **{
        f"other.{learner.id}": "ألفي", "other_language": "ar"}))
    page = learner.get(f"/records/{number}")
    assert 'class="sheet" lang="fr"' in page and 'lang="ar" dir="rtl">ألفي' in page


def test_records_are_printed_as_pdf(issued):
    office, learner, number = issued
    for visitor in (office, learner):
        for size in ("A4", "Letter", "A0"):
            answer = visitor.client.get(f"/records/{number}/sheet.pdf?size={size}")
            assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    other = Learner(office.app, "Zorrel, Zale", "Z-9")
    assert other.client.get(f"/records/{number}/sheet.pdf").status_code == 404


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
