"""A record as it is issued: a frozen value, numbered, dated, and never made again.

Everything that is printed or signed is in it, so that a new template, a new name of the
academy, a new edition or a new rule changes nothing that was issued. What is kept and signed
is its JSON (`as_json`), with whole numbers and texts only; `from_json` is for reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from .academy import Signatory, clean_line
from .canonical import digest
from .transcript import Row

FORMAT = 1
CLOCK_TOLERANCE = 60.0
"""Seconds that a clock may be behind what the log has seen before its date is doubted."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is issued, and whether the clock can be believed."""

    time: str
    """As the clock has it: ISO 8601."""
    latest: str = ""
    """The latest time that the log knows, when the clock is behind it."""

    @property
    def doubtful(self) -> bool:
        return bool(self.latest)

    @property
    def date(self) -> str:
        return self.time[:10]

    @property
    def believed(self) -> str:
        """A date that is not before anything already written down."""
        return max(self.date, self.latest[:10])


def moment(now: datetime, clock_behind: float = 0.0) -> Moment:
    """The moment of an issue, from the clock and `Health.clock_behind`."""
    latest = ""
    if clock_behind > CLOCK_TOLERANCE:
        latest = _iso(now + timedelta(seconds=clock_behind))
    return Moment(_iso(now), latest)


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Named:
    """A learner's name as it should appear: in Latin letters and in another script."""

    name: str
    other_name: str = ""
    other_language: str = ""
    """Language of the other name, for its direction and its voice: `ar`."""

    def cleaned(self) -> Named:
        """As it is kept. Raises BadField."""
        return Named(clean_line("name", self.name),
                     clean_line("other_name", self.other_name, may_be_empty=True),
                     self.other_language)


@dataclass(frozen=True, slots=True)
class Issuer:
    """The academy as it was on the day."""

    name: str
    other_name: str = ""
    other_language: str = ""
    prefix: str = ""
    signatories: tuple[Signatory, ...] = ()
    logo: str = ""
    """Digest of the picture: `Academy.logo_bytes` has it, also when it has been replaced."""


@dataclass(frozen=True, slots=True)
class Studied:
    """The manual as it was on the day."""

    id: str
    title: str
    edition: str
    minutes: int
    """How long it takes."""
    other_title: str = ""
    """Its title in the language of the other name."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Examination:
    """The final examination, of an achievement only."""

    score: str
    """Points, with at most two decimals: `43.5`."""
    of: int
    permille: int
    needed: int
    """The pass mark it was measured by, in permille."""
    date: str


@dataclass(frozen=True, slots=True)
class Override:
    """A requirement that was waived, by whom and why. It stays marked on the record."""

    what: str
    """A requirement's key: `attendance:tip-basic`."""
    title: str
    reason: str
    by: str
    """The name of who decided."""


@dataclass(frozen=True, slots=True)
class Credential:
    """One record of completion or achievement."""

    number: str
    kind: str
    named: Named
    issuer: Issuer
    manual: Studied
    language: str
    """The language it is issued in."""
    issued: str
    """Its date, `2026-03-30`, as the clock had it."""
    doubtful: str = ""
    """The latest time known, when the clock was behind it; empty when the date is good."""
    begun: str = ""
    ended: str = ""
    """The dates between which it was earned."""
    valid_until: str = ""
    """Empty for a record that does not lapse."""
    modules: Count | None = None
    cases: Count | None = None
    attendance: Count | None = None
    """Minutes attended, of minutes asked for (0 when none are); None when nothing was entered."""
    examination: Examination | None = None
    transcript: tuple[Row, ...] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    """What was applied: the manual's `requires`, and the academy's own."""
    overrides: tuple[Override, ...] = ()
    law: str = ""
    """The national law that was used: `CAS 2026`."""
    supersedes: str = ""
    """The number of the record in whose place it stands."""
    reason: str = ""
    """Why it was issued in the place of another."""

    def as_json(self) -> dict[str, Any]:
        """The shape that is hashed, signed and kept: texts, whole numbers, lists."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, shape: Mapping[str, Any]) -> Credential:
        """Read a record, also of an older version. Raises ValueError."""
        try:
            kept = {one.name: shape[one.name] for one in fields(cls) if one.name in shape}
            issuer = dict(kept["issuer"])
            issuer["signatories"] = tuple(Signatory(**one) for one in issuer["signatories"])
            kept |= {"issuer": Issuer(**issuer), "named": Named(**kept["named"]),
                     "manual": Studied(**kept["manual"])}
            kept |= {name: Count(**kept[name]) for name in ("modules", "cases", "attendance")
                     if kept.get(name)}
            if kept.get("examination"):
                kept["examination"] = Examination(**kept["examination"])
            kept["transcript"] = tuple(Row(**one) for one in kept.get("transcript", ()))
            kept["overrides"] = tuple(Override(**one) for one in kept.get("overrides", ()))
            return cls(**kept)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a record") from error

    @property
    def digest(self) -> str:
        return digest(self.as_json())
