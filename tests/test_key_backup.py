"""Backups carry the signing keys as they are, and putting one back never undoes what was done.

A key is for its owner only, wherever it stands.
"""

import json
import shutil
import zipfile

import pytest

from course.exchange.keyring import Keyring
from course.store.backup import check_backup, restore

from .stores import place_in, say

NOW, WORDS, OTHER = "2026-03-30T10:00:00Z", "over the hills and far away", "another set of words"


@pytest.fixture
def place(tmp_path):
    """A folder with a statement, and a key in it."""
    place = place_in(tmp_path)
    store = place.open()
    say(store, "one")
    store.close()
    ring(place).make(WORDS, "Academy of Casteria", "CAS", NOW)
    return place


def ring(place):
    return Keyring(place.folder / "keys", cost_mib=1)


def backed_up(place, tmp_path):
    store = place.open()
    made = store.back_up(tmp_path / "stick.zip")
    store.close()
    return made


def test_a_laptop_that_was_lost_signs_again_from_its_backup(place, tmp_path):
    key = ring(place).current()
    backup = backed_up(place, tmp_path)
    assert backup.keys == [key.id]
    new = place_in(tmp_path / "new")
    assert restore(backup.file, new.folder).keys_left == ()

    assert ring(new).unlock(WORDS).key == key
    path = new.folder / "keys" / f"{key.id}.json"
    assert path.stat().st_mode & 0o077 == 0 and path.parent.stat().st_mode & 0o077 == 0


def test_a_backup_holds_nothing_that_opens_a_key(place, tmp_path):
    backup = backed_up(place, tmp_path)
    with zipfile.ZipFile(backup.file) as archive:
        kept = json.loads(archive.read(f"keys/{backup.keys[0]}.json"))
        everything = b"".join(map(archive.read, archive.namelist()))
    assert kept == json.loads((place.folder / "keys" / f"{backup.keys[0]}.json").read_bytes())
    assert WORDS.encode() not in everything


def test_a_key_that_was_retired_since_stays_retired(place, tmp_path):
    key = ring(place).current()
    backup = backed_up(place, tmp_path)
    ring(place).rotate(WORDS, OTHER, "Academy of Casteria", "CAS", NOW)
    new = ring(place).current()
    restored = restore(backup.file, place.folder)

    assert ring(place).current() == new and ring(place).key(key.id).retired
    assert restored.keys_left == (key.id,)
    copy = restored.aside / "keys" / f"{key.id}.json"
    assert not json.loads(copy.read_bytes())["public_key"]["retired"]


def test_a_damaged_key_is_put_back_and_kept_beside(place, tmp_path):
    key = ring(place).current()
    backup = backed_up(place, tmp_path)
    path = place.folder / "keys" / f"{key.id}.json"
    path.write_bytes(b"{torn")
    restored = restore(backup.file, place.folder)
    assert ring(place).unlock(WORDS).key == key and restored.keys_left == ()
    assert (restored.aside / "keys" / f"{path.name}.damaged").read_bytes() == b"{torn"


def test_a_backup_from_before_there_were_keys_takes_none_away(place, tmp_path):
    shutil.move(place.folder / "keys", tmp_path / "away")
    backup = backed_up(place, tmp_path)
    assert check_backup(backup.file).keys == []
    shutil.move(tmp_path / "away", place.folder / "keys")
    restore(backup.file, place.folder)
    assert ring(place).unlock(WORDS)


def test_a_key_alone_taken_back_stays_retired_too(place, tmp_path):
    key = ring(place).current()
    ring(place).back_up(key.id, tmp_path / "key.json")
    ring(place).retire(key.id, NOW, compromised=True)
    taken = ring(place).restore(tmp_path / "key.json", WORDS)
    assert taken.retired and taken.compromised and ring(place).current() is None
