"""The server as a room presses it: many connections, slow ones, ones that leave."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from contextlib import closing, contextmanager

import pytest

from course import rounds
from course.server import make_server
from course.settings import Settings

from .serving import free_port

LARGE = b"x" * 3_000_000


def app(environ, start_response):
    """Says which thread it was, waits, or sends much."""
    body = {"/large": LARGE, "/ready": b"ready"}.get(
        environ["PATH_INFO"], threading.current_thread().name.encode())
    if environ["PATH_INFO"] == "/slow":
        time.sleep(0.3)
    if environ["PATH_INFO"] == "/ready":
        body = threading.current_thread().name.encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def serving(**changes):
    """A server in a thread of its own; its port."""
    port = free_port()
    started: list = []
    up = threading.Event()

    def run():
        server = make_server(app, Settings(host="127.0.0.1"), port,
                             lambda asked: asked.get("PATH_INFO") == "/ready")
        for name, value in changes.items():
            setattr(server.adj, name, value)
        started.append(server)
        up.set()
        server.run()

    thread = threading.Thread(target=run, name="reader", daemon=True)
    thread.start()
    up.wait()
    yield port
    server = started[0]
    server.trigger.pull_trigger(lambda: [one.close() for one in list(server._map.values())])
    thread.join(10)
    server.task_dispatcher.shutdown()
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def port():
    with serving() as port:
        yield port


def get(port, path):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        return ask(connection, path)


def ask(connection, path):
    connection.request("GET", path)
    return connection.getresponse().read()


def test_what_lies_ready_is_sent_by_the_thread_that_reads(port):
    assert get(port, "/ready") == b"reader"
    assert get(port, "/other") != b"reader"


def test_one_connection_serves_request_after_request(port):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        for path in ("/ready", "/other", "/ready", "/large", "/other", "/ready"):
            assert ask(connection, path)


def test_requests_sent_together_are_answered_in_their_order(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        paths = ("slow", "ready", "other", "ready")
        line.sendall(b"".join(f"GET /{one} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
                              for one in paths))
        told = b""
        while told.count(b"\r\n\r\n") < 4 or told.endswith(b"\r\n\r\n"):
            part = line.recv(65536)
            assert part, told
            told += part
    bodies = [one.partition(b"\r\n\r\n")[2] for one in told.split(b"HTTP/1.1 200 OK")[1:]]
    assert [body.startswith(b"waitress") for body in bodies][::2] == [True, True]


def test_a_slow_reader_gets_all_of_a_large_page(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got = 0
        while part := line.recv(65536):
            got += len(part)
    assert got > len(LARGE)


def test_who_leaves_while_waiting_harms_nobody(port):
    for _ in range(30):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    assert get(port, "/other")


def test_two_hundred_phones_stay_connected_and_are_all_answered(port):
    lines = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(200)]
    for path in ("/ready", "/other", "/ready"):
        for one in lines:
            one.request("GET", path)
        assert all(one.getresponse().read() for one in lines)
    for one in lines:
        one.close()
    assert get(port, "/ready") == b"reader"


def test_a_forgotten_connection_is_closed(monkeypatch):
    monkeypatch.setattr(rounds, "EVERYBODY", 0.1)
    impatient = {"channel_timeout": 0.2, "cleanup_interval": 0.1, "asyncore_loop_timeout": 0.1}
    with (serving(**impatient) as port,
          socket.create_connection(("127.0.0.1", port), timeout=10) as line):
        line.sendall(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
        while b"reader" not in line.recv(65536):
            pass
        assert line.recv(1) == b"", "closed by the server"


def test_a_request_that_is_no_http_is_refused_and_the_next_one_served(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"rubbish\r\n\r\n")
        assert b"400" in line.recv(65536)
    assert get(port, "/other")
