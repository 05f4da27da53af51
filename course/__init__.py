"""Fourth P: an offline course for investigators and prosecutors.

`create_app` is the one place where the parts are joined: content, store, exchange and web
do not know each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from .core.academy import fold_academy
from .core.classroom import fold_cohort
from .core.exam import fold_exam
from .core.learning import fold_learner
from .core.markers import fold_rules
from .core.people import fold_people
from .core.register import fold_register
from .core.roomwork import fold_play
from .core.session import fold_session
from .core.statement import Fold
from .settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from .carrying import Carrying
    from .content.library import Library
    from .keeping import Keeping
    from .office import Office
    from .store import Store
    from .store.local import LocalStore
    from .web.context import Services

__all__ = ["Settings", "create_app", "open_library", "open_store"]

FOLDS_VERSION = "3"
"""Raised when a fold changes, so that documents kept by an older version are made again."""


FOLDS: Mapping[str, Fold] = {
    "people": fold_people, "learner": fold_learner, "play": fold_play,
    "academy": fold_academy, "register": fold_register, "cohort": fold_cohort,
    "marking": fold_rules, "session": fold_session, "exam": fold_exam,
}
"""How each kind of document comes about."""


def open_store(settings: Settings, clock: Callable[[], str] | None = None) -> LocalStore:
    """The durable store in the data folder. Raises FolderInUse."""
    from .store import utc_now
    from .store.folder import default_folder
    from .store.local import LocalStore

    return LocalStore(settings.data or default_folder(), FOLDS, folds_version=FOLDS_VERSION,
                      clock=clock or utc_now)


def open_library(settings: Settings) -> Library:
    """The content: the course's own and the academy's annex."""
    from .content.library import Library
    from .content.source import Roots
    from .web.addresses import address
    from .web.words import box_words

    roots = Roots.find(settings.content, settings.annex)
    return Library(roots, address, box_words(roots.translations))


def create_app(settings: Settings, store: Store) -> Flask:
    """The course as a WSGI application, with everything it needs handed to it."""
    from flask import Flask

    from . import web
    from .content.search import Search
    from .schedule import schedule
    from .web.answers import Answers
    from .web.cohorts import Cohorts
    from .web.context import Services
    from .web.invigilator import Invigilator
    from .web.rooms import Rooms
    from .web.trust import Secrets, Throttle

    app = Flask(__name__, static_folder=None)
    app.config["TESTING"] = settings.testing
    app.secret_key = session_key(settings.data)
    library = open_library(settings)
    services: Services
    cohorts, rooms = Cohorts(lambda: services.store), Rooms(lambda: services.store)
    invigilator = Invigilator(lambda: services.store, lambda: services.register(), cohorts, library)
    services = Services(
        settings=settings, store=store, library=library, search=Search(library),
        answers=Answers(lambda: services.store, library, cohorts.changes_for, rooms, invigilator),
        cohorts=cohorts, rooms=rooms, invigilator=invigilator,
        secrets=Secrets(settings.pin_cost, settings.passphrase_cost), throttle=Throttle(),
        schedule=schedule,
        now=lambda: datetime.now(UTC), open_office=_office, open_carrying=_carrying,
        keeping=_keeping(settings, store))
    web.install(app, services)
    return app


def _office(services: Services) -> Office:
    """The registrar's office, with the keys of the data folder."""
    from .exchange.keyring import Keyring
    from .office import Office
    from .records import KEYS
    from .store.folder import default_folder

    folder = services.settings.data or default_folder()
    return Office(lambda: services.store, Keyring(folder / KEYS, services.settings.passphrase_cost),
                  lambda: services.now())


def _carrying(services: Services) -> Carrying:
    """What goes out and comes in; files that were sent wait beside the data."""
    from .carrying import Carrying
    from .store.local import LocalStore
    from .web.context import VERSION

    store = services.store
    folder = store.folder if isinstance(store, LocalStore) else Path(mkdtemp("fourth-p"))
    return Carrying(lambda: services.store, folder, lambda: services.now(), VERSION,
                    services.keeping)


def _keeping(settings: Settings, store: Store) -> Keeping | None:
    """The backups of a store that has a folder."""
    from .keeping import Keeping
    from .store.local import LocalStore

    if isinstance(store, LocalStore):
        return Keeping(store, lambda: open_store(settings))
    return None


def session_key(folder: Path | None) -> bytes:
    """The key that signs session cookies: made once for a data folder, and kept in it."""
    if folder is None:
        return token_bytes(32)
    path = folder / "session.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(token_bytes(32))
    return path.read_bytes()
