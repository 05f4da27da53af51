"""The command line's part for completion records: `course verify`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .commands import a_file, data_folder, data_option, refusals

if TYPE_CHECKING:
    from .core.register import Fault
    from .exchange.compact import Verdict
    from .records import Records

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
    from .store import utc_now

    records = of_folder(data_folder(data), utc_now())
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
    from .store import utc_now

    facts, ended = verdict.facts, verdict.revocation
    if ended:
        yield f"{ended.status} on {ended.when}: {ended.reason}"
        if ended.successor:
            yield f"in its place: {ended.successor}"
    if facts:
        yield from _facts(facts.as_json())
        if verdict.expired(utc_now()[:10]):
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
