"""Addresses: what a link in an author's file becomes, and where the room finds the laptop."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import request
from markupsafe import Markup

if TYPE_CHECKING:
    from flask import Flask

    from ..content.links import Target

_KEPT_FOR = 30.0
_kept: tuple[float, list[str]] = (-_KEPT_FOR, [])


def address(target: Target) -> str:
    """The address of what an author's link points at."""
    tail = f"#{target.anchor}" if target.anchor else ""
    match target.kind:
        case "manual":
            return f"/manuals/{target.path}"
        case "module":
            return f"/manuals/{target.path}"
        case "section":
            return f"/manuals/{target.path}/{target.section}{tail}"
        case "instrument" | "article":
            return f"/library/{target.path}{tail}"
        case "glossary" | "term":
            return f"/glossary{tail}"
        case _:
            return f"/{target.path}{tail}"


def template_addresses(app: Flask) -> dict[str, Callable[..., str]]:
    """`url_for`, and `way` for what belongs to a module: each address is built once.

    A page has some forty links, and building them took a fifth of its time.
    """
    routes = app.url_map.bind("localhost")

    @lru_cache(maxsize=4096)
    def build(endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return routes.build(endpoint, dict(values))

    def url_for(endpoint: str, **values: Any) -> str:
        return build(endpoint, tuple(values.items()))

    def way(endpoint: str, module_id: str, **values: Any) -> str:
        manual_id, _, name = module_id.partition("/")
        return build(endpoint, (("manual_id", manual_id), ("name", name), *values.items()))

    return {"url_for": url_for, "way": way}


def server_port() -> int:
    """The port that the running server listens on."""
    return int(request.environ.get("SERVER_PORT", "8000"))


def room_addresses(port: int) -> list[str]:
    """Where phones and other laptops on the same network find this one, best guess first."""
    global _kept
    if time.monotonic() - _kept[0] > _KEPT_FOR:
        _kept = (time.monotonic(), _network_addresses())
    return [f"http://{one}:{port}" for one in _kept[1]]


def _network_addresses() -> list[str]:
    found = [_outgoing_address()]
    with suppress(OSError):
        found += [str(info[4][0])
                  for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [one for one in dict.fromkeys(found) if one and not _only_here(one)]


def _outgoing_address() -> str:
    """The address this computer would send from. A UDP connect sends no packet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.254.254.254", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return ""


def _only_here(one: str) -> bool:
    parsed = ipaddress.ip_address(one)
    return parsed.is_loopback or parsed.is_unspecified or parsed.is_link_local


def square(text: str, title: str) -> Markup:
    """A larger QR code whose size is the style sheet's, with a name in place of its long text."""
    import segno

    return Markup(segno.make(text, error="m", micro=False).svg_inline(
        border=4, svgclass="square", lineclass=None, title=title, omitsize=True,
        dark="#000", light="#fff"))


def qr(text: str) -> Markup:
    """A QR code as SVG for the page; it carries its text in words for who cannot see it."""
    import segno

    return Markup(segno.make(text, error="m").svg_inline(
        scale=4, border=4, svgclass="qr", lineclass=None, title=text, omitsize=False,
        dark="#000", light="#fff"))


def qr_symbol(text: str, name: str) -> Markup:
    """A QR code as an SVG symbol, for a page that shows it many times with `<use>`."""
    import segno

    code = segno.make(text, error="m", micro=False)
    side, _ = code.symbol_size(border=2)
    drawn = code.svg_inline(border=2, lineclass=None, omitsize=True, dark="#000", light="#fff")
    inside = drawn[drawn.index(">") + 1:drawn.rindex("</svg>")]
    return Markup('<svg class="symbols" aria-hidden="true"><symbol id="{}" viewBox="0 0 {} {}">{}'
                  "</symbol></svg>").format(name, side, side, Markup(inside))
