"""Numbers of records, and the short code that finds one in a register.

A number is `<academy>-<device>-<year>-<running>`, `CAS-K7F3A-2026-0147`: two laptops never
give the same one. The alphabet is Crockford's, without I, L, O and U, to be read aloud and
typed from paper.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MARK_LENGTH = 5
CODE_LENGTH = 12
_NUMBER = re.compile(
    rf"([A-Z0-9]{{2,8}})-([{LETTERS}]{{{MARK_LENGTH}}})-([0-9]{{4}})-([0-9]{{4,7}})")
_READ_AS = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a record."""

    academy: str
    device: str
    """The device's mark."""
    year: int
    running: int

    def __str__(self) -> str:
        return f"{self.academy}-{self.device}-{self.year:04}-{self.running:04}"

    @classmethod
    def parse(cls, text: str) -> Number:
        """Read a number. Raises ValueError."""
        match = _NUMBER.fullmatch(text)
        number = match and cls(match[1], match[2], int(match[3]), int(match[4]))
        if not number or str(number) != text:
            raise ValueError("not a number of a record")
        return number


def mark_of(device: str) -> str:
    """A device's five letters, of its id: among a hundred laptops a collision is one in 6,700."""
    return _letters(hashlib.sha256(device.encode()).digest(), MARK_LENGTH)


def code_of(digest: str) -> str:
    """The short code of a record with that digest: eleven letters and one that checks them."""
    body = _letters(bytes.fromhex(digest), CODE_LENGTH - 1)
    whole = body + _check(body)
    return "-".join(whole[at:at + 4] for at in range(0, CODE_LENGTH, 4))


def clean_code(typed: str) -> str:
    """A code as it was meant: O is 0, I and L are 1. Raises ValueError for a slip."""
    plain = "".join(re.findall(r"[A-Z0-9]", typed.upper())).translate(_READ_AS)
    if len(plain) != CODE_LENGTH or _check(plain[:-1]) != plain[-1]:
        raise ValueError("not a code")
    return "-".join(plain[at:at + 4] for at in range(0, CODE_LENGTH, 4))


def _check(body: str) -> str:
    return _letters(hashlib.sha256(b"code " + body.encode()).digest(), 1)


def _letters(data: bytes, count: int) -> str:
    bits = int.from_bytes(data[:16])
    return "".join(LETTERS[bits >> (128 - 5 * place) & 31] for place in range(1, count + 1))
