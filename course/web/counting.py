"""How many chose what: the one place where raised hands and phones come together."""

from __future__ import annotations

from ..core.classroom import Cohort
from ..core.session import Session


def counts(session: Session, asking: str, vote: str) -> dict[str, int]:
    """How many chose each choice in a vote, by its id."""
    return dict(session.hands.get(asking, {}).get(vote, {}))


def answered(session: Session, asking: str, vote: str) -> int:
    """How many hands and answers a vote has."""
    return sum(counts(session, asking, vote).values())


def presence_taken(session: Session) -> bool:
    """Whether the trainer has said who is there; joining with a phone says it of oneself only."""
    return bool(session.absent or session.present.keys() - session.seats.keys())


def people_present(session: Session, cohort: Cohort) -> int:
    """How many people are in the room; everybody who belongs to it until the trainer has said who
    is there."""
    if presence_taken(session):
        return len(session.present)
    return len(cohort.members | session.present.keys())
