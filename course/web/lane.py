"""The answers' own lane: a plain answer is kept without Flask's round.

Contexts, sessions, routing and signals of Flask take four times as long as keeping an answer
does, disk and all, and a class that sits a test sends little else. The lane takes a form as
the course's own pages send it and keeps it through `Answers`, as the views do. Whatever is
not as it should be (no session, a wrong token, a response that cannot be read, an attempt
that is over) it leaves untouched to the views, which say in the person's language what is
wrong. So it may only ever answer "kept".

It has two doors. As WSGI it waits for the disk with each answer. The thread that reads the
connections takes one answer after the other into a group, saves the group, and only then
sends what it was told to: no other thread has to be woken, and two hundred answers that come
at the same time share one sync.
"""

from __future__ import annotations

import hmac
import io
import re
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData, URLSafeTimedSerializer

from ..core.errors import CourseError, NotSaved, WouldWait
from . import context
from .context import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from ..core.people import Person
    from ..server import Response
    from .answers import Answers, Form, Hold

FORM = "application/x-www-form-urlencoded"
MOST_BYTES = 4096
"""A longer form is a written answer or none of ours: the views take their time over it."""
MOST_FIELDS = 50
TOKEN_SALT = "wtf-csrf-token"
"""Flask-WTF's default for the salt of its tokens."""
REMEMBERED = 600
"""Seconds for which a cookie that was read is known without reading it again."""

_IN_ATTEMPT = re.compile(r"/attempts/([0-9a-f]+)/([0-9]{1,4})")
_IN_ROOM = re.compile(r"/live/([^/]+)/([^/]+)/(first|second)")
_IN_PLACE = re.compile(r"(/manuals/([^/]+/[^/]+)/([^/]+))/checks/([^/]+)")


class AnswerLane:
    """WSGI in front of the app: keeps plain answers, passes on everything else."""

    def __init__(self, app: WSGIApplication, flask: Flask, services: Services,
                 answers: Answers) -> None:
        self._app = app
        self._services = services
        self._answers = answers
        self._cookies = Cookies(flask)
        self._store = services.store
        self._group = self._store.group()

    def __call__(self, environ: WSGIEnvironment,
                 start_response: StartResponse) -> Iterable[bytes]:
        where = self._kept(environ, self._services.store.record)
        if not where:
            return self._app(environ, start_response)
        start_response(*_see(where))
        return [b""]

    def take(self, environ: WSGIEnvironment) -> Response | None:
        """Take an answer into the group, and say what to send once that is saved.

        None when somebody has to look who may wait. For the thread that reads.
        """
        if self._store is not self._services.store:  # a backup was put back, or all was wiped
            self._store = self._services.store
            self._group = self._store.group()
        try:
            with self._services.library.only_known():
                where = self._kept(environ, self._group.record)
        except WouldWait:
            where = ""
        return _see(where) if where else None

    def save(self) -> bool:
        """Put what was taken on disk; False when not all of it is there."""
        try:
            self._group.save()
        except NotSaved:
            return False
        return True

    def _kept(self, environ: WSGIEnvironment, hold: Hold) -> str:
        """Keep the answer and say where its page is; empty when the views have to look."""
        if not _is_plain(environ):
            return ""
        path = environ["PATH_INFO"]
        in_attempt, in_place = _IN_ATTEMPT.fullmatch(path), _IN_PLACE.fullmatch(path)
        in_room = _IN_ROOM.fullmatch(path)
        if not (in_attempt or in_place or in_room):
            return ""
        form = _form(environ)
        person = self._sender(environ, form)
        locale = person.language if person else ""
        if person is None or not self._services.library.speaks(locale):
            return ""
        response = {name: values for name, values in form.items()
                    if name == "r" or name[:2] == "r."}
        try:
            if in_attempt:
                self._answers.in_attempt(person, locale, in_attempt[1], int(in_attempt[2]),
                                         response, hold)
                return f"{path}#feedback"
            if in_room:
                now = self._services.now().isoformat(timespec="milliseconds")
                self._answers.in_room(person, locale, in_room[1], in_room[2], in_room[3],
                                      response, now, hold)
                return after_answer(in_room[1], "part" in form)
            assert in_place
            self._answers.in_place(person, locale, in_place[2], in_place[3], in_place[4],
                                   response, hold)
            return f"{in_place[1]}#check-{in_place[4]}"
        except CourseError:
            return ""

    def _sender(self, environ: WSGIEnvironment, form: Form) -> Person | None:
        """Who sent this form from a page of theirs, if they may study."""
        cookie = context.plain_cookie(environ.get("HTTP_COOKIE", ""), self._cookies.name)
        session = self._cookies.session(cookie)
        if not self._cookies.are_of_one_page(session, form.get("csrf_token", [""])[0]):
            return None
        person = context.person_of(self._services.register(), session)
        return person if person and person.may("study") else None


class Cookies:
    """Reads what Flask and Flask-WTF have signed, and remembers it for a while."""

    def __init__(self, flask: Flask) -> None:
        serializer = SecureCookieSessionInterface().get_signing_serializer(flask)
        assert serializer, "the app has a secret key"
        lifetime = int(flask.permanent_session_lifetime.total_seconds())
        tokens = URLSafeTimedSerializer(str(flask.secret_key) if isinstance(
            flask.secret_key, str) else flask.secret_key or b"", salt=TOKEN_SALT)
        self.name: str = flask.config["SESSION_COOKIE_NAME"]

        @lru_cache(maxsize=1024)
        def session(cookie: str, _period: int) -> dict[str, Any]:
            try:
                return dict(serializer.loads(cookie, max_age=lifetime))
            except BadData:
                return {}

        @lru_cache(maxsize=1024)
        def token(signed: str) -> str:
            try:
                return str(tokens.loads(signed))
            except BadData:
                return ""

        self._session, self._token = session, token

    def session(self, cookie: str) -> dict[str, Any]:
        """What a session cookie holds; nothing when it is not ours or too old."""
        return self._session(cookie, int(time.time()) // REMEMBERED) if cookie else {}

    def are_of_one_page(self, session: dict[str, Any], signed: str) -> bool:
        """Whether a form's token belongs to this session (as `flask_wtf.csrf` asks it)."""
        expected = session.get("csrf_token", "")
        return bool(expected and signed) and hmac.compare_digest(expected, self._token(signed))


def after_answer(session_id: str, part: bool) -> str:
    """Where an answer in class leads: to the phone's page, or for a script to what it shows."""
    return f"/live/{session_id}/part" if part else f"/live/{session_id}#now"


def _see(where: str) -> Response:
    return "303 SEE OTHER", [("Location", where), ("Content-Length", "0"),
                             ("Cache-Control", "no-store")]


def _is_plain(environ: WSGIEnvironment) -> bool:
    return (environ["REQUEST_METHOD"] == "POST" and not environ.get("QUERY_STRING")
            and environ.get("CONTENT_TYPE", "").partition(";")[0] == FORM
            and environ.get("CONTENT_LENGTH", "").isdecimal()
            and 0 < int(environ["CONTENT_LENGTH"]) <= MOST_BYTES)


def _form(environ: WSGIEnvironment) -> dict[str, list[str]]:
    """The fields of a form, which stays readable for the views; none when it is odd."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = io.BytesIO(body)
    form: dict[str, list[str]] = {}
    if body.count(b"&") >= MOST_FIELDS:
        return form
    try:
        for field in body.decode("ascii").split("&"):
            name, _, value = field.partition("=")
            form.setdefault(_unquoted(name), []).append(_unquoted(value))
    except ValueError:
        return {}
    return form


def _unquoted(text: str) -> str:
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text
