"""Is all well? What the store mended or lost, how old the backup is, whether the clock lies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext, ngettext

from ..core.errors import BadBackup, NotFound
from . import context
from .context import needs
from .filters import local_time
from .problems import worth_telling
from .words import N_, sentence

if TYPE_CHECKING:
    from ..keeping import Keeping
    from ..store import Health, Repair

bp = Blueprint("health", __name__, url_prefix="/staff/health")

LITTLE_SPACE = 500 * 1024 * 1024
OLD_BACKUP = timedelta(days=8)
CLOCK_TOLERANCE = 120.0
"""Seconds that a clock may be behind before anybody is told."""

REPAIRS = {
    "torn-tail": N_("The end of the log was cut off, as a power cut leaves it. It was set aside; "
                    "nothing that was shown as saved was in it."),
    "bad-line": N_("A line of the log could not be read. It is lost; all others are there."),
    "bad-checksum": N_("A line of the log was damaged. It is lost; all others are there."),
    "lost-number": N_("A statement is missing from the log."),
    "documents-rebuilt": N_("progress.json was missing, older or damaged, and was made again from "
                            "the log. Nothing is lost."),
    "clock-back": N_("The clock of this computer was set back. Answers are safe and in order; "
                     "dates made meanwhile are doubtful."),
    "disk-refused": N_("The disk refused to save. Nothing that was shown as saved is lost."),
    "backup-failed": N_("A backup could not be written."),
    "check-failed": N_("The log could not be looked through."),
    "checkpoint-failed": N_("progress.json could not be written. Nothing is lost; it is tried "
                            "again."),
    "not-folded": N_("A statement could not be shown in anybody's progress. It is in the log."),
    "import-unfinished": N_("A file from another laptop was not taken to the end, so nothing of it "
                            "counts. Import it again."),
    "not-a-statement": N_("A line of the log is whole but holds no statement. It is passed over."),
}
LOSSES = {"bad-line", "bad-checksum", "lost-number"}


class Need(NamedTuple):
    """Something that needs a person: what, why, and the one button that helps."""

    headline: str
    reason: str
    url: str = ""
    label: str = ""


class CheckLine(NamedTuple):
    """One line of the list of checks: `good` or `care`."""

    state: str
    name: str
    value: str
    detail: str = ""


@bp.get("")
@needs("see-health")
def show_health() -> ResponseReturnValue:
    """The title is the answer; what needs someone comes first; then every check."""
    health = context.store().health()
    needs_of = _needs(health)
    return render_template(
        "trainer/health.html", title=_title(len(needs_of)), checked=context.services().now(),
        needs=needs_of, checks=_checks(health), coverage=context.library().coverage(),
        problems=worth_telling(context.library().problems()),
        backups=_backups(), back_up_url=url_for(".back_up"), restore_url=url_for(".restore"),
        done=session.pop("done", ""))


@bp.post("/backups")
@needs("back-up")
def back_up() -> ResponseReturnValue:
    """Write a backup now, and read it back before it counts."""
    backup = _keeping().back_up()
    session["done"] = ngettext("Backup written and checked: %(num)s statement.",
                               "Backup written and checked: %(num)s statements.",
                               backup.statements)
    return redirect(url_for(".show_health"), 303)


@bp.post("/restore")
@needs("back-up")
def restore() -> ResponseReturnValue:
    """Go back to a backup of this folder. What is there now is kept beside it."""
    name = request.form.get("name", "")
    chosen = next((path for path in _keeping().kept() if path.name == name), None)
    if chosen is None:
        raise NotFound(what="backup")
    services = context.services()
    told = services.store.tell
    services.store, _ = _keeping().restore(chosen)
    services.store.tell = told
    session.clear()
    return redirect(url_for("account.show_start"), 303)


def _keeping() -> Keeping:
    keeping = context.services().keeping
    if keeping is None:
        raise NotFound(what="backups")
    return keeping


def _title(count: int) -> str:
    if not count:
        return gettext("The course is running. Nothing needs you.")
    return ngettext("The course is running. %(num)s thing needs you.",
                    "The course is running. %(num)s things need you.", count)


# What needs somebody ---------------------------------------------------------------------

def _needs(health: Health) -> list[Need]:
    found = (_loss(health), space_need(health), backup_need(), clock_need(health))
    return [need for need in found if need]


def _loss(health: Health) -> Need | None:
    lost = [one for one in health.repairs if one.code in LOSSES]
    if not lost:
        return None
    return Need(ngettext("%(num)s line of the log is lost.", "%(num)s lines of the log are lost.",
                         len(lost)),
                gettext("Look at the list below, and go back to a backup if it has more."))


def space_need(health: Health) -> Need | None:
    if not health.free or health.free >= LITTLE_SPACE:
        return None
    return Need(gettext("The disk is nearly full: %(free)s left.", free=size(health.free)),
                gettext("Make room, or answers can no longer be saved."))


def backup_need() -> Need | None:
    made = _last_backup()
    if made and context.services().now() - made < OLD_BACKUP:
        return None
    headline = (gettext("The last backup is %(age)s old.", age=_age(made)) if made
                else gettext("There is no backup yet."))
    return Need(headline, gettext("Making one takes under a minute; copy it to a stick."),
                url_for("health.back_up"), gettext("Back up now"))


def _age(made: datetime) -> str:
    return format_timedelta(context.services().now() - made)


def clock_need(health: Health) -> Need | None:
    if health.clock_behind <= CLOCK_TOLERANCE:
        return None
    behind = format_timedelta(timedelta(seconds=health.clock_behind))
    return Need(gettext("The clock of this computer is %(time)s behind its last answer.",
                        time=behind),
                gettext("Set it right. Answers are safe and in order, but the dates of what is "
                        "done now are doubtful."))


# Every check -----------------------------------------------------------------------------

def _checks(health: Health) -> list[CheckLine]:
    return [_saving(health), _log(health), space_line(health), backup_line(),
            clock_line(health), *(_repair_line(one) for one in health.repairs)]


def _saving(health: Health) -> CheckLine:
    moment = local_time(health.last_saved)
    value = (gettext("Last saved %(time)s", time=moment.strftime("%Y-%m-%d %H:%M:%S")) if moment
             else gettext("Nothing to save yet"))
    slowest = gettext("Slowest save since the start: %(ms)s ms", ms=round(health.slowest * 1000))
    return CheckLine("good", gettext("Saving"), value, slowest)


def _log(health: Health) -> CheckLine:
    lost = any(one.code in LOSSES for one in health.repairs)
    value = ngettext("%(num)s statement", "%(num)s statements", health.statements)
    return CheckLine("care" if lost else "good", gettext("Log"), value,
                     gettext("Segment %(segment)s", segment=health.segment))


def space_line(health: Health) -> CheckLine:
    state = "care" if space_need(health) else "good"
    return CheckLine(state, gettext("Space"), gettext("%(free)s free", free=size(health.free)))


def backup_line() -> CheckLine:
    made = _last_backup()
    if made is None:
        return CheckLine("care", gettext("Backup"), gettext("None yet"))
    state = "care" if backup_need() else "good"
    return CheckLine(state, gettext("Backup"), gettext("%(age)s ago", age=_age(made)),
                     gettext("Made every day while the course runs, and at its start"))


def clock_line(health: Health) -> CheckLine:
    now = context.services().now().astimezone()
    return CheckLine("care" if clock_need(health) else "good", gettext("Clock"),
                     now.strftime("%Y-%m-%d %H:%M"))


def _repair_line(repair: Repair) -> CheckLine:
    told = gettext(REPAIRS[repair.code]) if repair.code in REPAIRS else repair.code
    return CheckLine("care" if repair.code in LOSSES else "good", gettext("Mended"), told,
                     repair.where)


# Backups ---------------------------------------------------------------------------------

def _backups() -> list[tuple[str, str, str]]:
    """The folder's own backups: name, time, and size or what is wrong with it."""
    rows = []
    keeping = context.services().keeping
    for path, listed in keeping.listed() if keeping else ():
        if isinstance(listed, BadBackup):
            rows.append((path.name, "", sentence(listed)))
        else:
            rows.append((path.name, listed.made, size(path.stat().st_size)))
    return rows


def _last_backup() -> datetime | None:
    times = (local_time(made) for _, made, _ in _backups() if made)
    return next((time for time in times if time), None)


def size(count: int) -> str:
    """Bytes in the unit that a person would use."""
    for unit, least in (("GB", 10 ** 9), ("MB", 10 ** 6), ("kB", 10 ** 3)):
        if count >= least:
            return f"{count / least:.1f} {unit}"
    return f"{count} B"
