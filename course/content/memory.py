"""What was made of files, kept until one of those files changes.

A value is made once however many threads ask for it at the same time; which files it was
made of is noted while it is made, by the values inside it too.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TypeVar, cast

from ..core.errors import WouldWait
from .source import Files

EVERY_FILE = "*"
"""Stands for all files together, where a value is made of all of them."""

T = TypeVar("T")


@dataclass(slots=True)
class _Kept:
    """A value, the files it was made of with their stamps, and when that was last looked at."""

    value: object
    made_of: dict[str, object]
    version: str


class Memory:
    """Values by key. What is made of values must not ask for itself."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._kept: dict[Hashable, _Kept] = {}
        self._locks: dict[Hashable, threading.RLock] = {}
        self._making = threading.local()

    def value(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of this key, made now unless it is known and its files are the same.

        Raises WouldWait inside `only_known`.
        """
        kept = self._fresh(key)
        if kept is None:
            if getattr(self._making, "nothing", False):
                raise WouldWait
            with self._locks.setdefault(key, threading.RLock()):
                kept = self._fresh(key) or self._made(key, make)
        if stack := self._stack():
            stack[-1].update(kept.made_of | stack[-1])
        return cast(T, kept.value)

    @contextlib.contextmanager
    def only_known(self) -> Iterator[None]:
        """Make nothing meanwhile in this thread, and wait for nobody who does."""
        self._making.nothing = True
        try:
            yield
        finally:
            self._making.nothing = False

    def uses(self, name: str) -> None:
        """Note that the value being made depends on a file, or with `/` at the end on which
        files there are in a folder."""
        self._note(name, self._stamp(name))

    def _note(self, name: str, stamp: object) -> None:
        if stack := self._stack():
            stack[-1].setdefault(name, stamp)

    def _stack(self) -> list[dict[str, object]]:
        """What the values that this thread is making were made of so far, the innermost last."""
        found: list[dict[str, object]] = getattr(self._making, "stack", None) or []
        return found

    def _fresh(self, key: Hashable) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        version = self._files.version
        if kept.version != version:
            if any(self._stamp(name) != stamp for name, stamp in kept.made_of.items()):
                return None
            kept.version = version
        return kept

    def _made(self, key: Hashable, make: Callable[[], object]) -> _Kept:
        stack = self._making.__dict__.setdefault("stack", [])
        version = self._files.version
        made_of: dict[str, object] = {}
        stack.append(made_of)
        try:
            value = make()
        finally:
            stack.pop()
        kept = self._kept[key] = _Kept(value, made_of, version)
        return kept

    def _stamp(self, name: str) -> object:
        if name == EVERY_FILE:
            return self._files.version
        if name.endswith("/"):
            return tuple(self._files.names(name))
        return self._files.stamp(name)
