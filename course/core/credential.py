"""A record as it is issued: a frozen value, numbered, dated, and never made again.

Everything that is printed or signed is in it, so that a new template, a new name of the
academy, a new edition or a new rule changes nothing that was issued. What is kept and signed
is its JSON (`as_json`), with whole numbers and texts only; `from_json` is for reading.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from .academy import Academy, Rules, Signatory, clean_line
from .activity import Module
from .canonical import digest
from .errors import BadField, RequirementsNotMet
from .numbering import Number
from .progress import module_progress
from .scoring import Answer, Attempt, attempts
from .standing import (
    ACHIEVEMENT,
    Standing,
    Syllabus,
    attended_minutes,
    needed_minutes,
    needed_permille,
    permille,
    required_of,
)
from .statement import Document
from .transcript import Row, points, transcript

FORMAT = 1
CLOCK_TOLERANCE = 60.0
"""Seconds that a clock may be behind what the log has seen before its date is doubted."""

CORRECTABLE = ("name", "other_name", "other_language", "begun", "ended")
"""What a correction may change; marks and hours are changed where they were earned."""


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


@dataclass(frozen=True, slots=True)
class Award:
    """What the registrar decides about one record before it is issued."""

    named: Named
    language: str = "en"
    waived: Mapping[str, str] = field(default_factory=dict)
    """Requirement keys with the reason for letting each pass."""
    by: str = ""
    """The name of who issues it."""
    other_title: str = ""
    law: str = ""
    supersedes: str = ""
    reason: str = ""


def award(standing: Standing, syllabus: Syllabus, document: Document, final: Mapping[str, Answer],
          academy: Academy, number: Number, when: Moment, award: Award) -> Credential:
    """The record of what a learner has earned.

    `final` holds the kept answers of the best final examination, for its score by objective.
    Raises RequirementsNotMet with what is missing, and BadField for an empty name or reason.
    """
    overrides = tuple(_overrides(standing, award))
    rules = academy.rules_for(syllabus.manual.id)
    earned = _earned(standing, syllabus, document, final, rules)
    begun, ended = _period(syllabus, document, standing.kind)
    return Credential(
        number=str(number), kind=standing.kind, named=award.named.cleaned(),
        issuer=issuer_of(academy), manual=_studied(syllabus, award.other_title),
        language=award.language, issued=when.date, doubtful=when.latest, begun=begun, ended=ended,
        valid_until=_valid_until(syllabus, rules, when), rules=_applied(syllabus, rules),
        overrides=overrides, law=award.law, supersedes=award.supersedes, reason=award.reason,
        **earned)


def reissue(old: Mapping[str, Any], number: Number, when: Moment, reason: str,
            changes: Mapping[str, str] | None = None) -> Credential:
    """A record in the place of another: its facts and its term, with what is corrected.

    Without changes it is the same record under a new number and date. Raises BadField.
    """
    changes = changes or {}
    before = Credential.from_json(old)
    for name in changes:
        if name not in CORRECTABLE:
            raise BadField(name, "not-correctable")
    named = replace(before.named, **{name: value for name, value in changes.items()
                                     if name not in ("begun", "ended")})
    dates = {name: changes[name] for name in ("begun", "ended") if name in changes}
    return replace(before, number=str(number), named=named.cleaned(), issued=when.date,
                   doubtful=when.latest, supersedes=before.number,
                   reason=clean_line("reason", reason), **_real(dates))


def _real(dates: Mapping[str, str]) -> Mapping[str, Any]:
    for name, text in dates.items():
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise BadField(name, "date") from error
    return dates


def _overrides(standing: Standing, award: Award) -> Iterable[Override]:
    left = [one for one in standing.missing if one.key not in award.waived]
    if left or not standing.requirements:
        raise RequirementsNotMet(missing=tuple(left), count=len(left))
    for one in standing.missing:
        yield Override(one.key, one.title, clean_line("reason", award.waived[one.key]), award.by)


def issuer_of(academy: Academy) -> Issuer:
    return Issuer(academy.name, academy.other_name, academy.other_language, academy.prefix,
                  academy.signatories, academy.logo)


def _studied(syllabus: Syllabus, other_title: str) -> Studied:
    manual = syllabus.manual
    return Studied(manual.id, manual.title, manual.edition, syllabus.minutes, other_title)


def _applied(syllabus: Syllabus, rules: Rules) -> dict[str, Any]:
    manual = syllabus.manual
    return {"requires": list(manual.requires), "pass_mark": round(manual.pass_mark * 1000),
            "valid_months": manual.valid_months, "academy": asdict(rules)}


def _earned(standing: Standing, syllabus: Syllabus, document: Document,
            final: Mapping[str, Answer], rules: Rules) -> dict[str, Any]:
    """An achievement is the examination and nothing else; a completion never shows a mark."""
    if standing.kind == ACHIEVEMENT:
        return {"examination": _examination(syllabus, document, rules),
                "transcript": tuple(transcript(syllabus, document, standing.kind, final))}
    met = {one.id for one in standing.requirements if one.met}
    counts = {}
    for name, of_cases in (("modules", False), ("cases", True)):
        required = [one.id for one in required_of(syllabus.manual) if one.is_case is of_cases]
        counts[name] = Count(sum(one in met for one in required), len(required))
    minutes = attended_minutes(document, syllabus.manual.id)
    needed = needed_minutes(syllabus, rules)
    return {**counts, "attendance": Count(minutes, needed) if minutes or needed else None,
            "transcript": tuple(transcript(syllabus, document, standing.kind, final))}


def best_final(syllabus: Syllabus, document: Document) -> Attempt | None:
    """The learner's best final examination: its closing statement has the answers."""
    entry = syllabus.manual.test("final")
    return module_progress(syllabus.module(entry.id), document).best if entry else None


def _examination(syllabus: Syllabus, document: Document, rules: Rules) -> Examination | None:
    best = best_final(syllabus, document)
    if best is None or best.summary is None:
        return None
    return Examination(points(best.summary["score"]), best.summary["of"], permille(best),
                       needed_permille(syllabus, rules), best.summary["time"][:10])


def _period(syllabus: Syllabus, document: Document, kind: str) -> tuple[str, str]:
    """The first and the last day on which something of the manual was done."""
    if kind == ACHIEVEMENT:
        best = best_final(syllabus, document)
        times = [best.started, best.summary["time"]] if best and best.summary else []
    else:
        times = [time for entry in required_of(syllabus.manual)
                 for time in _times(syllabus.module(entry.id), document)]
    days = sorted(one[:10] for one in times if one)
    return (days[0], days[-1]) if days else ("", "")


def _times(module: Module, document: Document) -> Sequence[str]:
    read = document.get("read", {}).get(module.id, {}).values()
    over = [one.summary["time"] for one in attempts(document, module.quiz) if one.summary] \
        if module.quiz else []
    return [*read, *over]


def _valid_until(syllabus: Syllabus, rules: Rules, when: Moment) -> str:
    months = syllabus.manual.valid_months if rules.valid_months is None else rules.valid_months
    return add_months(when.believed, months) if months else ""


def add_months(day: str, months: int) -> str:
    """The same day so many months on, or the last of a shorter month."""
    start = date.fromisoformat(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)).isoformat()
