"""Secrets and patience: hashing PINs and passphrases, and slowing down who guesses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from ..core.errors import TooManyTries


class Secrets:
    """Argon2id for PINs and for passphrases, at a cost each.

    A PIN of four digits cannot be made safe by the cost of its hash: the throttle guards it,
    and the cost is chosen so that two hundred learners can sign in at once. Passphrases take
    the parameters that RFC 9106 recommends for constrained memory (64 MiB, three passes).
    """

    def __init__(self, pin_cost_mib: int = 8, passphrase_cost_mib: int = 64) -> None:
        self._pin = PasswordHasher(time_cost=1, memory_cost=pin_cost_mib * 1024, parallelism=1,
                                   type=Type.ID)
        self._passphrase = PasswordHasher(time_cost=3, memory_cost=passphrase_cost_mib * 1024,
                                          parallelism=1, type=Type.ID)
        self._nobody = self._pin.hash("nobody has this PIN")

    def of_pin(self, pin: str) -> str:
        return self._pin.hash(pin)

    def of_passphrase(self, passphrase: str) -> str:
        return self._passphrase.hash(passphrase)

    def fits(self, kept: str, given: str) -> bool:
        """Whether a secret is the one that was hashed; each hash carries its own cost.

        With nothing kept the time of a check is spent all the same, so that an unknown
        number cannot be told from a wrong PIN.
        """
        try:
            return self._pin.verify(kept or self._nobody, given) and bool(kept)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False


@dataclass
class _Tries:
    failures: int = 0
    closed_until: float = 0.0
    last: float = 0.0


class Throttle:
    """Counts failed tries by name and closes the door for longer each time.

    After `free` failures a name waits 15 seconds, then twice as long after each further
    failure, up to 15 minutes: ten thousand PINs would take more than three months. A success
    forgets. Kept in memory: only who can restart the computer can reset it.
    """

    def __init__(self, free: int = 5, first_wait: float = 15.0, longest_wait: float = 900.0,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._free, self._first, self._longest = free, first_wait, longest_wait
        self._clock = clock
        self._lock = threading.Lock()
        self._names: dict[str, _Tries] = {}

    def check(self, name: str) -> None:
        """Raise TooManyTries while the door is closed for this name."""
        with self._lock:
            tries = self._names.get(name)
            wait = tries.closed_until - self._clock() if tries else 0
        if wait > 0:
            raise TooManyTries(seconds=int(wait) + 1)

    def failed(self, name: str) -> None:
        with self._lock:
            self._forget_old()
            tries = self._names.setdefault(name, _Tries())
            tries.failures += 1
            tries.last = self._clock()
            over = tries.failures - self._free
            if over >= 0:
                wait = min(self._longest, self._first * 2 ** min(over, 20))
                tries.closed_until = tries.last + wait

    def succeeded(self, name: str) -> None:
        with self._lock:
            self._names.pop(name, None)

    def _forget_old(self) -> None:
        """Names not tried for a day are let go, so that the list stays small."""
        if len(self._names) > 1000:
            day_ago = self._clock() - 86400
            self._names = {name: one for name, one in self._names.items() if one.last > day_ago}
