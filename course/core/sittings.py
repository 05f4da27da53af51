"""What was answered first and what last: the answers that an analysis counts.

A *sitting* is a set of questions that one learner answered together: a test that was handed
in, or the questions in the text of a module. Two parts of a learner's document keep them:

    attempts/<id>/summary/answers   [[response, score], …]     beside the attempt's `questions`
    firsts/<pool>/<question>        [response, score, counter, device]

The first holds what the closing statement holds; the second the first answer to a question in
place, since `checks` keeps the latest. A long text is not kept twice: it stands as null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .statement import Document, Stamp, Statement, put

LONGEST_KEPT = 60
"""Characters of a typed response: a number or a word or two, no free text."""

FEWEST_OTHERS = 3
"""Other questions that a sitting needs to say how well its learner did besides."""


# Keeping ---------------------------------------------------------------------------------

def compact(items: Iterable[Mapping[str, Any]]) -> list[list[Any]] | None:
    """What a learner's document keeps of the items of a closing statement: None where they hold
    no responses, as in a case, whose moves are kept."""
    listed = list(items)
    if not all("response" in one and "score" in one for one in listed):
        return None
    return [[_short(one["response"]), one["score"]] for one in listed]


def _short(response: Any) -> Any:
    too_long = isinstance(response, str) and len(response) > LONGEST_KEPT
    return None if too_long else response


def put_first(document: Document, statement: Statement) -> Document:
    """Keep an answer in place unless an earlier one is known: the first by stamp stays."""
    pool, _, question = statement.object.partition("#")
    known = document.get("firsts", {}).get(pool, {}).get(question)
    if known is not None and tuple(known[2:]) <= statement.stamp:
        return document
    return put(document, "firsts", pool, question, [
        _short(statement.result["response"]), statement.result["score"], *statement.stamp])


# Reading ---------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Given:
    """One answer: what was chosen, and what it earned, from 0 to 1."""

    response: Any
    score: float


@dataclass(frozen=True, slots=True)
class Sitting:
    """Questions of one pool or test that one learner answered together."""

    quiz: str
    answers: Mapping[str, Given]
    stamp: Stamp = (0, "")
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class First:
    """A learner's first answer to one question, with how they did on the rest."""

    question: str
    given: Given
    rest: float | None
    """Share right of the other questions of that sitting; None where they are too few."""


def tests(document: Document, quiz_id: str) -> list[Sitting]:
    """The tests of one quiz that were handed in, oldest first by stamp, not by clock."""
    found = [_sitting(kept) for kept in document.get("attempts", {}).values()
             if kept.get("quiz") == quiz_id and "answers" in kept.get("summary", {})]
    return sorted(found, key=lambda one: one.stamp)


def _sitting(kept: Mapping[str, Any]) -> Sitting:
    summary = kept["summary"]
    answers = {question: Given(response, score) for question, (response, score)
               in zip(kept["questions"], summary["answers"], strict=False) if score is not None}
    counter, device = summary["stamp"]
    return Sitting(kept["quiz"], answers, (counter, device))


def in_place(document: Document, pool: str) -> Sitting:
    """The first answers to the questions that a module's text asks."""
    kept = document.get("firsts", {}).get(pool, {})
    return Sitting(pool, {question: Given(response, score)
                          for question, (response, score, *_) in kept.items()
                          if score is not None}, in_place=True)


def firsts(sittings: Sequence[Sitting]) -> tuple[First, ...]:
    """Each question's first answer over the sittings of one quiz, oldest first."""
    found: dict[str, First] = {}
    for sitting in sittings:
        for one in _firsts_in(sitting):
            found.setdefault(one.question, one)
    return tuple(found.values())


def _firsts_in(sitting: Sitting) -> Iterator[First]:
    total = sum(one.score for one in sitting.answers.values())
    others = len(sitting.answers) - 1
    for question, given in sitting.answers.items():
        rest = round((total - given.score) / others, 6) if others >= FEWEST_OTHERS else None
        yield First(question, given, rest)


def latest_responses(document: Document, quiz_ids: Iterable[str]) -> dict[str, Any]:
    """What was last chosen at each question of some quizzes, by question key.

    A practice keeps no choice, only a mark: where the latest mark of all is full, what was
    chosen before is not held any more and is left out.
    """
    wanted = set(quiz_ids)
    found: dict[str, tuple[Stamp, Any]] = {}
    for quiz in wanted:
        for sitting in tests(document, quiz):
            for question, given in sitting.answers.items():
                found[f"{quiz}#{question}"] = (sitting.stamp, given.response)
    for key, (kept, counter, device) in document.get("checks", {}).items():
        if key.partition("#")[0] in wanted and (counter, device) > found.get(key, ((0, ""),))[0]:
            found[key] = ((counter, device), kept["response"])
    return {key: response for key, (stamp, response) in found.items()
            if not _mended(document, key, stamp)}


def _mended(document: Document, key: str, stamp: Stamp) -> bool:
    marks = document.get("seen", {}).get(key)
    return bool(marks and tuple(marks[-1][:2]) > stamp and marks[-1][3] == 1)


def chosen(response: Any) -> tuple[str, ...]:
    """The ids of the choices in a response of one or of several."""
    if isinstance(response, str):
        return (response,)
    return tuple(response) if isinstance(response, list) else ()
