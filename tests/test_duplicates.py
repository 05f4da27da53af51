"""Who may be enrolled twice, and what is said about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.duplicates import suspected
from course.core.errors import BadField
from course.core.people import Person, Register, fold_people, join, joined, keep_apart, remove
from course.core.statement import Statement

TRAINER = Person("tr", "R. Ames", "R-1", "trainer", "en", "")


def enrolled(*people, role="learner"):
    """A register of `(id, name, number)`, entered in this order."""
    document = {}
    for place, (key, name, number) in enumerate(people, start=1):
        document = fold_people(document, Statement(
            "d", place, place, "", "people:register", "enrolled", key,
            {"name": name, "number": number, "role": role, "secret": "s"}))
    return document


def said(document, *drafts):
    for place, draft in enumerate(drafts, start=100 + len(str(document))):
        document = fold_people(document, Statement(
            "d", place, place, "", "people:register", draft.verb, draft.object, draft.result))
    return document


def told(document):
    return [(one.kept.id, one.other.id, one.reason) for one in suspected(document)]


def test_the_same_number_and_the_same_name_are_asked_about():
    document = enrolled(("b", "Ana  Ardis", "A-1"), ("a", "ANA ARDIS", "B-2"),
                        ("c", "Ben", "a-1"), ("d", "Dora", "D"))

    assert told(document) == [("b", "a", "name"), ("b", "c", "number")]


def test_who_was_joined_kept_apart_or_removed_is_not_asked_about():
    document = enrolled(("a", "Ana", "1"), ("b", "Ana", "2"))
    a, b = Register(document).learners()

    assert told(said(document, join(b, a, TRAINER))) == []
    assert told(said(document, keep_apart(b, a, TRAINER))) == []
    assert told(said(document, remove(b, TRAINER))) == []
    assert len(told(said(document, keep_apart(a, b, TRAINER),
                         keep_apart(b, a, TRAINER, apart=False)))) == 1


def test_staff_are_not_asked_about():
    assert told(enrolled(("a", "Ana", "1"), ("b", "Ana", "1"), role="trainer")) == []


def test_a_learner_is_joined_to_another_learner_only():
    document = enrolled(("a", "Ana", "1"), ("b", "Ana", "2"))
    a, b = Register(document).learners()
    for kept in (a, TRAINER):
        with pytest.raises(BadField):
            join(a, kept, TRAINER)
    assert join(a, b, TRAINER).result == {"joined": "b"}


people = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["Ana", "ana ", "Bo"]),
                            st.sampled_from(["1", "２", "2", "3"])), unique_by=lambda one: one[0])


@given(people)
def test_the_same_are_asked_about_in_whatever_order_they_came(some):
    there = {(frozenset((one, other)), reason) for one, other, reason in told(enrolled(*some))}
    again = {(frozenset((one, other)), reason)
             for one, other, reason in told(enrolled(*some[::-1]))}

    assert there == again
    assert all(len(pair) == 2 for pair, _ in there)


@given(people)
def test_joining_everybody_who_is_asked_about_ends_the_questions(some):
    document = enrolled(*some)
    for _ in range(len(some)):
        found = suspected(document)
        if found:
            document = said(document, join(found[0].other, found[0].kept, TRAINER))

    assert suspected(document) == []
    names = [one.name.strip().casefold() for one in Register(document).learners()]
    assert len(names) == len(set(names))


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef")))
def test_whatever_is_joined_somebody_of_each_is_kept(joins):
    document = enrolled(*((key, key, key) for key in "abcdef"))
    register = Register(document)
    for other, kept in joins.items():
        if other != kept:
            document = said(document, join(register.person(other), register.person(kept), TRAINER))
    ends = joined(document)

    assert not set(ends) & set(ends.values())
    assert {one.id for one in Register(document).learners()} == set("abcdef") - set(ends)
    for other, kept in joins.items():
        assert ends.get(other, other) == ends.get(kept, kept)
