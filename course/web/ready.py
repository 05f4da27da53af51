"""Ready pages: what is the same for everybody, kept as gzip bytes and served before Flask.

Two things qualify: the files in `static/` (their address carries a digest, so a browser
keeps them for good) and the sign-in page, which names the class and holds no token. A page
is made by one thread while the others wait (sixteen threads making the same cold page gave
two to five requests a second).
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """One page as bytes, plain and packed, with its headers."""

    plain: bytes
    packed: bytes
    headers: tuple[tuple[str, str], ...]
    packed_headers: tuple[tuple[str, str], ...] = field(default=())

    @classmethod
    def of(cls, body: bytes, headers: Iterable[tuple[str, str]]) -> ReadyPage:
        dropped = {"content-length", "set-cookie", "vary", "content-encoding"}
        kept = (*((name, value) for name, value in headers if name.lower() not in dropped),
                ("Vary", "Accept-Encoding, Accept-Language, Cookie"))
        packed = gzip.compress(body, 9, mtime=0)
        return cls(body, packed, (*kept, ("Content-Length", str(len(body)))),
                   (*kept, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))))

    def send(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        start_response("200 OK", list(self.packed_headers if packed else self.headers))
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        return [self.packed if packed else self.plain]


class Assets:
    """The files in `static/`, read once, with the address that carries their digest."""

    def __init__(self, folder: Path, security: Iterable[tuple[str, str]]) -> None:
        self._pages: dict[str, ReadyPage] = {}
        self._addresses: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            body = path.read_bytes()
            digest = hashlib.sha256(body).hexdigest()[:10]
            address = f"/static/{quote(path.stem)}.{digest}{path.suffix}"
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            kind = {".js": "text/javascript"}.get(path.suffix, kind)
            charset = "; charset=utf-8" if kind.startswith("text/") else ""
            self._addresses[path.name] = address
            self._pages[address] = ReadyPage.of(body, (
                ("Content-Type", kind + charset), ("Cache-Control", FOREVER), *security))

    def address(self, name: str) -> str:
        """Where a page finds a file of `static/`."""
        return self._addresses[name]

    def page(self, path: str) -> ReadyPage | None:
        return self._pages.get(path)


class ReadyPages:
    """WSGI in front of the app: answers what is ready, passes on everything else.

    `version` says when kept pages are old; `locale_of` picks the language of a request
    without Flask.
    """

    def __init__(self, app: WSGIApplication, assets: Assets, version: Callable[[], object],
                 locale_of: Callable[[Mapping[str, str]], str]) -> None:
        self._app = app
        self._assets = assets
        self._version = version
        self._locale_of = locale_of
        self._lock = threading.Lock()
        self._pages: dict[tuple[str, bool], ReadyPage] = {}
        self._kept_version: object = None

    def __call__(self, environ: WSGIEnvironment,
                 start_response: StartResponse) -> Iterable[bytes]:
        page = self._kept(environ)
        if page is None and _is_sign_in(environ):
            page = self._sign_in(environ)
        return page.send(environ, start_response) if page else self._app(environ, start_response)

    def is_ready(self, environ: Mapping[str, str]) -> bool:
        """Whether a request can be answered without any work, by the thread that reads it."""
        return self._kept(environ) is not None

    def _kept(self, environ: Mapping[str, str]) -> ReadyPage | None:
        """What lies ready for a request."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        path = environ.get("PATH_INFO", "")
        if path.startswith("/static/"):
            return self._assets.page(path)
        if _is_sign_in(environ) and self._version() == self._kept_version:
            return self._pages.get(self._key(environ))
        return None

    def _key(self, environ: Mapping[str, str]) -> tuple[str, bool]:
        return self._locale_of(environ), environ.get("REMOTE_ADDR", "").startswith("127.")

    def _sign_in(self, environ: WSGIEnvironment) -> ReadyPage | None:
        """The sign-in page, made by the first that asks for it and kept."""
        version = self._version()
        if version is None:
            return None
        key = self._key(environ)
        with self._lock:
            if version != self._kept_version:
                self._pages, self._kept_version = {}, version
            if key not in self._pages:
                made = self._made(environ, key[0])
                if made is None:
                    return None
                self._pages[key] = made
            return self._pages[key]

    def _made(self, environ: WSGIEnvironment, locale: str) -> ReadyPage | None:
        """The page as the app makes it, for a visitor with nothing but a language."""
        asked = {name: value for name, value in environ.items()
                 if name not in {"HTTP_COOKIE", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH"}}
        asked |= {"REQUEST_METHOD": "GET", "PATH_INFO": "/sign-in",
                  "QUERY_STRING": f"lang={locale}"}
        status, headers, body = answer_of(self._app, asked)
        return ReadyPage.of(body, headers) if status.startswith("200") else None


def answer_of(app: WSGIApplication, environ: WSGIEnvironment
              ) -> tuple[str, list[tuple[str, str]], bytes]:
    """What the app answers: the status line, the headers and the body."""
    status: list[str] = []
    headers: list[tuple[str, str]] = []

    def start(line: str, given: list[tuple[str, str]], *_: object) -> Callable[..., object]:
        status.append(line)
        headers.extend(given)
        return lambda data: None

    body = b"".join(app(environ, start))
    return status[0], headers, body


def _is_sign_in(environ: Mapping[str, str]) -> bool:
    """Whether a request asks for the page that is the same for all.

    A chosen language is not: the app answers that, and has the browser remember it.
    """
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("QUERY_STRING"):
        return False
    path = environ.get("PATH_INFO", "")
    return path == "/sign-in" or (
        path == "/" and "session=" not in environ.get("HTTP_COOKIE", ""))
