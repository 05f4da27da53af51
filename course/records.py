"""Completion records joined: what an installation's register, keys and lists say together.

Reads the log, so that it works beside a running server; `of_store` does the same for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .core.academy import PROFILE, Academy, academy_of, fold_academy
from .core.errors import BadKey, BadList, NotFound
from .core.issued import CredentialRegister, Issued
from .core.register import VERBS, Fault, Head, Line, verify
from .core.statement import Document, Statement
from .exchange import compact
from .exchange.keyring import Keyring
from .exchange.revocations import RevocationList, own_list, read_list
from .exchange.signing import PublicKey, is_endorsed, is_sealed

if TYPE_CHECKING:
    from .store import Store

KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Records:
    """What is known here of records: our own, and whose signatures we trust."""

    academy: Academy
    register: CredentialRegister
    own_keys: tuple[PublicKey, ...]
    keys: tuple[PublicKey, ...]
    """Ours and the trusted ones."""
    lists: tuple[RevocationList, ...]
    """What our own register says, and the lists that were imported."""
    witnessed: tuple[Head, ...]
    """How far the chains once went."""
    history: Callable[[], Iterable[Line]]
    """Reads all lines of the register from the log, whole and in the order of the log."""
    fetch: Callable[[str], Line | None]
    """Reads one."""

    def read(self, text: str) -> compact.Verdict:
        """Check the text of a square code."""
        return compact.read(text, self.keys, self.lists)

    def check(self, record: Mapping[str, Any], text: str) -> compact.Verdict:
        """Check a whole record against its text."""
        return compact.check(record, text, self.keys, self.lists)

    def trusting(self, keys: Iterable[PublicKey], lists: Iterable[Any]) -> Records:
        """The same with more keys that are trusted, and more lists: those that one of the keys
        signed."""
        keys = (*self.keys, *keys)
        believed = list(self.lists)
        for shape in lists:
            with suppress(BadList):
                believed.append(read_list(shape, keys))
        return replace(self, keys=keys, lists=tuple(believed))

    def find(self, typed: str) -> Issued | None:
        """A whole record of the register by its number or short code.

        Raises ValueError for a slip of the hand, NotFound when the log has lost it.
        """
        found = self.register.get(typed) or self.register.with_code(typed)
        return self.whole(found) if found else None

    def whole(self, issued: Issued) -> Issued:
        """A record with all that was signed of it. Raises NotFound when the log has lost it."""
        line = issued.line if issued.is_whole else self.fetch(issued.line.id)
        if line is None:
            raise NotFound(what="record", id=issued.number)
        return replace(issued, line=line)

    def all_whole(self, issued: Iterable[Issued]) -> list[Issued]:
        """Many at once, in one pass through the log. Raises NotFound."""
        asked = list(issued)
        wanted = {one.line.id for one in asked}
        lines = {line.id: line for line in self.history() if line.id in wanted}
        if not lines.keys() >= wanted:
            raise NotFound(what="record")
        return [replace(one, line=lines[one.line.id]) for one in asked]

    def faults(self) -> list[Fault]:
        """Everything wrong with the register, by its chains, its seals and what was witnessed."""
        heads = [*self.witnessed, *(head for one in self.lists for head in one.heads)]
        return verify(self.history(), heads, lambda line_hash, seal: is_sealed(
            self.own_keys, line_hash, seal))


def of_store(store: Store, keyring: Keyring, now: str) -> Records:
    """What a running installation knows; the log is read only for what has to be whole."""
    devices = store.record_ids("register")

    def history() -> Iterator[Line]:
        return (Line.of(one) for key in devices for one in store.statements(key)
                if one.verb in VERBS)

    def fetch(statement_id: str) -> Line | None:
        statement = store.statement(statement_id)
        return Line.of(statement) if statement else None

    register = CredentialRegister.of({key: store.document(key) for key in devices})
    return _known(store.document(PROFILE), register, keyring, now, history, fetch)


def of_folder(folder: Path, now: str) -> Records:
    """What a data folder knows; also while a server uses it, also when it is not there."""
    profile: Document = {}
    lines: list[Line] = []
    for statement in _read(folder, b'"record":"academy:', b'"record":"register:'):
        if statement.record == PROFILE:
            profile = fold_academy(profile, statement)
        elif statement.record.startswith("register:") and statement.verb in VERBS:
            lines.append(Line.of(statement))
    by_id = {line.id: line for line in lines}
    return _known(profile, CredentialRegister(lines), Keyring(folder / KEYS), now,
                  lambda: lines, by_id.get)


def history_of(folder: Path) -> Iterator[Statement]:
    """All that is in the log of a data folder; also while a server uses it."""
    return _read(folder, b'"record":"')


def _read(folder: Path, *needles: bytes) -> Iterator[Statement]:
    from .store.history import history_beside
    from .store.lines import decoded

    history = history_beside(folder)
    for needle in needles:
        yield from decoded(history.payloads(needle), lambda repair: None)


def _known(profile: Document, register: CredentialRegister, keyring: Keyring, now: str,
           history: Callable[[], Iterable[Line]], fetch: Callable[[str], Line | None]) -> Records:
    academy = academy_of(profile)
    trusted = list(_readable(academy.trusted.values()))
    roots = [*keyring.all(), *(key for key in trusted if key.prefix == academy.prefix)]
    own = own_keys(roots, _readable(register.keys().values()))
    prefixes = {academy.prefix, *(key.prefix for key in own)} - {""}
    ours = tuple(own_list(register, own, prefix, now) for prefix in sorted(prefixes))
    return Records(academy, register, own, own, ours, tuple(keyring.witnessed()), history,
                   fetch).trusting(trusted, academy.lists)


def own_keys(kept: Iterable[PublicKey], written: Iterable[PublicKey]) -> tuple[PublicKey, ...]:
    """The academy's keys: those that were put here, and of the register what they vouch for.

    A line of a register that came from another laptop makes no key trusted by itself.
    """
    found = {key.public: key for key in kept}
    waiting = list(written)
    while waiting:
        vouched = [key for key in waiting
                   if key.public in found or is_endorsed(key, found.values())]
        if not vouched:
            break
        for key in vouched:
            found[key.public] = found.get(key.public, key).and_also(key)
            waiting.remove(key)
    return tuple(found.values())


def _readable(shapes: Iterable[Any]) -> Iterator[PublicKey]:
    for shape in shapes:
        with suppress(BadKey):
            yield PublicKey.from_json(shape)
