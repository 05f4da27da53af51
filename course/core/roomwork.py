"""A case that is run with the room: a show of hands at each step, and what the room decides.

The play belongs to the trainer who runs it and is kept in a record of its own, `play:<id>`, so
that it never counts as anybody's progress. It is a try like a learner's (`casework.py`); beside
its moves stands what the wall shows now, the *stage*, and how many hands each choice had:

    attempts    as in a learner's document
    stages      {attempt: [stage, counter, device]}
    votes       {attempt: {move: [[first, second], counter, device]}}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from string import ascii_uppercase
from typing import Any

from .casework import Case, Move, made
from .errors import BadResponse
from .evidence import EvidenceFile
from .learning import fold_learner
from .questions import Choice, Form, FreeText
from .scenario import Story
from .scenes import Option
from .scoring import Attempt, shuffled
from .sorting import Sorter
from .statement import Document, Draft, Statement, put_latest, value_at

Votes = Mapping[str, int]
"""Hands by the id of a choice."""

TELL, VOTE, TALK, LOOK_BACK = "tell", "vote", "talk", "look-back"
PHASES = (TELL, VOTE, TALK, LOOK_BACK)
"""What the wall shows: what has come; what is asked; the same while people talk; the debrief."""

MOST_DIGITS = 3
"""Of a number of hands."""


def record_of(person_id: str) -> str:
    """Where the plays that somebody runs are kept."""
    return f"play:{person_id}"


def fold_play(document: Document, statement: Statement) -> Document:
    """Take one statement into the document of somebody's plays."""
    attempt_id = statement.object.partition(":")[2]
    if statement.verb == "showed":
        return put_latest(document, "stages", attempt_id, dict(statement.result),
                          stamp=statement.stamp)
    document = fold_learner(document, statement)
    if "votes" in statement.result:
        result = statement.result
        document = put_latest(document, "votes", result["attempt"], result["question"],
                              result["votes"], stamp=statement.stamp)
    return document


# The stage --------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Stage:
    """What the wall shows of a moment, and what the room has said so far."""

    moves: int = 0
    """How many moves had been made: with another the stage is a new one."""
    phase: str = TELL
    place: str = ""
    """The exhibit, or the question of the charge, of an evidence file."""
    first: Votes = field(default_factory=dict)
    """The hands before people talked."""
    now: Votes = field(default_factory=dict)
    """The hands counted last."""
    taken: str = ""
    """The class a sorter's room has decided, while it looks for the facts."""
    earlier: Sequence[Votes] = ()
    """The hands for that class: before people talked, and after."""

    @property
    def votes(self) -> list[Votes]:
        """The hands of the whole decision: before people talked, and after."""
        before, after = self.earlier or ({}, {})
        return [{**before, **self.first}, {**after, **self.now}]


def stage_of(document: Document, attempt: Attempt, case: Case) -> Stage:
    """Where a play stands. A move made since has begun a new stage."""
    kept = value_at(document, "stages", attempt.id, default={})
    stage = Stage(**kept) if kept else Stage(place=first_place(case))
    moves = len(moves_of(attempt))
    if not case.linear or stage.moves == moves:
        return stage
    return Stage(moves)


def moves_of(attempt: Attempt) -> Sequence[Any]:
    """The moves of a play, open or over."""
    return attempt.summary["moves"] if attempt.summary else list(attempt.answers)


def showed(attempt: Attempt, stage: Stage) -> Draft:
    """The statement that the wall shows something else."""
    return Draft("showed", f"attempt:{attempt.id}", asdict(stage))


def moment(attempt: Attempt, stage: Stage, locale: str = "") -> str:
    """A short name for exactly what is shown: it is another as soon as anything changes."""
    answers = [[key, one.response] for key, one in attempt.answers.items()]
    told = json.dumps([attempt.id, attempt.is_over, answers, asdict(stage), locale])
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def first_place(case: Case) -> str:
    return case.exhibits[0].id if isinstance(case, EvidenceFile) else ""


def places(case: EvidenceFile) -> list[str]:
    """Everything an evidence file shows the room, in order."""
    return [*(one.id for one in case.exhibits), *(one.id for one in case.charge)]


# The ballot -------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Line:
    """One choice with its letter. What follows the text is for the trainer alone."""

    letter: str
    id: str
    text: str
    right: bool = False
    mark: str = ""
    """Of a story: a key of `scenario.MARKS` or `interview.KINDS`."""
    feedback: str = ""
    myth: str = ""


@dataclass(frozen=True, slots=True)
class Ballot:
    """What the room decides now by a show of hands."""

    ask: str
    prompt: str
    """HTML; empty where the page has words of its own for it."""
    lines: tuple[Line, ...]
    several: bool = False
    explanation: str = ""
    decided: str = ""
    """The decision whose reasons are asked for."""


def ballot(case: Case, attempt: Attempt, path: Sequence[Move], stage: Stage) -> Ballot | None:
    """What is put to the vote; None where nothing is: an end, an exhibit, a written note."""
    if isinstance(case, Story):
        return _story_ballot(case, attempt, path)
    if isinstance(case, Sorter):
        return _sorter_ballot(case, path, stage)
    assert isinstance(case, EvidenceFile)
    question = case.question(stage.place)
    if question is None or isinstance(question, FreeText):
        return None
    return Ballot(question.id, question.prompt, _lines(question.choices),
                  question.kind == "all", question.explanation)


def _story_ballot(case: Story, attempt: Attempt, path: Sequence[Move]) -> Ballot | None:
    ask = case.ask(path)
    if ask is None:
        return None
    if ask.reasons:
        assert ask.decision, "reasons are those of a decision"
        return Ballot(ask.id, ask.step.why, _lines(ask.reasons), True, ask.step.explanation,
                      ask.decision.text)
    options = [*in_order(ask.options, attempt.seed), *ask.aside]
    return Ballot(ask.id, ask.step.prompt, tuple(
        Line(letter, one.id, one.text, one.mark == "right", one.mark, one.feedback, one.myth)
        for letter, one in zip(ascii_uppercase, options, strict=False)),
        explanation=ask.step.explanation)


def in_order(options: Iterable[Option], seed: str) -> list[Option]:
    """Options in the order that a seed gives; a turn to the next topic stands last, since it is
    no question to be weighed."""
    by_id = {one.id: one for one in options}
    order = shuffled([Choice(one, "") for one in by_id], seed)
    return sorted((by_id[one.id] for one in order), key=lambda one: one.mark == "go")


def _sorter_ballot(case: Sorter, path: Sequence[Move], stage: Stage) -> Ballot | None:
    ask = case.ask(path)
    if ask is None:
        return None
    one = ask.vignette
    if stage.taken:
        return Ballot(ask.id, "", _lines(one.facts), True, one.explanation, stage.taken)
    right = one.changed_answer if ask.changed else one.answer
    return Ballot(ask.id, one.change if ask.changed else "", tuple(
        Line(letter, each.id, each.label, each.id == right)
        for letter, each in zip(ascii_uppercase, case.classes, strict=False)),
        explanation=one.changed_explanation if ask.changed else one.explanation)


def _lines(choices: Iterable[Choice]) -> tuple[Line, ...]:
    return tuple(Line(letter, one.id, one.text, one.right, feedback=one.feedback, myth=one.myth)
                 for letter, one in zip(ascii_uppercase, choices, strict=False))


# Deciding ---------------------------------------------------------------------------------

def read_votes(ballot: Ballot, form: Form) -> dict[str, int]:
    """The hands in a form's fields `v.<choice>`; an empty one is none. Raises BadResponse."""
    votes = {}
    for line in ballot.lines:
        sent = (form.get(f"v.{line.id}") or [""])[0].strip()
        if sent and not (sent.isdecimal() and len(sent) <= MOST_DIGITS):
            raise BadResponse(reason="no-number")
        if sent and int(sent):
            votes[line.id] = int(sent)
    return votes


def leading(ballot: Ballot, votes: Votes) -> list[str]:
    """What most hands are for. Where several are chosen, each with at least half as many as the
    first."""
    most = max(votes.values(), default=0)
    enough = (most + 1) // 2 if ballot.several else most
    return [one.id for one in ballot.lines if most and votes.get(one.id, 0) >= enough]


def decided(ballot: Ballot, votes: Votes, form: Form) -> list[str]:
    """What the room takes: what the trainer says (`r`), else what most hands are for.

    Raises BadResponse: `empty` when there is neither, `tie` when one cannot be told.
    """
    said = [one for one in form.get("r", ()) if one]
    known = {one.id for one in ballot.lines}
    if any(one not in known for one in said):
        raise BadResponse(reason="unknown-choice")
    chosen = said or leading(ballot, votes)
    if not chosen:
        raise BadResponse(reason="empty")
    if len(chosen) > 1 and not ballot.several:
        raise BadResponse(reason="one-only" if said else "tie")
    return chosen


def move_of(case: Case, path: Sequence[Move], stage: Stage, ballot: Ballot,
            chosen: Sequence[str]) -> Move | Stage:
    """The move that a decision is; for the class of a vignette the stage that asks for its
    facts. Raises NotDrawn and BadResponse."""
    if isinstance(case, Sorter):
        ask = case.ask(path)
        if ask and not ask.changed and not stage.taken:
            return Stage(stage.moves, VOTE, taken=chosen[0], earlier=stage.votes)
        form = {"r": [stage.taken or chosen[0]], "facts": list(chosen) if stage.taken else []}
        return Move(ballot.ask, case.read(path, ballot.ask, form))
    return Move(ballot.ask, case.read(path, ballot.ask, {"r": list(chosen)}))


def made_by_room(attempt: Attempt, case: Case, move: Move, stage: Stage) -> Draft:
    """The statement that the room decided, with its hands: before and after it talked."""
    draft = made(attempt, case, move)
    return replace(draft, result={**draft.result, "votes": stage.votes})


def votes_of(document: Document, attempt_id: str, move: str) -> list[Votes]:
    """The hands of one decision; none where there was no vote."""
    found: list[Votes] = value_at(document, "votes", attempt_id, move, default=[])
    return found
