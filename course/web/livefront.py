"""Phones in class, answered before Flask: is it still so, and what is it now?

Two hundred phones ask every two seconds whether something has changed, and when something
has, all fetch it at once. The first question is answered from a cookie and a version, by the
thread that reads. What a phone shows is made once for all who are shown the same: the
question is the same for everybody, and of what was answered there are as many as there are
choices. It holds no token and no name, so it may be.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..core import phones
from ..core.errors import NotFound
from ..core.people import Person
from . import context
from .lane import Cookies
from .ready import ReadyPage, answer_of
from .rooms import Room

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

    from .context import Services

MOST_PARTS = 400
"""Kept at a time: each is a few kB."""

_ADDRESS = re.compile(r"/live/([^/]+)/(state|part)")


class Key(NamedTuple):
    """All that decides what a phone is shown."""

    session: str
    version: str
    content: str
    locale: str
    own: str
    """What this learner answered, and whether they are let in once more."""


class LiveFront:
    """WSGI in front of the app: answers phones in class, passes on everything else."""

    def __init__(self, app: WSGIApplication, flask: Flask, services: Services,
                 is_ready: Callable[[Mapping[str, str]], bool]) -> None:
        self._app = app
        self._services = services
        self._is_ready = is_ready
        self._cookies = Cookies(flask)
        self._making = threading.Lock()
        self._parts: dict[Key, ReadyPage] = {}

    def __call__(self, environ: WSGIEnvironment,
                 start_response: StartResponse) -> Iterable[bytes]:
        asked = self._asked(environ)
        if asked is None:
            return self._app(environ, start_response)
        person, room, what = asked
        if what == "state":
            return _state(room, environ, start_response)
        key = self._key(person, room)
        page = self._parts.get(key) or self._made(environ, key)
        return page.send(environ, start_response) if page else self._app(environ, start_response)

    def is_ready(self, environ: Mapping[str, str]) -> bool:
        """Whether a request can be answered without any work, by the thread that reads it."""
        asked = self._asked(environ)
        if asked is None:
            return self._is_ready(environ)
        person, room, what = asked
        return what == "state" or self._key(person, room) in self._parts

    def _asked(self, environ: Mapping[str, str]) -> tuple[Person, Room, str] | None:
        """Who asks what of which session; None for what the views have to look at."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith("/live/") or environ["REQUEST_METHOD"] != "GET":
            return None
        found = _ADDRESS.fullmatch(path)
        person = self._person(environ) if found and not environ.get("QUERY_STRING") else None
        if found is None or person is None:
            return None
        try:
            room = self._services.rooms.room(found[1])
        except NotFound:
            return None
        return (person, room, found[2]) if person.id in room.session.seats else None

    def _person(self, environ: Mapping[str, str]) -> Person | None:
        cookie = context.plain_cookie(environ.get("HTTP_COOKIE", ""), self._cookies.name)
        person = context.person_of(self._services.register(), self._cookies.session(cookie))
        may = person and person.may("study") and self._services.library.speaks(person.language)
        return person if may else None

    def _key(self, person: Person, room: Room) -> Key:
        return Key(room.session.id, room.version, self._services.library.version,
                   person.language, own(self._services, person, room))

    def _made(self, environ: WSGIEnvironment, key: Key) -> ReadyPage | None:
        """The part as the app makes it, once while others wait; None when it is none."""
        with self._making:
            if key in self._parts:
                return self._parts[key]
            status, headers, body = answer_of(self._app, {
                name: value for name, value in environ.items() if name != "HTTP_ACCEPT_ENCODING"})
            asked = self._asked(environ)
            is_so_still = asked is not None and self._key(*asked[:2]) == key
            if not (is_so_still and status.startswith("200")):
                return None  # refused, or something else by now: it is nobody else's
            if len(self._parts) >= MOST_PARTS:
                self._parts = {}
            self._parts[key] = page = ReadyPage.of(body, headers)
            return page


def own(services: Services, person: Person, room: Room) -> str:
    """What in a learner's record decides what they are shown; times by the minute."""
    stage = room.session.stage
    if not stage.asking:
        return ""
    given = phones.votes_of(services.store.document(person.record), room.session.id, stage.asking)
    told: list[Any] = [[vote, one.response, one.score, one.time[:16]]
                       for vote, one in sorted(given.items())]
    if phones.is_let_in(room.document, room.session, person.id, given):
        told.append("let in")
    return json.dumps(told) if told else ""


def _state(room: Room, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """304 for who has seen it all, else the version there is now."""
    tag = f'"{room.version}"'
    headers = [("ETag", tag), ("Cache-Control", "no-store")]
    if environ.get("HTTP_IF_NONE_MATCH") == tag:
        start_response("304 Not Modified", headers)
        return []
    body = json.dumps({"version": room.version}).encode()
    start_response("200 OK", [*headers, ("Content-Type", "application/json"),
                              ("Content-Length", str(len(body))),
                              ("X-Content-Type-Options", "nosniff")])
    return [body]
