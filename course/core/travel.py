"""What of a laptop's statements other laptops get, and what it takes of theirs.

The same rules hold on the way out and on the way in, since a file may come from anybody:

- What concerns this laptop alone stays: which imports it took, whose keys it trusts.
- Of a member of staff only name, number, role and language travel. Who has a passphrase could
  do everything here, so a passphrase is given on each laptop by its own administrator, and
  nothing that comes from outside changes an account that can sign in here, or makes a learner
  one of the staff. A learner's PIN does travel, hashed, so that they can sign in there too.
- A chain of the academy's register is only written by its own device.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .academy import PROFILE
from .people import LEARNER, REGISTER, STAFF
from .statement import Document, Statement, value_at

PRIVATE = frozenset({"imports"})
"""Kinds of records that stay on their laptop."""

MOST = 2**48
"""The highest counter that is believed: our own has to go on behind it."""

NAMING = frozenset({"name", "number", "role", "language"})
"""What travels of a member of staff."""


class Border:
    """Between this laptop and all others, as its register of people is now."""

    def __init__(self, register: Document, theirs: Iterable[Statement] = ()) -> None:
        """`theirs` is what is about to be taken: who of the staff it tells of."""
        people = register.get("people", {})
        roles = {key: value_at(fields, "role", default="") for key, fields in people.items()}
        self._learners = {key for key, role in roles.items() if role == LEARNER}
        self._staff = {key for key, role in roles.items() if role in STAFF}
        self._accounts = {key for key in self._staff if value_at(people[key], "secret")}
        self._staff |= {one.object for one in theirs if _says_staff(one)} - self._learners

    def reduced(self, statement: Statement) -> Statement:
        """The statement with no more of a member of staff than travels."""
        if not self._is_of_staff(statement) or statement.result.keys() <= NAMING:
            return statement
        return replace(statement, result={name: value for name, value in statement.result.items()
                                          if name in NAMING})

    def goes_out(self, statement: Statement) -> bool:
        """Whether it travels at all, once it is reduced."""
        kind = statement.record.partition(":")[0]
        is_trust = statement.record == PROFILE and statement.verb == "trusted-key"
        is_empty = self._is_of_staff(statement) and not statement.result
        return not (kind in PRIVATE or is_trust or is_empty)

    def comes_in(self, statement: Statement) -> bool:
        """Whether a statement that is new here may be taken, once it is reduced."""
        kind, _, name = statement.record.partition(":")
        if max(statement.counter, statement.number) > MOST:
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


def _says_staff(statement: Statement) -> bool:
    return statement.record == REGISTER and statement.result.get("role") in STAFF
