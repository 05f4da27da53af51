"""Who was in a session, and for how many minutes; what of it stands in a learner's own record.

A session says who was there (`session.attended`). When it is closed, and when that is corrected
later, the minutes are said in each learner's record, so that they travel with it:

    sessions    {session: [{manual, minutes}, counter, device]}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .errors import BadField
from .people import Person
from .runsheet import length
from .session import ABSENT, Session, Step
from .statement import Document, Draft, value_at

LONGEST_SESSION = 12 * 60
"""Minutes. A clock that says more is not believed."""
SLACK = 60
"""So many minutes longer than planned, or as long again as planned, and it is still believed."""


# How long it took ------------------------------------------------------------------------

def is_believable(elapsed: int, planned: int) -> bool:
    """Whether the clock can be right about how long a session took. It cannot when it went
    backwards, and hardly when a session was left open overnight."""
    most = min(planned + max(planned, SLACK), LONGEST_SESSION)
    return 0 <= elapsed <= most


def minutes_to_offer(session: Session, elapsed: int) -> int:
    """The minutes of a session, for correction: what the clock says, or what was planned."""
    planned = length(session.plan)
    return elapsed if is_believable(elapsed, planned) else planned


def end_of(begun: datetime, minutes: int, now: datetime) -> datetime:
    """When a session ended that took so long: now, unless it was left open since."""
    return min(now, begun + timedelta(minutes=minutes)) if now > begun else now


def manual_of(plan: Iterable[Step]) -> str:
    """The manual that most of a plan's minutes are about; empty when it is about none."""
    minutes: Counter[str] = Counter()
    for step in plan:
        if "/" in step.ref:
            minutes[step.ref.partition("/")[0]] += step.minutes
    return max(minutes, key=lambda one: (minutes[one], one), default="")


# Who was there ---------------------------------------------------------------------------

def minutes_of(session: Session, person_id: str, whole: int) -> int:
    """How long somebody was there, of a session that took `whole` minutes."""
    own = session.present.get(person_id)
    if person_id not in session.present:
        return 0
    return whole if own is None else own


def clean_minutes(field: str, typed: str, most: int) -> int | None:
    """Minutes as they were typed; None for an empty field. Raises BadField."""
    typed = typed.strip()
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 4 or int(typed) > most:
        raise BadField(field, "minutes", most=most)
    return int(typed)


def as_kept(was_there: bool, minutes: int | None) -> int | None:
    """What a session keeps of somebody: minutes, None for all of it, ABSENT."""
    return minutes if was_there else ABSENT


# In a learner's record -------------------------------------------------------------------

def attended_session(session: Session, manual: str, minutes: int, by: Person) -> Draft:
    """For a learner's own record: how long they were in a session. Said again, it is corrected."""
    return Draft("attended-session", session.id, {"manual": manual, "minutes": minutes},
                 actor=by.id)


def session_minutes(document: Document, manual: str) -> int:
    """What the sessions on a manual come to, for one learner."""
    said = [said_of(document, one) for one in document.get("sessions", {})]
    return sum(int(one["minutes"]) for one in said if one["manual"] == manual)


def said_of(document: Document, session_id: str) -> Mapping[str, Any]:
    """What a learner's record says of one session: `manual` and `minutes`; empty when nothing."""
    found: Mapping[str, Any] = value_at(document, "sessions", session_id, default={})
    return found
