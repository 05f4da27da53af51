"""A learner's own records, and a record as a sheet: for the screen, for print, to be read aloud."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..core.errors import NotFound
from ..core.issued import Issued
from ..exchange.labels import is_right_to_left
from .addresses import square
from .context import needs, office, signed_in
from .facts import KINDS, VERDICTS, is_good, meaning

bp = Blueprint("certificates", __name__, url_prefix="/records")


@bp.get("")
@needs("study")
def show_mine() -> ResponseReturnValue:
    """The records that a learner holds, newest first."""
    records = office().register.search(person=signed_in().id)
    return render_template("learner/records.html", records=records[::-1],
                           kinds={key: word() for key, word in KINDS.items()},
                           verdicts={key: word() for key, word in VERDICTS.items()})


@bp.get("/<number>")
@needs("read")
def show_record(number: str) -> ResponseReturnValue:
    """One record as a sheet: its holder and who keeps the register may see it.

    Its words are those that are printed, in the record's own language and the one beside it,
    whatever language the page around it is in.
    """
    from ..exchange.sheet import sheet_of

    one = mine_or_kept(number)
    verdict = office().records().check(one.record, one.text)
    return render_template(
        "learner/certificate.html", one=one, record=one.credential, sheet=sheet_of(one),
        verdict=verdict, good=is_good(verdict), meaning=meaning(verdict),
        verdict_word=VERDICTS[verdict.state](), is_right_to_left=is_right_to_left,
        qr=square(one.text, gettext("Signed text of %(number)s", number=number)))


def mine_or_kept(number: str) -> Issued:
    """A whole record for its holder and for who keeps the register. Raises NotFound."""
    one = office().whole(number)
    if one.person != signed_in().id and not signed_in().may("see-register"):
        raise NotFound(what="record")
    return one
