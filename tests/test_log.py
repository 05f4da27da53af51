"""The log: lines, segments, group commit, and a disk that says no."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.errors import NotSaved
from course.core.statement import Draft, Statement
from course.store.lines import (
    START,
    Line,
    Position,
    Reader,
    decode,
    encode,
    found,
    holds,
    parse,
    render,
    segments,
)
from course.store.log import StatementLog

from .stores import FailingDisk, in_threads

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-2**63, 2**63 - 1) | texts
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12)
statements = st.builds(
    Statement, device=texts, number=st.integers(1, 2**53), counter=st.integers(1, 2**53),
    time=texts, record=texts, verb=texts, object=texts, actor=texts,
    result=st.dictionaries(texts, values, max_size=5))


# Lines -----------------------------------------------------------------------------------

@given(statements, st.integers(1, 10**12))
def test_a_statement_comes_back_as_it_went_in_whatever_it_says(statement, number):
    raw = render(number, encode(statement))
    line = parse(raw)

    assert raw.count(b"\n") == 1 and raw.endswith(b"\n")
    assert isinstance(line, Line) and line.number == number
    assert decode(line.payload) == statement
    assert encode(decode(line.payload)) == line.payload


@pytest.mark.parametrize("result", [
    {"text": "lone \ud800 surrogate"}, {"\udfff": 1}, {"when": object()}, {1: "a number as key"},
    {"much": 2**70},
], ids=["surrogate", "surrogate key", "object", "number key", "too large"])
def test_what_json_cannot_hold_is_refused(result):
    with pytest.raises(ValueError):
        encode(Statement("d", 1, 1, "", "room:1", "said", "x", result))


@given(statements, st.data())
def test_any_changed_byte_is_noticed(statement, data):
    raw = bytearray(render(7, encode(statement)))
    place = data.draw(st.integers(0, len(raw) - 2))
    raw[place] ^= data.draw(st.integers(1, 255))

    if bytes(raw[place:place + 1]) not in b"\r\n":
        assert parse(bytes(raw)) in ("bad-line", "bad-checksum")


@given(st.binary(max_size=80))
def test_any_bytes_are_a_line_or_a_code(raw):
    assert isinstance(parse(raw), str)


def test_an_editor_s_line_ends_do_no_harm():
    assert parse(render(1, b"{}").replace(b"\n", b"\r\n")) == parse(render(1, b"{}"))


# Appending -------------------------------------------------------------------------------

class Shelf:
    """A log of short words, and what it said about them."""

    def __init__(self, folder, disk, position=START, **settings):
        self.saved = []
        self.refusals = []
        self.log = StatementLog(folder, position, files=disk, saved=self.saved.extend,
                                refused=lambda *why: self.refusals.append(why), **settings)

    def put(self, word):
        with self.log.lock:
            return self.log.put([b'{"word":"%s"}' % word.encode()], word)

    def append(self, word):
        self.log.wait(self.put(word))


@pytest.fixture
def disk():
    return FailingDisk()


@pytest.fixture
def shelf(tmp_path, disk):
    shelf = Shelf(tmp_path, disk)
    yield shelf
    shelf.log.close()


def words(folder, report=lambda repair: None):
    return [payload.decode()[9:-2] for payload in Reader(folder, report=report)]


def test_what_was_acknowledged_is_in_the_file(shelf, tmp_path):
    shelf.append("one")
    shelf.append("two")

    assert words(tmp_path) == shelf.saved == ["one", "two"]
    assert holds(tmp_path, shelf.log.position)


def test_threads_that_wait_together_share_one_sync(shelf, tmp_path, disk):
    gate = threading.Event()
    slow = disk.sync
    disk.sync = lambda fd: (gate.wait(), slow(fd))
    batches = [shelf.put("first")]
    first = threading.Thread(target=shelf.log.wait, args=(batches[0],))
    first.start()
    while not batches[0].led:
        time.sleep(0.001)
    time.sleep(0.01)
    others = [threading.Thread(target=shelf.append, args=(f"{n}",)) for n in range(50)]
    for thread in others:
        thread.start()
    time.sleep(0.05)
    gate.set()
    for thread in [first, *others]:
        thread.join()

    assert len(words(tmp_path)) == 51
    assert shelf.log.saves == 2


def test_what_nobody_waits_for_is_written_before_long(shelf, tmp_path):
    shelf.put("reading on")
    shelf.log.flush_soon()
    time.sleep(0.3)

    assert words(tmp_path) == ["reading on"]


def test_a_full_segment_is_followed_by_another(tmp_path, disk):
    shelf = Shelf(tmp_path, disk, segment_bytes=200)
    for number in range(20):
        shelf.append(f"{number}")
    shelf.log.close()

    assert len(segments(tmp_path)) > 3
    assert all(path.stat().st_size <= 200 for path in tmp_path.glob("*.jsonl"))
    assert words(tmp_path) == [f"{number}" for number in range(20)]
    assert [parse(line).number for path in sorted(tmp_path.glob("*.jsonl"))
            for line in path.read_bytes().splitlines()] == list(range(1, 21))


def test_reading_on_from_a_position_gives_the_rest(tmp_path, disk):
    shelf = Shelf(tmp_path, disk, segment_bytes=100)
    positions = [START]
    for number in range(6):
        shelf.append(f"{number}")
        positions.append(shelf.log.position)
    shelf.log.close()

    for count, position in enumerate(positions):
        assert len(list(Reader(tmp_path, position))) == 6 - count
        assert len(list(Reader(tmp_path, end=position))) == count
        assert len(list(found(tmp_path, b"word", position))) == count


# A disk that says no ---------------------------------------------------------------------

def test_a_full_disk_tells_everybody_and_leaves_the_log_whole(shelf, tmp_path, disk):
    shelf.append("kept")
    disk.room = 10
    errors = in_threads(shelf.append, [f"{number}" for number in range(30)])

    assert [type(error) for error in errors] == [NotSaved] * 30
    assert errors[0].values == {"reason": "disk-full"}
    assert words(tmp_path) == shelf.saved == ["kept"]
    assert holds(tmp_path, shelf.log.position)


def test_with_space_again_it_goes_on_in_a_new_segment(shelf, tmp_path, disk):
    shelf.append("before")
    disk.room = 10
    for word in ("lost", "lost too"):
        with pytest.raises(NotSaved):
            shelf.append(word)
    disk.room = None
    shelf.append("after")
    repairs = []

    assert words(tmp_path, repairs.append) == ["before", "after"]
    assert segments(tmp_path) == [1, 2]
    assert repairs == []


@pytest.mark.parametrize("cuts_fail", [False, True])
def test_after_a_failed_sync_what_was_refused_does_not_come_back(shelf, tmp_path, disk, cuts_fail):
    shelf.append("before")
    disk.syncs_fail, disk.cuts_fail = True, cuts_fail
    with pytest.raises(NotSaved):
        shelf.append("refused")
    disk.syncs_fail = disk.cuts_fail = False
    shelf.append("after")

    assert words(tmp_path) == ["before", "after"]
    assert len(list(found(tmp_path, b"word", shelf.log.position))) == 2


def test_a_disk_that_stays_full_does_not_fill_the_folder_with_segments(shelf, tmp_path, disk):
    disk.room = 5
    for _ in range(20):
        with pytest.raises(NotSaved):
            shelf.append("lost")
        disk.room = 5

    assert segments(tmp_path) == []


def test_who_queued_behind_a_failure_is_told_too(shelf, disk):
    gate, reached = threading.Event(), threading.Event()

    def fail(fd):
        reached.set()
        gate.wait()
        raise OSError(5, "input/output error")

    disk.sync = fail
    errors = []

    def append(word):
        try:
            shelf.append(word)
        except NotSaved as error:
            errors.append(error)

    first = threading.Thread(target=append, args=("first",))
    first.start()
    reached.wait()
    behind = threading.Thread(target=append, args=("behind",))
    behind.start()
    time.sleep(0.05)
    gate.set()
    first.join()
    behind.join()

    assert len(errors) == 2
    assert len(shelf.refusals) == 1


def test_an_interrupt_while_writing_leaves_nobody_waiting(shelf, tmp_path, disk):
    shelf.append("before")

    def interrupted(fd):
        raise KeyboardInterrupt

    real, disk.sync = disk.sync, interrupted
    with pytest.raises(KeyboardInterrupt):
        shelf.append("lost")
    disk.sync = real
    shelf.append("after")

    assert words(tmp_path) == ["before", "after"]


# Damage ----------------------------------------------------------------------------------

@pytest.fixture
def written(shelf, tmp_path):
    for number in range(9):
        shelf.append(f"{number}")
    return tmp_path / "00000001.jsonl"


def test_a_bad_line_in_the_middle_costs_that_line_only(written, tmp_path):
    lines = written.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b"4", b"!", 1)
    written.write_bytes(b"".join(lines))
    repairs = []

    assert words(tmp_path, repairs.append) == ["0", "1", "2", "3", "5", "6", "7", "8"]
    assert [repair.where for repair in repairs] == ["00000001.jsonl:5"]


def test_lines_that_are_gone_are_missed(written, tmp_path):
    lines = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(b"".join(lines[:3] + lines[6:]))
    repairs = []

    assert words(tmp_path, repairs.append) == ["0", "1", "2", "6", "7", "8"]
    assert [(repair.code, repair.where, dict(repair.values)) for repair in repairs] == [
        ("lost-number", "4", {"count": 3})]


def test_a_line_that_stands_twice_counts_once(written, tmp_path):
    lines = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(b"".join(lines[:5] + lines[2:]))
    repairs = []

    assert words(tmp_path, repairs.append) == [f"{number}" for number in range(9)]
    assert {repair.code for repair in repairs} == {"bad-line"}


@given(cut=st.integers(0, 400))
def test_cut_anywhere_the_lines_before_are_whole(cut, tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    lines = [render(n, b'{"word":"%d"}' % n) for n in range(1, 10)]
    kept = b"".join(lines)[:cut]
    (folder / "00000001.jsonl").write_bytes(kept)
    reader = Reader(folder)

    whole = kept.count(b"\n") + any(kept.endswith(line[:-1]) for line in lines)
    assert len(list(reader)) == whole
    assert reader.torn == (not kept.endswith((b"\n", b"]")) and kept != b"")


def test_a_position_of_another_log_is_not_held(written, tmp_path):
    assert not holds(tmp_path, Position(1, 10**6, 50, 400, "00000000"))
    assert not holds(tmp_path, Position(3, 50, 50, 1, "00000000"))
    assert holds(tmp_path, START)


def test_a_draft_is_not_a_statement():
    with pytest.raises(ValueError):
        decode(b'{"verb":"said"}')
    with pytest.raises(ValueError):
        decode(b"[]")
    assert Draft("said", "x").result == {}
