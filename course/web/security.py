"""Headers of every answer: nothing from another host, nothing kept of a learner's pages."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

POLICY = ("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
          "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")

HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)

WORTH_PACKING = 800
"""Bytes below which gzip saves nothing that a phone would notice."""


def protect(app: Flask) -> None:
    """Set the headers on every answer, and pack the larger pages."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.extend(HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        return packed(response)


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
