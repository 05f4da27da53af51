"""Backups are made while the store runs, read back, and give the same course again."""

import contextlib
import json
import shutil
import threading
import time
import zipfile
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.errors import BadBackup, FolderInUse, NotSaved
from course.store.archive import as_listed
from course.store.backup import check_backup, finish_restore, make_backup, read_backup, restore
from course.store.rotation import kept_backups, next_backup, rotate

from .stores import Place, in_log, in_threads, place_in, said, say


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


@pytest.fixture
def store(place):
    store = place.open()
    yield store
    store.close()


@pytest.fixture
def backup(place, tmp_path):
    """A backup of a closed folder in which two things were said."""
    store = place.open()
    say(store, "one")
    say(store, "two", "room:2")
    made = store.back_up(tmp_path / "stick.zip")
    store.close()
    return made


def everything(store):
    return {room: store.document(room) for room in store.record_ids("room")}


def test_a_backup_says_what_it_is(backup, place):
    assert backup.statements == 2
    assert read_backup(backup.file) == check_backup(backup.file) == backup
    assert set(zipfile.ZipFile(backup.file).namelist()) == {
        "backup.json", "progress.json", "device.json", "log/00000001.jsonl"}


def test_a_restored_backup_is_the_same_course_under_a_new_id(backup, place, tmp_path):
    store = place.open()
    shown, history = everything(store), list(store.statements())
    store.close()
    other = Place(tmp_path / "new laptop", place.machine)
    restore(backup.file, other.folder)
    restored, repairs = other.reopened()

    assert everything(restored) == shown
    assert list(restored.statements()) == history
    assert restored.device != store.device
    assert repairs == set()
    restored.close()


def test_restoring_over_data_moves_it_aside(backup, place):
    store = place.open()
    say(store, "later")
    device = store.device
    store.close()
    log = place.segment().read_bytes()
    restored = restore(backup.file, place.folder)
    store = place.open()

    assert in_log(store, None) == ["one", "two"]
    assert store.device != device
    assert (restored.aside / "log" / "00000001.jsonl").read_bytes() == log
    store.close()


def test_restoring_twice_keeps_both_of_what_was_there(backup, place):
    first = restore(backup.file, place.folder, "2026-01-31T12:00:00Z")
    second = restore(backup.file, place.folder, "2026-01-31T12:00:00Z")

    assert first.aside.name == "before-restore-20260131T120000Z"
    assert first.aside != second.aside
    assert (first.aside / "log").exists() and (second.aside / "log").exists()


def test_a_damaged_folder_can_be_restored(backup, place):
    shutil.rmtree(place.folder / "log")
    (place.folder / "log").write_text("not even a folder")
    place.progress.write_bytes(b"\0" * 50)
    restore(backup.file, place.folder)
    store = place.open()

    assert in_log(store, None) == ["one", "two"]
    store.close()


def test_a_folder_in_use_is_not_restored(backup, store, place):
    with pytest.raises(FolderInUse):
        restore(backup.file, place.folder)


def test_backups_while_thirty_threads_write_are_whole(place, tmp_path):
    store = place.open(segment_bytes=3000)
    backups = []
    stop = threading.Event()

    def back_up():
        while not stop.is_set():
            backups.append(store.back_up(tmp_path / f"{len(backups)}.zip"))

    keeper = threading.Thread(target=back_up)
    keeper.start()
    errors = in_threads(lambda name: [say(store, f"{name} {n}", f"room:{name}", wait=n % 2 > 0)
                                      for n in range(30)], range(30))
    stop.set()
    keeper.join()
    backups.append(store.back_up(tmp_path / "last.zip"))
    shown = everything(store)
    store.close()

    assert errors == []
    assert backups[-1].statements == 900
    for number, backup in enumerate([backups[0], backups[len(backups) // 2], backups[-1]]):
        copy = Place(tmp_path / f"copy{number}", place.machine)
        restore(backup.file, copy.folder)
        opened, repairs = copy.reopened()
        assert repairs == set()
        assert opened.health().statements == backup.statements
        for room in opened.record_ids("room"):
            words = in_log(opened, room)
            assert words == [f"{room[5:]} {n}" for n in range(len(words))]
            assert sorted(words) == said(opened, room)
        last = everything(opened)
        opened.close()
    assert last == shown


def test_a_backup_beside_a_running_store_leaves_out_the_half_written_line(store, place, tmp_path):
    say(store, "whole")
    with place.segment().open("ab") as log:
        log.write(b'["0a1b2c3d",2,{"dev')
    backup = make_backup(place.folder, tmp_path / "beside.zip", "2026-01-31T12:00:00Z")

    assert (backup.statements, backup.bad_lines) == (1, 0)


def test_a_folder_with_a_bad_line_can_still_be_backed_up_and_restored(backup, place, tmp_path):
    place.segment().write_bytes(place.segment().read_bytes().replace(b'"one"', b'"xxx"'))
    made = make_backup(place.folder, tmp_path / "bad.zip", "2026-01-31T12:00:00Z")
    assert (made.statements, made.bad_lines) == (1, 1)
    restore(made.file, place.folder)
    store = place.open()

    assert in_log(store, None) == ["two"]
    store.close()


def test_a_folder_without_documents_can_be_backed_up_and_restored(backup, place, tmp_path):
    place.progress.unlink()
    made = make_backup(place.folder, tmp_path / "bare.zip", "2026-01-31T12:00:00Z")
    restore(made.file, place.folder)
    store, repairs = place.reopened()

    assert (said(store), repairs) == (["one"], {"documents-rebuilt"})
    store.close()


def test_a_full_disk_leaves_no_half_backup(store, place, tmp_path):
    say(store, "one")

    def full(source, target):
        raise OSError(28, "no space left")

    place.disk.replace = full
    with pytest.raises(NotSaved):
        store.back_up(tmp_path / "full.zip")
    del place.disk.replace
    assert list(tmp_path.glob("full*")) == []


# What is no backup -----------------------------------------------------------------------

def rewritten(file, target, **changes):
    """A copy of a backup with some files changed, added or, as None, left out."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            content = changes.pop(name, source.read(name))
            if content is not None:
                copy.writestr(name, content)
        for name, content in changes.items():
            copy.writestr(name, content)
    return target


def manifest(file, **changes):
    return json.dumps({**json.loads(zipfile.ZipFile(file).read("backup.json")), **changes})


@pytest.mark.parametrize(("change", "reason"), [
    (lambda file: {"log/00000001.jsonl": b"[]\n"}, "checksum"),
    (lambda file: {"progress.json": None}, "files"),
    (lambda file: {"../evil": b"x"}, "files"),
    (lambda file: {"backup.json": None}, "format"),
    (lambda file: {"backup.json": "{"}, "format"),
    (lambda file: {"backup.json": "[]"}, "format"),
    (lambda file: {"backup.json": manifest(file, version=2)}, "format"),
    (lambda file: {"backup.json": manifest(file, end=7)}, "format"),
    (lambda file: {"backup.json": manifest(file, files={"progress.json": {"siz": 1}})}, "format"),
    (lambda file: {"backup.json": manifest(file, files={
        "../evil": {"size": 1, "crc32": 1}}), "../evil": b"x"}, "files"),
    (lambda file: {"backup.json": manifest(file, files={
        "log/../../00000001.jsonl": {"size": 1, "crc32": 1}})}, "files"),
])
def test_what_is_no_backup_touches_nothing(backup, place, tmp_path, change, reason):
    before = place.segment().read_bytes()
    changed = rewritten(backup.file, tmp_path / "changed.zip", **change(backup.file))
    with pytest.raises(BadBackup) as refusal:
        restore(changed, place.folder)

    assert refusal.value.values["reason"] == reason
    assert place.segment().read_bytes() == before
    assert not list(place.folder.glob("before-restore-*"))


@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_a_zip_with_a_changed_byte_is_refused_or_the_same(place, change, tmp_path_factory):
    folder = tmp_path_factory.mktemp("flip")
    store = place_in(folder).open()
    say(store, "one")
    backup = store.back_up(folder / "good.zip")
    store.close()
    raw = bytearray(backup.file.read_bytes())
    raw[place % len(raw)] ^= change
    changed = folder / "changed.zip"
    changed.write_bytes(raw)

    with contextlib.suppress(BadBackup):
        assert check_backup(changed).files == backup.files


def test_other_files_are_no_backups(tmp_path):
    for name, content in {"text.zip": b"hello", "empty.zip": b"", "half.zip": b"PK\3\4"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadBackup):
            read_backup(tmp_path / name)
    with pytest.raises(BadBackup):
        read_backup(tmp_path / "not there.zip")
    assert isinstance(as_listed(tmp_path / "text.zip"), BadBackup)


# Power cuts ------------------------------------------------------------------------------

class Cut(BaseException):
    """The power goes."""


@pytest.mark.parametrize("step", range(12))
def test_a_restore_cut_anywhere_leaves_the_old_data_or_the_new(backup, place, step):
    store = place.open()
    say(store, "later")
    store.close()
    real, left = place.disk.replace, [step]

    def replace(source, target):
        if left[0] == 0:
            raise Cut
        left[0] -= 1
        real(source, target)

    place.disk.replace = replace
    with contextlib.suppress(Cut):
        restore(backup.file, place.folder, files=place.disk)
    place.disk.replace = real
    store = place.open()

    assert in_log(store, None) in (["one", "two", "later"], ["one", "two"])
    assert not (place.folder / "restoring").exists()
    store.close()


def test_an_unfinished_unpacking_is_thrown_away(place):
    (place.folder / "restoring" / "log").mkdir(parents=True)
    finish_restore(place.folder)

    assert not (place.folder / "restoring").exists()


# By itself -------------------------------------------------------------------------------

def until(what):
    for _ in range(200):
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it never came")


def test_a_start_with_something_new_makes_a_backup(backup, place):
    store = place.open()
    first = until(lambda: kept_backups(place.folder))
    store.close()
    store = place.open()
    store.close()
    assert kept_backups(place.folder) == first
    assert check_backup(first[0]).statements == 2

    store = place.open()
    say(store, "new")
    store.close()
    store = place.open()
    until(lambda: kept_backups(place.folder) != first)
    store.close()
    assert [check_backup(one).statements for one in kept_backups(place.folder)] == [3]


def test_names_say_when_and_in_what_order(tmp_path):
    first = next_backup(tmp_path, "2026-01-31T12:00:00.123Z")
    first.parent.mkdir()
    first.touch()

    assert first.name == "backup-0001-20260131T120000Z.zip"
    assert next_backup(tmp_path, "2020-01-01T00:00:00Z").name == "backup-0002-20200101T000000Z.zip"


def test_old_backups_go_by_the_rule(tmp_path):
    for days in range(500):
        path = next_backup(tmp_path, f"{date(2025, 1, 1) + timedelta(days):%Y-%m-%d}T08:00:00Z")
        path.parent.mkdir(exist_ok=True)
        path.touch()
        rotate(tmp_path)
    kept = sorted(path.name[12:20] for path in kept_backups(tmp_path))

    assert kept[-7:] == [f"{date(2026, 5, 9) + timedelta(days):%Y%m%d}" for days in range(7)]
    assert len(kept) <= 7 + 4 + 12
    assert kept[0] == "20250630"
    assert len({name[:6] for name in kept}) == 12


def test_a_clock_set_back_does_not_cost_the_latest_backup(tmp_path):
    for day in range(1, 29):
        path = next_backup(tmp_path, f"2026-02-{day:02}T08:00:00Z")
        path.parent.mkdir(exist_ok=True)
        path.touch()
    late = next_backup(tmp_path, "2015-01-01T00:00:00Z")
    late.touch()
    rotate(tmp_path)

    assert kept_backups(tmp_path)[0] == late


def test_other_files_among_the_backups_stay(tmp_path):
    (tmp_path / "backups").mkdir()
    mine = tmp_path / "backups" / "backup of Monday.zip"
    mine.touch()
    rotate(tmp_path)

    assert mine.exists()
    assert kept_backups(tmp_path) == []
