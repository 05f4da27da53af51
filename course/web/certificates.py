"""A learner's own records, and a record as a sheet: for the screen, for print, to be read aloud."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, zip_longest

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from ..core.credential import Credential
from ..core.errors import NotFound
from ..core.issued import Issued
from ..exchange.compact import facts_of
from . import context
from .addresses import square
from .context import needs, office, signed_in
from .facts import KINDS, TITLES, VERDICTS, is_good, meaning, rows_of, waived

bp = Blueprint("certificates", __name__, url_prefix="/records")


@dataclass(frozen=True, slots=True)
class Voice:
    """What a sheet says in one of its languages."""

    language: str
    direction: str
    title: str
    sentence: str
    labels: tuple[str, ...]
    how_to_check: str
    waived: str


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
    """One record as a sheet: its holder and who keeps the register may see it."""
    one = mine_or_kept(number)
    verdict = office().records().check(one.record, one.text)
    record = one.credential
    voices = _voices(one, record)
    values = [value for _, value in rows_of(facts_of(one.record))]
    labels = [voice.labels for voice in voices]
    return render_template(
        "learner/certificate.html", one=one, record=record, verdict=verdict,
        good=is_good(verdict), meaning=meaning(verdict), verdict_word=VERDICTS[verdict.state](),
        voices=voices, rows=list(zip_longest(values, *labels, fillvalue="")),
        qr=square(one.text, gettext("Signed text of %(number)s", number=number)),
        transcript=[(title, list(entries)) for title, entries in groupby(
            record.transcript, key=lambda row: row.title)],
        direction_of=context.direction)


def mine_or_kept(number: str) -> Issued:
    """A whole record for its holder and for who keeps the register. Raises NotFound."""
    one = office().whole(number)
    if one.person != signed_in().id and not signed_in().may("see-register"):
        raise NotFound(what="record")
    return one


def _voices(one: Issued, record: Credential) -> list[Voice]:
    """In the record's language, and in that of the second name where the course speaks it."""
    offered = context.offered_languages()
    second = record.named.other_language
    wanted = [record.language, *([second] if second in offered and second != record.language
                                 else [])]
    return [_voice(language, one, record) for language in wanted]


def _voice(language: str, one: Issued, record: Credential) -> Voice:
    with force_locale(language):
        facts = facts_of(one.record)
        return Voice(
            language, context.direction(language), TITLES[record.kind](),
            _sentence(record, language), tuple(label for label, _ in rows_of(facts)),
            gettext("Anyone can check this record without the internet. Open the checking page of "
                    "Fourth P, scan the square, or type the code where the register is at hand. "
                    "Compare every line."),
            waived(len(record.overrides)) if record.overrides else "")


def _sentence(record: Credential, language: str) -> str:
    title = record.manual.title
    if language != record.language and record.manual.other_title:
        title = record.manual.other_title
    if record.kind == "achievement":
        return gettext("has passed the final examination of “%(title)s”. The facts below are "
                       "recorded and signed.", title=title)
    return gettext("has attended and completed “%(title)s”. The facts below are recorded and "
                   "signed.", title=title)
