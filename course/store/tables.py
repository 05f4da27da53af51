"""The documents to be asked as a TinyDB; the files of a store are not written through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from tinydb.storages import Storage

from ..core.errors import NotAllowed


class Tables(Storage):
    """A store's documents behind TinyDB's own interface: what is read is a copy."""

    def __init__(self, rendered: Callable[[], bytes]) -> None:
        """`rendered` gives all tables as JSON, as they are now."""
        self._rendered = rendered

    def read(self) -> dict[str, dict[str, Any]]:
        tables: dict[str, dict[str, Any]] = orjson.loads(self._rendered())
        return tables

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Raises NotAllowed: what happened is appended to the log, nothing else."""
        raise NotAllowed(action="write-tables")
