"""A group of the store: many records, one wait for the disk, nothing shown before."""

import threading

import pytest

from course.core.errors import NotSaved, WouldWait
from course.core.statement import Draft
from course.store import group as groups

from .stores import in_log, place_in, said, say


@pytest.fixture(autouse=True)
def any_disk_is_quick(monkeypatch):
    """That of a busy machine too."""
    monkeypatch.setattr(groups, "QUICK", 60.0)


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


@pytest.fixture
def store(place):
    store = place.open()
    yield store
    store.close()


def add(group, text, room="room:1"):
    with group.record(room) as record:
        record.append(Draft("said", text))


def elsewhere(work):
    """Do something in another thread; the thread."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_many_records_are_kept_with_one_save_and_shown_only_then(store):
    group, saves = store.group(), store.health().saves
    for number in range(30):
        add(group, f"{number}", f"room:{number}")
    assert store.record_ids("room") == []

    group.save()

    assert store.health().saves == saves + 1
    assert in_log(store, None) == [f"{number}" for number in range(30)]
    assert said(store, "room:29") == ["29"]


def test_a_record_of_the_group_is_not_had_twice(store):
    group = store.group()
    add(group, "one")
    with pytest.raises(WouldWait):
        add(group, "two")
    group.save()
    add(group, "two")
    group.save()

    assert said(store) == ["one", "two"]


def test_others_wait_until_the_group_is_saved_and_build_on_it(store):
    group, seen = store.group(), []

    def look():
        with store.record("room:1") as record:
            seen.extend(record.document.get("said", {}).values())

    add(group, "first")
    other = elsewhere(look)
    other.join(0.05)
    assert not seen
    group.save()
    other.join(5)

    assert seen == ["first"]


def test_who_must_not_wait_is_not_made_to(store):
    held, done = threading.Event(), threading.Event()

    def hold():
        with store.record("room:1"):
            held.set()
            done.wait()

    other, group = elsewhere(hold), store.group()
    held.wait()
    with pytest.raises(WouldWait):
        add(group, "one")
    done.set()
    other.join()
    add(group, "one")
    group.save()

    assert said(store) == ["one"]


def test_a_decision_that_fails_lets_go_of_the_record(store):
    group = store.group()
    with pytest.raises(KeyError), group.record("room:1") as record:
        record.append(Draft("said", "never"))
        raise KeyError
    add(group, "then")
    group.save()

    assert said(store) == in_log(store) == ["then"]


def test_what_the_disk_refuses_has_not_happened_and_others_go_on(place, store):
    say(store, "before")
    group = store.group()
    add(group, "refused")
    add(group, "refused", "room:2")
    place.disk.syncs_fail = True
    with pytest.raises(NotSaved):
        group.save()
    place.disk.syncs_fail = False
    add(group, "after")
    group.save()

    assert (said(store), in_log(store)) == (["after", "before"], ["before", "after"])
    assert said(store, "room:2") == in_log(store, "room:2") == []


def test_a_slow_disk_is_waited_for_by_those_who_have_time(store, monkeypatch):
    monkeypatch.setattr(groups, "QUICK", 0.0)
    say(store, "slowly")
    group = store.group()
    with pytest.raises(WouldWait):
        add(group, "at once")

    monkeypatch.setattr(groups, "QUICK", 60.0)
    add(group, "at once")
    group.save()
    assert said(store) == ["at once", "slowly"]


def test_a_group_that_was_not_saved_is_on_disk_after_closing(place):
    store = place.open()
    add(store.group(), "taken")
    store.close()

    store = place.open()
    assert said(store) == ["taken"]
    store.close()
