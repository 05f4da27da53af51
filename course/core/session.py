"""A session: a class that meets, its plan, what the wall shows, what was asked, who was there.

The document of `session:<id>`, each value the latest that was said:

    fields    {cohort, title, trainer, code, opened, closed: [value, counter, device]}
    plan      [[step, …], counter, device]
    stage     [stage, counter, device]
    hands     {asking: {FIRST or SECOND: [{choice: hands}, counter, device]}}
    seats     {person: [time, counter, device]}            who has joined with a phone
    present   {person: [minutes or null, counter, device]}
    again     {asking: {person: [true or false, counter, device]}}   may answer once more

What people answer on their phones is theirs, so it stands in their own records (`in: room`,
`progress.py`): whoever counts a room asks the records of those who sit in it.

An *asking* is one time that a question is put to the room: it has a first vote, talk, and a
second. Asking the same question later is another asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .activity import Check, Module
from .classroom import Cohort, clean_name
from .errors import NotFound
from .people import Person
from .statement import Document, Draft, Statement, put_latest, value_at

SECTION, QUESTION, POLL, CASE, PAUSE = "section", "question", "poll", "case", "pause"
STEPS = (SECTION, QUESTION, POLL, CASE, PAUSE)
"""What a plan is made of: to tell, to ask from a pool, to ask what is in no pool, a case run
with the room (`roomwork.py`), a break."""

READ, FIRST, TALK, SECOND, REVEAL = "read", "first", "talk", "second", "reveal"
PHASES = (READ, FIRST, TALK, SECOND, REVEAL)
"""Of a question: it stands there to be read; votes are taken; people talk; votes are taken
again; the key is shown."""

VOTES = (FIRST, SECOND)

CARDS, PHONES, BOTH = "cards", "phones", "both"
WAYS = (CARDS, PHONES, BOTH)
"""How the room answers: raised hands or cards that the trainer counts, phones, or both."""

CODE_DIGITS = 6
MINUTES_A_QUESTION = 8
"""To read, vote, talk, vote and explain."""

Hands = Mapping[str, int]
"""Raised hands by the id of a choice."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the run sheet."""

    id: str
    """Within the session; stays when the plan is put in another order."""
    kind: str
    title: str
    minutes: int = 0
    ref: str = ""
    """A section `tip-basic/elements#means`, a question's key `tip-basic/elements#girl`, a case's
    id; empty for a poll and a break."""
    choices: tuple[str, ...] = ()
    """Of a poll: what can be answered; its ids are the places, counted from 1."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the room has before it."""

    step: str = ""
    """Empty before the first: the wall says how to join."""
    slide: int = 0
    """Of a section."""
    asking: str = ""
    """Of a question or a poll."""
    phase: str = READ
    way: str = CARDS
    blank: bool = False
    """Nothing on the wall."""
    spread: bool = False
    """Whether the wall shows how many chose what."""
    is_open: bool = False
    """Whether phones may answer now."""
    since: str = ""
    """When this step began: ISO time."""
    until: str = ""
    """When the talk should end: ISO time, for a timer; empty without one."""

    @property
    def vote(self) -> str:
        """The vote that is taken in this phase, or was taken last."""
        return SECOND if self.phase in (SECOND, REVEAL) else FIRST


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its document tells it."""

    id: str
    cohort: str
    title: str
    trainer: str
    code: str
    """Six digits by which phones join while it is open."""
    opened: str
    closed: str
    """ISO times; not closed while empty."""
    plan: tuple[Step, ...]
    stage: Stage
    hands: Mapping[str, Mapping[str, Hands]]
    seats: Mapping[str, str]
    present: Mapping[str, int | None]
    """Minutes of those who were marked as present; None while the session decides."""
    again: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def record(self) -> str:
        return record_of(self.id)

    @property
    def is_open(self) -> bool:
        return bool(self.opened) and not self.closed

    def step(self, step_id: str) -> Step:
        """One step of the plan. Raises NotFound."""
        for step in self.plan:
            if step.id == step_id:
                return step
        raise NotFound(what="step")

    @property
    def now(self) -> Step | None:
        """The step before the room; None before the first, or when it was taken out."""
        return next((one for one in self.plan if one.id == self.stage.step), None)

    def beside(self, step_id: str, by: int) -> Step | None:
        """The step so many after this one; from before the first, the first."""
        ids = [one.id for one in self.plan]
        at = ids.index(step_id) + by if step_id in ids else 0
        return self.plan[at] if 0 <= at < len(ids) else None


def record_of(session_id: str) -> str:
    """Where a session is kept."""
    return f"session:{session_id}"


# Folding ----------------------------------------------------------------------------------

def fold_session(document: Document, statement: Statement) -> Document:
    """Take one statement about a session into its document."""
    result, stamp = statement.result, statement.stamp
    for name, value in result.get("fields", {}).items():
        document = put_latest(document, "fields", name, value, stamp=stamp)
    for name in ("plan", "stage"):
        if name in result:
            document = put_latest(document, name, result[name], stamp=stamp)
    for asking, votes in result.get("hands", {}).items():
        for vote, hands in votes.items():
            document = put_latest(document, "hands", asking, vote, hands, stamp=stamp)
    for name in ("seats", "present"):
        for person, value in result.get(name, {}).items():
            document = put_latest(document, name, person, value, stamp=stamp)
    for asking, people in result.get("again", {}).items():
        for person, may in people.items():
            document = put_latest(document, "again", asking, person, may, stamp=stamp)
    return document


def session_of(session_id: str, document: Document) -> Session:
    """The session that a document tells of. Raises NotFound when there is none."""
    if "fields" not in document:
        raise NotFound(what="session")

    def latest(name: str) -> str:
        return str(value_at(document, "fields", name, default=""))

    def by_person(name: str) -> dict[str, Any]:
        return {person: value for person, (value, *_) in document.get(name, {}).items()}

    plan = value_at(document, "plan", default=[])
    return Session(
        session_id, latest("cohort"), latest("title"), latest("trainer"), latest("code"),
        latest("opened"), latest("closed"),
        tuple(Step(**{**step, "choices": tuple(step.get("choices", ()))}) for step in plan),
        Stage(**value_at(document, "stage", default={})),
        {asking: {vote: hands for vote, (hands, *_) in votes.items()}
         for asking, votes in document.get("hands", {}).items()},
        by_person("seats"),
        {person: value for person, value in by_person("present").items() if value != ABSENT},
        {asking: frozenset(person for person, (may, *_) in people.items() if may)
         for asking, people in document.get("again", {}).items()})


ABSENT = -1
"""Minutes of somebody who was marked as present by mistake."""


# Saying -----------------------------------------------------------------------------------

def opened(session_id: str, cohort: Cohort, title: str, code: str, plan: Iterable[Step],
           now: str, by: Person) -> Draft:
    """Open a session of a cohort with its plan. Raises BadField for the title."""
    fields = {"cohort": cohort.id, "title": clean_name(title), "trainer": by.id, "code": code,
              "opened": now}
    return Draft("opened", record_of(session_id),
                 {"fields": fields, "plan": [asdict(one) for one in plan],
                  "stage": asdict(Stage(since=now))}, actor=by.id)


def closed(session: Session, now: str, by: Person) -> Draft:
    """End it: phones are let go."""
    return Draft("closed", session.record, {
        "fields": {"closed": now}, "stage": asdict(replace(session.stage, is_open=False)),
    }, actor=by.id)


def planned(session: Session, plan: Iterable[Step], by: Person) -> Draft:
    """Change the plan; what was asked already stays."""
    return Draft("planned", session.record, {"plan": [asdict(one) for one in plan]}, actor=by.id)


def showed(session: Session, stage: Stage, by: Person) -> Draft:
    """Put something else before the room."""
    return Draft("showed", session.record, {"stage": asdict(stage)}, actor=by.id)


def counted(session: Session, asking: str, vote: str, hands: Hands, by: Person) -> Draft:
    """Keep the hands of one vote; counting again corrects them."""
    return Draft("counted", session.record, {"hands": {asking: {vote: dict(hands)}}}, actor=by.id)


def seated(session: Session, person: Person, now: str) -> Draft:
    """Somebody joined with a phone, which also says that they are here."""
    return Draft("joined", session.record, {"seats": {person.id: now}, "present": {
        person.id: session.present.get(person.id)}})


def attended(session: Session, minutes: Mapping[str, int | None], by: Person) -> Draft:
    """Who was there and for how long; None for as long as it took, ABSENT for not at all."""
    return Draft("noted-presence", session.record, {"present": dict(minutes)}, actor=by.id)


def let_in(session: Session, asking: str, person_id: str, by: Person, *, may: bool = True) -> Draft:
    """Let one learner answer once more, though the asking is closed."""
    return Draft("let-in", session.record, {"again": {asking: {person_id: may}}}, actor=by.id)


# Making a plan ----------------------------------------------------------------------------

def plan_of(modules: Sequence[Module], questions: Mapping[str, str]) -> list[Step]:
    """A run sheet from modules and cases: each section with its time, each question that the
    text asks after the section, each played case as one step.

    `questions`: the title to show for each question's key.
    """
    steps: list[Step] = []
    for module in modules:
        if module.is_played:
            steps.append(_step(steps, CASE, module.title, module.minutes, module.id))
        for section in module.sections:
            asked = [part.question for part in section.parts if isinstance(part, Check)]
            minutes = max(section.minutes - len(asked), 1)
            steps.append(_step(steps, SECTION, section.title, minutes,
                               f"{module.id}#{section.slug}"))
            for question in asked:
                key = f"{module.quiz}#{question}"
                steps.append(_step(steps, QUESTION, questions.get(key, question),
                                   MINUTES_A_QUESTION, key))
    return steps


def _step(steps: Sequence[Step], kind: str, title: str, minutes: int, ref: str) -> Step:
    return Step(f"s{len(steps) + 1}", kind, title, minutes, ref)


def begins(plan: Sequence[Step]) -> list[int]:
    """The minute of the session at which each step should begin."""
    at, minute = [], 0
    for step in plan:
        at.append(minute)
        minute += step.minutes
    return at
