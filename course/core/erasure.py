"""Taking a name out of what happened: the one exception to "never edited".

Whoever is pseudonymised stands in the register under a code. Their name, number and secret
are replaced in every statement about them, here and in what is imported later, so that no
copy that somebody still has brings them back. What a sealed line of the register of records
says stays: a record is kept in the name it was issued to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .people import REGISTER
from .statement import Document, Statement

LEAST_DIGITS = 4
"""A shorter number stands in too many answers by chance to be looked for."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Somebody whose name was taken away."""

    code: str
    """What stands in its place."""
    called: frozenset[str] = frozenset()
    """Names and numbers that old statements still say: looked for in what they wrote."""


Erasures = Mapping[str, Erased]
"""Those whose names were taken away, by their ids."""


def erasures(register: Document) -> Erasures:
    """Whose names were taken away, from the document of `people:register`."""
    return {person: Erased(str(code)) for person, (code, *_) in register.get("erased", {}).items()}


def with_names(erased: Erasures, statements: Iterable[Statement]) -> Erasures:
    """The same, with the names that these statements say though they should no more."""
    called: dict[str, set[str]] = {person: {*one.called} for person, one in erased.items()}
    for statement in statements:
        if statement.record == REGISTER and statement.object in erased:
            result = statement.result
            said = {str(result[field]) for field in ("name", "number") if result.get(field)}
            called[statement.object] |= said - {erased[statement.object].code}
    return {person: replace(one, called=frozenset(called[person]))
            for person, one in erased.items()}


def redacted(statement: Statement, erased: Erasures) -> Statement:
    """The statement without what names an erased person; itself when it does not.

    What comes from elsewhere goes through this before it is compared or kept.
    """
    kind, _, owner = statement.record.partition(":")
    if statement.record == REGISTER:
        one = erased.get(statement.object)
        result = _nameless(statement.result, one.code) if one else statement.result
    elif kind == "learner" and owner in erased:
        result = _in_their_record(statement, erased[owner])
    else:
        return statement
    return statement if result == statement.result else replace(statement, result=result)


def tells_of(statement: Statement, erased: Erasures) -> bool:
    """Whether it stands in an erased person's own record.

    Of such a statement the copy that is here counts, whatever another copy says: a text in
    it may have lost a name that the other still has.
    """
    kind, _, owner = statement.record.partition(":")
    return kind == "learner" and owner in erased


def _nameless(result: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    instead = {"name": code, "number": code, "secret": ""}
    return {field: instead.get(field, value) for field, value in result.items()}


def _in_their_record(statement: Statement, one: Erased) -> Mapping[str, Any]:
    """Notes were for nobody else and go; in other texts the code stands for the name."""
    if statement.verb == "noted":
        return {**statement.result, "text": ""}
    pattern = _pattern(one.called)
    if pattern is None:
        return statement.result
    return {field: value if field == "prompt" else _replaced(value, pattern, one.code)
            for field, value in statement.result.items()}


def _pattern(called: Iterable[str]) -> re.Pattern[str] | None:
    """Finds names and numbers in a text, whatever the case and the spaces between words."""
    looked_for = [_bounded(one) for one in sorted(called, key=len, reverse=True)
                  if len(one) >= (LEAST_DIGITS if one.isdecimal() else 2)]
    return re.compile("|".join(looked_for), re.IGNORECASE) if looked_for else None


def _bounded(name: str) -> str:
    """A name as words of their own; other scripts than Latin put words against each other."""
    words = r"\s+".join(map(re.escape, name.split()))
    before = r"(?<!\w)" if name[0].isascii() else ""
    after = r"(?!\w)" if name[-1].isascii() else ""
    return before + words + after


def _replaced(value: Any, pattern: re.Pattern[str], code: str) -> Any:
    """A value with the code in its texts. An id has no space in it and is no text."""
    if isinstance(value, str):
        return pattern.sub(code, value) if " " in value or "\n" in value else value
    if isinstance(value, Mapping):
        return {key: inner if key == "prompt" else _replaced(inner, pattern, code)
                for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(inner, pattern, code) for inner in value]
    return value
