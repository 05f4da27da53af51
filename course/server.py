"""waitress, set up for a classroom.

Its defaults do not fit one: a hundred connections answered 98 of 200 phones, and its queue
warnings fill a full stderr pipe until the server hangs. And a page that lies ready is sent by
the thread that read the request: handing it to another thread costs more than sending it.
Answers are taken by that thread too, and acknowledged when all that came at once are on disk.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer, create_server
from waitress.task import Task, ThreadedTaskDispatcher, WSGITask

from .rounds import Rounds

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .settings import Settings

PORTS_TRIED = 20

IsReady = Callable[[Mapping[str, str]], bool]
"""Whether a request (the part of its WSGI environment that a ready page depends on) can be
answered without any work."""

Response = tuple[str, list[tuple[str, str]]]
"""Status and headers of a response without a body."""


class Lane(Protocol):
    """What the thread that reads can do itself, if all who wait can wait for it together."""

    def take(self, environ: dict[str, Any]) -> Response | None:
        """What to send once `save` has succeeded; None for what is not its business."""
        ...

    def save(self) -> bool:
        """Whether all that was taken is safe now."""
        ...


def make_server(app: WSGIApplication, settings: Settings, port: int,
                is_ready: IsReady | None = None, lane: Lane | None = None) -> object:
    """A server that listens already; `run()` serves until it is closed."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    desk = Desk(is_ready or _never, lane)
    desk.set_thread_count(settings.threads)
    server: Any = create_server(
        app, host=settings.host, port=port, threads=settings.threads, _dispatcher=desk,
        connection_limit=settings.connections, channel_timeout=30, cleanup_interval=10,
        backlog=1024, ident="", clear_untrusted_proxy_headers=True,
        max_request_body_size=64 * 1024 * 1024)
    if isinstance(server, TcpWSGIServer):  # not so for a name with several addresses
        server.asyncore = rounds = Rounds()
        rounds.at_the_end = desk.answer_what_was_taken
        desk.help_reading()
        server.channel_class = Channel
        server.pull_trigger = _waker(server.pull_trigger, rounds)
    return server


def _waker(pull_trigger: Callable[[], None], rounds: Rounds) -> Callable[[], None]:
    """`pull_trigger` that says why; the thread that reads need not wake itself."""
    reader = threading.get_ident()

    def pull() -> None:
        rounds.note_work()
        if threading.get_ident() != reader:
            pull_trigger()

    return pull


class Desk(ThreadedTaskDispatcher):
    """Hands requests to the threads, but for those that are answered at once."""

    def __init__(self, is_ready: IsReady, lane: Lane | None) -> None:
        super().__init__()
        self._is_ready = is_ready
        self._lane = lane
        self._reader = 0
        """The thread that may answer itself; none in a loop that knows nothing of it."""
        self._at_once: list[HTTPChannel] = []
        self._taken: list[tuple[Channel, Response]] = []

    def help_reading(self) -> None:
        """From now on this thread, which reads, answers what can be answered at once."""
        self._reader = threading.get_ident()

    def add_task(self, task: Any) -> None:
        """Called with the channel's lock held, so what is answered at once waits a moment."""
        if threading.get_ident() != self._reader:
            super().add_task(task)
            return
        asked = _asked(task)
        if self._is_ready(asked):
            self._at_once.append(task)
        elif response := self._take(task, asked):
            self._taken.append((task, response))
        else:
            super().add_task(task)

    def _take(self, task: Any, asked: dict[str, Any]) -> Response | None:
        """What the lane will answer; what it stumbles over, the threads answer in words."""
        if self._lane is None or asked["REQUEST_METHOD"] != "POST":
            return None
        body = task.requests[0].get_body_stream()
        try:
            return self._lane.take({**asked, "wsgi.input": body})
        except Exception:
            self.logger.exception("Exception while taking %s", asked["PATH_INFO"])
            return None
        finally:
            body.seek(0)

    def answer_at_once(self) -> None:
        while self._at_once:
            self._guarded(self._at_once.pop().service)

    def answer_what_was_taken(self) -> None:
        """Save it, and only then say so. What is not safe goes to the threads after all."""
        while self._taken:
            taken, self._taken = self._taken, []
            is_safe = self._is_safe()
            for channel, response in taken:
                if is_safe:
                    self._guarded(partial(channel.send_response, response))
                else:
                    super().add_task(channel)
            self.answer_at_once()  # what was sent behind an answer without waiting for it

    def _guarded(self, answer: Callable[[], None]) -> None:
        """A connection that breaks must cost no other one its answer, nor end the loop."""
        try:
            answer()
        except Exception:
            self.logger.exception("Exception while answering")

    def _is_safe(self) -> bool:
        assert self._lane
        try:
            return self._lane.save()
        except Exception:
            self.logger.exception("Exception while saving")
            return False


class Answering(WSGITask):
    """A request answered by the app, without hanging up after "nothing has changed".

    waitress closes a connection after 304, since it has no length; but it never has a body, so
    its end is known (RFC 9112, 6.3). Phones in class get little else, every two seconds.
    """

    def set_close_on_finish(self) -> None:
        wants_close = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.status.startswith("304") and self.version == "1.1" and not wants_close:
            return
        super().set_close_on_finish()


class Channel(HTTPChannel):
    """A connection that tells the loop of its changes, and whose ready pages are sent by the
    thread that read the request."""

    task_class: Any = Answering

    def add_channel(self, map: Any = None) -> None:
        super().add_channel(map)
        self.server.asyncore.changed(self)

    def del_channel(self, map: Any = None) -> None:
        self.server.asyncore.forget(self)
        super().del_channel(map)

    def handle_read(self) -> None:
        super().handle_read()
        self.server.task_dispatcher.answer_at_once()

    def service(self) -> None:
        self.server.asyncore.works_on(self)
        super().service()

    def send_response(self, response: Response) -> None:
        """Answer the request that is first in line with a response that is already known."""
        self.task_class = lambda channel, request: Known(channel, request, response)
        try:
            self.service()
        finally:
            del self.task_class


class Known(Task):
    """The sending of a response without a body, known before."""

    def __init__(self, channel: Channel, request: Any, response: Response) -> None:
        super().__init__(channel, request)
        self.status, headers = response
        self.response_headers.extend(headers)
        self.content_length = 0
        self.complete = True

    def execute(self) -> None:
        self.write(b"")


def _never(asked: Mapping[str, str]) -> bool:
    return False


def _asked(channel: Any) -> dict[str, Any]:
    """What a ready page or an answer can depend on, under the names that WSGI gives it."""
    request = channel.requests[0]
    if request.error:
        return {"REQUEST_METHOD": ""}
    asked = {"REQUEST_METHOD": request.command, "PATH_INFO": request.path,
             "QUERY_STRING": request.query, "REMOTE_ADDR": channel.addr[0]}
    for key, name in _HEADERS.items():
        if key in request.headers:
            asked[name] = request.headers[key]
    return asked


_HEADERS = {"COOKIE": "HTTP_COOKIE", "ACCEPT_LANGUAGE": "HTTP_ACCEPT_LANGUAGE",
            "CONTENT_TYPE": "CONTENT_TYPE", "CONTENT_LENGTH": "CONTENT_LENGTH"}


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on. Raises OSError after twenty."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if sys.platform != "win32":
                # A port whose last owner has just died is free: after a power cut the
                # course has to come back at the address that the room knows.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} on")
