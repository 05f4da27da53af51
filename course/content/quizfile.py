"""A pool of questions as its author wrote it, with the line of everything.

What is wrong is collected, never raised; a question that could not be marked is left out
and the others are served. `asking.py` makes the core's questions of what is read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .blocks import ID
from .header import Header, split_header
from .problem import Findings, Problem, nearest
from .source import digest_of

_HEADING = re.compile(r"###(?!#)(.*)")
_BRACES = re.compile(r"\s*\{([^{}]*)\}$")
_FEEDBACK = re.compile(r"\s+> ?(.*)")
_EXPLANATION = re.compile(r"> ?(.*)")
_MYTH = re.compile(rf"\s*\{{myth=({ID})\}}$")
_SIMILAR = re.compile(rf"(?:^|\s)[^\s:：#]+\s*[:：]\s*#({ID})\s*[.。]?$")
_BOUNDS = re.compile(r"(-?\d+(?:\.\d+)?)(?:\s*\.\.\s*(-?\d+(?:\.\d+)?))?")

_ANSWERS: Mapping[str, re.Pattern[str]] = {
    "one": re.compile(r"[-*] \((?P<mark>[ xX])\)(?: (?P<text>.*))?"),
    "all": re.compile(r"[-*] \[(?P<mark>[ xX])\](?: (?P<text>.*))?"),
    "match": re.compile(r"[-*] (?![(\[][ xX][)\]])(?P<mark>.+?) => (?P<text>.+)"),
    "typed": re.compile(r"= ?(?P<mark>)(?P<text>.+)"),
    "free": re.compile(r"(?P<mark>_{4,})(?P<text>)"),
    "order": re.compile(r"(?P<mark>\d+)[.)] +(?P<text>.+)"),
}
"""How a line of each kind of answer begins. `typed` becomes `number` or `short`."""

_CRITERION = re.compile(r"rubric: *(?P<mark>\d+) +(?P<text>.+)")


@dataclass(frozen=True, slots=True)
class Offered:
    """One line of an answer: a choice, a step, a pair, an accepted text or a criterion."""

    text: str
    line: int
    mark: str = ""
    """`x` at a right choice; the left side of a pair; the points of a criterion."""
    feedback: str = ""
    feedback_line: int = 0
    myth: str = ""

    @property
    def right(self) -> bool:
        return self.mark in ("x", "X")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it stands in the file."""

    id: str
    kind: str
    """As the core calls it: `one`, `all`, `order`, `match`, `number`, `short`, `free`."""
    prompt: str
    line: int
    source: str
    """The whole of it as written."""
    objective: str = ""
    critical: bool = False
    scene: str = ""
    scene_line: int = 0
    offered: tuple[Offered, ...] = ()
    rubric: tuple[Offered, ...] = ()
    explanation: str = ""
    explanation_line: int = 0
    similar: str = ""

    @property
    def digest(self) -> str:
        return digest_of(self.source)

    @property
    def shape(self) -> tuple[object, ...]:
        """What a translation must share to be used: the kind, and how much is offered."""
        counted = 0 if self.kind in ("number", "short", "free") else len(self.offered)
        return (self.kind, counted, len(self.rubric))

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest right number."""
        found = _BOUNDS.fullmatch(self.offered[0].text)
        assert found, "a question of the kind number has bounds"
        return float(found[1]), float(found[2] or found[1])

    @property
    def rights(self) -> tuple[str, ...]:
        """The different right sides of a match, in the order in which they first appear."""
        return tuple(dict.fromkeys(one.text for one in self.offered))

    def texts(self) -> Iterator[tuple[str, int]]:
        """Everything a learner may read of it, each with its line."""
        yield self.prompt, self.line
        yield self.scene, self.scene_line
        for one in (*self.offered, *self.rubric):
            yield one.text, one.line
            if self.kind == "match":
                yield one.mark, one.line
            yield one.feedback, one.feedback_line
        yield self.explanation, self.explanation_line


@dataclass(frozen=True, slots=True)
class Pool:
    """A file of `quizzes/`: its header and the questions that can be asked."""

    name: str
    header: Header
    questions: tuple[Asked, ...]
    problems: tuple[Problem, ...]
    digest: str = ""

    def question(self, question_id: str) -> Asked | None:
        return next((one for one in self.questions if one.id == question_id), None)


def read_pool(name: str, text: str, problems: Sequence[Problem] = (), shown: str = "") -> Pool:
    """Read a file of `quizzes/`. `shown` is its name in problems; `problems` what reading it
    from the disk already found."""
    found = Findings(shown or name)
    found.add(problems)
    header, body, line = split_header(text, found)
    lines = body.split("\n")
    first = next((n for n, one in enumerate(lines) if _HEADING.fullmatch(one)), len(lines))
    for number, one in enumerate(lines[:first], start=line):
        if one.strip():
            found.warning(number, "outside-question", text=one.strip()[:80])
    questions = read_questions(lines, line, found)
    return Pool(name, header, questions, found.all(), digest_of(text))


def read_questions(lines: list[str], line: int, found: Findings) -> tuple[Asked, ...]:
    """The questions among lines of which the first is `line` of its file; what stands before the
    first of them is passed over."""
    questions: dict[str, Asked] = {}
    for own, number in _cut(lines, line):
        asked = _read_question(own, number, found)
        if asked and asked.id in questions:
            found.error(number, "question-twice", id=asked.id, first=questions[asked.id].line)
        elif asked and _can_be_marked(asked, found):
            questions[asked.id] = asked
    return tuple(questions.values())


def _cut(lines: list[str], line: int) -> Iterator[tuple[list[str], int]]:
    """The lines of each question, its heading first, and the heading's line."""
    kept: list[str] = []
    start = line
    for number, one in enumerate(lines, start=line):
        if _HEADING.fullmatch(one):
            if kept:
                yield kept, start
            kept, start = [one], number
        elif kept:
            kept.append(one)
    if kept:
        yield kept, start


# One question ---------------------------------------------------------------------------

Lines = list[tuple[int, str]]
"""Lines with their numbers."""


def _read_question(lines: list[str], line: int, found: Findings) -> Asked | None:
    """The question; None, and problems, when nothing could be asked of it."""
    prompt, attributes = _heading(lines[0], line, found)
    numbered = [(line + place, one.rstrip()) for place, one in enumerate(lines)][1:]
    kind = _kind(numbered, line, found)
    if not kind or not attributes.get("id"):
        return None
    scene, answers, explanation = _three(numbered, kind)
    offered = _Offers(found).take(answers, kind)
    text, similar = _taken_off(_SIMILAR, "\n".join(one for _, one in explanation).strip())
    return Asked(
        attributes["id"], _typed(kind, offered.rows), prompt, line, "\n".join(lines),
        attributes.get("objective", ""), "critical" in attributes,
        "\n".join(one for _, one in scene).strip(), _first_line(scene),
        tuple(offered.rows), tuple(offered.rubric), text, _first_line(explanation), similar)


def _heading(text: str, line: int, found: Findings) -> tuple[str, Mapping[str, str]]:
    """The prompt, and what stands in the braces behind it."""
    prompt, words = _taken_off(_BRACES, text.lstrip("#").strip())
    attributes: dict[str, str] = {}
    for word in words.split():
        key, _, value = word.partition("=")
        if re.fullmatch(f"#{ID}", word):
            attributes["id"] = word[1:]
        elif (key == "objective" and value) or word == "critical":
            attributes[key] = value
        else:
            found.error(line, "question-word", word=word,
                        nearest=nearest(key, ("objective", "critical")))
    if "id" not in attributes:
        found.error(line, "question-no-id", prompt=prompt[:80])
    return prompt, attributes


def _taken_off(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """A text without what a pattern finds at its end, and the pattern's group."""
    found = pattern.search(text)
    return (text[:found.start()].rstrip(), found[1]) if found else (text, "")


def _kind(lines: Lines, line: int, found: Findings) -> str:
    """The kind that the marks say. Numbered lines are steps only where nothing else asks:
    otherwise they belong to the scene."""
    kinds = [kind for kind, pattern in _ANSWERS.items()
             if any(pattern.fullmatch(one) for _, one in lines)]
    if len(kinds) > 1:
        kinds = [kind for kind in kinds if kind != "order"]
    if len(kinds) == 1:
        return kinds[0]
    found.error(line, "question-mixed" if kinds else "question-no-answer",
                **({"kinds": ", ".join(kinds)} if kinds else {}))
    return ""


def _three(lines: Lines, kind: str) -> tuple[Lines, Lines, Lines]:
    """The scene, the answers and the explanation: a `>` at the margin begins the last."""
    first = next(place for place, (_, one) in enumerate(lines) if _ANSWERS[kind].fullmatch(one))
    last = next((place for place, (_, one) in enumerate(lines)
                 if place > first and one.startswith(">")), len(lines))
    explanation = [(number, found[1] if (found := _EXPLANATION.fullmatch(one)) else one)
                   for number, one in lines[last:]]
    return lines[:first], lines[first:last], explanation


def _first_line(lines: Lines) -> int:
    return next((number for number, one in lines if one), 0)


def _typed(kind: str, rows: Sequence[Offered]) -> str:
    """Whether what is typed is a number or a text."""
    if kind != "typed":
        return kind
    return "number" if all(_BOUNDS.fullmatch(one.text) for one in rows) else "short"


@dataclass(slots=True)
class _Offers:
    """The lines of an answer while they are read."""

    found: Findings
    rows: list[Offered] = field(default_factory=list)
    rubric: list[Offered] = field(default_factory=list)

    def take(self, lines: Lines, kind: str) -> _Offers:
        for number, one in lines:
            if one:
                self._take_line(one, number, kind)
        self.rows = [_with_myth(row) for row in self.rows]
        return self

    def _take_line(self, text: str, number: int, kind: str) -> None:
        answer, criterion = _ANSWERS[kind].fullmatch(text), _CRITERION.fullmatch(text)
        feedback = _FEEDBACK.fullmatch(text)
        if criterion and kind == "free":
            self.rubric.append(_row(criterion, number))
        elif answer and kind != "free":
            self.rows.append(_row(answer, number))
        elif answer:
            return
        elif feedback and self.rows:
            self._feedback(feedback[1], number)
        elif text.startswith(" ") and self.rows and not self.rows[-1].feedback:
            self.rows[-1] = replace(self.rows[-1], text=f"{self.rows[-1].text} {text.strip()}")
        else:
            self.found.error(number, "question-line", text=text.strip()[:80])

    def _feedback(self, text: str, number: int) -> None:
        row = self.rows[-1]
        self.rows[-1] = replace(row, feedback=f"{row.feedback}\n{text}".strip(),
                                feedback_line=row.feedback_line or number)


def _row(found: re.Match[str], line: int) -> Offered:
    return Offered((found["text"] or "").strip(), line, found["mark"].strip())


def _with_myth(row: Offered) -> Offered:
    feedback, myth = _taken_off(_MYTH, row.feedback)
    return replace(row, feedback=feedback, myth=myth)


# Whether it can be marked ---------------------------------------------------------------

def _can_be_marked(asked: Asked, found: Findings) -> bool:
    """Whether the question has a key; says what is missing."""
    code = _fault(asked)
    if code:
        found.error(asked.line, code, id=asked.id)
    return not code


def _fault(asked: Asked) -> str:
    """What keeps a question from being marked, as a code; empty when nothing does."""
    texts = [one.mark if asked.kind == "match" else one.text for one in asked.offered]
    if not asked.prompt:
        return "question-no-prompt"
    if not all(texts):
        return "choice-empty"
    if asked.kind != "free" and len(set(texts)) < len(texts):
        return "choice-twice"
    return _FAULTS[asked.kind](asked)


def _one_fault(asked: Asked) -> str:
    rights = sum(one.right for one in asked.offered)
    return _too_few(asked) or ("" if rights == 1 else "not-one-right")


def _all_fault(asked: Asked) -> str:
    return _too_few(asked) or ("" if any(one.right for one in asked.offered) else "none-right")


def _number_fault(asked: Asked) -> str:
    if len(asked.offered) > 1:
        return "number-twice"
    low, high = asked.bounds
    return "" if low <= high else "number-bounds"


def _free_fault(asked: Asked) -> str:
    return "" if any(int(one.mark) for one in asked.rubric) else "no-rubric"


def _too_few(asked: Asked) -> str:
    return "" if len(asked.offered) > 1 else "too-few-choices"


_FAULTS = {"one": _one_fault, "all": _all_fault, "order": _too_few, "match": _too_few,
           "number": _number_fault, "short": lambda asked: "", "free": _free_fault}
