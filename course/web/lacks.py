"""What is missing for a record, in words that say exactly how much of how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import format_decimal, gettext, ngettext

from ..core.standing import Lack, Requirement


def percent_of(permille: int) -> str:
    """A share in permille as a percentage, `79.9 %`: never rounded up to a mark."""
    return f"{format_decimal(permille / 10)} %"


def hours_of(minutes: int) -> str:
    """Minutes as hours and minutes: `10:05`."""
    return f"{minutes // 60}:{minutes % 60:02}"


def _score(lack: Lack) -> str:
    if lack.have >= lack.need:
        return gettext("failed under the pass mark of its day")
    return gettext("best %(have)s, %(need)s needed", have=percent_of(lack.have),
                   need=percent_of(lack.need))


LACKS: Mapping[str, Callable[[Lack], str]] = {
    "opened": lambda _: gettext("not opened yet"),
    "questions": lambda lack: gettext(
        "%(have)s of %(need)s questions in its text answered", have=lack.have, need=lack.need),
    "quiz": lambda lack: gettext(
        "quiz not passed: best %(have)s, %(need)s needed", have=percent_of(lack.have),
        need=percent_of(lack.need)) if lack.have else gettext("quiz not passed yet"),
    "ending": lambda _: gettext("not played to an end yet"),
    "minutes": lambda lack: gettext(
        "%(have)s of %(need)s hours attended", have=hours_of(lack.have),
        need=hours_of(lack.need)),
    "sat": lambda _: gettext("not sat yet"),
    "score": _score,
    "critical": lambda lack: ngettext(
        "%(num)s question that must be right was wrong",
        "%(num)s questions that must be right were wrong", lack.need),
    "changed": lambda _: gettext("no longer in the course"),
}

REQUIREMENTS: Mapping[str, Callable[[], str]] = {
    "module": lambda: gettext("Module"), "case": lambda: gettext("Case study"),
    "attendance": lambda: gettext("Attendance"), "final": lambda: gettext("Final examination"),
}


def heading(requirement: Requirement) -> str:
    """What is asked for: `Module: What it is`."""
    name = REQUIREMENTS[requirement.code]()
    if requirement.code in {"attendance", "final"}:
        return name
    return gettext("%(kind)s: %(title)s", kind=name, title=requirement.title)


def lacking(requirement: Requirement) -> str:
    """What is missing of it, in one line."""
    return gettext("; ").join(LACKS[one.code](one) for one in requirement.lacks)
