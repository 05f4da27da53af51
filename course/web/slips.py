"""PINs made for a whole class, and the slips that hand each to its owner.

A PIN is kept only as a hash, so its slip is the answer to the request that made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import randbelow

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from ..core import people
from ..core.classroom import Cohort
from ..core.people import REGISTER, Person, Register
from .addresses import qr_symbol, room_addresses, server_port
from .classes import cohort_named, members
from .context import needs, services, signed_in, store

bp = Blueprint("slips", __name__, url_prefix="/classes/<cohort_id>/slips")

PIN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Lot:
    """A PIN by lot and its hash."""

    pin: str
    secret: str


def by_lot(count: int) -> list[Lot]:
    """So many new PINs. Each hash takes some 10 ms, so this is done before a record is held."""
    pins = [f"{randbelow(10 ** PIN_DIGITS):0{PIN_DIGITS}d}" for _ in range(count)]
    return [Lot(pin, services().secrets.of_pin(pin)) for pin in pins]


@bp.route("", methods=["GET", "POST"])
@needs("reset-pin")
def make_slips(cohort_id: str) -> ResponseReturnValue:
    """New PINs for those who were ticked, once, on slips to print."""
    cohort = cohort_named(cohort_id)
    learners = members(cohort)
    chosen = [one for one in learners if one.id in request.form.getlist("person")]
    if chosen:
        return slips_page(cohort, _given(chosen))
    page = render_template("classes/choose_slips.html", cohort=cohort, learners=learners,
                           nobody=request.method == "POST")
    return page, 422 if request.method == "POST" else 200


def _given(chosen: Sequence[Person]) -> list[tuple[Person, str]]:
    """Set the new PINs of those who are still there."""
    lots = by_lot(len(chosen))
    given = []
    with store().record(REGISTER) as record:
        register = Register(record.document)
        for person, lot in zip(chosen, lots, strict=True):
            known = register.get(person.id)
            if known and not known.removed:
                record.append(people.change_secret(known, lot.secret, by=signed_in()))
                given.append((known, lot.pin))
    for person, _ in given:
        services().throttle.succeeded(person.id)
    return given


def slips_page(cohort: Cohort, given: Sequence[tuple[Person, str]],
               done: str = "") -> ResponseReturnValue:
    """One slip for each person, shown this once."""
    addresses = room_addresses(server_port())
    address = addresses[0] if addresses else request.host_url.rstrip("/")
    slips = sorted(given, key=lambda one: (people.number_key(one[0].name), one[0].number))
    answer = make_response(render_template(
        "classes/slips.html", cohort=cohort, slips=slips, address=address, done=done,
        symbol=qr_symbol(address, "_qr")))
    answer.headers["Cache-Control"] = "no-store"
    return answer
