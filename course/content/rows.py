"""The lines of a played case: choices, lists and links, with what stands below each.

A row is a list line. Below it, indented, lines with `:` tell what comes of it and lines with `>`
assess it; at its end braces may hold effects. What is wrong is collected, never raised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..core.conditions import ALWAYS, COMPARISONS, Condition, Effect, Test
from .blocks import ID
from .problem import Findings

Lines = Sequence[tuple[int, str]]
"""Lines with their numbers."""

OPTION = re.compile(r"[-*] \((?P<mark>[^()]{0,20})\) +(?P<text>.+)")
BOX = re.compile(r"[-*] \[(?P<mark>[ xX])\] +(?P<text>.+)")
LISTED = re.compile(rf"[-*] (?P<mark>{ID}(?: \(critical\))?): +(?P<text>.+)")
LINKED = re.compile(r"[-*] (?P<mark>[^:]+): +(?P<text>.+)")

_BRACES = re.compile(r"\s*\{([^{}]*)\}$")
_MYTH = re.compile(rf"\s*\{{myth=({ID})\}}$")
_BELOW = re.compile(r"\s+([:>])(?: (.*)|)")
_ROUTE = re.compile(rf"-> *(?P<target>{ID})(?: *\{{when +(?P<when>[^{{}}]+)\}})?")
_ANSWER = re.compile(r"= *(?P<answer>.+)")
_WHEN = re.compile(r"\{when +([^{}]+)\} *(.*)", re.DOTALL)
_TEST = re.compile(rf"(not +)?({ID})|({ID}) *(>=|<=|!=|=|>|<) *(-?\d+|yes|no)")
_EFFECT = re.compile(rf"({ID}) *([+-]) *(\d+)|({ID}) *= *(-?\d+|yes|no)")


@dataclass(frozen=True, slots=True)
class Below:
    """A text that stands below a row: an answer or what happens. `when` is its condition."""

    text: str
    line: int
    when: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One list line and what stands below it."""

    mark: str
    text: str
    line: int
    effects: str = ""
    replies: tuple[Below, ...] = ()
    feedback: str = ""
    feedback_line: int = 0
    myth: str = ""


@dataclass(frozen=True, slots=True)
class Leads:
    """A route at the margin: `-> hearing {when told}`."""

    target: str
    when: str
    line: int


@dataclass(slots=True)
class Chunk:
    """A heading's lines while they are read, and what was found in them."""

    found: Findings
    pattern: re.Pattern[str]
    rows: list[Row] = field(default_factory=list)
    why: str = ""
    why_line: int = 0
    reasons: list[Row] = field(default_factory=list)
    routes: list[Leads] = field(default_factory=list)
    answer: str = ""
    answer_line: int = 0
    explanation: str = ""
    explanation_line: int = 0
    _into: str = "text"

    def take(self, lines: Lines) -> Chunk:
        for number, line in lines:
            if line.strip():
                self._take(line.rstrip(), number)
            elif self._into == "explanation":
                self.explanation += "\n"
        self.explanation = self.explanation.strip()
        self.rows = [_finished(one) for one in self.rows]
        self.reasons = [_finished(one) for one in self.reasons]
        return self

    def _take(self, line: str, number: int) -> None:
        row = (BOX if self.why else self.pattern).fullmatch(line)
        below = _BELOW.fullmatch(line)
        route, answer = _ROUTE.fullmatch(line), _ANSWER.fullmatch(line)
        if row:
            self._list.append(Row(row["mark"].strip(), row["text"].strip(), number))
            self._into = "text"
        elif below and self._list:
            self._below(below[1], below[2] or "", number)
        elif line.startswith(">"):
            self._explain(line[1:].removeprefix(" "), number)
        elif line.startswith("#### ") and not self.why:
            self.why, self.why_line = line[5:].strip(), number
        elif route:
            self.routes.append(Leads(route["target"], route["when"] or "", number))
        elif answer and not line[0].isspace():
            self.answer, self.answer_line = answer["answer"].strip(), number
        elif line[0].isspace() and self._list:
            self._go_on(line.strip())
        else:
            self.found.error(number, "case-line", text=line.strip()[:80])

    @property
    def _list(self) -> list[Row]:
        return self.reasons if self.why else self.rows

    def _below(self, sign: str, text: str, number: int) -> None:
        row = self._list[-1]
        if sign == ">":
            feedback = f"{row.feedback}\n{text}".strip("\n")
            self._list[-1] = replace(row, feedback=feedback,
                                     feedback_line=row.feedback_line or number)
            self._into = "feedback"
            return
        when = _WHEN.fullmatch(text)
        if when or self._into != "reply" or _begins_another(row.replies[-1], text):
            told = Below(when[2] if when else text, number, when[1].strip() if when else "")
            self._list[-1] = replace(row, replies=(*row.replies, told))
        else:
            self._go_on(f"\n{text}" if text else "\n")
        self._into = "reply"

    def _explain(self, text: str, number: int) -> None:
        self.explanation += f"{text}\n"
        self.explanation_line = self.explanation_line or number
        self._into = "explanation"

    def _go_on(self, text: str) -> None:
        """A line that goes on with the one above it."""
        row = self._list[-1]
        joint = "" if text.startswith("\n") else " "
        if self._into == "reply":
            last = row.replies[-1]
            told = replace(last, text=f"{last.text}{joint}{text}")
            self._list[-1] = replace(row, replies=(*row.replies[:-1], told))
        elif self._into == "feedback":
            self._list[-1] = replace(row, feedback=f"{row.feedback} {text}")
        else:
            self._list[-1] = replace(row, text=f"{row.text} {text}")


def _begins_another(last: Below, text: str) -> bool:
    """Whether a line is the answer for when no condition of those above it holds, rather than
    the second line of the answer above it."""
    return bool(last.when and text and not last.text.endswith("\n"))


def _finished(row: Row) -> Row:
    """A row with what stands in braces taken off its text and its feedback."""
    text, effects = taken_off(_BRACES, row.text)
    feedback, myth = taken_off(_MYTH, row.feedback.strip())
    if effects.startswith("myth="):
        effects, myth = "", effects.removeprefix("myth=")
    return replace(row, text=text, effects=effects, feedback=feedback, myth=myth)


def taken_off(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """A text without what a pattern finds at its end, and the pattern's group."""
    found = pattern.search(text)
    return (text[:found.start()].rstrip(), found[1].strip()) if found else (text, "")


# Conditions and effects -------------------------------------------------------------------

def condition_of(text: str) -> Condition:
    """`days>=2 and not told` as a value; no text always holds. Raises ValueError with the part
    that means nothing."""
    if not text.strip():
        return ALWAYS
    return Condition(tuple(tuple(map(_test, re.split(r"\s+and\s+", group.strip())))
                           for group in re.split(r"\s+or\s+", text.strip())))


def _test(text: str) -> Test:
    found = _TEST.fullmatch(text.strip())
    if not found:
        raise ValueError(text.strip())
    if found[2]:
        return Test(found[2], "=" if found[1] else ">", 0)
    assert found[4] in COMPARISONS
    return Test(found[3], found[4], number_of(found[5]))


def number_of(text: str) -> int:
    """A value as it is written: a whole number, `yes` or `no`. Raises ValueError."""
    word = text.strip().casefold()
    return {"yes": 1, "no": 0}[word] if word in ("yes", "no") else int(word)


@dataclass(frozen=True, slots=True)
class Effects:
    """What stands in the braces of a choice."""

    changes: tuple[Effect, ...] = ()
    gives: tuple[tuple[tuple[str, ...], Condition], ...] = ()
    does: tuple[str, ...] = ()
    target: str = ""
    when: Condition = ALWAYS
    repeat: bool = False


def effects_of(text: str) -> Effects:
    """`days-2; told=yes; -> hearing` as a value. Raises ValueError with the part that means
    nothing."""
    changes: list[Effect] = []
    gives: list[tuple[tuple[str, ...], Condition]] = []
    does: list[str] = []
    target, when, repeat = "", ALWAYS, False
    for part in filter(None, (one.strip() for one in re.split(r";|(?=->)", text))):
        word, _, rest = part.partition(" ")
        if part.startswith("->") and re.fullmatch(ID, part[2:].strip()):
            target = part[2:].strip()
        elif word == "when":
            when = condition_of(rest)
        elif part == "repeat":
            repeat = True
        elif word == "gives":
            names, _, condition = rest.partition(" when ")
            gives.append((_names(names, part), condition_of(condition)))
        elif word == "does":
            does += _names(rest, part)
        else:
            changes.append(_effect(part))
    return Effects(tuple(changes), tuple(gives), tuple(does), target, when, repeat)


def _names(text: str, part: str) -> tuple[str, ...]:
    names = tuple(re.split(r"[\s,]+", text.strip()))
    if not all(re.fullmatch(ID, one) for one in names):
        raise ValueError(part)
    return names


def _effect(text: str) -> Effect:
    found = _EFFECT.fullmatch(text)
    if not found:
        raise ValueError(text)
    if found[1]:
        return Effect(found[1], int(found[3]) if found[2] == "+" else -int(found[3]))
    return Effect(found[4], number_of(found[5]), sets=True)


def numbers_of(written: Mapping[str, str]) -> tuple[dict[str, int], list[str]]:
    """The starting values of variables, and the names of those that have none that counts."""
    numbers, wrong = {}, []
    for name, text in written.items():
        try:
            numbers[name] = number_of(text)
        except ValueError:
            wrong.append(name)
    return numbers, wrong
