"""Tries at a case: every choice a statement, every try kept, scored as a quiz is.

A try is an attempt (`scoring.Attempt`) whose quiz is the case itself. Its answers are moves:
numbered where a story tells them in order, named where a form can be filled in any order. What
a try came to is closed by the same verbs and in the same shape as a quiz.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .activity import Language, TrainerNote
from .errors import AttemptOver, NotDrawn, Unanswered
from .questions import Form
from .scoring import Attempt, judged
from .statement import Draft


@dataclass(frozen=True, slots=True)
class Move:
    """One choice of a try: what was asked, and the response."""

    ask: str
    response: Any


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that counts in a try; score None while a person has yet to mark it."""

    id: str
    score: float | None
    critical: bool = False
    objective: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case that is played. The kinds say what is asked, what it earns, and when it is over."""

    id: str
    title: str
    kind: str
    briefing: str = ""
    """HTML, shown before a try begins."""
    announcement: str = ""
    """What a sensitive case says of itself before it opens."""
    short_html: str = ""
    """What it teaches, in short, for those who would rather not play it."""
    notes: tuple[TrainerNote, ...] = ()
    pass_mark: float = 0.7
    digest: str = ""
    language: Language = field(default_factory=Language)

    linear: ClassVar[bool] = False
    """Whether moves come one after another and stand for ever; else they are named, and the
    latest of a name counts until the try is over."""

    @property
    def is_whole(self) -> bool:
        """Whether there is anything to play."""
        return True

    def of(self, drawn: Sequence[str]) -> Case:
        """The case as one try has it, when a try draws only a part."""
        return self

    def drawn(self, history: Iterable[Attempt], seed: str) -> list[str]:
        """What a new try draws."""
        return []

    def read(self, path: Sequence[Move], ask: str, form: Form) -> Any:
        """The response in a form's fields. Raises NotDrawn and BadResponse."""
        raise NotImplementedError(self.kind)

    def score(self, path: Sequence[Move], move: Move) -> float | None:
        """What a move earns by itself; None for one that earns nothing yet."""
        raise NotImplementedError(self.kind)

    def is_over(self, path: Sequence[Move]) -> bool:
        """Whether the path has come to an end."""
        raise NotImplementedError(self.kind)

    def missing(self, path: Sequence[Move]) -> int:
        """How much must still be answered before a try can be closed."""
        return 0 if self.is_over(path) else 1

    def items(self, path: Sequence[Move]) -> tuple[Item, ...]:
        """What counts in a try."""
        raise NotImplementedError(self.kind)

    def extra(self, path: Sequence[Move]) -> Mapping[str, Any]:
        """What else the closing statement keeps for those who look at many tries."""
        return {}


def path_of(attempt: Attempt, case: Case) -> list[Move]:
    """The moves of a try, in order."""
    if not case.linear:
        return [Move(ask, answer.response) for ask, answer in attempt.answers.items()]
    numbered = sorted((key for key in attempt.answers if key.isdecimal()), key=int)
    return [Move(*attempt.answers[key].response) for key in numbered]


def start(case: Case, attempt_id: str, seed: str, drawn: Iterable[str] = ()) -> Draft:
    """Begin a try."""
    return Draft("initialized", f"attempt:{attempt_id}", {
        "quiz": case.id, "digest": case.digest, "questions": list(drawn), "seed": seed,
    })


def made(attempt: Attempt, case: Case, move: Move) -> Draft:
    """The statement that a choice was made. Raises AttemptOver."""
    if attempt.is_over:
        raise AttemptOver(attempt=attempt.id)
    path = path_of(attempt, case)
    kept: dict[str, Any] = {"attempt": attempt.id, "in": "case", "digest": case.digest,
                            "score": case.score(path, move)}
    if case.linear:
        kept |= {"question": str(_next_number(attempt)), "response": [move.ask, move.response]}
    else:
        kept |= {"question": move.ask, "response": move.response, "revises": True}
    return Draft("answered", f"{case.id}#{move.ask}", kept)


def _next_number(attempt: Attempt) -> int:
    return max((int(key) for key in attempt.answers if key.isdecimal()), default=0) + 1


def close(attempt: Attempt, case: Case, last: Move | None = None) -> Draft:
    """Close a try: what it came to, with the move that is being kept together with this.

    Raises AttemptOver, and Unanswered before its end.
    """
    if attempt.is_over:
        raise AttemptOver(attempt=attempt.id)
    path = [*path_of(attempt, case), *([last] if last else [])]
    left = case.missing(path)
    if left:
        raise Unanswered(count=left)
    items = case.items(path)
    missed = tuple(one.id for one in items if one.critical and one.score != 1)
    result = judged([one.score for one in items if one.score is not None], case.pass_mark, missed)
    return Draft("passed" if result.passed else "failed", f"attempt:{attempt.id}", {
        "quiz": case.id, "digest": case.digest, "score": result.score, "of": result.of,
        "passed": result.passed, "missed": list(missed),
        "items": [{"id": one.id, "score": one.score} for one in items],
        "moves": [[one.ask, one.response] for one in path],
        "objectives": _by_objective(items), "played": case.digest, **case.extra(path),
    })


def _by_objective(items: Iterable[Item]) -> dict[str, list[float]]:
    """What was earned for each objective, and of how much."""
    found: dict[str, list[float]] = {}
    for one in items:
        if one.objective and one.score is not None:
            earned, of = found.get(one.objective, [0.0, 0])
            found[one.objective] = [round(earned + one.score, 4), of + 1]
    return found


def kept_path(summary: Mapping[str, Any]) -> list[Move]:
    """The moves of a try that is over, as its document keeps them."""
    return [Move(*one) for one in summary.get("moves", ())]


def require_drawn(known: Iterable[str], ask: str) -> None:
    """Raises NotDrawn for what a case does not ask."""
    if ask not in known:
        raise NotDrawn(question=ask)
