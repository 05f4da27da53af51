"""Coming in and going out: first start, enrolment, sign-in, handing the laptop over."""

from __future__ import annotations

from secrets import token_hex
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from ..core import people
from ..core.errors import BadField, NotFound, TooManyTries, WrongSecret
from ..core.people import ADMINISTRATOR, REGISTER, Person, Register
from . import context
from .addresses import qr, room_addresses, server_port
from .forms import Fields
from .words import sentence

bp = Blueprint("account", __name__)


# First start -----------------------------------------------------------------------------

@bp.route("/setup", methods=["GET", "POST"])
def set_up() -> ResponseReturnValue:
    """Create the first administrator; once there is one, this page is closed."""
    if context.services().register().has_administrator:
        return redirect(url_for(".show_start"), 303)
    form = Fields(request.form)
    if request.method == "POST" and (person := _first_administrator(form)):
        context.sign_in(person)
        return redirect(url_for("staff.show_accounts"), 303)
    return render_template("account/setup.html", form=form, **_room()), form.status


def _first_administrator(form: Fields) -> Person | None:
    """Made under the register's lock, so that two first pages make one administrator."""
    passphrase = new_passphrase(form)
    check_name_and_number(form)
    language = chosen_language(form)
    with form.collecting():
        if not form.errors:
            secret = context.services().secrets.of_passphrase(passphrase)
            return add_person(form, secret, ADMINISTRATOR, first=True, language=language)
    return None


def check_name_and_number(form: Fields) -> None:
    """Collect what is wrong with a name and a service number, each at its field."""
    for field in ("name", "number"):
        with form.collecting():
            people.clean_text(field, form.get(field))


def chosen_language(form: Fields) -> str:
    """One of the course's languages, the page's own when none was chosen."""
    language = form.get("language") or context.locale()
    with form.collecting():
        if language not in context.offered_languages():
            raise BadField("language", "choose")
    return language


def new_passphrase(form: Fields) -> str:
    """A passphrase that was typed twice, or an error at its field."""
    with form.collecting():
        passphrase = people.clean_passphrase(form.get("passphrase"))
        if form.get("again") != form.get("passphrase"):
            raise BadField("again", "not-the-same")
        return passphrase
    return ""


def new_pin(form: Fields) -> str:
    """A PIN that was typed twice, or an error at its field."""
    with form.collecting():
        pin = people.clean_pin(form.get("pin"))
        if "".join(form.get("again").split()) != "".join(form.get("pin").split()):
            raise BadField("again", "not-the-same")
        return pin
    return ""


def add_person(form: Fields, secret: str, role: str, *, first: bool = False,
               language: str = "") -> Person:
    """Enter a person into the register. Raises BadField; NotFound for a second first one."""
    person_id = token_hex(6)
    with context.store().record(REGISTER) as record:
        register = Register(record.document)
        if first and register.has_administrator:
            raise NotFound(what="setup")
        record.append(people.enrol(
            register, person_id, name=form.get("name"), number=form.get("number"), secret=secret,
            role=role, language=language or context.locale()))
    return context.services().register().person(person_id)


# The start page --------------------------------------------------------------------------

@bp.get("/")
def show_start() -> ResponseReturnValue:
    """Home for who is signed in, the class list for everybody else."""
    person = context.me()
    if person is not None:
        return redirect(home_of(person), 303)
    return show_sign_in()


@bp.get("/sign-in")
def show_sign_in() -> ResponseReturnValue:
    """Who is studying now? The same page for everybody: it is kept ready and holds no token."""
    register = context.services().register()
    if not register.has_administrator:
        return redirect(url_for(".set_up"), 303)
    page = render_template("account/sign_in.html", learners=register.learners(), **_room())
    return _remembering_language(Response(page, headers={"Cache-Control": "no-cache"}))


@bp.get("/sign-in/number")
def find_number() -> ResponseReturnValue:
    """From a service number to the PIN, for long lists. An unknown number shows no difference."""
    number = request.args.get("number", "")
    person = context.services().register().numbered(number)
    if person is not None and person.role == people.LEARNER:
        return redirect(url_for(".ask_pin", person_id=person.id), 303)
    return render_template("account/sign_in.html", number=number, unknown_number=True,
                           learners=context.services().register().learners(), **_room()), 404


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Go on in another language: kept in the register for who is signed in."""
    form = Fields(request.form)
    chosen = chosen_language(form)
    person = context.me()
    if person and not form.errors:
        with context.store().record(REGISTER) as record:
            record.append(people.change_language(person, chosen))
    back = urlsplit(request.referrer or "/")
    here = back.path if back.netloc in {"", request.host} else "/"
    return _remembering_language(make_response(redirect(here or "/", 303)), chosen)


def _remembering_language(response: Response, chosen: str = "") -> Response:
    chosen = chosen or request.args.get("lang", "")
    if chosen in context.offered_languages():
        response.set_cookie("lang", chosen, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response


def _room() -> dict[str, object]:
    """Where the other devices of the room find this page."""
    addresses = room_addresses(server_port())
    return {"addresses": addresses, "qr": qr(addresses[0]) if addresses else ""}


def home_of(person: Person) -> str:
    """Where a person begins: in the class whose code they gave before they signed in."""
    if person.role == people.LEARNER:
        if context.JOIN_CODE in session:
            return url_for("phones.join")
        return url_for("learner.show_home")
    if person.may("run-classes"):
        return url_for("classes.show_classes")
    return url_for("staff.show_people")


# Signing in ------------------------------------------------------------------------------

@bp.get("/sign-in/<person_id>")
def ask_pin(person_id: str) -> ResponseReturnValue:
    return _pin_page(_learner(person_id))


@bp.post("/sign-in/<person_id>")
def sign_in(person_id: str) -> ResponseReturnValue:
    """Check a learner's PIN."""
    person = _learner(person_id)
    form = Fields(request.form)
    try:
        pin = people.clean_pin(form.get("pin"))
        check_secret(person.id, person.secret, pin)
    except TooManyTries as error:
        return _pin_page(person, "wait", int(str(error.values["seconds"]))), error.status
    except (BadField, WrongSecret):
        return _pin_page(person, "wrong"), WrongSecret.status
    context.sign_in(person)
    return redirect(home_of(person), 303)


def _pin_page(person: Person, error: str = "", seconds: int = 0) -> str:
    return render_template("account/pin.html", person=person, error=error, seconds=seconds,
                           learners=context.services().register().learners())


def _learner(person_id: str) -> Person:
    person = context.services().register().person(person_id)
    if person.role != people.LEARNER:
        raise NotFound(what="person")
    return person


@bp.route("/staff", methods=["GET", "POST"])
def staff_sign_in() -> ResponseReturnValue:
    """Trainers, registrars and administrators come in by number and passphrase."""
    form = Fields(request.form)
    if request.method == "GET":
        return render_template("account/staff_sign_in.html", form=form)
    person = context.services().register().numbered(form.get("number"))
    known = person if person and person.role in people.STAFF else None
    try:
        check_secret("staff:" + people.number_key(form.get("number"))[:80],
               known.secret if known else "", form.get("passphrase"))
    except (WrongSecret, TooManyTries) as error:
        form.errors[""] = sentence(error)
        return render_template("account/staff_sign_in.html", form=form), error.status
    assert known is not None
    context.sign_in(known)
    return redirect(home_of(known), 303)


def check_secret(name: str, kept: str, given: str) -> None:
    """One try at a secret. Raises WrongSecret or TooManyTries."""
    throttle = context.services().throttle
    throttle.check(name)
    if not context.services().secrets.fits(kept, given):
        throttle.failed(name)
        raise WrongSecret
    throttle.succeeded(name)


@bp.post("/hand-over")
def hand_over() -> ResponseReturnValue:
    """Finish: nothing of this learner stays in the browser."""
    session.clear()
    response = redirect(url_for(".show_sign_in"), 303)
    response.delete_cookie("session")
    return response


# Enrolling -------------------------------------------------------------------------------

@bp.route("/enrol", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """A learner enters name, service number, PIN and language; no e-mail anywhere."""
    if not context.services().register().has_administrator:
        return redirect(url_for(".set_up"), 303)
    form = Fields(request.form)
    if request.method == "POST" and (person := _enrolled(form)):
        context.sign_in(person)
        return redirect(home_of(person), 303)
    return render_template("account/enrol.html", form=form), form.status


def _enrolled(form: Fields) -> Person | None:
    pin = new_pin(form)
    check_name_and_number(form)
    language = chosen_language(form)
    with form.collecting():
        if not form.errors:
            secret = context.services().secrets.of_pin(pin)
            return add_person(form, secret, people.LEARNER, language=language)
    return None
