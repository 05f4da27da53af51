"""Keys and signatures: Ed25519, and a private key sealed by a passphrase.

Here and in `sealing.py` `cryptography` is imported, inside functions: it is not needed at the
start.
A key that follows another is endorsed by it, so that who trusts the old one can trust the new.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..core.canonical import canonical
from ..core.errors import BadKey, WrongSecret
from .sealing import derived, from_text, new_kdf, to_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PUBLIC_FORMAT = "fourth-p-key"

LINE, ENDORSEMENT = b"fourth-p register line 1\n", b"fourth-p key 1\n"
"""What a signature is for stands before what is signed: none can be passed off as another."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What everybody may know of a key."""

    public: bytes
    academy: str
    """Name of the academy on the day the key was made."""
    prefix: str
    made: str
    retired: str = ""
    """The date from which it signs nothing more."""
    compromised: bool = False
    """Somebody else may have it: nothing it signed can be believed from then on."""
    follows: str = ""
    """Id of the key before it, which endorsed it."""
    endorsement: str = ""

    @property
    def id(self) -> str:
        """The first four bytes of the fingerprint."""
        return hashlib.sha256(self.public).hexdigest()[:8]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key in groups of four, to be compared by eye or by telephone."""
        text = hashlib.sha256(self.public).hexdigest()
        return " ".join(text[at:at + 4] for at in range(0, len(text), 4))

    def as_json(self) -> dict[str, Any]:
        """The public key file; its canonical text also fits into a square code."""
        return {"format": PUBLIC_FORMAT, "id": self.id, "public": to_text(self.public),
                "academy": self.academy, "prefix": self.prefix, "made": self.made,
                "retired": self.retired, "compromised": self.compromised,
                "follows": self.follows, "endorsement": self.endorsement}

    @classmethod
    def from_json(cls, shape: Any) -> PublicKey:
        """Read a public key file. Raises BadKey."""
        try:
            key = cls(from_text(shape["public"]), *(shape[name] for name in (
                "academy", "prefix", "made", "retired", "compromised", "follows", "endorsement")))
            texts = (key.academy, key.prefix, key.made, key.retired, key.follows, key.endorsement)
            good = (shape["format"] == PUBLIC_FORMAT and shape["id"] == key.id
                    and len(key.public) == 32 and isinstance(key.compromised, bool)
                    and all(isinstance(one, str) for one in texts))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadKey(reason="not-a-key") from error
        if not good:
            raise BadKey(reason="not-a-key")
        return key

    def and_also(self, other: PublicKey) -> PublicKey:
        """The same key with what another file says of it: retired once is retired for good."""
        return replace(self, retired=self.retired or other.retired,
                       compromised=self.compromised or other.compromised)

    def statement(self) -> bytes:
        """What an endorsement signs: all that never changes of the key."""
        return ENDORSEMENT + canonical({
            "public": to_text(self.public), "academy": self.academy, "prefix": self.prefix,
            "made": self.made, "follows": self.follows})


class Signer:
    """A key that has been unlocked, for as long as something is being signed."""

    def __init__(self, key: PublicKey, private: Ed25519PrivateKey) -> None:
        self.key = key
        self._private = private

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519; the message begins by saying what it is."""
        return self._private.sign(message)

    def seal(self, line_hash: str) -> dict[str, str]:
        """Sign a line of the register."""
        signature = self.sign(LINE + line_hash.encode())
        return {"key": self.key.id, "signature": to_text(signature)}


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key made that signature for that message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_sealed(keys: Iterable[PublicKey], line_hash: str, seal: Mapping[str, str]) -> bool:
    """Whether one of the keys signed a line of the register."""
    try:
        signature = from_text(seal["signature"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
    return any(is_signed(key.public, LINE + line_hash.encode(), signature)
               for key in keys if key.id == seal.get("key"))


def is_endorsed(key: PublicKey, trusted: Iterable[PublicKey]) -> bool:
    """Whether a trusted key of the same academy vouches for this one."""
    with contextlib.suppress(ValueError):
        signature = from_text(key.endorsement)
        return any(is_signed(one.public, key.statement(), signature) for one in trusted
                   if one.id == key.follows and not one.compromised)
    return False


# A private key at rest ------------------------------------------------------------------

def new_private_key() -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()


def sealed(private: Ed25519PrivateKey, passphrase: str, cost_mib: int) -> dict[str, Any]:
    """A private key as it is kept: ChaCha20-Poly1305 under argon2id of the passphrase."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = secrets.token_bytes(12)
    kdf = new_kdf(cost_mib)
    public = private.public_key().public_bytes_raw()
    data = ChaCha20Poly1305(derived(passphrase, kdf)).encrypt(
        nonce, private.private_bytes_raw(), public)
    return {"kdf": kdf, "nonce": to_text(nonce), "sealed": to_text(data)}


def opened(kept: Mapping[str, Any], passphrase: str) -> Ed25519PrivateKey:
    """What `sealed` kept. Raises WrongSecret, and BadKey for a file that is not whole."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        public = PublicKey.from_json(kept["public_key"]).public
        cipher = ChaCha20Poly1305(derived(passphrase, kept["kdf"]))
        raw = cipher.decrypt(from_text(kept["nonce"]), from_text(kept["sealed"]), public)
        private = Ed25519PrivateKey.from_private_bytes(raw)
    except InvalidTag as error:
        raise WrongSecret from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadKey(reason="damaged") from error
    if private.public_key().public_bytes_raw() != public:
        raise BadKey(reason="damaged")
    return private
