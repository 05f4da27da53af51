"""Helpers for the tests of records: an academy with its key, and records it has issued."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from course import FOLDS
from course.core.academy import Academy, Signatory
from course.core.credential import (
    Count,
    Credential,
    Examination,
    Issuer,
    Moment,
    Named,
    Studied,
)
from course.core.issued import CredentialRegister
from course.core.register import Chain, Line, record_of
from course.core.transcript import Row
from course.exchange.compact import signed_text
from course.exchange.keyring import Keyring
from course.exchange.signing import PublicKey, Signer, new_private_key
from course.store import MemoryStore, Store

PASSPHRASE = "lantern quarry mild ocean"
ACADEMY = Academy(name="Academy of Casteria", other_name="أكاديمية كاستيريا", other_language="ar",
                  prefix="CAS", signatories=(Signatory("R. Ames", "Registrar"),))
WHEN = Moment("2026-03-30T09:00:00Z")

NAMES = {
    "latin": Named("María de los Ángeles Fernández-Villaverde"),
    "arabic": Named("Abdulrahman bin Mohammed Al Abdullatif", "عبد الرحمن بن محمد آل عبد اللطيف",
                    "ar"),
    "marked": Named("Amal Haddad", "أَمَل حَدّاد", "ar"),
    "persian": Named("Mohammad Reza Hosseini Tabatabaei", "محمدرضا حسینی طباطبایی", "fa"),
    "cyrillic": Named("Konstantin Aleksandrovich Dobrovolskiy",
                      "Константин Александрович Добровольский", "ru"),
    "kazakh": Named("Nursultan Abdimanapuly Bekzhanov", "Нұрсұлтан Әбдіманапұлы Бекжанов", "kk"),
    "chinese": Named("Ouyang Zhenhua-Guangming", "欧阳振华光明", "zh"),
    "rare": Named("Tian", "𠮷田🙂", "zh"),
}
"""Long names as they are, in the scripts of the six languages and beyond."""


def new_signer(prefix: str = "CAS", **fields: Any) -> Signer:
    """A key in the hand, without a file."""
    private = new_private_key()
    public = private.public_key().public_bytes_raw()
    return Signer(PublicKey(public, ACADEMY.name, prefix, "2026-01-05", **fields), private)


def credential(named: Named = NAMES["arabic"], number: str = "CAS-K7F3A-2026-0147",
               **fields: Any) -> Credential:
    """A completion as it might be issued."""
    issuer = Issuer(ACADEMY.name, ACADEMY.other_name, "ar", "CAS", ACADEMY.signatories)
    return replace(Credential(
        number, "completion", named, issuer, Studied("tip-indepth", "In depth", "2026.1", 1200),
        "en", "2026-03-30", begun="2026-03-02", ended="2026-03-27", valid_until="2029-03-30",
        modules=Count(14, 14), cases=Count(17, 18), attendance=Count(1100, 1080),
        transcript=(Row("tip-indepth/one", "One", "act", "Name the act", "3.5", 4),)), **fields)


def achievement(named: Named = NAMES["arabic"], **fields: Any) -> Credential:
    return replace(credential(named), kind="achievement", modules=None, cases=None,
                   attendance=None, examination=Examination("43.5", 50, 870, 800, "2026-03-27"),
                   **fields)


class Desk:
    """A registrar at one laptop, who issues and revokes into its store."""

    def __init__(self, signer: Signer, store: Store | None = None) -> None:
        self.signer = signer
        self.store = store or MemoryStore(FOLDS)

    def issue(self, named: Named = NAMES["arabic"], person: str = "ana", when: Moment = WHEN,
              cohort: str = "spring", **fields: Any) -> str:
        """The number of the new record."""
        with self.store.record(record_of(self.store.device)) as record:
            chain = self._chain(record.document)
            number = str(chain.next_number("CAS", when))
            shape = credential(named, number, **fields).as_json()
            record.append(chain.issued(shape, signed_text(shape, self.signer), when, by="reg",
                                       person=person, cohort=cohort))
        return number

    def revoke(self, number: str, reason: str = "Issued by mistake") -> None:
        with self.store.record(record_of(self.store.device)) as record:
            record.append(self._chain(record.document).revoked(number, reason, WHEN, by="reg"))

    def supersede(self, number: str, successor: str) -> None:
        with self.store.record(record_of(self.store.device)) as record:
            record.append(self._chain(record.document).superseded(
                number, successor, "A letter was wrong", WHEN, by="reg"))

    def note(self, key: PublicKey) -> None:
        with self.store.record(record_of(self.store.device)) as record:
            record.append(self._chain(record.document).key_made(key.as_json(), WHEN, by="reg"))

    def _chain(self, document: Any) -> Chain:
        return Chain(self.store.device, document, self.signer.seal)


def register_of(store: Store) -> CredentialRegister:
    """The register with its records whole, as the log has them."""
    return CredentialRegister([Line.of(one) for one in store.statements()
                               if one.record.startswith("register:")])


def keyring_in(folder: Path) -> Keyring:
    """Keys behind a passphrase that is quick to try."""
    return Keyring(folder / "keys", cost_mib=1)
