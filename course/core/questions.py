"""The kinds of question: what a response looks like and what it earns.

A kind is one class and one entry in `KINDS`. `read` turns a form's fields into a
response (plain JSON, so that it can be kept in a statement) or raises `BadResponse`;
`mark` says what the response earns, from 0 to 1. Partial credit follows the "map response"
idea of QTI: each right part earns its share, each wrong pick of a choose-all costs one.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, ClassVar, Self

from .errors import BadResponse

Form = Mapping[str, Sequence[str]]
"""Field names to the values that were sent, as a browser posts them."""

MOST_TEXT = 4000
"""Longest free text that is kept, in characters: about a page and a half."""


def text_id(text: str) -> str:
    """The id of a choice: a digest of its original wording, so that reordering keeps history."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing offered. `id` and `right` come from the original, `text` from the language."""

    id: str
    text: str
    right: bool = False
    feedback: str = ""
    myth: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a response earned. `score` is None when a person has to mark it."""

    score: float | None
    chosen: tuple[str, ...] = ()
    """Ids of the choices that were picked and have something to say."""

    @property
    def right(self) -> bool:
        return self.score == 1


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Texts are HTML made from the author's Markdown, or plain where named so."""

    id: str
    prompt: str
    scene: str = ""
    objective: str = ""
    critical: bool = False
    explanation: str = ""
    similar: str = ""
    line: int = 0
    digest: str = ""
    """Digest of the original question: what was asked, however it is worded later."""
    choices: tuple[Choice, ...] = ()
    home: str = ""
    """Its key in its own pool, `tip-basic/elements#girl-of-sixteen`, where an examination asks
    it under another id."""

    kind: ClassVar[str] = ""

    def read(self, form: Form) -> Any:
        """The response in a form's fields. Raises BadResponse."""
        raise NotImplementedError(self.kind)

    def mark(self, response: Any) -> Mark:
        """What a response earns."""
        raise NotImplementedError(self.kind)

    def key(self) -> Any:
        """The right response, for showing after marking; None when there is no single one."""
        return None

    def worded(self, other: Question) -> Self:
        """This question in another's words: marks stay those of the original."""
        choices = tuple(
            replace(mine, text=theirs.text, feedback=theirs.feedback)
            for mine, theirs in zip(self.choices, other.choices, strict=True)
        )
        return replace(self, prompt=other.prompt, scene=other.scene, choices=choices,
                       explanation=other.explanation)


def _picked(form: Form, allowed: Sequence[Choice]) -> list[str]:
    """The choices that were ticked, in the file's order; anything else in the field is refused."""
    sent = list(form.get("r", ()))
    ids = [choice.id for choice in allowed]
    if not sent:
        raise BadResponse(reason="empty")
    if any(one not in ids for one in sent):
        raise BadResponse(reason="unknown-choice")
    return [one for one in ids if one in sent]


@dataclass(frozen=True, slots=True)
class ChooseOne(Question):
    """One choice of several. Response: a choice's id."""

    kind: ClassVar[str] = "one"

    def read(self, form: Form) -> str:
        picked = _picked(form, self.choices)
        if len(picked) > 1:
            raise BadResponse(reason="one-only")
        return picked[0]

    def mark(self, response: Any) -> Mark:
        return Mark(1.0 if response == self.key() else 0.0, (response,))

    def key(self) -> Any:
        return next((choice.id for choice in self.choices if choice.right), None)


@dataclass(frozen=True, slots=True)
class ChooseAll(Question):
    """Every choice that applies. Response: a list of ids."""

    kind: ClassVar[str] = "all"

    def read(self, form: Form) -> list[str]:
        return _picked(form, self.choices)

    def mark(self, response: Any) -> Mark:
        key = self.key()
        hits = sum(one in key for one in response)
        extra = len(response) - hits
        return Mark(max(0.0, (hits - extra) / len(key)), tuple(response))

    def key(self) -> Any:
        return [choice.id for choice in self.choices if choice.right]


@dataclass(frozen=True, slots=True)
class Order(Question):
    """Steps to put in order; `choices` stand in the right one. Response: ids, first to last."""

    kind: ClassVar[str] = "order"

    def read(self, form: Form) -> list[str]:
        places: dict[int, str] = {}
        for choice in self.choices:
            sent = (form.get(f"r.{choice.id}") or [""])[0]
            if not sent:
                raise BadResponse(reason="empty")
            if not re.fullmatch(r"[0-9]{1,3}", sent) or not 1 <= int(sent) <= len(self.choices):
                raise BadResponse(reason="unknown-choice")
            if int(sent) in places:
                raise BadResponse(reason="place-twice")
            places[int(sent)] = choice.id
        return [places[place] for place in sorted(places)]

    def mark(self, response: Any) -> Mark:
        """Share of neighbours that stand in the right order."""
        right = {one: place for place, one in enumerate(self.key())}
        pairs = list(pairwise(response))
        good = sum(right[one] + 1 == right[two] for one, two in pairs)
        return Mark(good / len(pairs) if pairs else 1.0)

    def key(self) -> Any:
        return [choice.id for choice in self.choices]


@dataclass(frozen=True, slots=True)
class Match(Question):
    """Left sides (`choices`) to right sides. Response: `{left id: right id}`."""

    rights: tuple[Choice, ...] = ()
    pairs: Mapping[str, str] = field(default_factory=dict)

    kind: ClassVar[str] = "match"

    def read(self, form: Form) -> dict[str, str]:
        allowed = {right.id for right in self.rights}
        response = {}
        for left in self.choices:
            sent = (form.get(f"r.{left.id}") or [""])[0]
            if not sent:
                raise BadResponse(reason="empty")
            if sent not in allowed:
                raise BadResponse(reason="unknown-choice")
            response[left.id] = sent
        return response

    def mark(self, response: Any) -> Mark:
        good = sum(response.get(left) == right for left, right in self.pairs.items())
        return Mark(good / len(self.pairs))

    def key(self) -> Any:
        return dict(self.pairs)

    def worded(self, other: Question) -> Self:
        assert isinstance(other, Match)
        rights = tuple(replace(mine, text=theirs.text)
                       for mine, theirs in zip(self.rights, other.rights, strict=True))
        return replace(Question.worded(self, other), rights=rights)


_DIGITS = re.compile(r"[+-]?[\d.,'’\s\u00a0\u202f\u066b\u066c]+")


def number_readings(text: str) -> set[float]:
    """What a typed number can mean: digits of any script, any country's separators.

    `112,500` can be a hundred and twelve thousand or a hundred and twelve and a half; both
    are returned, and a response is right when one of them is.
    """
    plain = text.strip().replace("\u2212", "-").replace("\u066b", ".").replace("\u066c", ",")
    if not _DIGITS.fullmatch(plain):
        return set()
    plain = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in plain)
    plain = re.sub(r"['’\s]", "", plain)
    readings = set()
    for point, comma in ((".", ","), (",", ".")):
        whole = rf"(\d+|\d{{1,3}}([{comma}]\d{{3}})+)"
        if re.fullmatch(rf"[+-]?{whole}([{point}]\d+)?", plain):
            readings.add(float(plain.replace(comma, "").replace(point, ".")))
    return readings


@dataclass(frozen=True, slots=True)
class Number(Question):
    """A number within bounds. Response: what was typed."""

    low: float = 0.0
    high: float = 0.0

    kind: ClassVar[str] = "number"

    def read(self, form: Form) -> str:
        typed = (form.get("r") or [""])[0].strip()
        if not typed:
            raise BadResponse(reason="empty")
        if len(typed) > 40 or not number_readings(typed):
            raise BadResponse(reason="no-number")
        return typed

    def mark(self, response: Any) -> Mark:
        good = any(self.low <= number <= self.high for number in number_readings(response))
        return Mark(1.0 if good else 0.0)

    def key(self) -> Any:
        low, high = (f"{bound:g}" if abs(bound) < 1e5 else f"{bound:.0f}"
                     for bound in (self.low, self.high))
        return low if low == high else f"{low}–{high}"


ARABIC_TATWEEL = "\u0640"
"""Stretches a word and means nothing."""


def plain_text(text: str) -> str:
    """Text without what does not matter in a short answer: case, accents, spaces, marks."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in parts
                   if unicodedata.category(one)[0] in "LN" and one != ARABIC_TATWEEL)


@dataclass(frozen=True, slots=True)
class ShortText(Question):
    """A word or two. Response: what was typed."""

    accepted: tuple[str, ...] = ()

    kind: ClassVar[str] = "short"

    def read(self, form: Form) -> str:
        return _typed(form, most=200)

    def mark(self, response: Any) -> Mark:
        good = plain_text(response) in {plain_text(one) for one in self.accepted}
        return Mark(1.0 if good else 0.0)

    def key(self) -> Any:
        return self.accepted[0] if self.accepted else None

    def worded(self, other: Question) -> Self:
        """A translation's answers are accepted beside the original's, its own shown first."""
        assert isinstance(other, ShortText)
        return replace(Question.worded(self, other),
                       accepted=other.accepted + self.accepted)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric: what to look for and the points it is worth."""

    points: int
    text: str


@dataclass(frozen=True, slots=True)
class FreeText(Question):
    """A text that the trainer marks by rubric. Response: what was written."""

    rubric: tuple[Criterion, ...] = ()

    kind: ClassVar[str] = "free"

    def read(self, form: Form) -> str:
        return _typed(form, most=MOST_TEXT)

    def mark(self, response: Any) -> Mark:
        return Mark(None)

    def worded(self, other: Question) -> Self:
        assert isinstance(other, FreeText)
        rubric = tuple(Criterion(mine.points, theirs.text)
                       for mine, theirs in zip(self.rubric, other.rubric, strict=True))
        return replace(Question.worded(self, other), rubric=rubric)


def _typed(form: Form, most: int) -> str:
    typed = (form.get("r") or [""])[0].replace("\r\n", "\n").strip()
    if not typed:
        raise BadResponse(reason="empty")
    if len(typed) > most:
        raise BadResponse(reason="too-long", most=most)
    if has_control_characters(typed):
        raise BadResponse(reason="control-characters")
    return typed


def has_control_characters(text: str) -> bool:
    """Whether a text holds what no keyboard writes: controls, NUL, unpaired surrogates."""
    return any(unicodedata.category(one) in {"Cc", "Cs"} and one not in "\n\t" for one in text)


KINDS: dict[str, type[Question]] = {
    kind.kind: kind for kind in (ChooseOne, ChooseAll, Order, Match, Number, ShortText, FreeText)
}
