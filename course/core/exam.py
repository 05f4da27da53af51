"""Examinations: a quiz of the course that a cohort sits under the trainer's control.

The document of `exam:<id>`, each value the latest that was said:

    fields    {cohort, quiz, questions, seed, count, same, minutes, together: [value, c, d]}
    state     [{is, cause, time}, counter, device]
    reading   milliseconds for which it has been open, the most that was ever said
    grants    {person: {statement id: {minutes, away, reason, by, time}}}
    sheets    {person: {pass: [{variant, answers, by, time}, c, d]}}     (`exampaper.py`)

Time is counted, never read off a clock. While an examination is open the server adds up what
its monotonic clock says between two signs of life and says the sum from time to time; a
*reading* is that sum. Where the signs stop, by a power cut or a laptop that sleeps, the
examination stands still at the last one until the trainer goes on. A learner's time is the
difference between two readings, so no clock that is set and no pause can touch it.

What a learner answers is an ordinary attempt in their own record. It stays open until the
examination is released: only then it is closed by its marks, and so counts and is explained.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import scoring
from .activity import Quiz
from .classroom import Cohort
from .errors import BadField, ExamMoved, ExamPaused, NotFound
from .people import Person, clean_text
from .statement import Document, Draft, Statement, put, put_latest, value_at

PREPARED, OPEN, PAUSED = "prepared", "open", "paused"
CLOSED, RELEASED, WITHDRAWN = "closed", "released", "withdrawn"

MOVES: Mapping[str, frozenset[str]] = {
    OPEN: frozenset({PREPARED, PAUSED}), PAUSED: frozenset({OPEN}),
    CLOSED: frozenset({OPEN, PAUSED}), RELEASED: frozenset({CLOSED}),
    WITHDRAWN: frozenset({PREPARED}),
}
"""From where an examination can come to each state."""

UNDER_WAY = (OPEN, PAUSED)
RESERVES = (PREPARED, OPEN, PAUSED, CLOSED)
"""While an examination is one of these, its test is not taken alone."""

VERBS = {OPEN: "opened-exam", PAUSED: "paused-exam", CLOSED: "closed-exam",
         RELEASED: "released-exam", WITHDRAWN: "withdrew-exam"}

CUT = "cut"
"""Why an examination is paused when nobody paused it: the signs of life had stopped."""

ITSELF, TIME, CLOSING, PAPER = "self", "time", "closing", "paper"
HOW = (ITSELF, TIME, CLOSING, PAPER)
"""How an attempt was handed in: by the learner, because their time was over, because the
trainer closed the examination, or on paper."""

MINUTE = 60_000
MOST_MINUTES = 600
GRACE = 5_000
"""Milliseconds after the end of a learner's time in which an answer is still taken: it may
have been on its way."""

SIGN_EVERY = 20_000
"""Milliseconds between two signs of life that are kept: at most so much is forgotten by a cut,
in the learners' favour."""

LONGEST_SILENCE = 60.0
"""Seconds without a sign of life after which the server has not been running."""


@dataclass(frozen=True, slots=True)
class Meter:
    """How long an examination has been open, while this process is counting."""

    counted: int
    """The reading at the last sign of life."""
    since: float
    """When that was, in seconds of a clock that only goes on."""

    def is_silent(self, now: float) -> bool:
        """Whether the signs have stopped: then the time since the last one does not count."""
        return not 0 <= now - self.since <= LONGEST_SILENCE

    def read(self, now: float) -> int:
        """The reading at a moment."""
        return self.counted if self.is_silent(now) else (
            self.counted + int((now - self.since) * 1000))

    def beat(self, now: float) -> Meter:
        """A sign of life. What is less than a millisecond is counted with the next."""
        counted = self.read(now)
        return Meter(counted, self.since + (counted - self.counted) / 1000)


@dataclass(frozen=True, slots=True)
class Exam:
    """An examination as it stands."""

    id: str
    cohort: str
    quiz: str
    questions: tuple[str, ...]
    """Drawn once: for who gets the same as all, and for paper."""
    seed: str
    count: int
    same: bool
    """Whether all get the same questions in the same order."""
    minutes: int
    """The time limit; 0 for none."""
    together: bool
    """Whether everybody's time begins at the opening, else when they begin."""
    state: str
    cause: str
    changed: str
    """When it came to its state, as the clock had it."""
    device: str
    """Of the laptop where that was."""
    prepared: tuple[int, str]
    """The stamp of its preparing, by which examinations stand in order."""
    reading: int
    document: Document

    @property
    def record(self) -> str:
        return record_of(self.id)

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def was_cut(self) -> bool:
        return self.state == PAUSED and self.cause == CUT

    def grants(self, person_id: str) -> list[Grant]:
        """What a learner was given besides their time, first to last."""
        kept = self.document.get("grants", {}).get(person_id, {}).values()
        return sorted((Grant(**one) for one in kept), key=lambda one: (one.time, one.reason))


@dataclass(frozen=True, slots=True)
class Grant:
    """More time for one learner, and why."""

    minutes: int
    away: int
    """Milliseconds that do not count because the learner had been handed in meanwhile."""
    reason: str
    by: str
    time: str


# Folding ---------------------------------------------------------------------------------

def record_of(exam_id: str) -> str:
    return f"exam:{exam_id}"


def fold_exam(document: Document, statement: Statement) -> Document:
    """Take one statement about an examination into its document."""
    result, stamp = statement.result, statement.stamp
    for name, value in result.get("fields", {}).items():
        document = put_latest(document, "fields", name, value, stamp=stamp)
    if "state" in result:
        state = {"is": result["state"], "cause": result.get("cause", ""), "time": statement.time,
                 "device": statement.device}
        document = put_latest(document, "state", state, stamp=stamp)
    if result.get("open", 0) > document.get("reading", 0):
        document = put(document, "reading", result["open"])
    said_by = {"by": statement.actor, "time": statement.time}
    if "grant" in result:
        document = put(document, "grants", statement.object, statement.id,
                       {**result["grant"], **said_by})
    if "sheet" in result:
        document = put_latest(document, "sheets", statement.object, result["pass"],
                              {**result["sheet"], **said_by}, stamp=stamp)
    return document


def exam_of(exam_id: str, document: Document) -> Exam:
    """The examination that a document tells of. Raises NotFound when there is none."""
    if "fields" not in document:
        raise NotFound(what="exam")

    def latest(name: str) -> Any:
        return value_at(document, "fields", name)

    state = value_at(document, "state", default={
        "is": PREPARED, "cause": "", "time": "", "device": ""})
    return Exam(exam_id, latest("cohort"), latest("quiz"), tuple(latest("questions")),
                latest("seed"), latest("count"), latest("same"), latest("minutes"),
                latest("together"), state["is"], state["cause"], state["time"],
                state["device"], _prepared(document), document.get("reading", 0), document)


def _prepared(document: Document) -> tuple[int, str]:
    _, counter, device = document["fields"]["cohort"]
    return counter, device


def attempt_id(exam_id: str, person_id: str) -> str:
    """The id of a learner's one attempt: the same on every laptop."""
    return hashlib.sha256(f"{exam_id}/{person_id}".encode()).hexdigest()[:12]


# The trainer -----------------------------------------------------------------------------

def prepare(exam_id: str, cohort: Cohort, quiz: Quiz, used_in_place: Collection[str],
            by: Person, *, count: int, same: bool, minutes: int, together: bool,
            seed: str) -> Draft:
    """Draw the questions and fix the rules; the quiz is as the cohort has it (`fitting.py`).

    Raises BadField, and NothingToDraw.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise BadField("minutes", "minutes", most=MOST_MINUTES)
    asked = replace(quiz, draw=count)
    drawn = scoring.draw(asked, used_in_place, [], seed)
    if not quiz.measures and not 1 <= count <= len(drawn):
        raise BadField("count", "count", most=len(drawn))
    if not quiz.measures and count < len(drawn):  # what is critical in a pool is always drawn
        raise BadField("count", "too-few", least=_fewest(asked, used_in_place, seed))
    fields = {"cohort": cohort.id, "quiz": quiz.id, "questions": drawn, "seed": seed,
              "count": count, "same": same, "minutes": minutes, "together": together}
    return Draft("prepared-exam", record_of(exam_id), {"fields": fields, "state": PREPARED},
                 actor=by.id)


def _fewest(quiz: Quiz, used_in_place: Collection[str], seed: str) -> int:
    """The least number of questions, from `draw` on, that can be drawn as asked for."""
    least = quiz.draw
    while len(scoring.draw(replace(quiz, draw=least), used_in_place, [], seed)) > least:
        least += 1
    return least


def move(exam: Exam, to: str, by: str, cause: str = "") -> Draft:
    """Bring an examination to another state. Raises ExamMoved when that cannot follow."""
    if exam.state not in MOVES[to]:
        raise ExamMoved(state=exam.state)
    result: dict[str, Any] = {"state": to, "open": exam.reading}
    if cause:
        result["cause"] = cause
    return Draft(VERBS[to], exam.record, result, actor=by)


def sign(exam_id: str, reading: int) -> Draft:
    """The examination is open, and has been for so long."""
    return Draft("lived", record_of(exam_id), {"open": reading})


def clean_reason(reason: str) -> str:
    """A reason as it is kept. Raises BadField."""
    try:
        return clean_text("name", reason)
    except BadField as error:
        values = {name: error.values[name] for name in error.values if name == "most"}
        raise BadField("reason", error.reason, **values) from None


def must_be_open(exam: Exam) -> None:
    """Raises ExamPaused, or ExamMoved before it is opened and after it is closed."""
    if exam.state == PAUSED:
        raise ExamPaused
    if exam.state != OPEN:
        raise ExamMoved(state=exam.state)
