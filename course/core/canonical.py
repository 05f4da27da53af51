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
    return _text(value).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, str):
        value.encode()  # half a surrogate pair has no bytes: UnicodeEncodeError is a ValueError
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int) and abs(value) <= MOST:
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_key(key)}:{_text(value[key])}"
                              for key in sorted(value, key=_units)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    raise ValueError(f"nothing canonical: {type(value).__name__}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise ValueError("a key that is no text")
    return _text(key)


def _units(key: object) -> bytes:
    """Keys are sorted by their UTF-16 units, as the RFC has it."""
    return str(key).encode("utf-16-be", "surrogatepass")
