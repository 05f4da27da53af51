"""`course verify` and `course key`: what an examiner and a registrar do at the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from course import Settings, open_store
from course.core.academy import PROFILE, describe
from course.core.people import REGISTRAR, Person
from course.core.register import Chain, record_of
from course.exchange.keyring import Keyring
from course.exchange.revocations import signed_list
from course.records import of_folder

from .issuing import NAMES, PASSPHRASE, Desk
from .test_command_line import course

REG = Person("reg", "R. Ames", "R-1", REGISTRAR, "en", "")
TWICE = f"{PASSPHRASE}\n{PASSPHRASE}\n"


@pytest.fixture
def data(tmp_path):
    """A data folder of an academy that is described."""
    return described(tmp_path / "data")


def described(folder):
    store = open_store(Settings(data=folder))
    with store.record(PROFILE) as record:
        record.append(describe(REG, name="Academy of Casteria", prefix="CAS"))
    store.close()
    return folder


@pytest.fixture
def academy(data):
    """The same with a key and two records, the second revoked: folder and numbers."""
    course("key", "make", "--data", data, input=TWICE)
    store = open_store(Settings(data=data))
    desk = Desk(Keyring(data / "keys").unlock(PASSPHRASE), store)
    numbers = [desk.issue(NAMES["arabic"], person="ana"), desk.issue(NAMES["chinese"])]
    desk.revoke(numbers[1], "Issued by mistake")
    with store.record(record_of(store.device)) as record:
        Keyring(data / "keys").witness([Chain(store.device, record.document).head])
    store.close()
    return data, *numbers


def issued(data, number):
    return of_folder(data, "2026-11-26").find(number)


def test_a_record_is_checked_by_number_code_text_and_file(academy, tmp_path):
    data, good, _ = academy
    record = issued(data, good)
    square, whole = tmp_path / "square.txt", tmp_path / "record.json"
    square.write_text(record.text + "\n")
    whole.write_text(json.dumps({"record": record.record, "text": record.text}), encoding="utf-8")
    for what in (good, good.lower(), record.code, record.code.replace("-", " ").lower(),
                 record.text, square, whole):
        told = course("verify", "--data", data, what)
        assert told.startswith("VALID")
        for fact in (good, "Abdulrahman", NAMES["arabic"].other_name, "tip-indepth",
                     "modules: 14 of 14", "signed by: Academy of Casteria"):
            assert fact in told


def test_a_revoked_record_says_when_and_why(academy):
    data, _, revoked = academy
    told = course("verify", "--data", data, revoked, status=1)
    assert "REVOKED" in told
    assert "revoked on 2026-03-30: Issued by mistake" in told


def test_one_changed_letter_is_not_valid(academy, tmp_path):
    data, good, _ = academy
    record = issued(data, good)
    at = 60
    other = "A" if record.text[at] != "A" else "B"
    told = course("verify", "--data", data, record.text[:at] + other + record.text[at + 1:],
                  status=1)
    assert told.startswith("NOT VALID")
    assert "Abdulrahman" not in told
    changed = {**record.record, "issued": "2026-03-31"}
    file = tmp_path / "record.json"
    file.write_text(json.dumps({"record": changed, "text": record.text}))
    assert "do not say the same" in course("verify", "--data", data, file, status=1)


def test_who_has_only_the_public_key_and_the_list_can_check(academy, tmp_path):
    data, good, revoked = academy
    course("key", "export", "--data", data, tmp_path / "key.json")
    records = of_folder(data, "2026-11-26")
    signer = Keyring(data / "keys").unlock(PASSPHRASE)
    (tmp_path / "list.json").write_text(json.dumps(
        signed_list(records.lists[0], "Academy of Casteria", signer)))
    texts = [issued(data, one).text for one in (good, revoked)]
    away = ["verify", "--data", tmp_path / "nothing"]

    assert "UNKNOWN KEY" in course(*away, texts[0], status=1)
    key = ["--key", tmp_path / "key.json"]
    assert "none, so a revocation would not be seen" in course(*away, *key, texts[0])
    listed = [*key, "--revocations", tmp_path / "list.json"]
    assert "VALID" in course(*away, *listed, texts[0])
    assert "REVOKED" in course(*away, *listed, texts[1], status=1)
    course(*away, "--revocations", tmp_path / "list.json", texts[0], status=1)
    course(*away, "--key", tmp_path / "list.json", texts[0], status=1)
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(("what", "says"), [
    ("CAS-K7F3A-2026-0999", "neither a file"), ("7K4M-22QX-9TBD", "neither a file"),
    ("4P1:AAAA.", "NOT VALID")])
def test_what_is_not_there_is_said(academy, what, says):
    assert says in course("verify", "--data", academy[0], what, status=1)


@pytest.mark.parametrize("content", ["[]", "{}", '{"record": 1, "text": "4P1:"}', "hello", ""])
def test_a_file_that_holds_no_record_is_refused(academy, tmp_path, content):
    (tmp_path / "file").write_text(content)
    course("verify", "--data", academy[0], tmp_path / "file", status=1)


def test_a_running_server_is_not_in_the_way(academy):
    data, good, _ = academy
    store = open_store(Settings(data=data))
    try:
        assert "VALID" in course("verify", "--data", data, good)
        assert "0 faults" in course("verify", "--data", data)
        assert "using the folder" in course("key", "rotate", "--data", data, status=1)
    finally:
        store.close()


def test_a_line_of_the_log_that_is_gone_is_located(academy):
    data, good, _ = academy
    assert "4 lines of 1 devices, 2 records, 0 faults" in course("verify", "--data", data)
    log = data / "log/00000001.jsonl"
    kept = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(one for one in kept if b'"verb":"revoked"' not in one))
    told = course("verify", "--data", data, status=1)
    assert "line 4: lines are missing at the end" in told
    log.write_bytes(b"".join(one for one in kept if good.encode() not in one))
    assert "line 2: lines are missing" in course("verify", "--data", data, status=1)


def test_a_key_is_made_rotated_and_retired_and_the_register_knows(academy, tmp_path):
    data, good, _ = academy
    (first,) = Keyring(data / "keys").all()
    assert "already" in course("key", "make", "--data", data, input=TWICE, status=1)
    course("key", "rotate", "--data", data, input=f"wrong\n{TWICE}", status=1)
    course("key", "rotate", "--data", data, input=f"{PASSPHRASE}\n{TWICE}")
    listing = course("key", "list", "--data", data)
    assert (listing.count("retired"), listing.count("signs")) == (1, 1)
    assert "0 faults" in course("verify", "--data", data)
    assert "VALID" in course("verify", "--data", data, good)

    course("key", "retire", "--data", data, "--compromised", first.id)
    assert "NOT TO BE TRUSTED" in course("verify", "--data", data, good, status=1)
    records = of_folder(data, datetime.now(UTC).isoformat())
    assert [line.verb for line in records.history()][-3:] == [
        "key-retired", "key-made", "key-retired"]
    course("key", "retire", "--data", data, "00000000", status=1)


def test_a_key_is_carried_to_another_computer(academy, tmp_path):
    data, *_ = academy
    course("key", "backup", "--data", data, tmp_path / "key.json")
    other = ["--data", tmp_path / "other"]
    course("key", "restore", *other, tmp_path / "key.json", input="wrong\n", status=1)
    course("key", "restore", *other, tmp_path / "key.json", input=f"{PASSPHRASE}\n")
    assert course("key", "list", *other) == course("key", "list", "--data", data)


def test_an_academy_without_a_name_makes_no_key(tmp_path):
    told = course("key", "make", "--data", tmp_path, input=TWICE, status=1)
    assert "no name and prefix" in told
    course("key", "export", "--data", tmp_path, tmp_path / "key.json", status=1)


def test_a_short_passphrase_is_refused(data):
    course("key", "make", "--data", data, input="short\nshort\n", status=1)
    assert not (data / "keys").exists()
