"""A class in one manual: its learners' documents read together, question by question.

Everybody counts once, in order of name, and nobody is ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import stuck
from .activity import Module, Quiz
from .analysis import Item, analyse
from .gains import Gain, Shares, gains
from .people import Person
from .questions import Choice, Question
from .sittings import First, chosen
from .studied import Studied


@dataclass(frozen=True, slots=True)
class Officer:
    """One learner of the class, as a row of its tables."""

    person: Person
    studied: Studied


@dataclass(frozen=True, slots=True)
class ObjectiveCount:
    """One objective over a class."""

    module: str
    key: str
    text: str
    learners: int
    """Who has answered at least one of its questions."""
    mean: float | None
    """Per cent: the mean of the learners' own means over the latest mark of each question."""
    below: int
    """How many of them are below the manual's pass mark."""
    questions: int


def objectives(module: Module, officers: Iterable[Officer], pass_mark: float
               ) -> list[ObjectiveCount]:
    """A module's objectives over a class, in the order of the module."""
    marks: dict[str, list[float]] = {}
    questions: dict[str, int] = {}
    for officer in officers:
        for one in officer.studied.objectives.get(module.id, ()):
            questions[one.key] = one.of
            if one.asked:
                marks.setdefault(one.key, []).append(one.right / one.asked)
    return [_objective(module, key, text, marks.get(key, []), pass_mark, questions.get(key, 0))
            for key, text in module.objectives.items()]


def _objective(module: Module, key: str, text: str, shares: Sequence[float], pass_mark: float,
               questions: int) -> ObjectiveCount:
    mean = 100 * sum(shares) / len(shares) if shares else None
    return ObjectiveCount(module.id, key, text, len(shares), mean,
                          sum(one < pass_mark - 1e-9 for one in shares), questions)


def items(quiz: Quiz, firsts: Iterable[Sequence[First]], *, untaught: bool = False) -> list[Item]:
    """The analysis of all questions of a quiz that somebody has answered, in the file's order."""
    by_question: dict[str, list[First]] = {}
    for some in firsts:
        for one in some:
            by_question.setdefault(one.question, []).append(one)
    return [analyse(question, by_question[question.id], untaught=untaught)
            for question in quiz.questions if question.id in by_question]


def unanswered(question: Question) -> Item:
    """The same of a question that nobody has answered."""
    return analyse(question, ())


def stuck_ones(officers: Sequence[Officer]) -> list[tuple[Officer, list[stuck.Stuck]]]:
    """Who may need the trainer and why, in order of name."""
    going = stuck.pace([one.studied.doing for one in officers])
    found = ((one, stuck.stuck(one.studied.doing, going, finished=one.studied.ready))
             for one in officers)
    return [(one, reasons) for one, reasons in found if reasons]


@dataclass(frozen=True, slots=True)
class Tested:
    """The tests before and after a manual over a class."""

    before: int
    after: int
    pairs: int
    mean_before: float | None
    """Per cent, of all who took it."""
    mean_after: float | None
    gains: tuple[Gain, ...]
    """Of the pairs: the whole, then module by module."""


def tested(test: Module, officers: Sequence[Officer]) -> Tested:
    """Compare the pairs of a class; `test` names the modules."""
    before = [one.studied.before for one in officers if one.studied.before]
    after = [one.studied.after for one in officers if one.studied.after]
    pairs = [(one.studied.before, one.studied.after) for one in officers
             if one.studied.before and one.studied.after]
    return Tested(len(before), len(after), len(pairs), _mean(before), _mean(after),
                  tuple(gains(test, pairs)))


def _mean(some: Sequence[Shares]) -> float | None:
    return sum(one[""] for one in some) / len(some) if some else None


@dataclass(frozen=True, slots=True)
class Held:
    """A misconception that the class holds at one question."""

    myth: str
    key: str
    question: Question
    choice: Choice
    learners: frozenset[str]
    """Ids of who chose it in their latest answer."""
    before: frozenset[str] = frozenset()
    """Ids of who chose it in the test before the course."""


def misconceptions(quizzes: Mapping[str, Quiz], officers: Iterable[Officer]) -> list[Held]:
    """Every choice with a misconception that somebody chose, in the order of the quizzes."""
    now: dict[tuple[str, str], set[str]] = {}
    before: dict[tuple[str, str], set[str]] = {}
    for officer in officers:
        _note(now, officer.studied.responses, officer.person.id)
        _note(before, officer.studied.responses_before, officer.person.id)
    return [Held(choice.myth, key, question, choice, frozenset(now.get((key, choice.id), ())),
                 frozenset(before.get((key, choice.id), ())))
            for key, question, choice in _myths(quizzes)
            if (key, choice.id) in now or (key, choice.id) in before]


def _note(found: dict[tuple[str, str], set[str]], responses: Mapping[str, object],
          person: str) -> None:
    for key, response in responses.items():
        for choice in chosen(response):
            found.setdefault((key, choice), set()).add(person)


def _myths(quizzes: Mapping[str, Quiz]) -> Iterator[tuple[str, Question, Choice]]:
    for quiz_id, quiz in quizzes.items():
        for question in quiz.questions:
            for choice in question.choices:
                if choice.myth and question.kind in ("one", "all"):
                    yield f"{quiz_id}#{question.id}", question, choice
