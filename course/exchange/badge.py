"""A record as an Open Badges 3.0 credential: a JSON-LD file that other systems take and check.

It carries a Data Integrity proof, `eddsa-jcs-2022`: Ed25519 over SHA-256 of the proof's own
settings and of the credential, both as canonical JSON. Nothing is looked up anywhere: the key
is in the issuer's name (`did:key:…`), and canonical JSON needs no context. Who reads the badge
compares that name with the academy's public key, by another way than the file's.

What is signed here is 64 bytes of hashes, so it is never taken for any of the texts that begin
by saying what they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from ..core.canonical import canonical
from ..core.credential import Moment
from ..core.standing import ACHIEVEMENT
from .signing import Signer

CONTEXT = ["https://www.w3.org/ns/credentials/v2",
           "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
BADGES = UUID("44611f06-e7e2-5875-9536-f476564cf12b")
"""Under it the ids of badges are made of what they are about: the same again is the same."""

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = bytes([0xed, 0x01])


def badge(record: Mapping[str, Any], signer: Signer, when: Moment, *, description: str = "",
          criteria: str = "") -> dict[str, Any]:
    """The signed badge of a record's JSON, to be frozen beside it (`proofs` of the register).

    `description` and `criteria` are sentences in the record's language; without them the badge
    says both in the terms of the manual's index.
    """
    credential = {"@context": CONTEXT, **_credential(record, signer.key.public, description,
                                                     criteria)}
    return proved(credential, signer, when.time)


def proved(credential: Mapping[str, Any], signer: Signer, created: str) -> dict[str, Any]:
    """A credential with its proof. Raises ValueError for what has no canonical form."""
    did = did_key(signer.key.public)
    proof = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": created,
             "verificationMethod": f"{did}#{did.rpartition(':')[2]}",
             "proofPurpose": "assertionMethod", "@context": credential["@context"]}
    hashes = b"".join(hashlib.sha256(canonical(part)).digest() for part in (proof, credential))
    return {**credential, "proof": {**proof, "proofValue": multibase(signer.sign(hashes))}}


def did_key(public: bytes) -> str:
    """The name of a key that is the key itself."""
    return f"did:key:{multibase(_ED25519 + public)}"


def multibase(data: bytes) -> str:
    """Base58, as Bitcoin writes it, after the `z` that says so."""
    value, letters = int.from_bytes(data), ""
    while value:
        value, rest = divmod(value, 58)
        letters = _BASE58[rest] + letters
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + letters


def _credential(record: Mapping[str, Any], public: bytes, description: str, criteria: str
                ) -> dict[str, Any]:
    """The credential but for its context and proof."""
    did = did_key(public)
    issuer = {"id": did, "type": ["Profile"], "name": record["issuer"]["name"]}
    shape = {
        "id": _id(did, record["number"]), "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": record["manual"]["title"], "issuer": issuer,
        "validFrom": f"{record['issued']}T00:00:00Z",
        "credentialSubject": _subject(record, did, description, criteria)}
    if record["valid_until"]:
        shape["validUntil"] = f"{record['valid_until']}T23:59:59Z"
    return shape


def _subject(record: Mapping[str, Any], did: str, description: str, criteria: str
             ) -> dict[str, Any]:
    """Who earned what, when, with which result."""
    achievement = _achievement(record, did, description, criteria)
    names = (record["named"]["name"], record["named"]["other_name"])
    days = {"activityStartDate": record["begun"], "activityEndDate": record["ended"]}
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": name,
                        "identityType": "name"} for name in names if name],
        "licenseNumber": record["number"], "achievement": achievement,
        **{name: f"{day}T00:00:00Z" for name, day in days.items() if day}}
    if record["examination"]:
        subject["result"] = [{
            "type": ["Result"], "resultDescription": achievement["resultDescription"][0]["id"],
            "value": record["examination"]["score"]}]
    return subject


def _achievement(record: Mapping[str, Any], did: str, description: str, criteria: str
                 ) -> dict[str, Any]:
    """What was earned: the same id for everybody who earned it in this edition."""
    manual, exam, kind = record["manual"], record["examination"], record["kind"]
    about = (did, kind, manual["id"], manual["edition"])
    achievement: dict[str, Any] = {
        "id": _id(*about), "type": ["Achievement"], "name": manual["title"],
        "achievementType": "Certificate" if kind == ACHIEVEMENT else "CertificateOfCompletion",
        "description": description or f"{manual['title']}, {manual['edition']}",
        "criteria": {"narrative": criteria or "; ".join(record["rules"].get("requires", ()))
                     or manual["title"]},
        "humanCode": manual["id"], "version": manual["edition"], "inLanguage": record["language"]}
    if exam:
        share, rest = divmod(exam["needed"] * exam["of"], 1000)
        achievement["resultDescription"] = [{
            "id": _id(*about, str(exam["of"]), str(exam["needed"])), "type": ["ResultDescription"],
            "name": manual["title"], "resultType": "RawScore", "valueMin": "0",
            "valueMax": str(exam["of"]),
            "requiredValue": f"{share}.{rest:03}".rstrip("0").rstrip(".")}]
    return achievement


def _id(*about: str) -> str:
    return f"urn:uuid:{uuid5(BADGES, '/'.join(about))}"
