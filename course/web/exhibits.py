"""An evidence file on pages: an exhibit at a time, a suspect at a time, the charge, the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ..core import casework, scoring
from ..core.activity import Quiz
from ..core.casework import Move
from ..core.errors import BadResponse, NotFound
from ..core.evidence import NOTHING, Cell, EvidenceFile, Exhibit, Link, Named
from ..core.scoring import Answer, Attempt
from ..core.statement import Document
from . import context
from .asking import Asked, asked, refused, sent_response
from .context import library, my_document, needs, signed_in, store
from .texts import mark_of
from .whereabouts import manual_of

bp = Blueprint("exhibits", __name__)


def overview(case: EvidenceFile, path: Sequence[Move], common: Mapping[str, Any]) -> str:
    """Where an evidence file stands: what was set for each exhibit, what can be proved so far."""
    marks = case.marks(path)
    return render_template("cases/evidence.html", marks=marks, proof=_proof(case, marks),
                           set_in=_set_in(case, marks), left=case.missing(path),
                           answered={one.ask for one in path}, **common)


def _set_in(case: EvidenceFile, marks: Mapping[Cell, str]) -> dict[str, int]:
    """How many cells are set, by exhibit."""
    return {one.id: sum(cell[0] == one.id for cell in marks) for one in case.exhibits}


def _proof(case: EvidenceFile, marks: Mapping[Cell, str]) -> dict[tuple[str, str], str]:
    return {(suspect.id, element.id): case.proof(marks, suspect.id, element.id)
            for suspect in case.suspects for element in case.elements}


def _open_file(attempt_id: str) -> tuple[Attempt, EvidenceFile]:
    """A try at an evidence file. Raises NotFound, also for one of another kind."""
    attempt = scoring.attempt(my_document(), attempt_id)
    case = library().case(attempt.quiz, context.locale())
    if not isinstance(case, EvidenceFile):
        raise NotFound(what="case")
    return attempt, case


def _named(these: Sequence[Exhibit] | Sequence[Named], wanted: str) -> Any:
    found = next((one for one in these if one.id == wanted), None)
    if found is None:
        raise NotFound(what="exhibit")
    return found


# An exhibit, a suspect --------------------------------------------------------------------

@bp.get("/tries/<attempt_id>/exhibits/<exhibit_id>")
@needs("study")
def show_exhibit(attempt_id: str, exhibit_id: str) -> ResponseReturnValue:
    """One exhibit, readable as the thing it is, with its row of the grid for each suspect."""
    return _exhibit_page(attempt_id, exhibit_id)


def _exhibit_page(attempt_id: str, exhibit_id: str, trouble: Mapping[str, Any] | None = None
                  ) -> str:
    attempt, case = _open_file(attempt_id)
    exhibit = _named(case.exhibits, exhibit_id)
    place = case.exhibits.index(exhibit)
    return render_template(
        "cases/exhibit.html", exhibit=exhibit, n=place + 1, of=len(case.exhibits),
        previous=case.exhibits[place - 1] if place else None,
        following=case.exhibits[place + 1] if place + 1 < len(case.exhibits) else None,
        **_grid(attempt, case), **trouble or {})


@bp.get("/tries/<attempt_id>/suspects/<suspect_id>")
@needs("study")
def show_suspect(attempt_id: str, suspect_id: str) -> ResponseReturnValue:
    """The grid of one suspect: every exhibit against every element."""
    return _suspect_page(attempt_id, suspect_id)


def _suspect_page(attempt_id: str, suspect_id: str, trouble: Mapping[str, Any] | None = None
                  ) -> str:
    attempt, case = _open_file(attempt_id)
    return render_template("cases/grid.html", suspect=_named(case.suspects, suspect_id),
                           **_grid(attempt, case), **trouble or {})


def _grid(attempt: Attempt, case: EvidenceFile) -> dict[str, Any]:
    """What every page with cells needs."""
    path = casework.path_of(attempt, case)
    marks = case.marks(path)
    return {"attempt": attempt, "case": case, "manual": manual_of(case.id), "marks": marks,
            "proof": _proof(case, marks), "module": library().outline(case.id, context.locale()),
            "over": attempt.is_over}


@bp.post("/tries/<attempt_id>/exhibits/<exhibit_id>")
@needs("study")
def keep_exhibit(attempt_id: str, exhibit_id: str) -> ResponseReturnValue:
    """Keep the cells of one exhibit."""
    try:
        _keep_cells(attempt_id)
    except BadResponse as error:
        return _exhibit_page(attempt_id, exhibit_id, refused(error)), error.status
    return redirect(url_for(".show_exhibit", attempt_id=attempt_id, exhibit_id=exhibit_id,
                            _anchor="cells"), 303)


@bp.post("/tries/<attempt_id>/suspects/<suspect_id>")
@needs("study")
def keep_suspect(attempt_id: str, suspect_id: str) -> ResponseReturnValue:
    """Keep the cells of one suspect."""
    try:
        _keep_cells(attempt_id)
    except BadResponse as error:
        return _suspect_page(attempt_id, suspect_id, refused(error)), error.status
    return redirect(url_for(".show_suspect", attempt_id=attempt_id, suspect_id=suspect_id,
                            _anchor="cells"), 303)


def _keep_cells(attempt_id: str) -> None:
    """Keep the cells of a form that changed something. Raises BadResponse and AttemptOver."""
    _, case = _open_file(attempt_id)
    with store().record(signed_in().record) as record:
        attempt = scoring.attempt(record.document, attempt_id)
        path = casework.path_of(attempt, case)
        for move in case.sent(path, sent_response()):
            record.append(casework.made(attempt, case, move))


# The charge -------------------------------------------------------------------------------

@bp.get("/tries/<attempt_id>/charge")
@needs("study")
def show_charge(attempt_id: str) -> ResponseReturnValue:
    """The charge: a question for each suspect, and the charging note."""
    return _charge_page(attempt_id)


@bp.post("/tries/<attempt_id>/charge/<question_id>")
@needs("study")
def keep_charge(attempt_id: str, question_id: str) -> ResponseReturnValue:
    """Keep the answer to one question of the charge; it can be changed until the try is closed."""
    _, case = _open_file(attempt_id)
    if case.question(question_id) is None:
        raise NotFound(what="question")
    try:
        response = case.read((), question_id, sent_response())
    except BadResponse as error:
        return _charge_page(attempt_id, {question_id: refused(error)}), error.status
    with store().record(signed_in().record) as record:
        attempt = scoring.attempt(record.document, attempt_id)
        record.append(casework.made(attempt, case, Move(question_id, response)))
    return redirect(url_for(".show_charge", attempt_id=attempt_id,
                            _anchor=f"check-{question_id}"), 303)


def _charge_page(attempt_id: str, trouble: Mapping[str, dict[str, Any]] | None = None) -> str:
    attempt, case = _open_file(attempt_id)
    path = casework.path_of(attempt, case)
    views = [_charge_view(attempt, case, one.id, (trouble or {}).get(one.id)) for one in
             case.charge]
    return render_template("cases/charge.html", views=views, left=case.missing(path),
                           **_grid(attempt, case))


def _charge_view(attempt: Attempt, case: EvidenceFile, question_id: str,
                 trouble: dict[str, Any] | None) -> Asked:
    """A question of the charge: still open, with what was answered last put in."""
    question = case.question(question_id)
    assert question, "the case asks it"
    kept = attempt.answers.get(question_id)
    given: dict[str, Any] = {}
    if kept and not trouble:
        sent = kept.response if isinstance(kept.response, list) else [kept.response]
        given = {"given": {"r": sent}}
    return asked(_as_quiz(case), question, attempt.seed, None,
                 action=url_for(".keep_charge", attempt_id=attempt.id, question_id=question_id),
                 **given, **trouble or {})


def _as_quiz(case: EvidenceFile) -> Quiz:
    return Quiz(case.id, case.title, case.charge, language=case.language)


# On paper, and looking back ---------------------------------------------------------------

@bp.get("/tries/<attempt_id>/sheet")
@needs("study")
def print_sheet(attempt_id: str) -> ResponseReturnValue:
    """The whole grid on one page, as the learner has it, for paper."""
    attempt, case = _open_file(attempt_id)
    grid = _grid(attempt, case)
    if attempt.summary is not None:
        grid["marks"] = case.marks(casework.kept_path(attempt.summary))
        grid["proof"] = _proof(case, grid["marks"])
    return render_template("cases/sheet.html", **grid)


@dataclass(frozen=True, slots=True)
class Looked:
    """One cell that is talked about in the debrief."""

    exhibit: Exhibit
    suspect: Named
    element: Named
    chosen: str
    link: Link | None
    credit: float


def debrief_view(case: EvidenceFile, path: Sequence[Move], attempt: Attempt, document: Document
                 ) -> dict[str, Any]:
    """Every cell that counts, what was never used, what was ignored, and the charge with the mark
    of its note."""
    marks = case.marks(path)
    answers = {one.ask: one.response for one in path}
    charge = []
    for one in case.charge:
        if one.id in answers:
            answer = Answer(answers[one.id], one.mark(answers[one.id]).score, "")
            # What the room wrote together is nobody's to mark.
            graded = None if "stages" in document else mark_of(
                document, f"{case.id}#{one.id}", attempt.id, answer)
            charge.append(asked(_as_quiz(case), one, case.id, answer, action="", graded=graded))
    return {"marks": marks, "looked": _looked(case, marks), "proof": _proof(case, marks),
            "unused": case.unused(marks), "ignored": len(case.ignored(marks)), "charge": charge}


def _looked(case: EvidenceFile, marks: Mapping[Cell, str]) -> list[tuple[Exhibit, list[Looked]]]:
    found = []
    for exhibit in case.exhibits:
        rows = []
        for suspect in case.suspects:
            for element in case.elements:
                cell = (exhibit.id, suspect.id, element.id)
                chosen, link = marks.get(cell, NOTHING), case.links.get(cell)
                credit = case.credit(cell, chosen)
                if credit is not None or link:
                    rows.append(Looked(exhibit, suspect, element, chosen, link,
                                       1.0 if credit is None else credit))
        found.append((exhibit, rows))
    return found
