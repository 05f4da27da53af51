"""Cases that are played: begun, gone through choice by choice, looked back on."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import casework, debrief, progress, scoring
from ..core.activity import Module
from ..core.casework import Case, Move
from ..core.errors import BadResponse
from ..core.evidence import EvidenceFile
from ..core.scenario import Story
from ..core.scoring import Attempt
from ..core.sorting import CHANGE, Sorter
from ..core.statement import Document
from . import context
from .asking import refused
from .context import library, my_document, needs, signed_in, store
from .exhibits import debrief_view, overview
from .telling import beginning, offered, panel, turns
from .whereabouts import is_done, manual_of

bp = Blueprint("cases", __name__)


# Before and after ------------------------------------------------------------------------

@bp.get("/manuals/<manual_id>/<name>/case")
@needs("read")
def show_case(manual_id: str, name: str) -> ResponseReturnValue:
    """A case's briefing, the try that is open, the tries made so far."""
    case = library().case(f"{manual_id}/{name}", context.locale())
    document = my_document()
    return render_template(
        "cases/start.html", case=case, manual=manual_of(case.id), module=_module(case),
        open=scoring.open_attempt(document, case.id),
        instead=case.instead if isinstance(case, Story) else "",
        history=[one for one in scoring.attempts(document, case.id) if one.is_over])


@bp.post("/manuals/<manual_id>/<name>/case")
@needs("study")
def start_try(manual_id: str, name: str) -> ResponseReturnValue:
    """Begin a try, or go on with the one that is open. The field `at` begins at the written
    exercise."""
    case = library().case(f"{manual_id}/{name}", context.locale())
    first = case.begins_at(request.form.get("at", "")) if isinstance(case, Story) else None
    with store().record(signed_in().record) as record:
        attempt = scoring.open_attempt(record.document, case.id)
        attempt_id = attempt.id if attempt else token_hex(6)
        if attempt is None:
            seed = token_hex(4)
            history = scoring.attempts(record.document, case.id)
            record.append(casework.start(case, attempt_id, seed, case.drawn(history, seed)))
            if first:
                begun = Attempt(attempt_id, case.id, (), seed, started="", answers={})
                record.append(casework.made(begun, case, first))
    return redirect(url_for(".show_try", attempt_id=attempt_id), 303)


# Playing ---------------------------------------------------------------------------------

@bp.get("/tries/<attempt_id>")
@needs("study")
def show_try(attempt_id: str) -> ResponseReturnValue:
    """Where a try stands: what is to be decided now; after its end, the debrief."""
    attempt, case = _try(attempt_id)
    return _page(attempt, case)


@bp.post("/tries/<attempt_id>/<int:n>")
@needs("study")
def make_move(attempt_id: str, n: int) -> ResponseReturnValue:
    """Keep one choice, and close the try when it was the last.

    `n` counts the moves: a form that was sent twice, or from a page that is behind, changes
    nothing and leads to where the try stands.
    """
    _, case = _try(attempt_id)
    ask, form = request.form.get("ask", ""), _form()
    with store().record(signed_in().record) as record:
        now = scoring.attempt(record.document, attempt_id)
        path = casework.path_of(now, case)
        if not now.is_over and n == len(path) + 1:
            try:
                move = Move(ask, case.read(path, ask, form))
            except BadResponse as error:
                return _page(now, case, refused(error)), error.status
            record.append(casework.made(now, case, move))
            if case.is_over([*path, move]):
                record.append(casework.close(now, case, move))
    return redirect(url_for(".show_try", attempt_id=attempt_id, _anchor="now"), 303)


@bp.post("/tries/<attempt_id>/close")
@needs("study")
def close_try(attempt_id: str) -> ResponseReturnValue:
    """Close a try at its end, once: reloading never closes it twice."""
    _, case = _try(attempt_id)
    with store().record(signed_in().record) as record:
        attempt = scoring.attempt(record.document, attempt_id)
        if not attempt.is_over:
            record.append(casework.close(attempt, case))
    return redirect(url_for(".show_try", attempt_id=attempt_id, _anchor="now"), 303)


def _form() -> dict[str, list[str]]:
    return {name: values for name, values in request.form.lists()
            if name in ("r", "facts") or name[:2] == "r."}


def _try(attempt_id: str) -> tuple[Attempt, Case]:
    """A try of this learner, and its case as the try has it. Raises NotFound."""
    attempt = scoring.attempt(my_document(), attempt_id)
    case = library().case(attempt.quiz, context.locale())
    return attempt, case.of(attempt.questions)


def _module(case: Case) -> Module:
    return library().outline(case.id, context.locale())


def _common(attempt: Attempt, case: Case) -> dict[str, Any]:
    return {"attempt": attempt, "case": case, "manual": manual_of(case.id),
            "module": _module(case)}


def _page(attempt: Attempt, case: Case, trouble: dict[str, Any] | None = None) -> str:
    """The page of a try, by the kind of its case."""
    if attempt.is_over:
        return debrief_page(attempt, case, my_document())
    common = {**_common(attempt, case), **(trouble or {})}
    path = casework.path_of(attempt, case)
    if isinstance(case, Story):
        return _story_page(case, attempt, path, common)
    if isinstance(case, Sorter):
        return _sorter_page(case, path, common)
    assert isinstance(case, EvidenceFile)
    return overview(case, path, common)


def _story_page(case: Story, attempt: Attempt, path: list[Move], common: dict[str, Any]) -> str:
    where = case.where(path)
    ask = case.ask_at(where)
    told = turns(case, path)
    return render_template(
        "cases/story.html", beginning=beginning(case, path), turns=told, ask=ask,
        options=offered(ask, attempt) if ask else [], n=len(path) + 1, where=where,
        panel=panel(case, where), **common)


def _sorter_page(case: Sorter, path: list[Move], common: dict[str, Any]) -> str:
    ask = case.ask(path)
    if ask is None:
        return render_template("cases/ended.html", **common)
    last = path[-1] if path else None
    before = case.vignette(last.ask.removesuffix(CHANGE)) if last else None
    return render_template("cases/sort.html", ask=ask, n=len(path) + 1, last=last, before=before,
                           was_changed=bool(last and last.ask.endswith(CHANGE)), **common)


# Looking back ----------------------------------------------------------------------------

def debrief_page(attempt: Attempt, case: Case, document: Document, replay: str = "",
                 wall: str = "") -> str:
    """What a try came to, gone through step by step: for the learner, or for a trainer who looks
    at that of the learner called `replay`; with the version of it, for the wall."""
    assert attempt.summary is not None
    path = casework.kept_path(attempt.summary)
    earlier = [one for one in scoring.attempts(document, case.id)
               if one.is_over and one.started < attempt.started]
    before = earlier[-1] if earlier else None
    following = progress.next_activity(manual_of(case.id), lambda one: is_done(one, document),
                                       after=case.id)
    manual_id, _, name = (following or "").partition("/")
    next_url = url_for("learner.open_module", manual_id=manual_id, name=name) if name else ""
    common = {**_common(attempt, case), "result": attempt.summary, "previous": before,
              "replay": replay, "wall": wall, "next_url": next_url,
              "changed": attempt.summary.get("played", case.digest) != case.digest}
    if isinstance(case, Story):
        return _story_debrief(case, path, before, common)
    if isinstance(case, Sorter):
        return render_template("cases/debrief_sort.html", rows=case.looked_back(path), **common)
    assert isinstance(case, EvidenceFile)
    return render_template("cases/debrief_evidence.html",
                           **debrief_view(case, path, attempt, document), **common)


def _story_debrief(case: Story, path: list[Move], before: Attempt | None,
                   common: dict[str, Any]) -> str:
    earlier = casework.kept_path(before.summary) if before and before.summary else []
    return render_template(
        "cases/debrief_story.html", turns=turns(case, path), beginning=beginning(case, path),
        decisions=debrief.decisions(case, path), talk=_talk(case, path),
        earlier=_talk(case, earlier), taught=debrief.taught(case, path),
        outcome=case.scene(case.where(path).scene), **common)


def _talk(case: Story, path: list[Move]) -> debrief.Talk | None:
    """What an interview came to; None where there was no talk to speak of."""
    if not case.person or not path:
        return None
    talk = debrief.talk(case, path)
    return talk if talk.asked else None
