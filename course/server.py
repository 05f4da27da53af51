"""waitress, set up for a classroom.

Its defaults do not fit one: a hundred connections answered 98 of 200 phones, and its queue
warnings fill a full stderr pipe until the server hangs.
"""

from __future__ import annotations

import logging
import socket
import sys
from typing import TYPE_CHECKING

from waitress.server import create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from .settings import Settings

PORTS_TRIED = 20


def make_server(app: WSGIApplication, settings: Settings, port: int) -> object:
    """A server that listens already; `run()` serves until it is closed."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return create_server(
        app, host=settings.host, port=port, threads=settings.threads,
        connection_limit=settings.connections, channel_timeout=30, cleanup_interval=10,
        backlog=1024, ident="", clear_untrusted_proxy_headers=True,
        max_request_body_size=64 * 1024 * 1024)


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on. Raises OSError after twenty."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if sys.platform != "win32":
                # A port whose last owner has just died is free: after a power cut the
                # course has to come back at the address that the room knows.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {wanted} on")
