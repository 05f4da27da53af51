"""Is this laptop ready? What a trainer looks at before the room comes in, and what to do.

The checks stand in one list, `CHECKS`; each says what it found and, where it matters, what
has to be done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from ..core.errors import NotFound, WouldWait
from . import context
from .addresses import room_addresses, server_port, square
from .context import needs, services, signed_in, store
from .health import (
    CheckLine,
    Need,
    backup_line,
    backup_need,
    clock_line,
    clock_need,
    size,
    space_line,
    space_need,
)
from .machine import firewall_rules, memory_available, system

if TYPE_CHECKING:
    from ..store import Health

bp = Blueprint("readiness", __name__)

LITTLE_MEMORY = 300 * 1024 * 1024
"""Bytes that should be left: the course and a class of phones take about 150 MB."""

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""The course did not exist before: a clock that says so has lost its battery."""

GOOD, CARE, OPEN = "good", "care", "open"
"""Open: nobody has tried yet, it is being looked at, or the computer does not say."""


class Finding(NamedTuple):
    """What one check found, and what has to be done about it."""

    line: CheckLine
    need: Need | None = None


class Knock(NamedTuple):
    """A device that opened the page to try."""

    address: str
    time: datetime


@dataclass
class Tries:
    """Which devices of the room have reached this laptop since the course was started."""

    token: str = field(default_factory=lambda: token_urlsafe(6))
    """Of the page to try; another one at each start."""
    knocks: dict[str, Knock] = field(default_factory=dict)
    """By address, the latest sixteen."""
    looking: bool = False
    """Whether the content is being looked through, in a thread of its own."""

    def note(self, address: str, now: datetime) -> None:
        """A device was here."""
        self.knocks.pop(address, None)
        self.knocks[address] = Knock(address, now)
        while len(self.knocks) > 16:
            del self.knocks[next(iter(self.knocks))]


def tries() -> Tries:
    """Of the running course."""
    found: Tries = current_app.extensions.setdefault("tries", Tries())
    return found


# The checks ------------------------------------------------------------------------------

def ports_of_room() -> list[int]:
    """Those that phones use."""
    return [one for one in (server_port(), services().live_port) if one]


def check_space(health: Health) -> Finding:
    if not health.free:
        return Finding(CheckLine(OPEN, gettext("Space"), gettext("Not known")))
    return Finding(space_line(health), space_need(health))


def check_memory(_: Health) -> Finding:
    free = memory_available()
    if free is None:
        return Finding(CheckLine(OPEN, gettext("Memory"), gettext("Not known")))
    value = gettext("%(free)s free", free=size(free))
    if free >= LITTLE_MEMORY:
        return Finding(CheckLine(GOOD, gettext("Memory"), value))
    return Finding(CheckLine(CARE, gettext("Memory"), value), Need(
        gettext("There is little memory left: %(free)s.", free=size(free)),
        gettext("Close other programs, the browser's many tabs first.")))


def check_clock(health: Health) -> Finding:
    """Behind the last statement, or before the course existed; the zone is shown."""
    now = services().now().astimezone()
    line = clock_line(health)._replace(detail=gettext(
        "Time zone %(zone)s. Compare it with a phone.", zone=now.strftime("UTC%z")))
    need = clock_need(health)
    if need is None and now < EARLIEST:
        need = Need(gettext("The clock of this computer says %(date)s.",
                            date=now.date().isoformat()),
                    gettext("Set it right, or the dates of what is done now are doubtful."))
    return Finding(line._replace(state=CARE if need else GOOD), need)


def check_backup(_: Health) -> Finding:
    need = backup_need()
    if need and not signed_in().may("back-up"):
        need = need._replace(reason=gettext("Ask the administrator to make one, on a stick."),
                             url="", label="")
    return Finding(backup_line(), need)


def check_content(_: Health) -> Finding:
    """Errors in the course's files. The first look takes seconds, so the page does not wait."""
    name = gettext("Content")
    try:
        with context.library().only_known():
            problems = context.library().problems()
    except WouldWait:
        _look_through()
        return Finding(CheckLine(OPEN, name, gettext("Being looked through")))
    errors = sum(one.severity == "error" for one in problems)
    if not errors:
        return Finding(CheckLine(GOOD, name, gettext("No file has an error")))
    headline = ngettext("%(num)s error in the course's files.",
                        "%(num)s errors in the course's files.", errors)
    return Finding(CheckLine(CARE, name, headline), Need(
        headline, gettext("They are served as far as they are right. The page Content says what "
                          "and where.")))


def _look_through() -> None:
    known, library = tries(), context.library()

    def look() -> None:
        try:
            library.problems()
        finally:
            known.looking = False

    if not known.looking:
        known.looking = True
        threading.Thread(target=look, daemon=True).start()


def check_addresses(_: Health) -> Finding:
    name, found = gettext("Network"), room_addresses(server_port())
    if not is_open_to_the_room():
        return Finding(CheckLine(CARE, name, gettext("This computer only")), Need(
            gettext("The course was started for this computer only."),
            gettext("Stop it and start it without --host.")))
    if found:
        return Finding(CheckLine(GOOD, name, found[0], " · ".join(found[1:])))
    return Finding(CheckLine(CARE, name, gettext("No network")), Need(
        gettext("This laptop is in no network."),
        gettext("Join the Wi-Fi of the room or turn on this laptop's hotspot. Without devices in "
                "the room nothing has to be done.")))


def is_open_to_the_room() -> bool:
    """Whether the server listens to other devices at all."""
    return services().settings.host not in {"127.0.0.1", "localhost", "::1"}


def check_phone(_: Health) -> Finding:
    name, knocks = gettext("Phone"), list(tries().knocks.values())
    if not knocks:
        return Finding(CheckLine(OPEN, name, gettext("No phone has tried yet")))
    last = knocks[-1]
    return Finding(CheckLine(
        GOOD, name, gettext("A device at %(address)s reached this laptop at %(time)s",
                            address=last.address, time=last.time.astimezone().strftime("%H:%M")),
        ngettext("%(num)s device since the course was started",
                 "%(num)s devices since the course was started", len(knocks))))


def check_fast_lane(_: Health) -> Finding:
    """Whether phones in class are told of changes at once; without, they ask every two seconds."""
    name, beside = gettext("Phones in class"), services().live_port
    if beside:
        return Finding(CheckLine(GOOD, name, gettext("Told of changes at once, on port %(port)s",
                                                     port=beside)))
    return Finding(CheckLine(OPEN, name, gettext("They ask every two seconds")))


CHECKS: tuple[Callable[[Health], Finding], ...] = (
    check_space, check_memory, check_clock, check_backup, check_content, check_addresses,
    check_phone, check_fast_lane)


# The pages -------------------------------------------------------------------------------

@bp.get("/classes/ready")
@needs("run-classes")
def show_ready() -> ResponseReturnValue:
    """The title is the answer. The page asks every two seconds whether that is still so."""
    health = store().health()
    findings = [check(health) for check in CHECKS]
    version = _version(findings)
    if request.if_none_match.contains(version):
        return "", 304
    address = next(iter(room_addresses(server_port())), "")
    hello = address + url_for(".say_hello", token=tries().token) if address else ""
    return render_template(
        "classes/ready.html", title=_title(findings), version=version,
        needs=[one.need for one in findings if one.need], checks=[one.line for one in findings],
        checked=services().now(), hello=hello, qr=square(hello, hello) if hello else "",
        reached=bool(tries().knocks), rules=firewall_rules(*ports_of_room()), system=system())


def _version(findings: list[Finding]) -> str:
    """Changes when an answer does; figures that move all the time do not count."""
    states = "".join(one.line.state[0] for one in findings)
    last = max((one.time.timestamp() for one in tries().knocks.values()), default=0)
    return f"{states}-{last:.0f}-{context.locale()}"


def _title(findings: list[Finding]) -> str:
    count = sum(one.need is not None for one in findings)
    if count:
        return ngettext("Not ready yet: %(num)s thing needs you.",
                        "Not ready yet: %(num)s things need you.", count)
    if not tries().knocks:
        return gettext("This laptop is ready. Whether phones reach it, nobody has tried yet.")
    return gettext("This laptop is ready, and a phone has reached it.")


@bp.get("/hello/<token>")
def say_hello(token: str) -> ResponseReturnValue:
    """The page to try: whoever sees it has reached this laptop. Needs no signing in."""
    known = tries()
    if token != known.token:
        raise NotFound(what="page")
    own = context.at_the_laptop() or _is_own_address(request.remote_addr or "")
    if not own:
        known.note(request.remote_addr or "", services().now())
    return render_template("classes/hello.html", own=own)


def _is_own_address(address: str) -> bool:
    return any(one.partition("//")[2].rpartition(":")[0] == address
               for one in room_addresses(server_port()))
