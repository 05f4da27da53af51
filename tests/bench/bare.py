"""The yardstick: waitress as the course sets it up, serving eleven bytes and nothing else."""

from __future__ import annotations

import sys

from course.server import make_server
from course.settings import Settings


def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "11")])
    return [b"hello world"]


if __name__ == "__main__":
    make_server(hello, Settings(host="127.0.0.1"), int(sys.argv[1])).run()
