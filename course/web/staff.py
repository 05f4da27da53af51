"""Staff pages: the class list and its PINs, accounts, what the check found, and health."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import people
from ..core.errors import BadField, NotAllowed, NotFound
from ..core.people import LEARNER, REGISTER, REGISTRAR, TRAINER, Person, Register
from . import context
from .account import add_person, check_name_and_number, new_passphrase
from .context import needs, signed_in, store
from .forms import Fields
from .problems import worth_telling
from .slips import by_lot

bp = Blueprint("staff", __name__, url_prefix="/staff")


# The class list --------------------------------------------------------------------------

@bp.get("/people")
@needs("see-people")
def show_people() -> ResponseReturnValue:
    """Everybody who is enrolled; a PIN is reset from here in three clicks."""
    q = request.args.get("q", "").strip()
    wanted = people.number_key(q)
    learners = [one for one in context.services().register().learners()
                if wanted in people.number_key(f"{one.name} {one.number}")]
    return render_template("trainer/people.html", learners=learners, q=q)


@bp.get("/people/<person_id>")
@needs("see-people")
def show_person(person_id: str) -> ResponseReturnValue:
    """One learner: the place to reset the PIN, or to take the name off the list."""
    return render_template("trainer/reset.html", person=_learner(person_id), new_pin="")


@bp.post("/people/<person_id>/pin")
@needs("reset-pin")
def reset_pin(person_id: str) -> ResponseReturnValue:
    """Give a learner a new PIN by lot. It is shown once; the learner's sessions end."""
    person = _learner(person_id)
    [lot] = by_lot(1)
    _change(person, lot.secret)
    context.services().throttle.succeeded(person.id)
    return render_template("trainer/reset.html", person=person, new_pin=lot.pin)


@bp.post("/people/<person_id>/remove")
@needs("remove-learner")
def remove_learner(person_id: str) -> ResponseReturnValue:
    _remove(_learner(person_id))
    return redirect(url_for(".show_people"), 303)


def _learner(person_id: str) -> Person:
    person = context.services().register().person(person_id)
    if person.role != LEARNER:
        raise NotFound(what="person")
    return person


def _change(person: Person, secret: str) -> None:
    with store().record(REGISTER) as record:
        Register(record.document).person(person.id)  # still there, under the lock
        record.append(people.change_secret(person, secret, by=signed_in()))


def _remove(person: Person) -> None:
    with store().record(REGISTER) as record:
        record.append(people.remove(person, by=signed_in()))


# Accounts --------------------------------------------------------------------------------

@bp.route("/accounts", methods=["GET", "POST"])
@needs("manage-staff")
def show_accounts() -> ResponseReturnValue:
    """Trainers, registrars and administrators; a form for a new one."""
    form = Fields(request.form)
    if request.method == "POST" and _created(form):
        return redirect(url_for(".show_accounts"), 303)
    page = render_template("trainer/accounts.html", form=form,
                           staff=context.services().register().staff())
    return page, form.status


def _created(form: Fields) -> bool:
    passphrase = new_passphrase(form)
    check_name_and_number(form)
    with form.collecting():
        if form.get("role") not in {TRAINER, REGISTRAR, people.ADMINISTRATOR}:
            raise BadField("role", "choose")
    with form.collecting():
        if not form.errors:
            add_person(form, context.services().secrets.of_passphrase(passphrase), form.get("role"))
            return True
    return False


@bp.route("/accounts/<person_id>", methods=["GET", "POST"])
@needs("manage-staff")
def change_passphrase(person_id: str) -> ResponseReturnValue:
    """Set a new passphrase for a colleague who forgot theirs, or for oneself."""
    person = _colleague(person_id)
    form = Fields(request.form)
    if request.method == "POST" and (passphrase := new_passphrase(form)):
        _change(person, context.services().secrets.of_passphrase(passphrase))
        if person.id == signed_in().id:
            context.sign_in(context.services().register().person(person.id))
        return redirect(url_for(".show_accounts"), 303)
    return render_template("trainer/passphrase.html", person=person, form=form), form.status


@bp.post("/accounts/<person_id>/remove")
@needs("manage-staff")
def remove_colleague(person_id: str) -> ResponseReturnValue:
    """Take a colleague off the list; nobody removes themselves, so one administrator stays."""
    person = _colleague(person_id)
    if person.id == signed_in().id:
        raise NotAllowed(action="remove-oneself")
    _remove(person)
    return redirect(url_for(".show_accounts"), 303)


def _colleague(person_id: str) -> Person:
    person = context.services().register().person(person_id)
    if person.role == LEARNER:
        raise NotFound(what="person")
    return person


# Content ---------------------------------------------------------------------------------

@bp.get("/content")
@needs("see-content-problems")
def show_content() -> ResponseReturnValue:
    """What the check found, which national slots are empty, which languages are complete."""
    library = context.library()
    return render_template(
        "trainer/content.html", problems=worth_telling(library.problems()),
        slots=library.slots(), coverage=library.coverage(),
        manuals=library.manuals(context.locale()))
