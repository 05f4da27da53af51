"""What the room answers on its phones: who may answer, what is kept, how many chose what.

An answer is kept in the record of who gave it, by session, asking and vote (`room` in
`learning.py`). While votes are taken it is kept as `voted`, without a mark: nothing that a
learner can open, not even all that is held about them, may tell the key before the trainer
shows it. It is marked (`answered`, as any answer) when the key is shown, or when the session
ends; from then on it counts in the learner's progress.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import AskingClosed, BadField
from .questions import Choice, ChooseOne, FreeText, Question
from .scoring import answered
from .session import BOTH, CODE_DIGITS, PHONES, POLL, REVEAL, VOTES, Session, Step
from .statement import Document, Draft, Stamp

ROOM = "room"
"""Where an answer was given: `in` of its statement."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody answered in one vote of an asking, the latest of it."""

    response: Any
    score: float | None
    """None before it is marked, and of a poll."""
    time: str
    """When it was given: ISO time."""
    stamp: Stamp


def key_of(session_id: str, asking: str) -> str:
    """Under which an asking's votes stand in a learner's document."""
    return f"{session_id}/{asking}"


def votes_of(document: Document, session_id: str, asking: str) -> dict[str, Vote]:
    """What a learner answered to an asking, by vote."""
    kept = document.get(ROOM, {}).get(key_of(session_id, asking), {})
    return {vote: Vote(value["response"], value["score"], value["time"], (counter, device))
            for vote, (value, counter, device) in kept.items()}


def clean_code(typed: str) -> str:
    """A session's code as it is kept: digits of any script, without spaces. Raises BadField."""
    digits = "".join(typed.split())
    if len(digits) != CODE_DIGITS or not digits.isdecimal():
        raise BadField("code", "six-digits")
    return "".join(str(unicodedata.digit(one)) for one in digits)


def poll(step: Step) -> Question:
    """A poll as a question whose choices are known by their places, counted from 1."""
    return ChooseOne(step.id, step.title, choices=tuple(
        Choice(str(place), text) for place, text in enumerate(step.choices, start=1)))


# Who may answer ---------------------------------------------------------------------------

def takes_phones(session: Session) -> bool:
    """Whether the question before the room is answered on phones at all."""
    return session.is_open and bool(session.stage.asking) and session.stage.way in (PHONES, BOTH)


def is_let_in(kept: Document, session: Session, person_id: str,
              votes: Mapping[str, Vote]) -> bool:
    """Whether this learner may answer once more: until an answer that came after the leave.

    `kept`: the session's document, which says when the leave was given.
    """
    leave = kept.get("again", {}).get(session.stage.asking, {}).get(person_id)
    if not leave or not leave[0]:
        return False
    return all(one.stamp < (leave[1], leave[2]) for one in votes.values())


def may_answer(kept: Document, session: Session, person_id: str,
               votes: Mapping[str, Vote]) -> bool:
    """Whether what this learner sends now is taken."""
    if not takes_phones(session):
        return False
    is_taken = session.stage.is_open and session.stage.phase in VOTES
    return is_taken or is_let_in(kept, session, person_id, votes)


def check(kept: Document, session: Session, person_id: str, asking: str, vote: str,
          votes: Mapping[str, Vote]) -> None:
    """Raise AskingClosed unless an answer to this asking's vote is taken from this learner."""
    stage = session.stage
    if (asking, vote) != (stage.asking, stage.vote) or not may_answer(kept, session, person_id,
                                                                      votes):
        raise AskingClosed


# Saying -----------------------------------------------------------------------------------

def voted(session: Session, key: str, question: Question, response: Any, now: str) -> Draft:
    """Keep an answer to what is before the room; changing it is answering again.

    `key`: the question's, empty for a poll.
    """
    stage = session.stage
    return Draft("voted", key or session.record, {
        **_where(session, stage.asking, stage.vote), "response": response, "given": now,
        **({"digest": question.digest} if key else {})})


def marked(document: Document, session: Session, asking: str, key: str, question: Question
           ) -> list[Draft]:
    """Mark what a learner answered to an asking: the votes that have no mark yet."""
    pool = key.partition("#")[0]
    found = votes_of(document, session.id, asking)
    return [_marked(session, asking, vote, pool, question, found[vote].response, found[vote].time)
            for vote in VOTES if vote in found and found[vote].score is None]


def marked_now(session: Session, key: str, question: Question, response: Any, now: str) -> Draft:
    """Mark an answer that was given when the key was already shown."""
    stage = session.stage
    return _marked(session, stage.asking, stage.vote, key.partition("#")[0], question, response,
                   now)


def _marked(session: Session, asking: str, vote: str, pool: str, question: Question,
            response: Any, given: str) -> Draft:
    draft = answered(pool, question, response, _where(session, asking, vote))
    return Draft(draft.verb, draft.object, {**draft.result, "given": given})


def _where(session: Session, asking: str, vote: str) -> dict[str, str]:
    return {"in": ROOM, "session": session.id, "asking": asking, "vote": vote}


def is_marked(step: Step, question: Question) -> bool:
    """Whether answers to it earn something; a poll's do not, and a text is marked by a person."""
    return step.kind != POLL and not isinstance(question, FreeText)


def shows_key(session: Session) -> bool:
    return session.stage.phase == REVEAL


# Counting ---------------------------------------------------------------------------------

def picked(response: Any) -> list[str]:
    """What a response counts for in a spread: the ids that were chosen, or what was typed; a
    match counts for nothing."""
    if isinstance(response, str):
        return [response]
    return [str(one) for one in response] if isinstance(response, list) else []
