"""The server as a room presses it: many connections, slow ones, ones that leave."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from contextlib import ExitStack, closing, contextmanager

import pytest
from waitress import wasyncore

from course import rounds
from course.server import Channel, make_server
from course.settings import Settings

from .serving import free_port

LARGE = b"x" * 3_000_000


class Desk:
    """Takes what is posted to `/note`; the rest it leaves."""

    def __init__(self):
        self.taken: list[bytes] = []
        self.saved: list[list[bytes]] = []
        self.works = True
        self.takes_time = 0.0

    def take(self, environ):
        body = environ["wsgi.input"].read()
        if environ["PATH_INFO"] != "/note":
            return None
        if body == b"bad":
            raise KeyError
        self.taken.append(body)
        return "303 SEE OTHER", [("Location", f"/{body.decode()}"), ("Content-Length", "0")]

    def save(self):
        time.sleep(self.takes_time)
        if self.works:
            self.saved.append(self.taken)
        self.taken = []
        return self.works


def app(environ, start_response):
    """Says which thread it was, waits, sends much, or says what was posted."""
    if environ["REQUEST_METHOD"] == "POST":
        start_response("507 Full", [])
        return [b"the app has ", environ["wsgi.input"].read()]
    body = {"/large": LARGE, "/ready": b"ready"}.get(
        environ["PATH_INFO"], threading.current_thread().name.encode())
    if environ["PATH_INFO"] == "/slow":
        time.sleep(0.3)
    if environ["PATH_INFO"] == "/ready":
        body = threading.current_thread().name.encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def serving(lane=None, **changes):
    """A server in a thread of its own; its port."""
    port = free_port()
    started: list = []
    up = threading.Event()

    def run():
        server = make_server(app, Settings(host="127.0.0.1"), port,
                             lambda asked: asked.get("PATH_INFO") == "/ready", lane)
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


def test_a_name_with_two_addresses_is_served_at_both(monkeypatch):
    port = free_port()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{one}", port)) for one in (1, 2)])
    server = make_server(app, Settings(host="two.example"), port, lambda asked: True, Desk())
    monkeypatch.undo()
    told = []
    asker = threading.Thread(target=lambda: told.append(get(port, "/ready")), daemon=True)
    asker.start()
    while asker.is_alive():
        wasyncore.loop(timeout=0.05, map=server.map, count=1)
    server.close()
    assert told[0].startswith(b"waitress")


# Taken together --------------------------------------------------------------------------

def posted(connection, path, body):
    connection.request("POST", path, body)
    answer = connection.getresponse()
    return answer.status, answer.headers.get("Location"), answer.read()


def post(port, path, body):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        return posted(connection, path, body)


def test_what_is_taken_is_answered_once_it_is_safe():
    desk = Desk()
    with serving(desk) as port, closing(
            http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        assert posted(connection, "/note", b"one") == (303, "/one", b"")
        assert posted(connection, "/note", b"two") == (303, "/two", b"")
    assert desk.saved == [[b"one"], [b"two"]]


def test_what_comes_while_the_disk_is_busy_is_saved_at_once():
    desk = Desk()
    desk.takes_time = 0.2
    with serving(desk) as port, ExitStack() as stack:
        lines = [stack.enter_context(closing(http.client.HTTPConnection(
            "127.0.0.1", port, timeout=10))) for _ in range(40)]
        assert all(ask(one, "/ready") for one in lines)
        for number, one in enumerate(lines):
            one.request("POST", "/note", f"{number}")
        assert {one.getresponse().status for one in lines} == {303}
    assert {one for some in desk.saved for one in some} == {
        f"{number}".encode() for number in range(40)}
    assert len(desk.saved) < 10


def test_a_class_that_arrives_while_the_disk_is_busy_is_let_in_together():
    desk = Desk()
    desk.takes_time = 0.2
    with serving(desk) as port, ExitStack() as stack:
        lines = [stack.enter_context(closing(http.client.HTTPConnection(
            "127.0.0.1", port, timeout=10))) for _ in range(40)]
        for one in lines:
            one.request("POST", "/note", b"here")
        assert {one.getresponse().status for one in lines} == {303}
    assert len(desk.saved) < 10


@pytest.mark.parametrize(("path", "body", "works"), [
    ("/other", b"not its business", True), ("/note", b"bad", True), ("/note", b"lost", False)],
    ids=["another address", "stumbles", "not saved"])
def test_what_is_not_taken_or_not_safe_is_for_the_app(path, body, works):
    desk = Desk()
    desk.works = works
    with serving(desk) as port:
        assert post(port, path, body) == (507, None, b"the app has " + body)
        assert get(port, "/ready") == b"reader"


def test_requests_behind_one_that_was_taken_keep_their_order():
    note = b"POST /note HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"
    page = b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with (serving(Desk()) as port,
          socket.create_connection(("127.0.0.1", port), timeout=10) as line):
        line.sendall(note + b"a" + page + note + b"b" + last)
        told = b""
        while part := line.recv(65536):
            told += part
    assert re.findall(rb"HTTP/1.1 (\d+)|Location: (/\w)", told) == [
        (b"303", b""), (b"", b"/a"), (b"200", b""), (b"303", b""), (b"", b"/b"), (b"200", b"")]


def test_an_old_browser_is_told_that_the_line_will_be_closed():
    with (serving(Desk()) as port,
          socket.create_connection(("127.0.0.1", port), timeout=10) as line):
        line.sendall(b"POST /note HTTP/1.0\r\nContent-Length: 1\r\n\r\na")
        told = b""
        while part := line.recv(65536):
            told += part
    assert told.startswith(b"HTTP/1.0 303")
    assert b"Connection: close" in told


def test_a_connection_that_breaks_costs_no_other_its_answer(monkeypatch):
    whole = Channel.send_response

    def breaking(channel, response):
        if dict(response[1])["Location"] == "/broken":
            raise ValueError
        whole(channel, response)

    monkeypatch.setattr(Channel, "send_response", breaking)
    with (serving(Desk()) as port,
          socket.create_connection(("127.0.0.1", port), timeout=10) as line):
        line.sendall(b"POST /note HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nbroken")
        assert post(port, "/note", b"whole") == (303, "/whole", b"")
