"""What a store notices about itself: repairs, and a clock that was set back."""

from __future__ import annotations

import threading
from datetime import datetime

from . import Repair

MOST_REPAIRS = 200
CLOCK_TOLERANCE = 60.0
"""Seconds a clock may be set back before anybody is bothered with it."""


class Repairs:
    """What was mended or found, each once, the first of them when there are too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str, str], Repair] = {}

    def add(self, repair: Repair) -> None:
        with self._lock:
            if len(self._found) < MOST_REPAIRS:
                self._found.setdefault((repair.code, repair.where), repair)

    def all(self) -> tuple[Repair, ...]:
        with self._lock:
            return tuple(self._found.values())


def seconds_behind(now: str, latest: str) -> float:
    """By how much the clock is behind the latest time that was written, 0 when it is not."""
    if not latest or now >= latest:
        return 0.0
    try:
        behind = datetime.fromisoformat(latest) - datetime.fromisoformat(now)
        return max(0.0, behind.total_seconds())
    except (ValueError, TypeError):
        return 0.0
