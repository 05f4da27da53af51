"""A record in words: its facts as rows, and what checking it came to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from flask_babel import get_locale, gettext

from ..exchange.labels import LABELS, attended, hours, percent

if TYPE_CHECKING:
    from ..exchange.compact import Facts, Verdict

Row = tuple[str, str]
"""A label and a value; the value is the same in every language."""

VERDICTS: Mapping[str, Callable[[], str]] = {
    "valid": lambda: gettext("Valid"),
    "revoked": lambda: gettext("Revoked"),
    "superseded": lambda: gettext("Superseded"),
    "not-valid": lambda: gettext("NOT VALID"),
    "unknown-key": lambda: gettext("Unknown key"),
    "stolen-key": lambda: gettext("Not to be trusted"),
}
MEANINGS: Mapping[str, Callable[[], str]] = {
    "valid": lambda: gettext("Compare every line below with the paper."),
    "revoked": lambda: gettext("The academy has taken this record back."),
    "superseded": lambda: gettext("Another record stands in the place of this one."),
    "not-valid": lambda: gettext("No academy has signed this as it stands here."),
    "unknown-key": lambda: gettext(
        "Nobody here can say who signed this. What it says below is proved by nobody. Get the "
        "academy's public key from the academy itself."),
    "stolen-key": lambda: gettext("The key that signed this may be in other hands."),
}
REASONS: Mapping[str, Callable[[], str]] = {
    "no-record": lambda: gettext("This is not the text of a record."),
    "damaged": lambda: gettext("The text is not whole, or it was changed."),
    "signature": lambda: gettext("The signature does not fit: something was changed."),
    "differs": lambda: gettext("The record and its signed text do not say the same."),
    "after-retirement": lambda: gettext("It is dated after its key was retired."),
}
KINDS: Mapping[str, Callable[[], str]] = {
    "completion": lambda: gettext("Attendance and completion"),
    "achievement": lambda: gettext("Achievement"),
}
FAULTS: Mapping[str, Callable[[], str]] = {
    "removed": lambda: gettext("Lines are missing."),
    "changed": lambda: gettext("The line was changed."),
    "broken": lambda: gettext("The line does not follow the one before it."),
    "twice": lambda: gettext("Two lines claim this place."),
    "order": lambda: gettext("The line stands elsewhere than it was written."),
    "seal": lambda: gettext("No key of the academy signed the line."),
    "cut": lambda: gettext("Lines are missing at the end."),
    "replaced": lambda: gettext("Another line was seen here once."),
    "number-twice": lambda: gettext("Another record has this number."),
}


def is_good(verdict: Verdict) -> bool:
    """Only a valid record is ever green."""
    return verdict.state == "valid"


def meaning(verdict: Verdict) -> str:
    """What a verdict means, in a sentence."""
    return (REASONS[verdict.reason] if verdict.reason else MEANINGS[verdict.state])()


def printed(key: str) -> str:
    """A word of the printed sheet, in the language of the page where it has one."""
    locale = get_locale()
    return LABELS.get(locale.language if locale else "", LABELS["en"])[key]


def rows_of(facts: Facts) -> list[Row]:
    """The facts of a record in the words and the order of its sheet, to be compared with it."""
    return [(printed(key), value) for key, value in _rows(facts) if value]


def _rows(facts: Facts) -> Iterator[Row]:
    yield "manual", f"{facts.manual.upper()} {facts.edition}".strip()
    yield "minutes", hours(facts.minutes) if facts.minutes else ""
    yield "modules", _of(facts.modules)
    yield "cases", _of(facts.cases)
    yield "examination", _examination(facts)
    yield "examined", facts.examined
    yield "attendance", attended(*facts.attendance) if facts.attendance else ""
    yield "period", " – ".join(one for one in (facts.begun, facts.ended) if one)
    yield "issued", facts.issued
    yield "clock", facts.doubtful
    yield "valid_until", facts.valid_until
    yield "waived", str(facts.overrides or "")
    yield "supersedes", facts.supersedes
    yield "number", facts.number


def _of(count: tuple[int, int] | None) -> str:
    return f"{count[0]} / {count[1]}" if count and count[1] else ""


def _examination(facts: Facts) -> str:
    if not facts.score:
        return ""
    permille = int(float(facts.score) * 1000 / max(facts.of, 1) + 1e-6)
    return f"{facts.score} / {facts.of} = {percent(permille)} (≥ {percent(facts.needed)})"
