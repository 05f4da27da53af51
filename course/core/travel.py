"""What of a laptop's statements other laptops get, and what it takes of theirs.

The same rules hold on the way out and on the way in, since a file may come from anybody:

- What concerns this laptop alone stays: which imports it took, whose keys it trusts.
- Of a member of staff only name, number, role and language travel. Who has a passphrase could
  do everything here, so a passphrase is given on each laptop by its own administrator, and
  nothing that comes from outside changes an account that can sign in here, or makes a learner
  one of the staff. A learner's PIN does travel, hashed, so that they can sign in there too.
- A chain of the academy's register is only written by its own device.
- Whose name was taken away, here or there, has none on either side (`erasure.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from .academy import PROFILE
from .classroom import Cohort
from .erasure import erasures, redacted, tells_of, with_names
from .people import LEARNER, PSEUDONYMISED, REGISTER, STAFF, fold_people, joined, record_of
from .shapes import is_whole
from .statement import Document, Statement, value_at

PRIVATE = frozenset({"imports"})
"""Kinds of records that stay on their laptop."""

MOST = 2**48
"""The highest counter that is believed: our own has to go on behind it."""

NAMING = frozenset({"name", "number", "role", "language"})
"""What travels of a member of staff."""


class Border:
    """Between this laptop and all others, as its register of people is now."""

    def __init__(self, register: Document, theirs: Collection[Statement] = ()) -> None:
        """`theirs` is what is about to be taken: who of the staff it tells of."""
        people = register.get("people", {})
        roles = {key: value_at(fields, "role", default="") for key, fields in people.items()}
        self._learners = {key for key, role in roles.items() if role == LEARNER}
        self._staff = {key for key, role in roles.items() if role in STAFF}
        self._accounts = {key for key in self._staff if value_at(people[key], "secret")}
        self._staff |= {one.object for one in theirs if _says_staff(one)} - self._learners
        erased = erasures(_folded(register, theirs))
        self._erased = with_names({person: one for person, one in erased.items()
                                   if person not in self._staff}, theirs)

    def reduced(self, statement: Statement) -> Statement:
        """The statement with no more of a member of staff than travels, and without the name
        of whoever has none any more."""
        statement = redacted(statement, self._erased)
        if not self._is_of_staff(statement) or statement.result.keys() <= NAMING:
            return statement
        return replace(statement, result={name: value for name, value in statement.result.items()
                                          if name in NAMING})

    def ours_counts(self, statement: Statement) -> bool:
        """Whether what is here under the statement's id is right, whatever came."""
        return tells_of(statement, self._erased)

    def goes_out(self, statement: Statement) -> bool:
        """Whether it travels at all, once it is reduced."""
        kind = statement.record.partition(":")[0]
        is_trust = statement.record == PROFILE and statement.verb == "trusted-key"
        is_empty = self._is_of_staff(statement) and not statement.result
        return not (kind in PRIVATE or is_trust or is_empty)

    def comes_in(self, statement: Statement) -> bool:
        """Whether a statement that is new here may be taken, once it is reduced."""
        kind, _, name = statement.record.partition(":")
        if max(statement.counter, statement.number) > MOST or not is_whole(statement):
            return False
        if statement.record == REGISTER:
            changes_account = statement.object in self._accounts
            raises = statement.object in self._learners and _says_staff(statement)
            return self.goes_out(statement) and not changes_account and not raises
        if kind == "register" and name != statement.device:
            return False
        return self.goes_out(statement)

    def _is_of_staff(self, statement: Statement) -> bool:
        return statement.record == REGISTER and statement.object in self._staff


def _folded(register: Document, theirs: Iterable[Statement]) -> Document:
    """The register with the names that were taken away elsewhere."""
    for one in theirs:
        if one.record == REGISTER and one.verb == PSEUDONYMISED and one.result.get("name"):
            register = fold_people(register, one)
    return register


def _says_staff(statement: Statement) -> bool:
    return statement.record == REGISTER and statement.result.get("role") in STAFF


# What goes out ---------------------------------------------------------------------------

def travelling(history: Callable[[], Iterable[Statement]], register: Document,
               cohort: Cohort | None = None) -> Iterator[Statement]:
    """The statements that other laptops get: all that travel, or those of a cohort."""
    border = Border(register)
    choice = Choice(cohort, register, history()) if cohort else None
    for statement in map(border.reduced, history()):
        if border.goes_out(statement) and (choice is None or choice.has(statement)):
            yield statement


class Choice:
    """What belongs to one cohort.

    Its members and their learning; its own record, and every record that names it, whatever it
    is of; the staff; the academy. The academy's register goes whole, for a chain with lines
    left out could not be checked.
    """

    WHOLE = frozenset({"academy", "register"})

    def __init__(self, cohort: Cohort, register: Document, history: Iterable[Statement]) -> None:
        people = register.get("people", {})
        one = joined(register)
        members = {one.get(key, key) for key in cohort.members}
        self._people = {key for key in people if one.get(key, key) in members}
        self._staff = {key for key, fields in people.items()
                       if value_at(fields, "role") in STAFF}
        names = {cohort.id, cohort.record}
        self._records = {statement.record for statement in history
                         if statement.record != REGISTER and _names(statement, names)}
        self._records = {key for key in self._records
                         if key.partition(":")[0] not in ("learner", "cohort")}
        self._records |= {cohort.record, *map(record_of, self._people)}

    def has(self, statement: Statement) -> bool:
        if statement.record == REGISTER:
            return {*statement.object.split()} <= self._people | self._staff
        kind = statement.record.partition(":")[0]
        return kind in self.WHOLE or statement.record in self._records


def _names(statement: Statement, names: set[str]) -> bool:
    return _has(statement.result, names) or not names.isdisjoint(
        [statement.object, *statement.record.split(":")])


def _has(value: object, names: set[str]) -> bool:
    """Whether one of the words stands anywhere in a JSON value."""
    if isinstance(value, str):
        return value in names
    if isinstance(value, Mapping):
        return any(_has(one, names) for pair in value.items() for one in pair)
    return isinstance(value, list | tuple) and any(_has(one, names) for one in value)
