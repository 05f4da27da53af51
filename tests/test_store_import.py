"""Statements of other laptops: taken once, told apart, and undone without a trace."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from course.core import people
from course.core.errors import NotFound, NotSaved
from course.core.people import REGISTER, Register
from course.core.statement import Draft, Statement
from course.store import MemoryStore, Source
from course.store.backup import restore

from .serving import ROOT
from .stores import FOLDS, in_log, place_in, said, say


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


@pytest.fixture(params=["memory", "local"])
def store(request, place):
    store = MemoryStore(FOLDS) if request.param == "memory" else place.open()
    yield store
    store.close()


def told(*words, device="other", room="room:1", first=1, counter=1):
    """What another laptop has said."""
    return [Statement(device, number, counter + number, "2031-01-01T00:00:00.000Z", room, "said",
                      word) for number, word in enumerate(words, start=first)]


def everything(store):
    kinds = ("room", "learner", "people", "register", "academy", "play")
    return {one: store.document(one) for kind in kinds for one in store.record_ids(kind)}


def counts(one):
    return (one.added, one.known, one.conflicts, one.left_out)


# Taking ----------------------------------------------------------------------------------

def test_what_comes_stands_beside_what_was_here(store):
    say(store, "ours")
    taken = store.take(told("theirs", "more"), Source("a.fourthp", "d1", "other"), by="tr")

    assert counts(taken) == (2, 0, 0, 0)
    assert said(store) == ["more", "ours", "theirs"]
    assert in_log(store) == ["ours", "theirs", "more"]
    assert store.statement("other:2").object == "more"
    assert store.imports() == [taken]
    assert (taken.source.name, taken.by, taken.holds) == ("a.fourthp", "tr", True)


def test_what_is_known_changes_nothing(store):
    store.take(told("one", "two"), Source("a", "d1"))
    before = everything(store)

    assert counts(store.take(told("one", "two", "three"), Source("b", "d2"))) == (1, 2, 0, 0)
    store.take(told("three", first=3), Source("c", "d3"))
    assert said(store) == ["one", "three", "two"]
    assert in_log(store) == ["one", "two", "three"]
    assert before != everything(store)


def test_the_same_file_is_taken_once(store):
    store.take(told("one"), Source("a", "d1"))
    again = store.take(told("one"), Source("b", "d1"))

    assert (again.id, counts(again)) == ("", (0, 1, 0, 0))
    assert len(store.imports()) == 1


def test_our_own_statements_come_back_as_known(store):
    say(store, "ours")

    assert counts(store.take(list(store.statements()), Source("a"))) == (0, 1, 0, 0)
    assert in_log(store) == ["ours"]


def test_the_same_id_with_other_content_is_refused(store):
    store.take(told("one"), Source("a", "d1"))
    other = told("changed", "two")

    pair, = store.compare(other).conflicts
    assert [one.object for one in pair] == ["one", "changed"]
    assert counts(store.take(other, Source("b", "d2"))) == (1, 0, 1, 0)
    assert said(store) == in_log(store) == ["one", "two"]


def test_comparing_tells_by_record_and_changes_nothing(store):
    say(store, "ours", "room:2")
    came = [*store.statements(), *told("one", "two"), *told("three", room="room:3", first=3)]
    found = store.compare(came)

    assert [(one.record, one.new, one.known) for one in found.records] == [
        ("room:1", 2, 0), ("room:2", 0, 1), ("room:3", 1, 0)]
    assert (found.new, found.known, found.conflicts) == (3, 1, [])
    assert store.record_ids("room") == ["room:2"]
    assert store.imports() == []


def test_our_counter_goes_on_behind_theirs(store):
    store.take(told("late", counter=700), Source("a"))
    say(store, "later")
    last = next(one for one in store.statements() if one.object == "later")

    assert last.counter > 701


def test_our_own_lost_numbers_are_not_given_again(store):
    say(store, "first")
    store.take(told("lost", device=store.device, first=40), Source("a"))
    say(store, "next")
    numbers = {one.object: one.number for one in store.statements()}

    assert (numbers["first"], numbers["lost"]) == (1, 40)
    assert numbers["next"] > 40


def test_a_statement_that_cannot_be_folded_costs_itself_only(store):
    odd = Statement("other", 9, 9, "", "learner:a", "passed", "attempt:1", {"nonsense": 1})
    store.take([odd, *told("one")], Source("a"))

    assert said(store) == ["one"]


# Withdrawing -----------------------------------------------------------------------------

def test_withdrawing_leaves_no_trace(store):
    say(store, "ours")
    before = everything(store)
    taken = store.take(told("theirs") + told("x", room="room:9", first=2), Source("a", "d1"))
    store.withdraw(taken.id)

    assert everything(store) == before
    assert store.record_ids("room") == ["room:1"]
    assert in_log(store) == ["ours"]
    assert store.statement("other:1") is None
    assert not store.imports()[0].holds


def test_what_another_import_brought_as_well_stays(store):
    first = store.take(told("one", "two"), Source("a", "d1"))
    second = store.take(told("two", "three", first=2), Source("b", "d2"))
    say(store, "ours")
    store.withdraw(first.id)
    assert said(store) == ["ours", "three", "two"]

    store.withdraw(second.id)
    assert said(store) == ["ours"]


def test_a_file_that_was_withdrawn_can_be_taken_again(store):
    first = store.take(told("one"), Source("a", "d1"))
    store.withdraw(first.id)
    store.withdraw(first.id)
    again = store.take(told("one"), Source("a", "d1"))

    assert (again.added, again.id != first.id) == (1, True)
    assert said(store) == ["one"]
    assert [one.holds for one in store.imports()] == [False, True]


def test_what_was_refused_counts_when_the_other_goes(store):
    first = store.take(told("one"), Source("a", "d1"))
    store.take(told("other", room="room:2"), Source("b", "d2"))
    assert store.record_ids("room") == ["room:1"]
    store.withdraw(first.id)

    assert (in_log(store), in_log(store, "room:2")) == ([], ["other"])
    assert store.record_ids("room") == ["room:2"]
    again = store.take(told("one"), Source("a", "d1"))
    assert again.conflicts == 1
    assert (in_log(store), in_log(store, "room:2")) == ([], ["other"])


def test_no_such_import(store):
    with pytest.raises(NotFound):
        store.withdraw("nothing")


# What is never taken from outside --------------------------------------------------------

def about(person_id, place=1, **said_of):
    return Statement("other", place, place, "", REGISTER, "enrolled", person_id, said_of)


@pytest.fixture
def staffed(store):
    with store.record(REGISTER) as record:
        register = Register({})
        for role, key in (("administrator", "boss"), ("learner", "ana")):
            record.append(people.enrol(register, key, name=key, number=key, secret="hash",
                                       role=role))
    return store


@pytest.mark.parametrize("hostile", [
    about("boss", secret="known to me"), about("boss", removed=True), about("boss", number="x"),
    about("ana", role="administrator"), about("boss", joined="ana"),
    Statement("other", 1, 1, "", "imports:other", "imported", "x"),
    Statement("other", 1, 1, "", "register:someone", "issued", "x", {"body": {}}),
    Statement("other", 1, 1, "", "academy:profile", "trusted-key", "k", {"key": {"id": "k"}}),
    Statement("other", 1, 2**60, "", "room:1", "said", "x"),
])
def test_no_file_changes_who_may_do_what(staffed, hostile):
    before = everything(staffed)

    assert counts(staffed.take([hostile], Source("a"))) == (0, 0, 0, 1)
    assert everything(staffed) == before


def test_staff_of_another_laptop_are_known_by_name_and_cannot_sign_in(staffed):
    staffed.take([about("tr", name="Tarrel", number="boss", role="administrator", secret="mine"),
                  about("tr", 2, secret="mine as well")], Source("a"))
    register = Register(staffed.document(REGISTER))

    assert (register.person("tr").name, register.person("tr").secret) == ("Tarrel", "")
    assert register.numbered("boss").id == "boss"


def test_a_laptop_without_an_account_still_asks_for_its_administrator(store):
    store.take([about("tr", name="T", number="1", role="administrator", secret="x")], Source("a"))

    assert not Register(store.document(REGISTER)).has_administrator


def test_a_learner_can_sign_in_on_the_other_laptop(store):
    store.take([about("ana", name="Ana", number="1", role="learner", secret="hash")], Source("a"))

    assert Register(store.document(REGISTER)).numbered("1").secret == "hash"


# On disk ---------------------------------------------------------------------------------

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


# One person, enrolled twice --------------------------------------------------------------

@pytest.fixture
def twice(store):
    """Ana was enrolled here as `ana`, elsewhere as `anna`, and has read there too."""
    with store.record(REGISTER) as record:
        record.append(people.enrol(Register({}), "ana", name="Ana", number="1", secret="a"))
    with store.record("learner:ana") as record:
        record.append(Draft("experienced", "m#here"))
    taken = store.take(elsewhere(), Source("a", "d1"))
    return store, taken


def elsewhere(*sections):
    read = [Statement("other", number, number, "2031", "learner:anna", "experienced", f"m#{one}")
            for number, one in enumerate(["there", *sections], start=2)]
    return [about("anna", name="Ana", number="7", role="learner", secret="b"), *read]


def join(store, other, kept):
    register = Register(store.document(REGISTER))
    with store.record(REGISTER) as record:
        record.append(Draft("joined", other, {"joined": kept}, actor="tr"))
    return register


def read_by(store, person):
    return sorted(store.document(f"learner:{person}").get("read", {}).get("m", ()))


def test_who_is_joined_counts_for_who_is_kept(twice):
    store, _ = twice
    alone = store.document("learner:ana")
    join(store, "anna", "ana")
    register = Register(store.document(REGISTER))

    assert read_by(store, "ana") == ["here", "there"]
    assert [one.id for one in register.learners()] == ["ana"]
    assert register.person("anna") == register.numbered("7") == register.person("ana")
    assert [one.id for one in register.listed(["anna", "ana", "nobody"])] == ["ana"]
    with store.record("learner:ana") as record:
        assert set(record.document["read"]["m"]) == {"here", "there"}

    join(store, "anna", "")
    assert store.document("learner:ana") == alone
    assert [one.id for one in Register(store.document(REGISTER)).learners()] == ["ana", "anna"]


def test_what_comes_after_the_join_counts_too_and_goes_with_its_import(twice):
    store, first = twice
    join(store, "anna", "ana")
    assert read_by(store, "ana") == ["here", "there"]
    second = store.take(elsewhere("more", "most"), Source("b", "d2"))
    assert read_by(store, "ana") == ["here", "more", "most", "there"]
    with store.record("learner:ana") as record:
        record.append(Draft("experienced", "m#last"))
    assert read_by(store, "ana") == ["here", "last", "more", "most", "there"]
    store.withdraw(second.id)
    assert read_by(store, "ana") == ["here", "last", "there"]
    store.withdraw(first.id)
    assert read_by(store, "ana") == ["here", "last"]


def test_whatever_way_they_are_joined_one_is_kept(twice):
    store, _ = twice
    with store.record(REGISTER) as record:
        record.append(people.enrol(Register({}), "b", name="B", number="9", secret="a"))
    join(store, "anna", "b")
    join(store, "b", "ana")
    assert read_by(store, "ana") == ["here", "there"]
    join(store, "ana", "anna")  # now round in a circle

    assert [one.id for one in Register(store.document(REGISTER)).learners()] == ["ana"]
    assert read_by(store, "ana") == ["here", "there"]


def test_an_import_is_a_change_of_ours_that_stays_here(place):
    store = place.open()
    store.take(told("theirs"), Source("a", "d1"))
    replaced = [replace(one, device="third", record="imports:third")
                for one in store.statements(f"imports:{store.device}")]

    assert len(replaced) == 1
    assert store.compare(replaced).left_out == 1
    store.close()
