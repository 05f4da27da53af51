"""A damaged log and a disk that refuses: what is mended, and what is said about it."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.errors import NotSaved
from course.core.statement import Draft
from course.store.backup import make_backup
from course.store.files import write_whole
from course.store.lines import render

from .stores import (
    ALL,
    FailingDisk,
    everything,
    filled_in,
    fold_said,
    in_log,
    in_threads,
    place_in,
    said,
    say,
)


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


@pytest.fixture
def full(tmp_path):
    """A folder in which ten things were said, in two rooms, and closed."""
    return filled_in(tmp_path)


# The log ---------------------------------------------------------------------------------

def test_a_torn_last_line_is_cut_and_kept_aside(full):
    with full.segment().open("ab") as log:
        log.write(b'["0a1b2c3d",11,{"devi')
    store, repairs = full.reopened()
    say(store, "after")

    assert repairs == {"torn-tail"}
    assert next((full.folder / "aside").iterdir()).read_bytes() == b'["0a1b2c3d",11,{"devi'
    assert in_log(store, None)[-2:] == ["9", "after"]
    store.close()
    assert full.reopened()[1] == set()


def test_the_room_behind_the_lines_is_no_damage_and_goes_when_it_is_closed(place, tmp_path):
    """What a kill leaves: a segment with empty lines at its end."""
    store = place.open()
    say(store, "one")
    killed = place_in(tmp_path / "killed")
    shutil.copytree(place.folder, killed.folder)
    backup = store.back_up(tmp_path / "backup.zip")
    store.close()
    assert killed.segment().read_bytes().endswith(b"\n" * 1000)
    beside = make_backup(killed.folder, tmp_path / "beside.zip", "2026-01-01T00:00:00Z")
    assert (beside.statements, beside.bad_lines) == (1, 0)
    assert place.segment().read_bytes().endswith(b"]\n")
    assert (backup.statements, backup.bad_lines) == (1, 0)

    again, repairs = killed.reopened()
    say(again, "two")
    assert "torn-tail" not in repairs and "bad-line" not in repairs
    assert in_log(again) == ["one", "two"]
    again.close()


@given(cut=st.integers(0, 400), lost=st.integers(0, 3))
def test_a_batch_half_written_over_the_room_leaves_what_was_acknowledged(cut, lost,
                                                                         tmp_path_factory):
    """A disk may write the sectors of one batch in any order before the power goes."""
    place = place_in(tmp_path_factory.mktemp("cut"))
    store = place.open()
    say(store, "acknowledged")
    kept = place.segment().read_bytes().rstrip(b"\n") + b"\n"
    with store.record("room:1") as record:
        for word in ("first " * 20, "second " * 20, "third " * 20):
            record.append(Draft("said", word))
    written = place.segment().read_bytes()
    store.close()
    here = len(kept) + cut
    place.progress.unlink()
    place.segment().write_bytes(
        written[:here] + b"\n" * lost * 50 + written[here + lost * 50:])

    store, _ = place.reopened()
    say(store, "after")
    words = in_log(store)
    assert words[0] == "acknowledged" and words[-1] == "after"
    store.close()
    store, _ = place.reopened()
    assert in_log(store) == words
    store.close()


def test_zeros_after_a_power_cut_are_a_torn_tail(full):
    with full.segment().open("ab") as log:
        log.write(bytes(4096))
    store, repairs = full.reopened()

    assert everything(store) == ALL
    assert repairs == {"torn-tail"}
    store.close()


def test_a_torn_tail_that_cannot_be_kept_is_left_and_passed_over(full):
    with full.segment().open("ab") as log:
        log.write(b"[torn")
    (full.folder / "aside").write_text("a file where the folder should be")
    store, repairs = full.reopened()
    say(store, "after")
    assert repairs == {"torn-tail"}
    store.close()
    store = full.open()

    assert full.segment().read_bytes().endswith(b"[torn")
    assert in_log(store)[-1] == "after"
    assert len(in_log(store, None)) == 11
    store.close()


def test_a_segment_of_nothing_but_a_torn_line_is_moved_aside(full):
    full.segment(2).write_bytes(b"[")
    store, repairs = full.reopened()
    say(store, "after")

    assert repairs == {"torn-tail"}
    assert not full.segment(2).exists()
    assert in_log(store)[-1] == "after"
    store.close()


def test_a_last_line_without_its_line_end_counts(full):
    full.progress.unlink()
    full.segment().write_bytes(full.segment().read_bytes()[:-1])
    store, _ = full.reopened()
    say(store, "after", "room:0")

    assert in_log(store, None) == [*(f"{number}" for number in range(10)), "after"]
    store.close()
    store, repairs = full.reopened()
    assert (len(in_log(store, None)), repairs) == (11, set())
    store.close()


def test_a_flipped_byte_in_the_middle_costs_one_line(full):
    lines = full.segment().read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b'"4"', b'"X"')
    full.segment().write_bytes(b"".join(lines))
    full.progress.unlink()
    store, repairs = full.reopened()

    assert everything(store) == {"room:0": ["0", "2", "6", "8"], "room:1": ALL["room:1"]}
    assert repairs == {"bad-checksum", "documents-rebuilt"}
    assert "00000001.jsonl:5" in {repair.where for repair in store.health().repairs}
    store.close()


def test_a_flipped_byte_before_the_checkpoint_is_found_in_the_background(full):
    full.segment().write_bytes(full.segment().read_bytes().replace(b'"4"', b'"X"'))
    store = full.open()
    for _ in range(100):
        if store.health().repairs:
            break
        time.sleep(0.02)

    assert [repair.code for repair in store.health().repairs] == ["bad-checksum"]
    assert everything(store) == ALL
    store.close()


def test_a_statement_that_no_fold_understands_does_not_close_the_course(full):
    full.progress.unlink()

    def choosy(document, statement):
        if statement.object == "5":
            raise KeyError("a newer version said this")
        return fold_said(document, statement)

    store, repairs = full.reopened(folds={"room": choosy})

    assert said(store, "room:1") == ["1", "3", "7", "9"]
    assert repairs == {"documents-rebuilt", "not-folded"}
    store.close()


def test_a_good_line_that_is_no_statement_is_passed_over(full):
    with full.segment().open("ab") as log:
        log.write(render(11, b'{"room:1":"hello"}'))
    store, repairs = full.reopened()

    assert len(in_log(store, None)) == 10
    assert repairs == {"not-folded"}
    assert store.health().statements == 10
    store.close()


def test_after_closing_nothing_is_taken(full):
    store = full.open()
    store.close()
    store.close()
    with pytest.raises(NotSaved) as refusal:
        say(store, "too late")

    assert refusal.value.values == {"reason": "closed"}
    assert full.segment().read_bytes().count(b"\n") == 10


def test_tails_torn_at_the_same_place_are_all_kept(full):
    for torn in (b"[1", b"[2"):
        with full.segment().open("ab") as log:
            log.write(torn)
        full.open().close()

    assert sorted(path.read_bytes() for path in (full.folder / "aside").iterdir()) == [b"[1", b"[2"]


def test_a_fold_that_fails_saves_nothing(place):
    def broken(document, statement):
        raise KeyError("programmer's mistake")

    store = place.open(folds={"room": broken})
    with pytest.raises(KeyError):
        say(store, "x")

    assert in_log(store) == []
    store.close()


# The disk --------------------------------------------------------------------------------

def test_a_full_disk_is_told_and_with_space_again_it_goes_on(place):
    store = place.open()
    say(store, "before")
    place.disk.room = 20
    for wait in (True, True):
        with pytest.raises(NotSaved) as refusal:
            say(store, "refused", wait=wait)
    assert refusal.value.values == {"reason": "disk-full"}
    assert said(store) == in_log(store) == ["before"]
    assert [repair.code for repair in store.health().repairs] == ["disk-refused"]
    place.disk.room = None
    say(store, "after")
    history = list(store.statements())
    store.close()

    store, repairs = place.reopened()
    assert said(store) == ["after", "before"]
    assert repairs == set()
    assert len({one.id for one in history}) == len({one.stamp for one in history}) == 2
    store.close()


def test_what_nobody_waited_for_is_taken_back_when_the_disk_refuses_it(place):
    store = place.open()
    say(store, "before")
    place.disk.syncs_fail = True
    say(store, "ahead", wait=False)
    assert said(store) == ["ahead", "before"]
    with pytest.raises(NotSaved):
        say(store, "refused")
    place.disk.syncs_fail = False

    assert said(store) == ["before"]
    say(store, "after")
    assert said(store) == in_log(store) == ["after", "before"] or in_log(store) == [
        "before", "after"]
    store.close()


def test_thirty_threads_on_a_disk_that_fails_now_and_then(place):
    class Moody(FailingDisk):
        calls = 0

        def sync(self, fd):
            self.calls += 1
            if self.calls % 5 == 0:
                raise OSError(5, "input/output error")
            super().sync(fd)

    store = place.open(files=Moody())
    kept = []

    def work(name):
        for number in range(10):
            try:
                say(store, f"{name}-{number}", f"room:{name % 3}")
            except NotSaved:
                continue
            kept.append(f"{name}-{number}")

    assert in_threads(work, range(30)) == []
    assert 0 < len(kept) < 300
    assert sorted(in_log(store, None)) == sorted(kept)
    assert sorted(word for room in everything(store).values() for word in room) == sorted(kept)
    store.close()
    place.progress.unlink(missing_ok=True)
    store, repairs = place.reopened()
    assert sorted(in_log(store, None)) == sorted(kept)
    assert repairs == {"documents-rebuilt"}
    store.close()


def test_a_chore_that_fails_is_reported_and_the_others_go_on(full):
    (full.folder / "backups").write_text("a file where the folder should be")
    store = full.open(checkpoint_every=0.02)
    say(store, "new")
    for _ in range(100):
        if store.health().repairs and b'"new"' in full.progress.read_bytes():
            break
        time.sleep(0.02)

    assert [repair.code for repair in store.health().repairs] == ["backup-failed"]
    assert b'"new"' in full.progress.read_bytes()
    store.close()


def test_a_file_that_a_scanner_holds_is_tried_again(tmp_path, monkeypatch):
    real, held = Path.replace, [3]

    def replace(self, target):
        if held[0]:
            held[0] -= 1
            raise PermissionError(13, "used by another process")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    write_whole(tmp_path / "file", [b"new"])
    assert (tmp_path / "file").read_bytes() == b"new"

    held[0] = 1000
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "file", [b"never"])
    assert (tmp_path / "file").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_checkpoint_that_fails_is_made_later(place):
    store = place.open()
    say(store, "one")
    place.disk.room = 10
    store.checkpoint()
    assert b'"one"' not in place.progress.read_bytes()
    assert [repair.where for repair in store.health().repairs] == ["progress.json"]
    place.disk.room = None
    store.close()

    assert b'"one"' in place.progress.read_bytes()
    assert not list(place.folder.glob("*.part"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root")
def test_a_disk_that_is_really_full(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount")
    try:
        place = place_in(disk)
        store = place.open()
        say(store, "first")
        ballast = disk / "ballast"
        with pytest.raises(OSError):
            ballast.write_bytes(bytes(1 << 20))
        saved = fill_up(store)
        ballast.unlink()
        say(store, "after")
        assert in_log(store) == ["first", *saved, "after"]
        store.close()
        store = place.open()
        assert len(said(store)) == len(saved) + 2
        store.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def fill_up(store):
    """Say long things until the disk is full; those that were saved."""
    saved = []
    for number in range(1000):
        text = f"{number} " + "x" * 500
        try:
            say(store, text)
        except NotSaved:
            return saved
        saved.append(text)
    raise AssertionError("the disk never got full")
