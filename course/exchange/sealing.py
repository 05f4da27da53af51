"""Sealing a file with a passphrase: argon2id, and ChaCha20-Poly1305 in pieces of 64 KiB.

    ["crc32",0,{"format":"fourth-p-sealed","version":1,"kdf":{…},"nonce":"…","check":"…"}]
    base64 of a sealed piece
    …

Each piece is sealed with its place in the file and with whether it is the last, as in the
STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): none can be changed, moved or
cut off unseen, and a long file never has to be in memory. `check` tells a wrong passphrase from
a damaged file.
"""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.canonical import canonical
from ..core.errors import BadBundle

FORMAT = "fourth-p-sealed"
PIECE = 64 << 10
_MOST_PIECES = 2**32 - 2
_CHECK, _MIDDLE, _LAST = 2, 0, 1


class Seal:
    """A passphrase made a key, with all that stands in the head of the file beside it."""

    def __init__(self, passphrase: str, shape: Mapping[str, Any]) -> None:
        """Raises KeyError, TypeError or ValueError for a head that is none."""
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        self._shape = {name: shape[name] for name in ("format", "version", "kdf", "nonce")}
        self._bound = canonical(self._shape)
        self._prefix = from_text(shape["nonce"])
        if len(self._prefix) != 7:
            raise ValueError("no nonce")
        self._cipher = ChaCha20Poly1305(derived(passphrase, shape["kdf"]))

    @classmethod
    def new(cls, passphrase: str, cost_mib: int = 64) -> Seal:
        return cls(passphrase, {"format": FORMAT, "version": 1, "kdf": new_kdf(cost_mib),
                                "nonce": to_text(secrets.token_bytes(7))})

    @property
    def head(self) -> dict[str, Any]:
        """What the file begins with."""
        return {**self._shape, "check": to_text(self._sealed(b"", 0, _CHECK))}

    def fits(self, check: Any) -> bool:
        """Whether it is the passphrase of a file with that check in its head."""
        return isinstance(check, str) and secrets.compare_digest(
            check.encode(), to_text(self._sealed(b"", 0, _CHECK)).encode())

    def lines(self, data: Iterable[bytes]) -> Iterator[bytes]:
        """The sealed pieces of some data, a line each."""
        place = 0
        held = bytearray()
        for some in data:
            held += some
            while len(held) > PIECE:
                yield self._line(bytes(held[:PIECE]), place, _MIDDLE)
                del held[:PIECE]
                place += 1
        yield self._line(bytes(held), place, _LAST)

    def data(self, lines: Iterable[bytes], file: str) -> Iterator[bytes]:
        """What was sealed. Raises BadBundle with the line, of which the head is the first."""
        place, ended = 0, False
        for place, line in enumerate(lines):
            if ended or place > _MOST_PIECES:
                raise BadBundle(file, "damaged", place + 2)
            opened = self._opened(line, place, _MIDDLE)
            if opened is None:
                ended = True
                opened = self._opened(line, place, _LAST)
            if opened is None:
                raise BadBundle(file, "damaged", place + 2)
            yield opened
        if not ended:
            raise BadBundle(file, "cut", place + 2)

    def _line(self, data: bytes, place: int, kind: int) -> bytes:
        return b64encode(self._sealed(data, place, kind)) + b"\n"

    def _sealed(self, data: bytes, place: int, kind: int) -> bytes:
        return self._cipher.encrypt(self._nonce(place, kind), data, self._bound)

    def _opened(self, line: bytes, place: int, kind: int) -> bytes | None:
        from cryptography.exceptions import InvalidTag

        try:
            sealed = b64decode(line.rstrip(b"\r\n"), validate=True)
            return self._cipher.decrypt(self._nonce(place, kind), sealed, self._bound)
        except (InvalidTag, ValueError):
            return None

    def _nonce(self, place: int, kind: int) -> bytes:
        return self._prefix + place.to_bytes(4, "big") + bytes([kind])


# Passphrases and text ---------------------------------------------------------------------

def new_kdf(cost_mib: int) -> dict[str, Any]:
    """How a passphrase is to be made a key, with a salt of its own."""
    return {"name": "argon2id", "memory": cost_mib * 1024, "time": 3,
            "salt": to_text(secrets.token_bytes(16))}


def derived(passphrase: str, kdf: Mapping[str, Any]) -> bytes:
    """The key that a passphrase gives; its letters count, not how they were composed.

    Raises KeyError, TypeError or ValueError for what `new_kdf` did not make.
    """
    from argon2.low_level import Type, hash_secret_raw

    if kdf["name"] != "argon2id" or not 1 <= int(kdf["memory"]) <= 1 << 20 \
            or not 1 <= int(kdf["time"]) <= 20:
        raise ValueError("a cost out of bounds")
    return hash_secret_raw(unicodedata.normalize("NFC", passphrase).encode(),
                           from_text(kdf["salt"]), time_cost=int(kdf["time"]),
                           memory_cost=int(kdf["memory"]), parallelism=1, hash_len=32,
                           type=Type.ID)


def to_text(data: bytes) -> str:
    """Base64 for addresses, without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """What `to_text` wrote, and no other spelling of it. Raises ValueError."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(data) != text:
        raise ValueError("not base64")
    return data
