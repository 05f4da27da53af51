"""The store on disk: what it mends when it opens, and what it says about it."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from course.core import people, progress
from course.core.errors import FolderInUse, NotAllowed, NotSaved
from course.core.statement import Draft, Statement, merge
from course.store import EMPTY
from course.store.folder import FolderLock, default_folder, machine_folder
from course.store.lines import encode, render
from hypothesis import given
from hypothesis import strategies as st
from tinydb import TinyDB, where

from .stores import FOLDS, FailingDisk, fold_said, in_log, in_threads, place_in, said, say


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


@pytest.fixture
def store(place):
    store = place.open()
    yield store
    store.close()


@pytest.fixture
def full(place):
    """A folder in which ten things were said, in two rooms, and closed."""
    store = place.open()
    for number in range(10):
        say(store, f"{number}", f"room:{number % 2}")
    store.close()
    return place


def everything(store):
    return {room: said(store, room) for room in store.record_ids("room")}


ALL = {"room:0": ["0", "2", "4", "6", "8"], "room:1": ["1", "3", "5", "7", "9"]}


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


# progress.json ---------------------------------------------------------------------------

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


def other_json(path):
    path.write_text('{"_default":{"1":{"a":1}}}')


def place_outside(path):
    path.write_text('x,\n"2":{"place":[900,50,1]}\n}}\n')


def no_place(path):
    path.write_text('x,\n"2":{"place":7}\n}}\n')


@pytest.mark.parametrize("damage", [
    Path.unlink, garble, truncate, halve, empty, flip_in_head, other_json, place_outside, no_place,
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


def test_zeros_after_a_power_cut_are_a_torn_tail(full):
    with full.segment().open("ab") as log:
        log.write(bytes(4096))
    store, repairs = full.reopened()

    assert everything(store) == ALL
    assert repairs == {"torn-tail"}
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


# Folds and merging -----------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
learning = st.one_of(
    st.builds(Draft, st.just("experienced"), st.sampled_from(["m#a", "m#b", "n#a"])),
    st.builds(lambda q, text, score: Draft("answered", f"pool#{q}", {
        "in": "check", "response": text, "score": score}),
        st.sampled_from("qr"), words, st.sampled_from([0, 0.5, 1])),
    st.builds(lambda a, q, text: Draft("answered", f"pool#{q}", {
        "attempt": a, "response": text, "score": 1}), st.sampled_from("12"), st.sampled_from("qr"),
        words),
    st.builds(lambda a: Draft("initialized", f"attempt:{a}", {
        "quiz": "pool", "questions": ["q", "r"], "seed": a}), st.sampled_from("12")),
    st.builds(lambda a, verb: Draft(verb, f"attempt:{a}", {
        "quiz": "pool", "score": 1, "of": 2, "passed": verb == "passed", "missed": [],
        "items": [{"id": "q"}, {"id": "r"}]}), st.sampled_from("12"),
        st.sampled_from(["passed", "failed"])),
    st.builds(lambda place, text: Draft("noted", place, {"text": text}),
              st.sampled_from(["m#a", "m#b"]), words),
    st.builds(lambda place, on: Draft("bookmarked", place, {"on": on}),
              st.sampled_from(["m#a", "m#b"]), st.booleans()),
)
enrolling = st.builds(lambda who, name: Draft("enrolled", who, {"name": name, "role": "learner"}),
                      st.sampled_from("ab"), words)


def history(drafts, record):
    """Statements of two devices that did not always know of each other."""
    def build(chosen):
        numbers = {"d1": 0, "d2": 0}
        statements = []
        for device, counter, draft in chosen:
            numbers[device] += 1
            statements.append(Statement(device, numbers[device], counter + numbers[device],
                                        f"2026-01-01T00:00:{len(statements) % 60:02}.000Z", record,
                                        draft.verb, draft.object, draft.result))
        return unique_stamps(statements)

    chosen = st.tuples(st.sampled_from(["d1", "d2"]), st.integers(0, 3), drafts)
    return st.lists(chosen, max_size=12).map(build)


def unique_stamps(statements):
    """A device never gives a counter twice, and an attempt is begun and ended once."""
    once = {(one.verb in ("passed", "failed"), one.object) if one.object.startswith("attempt:")
            else one.id: one for one in statements}
    return list({one.stamp: one for one in once.values()}.values())


@pytest.mark.parametrize(("fold", "drafts"), [
    (progress.fold_learner, learning), (people.fold_people, enrolling), (fold_said, learning),
], ids=["learner", "people", "room"])
@given(data=st.data())
def test_replaying_in_any_order_and_twice_gives_the_same_document(fold, drafts, data):
    statements = data.draw(history(drafts, "learner:1"))
    shuffled = data.draw(st.permutations(statements + statements))

    def folded(order):
        document = EMPTY
        for statement in order:
            document = fold(document, statement)
        return document

    assert folded(shuffled) == folded(statements)


@given(history(learning, "learner:1"), history(learning, "learner:1"))
def test_merging_twice_adds_nothing(ours, theirs):
    once = merge(ours, theirs)
    twice = merge([*ours, *once.added], theirs)

    assert twice.added == ()
    assert len({one.id for one in [*ours, *once.added]}) == len({one.id for one in [*ours, *theirs]})


@given(drafts=st.lists(learning, max_size=10))
def test_a_folder_opened_again_shows_the_same(drafts, tmp_path_factory):
    place = place_in(tmp_path_factory.mktemp("store"))
    store = place.open()
    for number, draft in enumerate(drafts):
        with store.record("learner:1", wait=number % 2 > 0) as record:
            record.append(draft)
    shown, kept = store.document("learner:1"), list(store.statements())
    store.close()
    place.progress.unlink(missing_ok=True)
    store = place.open()

    assert store.document("learner:1") == shown
    assert list(store.statements()) == kept
    assert [encode(one) for one in store.statements()] == [encode(one) for one in kept]
    store.close()


def test_the_folds_of_the_course_are_those_of_the_tests():
    from course import FOLDS as real

    assert {kind: FOLDS[kind] for kind in real} == dict(real)
