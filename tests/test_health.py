"""Health, backups and restore from the page: what was mended or lost is said in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from .stores import place_in
from .world import Learner, Staff, Visitor, make_app, running, set_up

WHY = "/manuals/tip/elements/why"


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


@pytest.fixture
def school(place, tmp_path):
    """The app on a store with a folder, set up."""
    store = place.open()
    app = make_app(tmp_path, store, data=place.folder)
    set_up(app)
    with running(app):
        yield app


def test_all_is_well_after_a_backup(school):
    admin = Staff(school)
    page = admin.post("/staff/health/backups", page="/staff/health")
    assert "Backup written and checked" in page
    assert "Nothing needs you." in page


def test_a_course_without_a_backup_says_so(school):
    page = Staff(school).get("/staff/health")
    assert re.search(r"There is no backup yet|Nothing needs you", page)


def test_going_back_to_a_backup_brings_back_what_was_there_and_keeps_what_is(school, place):
    learner = Learner(school)
    learner.post(f"{WHY}/note", {"note": "before"}, page=WHY)
    admin = Staff(school)
    page = admin.post("/staff/health/backups", page="/staff/health")
    name = re.search(r'name="name" value="([^"]+\.zip)"', page).group(1)
    learner.post(f"{WHY}/note", {"note": "after"}, page=WHY)
    admin.post("/staff/health/restore", {"name": name}, page="/staff/health")
    learner = Visitor(school)
    person = school.extensions["course"].register().numbered("A-1")
    learner.post(f"/sign-in/{person.id}", {"pin": "2580"})
    assert "before" in learner.get(WHY)
    aside = next(place.folder.glob("before-restore-*"))
    assert b"after" in b"".join(one.read_bytes() for one in aside.rglob("*.jsonl"))
    # And the course goes on from there, as another device than the one that was replaced.
    learner.post(f"{WHY}/note", {"note": "again"}, page=WHY)
    assert "again" in learner.get(WHY)


def test_only_a_backup_of_this_folder_can_be_named(school):
    admin = Staff(school)
    for name in ("../../etc/passwd", "", "nothing.zip"):
        admin.post("/staff/health/restore", {"name": name}, page="/staff/health", status=404)


def test_a_lost_line_and_a_torn_tail_are_told(place, tmp_path):
    store = place.open()
    app = make_app(tmp_path, store, data=place.folder)
    set_up(app)
    for n in range(3):
        Learner(app, f"Learner {n}", f"N-{n}")
    store.close()
    lines = place.segment().read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"Learner 0", b"Learner X")
    place.segment().write_bytes(b"".join(lines) + b'["0000')
    place.progress.unlink()

    again = make_app(tmp_path, place.open(), data=place.folder)
    with running(again):
        page = Staff(again).get("/staff/health")
        assert "1 line of the log is lost." in page
        assert "The end of the log was cut off" in page
        assert "made again from the log" in page


def test_a_clock_that_was_set_back_a_year_is_told_and_answers_go_on(place, tmp_path):
    store = place.open()
    app = make_app(tmp_path, store, data=place.folder)
    set_up(app)
    learner = Learner(app)
    learner.post(f"{WHY}/note", {"note": "first"}, page=WHY)
    store.close()

    def last_year():
        return (datetime.now(UTC) - timedelta(days=365)).isoformat(
            timespec="milliseconds").replace("+00:00", "Z")

    again = make_app(tmp_path, place.open(clock=last_year), data=place.folder)
    with running(again):
        visitor = Visitor(again)
        person = again.extensions["course"].register().numbered("A-1")
        visitor.post(f"/sign-in/{person.id}", {"pin": "2580"})
        visitor.post(f"{WHY}/note", {"note": "second"}, page=WHY)
        assert "second" in visitor.get(WHY)
        page = Staff(again).get("/staff/health")
        assert "behind its last answer" in page
        assert "doubtful" in page


def test_a_full_disk_says_not_saved_and_goes_on_when_there_is_room(school, place):
    learner = Learner(school)
    learner.get(WHY)
    learner.post(f"{WHY}/note", {"note": "kept"}, page=WHY)
    place.disk.room = 0
    page = learner.post(f"{WHY}/note", {"note": "lost"}, page=WHY, status=507)
    assert "This was not saved" in page
    assert "kept" in learner.get(WHY)
    assert "The disk refused to save" in Staff(school).get("/staff/health")
    place.disk.room = None
    learner.post(f"{WHY}/note", {"note": "saved again"}, page=WHY)
    assert "saved again" in learner.get(WHY)
