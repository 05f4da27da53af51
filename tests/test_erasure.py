"""A name that was taken away is in nothing that is kept, and no import brings it back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core import people
from course.core.erasure import Erased, erasures, redacted, tells_of, with_names
from course.core.people import REGISTER, Person, Register, fold_people
from course.core.register import ISSUED
from course.core.statement import Statement

ANA = Person("a1b2c3", "Ana Torres", "CAS-7741", "learner", "es", "argon2")
BOSS = Person("b0", "Moss", "1", "registrar", "en", "argon2")
CODE = "P-A1B2C3"


def said(record, verb, object_, result):
    return Statement("d1", 1, 1, "2026-01-01T00:00:00.000Z", record, verb, object_, result)


def wrote(text, field="response"):
    return said(f"learner:{ANA.id}", "answered", "q", {field: text})


ENROLLED = said(REGISTER, "enrolled", ANA.id, {
    "name": ANA.name, "number": ANA.number, "secret": "argon2", "role": "learner"})
DRAFT = people.pseudonymise(ANA, BOSS)
GONE = Statement("d1", 2, 2, "", REGISTER, DRAFT.verb, DRAFT.object, DRAFT.result, DRAFT.actor)
ERASED = erasures(fold_people(fold_people({}, ENROLLED), GONE))


def test_the_register_says_whose_name_was_taken_away():
    assert {ANA.id: Erased(CODE)} == ERASED
    assert with_names(ERASED, [ENROLLED, GONE])[ANA.id].called == {"Ana Torres", "CAS-7741"}


def test_in_the_register_the_code_stands_for_name_and_number_and_the_secret_is_gone():
    kept = redacted(ENROLLED, ERASED)
    assert kept.result == {"name": CODE, "number": CODE, "secret": "", "role": "learner"}
    assert kept.id == ENROLLED.id and kept.stamp == ENROLLED.stamp
    assert redacted(GONE, ERASED) is GONE and redacted(kept, ERASED) is kept


@pytest.mark.parametrize("order", [[ENROLLED, GONE], [GONE, ENROLLED]])
def test_whatever_else_is_said_of_them_and_when_the_code_stays(order):
    later = Statement("d9", 1, 99, "", REGISTER, "changed-secret", ANA.id,
                      {"secret": "new", "name": "Ana Torres", "removed": False})
    document = {}
    for one in [*order, later]:
        document = fold_people(document, one)
    person = Register(document).get(ANA.id)
    assert (person.name, person.number, person.secret, person.removed) == (CODE, CODE, "", True)


@pytest.mark.parametrize(("before", "after"), [
    ("Signed: Ana Torres, CAS-7741", f"Signed: {CODE}, {CODE}"),
    ("signed by ANA\n torres.", f"signed by {CODE}."),
    ("Banana Torres-Vedras grows here", "Banana Torres-Vedras grows here"),
    ("ana", "ana"),
])
def test_a_name_in_what_they_wrote_goes_too(before, after):
    named = with_names(ERASED, [ENROLLED])
    assert redacted(wrote(before), named).result["response"] == after
    moves = redacted(wrote([["note", before]], "moves"), named)
    assert moves.result["moves"] == [["note", after]]


def test_a_name_in_another_script_is_found_between_other_words():
    enrolled = said(REGISTER, "enrolled", ANA.id, {"name": "张伟"})
    named = with_names(ERASED, [enrolled])
    kept = redacted(wrote("我 是张伟。"), named)
    assert kept.result["response"] == f"我 是{CODE}。"


def test_notes_go_and_choices_marks_and_what_was_asked_stay():
    named = with_names(ERASED, [ENROLLED])
    note = said(f"learner:{ANA.id}", "noted", "m#a", {"text": "call mother"})
    asked = said(f"learner:{ANA.id}", "answered", "q", {
        "response": "a", "score": 1, "prompt": "Who is Ana Torres ?"})
    assert redacted(note, named).result == {"text": ""}
    assert redacted(asked, named) is asked
    assert tells_of(note, named) and not tells_of(ENROLLED, named)


@pytest.mark.parametrize("other", [
    said("learner:other", "answered", "q", {"response": "I met Ana Torres there"}),
    said(REGISTER, "enrolled", "other", {"name": "Ana Torres"}),
    said("register:d1", ISSUED, "CAS-1", {"body": {"person": ANA.id, "named": "Ana Torres"}}),
])
def test_other_people_and_issued_records_are_not_touched(other):
    assert redacted(other, with_names(ERASED, [ENROLLED])) is other


@given(st.text(max_size=40), st.text(min_size=2, max_size=12).filter(str.strip))
def test_taking_out_twice_changes_nothing_more(text, name):
    named = {ANA.id: Erased(CODE, frozenset({name}))}
    once = redacted(wrote(text), named)
    assert redacted(once, {ANA.id: Erased(CODE)}) is once
