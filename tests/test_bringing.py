"""Laptops made one, from the pages: files out and in, undo, people enrolled twice, the end."""

from __future__ import annotations

import io
import re

import pytest

from course import FOLDS
from course.core.people import REGISTER
from course.store import MemoryStore
from course.store.local import LocalStore

from .world import ADMIN_PASSPHRASE, Learner, Staff, Visitor, make_app, set_up, token_in

WORDS = "a stick for the train"


class Laptop:
    """One laptop of the room, with its administrator signed in."""

    def __init__(self, folder, device="", store=None, **settings):
        self.folder = folder
        self.app = make_app(folder, store or MemoryStore(FOLDS), **settings)
        if device:
            self.store.device = device
        set_up(self.app)
        self.staff = Staff(self.app)

    @property
    def store(self):
        return self.app.extensions["course"].store

    def file(self, **form):
        """What *Make the file* gives."""
        token = token_in(self.staff.get("/classes/bring"))
        answer = self.staff.client.post("/classes/bring/export", data={
            "csrf_token": token, **form}, headers={"Referer": "http://localhost/"})
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
        return answer.data

    def send(self, url, field, *files, status=200, **form):
        """Choose files on the page and send them; the page that follows."""
        token = token_in(self.staff.get("/classes/bring"))
        sent = [(io.BytesIO(one), f"laptop-{n}.fourthp") for n, one in enumerate(files, start=1)]
        answer = self.staff.client.post(
            url, data={"csrf_token": token, field: sent, **form}, follow_redirects=True,
            headers={"Referer": "http://localhost/"}, content_type="multipart/form-data")
        assert answer.status_code == status, answer.text[:2000]
        self.staff.last = answer
        return answer.text

    def look(self, *files, **form):
        return self.send("/classes/bring/look", "files", *files, **form)

    def bring_in(self, *files, **form):
        page = self.look(*files, **form)
        tokens = re.findall(r'name="file" value="(\w+)"', page)
        return self.staff.post("/classes/bring/take", {"file": tokens}, page="/classes/bring")

    def documents(self):
        kinds = ("people", "learner", "cohort")
        return {key: dict(self.store.document(key))
                for kind in kinds for key in self.store.record_ids(kind)}


@pytest.fixture
def mine(tmp_path):
    return Laptop(tmp_path / "mine", "aaaa00000001")


@pytest.fixture
def other(tmp_path):
    """A laptop on which two have studied."""
    laptop = Laptop(tmp_path / "other", "bbbb00000002")
    for name, number in (("Ardis, Alvi", "A-1"), ("عمر حدّاد", "B-2")):
        learner = Learner(laptop.app, name, number)
        learner.post("/manuals/tip/elements/why/note", {"note": "kept"},
                     page="/manuals/tip/elements/why")
    return laptop


def test_a_file_of_another_laptop_is_looked_at_then_brought_in_and_signs_in(mine, other):
    before = mine.documents()
    page = mine.look(other.file())
    assert "Nothing has changed yet." in page and "عمر حدّاد" in page
    assert mine.documents() == before
    page = mine.bring_in(other.file())
    assert "Brought in." in page
    visitor = Visitor(mine.app)
    person = mine.app.extensions["course"].register().numbered("b-2")
    assert "عمر حدّاد" in visitor.post(f"/sign-in/{person.id}", {"pin": "2580"})
    assert "kept" in visitor.get("/notes")


def test_twice_changes_nothing_and_undo_restores_exactly(mine, other):
    before = mine.documents()
    file = other.file()
    mine.bring_in(file)
    after = mine.documents()
    assert "All of it was here already" in mine.bring_in(file)
    assert mine.documents() == after != before
    [one] = [one for one in mine.store.imports() if one.holds]
    page = mine.staff.post(f"/classes/bring/imports/{one.id}/undo", page="/classes/bring")
    assert "Undone" in page and mine.documents() == before
    assert "Brought in." in mine.bring_in(file) and mine.documents() == after


def test_a_file_that_was_cut_or_edited_is_refused_whole_with_its_line(mine, other):
    before, file = mine.documents(), other.file()
    lines = file.splitlines(keepends=True)
    edited = [*lines[:3], lines[3].replace(b'"time":"2', b'"time":"3'), *lines[4:]]
    assert "laptop-1.fourthp" in mine.look(b"".join(lines[:3]), status=422)
    assert "line 4" in mine.look(b"".join(edited), status=422)
    assert "line 4" in mine.look(file, b"".join([*lines[:3], b"x\n", *lines[4:]]), status=422)
    assert "Choose a file." in mine.look(status=422)
    assert mine.documents() == before and mine.store.imports() == []


def test_a_file_of_any_size_reaches_the_page(mine, other):
    """What a form may hold in memory does not bound what a file may be."""
    noise = other.file() + b"x" * 300_000
    assert "laptop-1.fourthp" in mine.look(noise, status=422)


def test_a_file_closed_with_a_passphrase_opens_with_it_alone(mine, other):
    sealed = other.file(passphrase=WORDS, again=WORDS)
    assert b"Ardis" not in sealed
    assert "passphrase" in mine.look(sealed, status=422)
    assert "passphrase" in mine.look(sealed, file_passphrase="wrong words here", status=422)
    assert "Brought in." in mine.bring_in(sealed, file_passphrase=WORDS)
    page = other.staff.post("/classes/bring/export", {"passphrase": WORDS, "again": "other"},
                            page="/classes/bring", status=422)
    assert "Type both again." in page


def test_an_officer_enrolled_on_both_laptops_is_joined_or_kept_apart(mine, other):
    Learner(mine.app, "Ardis, Alvi", "A-1")
    page = mine.bring_in(other.file())
    assert "Enrolled twice" in page and "the same service number" in page
    one, two = re.findall(r'name="(?:one|other)" value="(\w+)"', page)
    mine.staff.post("/classes/bring/twice", {"one": one, "other": two})
    learners = mine.app.extensions["course"].register().learners()
    assert [one.number for one in learners] == ["A-1", "B-2"]
    page = mine.staff.post("/classes/bring/twice/part", {"other": two}, page="/classes/bring/twice")
    assert "the same service number" in page
    mine.staff.post("/classes/bring/twice", {"one": one, "other": two, "apart": "1"})
    assert "Nobody looks the same" in mine.staff.get("/classes/bring/twice")


def test_the_preview_and_its_spreadsheet_say_the_same(mine, other):
    mine.look(other.file())
    url = mine.staff.last.request.full_path
    text = mine.staff.client.get(f"{url}&as=csv&table=1").data.decode("utf-8-sig")
    assert "Ardis, Alvi" in text and "عمر حدّاد" in text


def test_a_preview_that_nobody_confirmed_leaves_nothing(mine, other):
    page = mine.look(other.file())
    tokens = re.findall(r'name="file" value="(\w+)"', page)
    mine.staff.post("/classes/bring/take", {"file": tokens, "drop": "1"}, page="/classes/bring")
    assert mine.store.imports() == []
    mine.staff.post("/classes/bring/take", {"file": tokens}, page="/classes/bring", status=404)


# The end of a course ---------------------------------------------------------------------

def test_a_laptop_is_emptied_only_after_a_whole_copy_was_read_back(tmp_path):
    data = tmp_path / "data"
    laptop = Laptop(tmp_path / "app", store=LocalStore(data, FOLDS), data=data)
    Learner(laptop.app, "Ardis, Alvi", "A-1")
    (data / "keys").mkdir()
    (data / "keys" / "12345678.json").write_text("{}")
    early = laptop.file()
    Learner(laptop.app, "Brell, Nalle", "B-2")
    wipe = {"passphrase": ADMIN_PASSPHRASE}
    laptop.staff.post("/classes/bring/end/wipe", wipe, page="/classes/bring/end", status=409)

    page = laptop.send("/classes/bring/end/check", "copy", early)
    assert "not in that file" in page and "Empty this laptop</button>" not in page
    whole = laptop.file()
    assert "has everything" in laptop.send("/classes/bring/end/check", "copy", whole)
    assert "does not match" in laptop.staff.post(
        "/classes/bring/end/wipe", {"passphrase": "wrong"}, page="/classes/bring/end", status=422)
    laptop.staff.post("/classes/bring/end/wipe", wipe, page="/classes/bring/end")
    assert laptop.staff.path == "/setup"
    left = {path.name for path in data.rglob("*") if path.is_file()}
    assert b"Ardis" not in b"".join(path.read_bytes() for path in data.rglob("*")
                                    if path.is_file())
    assert "12345678.json" in left

    set_up(laptop.app)
    laptop.staff = Staff(laptop.app)
    laptop.bring_in(whole)
    found = laptop.app.extensions["course"].register().learners()
    assert [one.name for one in found] == ["Ardis, Alvi", "Brell, Nalle"]
    laptop.store.close()


def test_after_going_back_to_a_backup_answers_are_kept_again(tmp_path):
    data = tmp_path / "data"
    laptop = Laptop(tmp_path / "app", store=LocalStore(data, FOLDS), data=data)
    laptop.staff.post("/staff/health/backups", page="/staff/health")
    name = next((data / "backups").iterdir()).name
    laptop.staff.post("/staff/health/restore", {"name": name}, page="/staff/health")
    learner = Learner(laptop.app)
    choice = re.search(r'name="r" value="(\w+)"', learner.get("/manuals/tip/elements/why")).group(1)
    page = learner.post("/manuals/tip/elements/why/checks/in-place", {"r": choice},
                        page="/manuals/tip/elements/why")
    assert "Saved" in page
    assert any(one.verb == "answered" for one in laptop.store.statements())
    laptop.store.close()


def test_the_staff_of_another_laptop_cannot_come_in_by_a_file(mine, other):
    mine.bring_in(other.file())
    secrets = [fields.get("secret", [""])[0] for key, fields in
               mine.store.document(REGISTER)["people"].items()
               if fields["role"][0] == "administrator"]
    assert sorted(map(bool, secrets)) == [False, True]
