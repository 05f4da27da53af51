"""The academy: its name, who signs, its own rules, and whose signatures it trusts.

Kept as statements in one record, `academy:profile`, so that it travels and is audited like
all else. Each field is the latest that was said of it:

    fields   {name, other_name, other_language, prefix, signatories, logo: [value, …stamp]}
    rules    {manual id, or "*" for all: [{…}, …stamp]}
    logos    {digest: base64}      every logo there was: an old record keeps its own
    trusted  {key id: [public key file or null, …stamp]}
    lists    {digest: revocation list}
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from .canonical import digest
from .errors import BadField
from .people import Person
from .questions import has_control_characters
from .statement import Document, Draft, Statement, put, put_latest, value_at

PROFILE = "academy:profile"
EVERY = "*"
"""Stands for all manuals in the academy's rules."""

LONGEST = 120
LARGEST_LOGO = 200_000
PREFIX = re.compile(r"[A-Z0-9]{2,8}")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs on the sheet, under which title, in the record's two languages."""

    name: str
    title: str
    other_name: str = ""
    other_title: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the academy asks on top of a manual's own rules; it never asks less."""

    attendance: int = 0
    """Percent of the manual's hours that must have been attended."""
    pass_mark: int = 0
    """Percent of the final examination."""
    valid_months: int | None = None
    """In the place of the manual's; 0 for records that do not lapse."""
    completion_first: bool = False
    """Whether an achievement also asks for all that a completion does."""


@dataclass(frozen=True, slots=True)
class Academy:
    """The academy as it is now."""

    name: str = ""
    other_name: str = ""
    """In its second script."""
    other_language: str = ""
    prefix: str = ""
    """Begins the number of each of its records."""
    signatories: tuple[Signatory, ...] = ()
    logo: str = ""
    """Digest of its picture, which `logos` has."""
    logos: Mapping[str, str] = field(default_factory=dict)
    """Every logo there was, by digest, in base64."""
    rules: Mapping[str, Rules] = field(default_factory=dict)
    trusted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Public key files of other academies, by key id."""
    lists: tuple[Mapping[str, Any], ...] = ()
    """Signed revocation lists that were imported."""

    @property
    def is_ready(self) -> bool:
        """Whether records can be issued in its name."""
        return bool(self.name and self.prefix)

    def rules_for(self, manual_id: str) -> Rules:
        return self.rules.get(manual_id) or self.rules.get(EVERY) or Rules()

    def logo_bytes(self, logo: str) -> bytes | None:
        """The picture with that digest, also of a logo that has been replaced."""
        return b64decode(self.logos[logo]) if logo in self.logos else None


def academy_of(document: Document) -> Academy:
    """The academy that a profile document describes."""
    kept = document.get("fields", {})
    plain = {name: value_at(kept, name, default="")
             for name in ("name", "other_name", "other_language", "prefix", "logo")}
    trusted = {key: value[0] for key, value in document.get("trusted", {}).items() if value[0]}
    return Academy(
        **plain,
        signatories=tuple(Signatory(**one) for one in value_at(kept, "signatories", default=())),
        logos=document.get("logos", {}),
        rules={manual: _rules(value[0]) for manual, value in document.get("rules", {}).items()},
        trusted=trusted, lists=tuple(document.get("lists", {}).values()))


def _rules(kept: Mapping[str, Any]) -> Rules:
    return Rules(**{one.name: kept[one.name] for one in fields(Rules) if one.name in kept})


def fold_academy(document: Document, statement: Statement) -> Document:
    """Take one statement about the academy into its profile."""
    result, stamp = statement.result, statement.stamp
    if statement.verb == "described":
        for name, value in result.items():
            document = put_latest(document, "fields", name, value, stamp=stamp)
    elif statement.verb == "changed-logo":
        document = put(document, "logos", result["logo"], result["data"])
        document = put_latest(document, "fields", "logo", result["logo"], stamp=stamp)
    elif statement.verb == "set-rules":
        document = put_latest(document, "rules", statement.object, result, stamp=stamp)
    elif statement.verb == "trusted-key":
        document = put_latest(document, "trusted", statement.object, result["key"], stamp=stamp)
    elif statement.verb == "took-list":
        document = put(document, "lists", statement.object, result)
    return document


# Saying ----------------------------------------------------------------------------------

def describe(by: Person, *, name: str, prefix: str, other_name: str = "",
             other_language: str = "", signatories: Iterable[Signatory] = ()) -> Draft:
    """Say who the academy is. Raises BadField."""
    prefix = unicodedata.normalize("NFKC", prefix).strip().upper()
    if not PREFIX.fullmatch(prefix):
        raise BadField("prefix", "prefix")
    return Draft("described", PROFILE, {
        "name": clean_line("name", name), "prefix": prefix,
        "other_name": clean_line("other_name", other_name, may_be_empty=True),
        "other_language": other_language,
        "signatories": [asdict(one) for one in map(_clean_signatory, signatories)],
    }, actor=by.id)


def _clean_signatory(one: Signatory) -> Signatory:
    return Signatory(clean_line("signatory", one.name), clean_line("signatory", one.title),
                     clean_line("signatory", one.other_name, may_be_empty=True),
                     clean_line("signatory", one.other_title, may_be_empty=True))


def change_logo(by: Person, picture: bytes) -> Draft:
    """Set the logo, a PNG or JPEG; an empty one takes it away. Raises BadField."""
    if picture and not picture.startswith(_PICTURES):
        raise BadField("logo", "picture")
    if len(picture) > LARGEST_LOGO:
        raise BadField("logo", "too-large", most=LARGEST_LOGO // 1000)
    name = hashlib.sha256(picture).hexdigest() if picture else ""
    return Draft("changed-logo", PROFILE,
                 {"logo": name, "data": b64encode(picture).decode()}, actor=by.id)


def set_rules(by: Person, manual_id: str, rules: Rules) -> Draft:
    """Set the academy's own rules for a manual, or for `EVERY` one. Raises BadField."""
    for name in ("attendance", "pass_mark"):
        if not 0 <= getattr(rules, name) <= 100:
            raise BadField(name, "percent")
    if not 0 <= (rules.valid_months or 0) <= 600:
        raise BadField("valid_months", "months")
    return Draft("set-rules", manual_id, asdict(rules), actor=by.id)


def trust_key(by: Person, key_id: str, key: Mapping[str, Any] | None) -> Draft:
    """Trust another academy's key from now on; None takes the trust away."""
    return Draft("trusted-key", key_id, {"key": key}, actor=by.id)


def take_list(by: Person, revocations: Mapping[str, Any]) -> Draft:
    """Keep a signed revocation list, which the caller has checked."""
    return Draft("took-list", digest(revocations), revocations, actor=by.id)


def clean_line(field: str, text: str, *, may_be_empty: bool = False) -> str:
    """A line as it is printed: NFC, single spaces. Raises BadField."""
    if has_control_characters(text):
        raise BadField(field, "control-characters")
    kept = " ".join(unicodedata.normalize("NFC", text).split())
    if not kept and not may_be_empty:
        raise BadField(field, "empty")
    if len(kept) > LONGEST:
        raise BadField(field, "too-long", most=LONGEST)
    return kept
