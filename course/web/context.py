"""What every request needs: the parts the app joined, who asks, and in which language."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, wraps
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import parse_qs

from flask import current_app, g, request, session

from ..core.errors import SignInNeeded
from ..core.people import REGISTER, Person, Register
from ..core.statement import Document

if TYPE_CHECKING:
    from ..carrying import Carrying
    from ..content.library import Library
    from ..content.search import Search
    from ..core.progress import Scheduler
    from ..exchange.printing import Printing
    from ..keeping import Keeping
    from ..office import Office
    from ..settings import Settings
    from ..store import Store
    from .answers import Answers
    from .cohorts import Cohorts
    from .fitted import FittedLibrary
    from .invigilator import Invigilator
    from .rooms import Room, Rooms
    from .trust import Secrets, Throttle

P = ParamSpec("P")
R = TypeVar("R")

try:
    VERSION = version("fourth-p")
except PackageNotFoundError:  # run from an unpacked folder
    VERSION = "dev"

LANGUAGES = {
    "ar": ("العربية", "rtl"), "en": ("English", "ltr"), "es": ("Español", "ltr"),
    "fr": ("Français", "ltr"), "ru": ("Русский", "ltr"), "zh": ("中文", "ltr"),
}
"""The languages the course may speak: own name and direction. Which it does speak is decided
by what lies in `translations/`."""

JOIN_CODE = "join"
"""In the session of a browser: six digits that were given before who gave them signed in."""

LANGUAGES_OF_NAMES = (
    "am", "ar", "bn", "en", "es", "fa", "fr", "hi", "hy", "ja", "ka", "kk", "km", "ko", "ky", "lo",
    "mk", "mn", "my", "ne", "ps", "pt", "ru", "si", "so", "sq", "sr", "sw", "ta", "tg", "th", "ti",
    "tr", "uk", "ur", "uz", "vi", "zh")
"""Languages that a name on a record may be written in, beside Latin letters."""


@dataclass
class Services:
    """The parts of the course, joined by `create_app`."""

    settings: Settings
    store: Store
    library: Library
    search: Search
    answers: Answers
    cohorts: Cohorts
    invigilator: Invigilator
    rooms: Rooms
    secrets: Secrets
    throttle: Throttle
    schedule: Scheduler
    now: Callable[[], datetime]
    open_office: Callable[[Services], Office]
    open_carrying: Callable[[Services], Carrying]
    keeping: Keeping | None = None
    """The backups; None for a store that has no folder."""
    printings: dict[str, Printing] = field(default_factory=dict)
    """Records being printed, and the last documents, by the id of the job."""
    live_port: int = 0
    """The port of the fast lane for phones in class (`sideport.py`); 0 while it is shut."""
    _office: Office | None = field(default=None, repr=False)
    _carrying: Carrying | None = field(default=None, repr=False)
    _register: tuple[Document, Register] | None = field(default=None, repr=False)

    def register(self) -> Register:
        """Everybody, as the register is now; made again only when it changed."""
        document = self.store.document(REGISTER)
        if self._register is None or self._register[0] is not document:
            self._register = (document, Register(document))
        return self._register[1]

    def office(self) -> Office:
        """The registrar's office: made when it is first asked for, since most visits need none."""
        if self._office is None:
            self._office = self.open_office(self)
        return self._office

    def carrying(self) -> Carrying:
        """Files on their way out and in: made when it is first asked for."""
        if self._carrying is None:
            self._carrying = self.open_carrying(self)
        return self._carrying

    def sign_in_version(self) -> object:
        """What the sign-in page depends on; None while there is nobody to sign in as."""
        if not self.register().has_administrator:
            return None
        return (self.store.document(REGISTER), self.library.version)


def services() -> Services:
    """The parts of the running course."""
    found: Services = current_app.extensions["course"]
    return found


def store() -> Store:
    return services().store


def library() -> Library:
    return services().library


def my_library() -> FittedLibrary:
    """The library as whoever is signed in meets it: a cohort may hide or replace questions."""
    from .fitted import FittedLibrary

    if "my_library" not in g:
        person = me()
        changes = services().cohorts.changes_for(person.id) if person else {}
        g.my_library = FittedLibrary(library(), changes)
    found: FittedLibrary = g.my_library
    return found


def office() -> Office:
    return services().office()


def invigilator() -> Invigilator:
    return services().invigilator


def answers() -> Answers:
    return services().answers


@lru_cache(maxsize=1024)
def fingerprint(secret: str) -> str:
    """What a session keeps of a secret's hash: a new PIN ends the sessions of the old one."""
    return hashlib.sha256(secret.encode()).hexdigest()[:12]


def person_of(register: Register, kept: Mapping[str, Any]) -> Person | None:
    """Whose session this is. A removed person, or one with a new PIN, has none."""
    person = register.get(kept.get("person", ""))
    fresh = person and not person.removed and kept.get("secret") == fingerprint(person.secret)
    return person if fresh else None


def me() -> Person | None:
    """Who is signed in."""
    if "me" not in g:
        g.me = person_of(services().register(), session)
    found: Person | None = g.me
    return found


def signed_in() -> Person:
    """Who is signed in. Raises SignInNeeded."""
    person = me()
    if person is None:
        raise SignInNeeded
    return person


def my_class() -> Room | None:
    """The session that a learner sits in or is waited for in, if there is one."""
    if "my_class" not in g:
        person = me()
        g.my_class = services().rooms.of(person) if person and person.may("study") else None
    found: Room | None = g.my_class
    return found


def sign_in(person: Person) -> None:
    """Begin a session with nothing of an earlier one in it but the code of a class to join."""
    code = session.get(JOIN_CODE, "")
    session.clear()
    if code:
        session[JOIN_CODE] = code
    session["person"] = person.id
    session["secret"] = fingerprint(person.secret)
    g.pop("me", None)


def my_document() -> Document:
    """The learner's own document; empty for staff, who read but do not study."""
    person = signed_in()
    return store().document(person.record) if person.may("study") else {}


def needs(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view run only for who may do that; `core.people.MAY` says who."""

    def around(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            signed_in().must_be_able_to(action)
            return view(*args, **kwargs)

        guarded.needs = action  # type: ignore[attr-defined]
        return guarded

    return around


def locale() -> str:
    """The language of the page: the person's own, else the visitor's choice, else the browser's."""
    if "locale" not in g:
        person = me()
        wanted = person.language if person else request.args.get("lang") or request.cookies.get(
            "lang", "")
        offered = offered_languages()
        g.locale = wanted if wanted in offered else best_language(
            request.headers.get("Accept-Language", ""), offered)
    found: str = g.locale
    return found


class Here:
    """What the pieces of pages, which are made once, ask of the page they are used on."""

    @property
    def locale(self) -> str:
        return locale()

    @property
    def direction(self) -> str:
        return direction(locale())

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Those that the course speaks, by code, with their own names."""
        return [(one, LANGUAGES[one][0]) for one in offered_languages()]

    @property
    def course_version(self) -> str:
        return VERSION


def offered_languages() -> tuple[str, ...]:
    return tuple(one for one in library().locales if one in LANGUAGES)


def best_language(accepted: str, offered: Sequence[str]) -> str:
    """The first offered language in an Accept-Language header; English when none fits."""
    wanted: list[tuple[float, str]] = []
    for place, part in enumerate(accepted[:200].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        wanted.append((-weight + place / 1000, tag.strip().lower().partition("-")[0]))
    return next((tag for _, tag in sorted(wanted) if tag in offered), "en")


def plain_query(query: str, name: str) -> str:
    """One value of a query string, without Flask."""
    return parse_qs(query[:2000]).get(name, [""])[0] if name in query else ""


def plain_cookie(header: str, name: str) -> str:
    """One cookie of a Cookie header, without Flask."""
    for part in header.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def direction(code: str) -> str:
    return LANGUAGES.get(code, ("", "ltr"))[1]


def at_the_laptop() -> bool:
    """Whether this request comes from the computer that serves the course."""
    address: Any = request.remote_addr or ""
    return address.startswith("127.") or address in {"::1", "localhost"}
