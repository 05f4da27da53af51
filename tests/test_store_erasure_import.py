"""Names that were taken away, and statements that come from other laptops and go to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from course.core import people
from course.core.people import REGISTER, Register
from course.core.statement import Statement
from course.core.travel import travelling
from course.store import Source
from course.store.memory import MemoryStore

from .stores import FOLDS, place_in
from .test_store_erasure import (
    ANA,
    BEN,
    CODE,
    NAMES,
    documents,
    fill,
    found_in,
    take_away,
    until,
)


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


@pytest.fixture(params=["memory", "local"])
def here(request, place):
    store = MemoryStore(FOLDS) if request.param == "memory" else place.open()
    yield store
    store.close()


def elsewhere(folder):
    """What another laptop has of Ana, and the file that it came in."""
    place = place_in(folder / "elsewhere")
    store = place.open()
    fill(store)
    statements = list(store.statements())
    store.close()
    file = folder / "a.fourthp"
    file.write_text("".join(f"{one.as_json()}\n" for one in statements))
    return statements, Source("a.fourthp", "d1", "elsewhere", file)


def texts_of(store):
    return repr([one.as_json() for one in store.statements()
                 if one.record != "register:d" and BEN not in one.record])


def test_what_imports_brought_loses_the_name_and_so_does_the_file_they_came_in(place, tmp_path):
    statements, source = elsewhere(tmp_path)
    store = place.open()
    store.take(statements, source)
    before = {one.id for one in store.statements()}
    assert {name for name, _ in found_in(place.folder)} >= {"00000001.jsonl", "original.fourthp"}
    take_away(store)
    assert {one.id for one in store.statements()} > before
    assert Register(store.document(REGISTER)).get(ANA).name == CODE
    shown = documents(store)
    store.close()
    assert found_in(place.folder) == []
    again, repairs = place.reopened()
    assert documents(again) == shown and not repairs
    again.close()


def test_old_statements_that_come_later_do_not_bring_the_name_back(here, tmp_path):
    statements, source = elsewhere(tmp_path)
    first = [one for one in statements if one.record == REGISTER]
    here.take(first, replace(source, original=None))
    take_away(here)
    compared = here.compare(statements)
    assert not compared.conflicts and compared.known == len(first)
    taken = here.take(statements, replace(source, digest="d2", original=None))
    assert (taken.conflicts, taken.known) == (0, len(first)) and taken.added
    assert here.document(f"learner:{ANA}")["checks"]["pool#q"][0]["response"] == (
        f"Signed by {CODE}, round 2")
    assert not [name for name in NAMES if name.decode() in texts_of(here)]


def test_a_text_that_lost_its_name_here_is_no_conflict(here, tmp_path):
    statements, source = elsewhere(tmp_path)
    here.take(statements, replace(source, original=None))
    take_away(here)
    learning = [one for one in statements if one.record == f"learner:{ANA}"]
    compared = here.compare(learning)
    assert not compared.conflicts and compared.known == len(learning)


def test_nothing_that_goes_out_says_the_name(here, tmp_path):
    fill(here)
    take_away(here)
    going = list(travelling(here.statements, here.document(REGISTER)))
    assert not [name for name in NAMES for one in going
                if name.decode() in repr(one.as_json()) and one.record != "register:d"
                and BEN not in one.record]


def test_a_name_taken_away_elsewhere_goes_here_at_the_next_start_and_can_be_undone_until_then(
        place, tmp_path):
    statements, source = elsewhere(tmp_path)
    store = place.open()
    store.take(statements, replace(source, original=None))
    other = place_in(tmp_path / "elsewhere").open()
    take_away(other)
    told = list(other.statements())
    other.close()

    taken = store.take(told, replace(source, digest="d2", original=None))
    assert taken.added == 1 and not taken.conflicts
    assert Register(store.document(REGISTER)).get(ANA).name == CODE
    store.withdraw(taken.id)
    assert Register(store.document(REGISTER)).get(ANA).name == "Ana Torres"
    store.take(told, replace(source, digest="d2", original=None))
    store.close()

    store = place.open()
    until(lambda: not found_in(place.folder))
    assert Register(store.document(REGISTER)).get(ANA).name == CODE
    store.close()


def test_nobody_elsewhere_takes_away_the_name_of_one_of_the_staff(here):
    with here.record(REGISTER) as record:
        record.append(people.enrol(Register({}), "boss", name="Moss", number="1", secret="x",
                                   role="administrator"))
    forged = Statement("evil", 1, 99, "2026-01-01T00:00:00.000Z", REGISTER, "pseudonymised",
                       "boss", {"name": "P-BOSS", "number": "P-BOSS", "secret": "",
                                "removed": True})
    here.take([forged], Source("evil", "e"))
    assert Register(here.document(REGISTER)).person("boss").name == "Moss"
