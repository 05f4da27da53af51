"""The register: looking records up, correcting, re-issuing and revoking them, and checking."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..core.academy import clean_line
from ..core.errors import BadField, NotFound
from ..core.issued import Issued
from . import context
from .context import needs, office, signed_in
from .facts import FAULTS, KINDS, VERDICTS, is_good, meaning, printed, rows_of
from .forms import Fields, sent_or
from .keyhole import unlocked
from .keys import download
from .printable import must_be_printable

if TYPE_CHECKING:
    from ..exchange.compact import Verdict

bp = Blueprint("registry", __name__, url_prefix="/academy")

CORRECTED = ("name", "other_name", "begun", "ended")
"""What a correction may change, as the form names it."""


# Looking up ------------------------------------------------------------------------------

@bp.get("/register")
@needs("see-register")
def show_register() -> ResponseReturnValue:
    """Records by number, short code, name, person and period."""
    form = Fields(request.args)
    page = render_template("academy/register.html", records=found(form)[::-1], form=form,
                           kinds=_said(KINDS), verdicts=_said(VERDICTS))
    return page, form.status


def _said(words: object) -> dict[str, str]:
    return {key: word() for key, word in dict(words).items()}  # type: ignore[call-overload]


def found(form: Fields) -> list[Issued]:
    """What the search asks for, oldest first."""
    since, until = _date(form, "since"), _date(form, "until")
    register, q = office().register, form.get("q").strip()
    try:
        one = register.get(q) or register.with_code(q)
    except ValueError:
        return register.search(name=q, since=since, until=until, person=form.get("person"),
                               manual=form.get("manual"), cohort=form.get("cohort").strip())
    return [one] if one else []


def _date(form: Fields, name: str) -> str:
    text = form.get(name).strip()
    with form.collecting():
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError as error:
            raise BadField(name, "date") from error
    return ""


@bp.get("/register/batch")
@needs("see-register")
def show_batch() -> ResponseReturnValue:
    """What was just issued together, to be printed."""
    numbers = [one.number for one in office().register.records]
    try:
        first, last = (numbers.index(request.args.get(name, "")) for name in ("first", "last"))
    except ValueError:
        return redirect(url_for(".show_register"), 303)
    records = [one for one in office().register.records[first:last + 1]
               if one.number.rpartition("-")[0] == numbers[first].rpartition("-")[0]]
    return render_template("academy/batch.html", records=records)


@bp.get("/register/print")
@needs("see-register")
def print_register() -> ResponseReturnValue:
    """The register on paper, with the ends of its chains: so it can be compared years later."""
    form = Fields(request.args)
    register = office().register
    return render_template(
        "academy/register_print.html", records=found(form), heads=register.heads(), form=form,
        academy=office().academy, printed=context.services().now(), kinds=_said(KINDS),
        verdicts=_said(VERDICTS))


@bp.get("/register/faults")
@needs("see-register")
def show_faults() -> ResponseReturnValue:
    """Check every chain, seal and number of the register."""
    records = office().records()
    return render_template("academy/faults.html", faults=records.faults(), words=_said(FAULTS),
                           lines=len(records.register.lines), count=len(records.register.records),
                           heads=records.register.heads())


@bp.get("/register/<number>")
@needs("see-register")
def show_record(number: str) -> ResponseReturnValue:
    """One record: what it says, whether it holds, and what became of it."""
    from ..exchange.compact import facts_of

    records = office().records()
    one = records.whole(records.register.record(number))
    verdict = records.check(one.record, one.text)
    people = context.services().register()
    return render_template(
        "academy/record.html", one=one, record=one.credential,
        rows=rows_of(facts_of(one.record)), person=people.get(one.person),
        by=people.get(one.line.actor), title=printed(one.credential.kind),
        **_words(verdict))


def _words(verdict: Verdict) -> dict[str, object]:
    return {"verdict": verdict, "good": is_good(verdict), "meaning": meaning(verdict),
            "verdict_word": VERDICTS[verdict.state](),
            "expired": verdict.expired(office().moment().believed)}


@bp.get("/register/<number>/record.json")
@needs("see-register")
def export_record(number: str) -> ResponseReturnValue:
    """The record as it was signed, with its text: what `course verify` takes."""
    one = office().whole(number)
    return download({"record": one.record, "text": one.text, "code": one.code,
                     "proofs": one.line.body.get("proofs", {})}, f"{one.number}.json")


@bp.get("/register/<number>/badge.json")
@needs("see-register")
def export_badge(number: str) -> ResponseReturnValue:
    """The Open Badge that was signed with the record. Raises NotFound when none was."""
    badge = office().whole(number).line.body.get("proofs", {}).get("badge")
    if badge is None:
        raise NotFound(what="badge")
    return download(badge, f"{number}.badge.json")


# What becomes of a record ----------------------------------------------------------------

@bp.route("/register/<number>/correct", methods=["GET", "POST"])
@needs("issue-records")
def correct(number: str) -> ResponseReturnValue:
    """Issue it again with a name or a date put right; the old one is superseded."""
    office().register.standing_record(number)
    form = sent_or(_correctable(number))
    if request.method == "POST" and (new := _replaced(form, number, _changes(form, number))):
        return redirect(url_for(".show_record", number=new), 303)
    return _act("correct", number, form)


def _correctable(number: str) -> dict[str, str]:
    """What a record says now of what can be corrected."""
    record = office().whole(number).record
    return {**record["named"], "begun": record["begun"], "ended": record["ended"]}


def _changes(form: Fields, number: str) -> dict[str, str]:
    """The fields that were changed. Something has to be."""
    before = _correctable(number)
    sent = {name: form.get(name).strip() for name in CORRECTED}
    if form.get("other_language") in {"", *context.LANGUAGES_OF_NAMES}:
        sent["other_language"] = form.get("other_language") if sent["other_name"] else ""
    changes = {name: text for name, text in sent.items() if text != before[name]}
    if not changes:
        form.errors[""] = gettext("Nothing is changed yet. Change a field, or issue it again as "
                                  "it is.")
    return changes


@bp.route("/register/<number>/reissue", methods=["GET", "POST"])
@needs("issue-records")
def reissue(number: str) -> ResponseReturnValue:
    """Issue the same again under a new number; the old one is superseded."""
    office().register.standing_record(number)
    form = Fields(request.form)
    if request.method == "POST" and (new := _replaced(form, number, {})):
        return redirect(url_for(".show_record", number=new), 303)
    return _act("reissue", number, form)


def _replaced(form: Fields, number: str, changes: dict[str, str]) -> str:
    with form.collecting():
        clean_line("reason", form.get("reason"))
    must_be_printable(form, changes.values())
    signer = unlocked(form) if not form.errors else None
    with form.collecting():
        if signer:
            return office().replace(signer, number, form.get("reason"), changes, signed_in())
    return ""


@bp.route("/register/<number>/revoke", methods=["GET", "POST"])
@needs("issue-records")
def revoke(number: str) -> ResponseReturnValue:
    """Take a record back, for a reason that whoever checks it is told."""
    office().register.standing_record(number)
    form = Fields(request.form)
    if request.method == "POST":
        with form.collecting():
            clean_line("reason", form.get("reason"))
        signer = unlocked(form) if not form.errors else None
        if signer:
            office().revoke(signer, number, form.get("reason"), signed_in())
            return redirect(url_for(".show_record", number=number), 303)
    return _act("revoke", number, form)


def _act(what: str, number: str, form: Fields) -> ResponseReturnValue:
    page = render_template(f"academy/{what}.html", one=office().register.record(number), form=form,
                           when=office().moment())
    return page, form.status


# Checking --------------------------------------------------------------------------------

@bp.route("/check", methods=["GET", "POST"])
@needs("see-register")
def check() -> ResponseReturnValue:
    """Check a record by the text of its square, by its number or by its short code."""
    form = Fields(request.form)
    verdict = _verdict(form) if request.method == "POST" else None
    words = _words(verdict) if verdict else {}
    facts = verdict.facts if verdict else None
    page = render_template(
        "academy/check.html", form=form, rows=rows_of(facts) if facts else [], facts=facts,
        title=printed(facts.kind) if facts else "", **words)
    return page, form.status


def _verdict(form: Fields) -> Verdict | None:
    records, what = office().records(), form.get("what").strip()
    if ":" in what or len(what) > 60:
        return records.read(what)
    with form.collecting():
        clean_line("what", what)
        try:
            one = records.find(what)
        except ValueError:
            form.errors["what"] = gettext("This is neither a number nor a short code without a "
                                          "slip of the hand.")
            return None
        if one:
            return records.check(one.record, one.text)
        form.errors["what"] = gettext("The register here has no such record.")
    return None
