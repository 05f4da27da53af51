"""A case run with the room: the trainer's page, the page on the wall, and the case on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..core import casework, roomwork, scoring
from ..core.casework import Case, Move
from ..core.errors import BadResponse, NotFound
from ..core.evidence import EvidenceFile
from ..core.questions import Form, FreeText
from ..core.roomwork import LOOK_BACK, PHASES, TALK, VOTE, Ballot, Stage
from ..core.scenario import Story
from ..core.scoring import Attempt
from ..core.statement import Document, Draft
from . import context
from .asking import refused
from .cases import debrief_page
from .context import library, needs, signed_in, store
from .live import sessions_of
from .onpaper import paper
from .showing import shown
from .whereabouts import manual_of

bp = Blueprint("room", __name__)


@dataclass(frozen=True, slots=True)
class Play:
    """A play with the room as it stands."""

    document: Document
    attempt: Attempt
    case: Case
    path: Sequence[Move]
    stage: Stage
    ballot: Ballot | None

    @property
    def moment(self) -> str:
        """What a form must carry to be about this moment; the version of the wall."""
        return roomwork.moment(self.attempt, self.stage, context.locale())


def _record() -> str:
    return roomwork.record_of(signed_in().id)


def _play(document: Document, attempt_id: str) -> Play:
    """A play of whoever is signed in. Raises NotFound."""
    attempt = scoring.attempt(document, attempt_id)
    case = library().case(attempt.quiz, context.locale()).of(attempt.questions)
    path = (casework.kept_path(attempt.summary) if attempt.summary is not None
            else casework.path_of(attempt, case))
    stage = roomwork.stage_of(document, attempt, case)
    return Play(document, attempt, case, path, stage,
                roomwork.ballot(case, attempt, path, stage))


def _my_play(attempt_id: str) -> Play:
    return _play(store().document(_record()), attempt_id)


# Beginning --------------------------------------------------------------------------------

@bp.get("/manuals/<manual_id>/<name>/case/room")
@needs("see-trainer-notes")
def show_start(manual_id: str, name: str) -> ResponseReturnValue:
    """How it works with two windows; the play that is open, and those that were made."""
    case = library().case(f"{manual_id}/{name}", context.locale())
    document = store().document(_record())
    return render_template(
        "cases/room_start.html", case=case, manual=manual_of(case.id),
        instead=case.instead if isinstance(case, Story) else "",
        open=scoring.open_attempt(document, case.id),
        history=[one for one in scoring.attempts(document, case.id) if one.is_over])


@bp.post("/manuals/<manual_id>/<name>/case/room")
@needs("see-trainer-notes")
def start_play(manual_id: str, name: str) -> ResponseReturnValue:
    """Begin a play, or go on with the open one unless the field `anew` is sent; the field `at`
    begins at the written exercise."""
    case = library().case(f"{manual_id}/{name}", context.locale())
    first = case.begins_at(request.form.get("at", "")) if isinstance(case, Story) else None
    with store().record(_record()) as record:
        still = scoring.open_attempt(record.document, case.id)
        attempt_id = still.id if still and "anew" not in request.form else token_hex(6)
        if still is None or still.id != attempt_id:
            seed = token_hex(4)
            drawn = case.drawn(scoring.attempts(record.document, case.id), seed)
            record.append(casework.start(case, attempt_id, seed, drawn))
            if first:
                begun = Attempt(attempt_id, case.id, (), seed, started="", answers={})
                record.append(casework.made(begun, case, first))
    return redirect(url_for(".show_play", attempt_id=attempt_id), 303)


# Running ----------------------------------------------------------------------------------

@bp.get("/room/<attempt_id>")
@needs("see-trainer-notes")
def show_play(attempt_id: str) -> ResponseReturnValue:
    """The trainer's page: notes and key, hands to count, what the wall shows."""
    return _page(_my_play(attempt_id))


def _page(play: Play, trouble: dict[str, Any] | None = None) -> str:
    if play.stage.phase == LOOK_BACK and play.attempt.is_over:
        return _debrief(play)
    return render_template("cases/room.html", **_common(play), **trouble or {})


def _common(play: Play) -> dict[str, Any]:
    return {"attempt": play.attempt, "case": play.case, "path": play.path, "stage": play.stage,
            "ballot": play.ballot, "moment": play.moment, "manual": manual_of(play.case.id),
            "in_session": _session_with(play.case.id),
            "told": shown(play.case, play.path, play.stage, play.ballot, _last_votes(play))}


def _session_with(case_id: str) -> str:
    """The open session of whoever is signed in that has come to this case; empty without one."""
    return next((one.id for one in sessions_of() if one.is_open and one.trainer == signed_in().id
                 and one.now and one.now.ref == case_id), "")


def _last_votes(play: Play) -> list[roomwork.Votes]:
    """The hands of the last decision of a case that is played move by move."""
    return roomwork.votes_of(play.document, play.attempt.id, str(len(play.path)))


def _debrief(play: Play, wall: str = "") -> str:
    return debrief_page(play.attempt, play.case, play.document, gettext("With the room"), wall)


@bp.get("/room/<attempt_id>/wall")
@needs("see-trainer-notes")
def show_wall(attempt_id: str) -> ResponseReturnValue:
    """What the room sees, and nothing else. It asks every two seconds whether it is still so."""
    play = _my_play(attempt_id)
    if request.if_none_match.contains(play.moment):
        return "", 304
    if play.stage.phase == LOOK_BACK and play.attempt.is_over:
        return _debrief(play, wall=play.moment)
    return render_template("cases/wall.html", wall=play.moment, **_common(play))


@bp.post("/room/<attempt_id>")
@needs("see-trainer-notes")
def go_on(attempt_id: str) -> ResponseReturnValue:
    """Keep what the trainer did: hands, a decision, cells, or what the wall shows next.

    A form from a page that is behind (`moment`) changes nothing and leads to where the play
    stands.
    """
    with store().record(_record()) as record:
        play = _play(record.document, attempt_id)
        if request.form.get("moment") == play.moment:
            try:
                record.append(*_done(play, dict(request.form.lists())))
            except BadResponse as error:
                return _page(play, {**refused(error), "given": request.form}), error.status
    return redirect(url_for(".show_play", attempt_id=attempt_id, _anchor="now"), 303)


def _done(play: Play, form: Form) -> list[Draft]:
    """The statements of what was pressed: the field `do`. Raises BadResponse."""
    do = (form.get("do") or [""])[0]
    stage = play.stage
    if play.ballot and do != LOOK_BACK:
        stage = replace(stage, now=roomwork.read_votes(play.ballot, form))
    match do:
        case "decide":
            return _decided(play, stage, form)
        case "cells":
            return [*_cells(play, form), roomwork.showed(play.attempt, replace(stage, phase=VOTE))]
        case "go":
            return [roomwork.showed(play.attempt, Stage(place=_place(play, form)))]
        case "look-back":
            closed = [] if play.attempt.is_over else [casework.close(play.attempt, play.case)]
            return [*closed, roomwork.showed(play.attempt, Stage(len(play.path), LOOK_BACK,
                                                                 stage.place))]
        case _ if do == TALK and stage.phase != TALK:
            stage = replace(stage, phase=TALK, first=stage.now, now={})
        case _ if do in PHASES:
            stage = replace(stage, phase=do)
    return [roomwork.showed(play.attempt, stage)]


def _decided(play: Play, stage: Stage, form: Form) -> list[Draft]:
    """The room's decision. Where nobody was counted again, the hands before the talk decide."""
    case = play.case
    question = case.question(stage.place) if isinstance(case, EvidenceFile) else None
    if isinstance(question, FreeText):
        written = Move(question.id, question.read(form))
        return [roomwork.made_by_room(play.attempt, case, written, stage)]
    if play.ballot is None:
        raise BadResponse(reason="empty")
    chosen = roomwork.decided(play.ballot, stage.now or stage.first, form)
    made = roomwork.move_of(case, play.path, stage, play.ballot, chosen)
    if isinstance(made, Stage):
        return [roomwork.showed(play.attempt, made)]
    return [roomwork.made_by_room(play.attempt, case, made, stage)]


def _cells(play: Play, form: Form) -> list[Draft]:
    """The cells of an exhibit as the room agreed them."""
    if not isinstance(play.case, EvidenceFile):
        raise NotFound(what="exhibit")
    return [casework.made(play.attempt, play.case, move)
            for move in play.case.sent(play.path, form)]


def _place(play: Play, form: Form) -> str:
    """Another exhibit, or a question of the charge. Raises NotFound."""
    place = (form.get("place") or [""])[0]
    if not isinstance(play.case, EvidenceFile) or place not in roomwork.places(play.case):
        raise NotFound(what="exhibit")
    return place


# On paper ---------------------------------------------------------------------------------

@bp.get("/manuals/<manual_id>/<name>/case/paper")
@needs("see-trainer-notes")
def print_paper(manual_id: str, name: str) -> ResponseReturnValue:
    """The case as an exercise on paper, and on pages of its own the key for the trainer."""
    case = library().case(f"{manual_id}/{name}", context.locale())
    return paper(case, manual=manual_of(case.id),
                 module=library().outline(case.id, context.locale()))
