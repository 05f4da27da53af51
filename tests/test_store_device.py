"""A device id belongs to one living log."""

import json
import shutil

import pytest

from course.store.device import Machine, read_device, write_device

from .stores import Place, in_log, place_in, say


@pytest.fixture
def full(tmp_path):
    place = place_in(tmp_path)
    store = place.open()
    say(store, "one")
    say(store, "two")
    store.close()
    return place


def ids_and_numbers(place):
    """The id with which a folder is opened, and those of all it ever wrote, one line more."""
    store = place.open()
    say(store, "more")
    ids = [statement.id for statement in store.statements()]
    store.close()
    return store.device, ids


def test_the_same_folder_keeps_its_id(full):
    first, _ = ids_and_numbers(full)
    again, ids = ids_and_numbers(full)

    assert first == again
    assert ids == [f"{first}:{number}" for number in range(1, 5)]


def test_a_copied_folder_gets_a_new_id(full, tmp_path):
    copy = Place(tmp_path / "copy", full.machine)
    shutil.copytree(full.folder, copy.folder)

    original, _ = ids_and_numbers(full)
    other, ids = ids_and_numbers(copy)
    assert original != other
    assert ids == [f"{original}:1", f"{original}:2", f"{other}:1"]


def test_a_folder_on_another_machine_gets_a_new_id(full, tmp_path):
    original, _ = ids_and_numbers(full)
    full.machine = Machine(tmp_path / "another machine")

    assert ids_and_numbers(full)[0] != original


def test_a_laptop_made_from_the_same_image_is_another_machine(full, monkeypatch):
    original, _ = ids_and_numbers(full)
    monkeypatch.setattr("platform.node", lambda: "laptop-17")

    assert ids_and_numbers(full)[0] != original


def test_a_folder_put_back_to_an_earlier_state_gets_a_new_id(full, tmp_path):
    shutil.copytree(full.folder, tmp_path / "monday")
    original, monday_to_friday = ids_and_numbers(full)
    shutil.rmtree(full.folder)
    shutil.copytree(tmp_path / "monday", full.folder)
    other, ids = ids_and_numbers(full)

    assert other != original
    assert ids[:2] == monday_to_friday[:2]
    assert not set(ids[2:]) & set(monday_to_friday)


def test_a_log_that_lost_its_end_gets_a_new_id(full):
    original, ids = ids_and_numbers(full)
    full.progress.unlink()
    lines = full.segment().read_bytes().splitlines(keepends=True)
    full.segment().write_bytes(b"".join(lines[:-1]))
    other, fewer = ids_and_numbers(full)

    assert other != original
    assert fewer == [*ids[:-1], f"{other}:1"]


def test_counters_go_on_under_the_new_id(full, tmp_path):
    full.machine = Machine(tmp_path / "another machine")
    store = full.open()
    say(store, "three")

    assert [statement.counter for statement in store.statements()] == [1, 2, 3]
    assert in_log(store) == ["one", "two", "three"]
    store.close()


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b'{"id":"../../etc"}', b'{"id":"../x","created":""}',
])
def test_a_damaged_device_file_means_a_new_device(full, content):
    original, _ = ids_and_numbers(full)
    (full.folder / "device.json").write_bytes(content)

    assert ids_and_numbers(full)[0] != original


def test_a_key_stays_with_its_device_and_is_kept_when_the_id_changes(full, tmp_path):
    from dataclasses import replace

    device = read_device(full.folder)
    write_device(full.folder, replace(device, key="secret"))
    ids_and_numbers(full)
    assert read_device(full.folder).key == "secret"

    full.machine = Machine(tmp_path / "another machine")
    ids_and_numbers(full)
    new = read_device(full.folder)
    assert new.key == ""
    assert new.earlier == ({"id": device.id, "created": device.created, "key": "secret"},)


def test_a_machine_that_can_remember_nothing_still_has_a_stable_id(full, tmp_path):
    (tmp_path / "file").write_text("no folder can be made here")
    full.machine = Machine(tmp_path / "file" / "machine")

    assert ids_and_numbers(full)[0] == ids_and_numbers(full)[0]


def test_the_device_file_can_be_read_by_people(full):
    shape = json.loads((full.folder / "device.json").read_text())

    assert {"id", "created"} <= shape.keys()
