"""Imports on disk: opened again, backed up, refused by a full disk, killed in the middle."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from course.core.errors import NotSaved
from course.store import Source
from course.store.backup import restore

from .serving import ROOT
from .stores import place_in, said, say
from .test_store_import import everything, told


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


def test_it_is_all_there_after_opening_again(place):
    store = place.open()
    say(store, "ours")
    gone = store.take(told("gone", "both"), Source("a", "d1"))
    store.take(told("both", "kept", first=2), Source("b", "d2"))
    store.withdraw(gone.id)
    shown, history, listed = everything(store), list(store.statements()), store.imports()
    store.close()
    for lost in (False, True):
        if lost:
            place.progress.unlink()
        store, repairs = place.reopened()
        assert (everything(store), list(store.statements()), store.imports()) == (
            shown, history, listed)
        assert repairs == ({"documents-rebuilt"} if lost else set())
        store.close()


def test_an_import_that_no_checkpoint_knows_is_folded_at_the_next_start(place):
    store = place.open(checkpoint_every=3600)
    say(store, "ours")
    store.checkpoint()
    kept = place.progress.read_bytes()
    taken = store.take(told("theirs"), Source("a", "d1"))
    store.checkpoint()
    later = place.progress.read_bytes()
    store.close()
    place.progress.write_bytes(kept)
    store = place.open(checkpoint_every=3600)
    assert said(store) == ["ours", "theirs"]
    store.withdraw(taken.id)
    store.close()
    for checkpoint in (kept, later):
        place.progress.write_bytes(checkpoint)
        store, repairs = place.reopened()
        assert (said(store), repairs) == (["ours"], set())
        store.close()


def test_a_backup_has_what_was_brought(place, tmp_path):
    store = place.open()
    say(store, "ours")
    file = tmp_path / "a.fourthp"
    file.write_text("as it came")
    taken = store.take(told("theirs"), Source("a.fourthp", "d1", "other", file))
    store.back_up(tmp_path / "backup.zip")
    store.withdraw(taken.id)
    store.close()
    restore(tmp_path / "backup.zip", place.folder)
    store = place.open()

    assert said(store) == ["ours", "theirs"]
    assert (place.folder / "imports" / taken.id / "original.fourthp").read_text() == "as it came"
    store.withdraw(taken.id)
    assert said(store) == ["ours"]
    store.close()
    restore(tmp_path / "backup.zip", tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere/imports" / taken.id).is_dir()


def test_a_full_disk_takes_nothing(place):
    store = place.open(checkpoint_every=3600)
    say(store, "ours")
    for room in (0, 200, 400):
        place.disk.room = room
        with pytest.raises(NotSaved):
            store.take(told(*"abcdefgh"), Source("a", "d1"))
        assert said(store) == ["ours"]
        assert store.imports() == []
    place.disk.room = None
    assert store.take(told(*"abcdefgh"), Source("a", "d1")).added == 8
    store.close()
    store, _ = place.reopened()
    assert len(said(store)) == 9
    store.close()


def test_the_folder_of_an_import_that_is_lost_costs_that_import(place):
    store = place.open()
    say(store, "ours")
    taken = store.take(told("theirs"), Source("a", "d1"))
    store.close()
    shutil.rmtree(place.folder / "imports" / taken.id)
    place.progress.unlink()
    store = place.open()

    assert said(store) == ["ours"]
    store.withdraw(taken.id)
    assert said(store) == ["ours"]
    store.close()


def test_the_class_goes_on_while_a_file_is_taken_and_withdrawn(place):
    store = place.open(checkpoint_every=0.01, segment_bytes=20_000)
    stop = threading.Event()
    words = []

    def go_on():
        while not stop.is_set():
            words.append(f"word {len(words)}")
            say(store, words[-1], f"room:{len(words) % 5}", wait=len(words) % 3 > 0)

    class_ = threading.Thread(target=go_on)
    class_.start()
    brought = [one for room in range(5) for one in told(
        *[f"{room} {n}" for n in range(800)], room=f"room:{room}", first=room * 800 + 1)]
    kept = store.take(brought[::2], Source("a", "d1"))
    gone = store.take(brought, Source("b", "d2"))
    store.withdraw(gone.id)
    time.sleep(0.1)
    stop.set()
    class_.join()

    def shown():
        return sorted(word for room in store.record_ids("room") for word in said(store, room))

    assert (kept.added, gone.added) == (2000, 2000)
    assert shown() == sorted(words + [one.object for one in brought[::2]])
    store.close()
    store, repairs = place.reopened()
    assert shown() == sorted(words + [one.object for one in brought[::2]])
    assert repairs == set()
    store.close()


TAKER = """
import sys
from pathlib import Path
from course.store import Source
from tests.stores import place_in, say
from tests.test_store_import import told

store = place_in(Path(sys.argv[1])).open(checkpoint_every=0.02)
life = sys.argv[2]
say(store, life)
print("begun", flush=True)
words = [f"{life} {number}" for number in range(3000)]
one = store.take(told(*words, device="d" + life), Source("a", life))
print("taken", flush=True)
store.withdraw(one.id)
print("withdrawn", flush=True)
"""


def test_killed_in_the_middle_an_import_is_there_whole_or_not_at_all(tmp_path):
    place = place_in(tmp_path)
    whole = 0.0
    for life in range(8):
        began = time.monotonic()
        output = killed_after(tmp_path, str(life), whole * life / 8 if life else 60)
        whole = whole or time.monotonic() - began
        store, repairs = place.reopened()
        brought = [word for word in said(store) if word.startswith(f"{life} ")]
        held = [one for one in store.imports() if one.holds and one.source.digest == str(life)]
        assert len(brought) == 3000 * len(held)
        assert "withdrawn" not in output or not held
        assert "taken" not in output or str(life) in {one.source.digest for one in store.imports()}
        assert f"{life}" in said(store)
        assert not repairs - {"import-unfinished", "torn-tail"}
        assert {one.name for one in (place.folder / "imports").glob("*")} == {
            one.id for one in store.imports()}
        for one in held:
            store.withdraw(one.id)
        assert said(store) == sorted(str(number) for number in range(life + 1))
        store.close()


def killed_after(folder, life, seconds):
    """Start one who takes a file, kill it in the midst; what it said was done."""
    taker = subprocess.Popen([sys.executable, "-c", TAKER, str(folder), life], cwd=ROOT,
                             stdout=subprocess.PIPE, text=True)
    first = taker.stdout.readline()
    with contextlib.suppress(subprocess.TimeoutExpired):
        taker.wait(seconds)
    taker.kill()
    said_so = [first.strip(), *(line.strip() for line in taker.stdout)]
    taker.wait()
    taker.stdout.close()
    return said_so


def test_an_import_is_a_change_of_ours_that_stays_here(place):
    store = place.open()
    store.take(told("theirs"), Source("a", "d1"))
    replaced = [replace(one, device="third", record="imports:third")
                for one in store.statements(f"imports:{store.device}")]

    assert len(replaced) == 1
    assert store.compare(replaced).left_out == 1
    store.close()
