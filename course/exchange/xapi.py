"""What happened as xAPI 1.0.3 statements, for a learning record store elsewhere.

An id is made of ours, `device:number`: the same statement has the same id on every laptop and
at every export, so that a record store takes it once. A learner is an account of the academy
with the service number; names go out only when asked for. Notes, bookmarks, secrets and staff
stay here. A record that no longer holds voids the statement that announced it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

from ..core.people import LEARNER, Register, fold_people
from ..core.people import REGISTER as PEOPLE
from ..core.register import ISSUED, REVOKED, SUPERSEDED
from ..core.standing import ACHIEVEMENT
from ..core.statement import Statement

STATEMENTS = UUID("4c2552f5-8bdc-5b8b-ae46-b77dab938ee0")
"""Under it the ids of statements are made of ours."""

VERSION, PLATFORM = "1.0.3", "Fourth P"
_ADL = "http://adlnet.gov/expapi/verbs/"
_TYPES = "http://adlnet.gov/expapi/activities/"
_VERBS = {name: f"{_ADL}{name}" for name in (
    "registered", "experienced", "answered", "initialized", "passed", "failed", "completed",
    "attended", "voided")} | {"earned": "http://id.tincanapi.com/verb/earned"}

Shape = dict[str, Any]


def statement_id(ours: str) -> str:
    """The UUID of a statement of the store, of its `device:number`."""
    return str(uuid5(STATEMENTS, ours))


def home_page_of(prefix: str) -> str:
    """The account home of an academy that gave none: a name that can belong to nobody."""
    return f"https://{prefix.lower() or 'academy'}.fourth-p.invalid/"


def exported(history: Iterable[Statement], home_page: str, *, names: bool = False
             ) -> Iterator[Shape]:
    """All that goes out of a history, in the order that all devices agree on."""
    ordered = sorted({one.id: one for one in history}.values(), key=lambda one: one.stamp)
    export = _Export(ordered, home_page, names)
    return (shape for one in ordered if (shape := export.shape(one)))


def as_lines(shapes: Iterable[Shape]) -> Iterator[bytes]:
    """A JSON list, a statement a line: a record store takes it whole or in pieces."""
    before = "[\n"
    for shape in shapes:
        yield (before + json.dumps(shape, ensure_ascii=False, separators=(",", ":"))).encode()
        before = ",\n"
    yield b"\n]\n" if before == ",\n" else b"[]\n"


@dataclass(slots=True)
class _Export:
    """What has to be known of a history to write one statement of it."""

    history: Iterable[Statement]
    home_page: str
    names: bool
    people: Register = field(init=False)
    quizzes: dict[str, str] = field(init=False)
    """By attempt, what was tried."""
    announced: dict[str, Statement] = field(init=False)
    """By number, the statement that issued a record."""
    ended: dict[str, str] = field(init=False)
    """By number, the id of the statement that first ended it: nothing is voided twice."""

    def __post_init__(self) -> None:
        self.home_page = self.home_page.rstrip("/") + "/"
        people: Mapping[str, Any] = {}
        for one in self.history:
            if one.record == PEOPLE:
                people = fold_people(people, one)
        self.people = Register(people)
        self.quizzes = {one.object.partition(":")[2]: one.result["quiz"] for one in self.history
                        if one.record.startswith("learner:") and "quiz" in one.result}
        lines = [one for one in self.history if one.record.startswith("register:")]
        self.announced = {one.object: one for one in reversed(lines) if one.verb == ISSUED}
        self.ended = {one.object: one.id for one in reversed(lines)
                      if one.verb in (REVOKED, SUPERSEDED)}

    def shape(self, one: Statement) -> Shape | None:
        """A statement as it goes out; none for what stays here."""
        kind, _, person = one.record.partition(":")
        if one.record == PEOPLE:
            said = self._enrolled(one)
        elif kind == "learner" and one.verb in _LEARNING:
            said = _LEARNING[one.verb](self, person, one)
        elif kind == "register" and one.verb in _RECORDS:
            said = _RECORDS[one.verb](self, one)
        else:
            said = None
        return said and {"id": statement_id(one.id), **said, "timestamp": one.time,
                         "version": VERSION}

    # Who and what ------------------------------------------------------------------------

    def _actor(self, person_id: str) -> Shape:
        person = self.people.get(person_id)
        number = person.number if person and person.number else person_id
        actor: Shape = {"objectType": "Agent",
                        "account": {"homePage": self.home_page, "name": number}}
        return {"name": person.name, **actor} if self.names and person else actor

    def _activity(self, path: str, kind: str) -> Shape:
        return {"objectType": "Activity", "id": self.home_page + "activities/" + quote(path, "/#"),
                "definition": {"type": _TYPES + kind}}

    def _said(self, person: str, verb: str, path: str, kind: str, **more: Any) -> Shape:
        return {"actor": self._actor(person), "verb": _verb(verb),
                "object": self._activity(path, kind), "context": {"platform": PLATFORM}, **more}

    def _in(self, attempt: str) -> Shape:
        """The context of what was done in a try: the try, and of what."""
        context: Shape = {"platform": PLATFORM,
                          "registration": str(uuid5(STATEMENTS, f"attempt:{attempt}"))}
        if quiz := self.quizzes.get(attempt):
            parent = self._activity(quiz, "assessment")
            context["contextActivities"] = {"parent": [parent]}
        return context

    # What happened -----------------------------------------------------------------------

    def _enrolled(self, one: Statement) -> Shape | None:
        is_new_learner = one.verb == "enrolled" and one.result.get("role") == LEARNER
        return self._said(one.object, "registered", "", "course") if is_new_learner else None

    def _experienced(self, person: str, one: Statement) -> Shape:
        return self._said(person, "experienced", one.object, "lesson")

    def _attended(self, person: str, one: Statement) -> Shape:
        return self._said(person, "attended", one.object, "course",
                          result={"duration": f"PT{one.result['minutes']}M"})

    def _attended_session(self, person: str, one: Statement) -> Shape:
        return self._said(person, "attended", one.result["manual"], "course",
                          result={"duration": f"PT{one.result['minutes']}M"})

    def _initialized(self, person: str, one: Statement) -> Shape:
        return self._said(person, "initialized", one.result["quiz"], "assessment",
                          context=self._in(one.object.partition(":")[2]))

    def _answered(self, person: str, one: Statement) -> Shape:
        given, score = one.result["response"], one.result["score"]
        result: Shape = {"response": given if isinstance(given, str) else json.dumps(
            given, ensure_ascii=False, sort_keys=True)}
        if score is not None:
            result |= {"success": score == 1, **_score(score, 1)}
        attempt = one.result.get("attempt")
        context = {"context": self._in(attempt)} if attempt else {}
        return self._said(person, "answered", one.object, "question", result=result, **context)

    def _closed(self, person: str, one: Statement) -> Shape:
        """A try that is over. A test that measures the course is neither passed nor failed."""
        kept, measures = one.result, bool(one.result.get("measure"))
        result: Shape = {"completion": True, **_score(kept["score"], kept["of"])}
        if not measures:
            result["success"] = bool(kept["passed"])
        return self._said(person, "completed" if measures else one.verb, kept["quiz"],
                          "assessment", result=result,
                          context=self._in(one.object.partition(":")[2]))

    # What was certified ------------------------------------------------------------------

    def _issued(self, one: Statement) -> Shape:
        body = one.result["body"]
        record, exam = body["record"], body["record"]["examination"]
        verb = "earned" if record["kind"] == ACHIEVEMENT else "completed"
        result: Shape = {"completion": True, "success": True}
        if exam:
            result |= _score(float(exam["score"]), exam["of"])
        return self._said(body["person"], verb, record["manual"]["id"], "course", result=result)

    def _ended(self, one: Statement) -> Shape | None:
        announced = self.announced.get(one.object)
        if not announced or self.ended[one.object] != one.id:
            return None
        return {
            "actor": {"objectType": "Agent",
                      "account": {"homePage": self.home_page, "name": "academy"}},
            "verb": _verb("voided"),
            "object": {"objectType": "StatementRef", "id": statement_id(announced.id)}}


_LEARNING: Mapping[str, Callable[[_Export, str, Statement], Shape]] = {
    "experienced": _Export._experienced, "attended": _Export._attended,
    "attended-session": _Export._attended_session,
    "initialized": _Export._initialized, "answered": _Export._answered,
    "passed": _Export._closed, "failed": _Export._closed}
_RECORDS: Mapping[str, Callable[[_Export, Statement], Shape | None]] = {
    ISSUED: _Export._issued, REVOKED: _Export._ended, SUPERSEDED: _Export._ended}


def _verb(name: str) -> Shape:
    return {"id": _VERBS[name], "display": {"en": name}}


def _score(score: float, of: float) -> Shape:
    """So many points of so many; nothing where there is no such share."""
    if not 0 <= score <= of or not of:
        return {}
    return {"score": {"scaled": round(score / of, 4), "raw": score, "min": 0, "max": of}}
