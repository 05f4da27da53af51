"""A class on its phones: joining, what the phone shows now, and the answer that is sent."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from ..core import phones
from ..core import session as sessions
from ..core.errors import AskingClosed, BadField, BadResponse, NotFound, TooManyTries
from ..core.people import Person
from . import context
from .asking import refused, sent_response
from .context import JOIN_CODE, answers, needs, signed_in, store
from .forms import Fields
from .lane import after_answer
from .onphone import shown
from .rooms import Room
from .security import origin_beside

bp = Blueprint("phones", __name__)


# Joining ----------------------------------------------------------------------------------

@bp.route("/join", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    """Six digits lead to the class: typed, in the address of a QR code, or given before who
    gave them had signed in."""
    kept = session.pop(JOIN_CODE, "")
    sent = request.form if request.method == "POST" else request.args
    form = Fields(sent.copy())
    typed = form.get("code") or kept
    room = _found(form, typed) if typed or request.method == "POST" else None
    if room is None:
        page = render_template("phones/join.html", form=form, wait=form.errors.get("wait"))
        return page, 429 if "wait" in form.errors else form.status
    person = context.me()
    if person is None:
        session[JOIN_CODE] = room.session.code
        return redirect(url_for("account.show_sign_in"), 303)
    person.must_be_able_to("study")
    _take_seat(room, person)
    return redirect(url_for(".show_live", session_id=room.session.id), 303)


def _found(form: Fields, typed: str) -> Room | None:
    """The session of a code, or an error in the form. Wrong codes are counted, as PINs are."""
    person = context.me()
    name = f"join:{person.id if person else request.remote_addr}"
    throttle = context.services().throttle
    try:
        throttle.check(name)
    except TooManyTries as error:
        form.errors["wait"] = str(error.values["seconds"])
        return None
    room = None
    with form.collecting():
        room = context.services().rooms.with_code(phones.clean_code(typed))
        if room is None:
            throttle.failed(name)
            raise BadField("code", "no-session")
        throttle.succeeded(name)
    return room


def _take_seat(room: Room, person: Person) -> None:
    """Sit down, once. A seat is kept under the learner's name until the session ends."""
    if person.id in room.session.seats:
        return
    with store().record(room.session.record) as record:
        now = sessions.session_of(room.session.id, record.document)
        if now.is_open and person.id not in now.seats:
            record.append(sessions.seated(now, person, context.services().now().isoformat()))


# The phone's page -------------------------------------------------------------------------

@bp.get("/live/<session_id>")
@needs("study")
def show_live(session_id: str) -> ResponseReturnValue:
    """What the phone shows now. Who is of the cohort comes in by opening it."""
    room = context.services().rooms.room(session_id)
    person = signed_in()
    if not context.services().rooms.expects(room.session, person):
        raise NotFound(what="session")
    if room.session.is_open:
        _take_seat(room, person)
    return _page(room)


@bp.get("/live/<session_id>/part")
@needs("study")
def show_part(session_id: str) -> ResponseReturnValue:
    """The part of the page that changes, for the script. It holds no name and no token: it is
    kept for all who are shown the same (`livefront.py`)."""
    room = _my_room(session_id)
    answer = make_response(_part(room))
    answer.headers["Cache-Control"] = "no-store"
    answer.set_etag(room.version)
    return answer


@bp.get("/live/<session_id>/state")
@needs("study")
def show_state(session_id: str) -> ResponseReturnValue:
    """The version of what is shown; as a rule answered before it comes here."""
    room = _my_room(session_id)
    if request.if_none_match.contains(room.version):
        return "", 304
    return {"version": room.version}


def _my_room(session_id: str) -> Room:
    """A session in which this learner sits. Raises NotFound."""
    room = context.services().rooms.room(session_id)
    if signed_in().id not in room.session.seats:
        raise NotFound(what="session")
    return room


def _page(room: Room, **trouble: Any) -> Response:
    live_port = context.services().live_port
    if live_port:
        g.may_connect_to = origin_beside(request, live_port)
    return make_response(render_template(
        "phones/live.html", whole=True, room=room, live_port=live_port,
        now=shown(room, signed_in(), **trouble)))


def _part(room: Room, **trouble: Any) -> str:
    return render_template("phones/part.html", whole=False, room=room,
                           now=shown(room, signed_in(), **trouble))


@bp.post("/live/<session_id>/<asking>/<vote>")
@needs("study")
def answer(session_id: str, asking: str, vote: str) -> ResponseReturnValue:
    """Keep an answer to what the room is asked. What comes too late is said to, and shown."""
    room = _my_room(session_id)
    part = "part" in request.form
    try:
        answers().in_room(signed_in(), context.locale(), session_id, asking, vote,
                          sent_response(), context.services().now().isoformat("T", "milliseconds"))
    except (AskingClosed, BadResponse) as error:
        trouble = {**refused(error), "asking": asking}
        page = _part(room, **trouble) if part else _page(room, **trouble)
        return page, error.status
    return redirect(after_answer(session_id, part), 303)
