"""Marking: how a question is marked, and saying what a text earned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .errors import BadField, NotAllowed
from .grading import SECOND, SETTLED, Graded
from .people import Person
from .questions import FreeText, has_control_characters
from .statement import Document, Draft, Statement, put_latest, value_at
from .written import Written

RULES = "marking:rules"
"""The record of how each question is marked."""

MOST_REMARK, MOST_REASON, MOST_APART = 1000, 300, 100
USUAL_APART = 1


@dataclass(frozen=True, slots=True)
class Rules:
    """How a question is marked."""

    two: bool = False
    """Whether a second marker is asked for."""
    apart: int = USUAL_APART
    """By how many points two marks may differ before they have to be settled."""


def rules_of(document: Document, question: str) -> Rules:
    """From the document of `RULES`."""
    kept = document.get("questions", {}).get(question, {})
    return Rules(bool(value_at(kept, "two", default=False)),
                 int(value_at(kept, "apart", default=USUAL_APART)))


def fold_rules(document: Document, statement: Statement) -> Document:
    """Take in how a question is to be marked from now on."""
    for name in ("two", "apart"):
        if name in statement.result:
            document = put_latest(document, "questions", statement.object, name,
                                  statement.result[name], stamp=statement.stamp)
    return document


def set_rules(question: str, two: bool, apart: str, by: Person) -> Draft:
    """Say how many markers a question has. Raises BadField."""
    if not apart.isdecimal() or int(apart) > MOST_APART:
        raise BadField("apart", "apart", most=MOST_APART)
    return Draft("chose-markers", question, {"two": two, "apart": int(apart)}, actor=by.id)


@dataclass(frozen=True, slots=True)
class Given:
    """What a marker has filled in."""

    points: Sequence[int] = ()
    none: bool = False
    """Whether it was said that no criterion is met."""
    remark: str = ""
    reason: str = ""


def mark(written: Written, question: FreeText, known: Graded, rules: Rules, by: Person,
         given: Given) -> Draft | None:
    """Say what a text earned; None when that is what was said before.

    Raises BadField (`points`, `remark`, `reason`), and NotAllowed where two others have marked.
    """
    which = known.which_by(by.id, rules.two)
    if not which:
        raise NotAllowed(action="mark-answers")
    before = known.replaced_by(by.id, which)
    most = [one.points for one in question.rubric]
    points, remark = list(given.points), _clean("remark", given.remark, MOST_REMARK)
    if len(points) != len(most) or any(not 0 <= one <= top
                                       for one, top in zip(points, most, strict=True)):
        raise BadField("points", "points")
    if not any(points) and not given.none:
        raise BadField("points", "no-criterion")
    if before and (list(before.points), before.remark) == (points, remark):
        return None
    result: dict[str, Any] = {"which": which, "points": points, "most": most,
                              "total": sum(points), "in": written.kind, "digest": question.digest}
    if remark:
        result["remark"] = remark
    if before or which == SETTLED:
        result["reason"] = _clean("reason", given.reason, MOST_REASON)
        result["was"] = [one.total for one in ([before] if before else known.latest)]
        if not result["reason"]:
            raise BadField("reason", "empty")
    if rules.two or which == SECOND or len(known.latest) == 2:
        result |= {"two": True, "apart": rules.apart}
    return Draft("marked", written.key, result, actor=by.id)


def _clean(name: str, text: str, most: int) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise BadField(name, "too-long", most=most)
    if has_control_characters(text):
        raise BadField(name, "control-characters")
    return text
