"""A roster brought in from a spreadsheet: looked at first, kept when it was confirmed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex

from babel import Locale
from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from ..core import people, roster
from ..core.classroom import Cohort
from ..core.errors import BadField, ClassOver
from ..core.people import REGISTER, Person, Register
from ..core.roster import CHANGED, ERROR, EXTRA, LANGUAGE, NAME, NEW, SAME, SUSPECT, Layout, Plan
from ..core.sheet_text import decoded, rows_of
from ..core.statement import Draft
from . import context
from .classes import cohort_named, enter
from .context import needs, services, signed_in, store
from .file_words import Words
from .forms import Fields
from .slips import Lot, by_lot, slips_page
from .words import FIELD_REASONS

bp = Blueprint("roster", __name__, url_prefix="/classes/<cohort_id>/roster")

MOST_TEXT = 200_000
"""Characters of a roster: five hundred long rows, with room to spare."""

SAMPLE = 3
"""Rows that are shown above the choice of columns."""

REASONS: Mapping[str, Words] = {
    "number-alike": lambda values: gettext(
        "Perhaps the same as %(name)s, number %(number)s: the numbers differ only in how they "
        "are written. Correct the row, or tick it if it is somebody else.", **values),
    "same-name": lambda values: gettext(
        "Somebody of this name is enrolled with the number %(number)s. Correct the row, or tick "
        "it if it is somebody else.", **values),
    "same-name-above": lambda values: gettext(
        "Row %(row)s has the same name with another number. Tick it if it is somebody else.",
        **values),
    "other-name": lambda values: gettext(
        "This number belongs to %(name)s. Correct the number, or tick the row to change the name.",
        **values),
    "number-twice": lambda values: gettext(
        "Row %(row)s has the same service number. Correct one of the two.", **values),
    "staff": lambda _: gettext("This number belongs to somebody of the staff, who is not put on "
                               "the class list."),
}

FIELDS: Mapping[str, Callable[[], str]] = {
    "name": lambda: gettext("Name"),
    "family": lambda: gettext("Family name"),
    "given": lambda: gettext("Given name"),
    "number": lambda: gettext("Service number"),
    "language": lambda: gettext("Language"),
    "extra_time": lambda: gettext("Extra time, percent"),
}

STATES: Mapping[str, Callable[[int], str]] = {
    ERROR: lambda count: ngettext("%(num)s error", "%(num)s errors", count),
    SUSPECT: lambda count: ngettext("%(num)s suspected duplicate", "%(num)s suspected duplicates",
                                    count),
    NEW: lambda count: gettext("%(num)s new", num=count),
    CHANGED: lambda count: gettext("%(num)s changed", num=count),
    SAME: lambda count: gettext("%(num)s the same", num=count),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was sent, as a table."""

    text: str
    encoding: str
    """What a file was taken for; empty for a paste."""
    rows: list[list[str]]
    layout: Layout


@bp.route("", methods=["GET", "POST"])
@needs("run-classes")
def bring_in(cohort_id: str) -> ResponseReturnValue:
    """Take a roster, say what each row would do, and do that when it is confirmed."""
    cohort = cohort_named(cohort_id)
    form = Fields(request.form)
    if request.method == "GET":
        return _start(cohort, form)
    if cohort.closed:
        raise ClassOver
    with form.collecting():
        sheet = _sheet(form)
    if form.errors:
        return _start(cohort, form)
    return _looked_at(cohort, form, sheet)


def _start(cohort: Cohort, form: Fields) -> ResponseReturnValue:
    page = render_template("classes/roster.html", cohort=cohort, form=form,
                           most=roster.MOST_ROWS)
    return page, form.status


def _sheet(form: Fields) -> Sheet:
    """The table of the file, else of the paste. Raises BadField."""
    file = request.files.get("file")
    text, encoding = form.get("text"), form.get("encoding")
    if file and file.filename:
        text, encoding = decoded(file.read(), context.locale())
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")  # as a form sends it
    if len(text) > MOST_TEXT:
        raise BadField("text", "too-many-rows", most=roster.MOST_ROWS)
    try:
        rows = rows_of(text, roster.is_heading)
    except csv.Error:
        raise BadField("text", "no-table") from None
    if not any(rows):
        raise BadField("text", "empty")
    return Sheet(text, encoding, rows, _layout(form, rows))


def _layout(form: Fields, rows: Sequence[Sequence[str]]) -> Layout:
    """The columns as they were chosen on the page, else as they seem to be."""
    guess = roster.layout_of(rows)
    if not form.get("columns"):
        return guess
    chosen = [form.get(f"column.{at}") for at in range(len(guess.columns))]
    return Layout(tuple(one if one in roster.COLUMNS else "" for one in chosen),
                  form.get("heading") == "1")


def _looked_at(cohort: Cohort, form: Fields, sheet: Sheet) -> ResponseReturnValue:
    """The dry run, or the import when this is what was shown."""
    plan: Plan | None = None
    with form.collecting():
        plan = _plan(sheet, services().register(), cohort)
    changed_since = False
    if plan and form.get("digest") and form.get("confirm"):
        accepted = [int(one) for one in form.all("also") if one.isascii() and one.isdecimal()]
        kept = _kept(cohort, sheet, form.get("digest"), plan, accepted)
        if kept is not None:
            return _done(cohort, *kept)
        plan = _plan(sheet, services().register(), cohort_named(cohort.id))
        changed_since = True
    page = render_template(
        "classes/dry_run.html", cohort=cohort, form=form, sheet=sheet, plan=plan,
        changed_since=changed_since, sample=[row for row in sheet.rows if row][:SAMPLE],
        fields=[(one, FIELDS[one]()) for one in roster.COLUMNS],
        counts=[STATES[one](len(plan.of(one))) for one in roster.STATES
                if plan.of(one)] if plan else [],
        reason=_reason, what=_what)
    return page, 409 if changed_since else form.status


def _plan(sheet: Sheet, register: Register, cohort: Cohort) -> Plan:
    """Raises BadField."""
    return roster.plan(sheet.rows, sheet.layout, register, cohort, _languages())


def _languages() -> dict[str, str]:
    """The codes of the course's languages by what people call them."""
    found: dict[str, str] = {}
    for code in context.offered_languages():
        names = {code, context.LANGUAGES[code][0],
                 *(Locale.parse(one).languages[code] for one in context.LANGUAGES)}
        found |= {roster.folded(one): code for one in names}
    return found


def _reason(row: roster.Row) -> str:
    """Why a row is suspect or an error, and what to do."""
    if row.reason in REASONS:
        return REASONS[row.reason](row.values)
    field = FIELDS[str(row.values["field"])]()
    return gettext("%(field)s: %(reason)s", field=field,
                   reason=FIELD_REASONS[row.reason](row.values))


def _what(row: roster.Row) -> Iterator[str]:
    """What a row changes, a sentence each."""
    for field, old, new in row.changes:
        if field == "class":
            yield gettext("Enters this class.")
        elif field == LANGUAGE:
            yield gettext("Language: %(old)s becomes %(new)s.", old=_language(old),
                          new=_language(new))
        elif field == EXTRA:
            yield gettext("Extra time: %(old)s %% becomes %(new)s %%.", old=old, new=new)
        elif field == NAME:
            yield gettext("Name: %(old)s becomes %(new)s.", old=old, new=new)


def _language(code: str) -> str:
    return context.LANGUAGES.get(code, (code, ""))[0]


# Keeping ---------------------------------------------------------------------------------

def _kept(cohort: Cohort, sheet: Sheet, digest: str, plan: Plan, accepted: Sequence[int]
          ) -> tuple[list[tuple[Person, str]], int] | None:
    """Do what was shown: the new people with their PINs, and how many were changed. None when
    it would be something else by now."""
    if plan.digest != digest:
        return None
    wanted = plan.kept(accepted)
    strangers = [one for one in wanted if not one.person]
    ids = {one.n: one.person or token_hex(6) for one in wanted}
    lots = dict(zip((one.n for one in strangers), by_lot(len(strangers)), strict=True))
    with store().record(REGISTER) as record:
        register = Register(record.document)
        if _plan(sheet, register, cohort).digest != digest:
            return None
        for row in wanted:
            record.append(*_said(register, row, ids[row.n], lots.get(row.n)))
    if wanted:
        enter(cohort, dict.fromkeys(ids.values(), True))
    register = services().register()
    given = [(register.person(ids[n]), lot.pin) for n, lot in lots.items()]
    return given, len(wanted) - len(given)


def _said(register: Register, row: roster.Row, person_id: str, lot: Lot | None
          ) -> Iterator[Draft]:
    """What one row says of a person."""
    by = signed_in()
    if lot:
        yield people.enrol(register, person_id, name=row.name, number=row.number, by=by,
                           secret=lot.secret, language=row.language or context.locale())
        if row.extra_time:
            yield Draft("gave-extra-time", person_id, {"extra_time": row.extra_time}, actor=by.id)
        return
    person = register.person(person_id)
    for field, _, new in row.changes:
        if field == NAME:
            yield people.correct_name(person, new, by)
        elif field == LANGUAGE:
            yield people.change_language(person, new, by)
        elif field == EXTRA:
            yield people.give_extra_time(person, int(new), by)


def _done(cohort: Cohort, given: list[tuple[Person, str]], changed: int) -> ResponseReturnValue:
    done = gettext("%(new)s new, %(changed)s changed.", new=len(given), changed=changed)
    if given:
        return slips_page(cohort, given, done)
    session["done"] = done
    return redirect(url_for("classes.show_cohort", cohort_id=cohort.id), 303)
