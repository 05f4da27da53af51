"""The registrar's office: where the register, the academy's keys and the store come together.

What is done here is signed, written down as a line of the register, and witnessed beside the
keys. A passphrase is asked for each time, opens the key once, and is let go of.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .core import academy as profile
from .core.academy import PROFILE, academy_of
from .core.awarding import Award, award, best_final, reissue
from .core.credential import Credential, Moment, moment
from .core.errors import AcademyNotReady, AlreadyIssued
from .core.issued import VALID, CredentialRegister, Issued
from .core.people import Person
from .core.register import Chain, record_of
from .core.scoring import Answer, kept_answers
from .core.standing import ACHIEVEMENT, Standing, Syllabus
from .core.statement import Document, Draft
from .exchange.badge import badge
from .exchange.compact import signed_text
from .exchange.keyring import Keyring
from .exchange.revocations import read_list, signed_list
from .exchange.signing import PublicKey, Signer
from .records import Records, of_store

if TYPE_CHECKING:
    from .store import Record, Store

REFRESH = timedelta(days=90)
"""How long before the end of a record's term the next one may be issued."""


@dataclass(frozen=True, slots=True)
class Order:
    """One record that the registrar wants issued."""

    person: Person
    syllabus: Syllabus
    """In the language of the record."""
    standing: Standing
    document: Document
    award: Award
    cohort: str = ""


class Office:
    """Everything that is done with records and keys in one data folder."""

    def __init__(self, store: Callable[[], Store], keyring: Keyring,
                 now: Callable[[], datetime]) -> None:
        """`store` is asked for each time: going back to a backup opens another."""
        self._store, self._now = store, now
        self.keyring = keyring

    def records(self) -> Records:
        """What is known here, as it is now."""
        return of_store(self._store(), self.keyring, self.time)

    @property
    def academy(self) -> profile.Academy:
        return academy_of(self._store().document(PROFILE))

    @property
    def register(self) -> CredentialRegister:
        store = self._store()
        return CredentialRegister.of({one: store.document(one)
                                      for one in store.record_ids("register")})

    def whole(self, number: str) -> Issued:
        """A record with all that was signed of it. Raises NotFound."""
        records = self.records()
        return records.whole(records.register.record(number))

    @property
    def time(self) -> str:
        return self._now().isoformat(timespec="seconds").replace("+00:00", "Z")

    def moment(self) -> Moment:
        """Now, with a doubt when the clock has been set back."""
        return moment(self._now(), self._store().health().clock_behind)

    @contextmanager
    def _chain(self, signer: Signer | None) -> Iterator[tuple[Chain, Record]]:
        """This device's chain under its lock; afterwards how far it goes is witnessed."""
        store = self._store()
        with store.record(record_of(store.device)) as record:
            chain = Chain(store.device, record.document, signer.seal if signer else None)
            yield chain, record
        self.keyring.witness([chain.head])

    # Records -----------------------------------------------------------------------------

    def issue(self, signer: Signer, orders: Sequence[Order], by: Person) -> list[str]:
        """Issue all of them, or none: their numbers.

        Raises AcademyNotReady, AlreadyIssued, RequirementsNotMet and BadField.
        """
        academy, when = self.academy, self.moment()
        if not academy.is_ready:
            raise AcademyNotReady
        numbers = []
        with self._chain(signer) as (chain, record):
            for order in self._free(orders, when):
                credential = award(
                    order.standing, order.syllabus, order.document, self._final(order), academy,
                    chain.next_number(academy.prefix, when), when, order.award)
                record.append(self._issued(chain, credential, signer, when, by, order.person.id,
                                           order.cohort))
                numbers.append(credential.number)
        return numbers

    def _free(self, orders: Sequence[Order], when: Moment) -> Iterator[Order]:
        """Asking twice never makes a second record."""
        register = self.register
        held: dict[str, Issued] = {}
        of = ("", "")
        for order in orders:
            if of != (order.standing.manual, order.standing.kind):
                of = (order.standing.manual, order.standing.kind)
                held = self.holders(register, *of, when)
            if order.person.id in held:
                raise AlreadyIssued(number=held[order.person.id].number, name=order.person.name)
            yield order

    @staticmethod
    def _issued(chain: Chain, credential: Credential, signer: Signer, when: Moment, by: Person,
                person: str, cohort: str) -> Draft:
        shape = credential.as_json()
        return chain.issued(shape, signed_text(shape, signer), when, by=by.id, person=person,
                            cohort=cohort, proofs={"badge": badge(shape, signer, when)})

    @staticmethod
    def holders(register: CredentialRegister, manual_id: str, kind: str, when: Moment
                ) -> dict[str, Issued]:
        """Who holds a valid record of that kind, by person, unless it is soon to be renewed."""
        soon = (date.fromisoformat(when.believed) + REFRESH).isoformat()
        return {one.person: one for one in register.records
                if one.status == VALID and one.summary["manual"]["id"] == manual_id
                and one.summary["kind"] == kind and (one.summary["valid_until"] or "9999") > soon}

    def _final(self, order: Order) -> Mapping[str, Answer]:
        best = best_final(order.syllabus, order.document)
        if order.standing.kind != ACHIEVEMENT or best is None or best.summary is None:
            return {}
        closing = self._store().statement(best.summary["statement"])
        return kept_answers(closing) if closing else {}

    def replace(self, signer: Signer, number: str, reason: str, changes: Mapping[str, str],
                by: Person) -> str:
        """Issue a record in the place of another, with what is corrected: its number.

        Raises NotFound, AlreadyRevoked and BadField.
        """
        when = self.moment()
        with self._chain(signer) as (chain, record):
            records = self.records()
            old = records.whole(records.register.standing_record(number))
            new = reissue(old.record, chain.next_number(old.record["issuer"]["prefix"], when),
                          when, reason, changes)
            record.append(
                self._issued(chain, new, signer, when, by, old.person, old.cohort),
                chain.superseded(number, new.number, new.reason, when, by=by.id))
        return new.number

    def revoke(self, signer: Signer, number: str, reason: str, by: Person) -> None:
        """Raises NotFound, AlreadyRevoked and BadField."""
        reason = profile.clean_line("reason", reason)
        with self._chain(signer) as (chain, record):
            self.register.standing_record(number)
            record.append(chain.revoked(number, reason, self.moment(), by=by.id))

    # The academy and whom it trusts ------------------------------------------------------

    def say(self, *drafts: Draft) -> None:
        """Keep what was said about the academy."""
        with self._store().record(PROFILE) as record:
            record.append(*drafts)

    def take_list(self, by: Person, shape: Mapping[str, Any]) -> None:
        """Keep a revocation list that one of the known keys signed. Raises BadList."""
        read_list(shape, self.records().keys)
        self.say(profile.take_list(by, shape))

    def own_list(self, signer: Signer) -> dict[str, Any]:
        """Our revocation list, signed, to be given away."""
        records = self.records()
        own = next(one for one in records.lists if one.prefix == signer.key.prefix)
        return signed_list(own, records.academy.name, signer)

    @staticmethod
    def read_key(shape: Any) -> PublicKey:
        """A public key file. Raises BadKey."""
        return PublicKey.from_json(shape)

    # Keys --------------------------------------------------------------------------------

    def make_key(self, passphrase: str, by: Person) -> PublicKey:
        """Raises AcademyNotReady, KeyExists and NotSaved."""
        academy = self._ready()
        made = self.keyring.make(passphrase, academy.name, academy.prefix, self.time)
        self._note(passphrase, by, made)
        return made

    def rotate_key(self, passphrase: str, new_passphrase: str, by: Person) -> PublicKey:
        """Raises AcademyNotReady, WrongSecret and NoKey."""
        academy = self._ready()
        before, made = self.keyring.rotate(passphrase, new_passphrase, academy.name,
                                           academy.prefix, self.time)
        self._note(new_passphrase, by, before, made)
        return made

    def retire_key(self, key_id: str, by: Person, *, compromised: bool) -> None:
        """Its passphrase is not asked for: that it was lost may be the reason. Raises NoKey."""
        self._note("", by, self.keyring.retire(key_id, self.time, compromised=compromised))

    def restore_key(self, backup: bytes, passphrase: str) -> PublicKey:
        """Take a key back from its copy. Raises BadKey and WrongSecret."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "key.json"
            file.write_bytes(backup)
            return self.keyring.restore(file, passphrase)

    def backup_of(self, key_id: str) -> bytes:
        """A key's file, still encrypted. Raises NoKey."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "key.json"
            self.keyring.back_up(self.keyring.key(key_id).id, file)
            return file.read_bytes()

    def _ready(self) -> profile.Academy:
        academy = self.academy
        if not academy.is_ready:
            raise AcademyNotReady
        return academy

    def _note(self, passphrase: str, by: Person, *keys: PublicKey) -> None:
        signer = self.keyring.unlock(passphrase) if passphrase else None
        when = self.moment()
        with self._chain(signer) as (chain, record):
            for key in keys:
                note = chain.key_retired if key.retired else chain.key_made
                record.append(note(key.as_json(), when, by=by.id))
