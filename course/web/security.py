"""Headers of every answer: nothing from another host, nothing kept of a learner's pages."""

from __future__ import annotations

import gzip
import re

from flask import Flask, Request, Response, g, request

POLICY = ("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
          "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")

HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)

_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
"""A host name or address as it may stand in a policy."""

WORTH_PACKING = 800
"""Bytes below which gzip saves nothing that a phone would notice."""


def protect(app: Flask) -> None:
    """Set the headers on every answer, and pack the larger pages."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if other := g.get("may_connect_to"):
            response.headers["Content-Security-Policy"] = POLICY.replace(
                "connect-src 'self'", f"connect-src 'self' {other}")
        response.headers.setdefault("Cache-Control", "no-store")
        return packed(response)


def origin_beside(asked: Request, port: int) -> str:
    """The same host as the request's on another port; nothing when its name is odd."""
    name = asked.host.rpartition(":")[0] if re.search(r":[0-9]+$", asked.host) else asked.host
    return f"{asked.scheme}://{name}:{port}" if _HOST.fullmatch(name) else ""


def packed(response: Response) -> Response:
    """Gzip a page for who takes it: on a classroom's Wi-Fi the bytes cost more than the work."""
    if (response.direct_passthrough or not (response.mimetype or "").startswith("text/")
            or "gzip" not in request.headers.get("Accept-Encoding", "")):
        return response
    body = response.get_data()
    if len(body) >= WORTH_PACKING:
        response.set_data(gzip.compress(body, 4, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.add("Vary", "Accept-Encoding")
    return response
