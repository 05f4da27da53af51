"""The fast lane of a live class: a port beside the course's that says "something changed".

Phones ask every two seconds and need nothing else; where this port can be reached they hold
a stream of server-sent events open on it, and learn of a change at once. Never on the main
port: there a stream would take one of the threads that make pages. It is one thread of its
own with a bounded number of connections, and says nothing but versions (`web/rooms.py`), so
it needs no cookie: who reads along learns that a trainer has pressed a button.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .core.errors import NotFound
from .server import free_port

if TYPE_CHECKING:
    from .settings import Settings
    from .web.context import Services

MOST_STREAMS = 450
MOST_HEAD = 8192
"""Bytes of a request's head."""
HEAD_SECONDS = 5.0
ALIVE_SECONDS = 15.0
"""A comment this often keeps sleepy routers from cutting a stream, and finds the dead ones."""
MOST_WAITING = 4096
"""Bytes that a reader may leave unread before it is dropped."""
ENDED = "ended"
"""Said in place of a version when a session is over."""
GONE_SECONDS = 45
"""After which what a phone does not confirm ends its stream, where the system can say so."""

_ASKED = re.compile(rb"GET /live/([0-9A-Za-z_-]{1,64}) HTTP/1\.[01]")
_ORIGIN = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")

Versions = Callable[[str], str]
"""The version of a session that is open; empty for any other."""


@dataclass
class _Topic:
    """A session that somebody listens to."""

    version: str
    streams: set[asyncio.StreamWriter] = field(default_factory=set)


class SidePort:
    """One port, one thread. `tell` may be called by any thread."""

    def __init__(self, host: str, port: int, course_port: int, versions: Versions) -> None:
        self._host = host
        self._course_port = course_port
        self._versions = versions
        self._topics: dict[str, _Topic] = {}
        self.streams = 0
        """Connections that are open."""
        self._loop = asyncio.new_event_loop()
        self._wanted = port
        self._thread = threading.Thread(target=self._run, name="side port", daemon=True)
        self._opened = threading.Event()
        self.port = 0
        """Where it listens; 0 while it does not."""

    # For other threads ---------------------------------------------------------------------

    def open(self) -> int:
        """Begin to listen; the port, or 0 where it cannot be had: then phones go on asking."""
        self._thread.start()
        self._opened.wait()
        return self.port

    def tell(self, session_id: str) -> None:
        """Something was said about a session. Returns at once, whoever listens."""
        if self.port:
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                self._loop.call_soon_threadsafe(self._changed, session_id)

    def close(self) -> None:
        if self._thread.is_alive():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)

    # The thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            asyncio.set_event_loop(self._loop)
            server = self._loop.run_until_complete(
                asyncio.start_server(self._serve, self._host, self._wanted, limit=MOST_HEAD,
                                     backlog=512))
            self.port = self._wanted
        except OSError:
            return
        finally:
            self._opened.set()
        alive = self._loop.create_task(self._keep_alive())
        self._loop.run_forever()
        self.port = 0
        server.close()
        alive.cancel()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(asyncio.gather(
                *asyncio.all_tasks(self._loop), return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: its request, then its stream until one of the two ends it."""
        try:
            if self.streams >= MOST_STREAMS:
                _refuse(writer, "503 Service Unavailable")
                return
            self.streams += 1
            try:
                await self._stream(reader, writer)
            finally:
                self.streams -= 1
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # gone, or it never spoke HTTP
        finally:
            writer.close()

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_SECONDS)
        first, *lines = head.split(b"\r\n")
        asked = _ASKED.fullmatch(first)
        session_id = asked[1].decode() if asked else ""
        version = self._versions(session_id) if session_id else ""
        origin = self._origin(_headers(lines))
        if not (version and origin):
            _refuse(writer, "404 Not Found" if origin else "403 Forbidden")
            return
        _notice_when_gone(writer)
        writer.write((
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
            f"Access-Control-Allow-Origin: {origin}\r\nX-Content-Type-Options: nosniff\r\n"
            "Connection: close\r\n\r\n"
            f"retry: 4000\ndata: {version}\n\n").encode())
        topic = self._topics.setdefault(session_id, _Topic(version))
        topic.streams.add(writer)
        try:
            while await reader.read(1024):
                pass  # a stream is only ever read to learn of its end
        finally:
            topic.streams.discard(writer)
            if not topic.streams:
                self._topics.pop(session_id, None)

    def _origin(self, headers: dict[str, str]) -> str:
        """The origin of the page that asks, if it is the course's own; else nothing."""
        origin = headers.get("origin", "")
        found = _ORIGIN.fullmatch(origin)
        host = re.sub(r":[0-9]+$", "", headers.get("host", ""))
        is_own = found and host and found[1] == host and (
            int(found[2] or 80) in (self._course_port, 80, 443))
        return origin if is_own else ""

    def _changed(self, session_id: str) -> None:
        topic = self._topics.get(session_id)
        if topic is None:
            return
        version = self._versions(session_id) or ENDED
        if version != topic.version:
            topic.version = version
            self._write(topic, f"data: {version}\n\n".encode())
        if version == ENDED:
            for writer in list(topic.streams):
                writer.close()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            for topic in list(self._topics.values()):
                self._write(topic, b":\n\n")

    def _write(self, topic: _Topic, data: bytes) -> None:
        """Send to all who listen. Who does not read is dropped, and asks again as others do."""
        for writer in list(topic.streams):
            transport = writer.transport
            if transport.is_closing() or transport.get_write_buffer_size() > MOST_WAITING:
                transport.abort()
            else:
                writer.write(data)


def beside(services: Services, settings: Settings) -> SidePort:
    """The fast lane of a course that is served on `settings.port`, listening if it can. The
    store tells it of every session that something is said about."""
    def version(session_id: str) -> str:
        try:
            room = services.rooms.room(session_id)
        except NotFound:
            return ""
        return room.version if room.session.is_open else ""

    wanted = settings.port + 1 if settings.live_port is None else settings.live_port
    try:
        wanted = free_port(settings.host, wanted) if wanted else 0
    except OSError:
        wanted = 0
    side = SidePort(settings.host, wanted, settings.port, version)
    if wanted:
        services.live_port = side.open()

        def tell(record_id: str) -> None:
            kind, _, name = record_id.partition(":")
            if kind == "session":
                side.tell(name)

        services.store.tell = tell
    return side


def _headers(lines: list[bytes]) -> dict[str, str]:
    pairs = (line.decode("latin-1").partition(":") for line in lines if b":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _refuse(writer: asyncio.StreamWriter, status: str) -> None:
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())


def _notice_when_gone(writer: asyncio.StreamWriter) -> None:
    """A phone that left the Wi-Fi says no goodbye: let the system end what is not confirmed."""
    found = writer.get_extra_info("socket")
    if found is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_SECONDS * 1000)
