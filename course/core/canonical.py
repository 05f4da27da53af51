"""One value, one text: JSON in the canonical form of RFC 8785, for what is hashed and signed.

Of the RFC's numbers only whole ones are taken: what is signed holds no fractions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

MOST = 2**53 - 1
"""The largest whole number that every reader of JSON holds exactly."""


def canonical(value: Any) -> bytes:
    """The value's canonical bytes. Raises ValueError for what has none."""
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode()  # half a surrogate pair has no bytes: UnicodeEncodeError, a ValueError


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _ordered(value: Any) -> Any:
    """The same value with its keys in order, when it has nothing that cannot be canonical."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int) and abs(value) <= MOST:
        return int(value)
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=_units)}
    if isinstance(value, list | tuple):
        return [_ordered(one) for one in value]
    raise ValueError(f"nothing canonical: {type(value).__name__}")


def _units(key: object) -> bytes:
    """Keys are sorted by their UTF-16 units, as the RFC has it."""
    if not isinstance(key, str):
        raise ValueError("a key that is no text")
    return key.encode("utf-16-be", "surrogatepass")
