"""Base45 (RFC 9285): bytes in the letters that a square code holds most densely."""

from __future__ import annotations

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {letter: value for value, letter in enumerate(LETTERS)}


def encode(data: bytes) -> str:
    """Two bytes as three letters; a last single byte as two."""
    found = []
    for at in range(0, len(data), 2):
        pair = data[at:at + 2]
        value = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            value, rest = divmod(value, 45)
            found.append(LETTERS[rest])
    return "".join(found)


def decode(text: str) -> bytes:
    """What `encode` wrote. Raises ValueError for anything else."""
    found = bytearray()
    for at in range(0, len(text), 3):
        group = text[at:at + 3]
        if len(group) == 1 or not _VALUES.keys() >= set(group):
            raise ValueError("not base45")
        value = sum(_VALUES[letter] * 45**place for place, letter in enumerate(group))
        try:
            found += value.to_bytes(len(group) - 1)
        except OverflowError as error:
            raise ValueError("not base45") from error
    return bytes(found)
