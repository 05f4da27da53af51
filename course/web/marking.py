"""Marking: one question, all answers, blind or not, by rubric, by one marker or by two."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..core import grading, markers
from ..core.errors import NotFound
from ..core.grading import SETTLED, Graded, Version
from ..core.markers import Given
from . import context
from .context import needs, signed_in, store
from .forms import Fields
from .marktables import agreement_note, learners_table, questions_table
from .tables import file_of, wants_file
from .texts import Asked, Text, all_texts, by_question, count, question_of, rules, waits_for

bp = Blueprint("marking", __name__, url_prefix="/marking")

NAMES = "marking_names"
"""Whether the session shows names; without it answers are blind."""


# Which texts -----------------------------------------------------------------------------

def _cohort() -> str:
    """The cohort whose texts are looked at; empty for everybody's."""
    wanted = request.args.get("cohort", "")
    return wanted if wanted in dict(_cohorts()) else ""


def _cohorts() -> list[tuple[str, str]]:
    """All cohorts by name: `(id, name)`."""
    return [(one.id, one.name) for one in context.services().cohorts.all()]


def _texts(question: str | None = None) -> list[Text]:
    cohort = _cohort()
    members = context.services().cohorts.get(cohort).members if cohort else None
    return list(all_texts(question, members))


def _asked(manual_id: str, name: str, question_id: str) -> Asked:
    """A question that is marked by people. Raises NotFound."""
    found = question_of(f"{manual_id}/{name}#{question_id}")
    if found is None:
        raise NotFound(what="question")
    return found


def _address(endpoint: str, asked: Asked | None = None, **rest: Any) -> str:
    """An address that keeps the cohort."""
    values: dict[str, Any] = {**(asked.place if asked else {}), **rest}
    if cohort := _cohort():
        values["cohort"] = cohort
    return url_for(endpoint, **values)


# The questions ---------------------------------------------------------------------------

@bp.get("")
@needs("mark-answers")
def show_questions() -> ResponseReturnValue:
    """Every question that texts were written to: how many wait, are marked, are to be settled."""
    rows = [(asked, count(some, signed_in()), _address(".show_question", asked))
            for asked, some in by_question(_texts())]
    return render_template("marking/questions.html", rows=rows, cohorts=_cohorts(),
                           cohort=_cohort(), overview_url=_address(".show_overview"))


@bp.get("/overview")
@needs("mark-answers")
def show_overview() -> ResponseReturnValue:
    """The figures by question and by learner, also as spreadsheets."""
    asked = by_question(_texts())
    tables = [questions_table(asked, [_address(".show_question", one) for one, _ in asked]),
              learners_table(asked)]
    if wants_file():
        return file_of(tables, gettext("marking"))
    return render_template("marking/overview.html", tables=tables, cohorts=_cohorts(),
                           cohort=_cohort())


@bp.post("/names")
@needs("mark-answers")
def choose_names() -> ResponseReturnValue:
    """Show names or hide them, for this session; then back to the question."""
    session[NAMES] = request.form.get("names") == "1"
    key = request.form.get("question", "")
    asked = question_of(key) if "#" in key else None
    return redirect(_address(".show_question", asked) if asked else _address(".show_questions"),
                    303)


# One question, all answers ----------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Line:
    """One answer of the row that a marker goes through."""

    token: str
    """Stands for the answer in addresses and forms: it tells nothing of who wrote it, and no two
    markers have the same."""
    text: Text
    waits: bool


def _line(asked: Asked) -> list[Line]:
    """All answers to a question: by lot, the same for one marker always; by name when names are
    shown."""
    found = [Line(_token(one), one, waits_for(signed_in(), one)) for one in _texts(asked.key)]
    return found if session.get(NAMES) else sorted(found, key=lambda one: one.token)


def _token(text: Text) -> str:
    said = f"{signed_in().id}\n{text.person.id}\n{text.written.key}".encode()
    key = current_app.secret_key
    assert key, "the app has a secret key"
    return hmac.new(key if isinstance(key, bytes) else key.encode(), said,
                    hashlib.sha256).hexdigest()[:24]


def _place_of(line: Sequence[Line], token: str) -> int:
    """Where an answer stands, counted from 0. Raises NotFound."""
    found = next((n for n, one in enumerate(line) if hmac.compare_digest(one.token, token)), None)
    if found is None:
        raise NotFound(what="answer")
    return found


def _next_waiting(line: Sequence[Line], after: int) -> Line | None:
    """The next answer that is left for the marker, looking on from one and then from the start."""
    return next((one for one in (*line[after + 1:], *line[:after + 1]) if one.waits), None)


@bp.get("/<manual_id>/<name>/<question_id>")
@needs("mark-answers")
def show_question(manual_id: str, name: str, question_id: str) -> ResponseReturnValue:
    """A question with all its answers: where to begin, how it is marked, how far two agree."""
    return _question_page(_asked(manual_id, name, question_id), Fields(request.form))


def _question_page(asked: Asked, form: Fields) -> ResponseReturnValue:
    line = _line(asked)
    following = _next_waiting(line, len(line))
    page = render_template(
        "marking/question.html", asked=asked, named=bool(session.get(NAMES)), form=form,
        rows=[(one, _answer_url(asked, one)) for one in line], rules=rules(asked.key),
        next_url=_answer_url(asked, following) if following else "",
        agreement=grading.agreement(one.text.graded for one in line),
        agreement_note=agreement_note(), saved=_saved(line), cohort=_cohort(),
        names_url=_address(".choose_names"), rules_url=_address(".keep_rules", asked),
        list_url=_address(".show_questions"))
    return page, form.status


def _answer_url(asked: Asked, one: Line, **rest: Any) -> str:
    return _address(".show_answer", asked, token=one.token, _anchor="answer", **rest)


@bp.post("/<manual_id>/<name>/<question_id>")
@needs("mark-answers")
def keep_rules(manual_id: str, name: str, question_id: str) -> ResponseReturnValue:
    """Say whether a question has two markers, and by how much they may differ."""
    asked, form = _asked(manual_id, name, question_id), Fields(request.form)
    with form.collecting():
        draft = markers.set_rules(asked.key, form.get("two") == "1", form.get("apart"),
                                  signed_in())
        with store().record(markers.RULES) as record:
            record.append(draft)
        return redirect(_address(".show_question", asked), 303)
    return _question_page(asked, form)


# One answer ------------------------------------------------------------------------------

@bp.get("/<manual_id>/<name>/<question_id>/<token>")
@needs("mark-answers")
def show_answer(manual_id: str, name: str, question_id: str, token: str) -> ResponseReturnValue:
    """One answer beside its question and rubric."""
    return _answer_page(_asked(manual_id, name, question_id), token, Fields(request.form))


@bp.post("/<manual_id>/<name>/<question_id>/<token>")
@needs("mark-answers")
def keep_mark(manual_id: str, name: str, question_id: str, token: str) -> ResponseReturnValue:
    """Keep a mark, and go on to the next answer that waits."""
    asked, form = _asked(manual_id, name, question_id), Fields(request.form)
    line = _line(asked)
    place = _place_of(line, token)
    text = line[place].text
    with form.collecting():
        with store().record(text.person.record) as record:
            now = grading.graded(record.document, text.written)
            draft = markers.mark(text.written, asked.question, now, rules(asked.key), signed_in(),
                                 _given(asked, form))
            if draft:
                record.append(draft)
        following = _next_waiting(_line(asked), place)
        if following:
            return redirect(_answer_url(asked, following, saved=token), 303)
        return redirect(_address(".show_question", asked, saved=token, _anchor="answer"), 303)
    return _answer_page(asked, token, form)


def _given(asked: Asked, form: Fields) -> Given:
    sent = [form.get(f"c{n}") or "0" for n, _ in enumerate(asked.question.rubric, start=1)]
    points = [int(one) if one.isdecimal() and len(one) < 4 else -1 for one in sent]
    return Given(points, form.get("none") == "1", form.get("remark"), form.get("reason"))


def _answer_page(asked: Asked, token: str, form: Fields) -> ResponseReturnValue:
    line = _line(asked)
    place = _place_of(line, token)
    graded, me, two = line[place].text.graded, signed_in().id, rules(asked.key).two
    which = graded.which_by(me, two)
    before = graded.replaced_by(me, which) if which else None
    page = render_template(
        "marking/answer.html", asked=asked, text=line[place].text, n=place + 1, of=len(line),
        which=which, before=before, form=form, filled=_filled(form, before),
        needs_reason=bool(before) or which == SETTLED, settles=which == SETTLED,
        versions=_versions(graded) if graded.shown_to(me, two) else [],
        named=bool(session.get(NAMES)), remarks=_own_remarks(line), saved=_saved(line),
        strokes=["here" if one is line[place] else "todo" if one.waits else "done"
                 for one in line],
        action=_address(".keep_mark", asked, token=token),
        question_url=_address(".show_question", asked), list_url=_address(".show_questions"),
        previous_url=_answer_url(asked, line[place - 1]) if place else "",
        next_url=_answer_url(asked, line[place + 1]) if place + 1 < len(line) else "")
    return page, form.status


def _filled(form: Fields, before: Version | None) -> dict[str, Any]:
    """What stands in the fields: what was sent, else the mark that would be changed."""
    if form.errors:
        return {"points": [form.get(f"c{n}") for n in range(1, 100)],
                "none": form.get("none") == "1", "remark": form.get("remark"),
                "reason": form.get("reason")}
    if before:
        return {"points": [str(one) for one in before.points], "none": not before.total,
                "remark": before.remark, "reason": ""}
    return {"points": [], "none": False, "remark": "", "reason": ""}


def _versions(graded: Graded) -> list[tuple[Version, str]]:
    """Every mark that was given, with the name of who gave it."""
    register = context.services().register()
    found = []
    for one in graded.versions:
        person = register.get(one.by)
        found.append((one, person.name if person else one.by))
    return found


def _own_remarks(line: Sequence[Line]) -> list[str]:
    """The marker's own remarks on this question, each once, the latest first."""
    own = [version for one in line for version in one.text.graded.versions
           if version.by == signed_in().id and version.remark]
    return list(dict.fromkeys(one.remark for one in sorted(own, key=lambda one: one.stamp,
                                                           reverse=True)))


def _saved(line: Sequence[Line]) -> tuple[int, str, Version] | None:
    """The mark that has just been kept: its place, where it is, and what it is."""
    token = request.args.get("saved", "")
    for n, one in enumerate(line, start=1):
        own = [version for version in one.text.graded.versions if version.by == signed_in().id]
        if one.token == token and own:
            return n, token, own[-1]
    return None
