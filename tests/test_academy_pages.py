"""The registrar sets up the academy, its rules and its keys, through the real HTTP client."""

from __future__ import annotations

import json
import re

from .issuing import PASSPHRASE, new_signer
from .registrar import (
    ACADEMY,
    OTHER_PASSPHRASE,
    PICTURE,
    completes,
    issue,
    numbers,
    plain,
    send_file,
)
from .world import Learner, Staff, add_colleague, make_app, set_up

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


def test_up_to_nine_sign_one_row_more_at_a_time(office):
    people = {f"signs{place}": f"Signer {place}" for place in range(1, 10)} | {
        f"title{place}": "Examiner" for place in range(1, 10)}
    url = "/academy/profile"
    assert 'name="signs3"' in office.get(url) and 'name="signs4"' not in office.get(url)
    office.post(url, {**ACADEMY, **dict(list(people.items())[:3]), "title1": "Examiner",
                      "title2": "Examiner", "title3": "Examiner"})
    assert 'name="signs4"' in office.get(url)
    office.post(url, {**ACADEMY, **people})
    page = office.get(url)
    assert 'value="Signer 9"' in page and 'name="signs10"' not in page
    assert "one more" not in page
