"""The store's chores, in one background thread: checkpoints, looking the log through, backups."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from . import Repair

CHECKPOINT_SECONDS = 5.0
SHARE = 20
"""A checkpoint that took a second is followed by at least so many without one."""
BACKUP_SECONDS = 24 * 60 * 60.0
REST = 0.002
"""Seconds that long work leaves to others between two pieces."""

Pace = Callable[[], None]
"""Called between pieces of long work: rests, or raises Stopped."""

Chore = Callable[[Pace], object]


class Stopped(Exception):
    """The store is closing; unfinished chores can be left."""


def unhurried() -> None:
    """The pace of somebody who waits for the result."""


class Keeper:
    """Calls `checkpoint` every few seconds, `look_through` once, and `back_up` daily."""

    def __init__(self, checkpoint: Chore, look_through: Chore, back_up: Chore,
                 report: Callable[[Repair], None], every: float = CHECKPOINT_SECONDS) -> None:
        self._checkpoint = checkpoint
        self._look_through = look_through
        self._back_up = back_up
        self._report = report
        self._every = every
        self._first = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-keeper", daemon=True)

    def start(self, back_up: bool) -> None:
        """Begin, with a backup of what is there already if that is asked for."""
        self._first = back_up
        self._thread.start()

    def stop(self) -> None:
        """Return when no chore runs any more."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            if self._first:
                self._do("backup", self._back_up)
            self._do("check", self._look_through)
            self._keep()
        except Stopped:
            return

    def _keep(self) -> None:
        backed_up = time.monotonic()
        pause = self._every
        while not self._closing.wait(pause):
            began = time.monotonic()
            self._do("checkpoint", self._checkpoint)
            pause = max(self._every, SHARE * (time.monotonic() - began))
            if began - backed_up >= BACKUP_SECONDS:
                backed_up = began
                self._do("backup", self._back_up)

    def _do(self, name: str, chore: Chore) -> None:
        """One chore that fails must not cost all later ones."""
        try:
            chore(self._rest)
        except Stopped:
            raise
        except Exception as error:
            self._report(Repair(f"{name}-failed", "", {"error": repr(error)}))

    def _rest(self) -> None:
        if self._closing.wait(REST):
            raise Stopped
