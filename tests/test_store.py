"""What every store does, whatever it keeps things on."""

import threading

import pytest

from course.core.statement import Draft
from course.store import MemoryStore

from .stores import FOLDS, in_log, in_threads, place_in, said, say


@pytest.fixture(params=["memory", "local"])
def store(request, tmp_path):
    store = MemoryStore(FOLDS) if request.param == "memory" else place_in(tmp_path).open()
    yield store
    store.close()


def test_what_was_appended_is_in_document_and_history(store):
    say(store, "hello")
    say(store, "goodbye")

    assert said(store) == ["goodbye", "hello"]
    assert in_log(store) == ["hello", "goodbye"]


def test_a_record_nobody_wrote_is_empty(store):
    assert store.document("room:none") == {}
    assert list(store.statements("room:none")) == []
    assert store.record_ids("room") == []


def test_what_is_decided_and_then_fails_did_not_happen(store):
    with pytest.raises(ZeroDivisionError), store.record("room:1") as record:
        record.append(Draft("said", "never"))
        _ = 1 / 0

    assert said(store) == in_log(store) == []


def test_a_block_without_appending_leaves_no_trace(store):
    with store.record("room:1"):
        pass

    assert store.record_ids("room") == []
    assert store.health().statements == 0


def test_several_drafts_are_kept_together_and_in_order(store):
    with store.record("room:1") as record:
        record.append(Draft("said", "one"), Draft("said", "two"))
        record.append(Draft("said", "three"))

    assert in_log(store) == ["one", "two", "three"]
    assert [one.number for one in store.statements()] == [1, 2, 3]


def test_what_nobody_waits_for_is_seen_at_once(store):
    say(store, "here", wait=False)

    assert said(store) == in_log(store) == ["here"]
    assert store.record_ids("room") == ["room:1"]
    with store.record("room:1") as record:
        assert list(record.document["said"].values()) == ["here"]


def test_waiting_after_not_waiting_keeps_the_order(store):
    say(store, "one", wait=False)
    say(store, "two")
    say(store, "three", wait=False)

    assert in_log(store) == ["one", "two", "three"]
    assert len(said(store)) == 3


def test_records_are_told_apart_and_listed_by_kind(store):
    say(store, "a", "room:2")
    say(store, "b", "room:1")
    say(store, "c", "learner:1")

    assert store.record_ids("room") == ["room:1", "room:2"]
    assert in_log(store, "room:2") == ["a"]
    assert in_log(store, None) == ["a", "b", "c"]


def test_a_kind_without_a_fold_has_a_history_and_no_document(store):
    say(store, "noted", "diary:1")

    assert in_log(store, "diary:1") == ["noted"]
    assert store.document("diary:1") == {}
    assert store.record_ids("diary") == []


def test_a_statement_is_found_by_its_id(store):
    say(store, "one")
    say(store, "two")
    wanted = list(store.statements())[1]

    assert store.statement(wanted.id) == wanted
    assert wanted.id == f"{store.device}:2"
    assert store.statement(f"{store.device}:3") is None
    assert store.statement("nonsense") is None


def test_a_document_that_was_handed_out_does_not_change(store):
    say(store, "one")
    before = store.document("room:1")
    say(store, "two")

    assert list(before["said"].values()) == ["one"]


def test_the_limit_holds_against_thirty_threads(store):
    def take_a_seat(name):
        with store.record("room:1") as record:
            if len(record.document.get("said", {})) < 3:
                record.append(Draft("said", str(name)))

    assert in_threads(take_a_seat, range(30)) == []
    assert len(said(store)) == len(in_log(store)) == 3


def test_numbers_are_given_once_and_counters_grow(store):
    in_threads(lambda name: [say(store, f"{name}", f"room:{name}") for _ in range(20)], range(10))
    history = list(store.statements())

    assert sorted(one.number for one in history) == list(range(1, 201))
    assert [one.counter for one in history] == sorted(one.counter for one in history)


def test_readers_never_see_half_of_a_block(store):
    stop = threading.Event()
    odd = []

    def read():
        while not stop.is_set():
            count = len(store.document("room:1").get("said", {}))
            if count % 2:
                odd.append(count)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(50):
        with store.record("room:1") as record:
            record.append(Draft("said", f"{number} left"), Draft("said", f"{number} right"))
    stop.set()
    reader.join()

    assert odd == []
    assert len(said(store)) == 100


def test_a_record_can_be_opened_again_inside_itself(store):
    with store.record("room:1"):
        say(store, "inner")

    assert said(store) == ["inner"]
