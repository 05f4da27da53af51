"""Bringing laptops together: a file out, files in with a preview and an undo, people enrolled
twice, and the end of a course."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from ..core import people
from ..core.duplicates import NUMBER as SAME_NUMBER
from ..core.duplicates import suspected
from ..core.errors import BadBundle, NotFound, NotSaved, TooManyTries, WrongSecret
from ..core.people import REGISTER, Person, Register
from ..core.table import NUMBER, Column, Table
from .account import check_secret
from .context import needs, services, signed_in, store
from .forms import Fields
from .health import size
from .tables import file_of, wants_file
from .words import sentence

if TYPE_CHECKING:
    from ..bundles import Bundle
    from ..carrying import Carrying
    from ..core.statement import Statement
    from ..store import Comparison

bp = Blueprint("bringing", __name__, url_prefix="/classes/bring")

OTHER_RECORDS: Mapping[str, Callable[[], str]] = {
    "people": lambda: gettext("The list of people"),
    "cohort": lambda: gettext("Classes"),
    "session": lambda: gettext("Sessions"),
    "exam": lambda: gettext("Examinations"),
    "play": lambda: gettext("Cases run with the room"),
    "academy": lambda: gettext("The academy"),
    "register": lambda: gettext("The register of records"),
}
"""What a file may speak of beside the learning of a person, by the kind of record."""


def carrying() -> Carrying:
    return services().carrying()


# The start -------------------------------------------------------------------------------

@bp.get("")
@needs("bring-together")
def show_start() -> ResponseReturnValue:
    """A file of this laptop, files of others, what was brought in, and who may be there twice."""
    return _start_page(Fields(request.form))


def _start_page(form: Fields) -> ResponseReturnValue:
    page = render_template(
        "bringing/start.html", form=form, cohorts=services().cohorts.all(),
        imports=store().imports()[::-1], name_of=_name_of, done=session.pop("done", ""),
        suspected=len(suspected(store().document(REGISTER))))
    return page, form.status


def _name_of(person_id: str) -> str:
    person = services().register().get(person_id)
    return person.name if person else ""


@bp.post("/export")
@needs("bring-together")
def export() -> ResponseReturnValue:
    """A file with all that other laptops need, or what belongs to one class; sealed on demand."""
    form = Fields(request.form)
    passphrase = ""
    if form.get("passphrase"):
        with form.collecting():
            passphrase = people.clean_passphrase(form.get("passphrase"))
        if form.get("again") != form.get("passphrase"):
            form.errors["again"] = gettext("The two are not the same. Type both again.")
    if form.errors:
        return _start_page(form)
    cohort = services().cohorts.get(form.get("cohort")) if form.get("cohort") else None
    answer = Response(carrying().parcel(cohort, passphrase), content_type="application/x-fourth-p")
    answer.headers.set("Content-Disposition", "attachment", filename=carrying().name())
    return answer


# In --------------------------------------------------------------------------------------

@bp.post("/look")
@needs("bring-together")
def look() -> ResponseReturnValue:
    """Check the files that were sent, each to its last line, and keep them until a decision."""
    form = Fields(request.form)
    tokens = _put_down(form, "files")
    if form.errors:
        carrying().drop(tokens)
        return _start_page(form)
    return redirect(url_for(".preview", file=tokens), 303)


def _put_down(form: Fields, field: str) -> list[str]:
    """The files of a field, kept until later; what is wrong with them is the field's error."""
    tokens: list[str] = []
    sent = [one for one in request.files.getlist(field) if one.filename]
    if not sent:
        form.errors[field] = gettext("Choose a file.")
    for one in sent:
        try:
            tokens.append(carrying().put_down(one.stream, str(one.filename),
                                              form.get("file_passphrase")))
        except (BadBundle, NotSaved) as error:
            form.errors[field] = sentence(error)
            break
    return tokens


@bp.get("/preview")
@needs("bring-together")
def preview() -> ResponseReturnValue:
    """What taking the files would change, learner by learner; nothing has changed yet."""
    tokens = request.args.getlist("file")
    bundles = carrying().waiting(tokens)
    found = carrying().compare(bundles)
    tables = [_files_table(bundles), _records_table(found)]
    if wants_file():
        return file_of(tables, "preview")
    return render_template(
        "bringing/preview.html", tokens=tokens, files=tables[0], records=tables[1], found=found,
        conflicts=[(_said(ours), _said(theirs)) for ours, theirs in found.conflicts[:50]],
        suspected=suspected(found.register), same_number=SAME_NUMBER,
        query="".join(f"&file={token}" for token in tokens))


def _files_table(bundles: Iterable[Bundle]) -> Table:
    columns = (Column(gettext("File")), Column(gettext("Laptop")), Column(gettext("Made")),
               Column(gettext("Statements"), NUMBER), Column(gettext("Size")))
    return Table(gettext("Files"), columns, tuple(
        (one.name, one.head.device[:6], one.head.made[:16].replace("T", " "), len(one),
         size(one.file.stat().st_size)) for one in bundles))


def _records_table(found: Comparison) -> Table:
    """One line for each learner that the files speak of, and one for each kind of other record."""
    register = Register(found.register)
    learners: list[tuple[str, str, int, int, int]] = []
    others: dict[str, tuple[int, int, int]] = {}
    for one in found.records:
        kind, _, key = one.record.partition(":")
        counts = (one.new, one.known, len(one.conflicts))
        person = register.get(key) if kind == "learner" else None
        if person:
            learners.append((person.name, person.number, *counts))
        else:
            before = others.get(kind, (0, 0, 0))
            others[kind] = (before[0] + counts[0], before[1] + counts[1], before[2] + counts[2])
    learners.sort(key=lambda row: (people.number_key(row[0]), row[1]))
    rows = [*learners, *((_kind(kind), "", *counts) for kind, counts in others.items())]
    columns = (Column(gettext("Whose")), Column(gettext("Service number")),
               Column(gettext("New"), NUMBER), Column(gettext("Known"), NUMBER),
               Column(gettext("In conflict"), NUMBER))
    return Table(gettext("What would change"), columns, tuple(rows))


def _kind(kind: str) -> str:
    return OTHER_RECORDS[kind]() if kind in OTHER_RECORDS else gettext("Other")


def _said(statement: Statement) -> tuple[str, str, str]:
    return statement.id, f"{statement.verb} {statement.object}", statement.time


@bp.post("/take")
@needs("bring-together")
def take() -> ResponseReturnValue:
    """Take the files that were looked at, or (`drop`) let go of them."""
    tokens = request.form.getlist("file")
    if "drop" in request.form:
        carrying().drop(tokens)
        return redirect(url_for(".show_start"), 303)
    taken = [one for one in carrying().take(tokens, signed_in().id) if one.id]
    session["done"] = (
        gettext("Brought in. It can be undone on the page that brings laptops together.") if taken
        else gettext("All of it was here already: nothing has changed."))
    if taken and suspected(store().document(REGISTER)):
        return redirect(url_for(".show_twice"), 303)
    return redirect(url_for(".show_start"), 303)


@bp.post("/imports/<import_id>/undo")
@needs("bring-together")
def undo(import_id: str) -> ResponseReturnValue:
    """Withdraw what a file brought: everything is as if it had not been taken."""
    store().withdraw(import_id, signed_in().id)
    session["done"] = gettext("Undone. The file can be brought in again.")
    return redirect(url_for(".show_start"), 303)


# Enrolled twice --------------------------------------------------------------------------

@bp.get("/twice")
@needs("bring-together")
def show_twice() -> ResponseReturnValue:
    """Learners who look like one, to be joined or kept apart; and those who were joined."""
    register = services().register()
    return render_template(
        "bringing/twice.html", pairs=suspected(store().document(REGISTER)),
        joined=register.joined(), same_number=SAME_NUMBER, done=session.pop("done", ""))


@bp.post("/twice")
@needs("bring-together")
def settle() -> ResponseReturnValue:
    """Two are one (`kept`), two are two (`apart`), or are not one after all (`parted`)."""
    one, other = _learner("one"), _learner("other")
    with store().record(REGISTER) as record:
        if "apart" in request.form:
            record.append(people.keep_apart(one, other, signed_in()))
        else:
            record.append(people.join(other, one, signed_in()))
    return redirect(url_for(".show_twice"), 303)


@bp.post("/twice/part")
@needs("bring-together")
def part() -> ResponseReturnValue:
    """Take a joining back."""
    other = next((other for other, _ in services().register().joined()
                  if other.id == request.form.get("other")), None)
    if other is None:
        raise NotFound(what="person")
    with store().record(REGISTER) as record:
        record.append(people.join(other, None, signed_in()))
    return redirect(url_for(".show_twice"), 303)


def _learner(field: str) -> Person:
    """A learner of the register who is joined to nobody. Raises NotFound."""
    person = services().register().person(request.form.get(field, ""))
    if person.role != people.LEARNER or person.id != request.form.get(field):
        raise NotFound(what="person")
    return person


# The end of a course ---------------------------------------------------------------------

@bp.get("/end")
@needs("bring-together")
def show_end() -> ResponseReturnValue:
    """Export, have the copy on another medium read back, and only then wipe."""
    return _end_page(Fields(request.form))


def _end_page(form: Fields) -> ResponseReturnValue:
    page = render_template("bringing/end.html", form=form, checked=carrying().checked,
                           can_wipe=carrying().can_wipe, problem=session.pop("problem", ""),
                           statements=store().health().statements)
    return page, form.status


@bp.post("/end/check")
@needs("bring-together")
def check_copy() -> ResponseReturnValue:
    """Read the copy from the other medium, and see that nothing of this laptop is missing."""
    form = Fields(request.form)
    tokens = _put_down(form, "copy")
    if form.errors:
        carrying().drop(tokens)
        return _end_page(form)
    missing = carrying().check(tokens[0])
    carrying().drop(tokens)
    if missing:
        session["problem"] = ngettext(
            "%(num)s statement of this laptop is not in that file. Export again and copy that.",
            "%(num)s statements of this laptop are not in that file. Export again and copy that.",
            missing)
    return redirect(url_for(".show_end", _anchor="wipe"), 303)


@bp.post("/end/wipe")
@needs("wipe-laptop")
def wipe() -> ResponseReturnValue:
    """Remove everything that was learned on this laptop, once the passphrase was given again."""
    form = Fields(request.form)
    try:
        check_secret(f"wipe:{signed_in().id}", signed_in().secret, form.get("passphrase"))
    except (WrongSecret, TooManyTries) as error:
        form.errors["passphrase"] = sentence(error)
        return _end_page(form)
    services().store = carrying().wipe()
    session.clear()
    return redirect(url_for("account.show_start"), 303)
