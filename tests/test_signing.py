"""The academy's key: made once, locked by a passphrase, followed by another, and trusted or not."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import replace

import pytest

from course.core.academy import PROFILE, describe, trust_key
from course.core.canonical import canonical
from course.core.errors import BadKey, BadList, KeyExists, NoKey, NotSaved, WrongSecret
from course.core.issued import CredentialRegister
from course.core.people import REGISTRAR, Person
from course.core.register import Head, Line
from course.exchange import compact
from course.exchange.keyring import Keyring
from course.exchange.revocations import own_list, read_list, signed_list
from course.exchange.signing import (
    PublicKey,
    from_text,
    is_endorsed,
    is_sealed,
    is_signed,
    new_private_key,
    opened,
    sealed,
    to_text,
)
from course.records import of_store, own_keys

from .issuing import NAMES, PASSPHRASE, Desk, credential, keyring_in, new_signer

NOW = "2026-03-01T08:00:00.000Z"
LATER = "2027-03-01T08:00:00.000Z"
REG = Person("reg", "R. Ames", "R-1", REGISTRAR, "en", "")


@pytest.fixture
def keyring(tmp_path):
    return keyring_in(tmp_path)


@pytest.fixture
def key(keyring):
    return keyring.make(PASSPHRASE, "Academy of Casteria", "CAS", NOW)


def rotated(keyring):
    return keyring.rotate(PASSPHRASE, "another long passphrase", "Academy", "CAS", LATER)


# Keeping a key ---------------------------------------------------------------------------

def test_a_key_is_made_once_and_signs_with_its_passphrase(keyring, key):
    signature = keyring.unlock(PASSPHRASE).sign(b"a message")
    assert is_signed(key.public, b"a message", signature)
    assert not is_signed(key.public, b"another", signature)
    assert keyring.current() == key == keyring.key() == keyring.key(key.id)
    with pytest.raises(KeyExists):
        keyring.make(PASSPHRASE, "Academy", "CAS", NOW)


@pytest.mark.parametrize("typed", ["", "lantern quarry mild Ocean", PASSPHRASE + " "])
def test_another_passphrase_does_not_open_it(keyring, key, typed):
    with pytest.raises(WrongSecret):
        keyring.unlock(typed)


def test_a_passphrase_is_the_same_however_its_letters_were_composed(keyring):
    keyring.make("caf\u00e9 lantern quarry", "A", "CAS", NOW)
    assert keyring.unlock("cafe\u0301 lantern quarry")


def test_without_a_key_nothing_is_signed(keyring):
    assert (keyring.current(), keyring.all(), keyring.witnessed()) == (None, [], [])
    for ask in (lambda: keyring.unlock(PASSPHRASE), lambda: keyring.key("../../etc"),
                lambda: keyring.unlock(PASSPHRASE, "00000000"),
                lambda: keyring.retire("../x", NOW)):
        with pytest.raises(NoKey):
            ask()


def test_the_passphrase_and_the_private_key_are_written_nowhere(tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    keyring = keyring_in(tmp_path)
    keyring.make(PASSPHRASE, "Academy", "CAS", NOW)
    signer = keyring.unlock(PASSPHRASE)
    for wrong in (PASSPHRASE + "x", PASSPHRASE):
        try:
            keyring.unlock(wrong)
        except WrongSecret as error:
            assert PASSPHRASE not in repr(error) + str(error.values)
    raw = signer._private.private_bytes_raw()
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    told = "".join([*capfd.readouterr(), caplog.text, repr(signer), repr(keyring)]).encode()
    for secret in (PASSPHRASE.encode(), raw, to_text(raw).encode(), raw.hex().encode()):
        assert secret not in written + told


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_key_is_for_its_owner_only(tmp_path, keyring, key):
    (file,) = (tmp_path / "keys").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_any_change_of_the_key_file_is_refused(tmp_path, keyring, key):
    (file,) = (tmp_path / "keys").iterdir()
    kept = json.loads(file.read_text())
    for name, value in [("sealed", to_text(bytes(48))), ("nonce", to_text(bytes(12))),
                        ("nonce", "!"), ("kdf", {**kept["kdf"], "name": "none"}),
                        ("kdf", {**kept["kdf"], "salt": to_text(bytes(16))}),
                        ("kdf", {**kept["kdf"], "memory": 1 << 30}), ("kdf", None),
                        ("public_key", new_signer().key.as_json())]:
        file.write_text(json.dumps({**kept, name: value}))
        with pytest.raises((WrongSecret, BadKey, NoKey)):
            keyring.unlock(PASSPHRASE)
    file.write_text("{")
    assert keyring.all() == []


def test_a_file_with_another_private_key_in_it_is_damaged():
    one, two = new_private_key(), new_signer()
    kept = sealed(one, PASSPHRASE, 1)
    with pytest.raises(WrongSecret):
        opened({**kept, "public_key": two.key.as_json()}, PASSPHRASE)


def test_a_passphrase_can_be_changed(keyring, key):
    keyring.change_passphrase(key.id, PASSPHRASE, "another long passphrase")
    assert keyring.unlock("another long passphrase").key == key
    with pytest.raises(WrongSecret):
        keyring.unlock(PASSPHRASE)


def test_a_key_comes_back_from_its_backup_on_another_computer(tmp_path, keyring, key):
    keyring.back_up(key.id, tmp_path / "stick" / "key.json")
    other = Keyring(tmp_path / "other", cost_mib=1)
    with pytest.raises(WrongSecret):
        other.restore(tmp_path / "stick" / "key.json", "wrong")
    assert other.current() is None
    assert other.restore(tmp_path / "stick" / "key.json", PASSPHRASE) == key
    assert other.unlock(PASSPHRASE).key == key


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"public_key": {}}', b"\xff"])
def test_what_is_no_backup_of_a_key_is_refused(tmp_path, keyring, content):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BadKey):
        keyring.restore(tmp_path / "file", PASSPHRASE)


def test_a_disk_that_refuses_is_told(tmp_path):
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(NotSaved):
        keyring_in(tmp_path).make(PASSPHRASE, "A", "CAS", NOW)


# One key after another -------------------------------------------------------------------

def test_a_rotated_key_is_retired_and_vouches_for_the_new_one(keyring, key):
    old, new = rotated(keyring)
    assert (old.id, old.retired, keyring.current()) == (key.id, "2027-03-01", new)
    assert is_endorsed(new, [key])
    assert not is_endorsed(new, [new_signer().key])
    assert not is_endorsed(replace(new, academy="Other"), [key])
    assert not is_endorsed(new, [replace(key, compromised=True)])
    assert not is_endorsed(key, [key])
    assert keyring.unlock("another long passphrase").key == new


def test_what_the_old_key_signed_stays_valid_after_the_rotation(keyring, key):
    record = credential().as_json()
    text = compact.signed_text(record, keyring.unlock(PASSPHRASE))
    old, new = rotated(keyring)
    assert compact.check(record, text, [old, new]).state == compact.VALID
    assert compact.signed_text(record, keyring.unlock(PASSPHRASE, old.id)) == text


def test_a_key_stays_retired_from_the_day_it_was(keyring, key):
    keyring.retire(key.id, NOW)
    again = keyring.retire(key.id, LATER, compromised=True)
    assert (again.retired, again.compromised) == ("2026-03-01", True)
    assert keyring.current() is None
    assert keyring.make(PASSPHRASE, "Academy", "CAS", LATER).follows == ""


def test_a_public_key_comes_back_from_its_file_and_nothing_else_does(key):
    shape = json.loads(json.dumps(key.as_json()))
    assert PublicKey.from_json(shape) == key
    assert len(key.fingerprint.split()) == 16
    wrong = [None, [], {}, {**shape, "public": "AA"}, {**shape, "id": "00000000"},
             {**shape, "format": "x"}, {**shape, "made": 3}, {**shape, "compromised": "no"},
             {**shape, "public": shape["public"] + "="}]
    for other in wrong:
        with pytest.raises(BadKey):
            PublicKey.from_json(other)


def test_its_file_fits_a_square_code(keyring, key):
    import segno

    _, new = rotated(keyring)
    assert segno.make(canonical(new.as_json()), error="m").version <= 20


@pytest.mark.parametrize("text", ["a", "AB", "A A", "+/+/", "AA=="])
def test_base64_has_one_spelling(text):
    with pytest.raises(ValueError, match=r"base64|padding|data"):
        from_text(text)


def test_a_signature_of_one_thing_is_not_one_of_another():
    signer = new_signer()
    seal = signer.seal("00")
    assert is_sealed([signer.key], "00", seal)
    assert not is_signed(signer.key.public, b"00", from_text(seal["signature"]))
    for wrong in ({}, {"key": signer.key.id}, {**seal, "signature": "?"}, {**seal, "key": "x"},
                  {**seal, "signature": None}):
        assert not is_sealed([signer.key], "00", wrong)


def test_how_far_the_chains_went_is_kept_beside_the_keys(keyring):
    keyring.witness([Head("a", 3, "x"), Head("b", 1, "y")])
    keyring.witness([Head("a", 2, "w")])
    assert keyring.witnessed() == [Head("a", 3, "x"), Head("b", 1, "y")]


# Lists -----------------------------------------------------------------------------------

@pytest.fixture
def desk():
    one = Desk(new_signer())
    numbers = [one.issue(named) for named in NAMES.values()]
    one.revoke(numbers[0], "Issued by mistake")
    one.supersede(numbers[1], numbers[2])
    return one


def made_list(desk):
    register = CredentialRegister(map(Line.of, desk.store.statements()))
    own = own_list(register, [desk.signer.key], "CAS", LATER)
    return own, json.loads(json.dumps(signed_list(own, "Academy of Casteria", desk.signer)))


def test_a_revocation_list_is_carried_to_who_checks(desk):
    own, shape = made_list(desk)
    listed = read_list(shape, [desk.signer.key])
    assert listed == own
    register = CredentialRegister(map(Line.of, desk.store.statements()))
    states = [compact.read(one.text, [desk.signer.key], [listed]).state
              for one in register.records]
    assert states[:3] == ["revoked", "superseded", "valid"]
    assert compact.read(register.records[0].text, [desk.signer.key], [listed]
                        ).revocation.reason == "Issued by mistake"


def test_a_list_that_was_changed_is_refused(desk):
    _, shape = made_list(desk)
    for name in shape:
        other = {**shape, name: shape[name][:-1]}
        with pytest.raises(BadList):
            read_list(other, [desk.signer.key])
    for wrong in (None, [], {}, {**shape, "entries": [[1]]}, {**shape, "made": 1.5}):
        with pytest.raises(BadList):
            read_list(wrong, [desk.signer.key])


@pytest.mark.parametrize("key", [
    lambda own: new_signer().key, lambda own: replace(own, prefix="XYZ"),
    lambda own: replace(own, compromised=True)])
def test_only_the_academys_own_sound_key_signs_its_list(desk, key):
    _, shape = made_list(desk)
    with pytest.raises(BadList) as refused:
        read_list(shape, [key(desk.signer.key)])
    assert refused.value.values["reason"] == "unknown-key"


def test_a_list_remembers_how_far_the_register_went(desk):
    listed = read_list(made_list(desk)[1], [desk.signer.key])
    assert [(one.device, one.place) for one in listed.heads] == [("memory", 10)]


# Whose key it is -------------------------------------------------------------------------

def test_a_key_that_came_with_a_register_is_trusted_only_when_ours_vouches_for_it(keyring, key):
    _, new = rotated(keyring)
    stranger, pretender = new_signer().key, new_signer(follows=key.id, endorsement="AAAA").key
    own = own_keys([key], [new, stranger, pretender])
    assert {one.id for one in own} == {key.id, new.id}
    assert own_keys([], [new, key]) == ()
    retired = own_keys([key], [replace(key, retired="2028-01-01", compromised=True)])
    assert retired[0].compromised


def test_a_laptop_without_the_private_key_checks_what_it_was_told_to_trust(tmp_path):
    desk, keyring = Desk(new_signer()), keyring_in(tmp_path)
    number = desk.issue()
    desk.note(desk.signer.key)

    def told():
        records = of_store(desk.store, keyring, LATER)
        issued = records.find(number)
        return records.check(issued.record, issued.text).state

    assert told() == compact.UNKNOWN_KEY
    with desk.store.record(PROFILE) as record:
        record.append(describe(REG, name="Academy", prefix="CAS"),
                      trust_key(REG, desk.signer.key.id, desk.signer.key.as_json()))
    assert told() == compact.VALID
    assert of_store(desk.store, keyring, LATER).faults() == []
    desk.revoke(number)
    assert told() == compact.REVOKED
    with desk.store.record(PROFILE) as record:
        record.append(trust_key(REG, desk.signer.key.id, None))
    assert told() == compact.UNKNOWN_KEY
