"""The academy itself: its name and who signs, its logo, its own rules; where records begin."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ..core import academy
from ..core.academy import EVERY, Academy, Rules, Signatory
from ..core.errors import BadField, NotFound
from ..core.standing import kinds_of
from . import context
from .context import library, needs, office, signed_in
from .forms import Fields, sent_or

if TYPE_CHECKING:
    from ..core.activity import Manual

bp = Blueprint("academy", __name__, url_prefix="/academy")

MOST_SIGNATORIES, SIGNATORIES_SHOWN = 9, 3
"""As many fit on a sheet; and of how many there are rows to fill in, one more when all are full."""
SIGNATORY_FIELDS = {"name": "signs", "title": "title", "other_name": "other_signs",
                    "other_title": "other_title"}
ALL = "all"
"""Stands in an address for the rules of all manuals."""


@bp.get("")
@needs("see-register")
def show_overview() -> ResponseReturnValue:
    """Where records begin: what is still to be set up, whom to look at, what is due."""
    manuals = [(manual, kinds_of(manual)) for manual in library().manuals(context.locale())]
    when = office().moment()
    return render_template(
        "academy/overview.html", academy=office().academy, key=office().keyring.current(),
        manuals=manuals, when=when, due=office().register.due(when.believed),
        count=len(office().register.records))


# Name, signatories and logo --------------------------------------------------------------

@bp.route("/profile", methods=["GET", "POST"])
@needs("describe-academy")
def edit_profile() -> ResponseReturnValue:
    """Who the academy is, as it stands on every record issued from now on."""
    now = office().academy
    form = sent_or(_as_sent(now))
    if request.method == "POST" and _described(form):
        return redirect(url_for(".show_overview"), 303)
    return _profile_page(now, form)


def _profile_page(now: Academy, form: Fields) -> ResponseReturnValue:
    rows = max(SIGNATORIES_SHOWN, len(now.signatories) + 1)
    page = render_template("academy/profile.html", academy=now, form=form,
                           places=range(1, min(rows, MOST_SIGNATORIES) + 1),
                           room=rows <= MOST_SIGNATORIES,
                           has_key=office().keyring.current() is not None)
    return page, form.status


def _as_sent(now: Academy) -> dict[str, str]:
    """The fields of the form as they would be sent for what is known."""
    sent = {name: getattr(now, name) for name in ("name", "other_name", "other_language", "prefix")}
    for place, one in enumerate(now.signatories, start=1):
        sent |= {f"{field}{place}": value for name, value in asdict(one).items()
                 if (field := SIGNATORY_FIELDS[name])}
    return sent


def _described(form: Fields) -> bool:
    with form.collecting():
        if form.get("other_language") not in {"", *context.LANGUAGES_OF_NAMES}:
            raise BadField("other_language", "choose")
        office().say(academy.describe(
            signed_in(), name=form.get("name"), prefix=form.get("prefix"),
            other_name=form.get("other_name"), other_language=form.get("other_language"),
            signatories=_signatories(form)))
        return True
    return False


def _signatories(form: Fields) -> list[Signatory]:
    """Those whose row holds anything."""
    rows = [{name: form.get(f"{field}{place}") for name, field in SIGNATORY_FIELDS.items()}
            for place in range(1, MOST_SIGNATORIES + 1)]
    return [Signatory(**row) for row in rows if any(value.strip() for value in row.values())]


@bp.post("/logo")
@needs("describe-academy")
def change_logo() -> ResponseReturnValue:
    """Set another picture, or none. Records keep the one that they were issued with."""
    sent = request.files.get("logo")
    picture = sent.read() if sent else b""
    form = Fields(MultiDict(_as_sent(office().academy)))
    with form.collecting():
        if not picture and not request.form.get("remove"):
            raise BadField("logo", "picture")
        office().say(academy.change_logo(signed_in(), picture))
        return redirect(url_for(".edit_profile"), 303)
    return _profile_page(office().academy, form)


@bp.get("/logo/<logo>")
@needs("read")
def show_logo(logo: str) -> ResponseReturnValue:
    """A logo by its digest, also one that has been replaced: old records show theirs."""
    picture = office().academy.logo_bytes(logo)
    if not picture:
        raise NotFound(what="logo")
    kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
    return Response(picture, mimetype=kind)


# Rules -----------------------------------------------------------------------------------

@bp.get("/rules")
@needs("describe-academy")
def show_rules() -> ResponseReturnValue:
    """The academy's own rules beside those of each manual."""
    return render_template("academy/rules.html", academy=office().academy, every=EVERY, all=ALL,
                           manuals=library().manuals(context.locale()))


@bp.route("/rules/<manual_id>", methods=["GET", "POST"])
@needs("describe-academy")
def edit_rules(manual_id: str) -> ResponseReturnValue:
    """What the academy asks on top, of one manual or of all."""
    manual = _manual(manual_id)
    now = office().academy.rules_for(manual.id if manual else EVERY)
    form = sent_or({
        "attendance": str(now.attendance), "pass_mark": str(now.pass_mark),
        "valid_months": "" if now.valid_months is None else str(now.valid_months),
        "completion_first": "yes" if now.completion_first else ""})
    if request.method == "POST" and _ruled(form, manual.id if manual else EVERY):
        return redirect(url_for(".show_rules"), 303)
    return render_template("academy/rule.html", form=form, manual=manual), form.status


def _manual(manual_id: str) -> Manual | None:
    return None if manual_id == ALL else library().manual(manual_id, context.locale())


def _ruled(form: Fields, manual_id: str) -> bool:
    attendance, pass_mark = whole(form, "attendance", "percent"), whole(form, "pass_mark",
                                                                        "percent")
    months = whole(form, "valid_months", "months")
    with form.collecting():
        if not form.errors:
            office().say(academy.set_rules(signed_in(), manual_id, Rules(
                attendance or 0, pass_mark or 0, months, bool(form.get("completion_first")))))
            return True
    return False


def whole(form: Fields, name: str, reason: str) -> int | None:
    """A whole number of a form, in the digits of any script; None for an empty field."""
    text = form.get(name).strip()
    if not text:
        return None
    with form.collecting():
        with suppress(ValueError):
            if len(text) < 7:
                return int(text)
        raise BadField(name, reason)
    return None
