"""How many chose what: the one place where raised hands and phones come together."""

from __future__ import annotations

from dataclasses import dataclass

from ..core import phones
from ..core.classroom import Cohort
from ..core.phones import Vote
from ..core.session import FIRST, REVEAL, Session
from .context import store


def counts(session: Session, asking: str, vote: str) -> dict[str, int]:
    """How many chose each choice in a vote, by its id: hands and phones together."""
    found = dict(session.hands.get(asking, {}).get(vote, {}))
    for one in answers(session, asking, vote).values():
        for picked in phones.picked(one.response):
            found[picked] = found.get(picked, 0) + 1
    return found


def answers(session: Session, asking: str, vote: str) -> dict[str, Vote]:
    """What those who sit in the session answered on their phones in a vote, by person."""
    found = {}
    for person in session.seats if asking else ():
        kept = phones.votes_of(store().document(f"learner:{person}"), session.id, asking)
        if vote in kept:
            found[person] = kept[vote]
    return found


def answered(session: Session, asking: str, vote: str) -> int:
    """How many hands a vote has, and how many people who answered on a phone."""
    hands = sum(session.hands.get(asking, {}).get(vote, {}).values())
    return hands + len(answers(session, asking, vote))


@dataclass(frozen=True, slots=True)
class OnPhones:
    """How many joined with a phone, and how many of them answered what is asked now."""

    joined: int
    guests: int
    answered: int


NOBODY_JOINED = OnPhones(0, 0, 0)


def on_phones(session: Session, cohort: Cohort) -> OnPhones:
    stage = session.stage
    given = answers(session, stage.asking, stage.vote)
    if stage.phase == REVEAL and not given:  # there was no second vote
        given = answers(session, stage.asking, FIRST)
    return OnPhones(len(session.seats), len(session.seats.keys() - cohort.members), len(given))


def presence_taken(session: Session) -> bool:
    """Whether the trainer has said who is there; joining with a phone says it of oneself only."""
    return bool(session.absent or session.present.keys() - session.seats.keys())


def people_present(session: Session, cohort: Cohort) -> int:
    """How many people are in the room; everybody who belongs to it until the trainer has said who
    is there."""
    if presence_taken(session):
        return len(session.present)
    return len(cohort.members | session.present.keys())
