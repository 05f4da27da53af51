"""Revocation lists: which records no longer hold, signed, to be carried to whoever checks.

A list is a JSON file. It also says which keys were retired, and how far each chain of the
register went, so that a register that was cut short later can be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.canonical import canonical
from ..core.errors import BadKey, BadList
from ..core.issued import CredentialRegister
from ..core.register import Head
from .sealing import from_text, to_text
from .signing import PublicKey, Signer, is_signed

FORMAT = "fourth-p-revocations"
LIST = b"fourth-p revocations 1\n"


@dataclass(frozen=True, slots=True)
class Revocation:
    """One record that no longer holds."""

    number: str
    when: str
    """Date."""
    status: str
    """`revoked` or `superseded`."""
    reason: str
    successor: str = ""
    """The number of the record in its place."""


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A list that may be believed: of our own register, or read with its signature checked."""

    prefix: str
    """Of the academy whose records it speaks of, and nobody else's."""
    made: str
    entries: Mapping[str, Revocation]
    keys: tuple[PublicKey, ...] = ()
    heads: tuple[Head, ...] = field(default=())


def own_list(register: CredentialRegister, keys: Iterable[PublicKey], prefix: str, now: str
             ) -> RevocationList:
    """What the register at hand says."""
    entries = {one.number: Revocation(one.number, one.end.at[:10], one.status,
                                      str(one.end.body["reason"]), one.successor)
               for one in register.records if one.end}
    return RevocationList(prefix, now, entries, tuple(keys), tuple(register.heads()))


def signed_list(own: RevocationList, academy: str, signer: Signer) -> dict[str, Any]:
    """A list as a file to give away."""
    shape: dict[str, Any] = {
        "format": FORMAT, "academy": academy, "prefix": own.prefix, "made": own.made,
        "key": signer.key.id,
        "entries": [[one.number, one.when, one.status, one.reason, one.successor]
                    for _, one in sorted(own.entries.items())],
        "keys": [key.as_json() for key in own.keys],
        "heads": [[one.device, one.place, one.hash] for one in own.heads]}
    return {**shape, "signature": to_text(signer.sign(LIST + canonical(shape)))}


def read_list(shape: Any, keys: Iterable[PublicKey]) -> RevocationList:
    """Check a list and read it. Raises BadList: `not-a-list`, `unknown-key`, `signature`."""
    try:
        signed = {name: value for name, value in shape.items() if name != "signature"}
        signature = from_text(shape["signature"])
        message = LIST + canonical(signed)
        entries = {row[0]: Revocation(*map(_text, row)) for row in shape["entries"]}
        heads = tuple(Head(device, int(place), line_hash)
                      for device, place, line_hash in shape["heads"])
        listed = RevocationList(_text(shape["prefix"]), _text(shape["made"]), entries,
                                tuple(map(PublicKey.from_json, shape["keys"])), heads)
        if shape["format"] != FORMAT:
            raise ValueError(shape["format"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, BadKey) as error:
        raise BadList(reason="not-a-list") from error
    known = [one for one in keys if one.id == shape["key"] and one.prefix == listed.prefix
             and not one.compromised]
    if not known:
        raise BadList(reason="unknown-key")
    if not any(is_signed(one.public, message, signature) for one in known):
        raise BadList(reason="signature")
    return listed


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value
