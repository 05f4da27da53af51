"""The command line's part for the academy's signing key: `course key …`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .commands import a_file, data_folder, data_option, refusals
from .core.people import clean_passphrase
from .settings import Settings, default_for

if TYPE_CHECKING:
    from .exchange.keyring import Keyring
    from .exchange.signing import PublicKey


@click.group()
def key() -> None:
    """The academy's signing key: make, list, rotate, retire, export, back up, restore.

    The key is made once and kept in the data folder, encrypted by a passphrase that is asked
    for whenever a record is signed and that nobody can recover: write it down and lock it away,
    and keep a backup of the key elsewhere.
    """


@key.command("make")
@data_option
def make(data: Path | None) -> None:
    """Make the key, in the name of the academy as it is described in the course.

    Stop the server first.
    """
    with refusals(), _Desk(data) as desk:
        names, passphrase = desk.names(), _new_passphrase()
        made = desk.keyring.make(passphrase, *names, _now())
        desk.note(passphrase, made)
        _say_key(made)


@key.command("list")
@data_option
def list_keys(data: Path | None) -> None:
    """Show the keys of the data folder, with their fingerprints.

    Works beside a running server.
    """
    for one in _keyring(data).all():
        state = "compromised" if one.compromised else "retired" if one.retired else "signs"
        click.echo(f"{one.id}  {state}  made {one.made}  {one.academy}\n  {one.fingerprint}")


@key.command("rotate")
@data_option
def rotate(data: Path | None) -> None:
    """Make a new key that the present one endorses, and retire the present one.

    What was signed stays valid. Whoever trusts the old key can check that the new one follows
    it. Stop the server first.
    """
    with refusals(), _Desk(data) as desk:
        names = desk.names()
        old = click.prompt("Passphrase of the present key", hide_input=True)
        passphrase = _new_passphrase()
        before, made = desk.keyring.rotate(old, passphrase, *names, _now())
        desk.note(passphrase, before, made)
        _say_key(made)


@key.command("retire")
@data_option
@click.option("--compromised", is_flag=True,
              help="Somebody else may have it: nothing it signed is believed from now on.")
@click.argument("key_id", metavar="KEY")
def retire(data: Path | None, compromised: bool, key_id: str) -> None:
    """Let KEY sign nothing more. Its earlier records stay valid, unless it is compromised.

    Stop the server first. Give away a new revocation list afterwards.
    """
    with refusals(), _Desk(data) as desk:
        retired = desk.keyring.retire(key_id, _now(), compromised=compromised)
        desk.note("", retired)
        click.echo(f"Retired: {retired.id}, {retired.retired}")


@key.command("export")
@data_option
@click.option("--id", "key_id", default="", help="Another key than the one that signs now.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(data: Path | None, key_id: str, file: Path) -> None:
    """Write the public key to FILE, for whoever wants to check records.

    Works beside a running server. Compare the fingerprint by another way than the file's.
    """
    with refusals():
        shown = _keyring(data).key(key_id)
        file.write_text(json.dumps(shown.as_json(), indent=1, ensure_ascii=False) + "\n",
                        encoding="utf-8")
        _say_key(shown)


@key.command("backup")
@data_option
@click.option("--id", "key_id", default="", help="Another key than the one that signs now.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(data: Path | None, key_id: str, file: Path) -> None:
    """Copy the private key to FILE, encrypted as it is: without the passphrase it is no use.

    Works beside a running server. The backups of the data hold the keys too, as encrypted as
    this file.
    """
    with refusals():
        keyring = _keyring(data)
        keyring.back_up(keyring.key(key_id).id, file)
        click.echo(f"Written: {file}")


@key.command("restore")
@data_option
@click.argument("file", type=a_file)
def restore(data: Path | None, file: Path) -> None:
    """Take a private key back from its backup in FILE, once its passphrase opens it.

    Works beside a running server.
    """
    with refusals():
        passphrase = click.prompt("Passphrase of this key", hide_input=True)
        _say_key(_keyring(data).restore(file, passphrase))


class _Desk:
    """The store of a data folder with its keys, opened for what changes both."""

    def __init__(self, data: Path | None) -> None:
        from . import open_store

        self.store = open_store(Settings(data=data_folder(data)))
        self.keyring = _keyring(data)

    def __enter__(self) -> _Desk:
        return self

    def __exit__(self, *error: object) -> None:
        self.store.close()

    def names(self) -> tuple[str, str]:
        """The academy's name and prefix. Raises ClickException while it has none."""
        from .core.academy import PROFILE, academy_of

        academy = academy_of(self.store.document(PROFILE))
        if not academy.is_ready:
            raise click.ClickException(
                "The academy has no name and prefix yet. Let the registrar give them first, in "
                "the course.")
        return academy.name, academy.prefix

    def note(self, passphrase: str, *keys: PublicKey) -> None:
        """Write what became of keys into the register, sealed where a key can seal."""
        from .core.credential import moment
        from .core.register import Chain, record_of

        seal = self.keyring.unlock(passphrase).seal if passphrase else None
        when = moment(datetime.now(UTC), self.store.health().clock_behind)
        with self.store.record(record_of(self.store.device)) as record:
            chain = Chain(self.store.device, record.document, seal)
            for one in keys:
                note = chain.key_retired if one.retired else chain.key_made
                record.append(note(one.as_json(), when, by=""))
        self.keyring.witness([chain.head])


def _keyring(data: Path | None) -> Keyring:
    from .exchange.keyring import Keyring
    from .records import KEYS

    return Keyring(data_folder(data) / KEYS, default_for("passphrase_cost"))


def _now() -> str:
    from .store import utc_now

    return utc_now()


def _new_passphrase() -> str:
    return clean_passphrase(click.prompt("Passphrase for the key", hide_input=True,
                                         confirmation_prompt=True))


def _say_key(shown: PublicKey) -> None:
    click.echo(f"Key {shown.id} of {shown.academy}")
    click.echo(f"Fingerprint: {shown.fingerprint}")
