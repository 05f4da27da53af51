"""Statements of other laptops: taken once, told apart, and undone without a trace."""

from __future__ import annotations

import pytest

from course.core import people
from course.core.errors import NotFound
from course.core.people import REGISTER, Register
from course.core.statement import Statement
from course.store import MemoryStore, Source

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
    return Statement("other", place, place, "2026-03-30T09:00:00Z", REGISTER, "enrolled",
                     person_id, said_of)


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
