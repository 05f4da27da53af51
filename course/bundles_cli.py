"""The command line's part for bringing laptops together: `course export`, `course import`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .commands import data_folder, data_option, opened, refusals
from .settings import Settings

if TYPE_CHECKING:
    from .bundles import Bundle
    from .core.duplicates import Suspected
    from .store import Comparison, Import, Store

REASONS = {"number": "the same service number", "name": "the same name"}


@click.command("export")
@data_option
@click.option("--cohort", default="", metavar="NAME",
              help="Only this cohort: its members, their learning, its sessions and examinations.")
@click.option("--encrypt", is_flag=True,
              help="Ask for a passphrase, without which nobody can read the file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_bundle(data: Path | None, cohort: str, encrypt: bool, file: Path) -> None:
    """Write what this laptop knows to FILE, for another laptop of the course.

    FILE has everything that was learned and done here or imported here: learners with their
    PINs (hashed), cohorts, answers, examinations, the academy and its register. Passphrases of
    the staff, the academy's keys and whose keys are trusted stay. `course import` takes it on
    the other laptop, in any order and any number of times. The file is read back and checked
    before it counts. Works beside a running server.
    """
    from .bundles import export_folder
    from .store import utc_now

    with refusals():
        passphrase = _new_passphrase() if encrypt else ""
        bundle = export_folder(data_folder(data), file, utc_now(), cohort, passphrase)
    kind = "encrypted" if bundle.is_sealed else "readable by anybody who has it"
    click.echo(f"Written and checked: {file}, {len(bundle)} statements, {kind}")


def _new_passphrase() -> str:
    from .core.people import clean_passphrase

    return clean_passphrase(click.prompt("Passphrase for the file", hide_input=True,
                                         confirmation_prompt=True))


@click.command("import")
@data_option
@click.option("--preview", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--undo", metavar="ID", default="", help="Withdraw the import with this id: "
              "everything is then as if it had never been taken.")
@click.option("--list", "listing", is_flag=True, help="List what was imported, with the ids.")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_bundle(data: Path | None, preview: bool, undo: str, listing: bool,
                  files: tuple[Path, ...]) -> None:
    """Take what other laptops know from FILES that `course export` wrote.

    What is here already changes nothing, so files may overlap and come in any order. A file
    that was cut or changed is refused whole, with the line, and then none is taken. What has
    the number of something here and says something else is refused and counted. A copy of each
    file is kept. Learners who look like one are named, to be joined or kept apart in the course.

    Stop the server first.
    """
    if not (files or undo or listing):
        raise click.UsageError("Name a file, or use --list or --undo.")
    with refusals():
        bundles = [_opened_bundle(file) for file in files]
        with opened(Settings(data=data_folder(data))) as store:
            if undo:
                store.withdraw(undo)
                click.echo(f"Withdrawn: {undo}")
            for bundle in bundles:
                _preview(store, bundle) if preview else _take(store, bundle)
            if listing:
                _list(store.imports())


def _opened_bundle(file: Path) -> Bundle:
    from .bundles import Bundle, needs_passphrase

    passphrase = click.prompt(f"Passphrase of {file.name}", hide_input=True) \
        if needs_passphrase(file) else ""
    return Bundle.open(file, passphrase)


def _preview(store: Store, bundle: Bundle) -> None:
    from .core.duplicates import suspected

    found = store.compare(bundle)
    click.echo(f"{bundle.name}, made {bundle.head.made[:16]} by {bundle.head.device}: "
               + _counted(found.new, found.known, len(found.conflicts), found.left_out))
    _say_conflicts(found)
    _say_suspected(suspected(found.register))


def _say_conflicts(found: Comparison) -> None:
    for ours, theirs in found.conflicts:
        click.echo(f"  {theirs.id} says {theirs.verb} {theirs.object}; here it is "
                   f"{ours.verb} {ours.object}, which stays")


def _take(store: Store, bundle: Bundle) -> None:
    from .core.duplicates import suspected
    from .core.people import REGISTER

    taken = store.take(bundle, bundle.source)
    told = _counted(taken.added, taken.known, taken.conflicts, taken.left_out)
    click.echo(f"Taken: {bundle.name}: {told}. To undo it: course import --undo {taken.id}"
               if taken.id else f"{bundle.name} is here already: nothing changed.")
    _say_suspected(suspected(store.document(REGISTER)))


def _say_suspected(found: Sequence[Suspected]) -> None:
    for one in found:
        click.echo(f"  One person or two? {one.kept.name} ({one.kept.number}) and "
                   f"{one.other.name} ({one.other.number}): {REASONS[one.reason]}")


def _list(imports: Sequence[Import]) -> None:
    for one in imports:
        state = "" if one.holds else f", withdrawn {one.withdrawn[:16]}"
        click.echo(f"{one.id}  {one.time[:16]}  {one.source.name}  "
                   + _counted(one.added, one.known, one.conflicts, one.left_out) + state)


def _counted(new: int, known: int, conflicts: int, left_out: int) -> str:
    told = f"{new} new, {known} known, {conflicts} in conflict"
    return f"{told}, {left_out} of a kind that no laptop takes" if left_out else told
