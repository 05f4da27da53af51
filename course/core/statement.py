"""Statements: what happened, never edited, and how two histories become one.

A statement belongs to one *record* (`learner:3f2a…`, `people:register`); the record's
document is folded from its statements. Order does not come from clocks: each statement
carries a Lamport counter, one more than the highest this device has seen (Lamport 1978),
and the device id breaks ties. `(counter, device)` is unique and is called the stamp.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]
"""What is shown of a record: plain JSON values, shared between readers, never changed in place."""

Fold = Callable[[Document, "Statement"], Document]
"""Take one statement in. Pure, commutative and idempotent: any order, any number of times."""

Stamp = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement before the store has numbered, dated and saved it."""

    verb: str
    object: str
    result: Mapping[str, Any] = field(default_factory=dict)
    actor: str = ""
    """Who did it, when it was not the person whose record it is."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that happened. Never edited; corrected by a later statement."""

    device: str
    number: int
    counter: int
    time: str
    """UTC, ISO 8601, as this device's clock had it; shown, doubted, never used for order."""
    record: str
    verb: str
    object: str
    result: Mapping[str, Any] = field(default_factory=dict)
    actor: str = ""

    @property
    def id(self) -> str:
        """`device:number`: the same id is the same statement, wherever it is met."""
        return f"{self.device}:{self.number}"

    @property
    def stamp(self) -> Stamp:
        """Where it stands in the order that all devices agree on."""
        return (self.counter, self.device)

    def as_json(self) -> dict[str, Any]:
        """The shape that is written to the log and carried between devices."""
        shape: dict[str, Any] = {
            "device": self.device, "number": self.number, "counter": self.counter,
            "time": self.time, "record": self.record, "verb": self.verb, "object": self.object,
        }
        if self.result:
            shape["result"] = self.result
        if self.actor:
            shape["actor"] = self.actor
        return shape

    @classmethod
    def from_json(cls, shape: Mapping[str, Any]) -> Statement:
        """Read what `as_json` wrote. Raises ValueError when it is anything else."""
        try:
            statement = cls(
                device=shape["device"], number=shape["number"], counter=shape["counter"],
                time=shape["time"], record=shape["record"], verb=shape["verb"],
                object=shape["object"], result=shape.get("result", {}),
                actor=shape.get("actor", ""),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a statement") from error
        texts = (statement.device, statement.time, statement.record, statement.verb,
                 statement.object, statement.actor)
        whole = (statement.number, statement.counter)
        if ({*map(type, texts)} != {str} or {*map(type, whole)} != {int} or min(whole) < 1
                or not isinstance(statement.result, Mapping)):
            raise ValueError("not a statement")
        return statement


@dataclass(frozen=True, slots=True)
class Merge:
    """What bringing two histories together found."""

    added: tuple[Statement, ...]
    conflicts: tuple[tuple[Statement, Statement], ...]


def merge(ours: Iterable[Statement], theirs: Iterable[Statement]) -> Merge:
    """Union by id. The same id with other content is reported, never applied."""
    known = {statement.id: statement for statement in ours}
    added: list[Statement] = []
    conflicts: list[tuple[Statement, Statement]] = []
    for statement in theirs:
        if statement.id not in known:
            known[statement.id] = statement
            added.append(statement)
        elif known[statement.id] != statement:
            conflicts.append((known[statement.id], statement))
    return Merge(tuple(added), tuple(conflicts))


def put(document: Document, *path_and_value: Any) -> Document:
    """A copy of the document with one value set at a path; everything else is shared."""
    key, *rest = path_and_value[:-1]
    value = path_and_value[-1]
    inner = put(document.get(key, {}), *rest, value) if rest else value
    return {**document, key: inner}


def put_latest(document: Document, *path_and_value: Any, stamp: Stamp) -> Document:
    """Set a value unless a later statement has set it: last writer by stamp wins.

    The value is kept as `[value, counter, device]`; read it with `value_at`.
    """
    *path, value = path_and_value
    here: Any = document
    for key in path:
        here = here.get(key) if isinstance(here, Mapping) else None
    if here is not None and (here[1], here[2]) >= stamp:
        return document
    return put(document, *path, [value, *stamp])


def value_at(document: Document, *path: str, default: Any = None) -> Any:
    """What `put_latest` kept at a path."""
    here: Any = document
    for key in path:
        here = here.get(key) if isinstance(here, Mapping) else None
    return default if here is None else here[0]
