"""What a vote says: how many are right, what most of the others thought, what to do next.

The next move follows peer instruction: with few right answers people have nothing to tell each
other and the matter is explained again; with most right it is explained shortly; in between they
talk in pairs and vote again. The borders, 30 and 70 per cent, are those of Crouch and Mazur,
"Peer Instruction: Ten years of experience and results", American Journal of Physics 69 (2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase

from .questions import Question, text_id
from .roomwork import Ballot, Line
from .scoring import shuffled
from .session import Hands, Session, Step

EXPLAIN, DISCUSS, SHORTLY = "explain", "discuss", "shortly"
"""The next move."""
FEW, MOST = 0.3, 0.7

VOTED = ("one", "all")
"""Kinds of question that a room can vote on with cards."""


def seed_of(session: Session, step: Step) -> str:
    """What decides the order of a question's choices: the same on the wall and on every phone."""
    return f"{session.id}/{step.ref}"


def ballot_of(question: Question, seed: str) -> Ballot:
    """A question as the room votes on it: its choices lettered in the order that a seed gives, so
    that wall, trainer and phones call them the same."""
    voted = question.kind in VOTED
    lines = tuple(
        Line(letter, one.id, one.text, one.right, feedback=one.feedback, myth=one.myth)
        for letter, one in zip(ascii_uppercase, shuffled(question.choices, seed), strict=False)
    ) if voted else ()
    return Ballot(question.id, question.prompt, lines, question.kind == "all",
                  question.explanation)


def ballot_of_poll(step: Step) -> Ballot:
    """A poll: its choices by place, and nothing that is right."""
    lines = (Line(letter, str(at), one) for at, (letter, one) in enumerate(
        zip(ascii_uppercase, step.choices, strict=False), start=1))
    return Ballot(text_id(step.title), step.title, tuple(lines))


def share_right(ballot: Ballot, counts: Hands) -> float | None:
    """The share of answers that are right. None where nothing is right or nobody answered, and
    where several are chosen: raised hands do not say whose all were right."""
    total = sum(counts.values())
    right = [one.id for one in ballot.lines if one.right]
    if ballot.several or not total or not right:
        return None
    return sum(counts.get(one, 0) for one in right) / total


def next_move(share: float | None) -> str:
    """What to do after a first vote; empty where nothing can be said."""
    if share is None:
        return ""
    return EXPLAIN if share < FEW else DISCUSS if share <= MOST else SHORTLY


def likely_error(ballot: Ballot, counts: Hands) -> Line | None:
    """The wrong choice that most took; before anybody voted, the first that names a
    misconception."""
    wrong = [one for one in ballot.lines if not one.right]
    if not any(one.right for one in ballot.lines):
        return None
    chosen = max(wrong, key=lambda one: counts.get(one.id, 0), default=None)
    if chosen and counts.get(chosen.id, 0):
        return chosen
    return next((one for one in wrong if one.myth), None)


@dataclass(frozen=True, slots=True)
class Bar:
    """One choice of a spread."""

    line: Line
    first: int
    second: int | None
    """None before the second vote."""
    first_percent: float
    second_percent: float
    """Of the room, for the lengths of the bars."""


def spread_of(ballot: Ballot, first: Hands, second: Hands, room: int) -> list[Bar]:
    """How many chose what, on a scale of the people in the room; more than those, where more
    hands than people were counted."""
    most = max([room, 1, *first.values(), *second.values()])
    return [Bar(one, first.get(one.id, 0), second.get(one.id, 0) if second else None,
                _percent(first.get(one.id, 0), most), _percent(second.get(one.id, 0), most))
            for one in ballot.lines]


def _percent(count: int, most: int) -> float:
    return round(100 * count / most, 1)
