"""A store's documents behind TinyDB's own interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from tinydb.storages import Storage

from ..core.errors import NotAllowed


class Tables(Storage):
    """What is read is a copy; `tables_json` gives what `progress.json` would hold now."""

    def __init__(self, tables_json: Callable[[], bytes]) -> None:
        self._tables_json = tables_json

    def read(self) -> dict[str, dict[str, Any]]:
        tables: dict[str, dict[str, Any]] = orjson.loads(self._tables_json())
        return tables

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Raises NotAllowed: what happened is appended to the log, nothing else."""
        raise NotAllowed(action="write-tables")
