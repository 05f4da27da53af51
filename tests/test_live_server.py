"""The fast lane and the restart, on the real server."""

from __future__ import annotations

import re
import socket
import threading
import time

import pytest

from course.sideport import MOST_STREAMS, SidePort

from . import inclass
from .inclass import Trainer, fill, make_cohort, version_in
from .serving import Server, free_port
from .world import Learner, write

LINES = []
"""Connections of a test, to be hung up after it."""


@pytest.fixture(autouse=True)
def hang_up():
    yield
    while LINES:
        LINES.pop().close()


def kept(line):
    LINES.append(line)
    return line


def signed_in(port, learner):
    return kept(inclass.signed_in(port, learner))


def desk_of(port, filled):
    return kept(inclass.Desk(port, filled))


@pytest.fixture
def course(tmp_path):
    """A served course with an open session."""
    content = write(tmp_path / "content")
    data = tmp_path / "data"
    filled = fill(data, content)
    with Server(data, content=content) as server:
        yield server, filled


def stream_port(page):
    found = re.search(r'data-stream="(\d+)"', page)
    return int(found[1]) if found else 0


class Stream:
    """What a browser's EventSource does."""

    def __init__(self, port, path, origin, host="127.0.0.1", head=""):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        LINES.append(self)
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n"
                             f"Origin: {origin}\r\nAccept: text/event-stream\r\n{head}\r\n")
                            .encode())
        self.told = b""

    def until(self, text, seconds=10):
        ends = time.monotonic() + seconds
        while text.encode() not in self.told:
            self.socket.settimeout(max(0.01, ends - time.monotonic()))
            try:
                got = self.socket.recv(4096)
            except ConnectionError:
                break
            if not got:
                break
            self.told += got
        return self.told.decode()

    def close(self):
        self.socket.close()


def part_of(client, url):
    """What the script fetches, with the token of the page that it stands on."""
    client.get("/home")
    token = client.token
    text = client.get(f"{url}/part")[2]
    client.token = token
    return text


# The real process --------------------------------------------------------------------------

def test_a_change_is_told_at_once_and_to_the_course_s_own_pages_only(course):
    server, filled = course
    url = f"/live/{filled.session}"
    phone = signed_in(server.port, filled.learners[0])
    page = phone.get(url)[2]
    port, version = stream_port(page), version_in(page)
    assert port == server.port + 1
    origin = f"http://127.0.0.1:{server.port}"
    stream = Stream(port, url, origin)
    assert f"data: {version}" in stream.until("data:")
    assert f"Access-Control-Allow-Origin: {origin}\r\n" in stream.told.decode()
    desk = desk_of(server.port, filled)
    began = time.monotonic()
    desk.does(step="s2")
    now = version_in(part_of(phone, url))
    assert f"data: {now}\n" in stream.until(f"data: {now}\n", 2)
    assert time.monotonic() - began < 2
    for asked, stranger in (("/live/000000", origin), (url, "http://evil.example"),
                            (url, "http://127.0.0.1:9"), ("/join", origin)):
        refused = Stream(port, asked, stranger)
        assert re.match(r"HTTP/1.1 40[34]", refused.until("\r\n\r\n"))


def test_only_the_page_of_the_class_may_connect_there(course):
    server, filled = course
    phone = signed_in(server.port, filled.learners[0])
    import http.client
    for path, may in ((f"/live/{filled.session}", True), ("/home", False)):
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", path, headers={"Cookie": phone.cookie})
        policy = connection.getresponse().headers.get_all("Content-Security-Policy")
        connection.close()
        assert len(policy) == 1
        assert (f"connect-src 'self' http://127.0.0.1:{server.port + 1};" in policy[0]) is may


def test_a_phone_that_asks_in_vain_keeps_its_connection(course):
    server, filled = course
    phone = signed_in(server.port, filled.learners[0])
    version = version_in(phone.get(f"/live/{filled.session}")[2])
    asked = (f"GET /live/{filled.session}/state HTTP/1.1\r\nHost: x\r\nCookie: {phone.cookie}\r\n"
             f'If-None-Match: "{version}"\r\n\r\n').encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        for _ in range(3):
            line.sendall(asked)
            head = line.recv(4096)
            assert head.startswith(b"HTTP/1.1 304") and b"close" not in head
        line.sendall(asked.replace(b"Host: x", b"Host: x\r\nConnection: close"))
        told = line.recv(4096)
        assert b"Connection: close" in told
        assert line.recv(4096) == b""


def test_it_can_be_shut_and_steps_aside(tmp_path):
    content = write(tmp_path / "content")
    data = tmp_path / "data"
    filled = fill(data, content)
    with Server(data, "--live-port", "0", content=content) as server:
        page = signed_in(server.port, filled.learners[0]).get(f"/live/{filled.session}")[2]
        assert stream_port(page) == 0
    taken = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        other.listen()
        with Server(data, "--live-port", str(taken), content=content) as server:
            page = signed_in(server.port, filled.learners[0]).get(f"/live/{filled.session}")[2]
            assert stream_port(page) == taken + 1


def test_the_laptop_is_killed_and_the_class_goes_on(course):
    """No acknowledged answer is lost, and phones come back to the page that they had."""
    server, filled = course
    url = f"/live/{filled.session}"
    desk_of(server.port, filled).asks()
    phones = [signed_in(server.port, one) for one in filled.learners]
    for phone in phones:
        page = phone.get(url)[2]
        action = re.search(r'action="([^"]+)" data-save="now"', page)[1]
        choice = re.search(r'name="r" value="([^"]+)"', page)[1]
        assert phone.post(action, r=choice, part="1")[0] == 303
    before = [part_of(phone, url) for phone in phones]
    assert all("Saved" in page for page in before)
    stream = Stream(server.port + 1, url, f"http://127.0.0.1:{server.port}")
    stream.until("data:")

    server.kill()
    assert stream.until("nothing more") is not None, "the stream ends"
    server.start()
    for phone in phones:
        phone.close()  # and opens it again

    desk = desk_of(server.port, filled)
    assert "3</bdi> have answered" in desk.get(desk.url)[2]
    for phone, page in zip(phones, before, strict=True):
        assert part_of(phone, url) == page, "the same seat and the same state"
    again = Stream(server.port + 1, url, f"http://127.0.0.1:{server.port}")
    assert f"data: {version_in(before[0])}" in again.until("data:")
    desk.does(do="talk")
    desk.does(do="second")
    assert "Second vote" in phones[0].get(url)[2]
    desk.does(do="reveal")
    assert "Explanation-in-place" in phones[0].get(url)[2]


def test_two_hundred_answers_in_the_same_moment_are_all_kept(tmp_path):
    content = write(tmp_path / "content")
    data = tmp_path / "data"
    filled = fill(data, content, count=40)
    with Server(data, content=content) as server:
        url = f"/live/{filled.session}"
        desk = desk_of(server.port, filled)
        desk.asks()
        phones = [signed_in(server.port, one) for one in filled.learners]
        page = phones[0].get(url)[2]
        action = re.search(r'action="([^"]+)" data-save="now"', page)[1]
        choice = re.search(r'name="r" value="([^"]+)"', page)[1]
        for phone in phones:
            phone.get(url)
        statuses = []

        def send(phone):
            for _ in range(5):
                statuses.append(phone.post(action, r=choice, part="1")[0])

        threads = [threading.Thread(target=send, args=(phone,)) for phone in phones]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert statuses == [303] * 200
        assert "40</bdi> of <bdi>40</bdi> have answered" in desk.get(desk.url)[2]


# The port alone ----------------------------------------------------------------------------

@pytest.fixture
def side():
    """A port with a session `a`, whose version the test sets."""
    versions = {"a": "v1"}
    port = SidePort("127.0.0.1", free_port(), 8000, lambda name: versions.get(name, ""))
    assert port.open()
    yield port, versions
    port.close()


ORIGIN = "http://127.0.0.1:8000"


def test_the_same_version_is_not_told_twice(side):
    port, versions = side
    stream = Stream(port.port, "/live/a", ORIGIN)
    stream.until("data: v1\n\n")
    port.tell("a")
    port.tell("other")
    versions["a"] = "v2"
    port.tell("a")
    assert stream.until("data: v2\n\n").count("data:") == 2


def test_a_stream_ends_with_its_session(side):
    port, versions = side
    stream = Stream(port.port, "/live/a", ORIGIN)
    stream.until("data: v1\n\n")
    del versions["a"]
    port.tell("a")
    assert "data: ended\n\n" in stream.until("nothing more")


@pytest.mark.parametrize("sent", [b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 9000,
                                  b"POST /live/a HTTP/1.1\r\nOrigin: x\r\n\r\n",
                                  b"GET /live/a HTTP/1.1\r\nHost: h\r\n\r\n"])
def test_what_is_no_request_of_a_phone_is_sent_away(side, sent):
    port, _ = side
    with socket.create_connection(("127.0.0.1", port.port), timeout=10) as knock:
        knock.sendall(sent)
        told = knock.recv(4096)
    assert b" 200 " not in told


def test_streams_are_counted_and_leave_nothing_behind(side, monkeypatch):
    port, _ = side
    monkeypatch.setattr("course.sideport.MOST_STREAMS", 3)
    streams = [Stream(port.port, "/live/a", ORIGIN) for _ in range(3)]
    for one in streams:
        one.until("data: v1\n\n")
    assert "503" in Stream(port.port, "/live/a", ORIGIN).until("\r\n\r\n")
    for one in streams:
        one.close()
    for _ in range(200):
        if port.streams == 0:
            break
        time.sleep(0.01)
    assert port.streams == 0
    again = Stream(port.port, "/live/a", ORIGIN)
    assert "data: v1" in again.until("data: v1\n\n")
    assert MOST_STREAMS > 200


def test_who_does_not_read_is_dropped_and_the_others_are_told(side):
    port, versions = side
    sleeper, reader = (Stream(port.port, "/live/a", ORIGIN) for _ in range(2))
    reader.until("data: v1\n\n")
    sleeper.until("data: v1\n\n")
    sleeper.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    long = "x" * 40_000
    for n in range(400):
        versions["a"] = f"{n}-{long}"
        port.tell("a")
        reader.until(f"data: {n}-")
        reader.told = b""
        if port.streams == 1:
            break
        if n % 20 == 0:
            time.sleep(0.01)
    assert port.streams == 1


def test_many_threads_may_tell(side):
    port, versions = side
    stream = Stream(port.port, "/live/a", ORIGIN)
    stream.until("data: v1\n\n")
    versions["a"] = "v2"
    threads = [threading.Thread(target=port.tell, args=("a",)) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert "data: v2" in stream.until("data: v2\n\n")


def test_the_store_tells_of_what_is_kept_and_not_of_what_is_refused(app):
    learner = Learner(app)
    make_cohort(app, [learner.id])
    trainer = Trainer(app)
    trainer.begins()
    told = []
    app.extensions["course"].store.tell = told.append
    trainer.does(step="s2")
    assert told.count(f"session:{trainer.id}") == 1
    told.clear()
    trainer.post(f"/sessions/{trainer.id}", {"moment": "old", "do": "next"})
    assert f"session:{trainer.id}" not in told
