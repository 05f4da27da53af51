"""One person, enrolled on two laptops: joined, and taken apart again without a trace."""

from __future__ import annotations

import pytest

from course.core import people
from course.core.people import REGISTER, Register
from course.core.statement import Draft, Statement
from course.store import MemoryStore, Source

from .stores import FOLDS, place_in
from .test_store_import import about


@pytest.fixture(params=["memory", "local"])
def store(request, tmp_path):
    store = MemoryStore(FOLDS) if request.param == "memory" else place_in(tmp_path).open()
    yield store
    store.close()


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
    read = [Statement("other", number, number, "2031-01-01T00:00:00Z", "learner:anna",
                      "experienced", f"m#{one}")
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
