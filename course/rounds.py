"""The server's main loop, asking only those connections in which something has changed.

waitress asks every open connection, each time something happens anywhere, whether it wants
to read or to write. In a room of two hundred phones that is four hundred calls several times
a request, while the threads that do the work wait for the interpreter: under load, five
sixths of the answers a second. Here a selector remembers what each connection waits for. It
is told when that changes: after an event, when a thread has worked on a connection, and, in
case something was missed, once every few seconds for all.
"""

from __future__ import annotations

import selectors
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from waitress import wasyncore

EVERYBODY = 5.0
"""Seconds after which every connection is asked again."""


class Rounds:
    """Takes the place of `wasyncore` in one server: see `waitress.server.BaseWSGIServer.run`."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._watched: dict[int, int] = {}
        """What the selector waits for, by the number of the connection."""
        self._changed: deque[Any] = deque()
        self._working = threading.local()
        self._everybody = 0.0
        self.at_the_end: Callable[[], None] = lambda: None
        """Called when all connections that something came from have been heard."""

    # Told by connections and threads ---------------------------------------------------------

    def changed(self, connection: Any) -> None:
        """Something that this connection waits for may have changed."""
        self._changed.append(connection)

    def works_on(self, connection: Any) -> None:
        """This thread now works on a request of that connection."""
        self._working.connection = connection

    def note_work(self) -> None:
        """The thread that calls this has changed the connection it works on."""
        connection = getattr(self._working, "connection", None)
        if connection is not None:
            self._changed.append(connection)

    def forget(self, connection: Any) -> None:
        """This connection is about to be closed."""
        if self._watched.pop(connection._fileno, 0):
            self._selector.unregister(connection._fileno)

    # The loop --------------------------------------------------------------------------------

    def loop(self, timeout: float, map: Mapping[int, Any], use_poll: bool = False) -> None:
        """Serve until there is nothing left to listen to."""
        while map:
            self._ask(map)
            events = self._selector.select(timeout)
            try:
                for key, event in events:
                    self._meet(key.data, event)
            finally:  # also when told to stop meanwhile
                self.at_the_end()

    def _ask(self, connections: Mapping[int, Any]) -> None:
        now = time.monotonic()
        if now >= self._everybody:
            self._everybody = now + EVERYBODY
            self._changed.extend(connections.values())
        while self._changed:
            self._settle(self._changed.popleft(), connections)
        for one in [one for one in connections.values() if one.accepting]:
            self._settle(one, connections)  # waitress tidies up while it is asked

    def _settle(self, one: Any, connections: Mapping[int, Any]) -> None:
        """Have the selector wait for what a connection waits for.

        One that is busy stays known as readable: it seldom sends more before its answer, and
        `_meet` takes it off when it does.
        """
        fd: int = one._fileno
        if fd not in connections or connections[fd] is not one:  # closed meanwhile
            return
        before = self._watched.get(fd, 0)
        wanted = (EVENT_READ if one.readable() else before & EVENT_READ) | (
            EVENT_WRITE if one.writable() and not one.accepting else 0)
        if wanted != before:
            self._watch(fd, one, wanted)

    def _watch(self, fd: int, one: Any, wanted: int) -> None:
        before, self._watched[fd] = self._watched.get(fd, 0), wanted
        if not before:
            self._selector.register(fd, wanted, one)
        elif wanted:
            self._selector.modify(fd, wanted, one)
        else:
            self._selector.unregister(fd)

    def _let_in(self, door: Any) -> None:
        """Let in all who wait. With one a round the last of a class would wait for two hundred
        rounds, and each may wait for the disk."""
        before = -1
        while door.readable() and len(door._map) != before:
            before = len(door._map)
            wasyncore.read(door)

    def _meet(self, one: Any, events: int) -> None:
        """Let a connection read and write, and see what it waits for then."""
        if one._fileno is None:
            return
        if events & EVENT_READ:
            if one.accepting:
                self._let_in(one)
            elif one.readable():
                wasyncore.read(one)
            else:
                self._watch(one._fileno, one, self._watched[one._fileno] & ~EVENT_READ)
        if events & EVENT_WRITE and one._fileno is not None and one.writable():
            wasyncore.write(one)
        self._changed.append(one)
