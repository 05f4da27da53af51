"""What the commands of all parts share: the data folder, and refusals as one plain line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .core.errors import CourseError
from .settings import Settings, help_for

if TYPE_CHECKING:
    from .store import Store

data_option = click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), envvar="COURSE_DATA",
    help=help_for("data"))

a_file = click.Path(exists=True, dir_okay=False, path_type=Path)


def data_folder(given: Path | None) -> Path:
    """The data folder that a command works on."""
    from .store.folder import default_folder

    return given or default_folder()


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store of the data folder, closed in order whatever happens."""
    from . import open_store

    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def refusals() -> Iterator[None]:
    """An error of the course as one plain line and exit 1, in the language of this computer."""
    try:
        yield
    except CourseError as error:
        from .web.words import sentence, speaking

        with speaking():
            raise click.ClickException(sentence(error)) from error
