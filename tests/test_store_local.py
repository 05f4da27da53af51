"""The store on disk: opened again, its clock, its health, its one owner."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.core.errors import FolderInUse, NotSaved
from course.core.statement import Draft
from course.store.folder import FolderLock, default_folder, machine_folder

from .stores import ALL, everything, filled_in, in_log, place_in, said, say


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


@pytest.fixture
def store(place):
    store = place.open()
    yield store
    store.close()


@pytest.fixture
def full(tmp_path):
    """A folder in which ten things were said, in two rooms, and closed."""
    return filled_in(tmp_path)


# Opening again ---------------------------------------------------------------------------

def test_it_is_all_there_after_closing(full):
    store, repairs = full.reopened()

    assert everything(store) == ALL
    assert in_log(store, None) == [f"{number}" for number in range(10)]
    assert (repairs, store.health().statements) == (set(), 10)
    store.close()


def test_it_goes_on_with_the_next_number_and_the_same_id(full):
    store = full.open()
    say(store, "next")
    last = list(store.statements())[-1]

    assert last.number == last.counter == 11
    assert store.device == next(store.statements()).device
    store.close()


def test_only_what_the_checkpoint_lacks_is_replayed(full):
    checkpoint = full.progress.read_bytes()
    store = full.open()
    say(store, "after", "room:0")
    store.close()
    full.progress.write_bytes(checkpoint)
    store, repairs = full.reopened()

    assert said(store, "room:0") == [*ALL["room:0"], "after"]
    assert repairs == set()
    store.close()


def test_what_nobody_waited_for_is_there_after_closing(place):
    store = place.open()
    say(store, "place", wait=False)
    store.close()
    store = place.open()

    assert said(store) == in_log(store) == ["place"]
    store.close()


def test_a_text_that_cannot_be_kept_is_refused_and_changes_nothing(store):
    for text in ("lone \ud800", "\udc80"):
        with pytest.raises(ValueError):
            say(store, text)
    say(store, "good")

    assert said(store) == in_log(store) == ["good"]


def test_what_is_shown_is_what_the_log_will_give_back(place):
    held = ["a"]
    store = place.open()
    with store.record("learner:1") as record:
        record.append(Draft("answered", "pool#q", {"in": "check", "response": held, "score": 1,
                                                   "pair": (1, 2)}))
    held.append("changed by the caller")
    before = store.document("learner:1")
    store.close()
    place.progress.unlink()
    store = place.open()

    assert store.document("learner:1") == before
    assert before["checks"]["pool#q"][0]["response"] == ["a"]
    store.close()


# The clock -------------------------------------------------------------------------------

def test_a_clock_set_back_a_year_is_told_and_does_not_change_the_order(place):
    now = ["2026-06-01T10:00:00.000Z"]
    store = place.open(clock=lambda: now[0])
    say(store, "first")
    now[0] = "2025-06-01T10:00:00.000Z"
    say(store, "second")
    history = list(store.statements())
    health = store.health()

    assert [one.object for one in sorted(history, key=lambda one: one.stamp)] == ["first", "second"]
    assert [one.time[:4] for one in history] == ["2026", "2025"]
    assert health.clock_behind == 365 * 24 * 3600
    assert [repair.code for repair in health.repairs] == ["clock-back"]
    store.close()
    store, repairs = place.reopened(clock=lambda: now[0])
    assert repairs == {"clock-back"}
    assert store.health().clock_behind > 0
    store.close()


def test_a_clock_that_is_right_bothers_nobody(store):
    say(store, "now")

    assert store.health().clock_behind == 0
    assert store.health().repairs == ()


def test_health_says_what_was_saved(store):
    say(store, "one")
    say(store, "two")
    health = store.health()

    assert (health.statements, health.saves, health.segment) == (2, 2, "00000001.jsonl")
    assert health.last_saved == list(store.statements())[-1].time
    assert health.free > 0 and health.slowest > 0


# One owner -------------------------------------------------------------------------------

def test_a_folder_has_one_owner(place):
    store = place.open()
    with pytest.raises(FolderInUse) as refusal:
        place.open()
    assert refusal.value.values == {"folder": str(place.folder), "pid": os.getpid()}
    store.close()
    place.open().close()


def test_another_process_s_folder_is_in_use(place):
    code = ("import sys, pathlib; from course.store.folder import FolderLock\n"
            "lock = FolderLock(pathlib.Path(sys.argv[1])); print('owned', flush=True)\n"
            "sys.stdin.read()")
    other = subprocess.Popen([sys.executable, "-c", code, str(place.folder)], text=True,
                             cwd=Path(__file__).parents[1],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout.readline() == "owned\n"
    with pytest.raises(FolderInUse) as refusal:
        place.open()
    assert refusal.value.values["pid"] == other.pid
    other.communicate()
    place.open().close()


def test_a_folder_that_could_not_be_opened_is_given_back(place):
    place.folder.mkdir()
    (place.folder / "log").write_text("a file where the folder should be")
    with pytest.raises(NotSaved):
        place.open()

    FolderLock(place.folder).release()


def test_the_machine_s_memory_is_outside_the_data():
    assert default_folder() not in machine_folder().parents
    assert default_folder() != machine_folder()
