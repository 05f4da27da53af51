"""The command line: `course serve`, `course check`, … and the same as `python -m course`."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from .bundles_cli import export_bundle, import_bundle
from .commands import data_folder, data_option, opened, refusals
from .exports_cli import export_badge, export_xapi, pages_to_give, verify_page
from .keys_cli import key
from .records_cli import verify
from .settings import Settings, default_for, help_for

if TYPE_CHECKING:
    from .store import Store

Command = TypeVar("Command", bound=Callable[..., Any])

annex_option = click.option(
    "--annex", type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="COURSE_ANNEX", help=help_for("annex"))
content_option = click.option(
    "--content", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=help_for("content"))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fourth-p", prog_name="course")
def main() -> None:
    """Fourth P: an offline course for investigators and prosecutors."""
    for stream in (sys.stdout, sys.stderr):
        # An old Windows console cannot show every sign; it must not stop the course.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]


@main.command()
@data_option
@annex_option
@content_option
@click.option("--host", default=default_for("host"), show_default=True, help=help_for("host"))
@click.option("--port", default=default_for("port"), show_default=True,
              type=click.IntRange(1, 65535), help=help_for("port"))
@click.option("--live-port", type=click.IntRange(0, 65535), help=help_for("live_port"))
@click.option("--font", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              envvar="COURSE_FONT", help=help_for("font"))
@click.option("--no-browser", is_flag=True, help="Do not open a browser at the start.")
@click.option("--demo", is_flag=True,
              help="Fill an empty data folder with an invented class, to see every page alive.")
def serve(data: Path | None, annex: Path | None, content: Path | None, host: str, port: int,
          live_port: int | None, font: Path | None, no_browser: bool, demo: bool) -> None:
    """Serve the course to this computer and to the room.

    Stop it with Ctrl+C: what was saved stays saved, also when the power goes.
    """
    settings = Settings(data=data_folder(data), annex=annex, content=content, host=host, port=port,
                        live_port=live_port, font=font)
    with refusals():
        if demo:
            fill_with_demo(settings)
        with opened(settings) as store:
            run(settings, store, browser=not no_browser)


def fill_with_demo(settings: Settings) -> None:
    """Put the invented class into an empty data folder, at times of its own."""
    from . import open_library, open_store
    from .demo import fill

    fill(settings, lambda clock: open_store(settings, clock), open_library(settings), click.echo)


def run(settings: Settings, store: Store, *, browser: bool) -> None:
    """Join the parts, say where the course is, and serve until told to stop."""
    with not_collecting():
        from . import create_app, sideport, web
        from .server import free_port, make_server

        port = free_port(settings.host, settings.port)
        app = create_app(replace(settings, port=port), store)
        server: Any = make_server(app, settings, port, web.is_ready(app), web.answer_lane(app))
        side = sideport.beside(app.extensions["course"], replace(settings, port=port))
    say_where(settings.host, port)
    if browser:
        open_browser(f"http://localhost:{port}/")
    stop_on_signals()
    invigilator = web.the_invigilator(app)
    invigilator.start()
    try:
        server.run()  # returns at Ctrl+C and at SIGTERM
    finally:
        invigilator.stop()
        side.close()
        server.close()
    click.echo("Stopped. Everything that was saved is on disk.")


@contextmanager
def not_collecting() -> Iterator[None]:
    """While the parts are loaded: all of it stays, so that looking for garbage among it is a
    tenth of the start for nothing, and so it would be later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def say_where(host: str, port: int) -> None:
    """The addresses of the course, and a QR for the room's phones."""
    from .web.addresses import room_addresses

    click.echo(f"Fourth P is ready on this computer:  http://localhost:{port}/")
    if host not in {"0.0.0.0", "::", ""}:
        return
    addresses = room_addresses(port)
    for address in addresses:
        click.echo(f"In this room, on the same network:   {address}/")
    if addresses and sys.stdout.isatty():
        import segno

        segno.make(addresses[0], error="m").terminal(compact=True)
    click.echo("Stop with Ctrl+C.")
    sys.stdout.flush()


def open_browser(address: str) -> None:
    """Show the course, in a moment, without holding up the server."""
    import webbrowser

    opener = threading.Timer(0.3, webbrowser.open, (address,))
    opener.daemon = True
    opener.start()


def stop_on_signals() -> None:
    """A service manager's stop is a Ctrl+C: close the log in order."""
    def stop(number: int, frame: object) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)


@main.command()
@annex_option
@content_option
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option("--report", is_flag=True, help="Print the table of modules, questions and pictures.")
@click.option("--codes", is_flag=True, help="Print what each code means, for authors.")
@click.option("--against", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Also list sentences that share ten words in a row with the texts (.md, .txt) "
                   "of a folder, and count them as errors.")
def check(annex: Path | None, content: Path | None, strict: bool, report: bool,
          codes: bool, against: Path | None) -> None:
    """Read everything authors wrote and say what is wrong: `file:line: CODE message`.

    Ends with 1 if there was an error.
    """
    from .content.against import echoes
    from .content.check import check_all, codes_as_text
    from .content.report import report_as_text
    from .content.source import Roots
    from .web.problems import as_line
    from .web.words import speaking

    if codes:
        click.echo(codes_as_text())
        return
    roots = Roots.find(content, annex)
    with speaking():
        if report:
            click.echo(report_as_text(roots))
        problems = check_all(roots)
        for problem in problems:
            if report or problem.severity != "note":
                click.echo(as_line(problem))
        shared = list(echoes(roots, against)) if against else []
        for one in shared:
            click.echo(f"{one.file}:{one.line}: {one.other}: {one.words}")
    counts = Counter(problem.severity for problem in problems)
    counts["error"] += len(shared)
    click.echo(f"{counts['error']} errors, {counts['warning']} warnings, "
               f"{counts['note']} notes (--report lists them)")
    sys.exit(1 if counts["error"] or (strict and counts["warning"]) else 0)


@main.command()
@data_option
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def backup(data: Path | None, file: Path | None) -> None:
    """Write a backup, into FILE or into the data folder's own backups.

    Works beside a running server. The file is read back and checked before it counts. The
    academy's signing keys are in it as they are here, encrypted by their passphrases.
    """
    from .store import utc_now
    from .store.backup import make_backup
    from .store.rotation import next_backup

    folder = data_folder(data)
    now = utc_now()
    with refusals():
        made = make_backup(folder, file or next_backup(folder, now), now)
        click.echo(f"Backup written and checked: {made.file}, {made.statements} statements")


@main.command()
@data_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(data: Path | None, file: Path, yes: bool) -> None:
    """Put a backup in the place of the present data. Stop the server first.

    The present data is not deleted: it is moved aside, into a dated folder. Signing keys of the
    backup are added to those here; where both have a key, the one here stays.
    """
    from .store.backup import restore as put_back

    folder = data_folder(data)
    if not yes:
        click.confirm(f"Replace the data in {folder} by {file.name}?", abort=True)
    with refusals():
        restored = put_back(file, folder)
        click.echo(f"Restored: {restored.backup.statements} statements of {restored.backup.made}.")
        click.echo(f"What was there before is now in: {restored.aside}")
        for key_id in restored.keys_left:
            click.echo(f"Key {key_id} stays as it is here; the backup's copy of it differs and "
                       f"is in: {restored.aside / 'keys'}")


@main.command()
@data_option
@click.argument("number")
def passphrase(data: Path | None, number: str) -> None:
    """Set a new passphrase for the administrator, trainer or registrar with this NUMBER.

    For who can reach this computer but not the accounts page. Stop the server first.
    """
    from .core import people
    from .web.trust import Secrets

    settings = Settings(data=data_folder(data))
    with refusals(), opened(settings) as store, store.record(people.REGISTER) as record:
        person = people.Register(record.document).numbered(number)
        if person is None or person.role not in people.STAFF:
            raise click.ClickException(f"Nobody on the staff has the number {number}.")
        typed = people.clean_passphrase(click.prompt(
            f"New passphrase for {person.name}", hide_input=True, confirmation_prompt=True))
        secret = Secrets().of_passphrase(typed)
        record.append(people.change_secret(person, secret))
    click.echo("Changed. Sessions with the old passphrase have ended.")


@main.command()
@data_option
@click.option("--for", "kinds", multiple=True, metavar="KIND",
              help="Only for this kind of computer, and as many more as you name: win-amd64, "
                   "macosx-arm64, macosx-x86_64, linux-x86_64, linux-aarch64.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def kit(data: Path | None, kinds: tuple[str, ...], folder: Path) -> None:
    """Fill FOLDER, a stick for example, with all that an offline computer needs.

    The course, every package it stands on for Windows, macOS and Linux, a start script
    for each, and a page that says how. Where the data folder has the academy's key, also
    the page that checks records. Needs the internet once, here.
    """
    from .kit import fill_kit
    from .kit_wheels import SYSTEMS

    systems = [one for one in SYSTEMS if one.key in (kinds or (one.key,))]
    if unknown := {*kinds} - {one.key for one in systems}:
        raise click.BadParameter(", ".join(sorted(unknown)), param_hint="--for")
    with refusals():
        fill_kit(folder, click.echo, systems, pages=pages_to_give(data_folder(data)))


@main.command()
@content_option
@click.argument("locale")
@click.argument("files", nargs=-1)
@click.option("--touch", is_flag=True,
              help="Record that FILES now say what the original says today.")
def translate(content: Path | None, locale: str, files: tuple[str, ...], touch: bool) -> None:
    """Show what of LOCALE is missing or late; with --touch, mark FILES as up to date."""
    from .content.source import Roots
    from .content.translate import status_as_text, touch_files

    roots = Roots.find(content, None)
    with refusals():
        if touch:
            for changed in touch_files(roots, locale, files):
                click.echo(f"Up to date: {changed}")
        else:
            click.echo(status_as_text(roots, locale))


main.add_command(export_bundle)
main.add_command(import_bundle)
main.add_command(verify)
main.add_command(key)
main.add_command(export_badge)
main.add_command(export_xapi)
main.add_command(verify_page)

if __name__ == "__main__":
    main(prog_name="python -m course")
