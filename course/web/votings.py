"""What a session asked, as a table: every choice with both votes."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext

from ..core import votes
from ..core.errors import NotFound
from ..core.roomwork import Ballot
from ..core.session import FIRST, POLL, SECOND, Asking, Session
from ..core.table import DATE, NUMBER, Cell, Column, Table
from . import context
from .context import library
from .counting import counts
from .filters import local_time
from .live import in_a_line


def asked_table(session: Session) -> Table:
    """Everything that was put to the room, first to last, choice by choice."""
    return Table(
        gettext("What was asked"),
        (Column(gettext("Question")), Column(gettext("Time"), DATE), Column(gettext("Choice")),
         Column(gettext("Right")), Column(gettext("First vote"), NUMBER),
         Column(gettext("Second vote"), NUMBER)),
        tuple(row for asking in session.asked.values() for row in _rows(session, asking)),
        notes=(gettext("Hands and answers as they were counted. The second vote was taken after "
                       "the room had talked; an empty cell is a vote that was not taken."),))


def _rows(session: Session, asking: Asking) -> Iterator[tuple[Cell, ...]]:
    moment = local_time(asking.at)
    time = moment.strftime("%Y-%m-%d %H:%M") if moment else None
    ballot = ballot_of(session, asking)
    first, second = (counts(session, asking.id, vote) for vote in (FIRST, SECOND))
    if ballot is None or not ballot.lines:
        yield asking.step.title, time, None, None, None, None
        return
    for line in ballot.lines:
        yield (asking.step.title, time, f"{line.letter}. {in_a_line(line.text)}",
               gettext("yes") if line.right else None,
               first.get(line.id, 0) if first else None,
               second.get(line.id, 0) if second else None)


def ballot_of(session: Session, asking: Asking) -> Ballot | None:
    """What was voted on; None where the question has left the course."""
    if asking.step.kind == POLL:
        return votes.ballot_of_poll(asking.step)
    quiz_id, _, name = asking.step.ref.partition("#")
    try:
        question = library().quiz(quiz_id, context.locale()).question(name)
    except NotFound:
        return None
    return votes.ballot_of(question, f"{session.id}/{asking.step.ref}") if question else None
