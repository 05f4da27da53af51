"""The signed text of a record: small enough for a square code, complete enough to be shown.

    4P1:<base45>.

The colon is followed by, in base45: four bytes of the key's id; sixteen of the SHA-256 of the
whole record's canonical JSON; the facts, packed; 64 bytes of Ed25519 over `fourth-p record 1`,
a line end, and all bytes before the signature. The full stop is there because a text can end
in a space, which is a letter of base45 and gets lost when a text is pasted.

Reading it is a function of the text, the keys and the lists: no network, no register, no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..core.canonical import digest
from ..core.numbering import LETTERS, MARK_LENGTH, Number
from ..core.standing import ACHIEVEMENT, COMPLETION
from . import base45
from .packing import Packer, Unpacker
from .revocations import Revocation, RevocationList
from .signing import PublicKey, Signer, is_signed

PREFIX, END = "4P1:", "."
RECORD = b"fourth-p record 1\n"
KEY_BYTES, DIGEST_BYTES, SIGNATURE_BYTES = 4, 16, 64

VALID, REVOKED, SUPERSEDED = "valid", "revoked", "superseded"
NOT_VALID, UNKNOWN_KEY, STOLEN_KEY = "not-valid", "unknown-key", "stolen-key"
STATES = (VALID, REVOKED, SUPERSEDED, NOT_VALID, UNKNOWN_KEY, STOLEN_KEY)

_ACHIEVEMENT, _OVERRIDES, _DOUBTFUL, _COUNTS, _ATTENDANCE, _EXAMINATION, _SUPERSEDES = (
    1 << bit for bit in range(7))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the text of a record says, in the order in which it is packed."""

    number: str
    kind: str
    name: str
    other_name: str
    other_language: str
    language: str
    manual: str
    edition: str
    minutes: int
    """How long the manual takes."""
    issued: str
    begun: str
    ended: str
    valid_until: str
    overrides: int = 0
    """How many requirements were waived."""
    doubtful: str = ""
    """The latest date known when the clock was behind it."""
    modules: tuple[int, int] | None = None
    """Done, of."""
    cases: tuple[int, int] | None = None
    attendance: tuple[int, int] | None = None
    """Minutes attended, of minutes asked for (0 for none)."""
    score: str = ""
    """Points in the examination, with at most two decimals; empty in a completion."""
    of: int = 0
    needed: int = 0
    """The pass mark, in permille."""
    examined: str = ""
    """Date of the examination."""
    supersedes: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a text came to. Only `valid` is ever shown in green."""

    state: str
    """One of `STATES`."""
    reason: str = ""
    """Of `not-valid`: `no-record` (it is none of ours, or not whole), `damaged`, `signature`,
    `differs` (from the record it came with), `after-retirement` (of the key)."""
    facts: Facts | None = None
    """None when not valid. With an unknown key they are what the paper says, proved by nobody."""
    key_id: str = ""
    key: PublicKey | None = None
    """Whose signature it is, when it is known."""
    revocation: Revocation | None = None
    """When, why, and what stands in its place."""
    lists_of: str = ""
    """When the latest list of this academy was made; empty when there is none: that a record was
    revoked could then not be known."""

    def expired(self, today: str) -> bool:
        """Whether its term was over on a day; it stays a true record of what was earned."""
        return bool(self.facts and "" < self.facts.valid_until < today)


def facts_of(record: Mapping[str, Any]) -> Facts:
    """The facts of a record's JSON that go into its text."""
    named, manual, exam = record["named"], record["manual"], record["examination"]
    facts = Facts(
        number=record["number"], kind=record["kind"], name=named["name"],
        other_name=named["other_name"], other_language=named["other_language"],
        language=record["language"], manual=manual["id"], edition=manual["edition"],
        minutes=manual["minutes"], issued=record["issued"], begun=record["begun"],
        ended=record["ended"], valid_until=record["valid_until"],
        overrides=len(record["overrides"]), doubtful=record["doubtful"][:10],
        supersedes=record["supersedes"], modules=_pair(record["modules"]),
        cases=_pair(record["cases"]), attendance=_pair(record["attendance"]))
    return replace(facts, score=exam["score"], of=exam["of"], needed=exam["needed"],
                   examined=exam["date"]) if exam else facts


def _pair(count: Mapping[str, int] | None) -> tuple[int, int] | None:
    return (count["done"], count["of"]) if count else None


def signed_text(record: Mapping[str, Any], signer: Signer) -> str:
    """The text of a record's JSON, for its square code. Raises ValueError."""
    body = bytes.fromhex(signer.key.id) + _short(record) + packed(facts_of(record))
    return PREFIX + base45.encode(body + signer.sign(RECORD + body)) + END


def read(text: str, keys: Iterable[PublicKey], lists: Iterable[RevocationList] = ()) -> Verdict:
    """Check the text of a square code."""
    try:
        body, signature = _parts(text)
        facts = unpacked(body[KEY_BYTES + DIGEST_BYTES:])
    except (ValueError, OverflowError):
        is_ours = text.strip("\ufeff \r\n").startswith(PREFIX)
        return Verdict(NOT_VALID, "damaged" if is_ours else "no-record")
    key_id = body[:KEY_BYTES].hex()
    known = [key for key in keys if key.id == key_id]
    if not known:
        return Verdict(UNKNOWN_KEY, facts=facts, key_id=key_id)
    key = next((key for key in known if is_signed(key.public, RECORD + body, signature)), None)
    if key is None:
        return Verdict(NOT_VALID, "signature", key_id=key_id)
    return _judged(facts, key, [one for one in lists if one.prefix == key.prefix])


def check(record: Mapping[str, Any], text: str, keys: Iterable[PublicKey],
          lists: Iterable[RevocationList] = ()) -> Verdict:
    """Check a whole record against its signed text: both must say the same."""
    verdict = read(text, keys, lists)
    if verdict.facts is None:
        return verdict
    try:
        same = _short(record) == _parts(text)[0][KEY_BYTES:KEY_BYTES + DIGEST_BYTES] \
            and facts_of(record) == verdict.facts
    except (KeyError, TypeError, ValueError):
        same = False
    return verdict if same else Verdict(NOT_VALID, "differs", key_id=verdict.key_id)


def _judged(facts: Facts, key: PublicKey, lists: list[RevocationList]) -> Verdict:
    """What the lists of its academy say of a record whose signature is right."""
    for one in (listed for each in lists for listed in each.keys if listed.public == key.public):
        key = key.and_also(one)
    found = [one.entries[facts.number] for one in lists if facts.number in one.entries]
    # Revoked outweighs superseded, wherever each was written.
    ended = min(found, key=lambda one: (one.status != REVOKED, one.when), default=None)
    verdict = Verdict(VALID, "", facts, key.id, key, ended,
                      max((one.made for one in lists), default=""))
    if key.compromised:
        return replace(verdict, state=STOLEN_KEY)
    if key.retired and facts.issued > key.retired:
        return Verdict(NOT_VALID, "after-retirement", key_id=key.id, key=key)
    if ended:
        return replace(verdict, state=REVOKED if ended.status == REVOKED else SUPERSEDED)
    return verdict


def _short(record: Mapping[str, Any]) -> bytes:
    return bytes.fromhex(digest(record))[:DIGEST_BYTES]


def _parts(text: str) -> tuple[bytes, bytes]:
    """What was signed, and the signature. Raises ValueError."""
    # Mail and terminals break long lines, editors put a mark in front: no letters of base45.
    text = re.sub(r"[\r\n\ufeff]", "", text).strip()
    if not (text.startswith(PREFIX) and text.endswith(END)):
        raise ValueError("no record")
    data = base45.decode(text[len(PREFIX):-len(END)])
    if len(data) <= KEY_BYTES + DIGEST_BYTES + SIGNATURE_BYTES:
        raise ValueError("cut short")
    return data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]


def _flags(facts: Facts) -> int:
    flags = {_ACHIEVEMENT: facts.kind == ACHIEVEMENT, _OVERRIDES: facts.overrides,
             _DOUBTFUL: facts.doubtful, _COUNTS: facts.modules and facts.cases,
             _ATTENDANCE: facts.attendance, _EXAMINATION: facts.score,
             _SUPERSEDES: facts.supersedes}
    return sum(bit for bit, is_set in flags.items() if is_set)


def packed(facts: Facts) -> bytes:
    to = Packer()
    to.number(_flags(facts))
    _pack_number(to, facts.number)
    for text in (facts.name, facts.other_name, facts.other_language, facts.language,
                 facts.manual, facts.edition):
        to.text(text)
    to.number(facts.minutes)
    for day in (facts.issued, facts.begun, facts.ended, facts.valid_until):
        to.day(day)
    if facts.overrides:
        to.number(facts.overrides)
    if facts.doubtful:
        to.day(facts.doubtful)
    pairs = (facts.modules, facts.cases) if facts.modules and facts.cases else ()
    for pair in (*pairs, facts.attendance):
        for count in pair or ():
            to.number(count)
    if facts.score:
        to.number(_hundredths(facts.score))
        to.number(facts.of)
        to.number(facts.needed)
        to.day(facts.examined)
    if facts.supersedes:
        _pack_number(to, facts.supersedes)
    return bytes(to.data)


def unpacked(data: bytes) -> Facts:
    """Raises ValueError, OverflowError."""
    of = Unpacker(data)
    flags = of.number()
    if flags >= 1 << 7:
        raise ValueError("an unknown flag")

    def pair(flag: int) -> tuple[int, int] | None:
        return (of.number(), of.number()) if flags & flag else None

    kind = ACHIEVEMENT if flags & _ACHIEVEMENT else COMPLETION
    facts = Facts(
        _unpack_number(of), kind, of.text(), of.text(), of.text(), of.text(), of.text(), of.text(),
        of.number(), of.day(), of.day(), of.day(), of.day(),
        overrides=of.number() if flags & _OVERRIDES else 0,
        doubtful=of.day() if flags & _DOUBTFUL else "",
        modules=pair(_COUNTS), cases=pair(_COUNTS), attendance=pair(_ATTENDANCE))
    if flags & _EXAMINATION:
        facts = replace(facts, score=_points(of.number()), of=of.number(), needed=of.number(),
                        examined=of.day())
    if flags & _SUPERSEDES:
        facts = replace(facts, supersedes=_unpack_number(of))
    of.end()
    return facts


def _pack_number(to: Packer, text: str) -> None:
    number = Number.parse(text)
    to.text(number.academy)
    mark = sum(LETTERS.index(letter) << 5 * place
               for place, letter in enumerate(reversed(number.device)))
    to.raw(mark.to_bytes(4))
    to.number(number.year)
    to.number(number.running)


def _unpack_number(of: Unpacker) -> str:
    academy, mark = of.text(), int.from_bytes(of.raw(4))
    device = "".join(LETTERS[mark >> 5 * place & 31] for place in reversed(range(MARK_LENGTH)))
    number = Number(academy, device, of.number(), of.number())
    return str(Number.parse(str(number)))


def _hundredths(points: str) -> int:
    whole, _, part = points.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def _points(hundredths: int) -> str:
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02}".rstrip("0").rstrip(".")
