"""How a record comes about: what was earned, what was waived, and what stands in another's place.

What comes of it is a `Credential`, frozen from then on.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from .academy import Academy, Rules, clean_line
from .activity import Module
from .credential import Count, Credential, Examination, Issuer, Moment, Named, Override, Studied
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
from .transcript import points, transcript

CORRECTABLE = ("name", "other_name", "other_language", "begun", "ended")
"""What a correction may change; marks and hours are changed where they were earned."""


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
