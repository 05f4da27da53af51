"""What a statement of another laptop must look like to be taken in.

The statements of this laptop are made by the functions that say them. Those of a bundle may have
been written by another version of the course, or by somebody who means harm: one that a page could
not show must not come in. So each kind of record has the shape of what may be said in it, as
`as_json` has it; a statement of another shape is left out when it is taken, and counted there.

A verb that is not known here changes no document of a learner and passes; fields that are not
known pass too, except where a value becomes one of the core's (`exactly`).
"""

from __future__ import annotations

import math
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from .people import MOST_EXTRA_TIME, REGISTER
from .session import PHASES, STEPS, WAYS
from .statement import Statement

Shape = Callable[[Any], bool]
"""Whether a JSON value is of a shape."""

LONGEST = 20_000
"""Characters of a text; a whole quiz file has fewer."""
MOST = 10**9
"""Nothing that is counted here is more: minutes, points, milliseconds of an examination."""
DEEPEST = 6
YEARS = range(1970, 2200)
"""Beyond, no clock is believed: dates could not be reckoned with."""


# Values -----------------------------------------------------------------------------------

def text(value: Any) -> bool:
    return type(value) is str and len(value) <= LONGEST


def flag(value: Any) -> bool:
    return type(value) is bool


def none(value: Any) -> bool:
    return value is None


def count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST


def minutes_or_absent(value: Any) -> bool:
    """What a session keeps of who was there: `session.ABSENT` is -1."""
    return value is None or (type(value) is int and -1 <= value <= MOST)


def amount(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= MOST


def share(value: Any) -> bool:
    return amount(value) and value <= 1


def moment(value: Any) -> bool:
    """An ISO time with its zone."""
    if not text(value):
        return False
    try:
        known = datetime.fromisoformat(value)
    except ValueError:
        return False
    return known.tzinfo is not None and known.year in YEARS


def base64(value: Any) -> bool:
    try:
        return type(value) is str and b64decode(value, validate=True) is not None
    except ValueError:
        return False


def given(value: Any, deep: int = DEEPEST) -> bool:
    """A response: texts, in lists and by name, as the kinds of question and case have them."""
    if isinstance(value, list | tuple):
        return deep > 0 and all(given(one, deep - 1) for one in value)
    if isinstance(value, dict):
        return deep > 0 and all(text(key) and given(one, deep - 1) for key, one in value.items())
    return value is None or text(value) or flag(value) or amount(value)


# Put together -------------------------------------------------------------------------------

def either(*shapes: Shape) -> Shape:
    return lambda value: any(one(value) for one in shapes)


def one_of(*words: str) -> Shape:
    return lambda value: type(value) is str and value in words


def many(shape: Shape) -> Shape:
    return lambda value: isinstance(value, list | tuple) and all(map(shape, value))


def pair(first: Shape, second: Shape) -> Shape:
    return lambda value: (isinstance(value, list | tuple) and len(value) == 2
                          and first(value[0]) and second(value[1]))


def each(shape: Shape) -> Shape:
    """A mapping of names to values of one shape."""
    return lambda value: isinstance(value, Mapping) and all(
        text(key) and shape(one) for key, one in value.items())


def having(needed: Mapping[str, Shape] = {}, /, **also: Shape) -> Shape:
    """A mapping that has what is needed, and of the rest what is known in its shape."""
    def holds(value: Any) -> bool:
        return (isinstance(value, Mapping) and needed.keys() <= value.keys()
                and all(shape(value[name]) for name, shape in {**needed, **also}.items()
                        if name in value))
    return holds


def exactly(needed: Mapping[str, Shape] = {}, /, **also: Shape) -> Shape:
    """The same with nothing else in it."""
    known = having(needed, **also)
    return lambda value: known(value) and value.keys() <= {*needed, *also}


def both(*shapes: Shape) -> Shape:
    return lambda value: all(one(value) for one in shapes)


# A learner's record -------------------------------------------------------------------------

_ITEM = having({"id": text}, score=either(none, share), response=given, key=text)
_SCORED = {"response": given, "score": either(none, share)}
_ROOM = {"session": text, "asking": text, "vote": text, "given": moment, "response": given}


def _of_attempt(value: Any) -> bool:
    return re.fullmatch(r"attempt:.+", value) is not None


def _answered(result: Mapping[str, Any]) -> bool:
    known = having(score=either(none, share), response=given, attempt=text, question=text,
                   revises=flag, votes=many(each(count)))
    needed = [having(_SCORED)] if "attempt" in result or result.get("in") == "check" else []
    if result.get("in") == "room":
        needed.append(having(_ROOM))
    return text(result.get("in", "")) and both(known, *needed)(result)


def _marked(result: Mapping[str, Any]) -> bool:
    points = having({"points": many(count), "most": many(count), "which": text, "in": text},
                    remark=text, reason=text, two=flag, apart=count)
    return points(result) and len(result["points"]) == len(result["most"])


def _closed(result: Mapping[str, Any]) -> bool:
    known = having({"quiz": text, "score": amount, "of": count, "passed": flag,
                    "missed": many(text), "items": many(_ITEM)},
                   measure=flag, moves=many(pair(text, given)), table=each(count),
                   objectives=each(pair(amount, amount)), played=text, exam=text, used=count,
                   paper=text)
    return known(result) and result["score"] <= max(result["of"], 0)


_BEGUN = having({"quiz": text, "questions": many(text), "seed": text},
                exam=text, begun=count, paper=text)
_LEARNER: Mapping[str, Shape] = {
    "answered": _answered, "voted": having(_ROOM), "initialized": _BEGUN,
    "flagged": having({"question": text, "on": flag}),
    "handed-in": having({"how": text, "open": count, "used": count}),
    "passed": _closed, "failed": _closed, "noted": having({"text": text}),
    "bookmarked": having({"on": flag}), "attended": having({"minutes": count}),
    "marked": _marked, "attended-session": having({"manual": text, "minutes": count}),
}
_ABOUT_ATTEMPT = ("initialized", "flagged", "handed-in", "let-in", "passed", "failed")


def _learner(one: Statement) -> bool:
    shape = _LEARNER.get(one.verb)
    is_of_attempt = one.verb not in _ABOUT_ATTEMPT or _of_attempt(one.object)
    return is_of_attempt and bool(one.object) and (shape is None or shape(one.result))


_VOTES = each(count)
_PLAY_STAGE = exactly(moves=count, phase=text, place=text, first=_VOTES, now=_VOTES, taken=text,
                      earlier=either(many(_VOTES)))


def _play(one: Statement) -> bool:
    if one.verb == "showed":
        return _of_attempt(one.object) and _PLAY_STAGE(one.result)
    has_votes = "votes" not in one.result or having({"attempt": text, "question": text})(one.result)
    return has_votes and _learner(one)


# People and classes -------------------------------------------------------------------------

def _percent(value: Any) -> bool:
    return count(value) and value <= MOST_EXTRA_TIME


_PERSON = having(name=text, number=text, role=text, language=text, secret=text, removed=flag,
                 extra_time=_percent, joined=text)


def _people(one: Statement) -> bool:
    if one.verb == "kept-apart":
        return having({"apart": flag})(one.result)
    return bool(one.object) and _PERSON(one.result)


_COHORT = having(
    fields=having(name=text, manuals=many(text), begins=text, ends=text, closed=flag),
    members=each(flag), questions=each(text))
_MARKING = having(two=flag, apart=count)

_STEP: Mapping[str, Shape] = {"id": text, "kind": one_of(*STEPS), "title": text}
_OF_STEP: Mapping[str, Shape] = {"minutes": count, "ref": text, "choices": many(text)}
_STAGE = exactly(step=text, slide=count, asking=text, phase=one_of(*PHASES), way=one_of(*WAYS),
                 blank=flag, short=flag, spread=flag, is_open=flag,
                 since=either(moment, one_of("")), until=either(moment, one_of("")))
_SESSION = having(
    fields=having(cohort=text, title=text, trainer=text, code=text,
                  opened=either(moment, one_of("")), closed=either(moment, one_of(""))),
    plan=many(exactly(_STEP, **_OF_STEP)), stage=_STAGE,
    asked=each(exactly({**_STEP, "at": moment}, **_OF_STEP)), hands=each(each(_VOTES)),
    seats=each(moment), present=each(minutes_or_absent), again=each(each(flag)))

_EXAM_FIELDS = having({"cohort": text, "quiz": text, "questions": many(text), "seed": text,
                       "count": count, "same": flag, "minutes": count, "together": flag})
_EXAM = having(
    fields=_EXAM_FIELDS, cause=text, open=count,
    state=one_of("prepared", "open", "paused", "closed", "released", "withdrawn"),
    grant=exactly({"minutes": count, "away": count, "reason": text}),
    sheet=exactly({"variant": text, "answers": each(text)}))


def _exam(one: Statement) -> bool:
    return _EXAM(one.result) and ("sheet" not in one.result or text(one.result.get("pass")))


# The academy --------------------------------------------------------------------------------

_SIGNATORY = exactly({"name": text, "title": text}, other_name=text, other_title=text)
_ACADEMY: Mapping[str, Shape] = {
    "described": having(name=text, prefix=text, other_name=text, other_language=text,
                        signatories=many(_SIGNATORY)),
    "changed-logo": having({"logo": text, "data": base64}),
    "set-rules": having(attendance=count, pass_mark=count, completion_first=flag,
                        valid_months=either(none, count)),
}

_RECORD = having({"number": text, "kind": text, "issued": text, "doubtful": text,
                  "valid_until": text, "supersedes": text,
                  "named": having({"name": text, "other_name": text}),
                  "manual": having({"id": text, "title": text})})
_KEY = having({"key": having({"id": text})})
_BODIES: Mapping[str, Shape] = {
    "issued": having({"record": _RECORD, "text": text, "code": text, "person": text,
                      "cohort": text, "doubtful": text}),
    "revoked": having({"reason": text}), "superseded": having({"reason": text, "by": text}),
    "key-made": _KEY, "key-retired": _KEY,
}


def _register(one: Statement) -> bool:
    line = having({"place": count, "previous": text, "hash": text, "at": text,
                   "body": _BODIES.get(one.verb, having())}, seal=each(text))
    return one.verb not in _BODIES or line(one.result)


# All of them --------------------------------------------------------------------------------

_KINDS: Mapping[str, Callable[[Statement], bool]] = {
    "people": _people, "learner": _learner, "play": _play,
    "academy": lambda one: _ACADEMY.get(one.verb, having())(one.result),
    "register": _register,
    "cohort": lambda one: _COHORT(one.result), "marking": lambda one: _MARKING(one.result),
    "session": lambda one: _SESSION(one.result), "exam": _exam,
}


def is_whole(statement: Statement) -> bool:
    """Whether a statement can be believed as far as its shape goes."""
    kind, _, name = statement.record.partition(":")
    shape = _KINDS.get(kind)
    if not moment(statement.time) or not text(statement.object):
        return False
    if kind == "people" and statement.record != REGISTER:
        return False
    return shape is None or (bool(name) and shape(statement))
