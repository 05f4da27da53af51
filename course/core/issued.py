"""What was issued and what became of it: the registers of all devices as one, to look up in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .credential import Credential
from .errors import AlreadyRevoked, NotFound
from .numbering import clean_code
from .people import number_key
from .register import ISSUED, KEY_MADE, KEY_RETIRED, REVOKED, SUPERSEDED, Head, Line, lines_of
from .statement import Document

VALID = "valid"


@dataclass(frozen=True, slots=True)
class Issued:
    """One record of the register, with what became of it."""

    line: Line
    end: Line | None = None
    """The line that revoked or superseded it."""

    @property
    def number(self) -> str:
        return self.line.subject

    @property
    def summary(self) -> Mapping[str, Any]:
        """What it is looked up and listed by: `register.IN_SHORT` of its JSON."""
        kept: Mapping[str, Any] = self.line.body["record"]
        return kept

    @property
    def is_whole(self) -> bool:
        """Whether its line was read from the log."""
        return "text" in self.line.body

    @property
    def record(self) -> Mapping[str, Any]:
        """Its JSON, as it was signed. Raises ValueError when only the short form was read."""
        if not self.is_whole:
            raise ValueError("not whole")
        return self.summary

    @property
    def credential(self) -> Credential:
        return Credential.from_json(self.record)

    @property
    def text(self) -> str:
        """The signed text of its square code; of a whole record."""
        return str(self.line.body["text"])

    @property
    def code(self) -> str:
        return str(self.line.body["code"])

    @property
    def person(self) -> str:
        return str(self.line.body["person"])

    @property
    def cohort(self) -> str:
        return str(self.line.body["cohort"])

    @property
    def status(self) -> str:
        """`valid`, `revoked` or `superseded`; that its term is over is the date's matter."""
        return self.end.verb if self.end else VALID

    @property
    def successor(self) -> str:
        """The number of the record in its place."""
        return str(self.end.body.get("by", "")) if self.end else ""

    def __str__(self) -> str:
        return self.number


class CredentialRegister:
    """The registers of all devices as one, to look things up in: of lines whole or in short."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = sorted(lines, key=lambda one: (one.at, one.device, one.place))
        ends = _firsts(self.lines, SUPERSEDED) | _firsts(self.lines, REVOKED)
        self.records = [Issued(line, ends.get(line.subject))
                        for line in self.lines if line.verb == ISSUED]
        self._by_number = {one.number: one for one in reversed(self.records)}

    @classmethod
    def of(cls, documents: Mapping[str, Document]) -> CredentialRegister:
        """From the documents of `register:…` records, by record id or device."""
        return cls(line for key, document in documents.items()
                   for line in lines_of(key.rpartition(":")[2], document))

    def get(self, number: str) -> Issued | None:
        return self._by_number.get(number.strip().upper())

    def record(self, number: str) -> Issued:
        """Raises NotFound."""
        found = self.get(number)
        if found is None:
            raise NotFound(what="record", id=number)
        return found

    def standing_record(self, number: str) -> Issued:
        """One that can still be revoked or superseded. Raises NotFound and AlreadyRevoked."""
        found = self.record(number)
        if found.end:
            raise AlreadyRevoked(number=number, status=found.status)
        return found

    def with_code(self, typed: str) -> Issued | None:
        """By its short code. Raises ValueError for a slip of the hand."""
        code = clean_code(typed)
        return next((one for one in self.records if one.code == code), None)

    def search(self, *, name: str = "", cohort: str = "", since: str = "", until: str = "",
               person: str = "", manual: str = "") -> list[Issued]:
        """Records in order of issue, narrowed by what is given; dates are `2026-03-30`."""
        def fits(one: Issued) -> bool:
            record = one.summary
            names = number_key(f"{record['named']['name']} {record['named']['other_name']}")
            return (all(word in names for word in number_key(name).split())
                    and (not cohort or one.cohort == cohort)
                    and (not person or one.person == person)
                    and (not manual or record["manual"]["id"] == manual)
                    and since <= record["issued"] and (not until or record["issued"] <= until))

        return [one for one in self.records if fits(one)]

    def due(self, until: str) -> list[Issued]:
        """Records whose term ends by a date and that no later one follows: refreshers."""
        longest: dict[tuple[str, str, str], Issued] = {}
        for one in self.records:
            key = (one.person, one.summary["manual"]["id"], one.summary["kind"])
            if one.status == VALID and (key not in longest or _term(one) > _term(longest[key])):
                longest[key] = one
        ending = [one for one in longest.values() if _term(one) <= until]
        return sorted(ending, key=lambda one: (_term(one), one.number))

    def keys(self) -> dict[str, Mapping[str, Any]]:
        """The academy's public key files by id, as they were last written down."""
        found = _firsts(self.lines, KEY_MADE) | _firsts(self.lines, KEY_RETIRED)
        return {key: line.body["key"] for key, line in found.items()}

    def heads(self) -> list[Head]:
        """The ends of all chains now: for the printed page and for lists."""
        last: dict[str, Line] = {}
        for line in self.lines:
            if line.place >= (last[line.device].place if line.device in last else 0):
                last[line.device] = line
        return [Head(one.device, one.place, one.hash) for _, one in sorted(last.items())]


def _firsts(lines: Iterable[Line], verb: str) -> dict[str, Line]:
    """The first line with a verb, by what it is about: what was revoked stays so."""
    return {line.subject: line for line in reversed(list(lines)) if line.verb == verb}


def _term(issued: Issued) -> str:
    """When it ends; after all dates for one that does not lapse."""
    return str(issued.summary["valid_until"]) or "never"
