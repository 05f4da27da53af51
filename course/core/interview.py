"""Interviews: the kinds of question, what each does to a person, and what a try obtained.

The kinds are those by which studies of police interviews count: open invitations and follow-ups
in the person's own words are recommended; suggestion, pressure and reward spoil what is said
(Lamb et al. 2007 for children; Principles on Effective Interviewing, 2021). What a kind does to
trust and fatigue is our simplification, for practice only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TRUST, FATIGUE = "trust", "fatigue"
LEAST, MOST = 0, 10
ROLES = ("victim", "migrant", "child", "suspect")

MANNERS = ((8, "at-ease"), (5, "speaking"), (3, "wary"), (LEAST, "closed"))
"""From which trust on a person is with the interviewer as the word says."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question."""

    credit: float | None
    """What asking it earns; None for what is no question."""
    trust: int = 0
    fatigue: int = 1
    clean: bool = True
    """Whether what it obtains are the person's own words."""
    harmful: bool = False
    """Whether the debrief must say what it does."""


KINDS: Mapping[str, Kind] = {
    "open": Kind(1.0, trust=1),
    "probing": Kind(1.0),
    "closed": Kind(0.5),
    "leading": Kind(0.0, trust=-1, clean=False, harmful=True),
    "multiple": Kind(0.0, fatigue=2, clean=False, harmful=True),
    "option-posing": Kind(0.0, clean=False, harmful=True),
    "threatening": Kind(0.0, trust=-4, fatigue=2, clean=False, harmful=True),
    "promising": Kind(0.0, trust=-1, clean=False, harmful=True),
    "blaming": Kind(0.0, trust=-3, fatigue=2, clean=False, harmful=True),
    "care": Kind(None, trust=1, fatigue=0),
    "go": Kind(None, fatigue=0),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something there is to learn."""

    id: str
    topic: str
    """What it is about, said so that it gives nothing away."""
    words: str
    """What the person says of it."""


@dataclass(frozen=True, slots=True)
class Care:
    """A step of welfare or procedure."""

    id: str
    text: str
    critical: bool = False
    """Whether a try without it is not passed."""
    why: str = ""


def manner(trust: int) -> str:
    """How the person is with the interviewer, as one of four words."""
    return next(word for least, word in MANNERS if trust >= least)
