"""The command line's part for completion records: `course verify` and `course key …`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .commands import data_folder, data_option, refusals
from .core.people import clean_passphrase
from .settings import Settings, default_for

if TYPE_CHECKING:
    from .core.register import Fault
    from .exchange.compact import Verdict
    from .exchange.keyring import Keyring
    from .exchange.signing import PublicKey
    from .records import Records

a_file = click.Path(exists=True, dir_okay=False, path_type=Path)

SAYS = {
    "valid": "VALID. Compare every line with the paper.",
    "revoked": "REVOKED. This record no longer holds.",
    "superseded": "SUPERSEDED. Another record stands in its place.",
    "not-valid": "NOT VALID.",
    "unknown-key": "UNKNOWN KEY. Nobody here can say who signed this.",
    "stolen-key": "NOT TO BE TRUSTED. The key that signed this may be in other hands.",
}
REASONS = {
    "no-record": "This is not the text of a record.",
    "damaged": "The text is not whole, or was changed.",
    "signature": "The signature does not fit: something was changed.",
    "differs": "The record and its signed text do not say the same.",
    "after-retirement": "It is dated after its key was retired.",
}
FAULTS = {
    "removed": "lines are missing", "changed": "the line was changed",
    "broken": "the line does not follow the one before it", "twice": "two lines claim the place",
    "order": "the line stands elsewhere than it was written",
    "seal": "no key of the academy signed the line", "cut": "lines are missing at the end",
    "replaced": "another line was seen here once",
    "number-twice": "another record has the number",
}


@click.command()
@data_option
@click.option("--key", "keys", type=a_file, multiple=True,
              help="Also trust the public key in this file, an academy's own.")
@click.option("--revocations", type=a_file, multiple=True,
              help="Also read this signed revocation list.")
@click.argument("what", required=False, metavar="[FILE|CODE]")
def verify(data: Path | None, keys: tuple[Path, ...], revocations: tuple[Path, ...],
           what: str | None) -> None:
    """Check a completion record, or without FILE or CODE this academy's register.

    FILE holds the text of a record's square code, or a whole record as it was exported.
    CODE is that text itself, the record's number, or the short code printed under the square;
    a number and a short code are looked up in the register of the data folder.

    Works beside a running server and without any network. Ends with 1 unless all is valid.
    """
    with refusals():
        records = _known(data, keys, revocations)
        good = _show_register(records) if what is None else _show_record(records, what)
    sys.exit(0 if good else 1)


def _known(data: Path | None, keys: tuple[Path, ...], revocations: tuple[Path, ...]) -> Records:
    """What the data folder knows, and the files given. Raises BadKey and BadList."""
    from .exchange.revocations import read_list
    from .exchange.signing import PublicKey
    from .records import of_folder

    records = of_folder(data_folder(data), _now())
    records = records.trusting([PublicKey.from_json(_json(file)) for file in keys], ())
    lists = [_json(file) for file in revocations]
    for shape in lists:
        read_list(shape, records.keys)
    return records.trusting((), lists)


def _json(file: Path) -> dict[str, Any]:
    try:
        shape = json.loads(file.read_bytes())
    except ValueError:
        shape = None
    if not isinstance(shape, dict):
        raise click.ClickException(f"{file} is no file of a key, a list or a record.")
    return shape


def _show_register(records: Records) -> bool:
    faults, lines = records.faults(), records.register.lines
    for fault in faults:
        click.echo(_fault(fault))
    click.echo(f"{len(lines)} lines of {len({one.device for one in lines})} devices, "
               f"{len(records.register.records)} records, {len(faults)} faults")
    return not faults


def _fault(fault: Fault) -> str:
    place = f"{fault.place}-{fault.until}" if fault.until > fault.place else str(fault.place)
    about = f" ({fault.subject})" if fault.subject else ""
    return f"register:{fault.device} line {place}{about}: {FAULTS[fault.code]}"


def _show_record(records: Records, what: str) -> bool:
    verdict = _judge(records, what)
    click.echo(SAYS[verdict.state])
    if verdict.reason:
        click.echo(REASONS[verdict.reason])
    for line in _told(verdict):
        click.echo(line)
    number = verdict.facts.number if verdict.facts else ""
    faults = [one for one in records.faults() if number and one.subject == number]
    for fault in faults:
        click.echo(_fault(fault))
    return verdict.state == "valid" and not faults


def _judge(records: Records, what: str) -> Verdict:
    """By file, by text, or by number and short code."""
    if not what.startswith("4P1:") and Path(what).is_file():
        return _judge_file(records, Path(what))
    if what.startswith("4P1:"):
        return records.read(what)
    try:
        issued = records.find(what)
    except ValueError as error:
        raise click.ClickException(
            f"{what} is neither a file, nor a number of a record, nor a short code without a "
            "slip of the hand.") from error
    if issued is None:
        raise click.ClickException(f"The register here has no record {what}.")
    return records.check(issued.record, issued.text)


def _judge_file(records: Records, file: Path) -> Verdict:
    text = file.read_bytes().decode("utf-8-sig", errors="replace").strip()
    if not text.startswith("{"):
        return records.read(text)
    shape = _json(file)
    if not isinstance(shape.get("record"), dict) or not isinstance(shape.get("text"), str):
        raise click.ClickException(f"{file} holds no record.")
    return records.check(shape["record"], shape["text"])


def _told(verdict: Verdict) -> Iterator[str]:
    """Every fact of the record, and whose signature it is."""
    facts, ended = verdict.facts, verdict.revocation
    if ended:
        yield f"{ended.status} on {ended.when}: {ended.reason}"
        if ended.successor:
            yield f"in its place: {ended.successor}"
    if facts:
        yield from _facts(facts.as_json())
        if verdict.expired(_now()[:10]):
            yield f"Its term ended on {facts.valid_until}: a refresher is due."
    if verdict.key:
        yield f"signed by: {verdict.key.academy}"
        yield f"key: {verdict.key.fingerprint}"
        yield f"revocations known: {verdict.lists_of or 'none, so a revocation would not be seen'}"
    elif verdict.key_id:
        yield f"key: {verdict.key_id}"


def _facts(facts: dict[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        if isinstance(value, tuple):
            value = f"{value[0]} of {value[1]}"
        if value not in ("", 0, None):
            yield f"{name.replace('_', ' ')}: {value}"


# Keys ------------------------------------------------------------------------------------

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
