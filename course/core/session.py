"""A session: a class that meets, its plan, what the wall shows, what was asked, who was there.

The document of `session:<id>`, each value the latest that was said:

    fields    {cohort, title, trainer, code, opened, closed: [value, counter, device]}
    plan      [[step, …], counter, device]
    stage     [stage, counter, device]
    earlier   [[counter, device, stage], …]                the latest two stages
    asked     {asking: [{the step as it was, and when: `at`}, counter, device]}
    hands     {asking: {FIRST or SECOND: [{choice: hands}, counter, device]}}
    counts    [[counter, device, asking, vote, hands], …]  the latest two counts
    seats     {person: [time, counter, device]}            who has joined with a phone
    present   {person: [minutes or null, counter, device]}
    again     {asking: {person: [true or false, counter, device]}}   may answer once more

What people answer on their phones is theirs, so it stands in their own records (`in: room`,
`learning.py`): whoever counts a room asks the records of those who sit in it.

An *asking* is one time that a question is put to the room: it has a first vote, talk, and a
second. Asking the same question later is another asking. It keeps its step, so that what was
asked can be read when the plan has changed.

The latest two stages and counts are kept beside the latest one, so that one step back is there:
the greatest so many of a set are the same in whatever order its members come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .classroom import Cohort, clean_name
from .errors import NotFound
from .people import Person
from .statement import Document, Draft, Statement, put, put_latest, value_at

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
STEPS_BACK = 2
"""How many stages and counts are kept: the latest, and the one before it."""

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
    short: bool = False
    """Whether a sensitive section is told in its short version."""
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
class Asking:
    """One time that a question or a poll was put to the room."""

    id: str
    step: Step
    at: str
    """ISO time."""


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
    """ISO times; empty while it is only prepared, and while it is not over."""
    plan: tuple[Step, ...]
    stage: Stage
    hands: Mapping[str, Mapping[str, Hands]]
    seats: Mapping[str, str]
    present: Mapping[str, int | None]
    """Minutes of those who were marked as present; None while the session decides."""
    absent: frozenset[str] = frozenset()
    """Who was marked as not there."""
    again: Mapping[str, frozenset[str]] = field(default_factory=dict)
    asked: Mapping[str, Asking] = field(default_factory=dict)
    """What was put to the room, first to last."""
    before: Stage | None = None
    """The stage before this one."""
    uncounted: Hands | None = None
    """The hands of the vote on the stage as they were before the last count; None where nothing
    was counted in it last."""
    moment: str = ""
    """A short name for exactly what stands before the room: another as soon as the stage, the
    plan or a count of raised hands changes. A form carries it, and one from a page that is behind
    changes nothing. Phones that join or answer do not change it."""

    @property
    def record(self) -> str:
        return record_of(self.id)

    @property
    def is_open(self) -> bool:
        return bool(self.opened) and not self.closed

    @property
    def is_prepared(self) -> bool:
        """Whether it has a plan and has not begun."""
        return not self.opened

    def last_asking(self, step_id: str) -> str:
        """The last time that a step's question was put to the room; empty if it never was."""
        ids = [one.id for one in self.asked.values() if one.step.id == step_id]
        return ids[-1] if ids else ""

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
    if "stage" in result:
        document = _put_among_latest(document, "earlier", [*stamp, result["stage"]])
    for asking, step in result.get("asked", {}).items():
        document = put_latest(document, "asked", asking, step, stamp=stamp)
    for asking, votes in result.get("hands", {}).items():
        for vote, hands in votes.items():
            document = put_latest(document, "hands", asking, vote, hands, stamp=stamp)
            document = _put_among_latest(document, "counts", [*stamp, asking, vote, hands])
    for name in ("seats", "present"):
        for person, value in result.get(name, {}).items():
            document = put_latest(document, name, person, value, stamp=stamp)
    for asking, people in result.get("again", {}).items():
        for person, may in people.items():
            document = put_latest(document, "again", asking, person, may, stamp=stamp)
    return document


def _put_among_latest(document: Document, name: str, entry: list[Any]) -> Document:
    """Keep the latest entries by their stamps, each once."""
    known = document.get(name, [])
    if any(one[:2] == entry[:2] for one in known):
        return document
    latest = sorted([*known, entry], key=lambda one: (one[0], one[1]))[-STEPS_BACK:]
    return put(document, name, latest)


def session_of(session_id: str, document: Document) -> Session:
    """The session that a document tells of. Raises NotFound when there is none."""
    if "fields" not in document:
        raise NotFound(what="session")

    def latest(name: str) -> str:
        return str(value_at(document, "fields", name, default=""))

    def by_person(name: str) -> dict[str, Any]:
        return {person: value for person, (value, *_) in document.get(name, {}).items()}

    presence = by_person("present")
    stage = Stage(**value_at(document, "stage", default={}))
    return Session(
        session_id, latest("cohort"), latest("title"), latest("trainer"), latest("code"),
        latest("opened"), latest("closed"),
        tuple(_step_of(step) for step in value_at(document, "plan", default=[])), stage,
        {asking: {vote: hands for vote, (hands, *_) in votes.items()}
         for asking, votes in document.get("hands", {}).items()},
        by_person("seats"),
        {person: value for person, value in presence.items() if value != ABSENT},
        frozenset(person for person, value in presence.items() if value == ABSENT),
        {asking: frozenset(person for person, (may, *_) in people.items() if may)
         for asking, people in document.get("again", {}).items()},
        _askings(document), _stage_before(document), _hands_before(document, stage),
        _moment(document, stage))


def _step_of(kept: Mapping[str, Any]) -> Step:
    return Step(**{**kept, "choices": tuple(kept.get("choices", ()))})


def _askings(document: Document) -> dict[str, Asking]:
    found = []
    for asking, (kept, counter, device) in document.get("asked", {}).items():
        step = {name: value for name, value in kept.items() if name != "at"}
        found.append(((counter, device), Asking(asking, _step_of(step), kept["at"])))
    return {one.id: one for _, one in sorted(found, key=lambda one: one[0])}


def _stage_before(document: Document) -> Stage | None:
    kept = document.get("earlier", [])
    return Stage(**kept[-2][2]) if len(kept) > 1 else None


def _hands_before(document: Document, stage: Stage) -> Hands | None:
    """What the hands of the stage's vote were before the last count."""
    kept = [one[2:] for one in document.get("counts", [])]
    if not kept or kept[-1][:2] != [stage.asking, stage.vote]:
        return None
    earlier: Hands = kept[-2][2] if len(kept) > 1 and kept[-2][:2] == kept[-1][:2] else {}
    return earlier


def _moment(document: Document, stage: Stage) -> str:
    """From the stamps alone: every page and phone asks for it every two seconds."""
    parts = [document.get("plan"), document.get("stage"), document["fields"].get("closed"),
             document["fields"].get("opened"),
             *document.get("hands", {}).get(stage.asking, {}).values()]
    stamps = repr([part[1:] for part in parts if part])
    return hashlib.sha256(stamps.encode()).hexdigest()[:12]


ABSENT = -1
"""Minutes of somebody who was marked as present by mistake."""


# Saying -----------------------------------------------------------------------------------

def prepared(session_id: str, cohort: Cohort, title: str, code: str, plan: Iterable[Step],
             by: Person) -> Draft:
    """A session with its plan, that is begun later. Raises BadField for the title."""
    fields = {"cohort": cohort.id, "title": clean_name(title), "trainer": by.id, "code": code}
    return Draft("prepared", record_of(session_id),
                 {"fields": fields, "plan": [asdict(one) for one in plan]}, actor=by.id)


def opened(session_id: str, cohort: Cohort, title: str, code: str, plan: Iterable[Step],
           now: str, by: Person) -> Draft:
    """Open a session of a cohort with its plan. Raises BadField for the title."""
    draft = prepared(session_id, cohort, title, code, plan, by)
    fields = {**draft.result["fields"], "opened": now}
    return replace(draft, verb="opened",
                   result={**draft.result, "fields": fields, "stage": asdict(Stage(since=now))})


def begun(session: Session, now: str, by: Person) -> Draft:
    """Begin a session that was prepared; who begins it is its trainer."""
    return Draft("opened", session.record, {"fields": {"opened": now, "trainer": by.id},
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
    """Put something else before the room. With an asking that is new, what is asked is kept."""
    result: dict[str, Any] = {"stage": asdict(stage)}
    if stage.asking and stage.asking not in session.asked:
        step = asdict(session.step(stage.step))
        result["asked"] = {stage.asking: {**step, "at": stage.since}}
    return Draft("showed", session.record, result, actor=by.id)


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
