"""`progress.json`: made again when it cannot be used, and plain TinyDB."""

import json
import os
import threading
import time
from pathlib import Path

import pytest
from tinydb import TinyDB, where

from course.core.errors import NotAllowed

from .stores import (
    ALL,
    everything,
    filled_in,
    in_threads,
    place_in,
    said,
    say,
)


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


def garble(path):
    path.write_bytes(os.urandom(3000))


def truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def halve(path):
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def flip_in_head(path):
    data = bytearray(path.read_bytes())
    data[data.index(b'"ledger"') + 3] ^= 1
    path.write_bytes(data)


def flip_in_index(path):
    data = bytearray(path.read_bytes())
    data[data.rindex(b'"room:1":[') + 3] ^= 1
    path.write_bytes(data)


def other_json(path):
    path.write_text('{"_default":{"1":{"a":1}}}')


def place_outside(path):
    path.write_text('x,\n"3":{"head":[900,50,1],"index":[900,50,1]}\n}}\n')


def no_place(path):
    path.write_text('x,\n"3":{"head":7}\n}}\n')


@pytest.mark.parametrize("damage", [
    Path.unlink, garble, truncate, halve, empty, flip_in_head, flip_in_index, other_json,
    place_outside, no_place,
], ids=lambda damage: damage.__name__)
def test_documents_that_cannot_be_used_are_made_again(full, damage):
    damage(full.progress)
    store, repairs = full.reopened()

    assert everything(store) == ALL
    assert repairs == {"documents-rebuilt"}
    store.close()
    assert full.reopened()[1] == set()


def test_documents_of_other_folds_are_made_again(full):
    def shout(document, statement):
        return {**document, statement.id: statement.object.upper()}

    store, repairs = full.reopened(folds={"room": shout}, folds_version="2")

    assert set(store.document("room:1").values()) == {"1", "3", "5", "7", "9"}
    assert repairs == {"documents-rebuilt"}
    store.close()


def test_a_damaged_document_is_made_again_when_it_is_asked_for(full):
    data = full.progress.read_bytes()
    full.progress.write_bytes(data.replace(b'"4"', b'"X"', 1))
    store, repairs = full.reopened()
    assert repairs == set()

    assert everything(store) == ALL
    assert [one.where for one in store.health().repairs] == ["room:0"]
    store.close()
    assert full.progress.read_bytes().count(b'"X"') == 0


def test_a_damaged_document_nobody_asks_for_is_mended_at_the_next_checkpoint(full):
    full.progress.write_bytes(full.progress.read_bytes().replace(b'"4"', b'"X"', 1))
    store = full.open()
    say(store, "new", "room:1")
    store.close()

    assert b'"X"' not in full.progress.read_bytes()
    assert b'"4"' in full.progress.read_bytes()


def test_a_file_taken_away_while_the_store_runs_is_made_again(full):
    store = full.open()
    full.progress.unlink()

    assert said(store, "room:0") == ALL["room:0"]
    say(store, "new", "room:0")
    store.close()
    store, repairs = full.reopened()
    assert everything(store) == {**ALL, "room:0": [*ALL["room:0"], "new"]}
    assert repairs == set()
    store.close()


def test_documents_newer_than_the_log_are_made_again_under_a_new_id(full):
    lines = full.segment().read_bytes().splitlines(keepends=True)
    full.segment().write_bytes(b"".join(lines[:-2]))
    before = json.loads((full.folder / "device.json").read_text())["id"]
    store, repairs = full.reopened()

    assert everything(store) == {"room:0": ["0", "2", "4", "6"], "room:1": ["1", "3", "5", "7"]}
    assert repairs == {"documents-rebuilt"}
    assert store.device != before
    store.close()


def test_stock_tinydb_reads_the_file_and_agrees_with_ours(full):
    store = full.open()
    say(store, "Ünï, عربي", "room:0")
    ours = store.tables
    rows = ours.table("room").all()
    store.close()
    with TinyDB(full.progress, encoding="utf-8") as stock:
        assert stock.table("room").all() == rows
        assert stock.table("room").get(where("record") == "room:0")["document"]["said"]
        assert [row.doc_id for row in rows] == [1, 2]


def test_the_tables_cannot_be_written_and_do_not_share_what_they_give(store):
    say(store, "one")
    table = store.tables.table("room")
    table.all()[0]["document"]["said"].clear()
    with pytest.raises(NotAllowed):
        table.update({"document": {}})
    with pytest.raises(NotAllowed):
        store.tables.drop_table("room")

    assert said(store) == ["one"]


def test_document_numbers_stay_when_others_come(full):
    store = full.open()
    say(store, "x", "room:00")
    store.close()
    with TinyDB(full.progress, encoding="utf-8") as stock:
        assert [row["record"] for row in stock.table("room").all()] == [
            "room:0", "room:1", "room:00"]


def test_a_checkpoint_while_others_write_misses_nothing(place):
    store = place.open()
    stop = threading.Event()

    def checkpoints():
        while not stop.is_set():
            store.checkpoint()

    keeper = threading.Thread(target=checkpoints)
    keeper.start()
    errors = in_threads(
        lambda name: [say(store, f"{name} {n}", f"room:{name}", wait=n % 3 != 1)
                      for n in range(40)], range(8))
    stop.set()
    keeper.join()
    store.checkpoint()
    in_file = json.loads(place.progress.read_bytes())["room"]
    shown = {room: store.document(room) for room in store.record_ids("room")}
    store.close()

    assert errors == []
    assert {row["record"]: row["document"] for row in in_file.values()} == shown
    place.progress.unlink()
    store = place.open()
    assert {room: store.document(room) for room in store.record_ids("room")} == shown
    assert sum(len(one["said"]) for one in shown.values()) == 320
    store.close()


def test_documents_beyond_what_memory_keeps_are_read_again(full, monkeypatch):
    monkeypatch.setattr("course.store.documents.KEPT", 3)
    store = full.open()
    for number in range(10, 20):
        say(store, f"{number}", f"room:{number}")
    store.checkpoint()
    for _ in range(2):
        assert everything(store) == ALL | {f"room:{n}": [f"{n}"] for n in range(10, 20)}
    say(store, "more", "room:10")
    assert said(store, "room:10") == ["10", "more"]
    store.close()


def test_a_checkpoint_is_written_every_few_seconds(place):
    store = place.open(checkpoint_every=0.05)
    say(store, "one")
    time.sleep(0.3)

    assert b'"one"' in place.progress.read_bytes()
    store.close()
