"""The academy's register: one chain of lines per device, each sealing the one before.

Records `register:<device>`; verbs `issued`, `revoked`, `superseded`, `key-made`,
`key-retired`. A line's hash is SHA-256 over its canonical content and the hash before it, and
the academy's key signs the hash, so that nobody can write the chain anew. Lines are only ever
appended, and only by their own device: registers merge as all statements do.

The document is `{"lines": {statement id: {…}}}`, where a record is kept in short: what it is
looked up by. The whole of it, which was hashed and signed, is in the log. What the end of a
chain was is also kept elsewhere (`Head`: on the printed page, in revocation lists, beside the
keys), because a chain cannot tell that its last lines were cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from .canonical import digest
from .credential import Moment
from .numbering import Number, code_of, mark_of
from .statement import Document, Draft, Statement, put

ISSUED, REVOKED, SUPERSEDED = "issued", "revoked", "superseded"
KEY_MADE, KEY_RETIRED = "key-made", "key-retired"
VERBS = (ISSUED, REVOKED, SUPERSEDED, KEY_MADE, KEY_RETIRED)

IN_SHORT = ("number", "kind", "named", "manual", "issued", "doubtful", "valid_until", "supersedes")
"""What the document keeps of a record's JSON."""

BESIDE = ("code", "person", "cohort", "doubtful")
"""What it keeps of what was written beside the record."""

START = "0" * 64
"""Stands before the first line of a chain."""

Seal = Callable[[str], Mapping[str, str]]
"""Signs a line's hash: `{"key": …, "signature": …}`. The app hands one in."""

SealCheck = Callable[[str, Mapping[str, str]], bool]
"""Whether a seal is right for a hash."""


def record_of(device: str) -> str:
    """Where a device's chain is kept."""
    return f"register:{device}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register."""

    device: str
    place: int
    """1, 2, 3, … in its device's chain."""
    previous: str
    hash: str
    at: str
    """When, as the device's clock had it."""
    verb: str
    subject: str
    """The number of a record, or the id of a key."""
    body: Mapping[str, Any]
    """`issued`: `record`, `text`, `code`, `person`, `cohort`, `doubtful`, `proofs`;
    `revoked`: `reason`; `superseded`: `reason`, `by`; of keys: the public key file."""
    actor: str = ""
    """Person id of who did it."""
    seal: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    """Of the statement that it is."""

    def rehashed(self) -> str:
        """What the hash of a line from the log has to be; the document has lines in short."""
        return digest({"device": self.device, "place": self.place, "previous": self.previous,
                       "at": self.at, "verb": self.verb, "subject": self.subject,
                       "body": self.body, "actor": self.actor})

    @classmethod
    def of(cls, statement: Statement) -> Line:
        """The line that a statement of a register is."""
        kept = statement.result
        return cls(statement.record.partition(":")[2], kept["place"], kept["previous"],
                   kept["hash"], kept["at"], statement.verb, statement.object, kept["body"],
                   statement.actor, kept.get("seal", {}), statement.id)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a device's chain, as somebody saw it once."""

    device: str
    place: int
    hash: str


def fold_register(document: Document, statement: Statement) -> Document:
    """Take one line in. Every line is kept, also one that should not be there."""
    if statement.verb not in VERBS:
        return document
    body = statement.result["body"]
    if statement.verb == ISSUED:
        body = {name: body[name] for name in BESIDE} | {
            "record": {name: body["record"][name] for name in IN_SHORT}}
    kept = {**statement.result, "verb": statement.verb, "subject": statement.object,
            "actor": statement.actor, "body": body}
    return put(document, "lines", statement.id, kept)


def lines_of(device: str, document: Document) -> list[Line]:
    """A device's lines in short, in the order of their places."""
    found = (Line(device, kept["place"], kept["previous"], kept["hash"], kept["at"],
                  kept["verb"], kept["subject"], kept["body"], kept["actor"],
                  kept.get("seal", {}), key)
             for key, kept in document.get("lines", {}).items())
    return sorted(found, key=lambda one: (one.place, one.hash))


class Chain:
    """A device's chain while lines are added, inside `store.record(record_of(device))`.

        with store.record(register.record_of(store.device)) as record:
            chain = Chain(store.device, record.document, signer.seal)
            number = chain.next_number(academy.prefix, when)
            …
            record.append(chain.issued(credential.as_json(), text, when, by=me.id, person=…))
    """

    def __init__(self, device: str, document: Document, seal: Seal | None = None) -> None:
        self._device, self._seal = device, seal
        lines = lines_of(device, document)
        last = lines[-1] if lines else None
        self._place, self._hash = (last.place, last.hash) if last else (0, START)
        self._running: dict[int, int] = {}
        """The highest number of each year."""
        for line in lines:
            if line.verb == ISSUED:
                self._took(Number.parse(line.subject))

    @property
    def head(self) -> Head:
        return Head(self._device, self._place, self._hash)

    def next_number(self, prefix: str, when: Moment) -> Number:
        """The next number of this device; it is taken when its record is issued."""
        year = int(when.believed[:4])
        return Number(prefix, mark_of(self._device), year, self._running.get(year, 0) + 1)

    def _took(self, number: Number) -> None:
        self._running[number.year] = max(number.running, self._running.get(number.year, 0))

    def issued(self, record: Mapping[str, Any], text: str, when: Moment, *, by: str, person: str,
               cohort: str = "", proofs: Mapping[str, Any] | None = None) -> Draft:
        """A record was issued: its JSON, its signed text, and other signed forms of it."""
        self._took(Number.parse(record["number"]))
        return self._line(ISSUED, record["number"], {
            "record": record, "text": text, "code": code_of(digest(record)), "person": person,
            "cohort": cohort, "proofs": proofs or {}}, when, by)

    def revoked(self, number: str, reason: str, when: Moment, *, by: str) -> Draft:
        """A record no longer holds."""
        return self._line(REVOKED, number, {"reason": reason}, when, by)

    def superseded(self, number: str, successor: str, reason: str, when: Moment, *, by: str
                   ) -> Draft:
        """Another record stands in the place of this one."""
        return self._line(SUPERSEDED, number, {"reason": reason, "by": successor}, when, by)

    def key_made(self, key: Mapping[str, Any], when: Moment, *, by: str) -> Draft:
        return self._line(KEY_MADE, key["id"], {"key": key}, when, by)

    def key_retired(self, key: Mapping[str, Any], when: Moment, *, by: str) -> Draft:
        return self._line(KEY_RETIRED, key["id"], {"key": key}, when, by)

    def _line(self, verb: str, subject: str, body: Mapping[str, Any], when: Moment, by: str
              ) -> Draft:
        line = Line(self._device, self._place + 1, self._hash, "", when.time, verb, subject,
                    {**body, "doubtful": when.latest}, by)
        self._place, self._hash = line.place, line.rehashed()
        result = {"place": line.place, "previous": line.previous, "hash": self._hash,
                  "at": line.at, "body": line.body}
        if self._seal:
            result["seal"] = dict(self._seal(self._hash))
        return Draft(verb, subject, result, actor=by)


# Looking through -------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the register, and where.

    Codes: `removed` (lines are missing from `place` to `until`), `changed` (the line is not what
    was written), `broken` (the line does not follow the one before it), `twice` (two lines claim
    the place), `order` (it stands elsewhere than it was written), `seal` (no key of the academy
    signed it), `cut` (lines are missing at the end), `replaced` (not the line that somebody saw
    there), `number-twice` (two records have the number).
    """

    code: str
    device: str
    place: int
    until: int = 0
    """For what is missing: the last place."""
    subject: str = ""


def verify(lines: Iterable[Line], heads: Iterable[Head] = (), check: SealCheck | None = None
           ) -> list[Fault]:
    """Everything wrong with lines of the logs of one or more devices, in the order of each log.

    `heads` are ends of chains as they were seen; `check` looks at the signatures. That a key was
    retired need not be signed: its passphrase may be what was lost.
    """
    by_device: dict[str, list[Line]] = {}
    for line in lines:
        by_device.setdefault(line.device, []).append(line)
    found: list[Fault] = []
    for device, chain in by_device.items():
        found += _order(chain)
        ordered = sorted(chain, key=lambda one: one.place)
        found += _chain(device, ordered)
        found += [_fault("seal", one) for one in ordered
                  if check and one.verb != KEY_RETIRED and not check(one.hash, one.seal)]
    for head in heads:
        found += _against(head, by_device.get(head.device, ()))
    found += _numbers([line for chain in by_device.values() for line in chain])
    return sorted(set(found), key=lambda one: (one.device, one.place, one.code))


def _fault(code: str, line: Line) -> Fault:
    return Fault(code, line.device, line.place, subject=line.subject)


def _order(chain: Iterable[Line]) -> Iterator[Fault]:
    highest = 0
    for line in chain:
        if line.place < highest:
            yield _fault("order", line)
        highest = max(highest, line.place)


def _chain(device: str, ordered: Iterable[Line]) -> Iterator[Fault]:
    before, previous = 0, START
    for place, group in groupby(ordered, key=lambda one: one.place):
        here = list(group)
        if place > before + 1:
            yield Fault("removed", device, before + 1, until=place - 1)
        if len(here) > 1:
            yield from (_fault("twice", one) for one in here)
        for line in here:
            if line.rehashed() != line.hash:
                yield _fault("changed", line)
            if place == before + 1 and line.previous != previous:
                yield _fault("broken", line)
        before, previous = place, here[0].hash


def _against(head: Head, chain: Iterable[Line]) -> Iterator[Fault]:
    last = max((one.place for one in chain), default=0)
    if last < head.place:
        yield Fault("cut", head.device, last + 1, until=head.place)
    there = [one for one in chain if one.place == head.place]
    yield from (_fault("replaced", one) for one in there if one.hash != head.hash)


def _numbers(lines: Iterable[Line]) -> Iterator[Fault]:
    seen: dict[str, Line] = {}
    for line in lines:
        if line.verb == ISSUED and seen.setdefault(line.subject, line) is not line:
            yield _fault("number-twice", line)
