"""Who may need the trainer: plain rules on what has been kept, never a judgement.

A learner is *stuck* where one of these holds, and the page says which:

* `failed-twice`: the same test was failed twice or more and has not been passed since.
* `left-open`: a test was begun and nothing was answered in it for three days, while the class
  went on.
* `wrong-in-place`: the last thing kept is a wrong answer to a question in the text, and the class
  went on for three days.
* `quiet`: nothing was kept for a week, while the class went on.
* `not-begun`: nothing was kept at all, while half of the class or more has begun.

Days are counted to the class's own latest answer and not to a clock: a weekend or a laptop with
a wrong date makes nobody stuck.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .scoring import Attempt, attempts
from .statement import Document

FAILURES, DAYS_OPEN, DAYS_QUIET = 2, 3, 7


@dataclass(frozen=True, slots=True)
class Stuck:
    """One reason to speak with a learner."""

    code: str
    place: str = ""
    """The test's id, the question's key, or nothing."""
    since: str = ""
    """ISO time of what it is counted from."""
    count: int = 0
    """How many failures."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What the rules need of one learner: worked out once for a document."""

    last: str
    """ISO time of the latest thing kept, empty before the first."""
    failed: tuple[Stuck, ...] = ()
    open: tuple[tuple[str, str], ...] = ()
    """Tests begun and not handed in: id and the time of the latest answer."""
    wrong: tuple[str, str] | None = None
    """The latest thing kept where it is a wrong answer in place: question key and time."""


def doing(document: Document, quizzes: Iterable[str]) -> Doing:
    """What a learner is doing, as far as the tests of some modules go."""
    last, tests = latest(document), list(quizzes)
    return Doing(last, tuple(_failed(document, tests)), tuple(_open(document, tests)),
                 _wrong_last(document, tests, last))


def latest(document: Document) -> str:
    """When anything was last kept of a learner's studying."""
    times = [time for sections in document.get("read", {}).values() for time in sections.values()]
    times += [marks[-1][2] for marks in document.get("seen", {}).values()]
    times += [kept.get("summary", kept).get("time") or kept.get("started", "")
              for kept in document.get("attempts", {}).values()]
    return max(times, default="")


def _failed(document: Document, quizzes: Iterable[str]) -> Iterator[Stuck]:
    for quiz in quizzes:
        over = [one for one in attempts(document, quiz) if one.summary is not None]
        over.sort(key=lambda one: _stamp(one.summary or {}))
        if len(over) >= FAILURES and not any(one.passed for one in over):
            yield Stuck("failed-twice", quiz, (over[-1].summary or {})["time"], len(over))


def _stamp(summary: Mapping[str, list[object]]) -> tuple[object, ...]:
    return tuple(summary["stamp"])


def _open(document: Document, quizzes: Iterable[str]) -> Iterator[tuple[str, str]]:
    for quiz in quizzes:
        for one in attempts(document, quiz):
            if not one.is_over:
                yield quiz, _last_answer(one)


def _last_answer(attempt: Attempt) -> str:
    return max((one.time for one in attempt.answers.values()), default=attempt.started)


def _wrong_last(document: Document, pools: Collection[str], last: str
                ) -> tuple[str, str] | None:
    for key, (kept, *_) in document.get("checks", {}).items():
        if (kept["time"] == last and kept["score"] is not None and kept["score"] < 1
                and key.partition("#")[0] in pools):
            return key, last
    return None


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a class is: its latest answer, and whether most of it has begun."""

    last: str
    most_begun: bool


def pace(learners: Sequence[Doing]) -> Pace:
    begun = sum(bool(one.last) for one in learners)
    return Pace(max((one.last for one in learners), default=""), begun * 2 >= len(learners) > 0)


def stuck(one: Doing, going: Pace, *, finished: bool) -> list[Stuck]:
    """Why a learner may need the trainer; nothing for who has finished."""
    if finished:
        return []
    found = list(one.failed)
    found += [Stuck("left-open", quiz, time) for quiz, time in one.open
              if days_between(time, going.last) >= DAYS_OPEN]
    if one.wrong and days_between(one.wrong[1], going.last) >= DAYS_OPEN:
        found.append(Stuck("wrong-in-place", *one.wrong))
    if one.last and not found and days_between(one.last, going.last) >= DAYS_QUIET:
        found.append(Stuck("quiet", since=one.last))
    if not one.last and going.most_begun:
        found.append(Stuck("not-begun"))
    return found


def days_between(earlier: str, later: str) -> int:
    """Whole days from one ISO time to another; 0 where one is missing or unreadable."""
    try:
        return max(0, (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).days)
    except (ValueError, TypeError):
        return 0
