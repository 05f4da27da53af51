"""People: learners, trainers, registrars, administrators, and what each role may do.

Everybody stands in one record, the register (`people:register`), so that a service number
is given once and a class list is one document. A person's fields are each the latest that
was said of them; whoever was pseudonymised stands under `erased` with the code. Secrets
arrive here already hashed.

Two laptops may enrol the same person, under two ids. Its staff then say which of the two is
kept (`join`), or that they are two (`keep_apart`):

    people      {id: {name, number, …, joined: [value, counter, device]}}
    apart       {"id id": [true or false, counter, device]}
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .errors import BadField, NotAllowed, NotFound, NumberTaken
from .questions import has_control_characters
from .statement import Document, Draft, Statement, put_latest, value_at

REGISTER = "people:register"
PSEUDONYMISED = "pseudonymised"

LEARNER, TRAINER, REGISTRAR, ADMINISTRATOR = "learner", "trainer", "registrar", "administrator"
ROLES = (LEARNER, TRAINER, REGISTRAR, ADMINISTRATOR)
STAFF = (TRAINER, REGISTRAR, ADMINISTRATOR)

MAY: Mapping[str, frozenset[str]] = {
    "study": frozenset({LEARNER}),
    "read": frozenset(ROLES),
    "see-trainer-notes": frozenset(STAFF),
    "see-people": frozenset(STAFF),
    "reset-pin": frozenset({TRAINER, ADMINISTRATOR}),
    "see-content-problems": frozenset(STAFF),
    "see-classes": frozenset(STAFF),
    "run-classes": frozenset({TRAINER, ADMINISTRATOR}),
    "mark-answers": frozenset({TRAINER, ADMINISTRATOR}),
    "bring-together": frozenset({TRAINER, ADMINISTRATOR}),
    "wipe-laptop": frozenset({ADMINISTRATOR}),
    "manage-staff": frozenset({ADMINISTRATOR}),
    "remove-learner": frozenset({REGISTRAR, ADMINISTRATOR}),
    "issue-records": frozenset({REGISTRAR}),
    "enter-attendance": frozenset({REGISTRAR}),
    "describe-academy": frozenset({REGISTRAR}),
    "manage-keys": frozenset({REGISTRAR}),
    "see-register": frozenset({REGISTRAR, ADMINISTRATOR}),
    "see-audit": frozenset({REGISTRAR, ADMINISTRATOR}),
    "see-health": frozenset({ADMINISTRATOR}),
    "back-up": frozenset({ADMINISTRATOR}),
}
"""The one place where it is written what a role may do."""

LONGEST = {"name": 100, "number": 40, "passphrase": 200}
PIN_LENGTH = range(4, 9)
MOST_EXTRA_TIME = 200
SHORTEST_PASSPHRASE = 10


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the register."""

    id: str
    name: str
    number: str
    role: str
    language: str
    secret: str
    removed: bool = False
    extra_time: int = 0
    """Percent more time in an examination."""

    @property
    def record(self) -> str:
        """Where this person's learning is kept."""
        return record_of(self.id)

    def may(self, action: str) -> bool:
        return not self.removed and self.role in MAY[action]

    def must_be_able_to(self, action: str) -> None:
        """Raise NotAllowed unless the person's role reaches that far."""
        if not self.may(action):
            raise NotAllowed(action=action)


def record_of(person_id: str) -> str:
    """Where a person's learning is kept."""
    return f"learner:{person_id}"


class Register:
    """The people of one register document, found by id, number or name.

    Who is joined to another is found as that one, by id and by number, and listed no more.
    """

    def __init__(self, document: Document) -> None:
        people = document.get("people", {})
        self._joined = joined(document)
        self._by_id = {key: _person(key, people[key]) for key in sorted(people)}
        for person_id, (code, *_) in document.get("erased", {}).items():
            if person := self._by_id.get(person_id):
                self._by_id[person_id] = replace(person, name=code, number=code, secret="",
                                                 removed=True)
        others = (person for key, person in self._by_id.items() if key in self._joined)
        # Who can sign in here comes last, so that a number is theirs.
        present = sorted(self.present(), key=lambda person: bool(person.secret))
        self._by_number = {number_key(person.number): self._by_id[self._joined[person.id]]
                           for person in others}
        self._by_number |= {number_key(person.number): person for person in present}

    def present(self) -> Iterator[Person]:
        return (person for person in self._by_id.values()
                if not person.removed and person.id not in self._joined)

    def get(self, person_id: str) -> Person | None:
        return self._by_id.get(self._joined.get(person_id, person_id))

    def person(self, person_id: str) -> Person:
        """That person. Raises NotFound, also for one who was removed."""
        person = self.get(person_id)
        if person is None or person.removed:
            raise NotFound(what="person")
        return person

    def numbered(self, number: str) -> Person | None:
        found = self._by_number.get(number_key(number))
        return None if found is None or found.removed else found

    def listed(self, person_ids: Iterable[str]) -> list[Person]:
        """Those of them who are present, each once, in order of name."""
        found = {person for one in person_ids if (person := self.get(one)) and not person.removed}
        return _in_order(found)

    def joined(self) -> list[tuple[Person, Person]]:
        """Who is joined to whom: the other, and the one who is kept."""
        return [(self._by_id[other], self._by_id[kept])
                for other, kept in sorted(self._joined.items())]

    def learners(self) -> list[Person]:
        """The class list, in order of name."""
        return self._listed(LEARNER)

    def staff(self) -> list[Person]:
        return self._listed(*STAFF)

    def _listed(self, *roles: str) -> list[Person]:
        return _in_order(person for person in self.present() if person.role in roles)

    @property
    def has_administrator(self) -> bool:
        """Whether one can sign in here. Those of other laptops are known by name only."""
        return any(person.role == ADMINISTRATOR and person.secret for person in self.present())


def _in_order(people: Iterable[Person]) -> list[Person]:
    return sorted(people, key=lambda one: (number_key(one.name), one.number, one.id))


def joined(document: Document) -> dict[str, str]:
    """The learners who are joined to another: their ids, each to the id that is kept.

    Whoever is joined to somebody who is joined counts for the last of them. Where two laptops
    joined the same people the other way round, the first id in the alphabet is kept.
    """
    people = document.get("people", {})
    steps = {key: kept for key, fields in people.items()
             if (kept := value_at(fields, "joined")) and kept != key
             and _are_learners(people, key, kept)}
    ends = {key: _end(steps, key) for key in steps}
    return {key: end for key, end in ends.items() if end != key}


def _are_learners(people: Mapping[str, Any], *ids: str) -> bool:
    return all(value_at(people, one, "role") == LEARNER for one in ids)


def _end(steps: Mapping[str, str], key: str) -> str:
    way: list[str] = []
    while key in steps and key not in way:
        way.append(key)
        key = steps[key]
    return min(way[way.index(key):]) if key in way else key


def _person(key: str, fields: Mapping[str, Any]) -> Person:
    def latest(name: str) -> str:
        return str(value_at(fields, name, default=""))

    return Person(
        id=key, name=latest("name"), number=latest("number"), role=latest("role"),
        language=latest("language"), secret=latest("secret"),
        removed=bool(value_at(fields, "removed", default=False)),
        extra_time=int(value_at(fields, "extra_time", default=0)),
    )


def fold_people(document: Document, statement: Statement) -> Document:
    """Take one statement about a person into the register."""
    if statement.verb == "kept-apart":
        return put_latest(document, "apart", statement.object, statement.result["apart"],
                          stamp=statement.stamp)
    if statement.verb == PSEUDONYMISED:
        document = put_latest(document, "erased", statement.object, statement.result["name"],
                              stamp=statement.stamp)
    for name, value in statement.result.items():
        document = put_latest(document, "people", statement.object, name, value,
                              stamp=statement.stamp)
    return document


def number_key(number: str) -> str:
    """What makes two service numbers the same: NFKC, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", number).casefold().split())


def enrol(register: Register, person_id: str, *, name: str, number: str, secret: str,
          role: str = LEARNER, language: str = "en", by: Person | None = None) -> Draft:
    """Enter a new person; `by` whom, unless they did it themselves.

    Raises BadField for a bad name or number, NumberTaken.
    """
    name = clean_text("name", name)
    number = clean_text("number", number)
    if register.numbered(number):
        raise NumberTaken
    return Draft("enrolled", person_id, {
        "name": name, "number": number, "role": role, "language": language, "secret": secret,
    }, actor=by.id if by else "")


def correct_name(person: Person, name: str, by: Person) -> Draft:
    """Write a person's name otherwise. Issued records keep theirs. Raises BadField."""
    return Draft("corrected-name", person.id, {"name": clean_text("name", name)}, actor=by.id)


def change_secret(person: Person, secret: str, by: Person | None = None) -> Draft:
    """Set a new PIN or passphrase; whoever is signed in with the old one is signed out."""
    return Draft("changed-secret", person.id, {"secret": secret}, actor=by.id if by else "")


def change_language(person: Person, language: str, by: Person | None = None) -> Draft:
    return Draft("chose-language", person.id, {"language": language},
                 actor=by.id if by else "")


def give_extra_time(person: Person, percent: int, by: Person) -> Draft:
    """Give a learner so much more time in examinations. Raises BadField."""
    if not 0 <= percent <= MOST_EXTRA_TIME:
        raise BadField("extra_time", "extra-time", most=MOST_EXTRA_TIME)
    return Draft("gave-extra-time", person.id, {"extra_time": percent}, actor=by.id)


def remove(person: Person, by: Person) -> Draft:
    """Take a person off the lists. What they did stays in the log."""
    return Draft("removed", person.id, {"removed": True}, actor=by.id)


def join(other: Person, kept: Person | None, by: Person) -> Draft:
    """Say that two of the register are one person, or with None that they are not after all.

    What the other has done counts for the one who is kept, who signs in with their own number
    and PIN. Raises BadField when it is no other learner.
    """
    if kept and (kept.id == other.id or {kept.role, other.role} != {LEARNER}):
        raise BadField("kept", "choose")
    return Draft("joined", other.id, {"joined": kept.id if kept else ""}, actor=by.id)


def keep_apart(one: Person, other: Person, by: Person, *, apart: bool = True) -> Draft:
    """Say that two who look the same are two people, so that nobody is asked again."""
    return Draft("kept-apart", pair_of(one.id, other.id), {"apart": apart}, actor=by.id)


def pair_of(one: str, other: str) -> str:
    """Two ids as one word, whatever their order."""
    return " ".join(sorted((one, other)))


def are_apart(document: Document, one: str, other: str) -> bool:
    return bool(value_at(document, "apart", pair_of(one, other)))


def pseudonymise(person: Person, by: Person) -> Draft:
    """Put a code in the place of a person's name and number, and take them off the lists.

    It stays so whatever else is said of them, earlier or later. The store then takes the name
    out of what it keeps (`Store.erase`).
    """
    code = f"P-{person.id.upper()}"
    return Draft(PSEUDONYMISED, person.id,
                 {"name": code, "number": code, "secret": "", "removed": True}, actor=by.id)


def clean_text(field: str, text: str) -> str:
    """A name or number as it is kept: NFC, single spaces. Raises BadField."""
    if has_control_characters(text):
        raise BadField(field, "control-characters")
    kept = " ".join(unicodedata.normalize("NFC", text).split())
    if not kept:
        raise BadField(field, "empty")
    if len(kept) > LONGEST[field]:
        raise BadField(field, "too-long", most=LONGEST[field])
    return kept


def clean_pin(pin: str) -> str:
    """A PIN in ASCII digits, whatever script it was typed in. Raises BadField."""
    digits = "".join(pin.split())
    if not digits:
        raise BadField("pin", "empty")
    if not digits.isdecimal():
        raise BadField("pin", "digits-only")
    if len(digits) not in PIN_LENGTH:
        raise BadField("pin", "pin-length", least=PIN_LENGTH[0], most=PIN_LENGTH[-1])
    return "".join(str(unicodedata.decimal(digit)) for digit in digits)


def clean_passphrase(passphrase: str) -> str:
    """A passphrase as it is hashed: NFC, as typed. Raises BadField."""
    if has_control_characters(passphrase):
        raise BadField("passphrase", "control-characters")
    kept = unicodedata.normalize("NFC", passphrase)
    if len(kept) < SHORTEST_PASSPHRASE:
        raise BadField("passphrase", "too-short", least=SHORTEST_PASSPHRASE)
    if len(kept) > LONGEST["passphrase"]:
        raise BadField("passphrase", "too-long", most=LONGEST["passphrase"])
    return kept
