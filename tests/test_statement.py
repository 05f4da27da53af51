"""Statements: what goes out comes back, and two histories become one."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core.statement import Statement, merge, put, put_latest, value_at

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
statements = st.builds(
    Statement,
    device=st.sampled_from(["a", "b", "c"]), number=st.integers(1, 9),
    counter=st.integers(1, 99), time=texts, record=texts, verb=texts, object=texts,
    result=st.dictionaries(texts, st.one_of(texts, st.integers(), st.booleans(), st.none())),
    actor=texts,
)
histories = st.lists(statements, unique_by=lambda one: one.id)


@given(statements)
def test_a_statement_comes_back_from_json_as_it_was(statement):
    assert Statement.from_json(json.loads(json.dumps(statement.as_json()))) == statement


@pytest.mark.parametrize("change", [
    {"number": "1"}, {"number": 0}, {"number": True}, {"counter": None}, {"verb": 3},
    {"result": []}, {"device": None},
])
def test_what_is_no_statement_is_refused(change):
    whole = Statement("a", 1, 1, "2026", "learner:x", "answered", "q").as_json()
    with pytest.raises(ValueError, match="not a statement"):
        Statement.from_json(whole | change)


@given(histories, histories)
def test_importing_twice_adds_nothing(ours, theirs):
    once = [*ours, *merge(ours, theirs).added]
    assert merge(once, theirs).added == ()


@given(histories)
def test_a_history_has_nothing_new_for_itself(history):
    again = [Statement.from_json(one.as_json()) for one in history]
    assert merge(history, again) == merge([], [])


@given(statements, texts)
def test_the_same_id_with_other_content_is_reported_and_not_applied(statement, verb):
    other = Statement.from_json(statement.as_json() | {"verb": verb + "!"})
    found = merge([statement], [other])
    assert found.added == ()
    assert len(found.conflicts) == (statement.verb != other.verb)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("ab"), st.integers()),
                unique_by=lambda one: one[:2], max_size=4))
def test_the_latest_by_stamp_wins_in_any_order(writes):
    ends = set()
    for order in permutations(writes):
        document = {}
        for counter, device, value in order:
            document = put_latest(document, "a", "b", value, stamp=(counter, device))
        ends.add(json.dumps(document))
    assert len(ends) == 1


def test_setting_a_value_leaves_the_old_document_alone():
    before = {"a": {"b": 1}, "c": {}}
    after = put(before, "a", "d", 2)
    assert before == {"a": {"b": 1}, "c": {}}
    assert after == {"a": {"b": 1, "d": 2}, "c": {}}
    assert after["c"] is before["c"]
    assert value_at(after, "x", "y", default=7) == 7
