"""Statements as another laptop might send them: those of a school with something else in them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace

from course.core.statement import Statement
from course.store import Source
from course.store.lines import decode, encode

VALUES = (None, True, -1, 0, 7, 2**48, 2**53, 0.5, 1e308, "", "x", "none", "9999-12-31T23:59:59Z",
          "2026-01-01T00:00:00", "=cmd|' /C calc'!A1", "<script>alert(1)</script>", "../../x",
          "a\0b", "\u202e", "tip/elements#one", "attempt:nothing", [], [[]], ["x"], {}, {"x": "y"},
          {"": None}, [["x", {"class": "x", "facts": ["x"]}]], {"class": "x", "facts": ["y"]})
OBJECTS = ("", ":", "attempt:", "attempt:none", "tip/elements#none", "a/b/c#d@e:f", "@", "#",
           "x" * 300, "../..", "a\0b", "nobody someone")
TIMES = ("", "today", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "2026-01-01T00:00:00",
         "2026-01-01", "2031-01-01T00:00:00+14:00")


def said(record: str, verb: str, about: str, result=None, actor: str = "") -> Statement:
    """One by itself; numbered when it is sent."""
    return Statement("other", 1, 1, "2026-03-30T09:00:00.000Z", record, verb, about, result or {},
                     actor)


def places(value, path=()) -> Iterator[tuple]:
    """The ways to every part of a JSON value, itself too."""
    yield path
    inner = value.items() if isinstance(value, dict) else (
        enumerate(value) if isinstance(value, list) else ())
    for key, one in inner:
        yield from places(one, (*path, key))


def changed(one: Statement, path: tuple, value) -> Statement:
    """Something else at one place of what was said; `...` takes it out."""
    shape = copy.deepcopy(dict(one.result))
    if not path:
        whole = value if isinstance(value, dict) else {} if value is ... else {"x": value}
        return replace(one, result=whole)
    here = shape
    for key in path[:-1]:
        here = here[key]
    if value is not ...:
        here[path[-1]] = copy.deepcopy(value)
    else:
        del here[path[-1]]
    return replace(one, result=shape)


def sent(store, statements, device="hostile") -> str:
    """Take them in as the latest of a device that nobody knows; the import's id."""
    counter = max(one.counter for one in store.statements())
    coming = [decode(encode(replace(one, device=device, number=n, counter=counter + n)))
              for n, one in enumerate(statements, start=1)]
    return store.take(coming, Source("hostile")).id


def more(school) -> list[Statement]:
    """What was not said in the school, and might be."""
    ana, bero, by = school.ana.id, school.bero.id, school.trainer_id
    exam, session = f"exam:{school.exam}", f"session:{school.session}"
    own = f"attempt:{school.exam_attempt}"
    essay = next(one for one in school.statements if one.verb == "marked")
    return [
        said("people:register", "gave-extra-time", ana, {"extra_time": 50}, by),
        said("people:register", "joined", bero, {"joined": ana}, by),
        said("people:register", "kept-apart", " ".join(sorted((ana, bero))), {"apart": True}, by),
        said("people:register", "removed", ana, {"removed": True}, by),
        said(exam, "gave-time", bero, {"grant": {"minutes": 5, "away": 0, "reason": "x"}}, by),
        said(exam, "keyed-sheet", ana, {"pass": "first", "sheet": {
            "variant": "A", "answers": {"one": "A"}}}, by),
        said(exam, "lived", exam, {"open": 60_000}),
        said(exam, "closed-exam", exam, {"state": "closed", "open": 60_000}, by),
        said(exam, "released-exam", exam, {"state": "released", "open": 60_000}, by),
        said(f"learner:{bero}", "handed-in", own, {"how": "time", "open": 60_000, "used": 60}),
        said(f"learner:{bero}", "let-in", own, {}, by),
        said(f"learner:{ana}", "initialized", f"attempt:{school.attempt}x", {
            "quiz": "tip/final", "questions": ["one"], "seed": "s", "exam": school.exam,
            "begun": 0, "paper": "B"}, by),
        said(f"learner:{ana}", "attended", "tip", {"minutes": 60}, by),
        said(f"learner:{ana}", "attended-session", school.over,
             {"manual": "tip", "minutes": 9}, by),
        replace(essay, result={**essay.result, "which": "second", "two": True, "apart": 1}),
        said("marking:rules", "chose-markers", "tip/laundry#essay", {"two": True, "apart": 2}, by),
        said(f"cohort:{school.cohort}", "changed-question", "x", {
            "questions": {"tip/elements#one": "hidden", "tip/elements#all": "tip/elements#one"}}),
        said(session, "counted", session, {"hands": {school.live_asking: {"first": {"x": 5}}}}, by),
        said(session, "let-in", session, {"again": {school.live_asking: {ana: True}}}, by),
        said(session, "noted-presence", session, {"present": {ana: None, bero: -1}}, by),
        said("academy:profile", "set-rules", "tip", {"attendance": 50, "pass_mark": 80,
                                                     "valid_months": 12, "completion_first": True}),
        said("academy:profile", "took-list", "x", {"format": "x", "prefix": "ABC", "heads": []}),
        said("register:other", "revoked", school.number, {
            "place": 1, "previous": "0" * 64, "hash": "x", "at": "2026-03-30T09:00:00Z",
            "body": {"reason": "x", "doubtful": ""}, "seal": {"key": "x", "signature": "y"}}),
        said("nothing:known", "did", "x", {"y": 1}), said("x", "did", "x"),
    ]
