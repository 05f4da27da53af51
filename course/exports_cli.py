"""The command line's part for what goes out: xAPI statements, a badge, the page that checks."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .commands import data_folder, data_option, refusals

target = click.Path(dir_okay=False, path_type=Path)


@click.command("export-xapi")
@data_option
@click.option("--home-page", default="", metavar="URL",
              help="Where the academy's accounts are at home; by default a name made of its "
                   "prefix. Use the same one for good.")
@click.option("--names", is_flag=True, help="Give the learners' names as well as their numbers.")
@click.argument("file", type=target)
def export_xapi(data: Path | None, home_page: str, names: bool, file: Path) -> None:
    """Write what was learned to FILE as xAPI statements, for a learning record store.

    Exporting twice duplicates nothing: a statement has the same id every time. Works beside a
    running server.
    """
    from .exchange.xapi import as_lines, exported, home_page_of
    from .records import history_of, of_folder
    from .store import utc_now
    from .store.files import write_whole

    folder = data_folder(data)
    with refusals():
        home_page = home_page or home_page_of(of_folder(folder, utc_now()).academy.prefix)
        shapes = list(exported(history_of(folder), home_page, names=names))
    try:
        write_whole(file, as_lines(shapes))
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written.") from error
    click.echo(f"Written: {file}, {len(shapes)} statements")


@click.command("export-badge")
@data_option
@click.argument("what", metavar="NUMBER|CODE")
@click.argument("file", type=target)
def export_badge(data: Path | None, what: str, file: Path) -> None:
    """Write the Open Badges credential of a record to FILE, as it was signed at its issue.

    Works beside a running server.
    """
    from .records import of_folder
    from .store import utc_now

    with refusals():
        try:
            issued = of_folder(data_folder(data), utc_now()).find(what)
        except ValueError as error:
            raise click.ClickException(f"{what} is no number of a record and no code.") from error
    badge = issued.line.body["proofs"].get("badge") if issued else None
    if not issued or badge is None:
        raise click.ClickException(f"The register here has no badge of a record {what}.")
    file.write_text(json.dumps(badge, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"Written: {file}")
    if issued.end:
        click.echo(f"This record was {issued.status} on {issued.end.at[:10]}; a badge cannot "
                   "say so.")


@click.command("verify-page")
@data_option
@click.argument("file", type=target)
def verify_page(data: Path | None, file: Path) -> None:
    """Write the page that checks records to FILE: one file that works from a stick.

    It holds this academy's public keys and those it trusts, and what is known of revocations
    today; make it again when that changes. It needs a browser and no network. Works beside a
    running server.
    """
    from .store.files import write_whole

    with refusals():
        pages = pages_to_give(data_folder(data))
    if not pages:
        raise click.ClickException("There is no key here yet: `course key make` makes it.")
    try:
        write_whole(file, [text.encode() for text in pages.values()])
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written.") from error
    click.echo(f"Written: {file}")


def pages_to_give(folder: Path) -> dict[str, str]:
    """The page that checks records, by its name on a stick; none while there is no key."""
    from .records import of_folder
    from .store import utc_now
    from .verify_page import NAME
    from .verify_page import verify_page as filled

    now = utc_now()
    records = of_folder(folder, now)
    return {NAME: filled(records, now)} if records.keys else {}
