"""Is this laptop ready? Each check says what to do; a phone that tries is seen."""

from __future__ import annotations

import re
import shutil
import time
from collections import namedtuple
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from course import open_store
from course.settings import Settings
from course.web import machine, readiness

from .world import FILES, Staff, Visitor, add_colleague, make_app, running, set_up, write

READY = "/classes/ready"


@pytest.fixture
def app(app, monkeypatch):
    """A laptop in a network."""
    monkeypatch.setattr(readiness, "room_addresses", lambda port: [f"http://192.168.43.1:{port}"])
    return app


def looked_through(trainer):
    """The page once the content has been looked through in the background."""
    for _ in range(100):
        page = trainer.get(READY)
        if "Being looked through" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError("the content was never looked through")


def title(page):
    return re.search(r"<h1>([^<]+)</h1>", page)[1]


def test_the_title_is_the_answer(trainer):
    page = looked_through(trainer)
    assert title(page).startswith("Not ready yet: ")
    assert "There is no backup yet" in page
    assert "Ask the administrator" in page
    assert "192.168.43.1" in page


def test_a_phone_that_opens_the_page_is_seen_and_the_laptop_itself_is_not(app, trainer):
    page = looked_through(trainer)
    assert "No phone has tried yet" in page
    version = re.search(r'data-follow="([^"]+)"', page)[1]
    hello = re.search(r'href="http://192.168.43.1:80(/hello/[^"]+)"', page)[1]
    assert "on the laptop itself" in Visitor(app).get(hello)
    phone = {"environ_overrides": {"REMOTE_ADDR": "192.168.43.1"}}
    assert "on the laptop itself" in Visitor(app).get(hello, **phone)
    asked = {"headers": {"If-None-Match": f'"{version}"'}}
    assert trainer.client.get(READY, **asked).status_code == 304
    phone = {"environ_overrides": {"REMOTE_ADDR": "192.168.43.27"}}
    assert "has reached the course" in Visitor(app).get(hello, **phone)
    answer = trainer.client.get(READY, **asked)
    assert answer.status_code == 200
    assert "A device at 192.168.43.27 reached this laptop" in answer.text


def test_a_wrong_token_says_nothing(app):
    Visitor(app).get("/hello/wrong", status=404)


def test_the_firewall_rule_names_the_port_of_the_running_server(trainer):
    page = trainer.get(READY, environ_overrides={"SERVER_PORT": "8123"})
    for rule in ("localport=8123", "-LocalPort 8123", "ufw allow 8123/tcp", "--add-port=8123/tcp"):
        assert rule in page


def test_no_network_and_a_course_for_this_computer_only(app, trainer, monkeypatch):
    monkeypatch.setattr(readiness, "room_addresses", lambda port: [])
    page = trainer.get(READY)
    assert "This laptop is in no network" in page
    services = app.extensions["course"]
    services.settings = replace(services.settings, host="127.0.0.1")
    assert "started for this computer only" in trainer.get(READY)


def test_a_clock_from_before_the_course(app, trainer):
    app.extensions["course"].now = lambda: datetime(2001, 1, 1, tzinfo=UTC)
    assert "The clock of this computer says 200" in trainer.get(READY)


def test_little_memory_and_memory_that_is_not_known(trainer, monkeypatch):
    monkeypatch.setattr(readiness, "memory_available", lambda: 50_000_000)
    assert "There is little memory left: 50.0 MB" in trainer.get(READY)
    monkeypatch.setattr(readiness, "memory_available", lambda: None)
    assert "Not known" in trainer.get(READY)


def test_memory_is_read_where_linux_says_it(tmp_path, monkeypatch):
    monkeypatch.setattr(machine.platform, "system", lambda: "Linux")
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable:    2048 kB\n")
    assert machine.memory_available(tmp_path / "meminfo") == 2048 * 1024
    assert machine.memory_available(tmp_path / "none") is None


def test_an_error_in_the_content_is_counted(tmp_path, monkeypatch):
    broken = {**FILES, "modules/tip/later.md": "---\ntitle: Later\n---\n\n## Text {#text}\n\n"
                                               "!!! quiz no-such-question\n"}
    app = make_app(tmp_path, content=write(tmp_path / "content", broken))
    add_colleague(set_up(app), "trainer", "T-1")
    assert "in the course" in looked_through(Staff(app, "T-1"))


def test_a_full_disk_and_a_laptop_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(readiness, "room_addresses", lambda port: ["http://192.168.43.1:80"])
    data = tmp_path / "data"
    with running(make_app(tmp_path, open_store(Settings(data=data)), data=data)) as app:
        set_up(app)
        admin = Staff(app)
        admin.post("/staff/health/backups", page="/staff/health")
        monkeypatch.setattr(readiness, "EARLIEST", datetime(2000, 1, 1, tzinfo=UTC))
        page = looked_through(admin)
        errors = "in the course's files" in page
        assert title(page).startswith("Not ready yet" if errors else "This laptop is ready")
        usage = namedtuple("usage", "total used free")
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(9, 8, 10_000_000))
        assert "The disk is nearly full" in admin.get(READY)
