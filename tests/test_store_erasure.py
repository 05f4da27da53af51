"""A name is taken out of the folder whole: the log, its documents, its backups, at once or not.

The folder is looked through byte by byte, zip files unpacked: what is not there cannot leak.
"""

import contextlib
import os
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from course.core import people
from course.core.people import REGISTER, Person, Register
from course.core.progress import experienced, note
from course.core.statement import Draft
from course.store.archive import as_listed
from course.store.backup import restore
from course.store.memory import MemoryStore
from course.store.rotation import kept_backups

from .stores import FOLDS, in_threads, place_in, said, say

ROOT = Path(__file__).parents[1]
BOSS = Person("b0", "Moss", "1", "registrar", "en", "argon2")
ANA, BEN = "a1b2c3d4e5f6", "b1b2c3d4e5f6"
CODE = "P-A1B2C3D4E5F6"
NAMES = (b"Ana Torres", b"CAS-7741", b"argon2-ana", b"call mother")


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


def fill(store, rounds=3):
    """Two learners are entered and work for some rounds; a record of one is revoked."""
    for person, name, number in ((ANA, "Ana Torres", "CAS-7741"), (BEN, "Ben Ode", "CAS-9")):
        with store.record(REGISTER) as record:
            record.append(people.enrol(Register(record.document), person, name=name,
                                       number=number, secret=f"argon2-{name[:3].lower()}"))
    for one in range(rounds):
        for person in (ANA, BEN):
            with store.record(f"learner:{person}") as record:
                record.append(experienced(f"m#{one}"), note(f"m#{one}", "call mother"),
                              Draft("answered", "pool#q", {
                                  "in": "check", "score": None,
                                  "response": f"Signed by Ana Torres, round {one}"}))
    with store.record("register:d") as record:
        record.append(Draft("revoked", "CAS-1", {"place": 1, "previous": "", "hash": "x", "at": "",
                                                "body": {"reason": "Ana Torres, issued"}}))


def take_away(store, person=ANA):
    with store.record(REGISTER) as record:
        record.append(people.pseudonymise(Register(record.document).person(person), BOSS))
    store.erase()


def history(store):
    return [(one.id, one.counter, one.record, one.verb, one.object) for one in store.statements()]


def documents(store):
    return {record: store.document(record) for kind in ("people", "learner", "room")
            for record in store.record_ids(kind)}


def found_in(folder):
    """Where the names stand: in which file, in which member of a zip; the register of records
    and what another learner wrote apart."""
    found = []
    paths = [Path(root, name) for root, _, names in os.walk(folder) for name in names]
    for path in sorted(paths):
        for name, data in parts_of(path):
            lines = [line for line in data.splitlines()
                     if b'"register:d"' not in line and BEN.encode() not in line]
            found += [(name, one) for one in NAMES if any(one in line for line in lines)]
    return found


def parts_of(path):
    """A file, or what a zip holds; nothing when it has just been replaced."""
    with contextlib.suppress(FileNotFoundError):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                return [(f"{path.name}/{name}", archive.read(name))
                        for name in archive.namelist()]
        return [(path.name, path.read_bytes())]
    return []


def test_nothing_in_the_folder_holds_the_name_and_all_else_is_as_it_was(place):
    store = place.open(segment_bytes=900)
    fill(store)
    store.back_up()
    before = history(store)
    assert {name for name, _ in found_in(place.folder)} >= {"00000001.jsonl"}

    take_away(store)
    assert history(store)[:-1] == before
    assert Register(store.document(REGISTER)).get(ANA).name == CODE
    assert store.document(f"learner:{ANA}")["checks"]["pool#q"][0]["response"] == (
        f"Signed by {CODE}, round 2")
    assert store.document(f"learner:{BEN}")["notes"]["m#0"][0] == "call mother"
    assert any(b"Ana Torres, issued" in path.read_bytes()
               for path in (place.folder / "log").iterdir())
    assert found_in(place.folder) == []
    shown = documents(store)
    say(store, "and on")
    store.close()

    again, repairs = place.reopened()
    assert not repairs and again.device == store.device
    assert said(again) == ["and on"] and documents(again) == {**shown, **documents(again)}
    again.close()
    assert found_in(place.folder) == []
    place.progress.unlink()
    rebuilt, _ = place.reopened()
    assert {one: rebuilt.document(one) for one in shown} == shown
    rebuilt.close()


def test_the_store_in_memory_does_the_same():
    store = MemoryStore(FOLDS)
    fill(store)
    before = history(store)
    take_away(store)
    assert history(store)[:-1] == before
    texts = repr([one.as_json() for one in store.statements() if one.record != "register:d"
                  and BEN not in one.record]) + repr(store.document(f"learner:{ANA}"))
    assert not [name for name in NAMES if name.decode() in texts]


def test_erasing_again_or_nobody_leaves_the_files_alone(place):
    store = place.open()
    fill(store)
    store.erase()
    assert not kept_backups(place.folder)
    take_away(store)
    kept = {path: path.read_bytes() for path in (place.folder / "log").iterdir()}
    backups = kept_backups(place.folder)
    store.erase()
    assert kept == {path: path.read_bytes() for path in (place.folder / "log").iterdir()}
    assert kept_backups(place.folder) == backups
    store.close()


def test_a_second_name_keeps_the_backup_rule_and_goes_too(place):
    store = place.open()
    fill(store)
    take_away(store)
    take_away(store, BEN)
    (only,) = kept_backups(place.folder)
    assert as_listed(only).erased == (ANA, BEN)
    store.close()


def test_copies_from_before_lose_the_name(place, tmp_path):
    store = place.open()
    fill(store)
    stick = store.back_up(tmp_path / "stick.zip").file
    store.close()
    restore(stick, place.folder)
    segment = place.segment()
    with segment.open("ab") as file:
        file.write(b'["00000000",99,{"record":"learner:' + ANA.encode() + b'","x":"call mother')
    store = place.open()
    assert {name for name, _ in found_in(place.folder)} > {"progress.json"}
    assert list((place.folder / "aside").iterdir())
    take_away(store)
    store.close()
    assert found_in(place.folder) == []
    assert next(place.folder.glob("before-restore-*/log/*.jsonl")).stat().st_size > 500


def test_a_damaged_line_about_them_is_blanked(place):
    store = place.open()
    fill(store)
    store.close()
    data = place.segment().read_bytes()
    place.segment().write_bytes(data.replace(b'"role":"learner"', b'"role":"Learner"', 1))
    place.progress.unlink()
    store = place.open()
    with store.record(REGISTER) as record:
        record.append(Draft("pseudonymised", ANA, {"name": CODE, "number": CODE, "secret": ""}))
    store.erase()
    store.close()
    assert b"CAS-7741" not in place.segment().read_bytes()
    again, _ = place.reopened()
    assert len(list(again.statements())) == len(data.splitlines())
    again.close()


def test_it_goes_on_while_thirty_threads_write(place):
    store = place.open(segment_bytes=4000)
    fill(store, rounds=30)

    def work(one):
        if one == 15:
            take_away(store)
        for count in range(10):
            say(store, f"{one}-{count}", f"room:{one}", wait=count % 3 > 0)
            list(store.statements(f"room:{one}"))

    assert not in_threads(work, range(30))
    shown = documents(store)
    store.close()
    assert found_in(place.folder) == []
    again, repairs = place.reopened()
    assert not repairs and documents(again) == shown
    assert sum(len(said(again, f"room:{one}")) for one in range(30)) == 300
    again.close()


# When it is cut off ----------------------------------------------------------------------

class Cut(BaseException):
    """The power goes."""


@pytest.mark.parametrize(("step", "segment_bytes"), [
    *((step, 900) for step in range(0, 28, 2)), *((step, 1 << 20) for step in range(14))])
def test_cut_off_anywhere_the_log_is_whole_and_the_next_start_finishes(
        place, step, segment_bytes):
    """In many segments and in one, whose end then is elsewhere than the machine remembers."""
    store = place.open(segment_bytes=segment_bytes, checkpoint_every=600)
    fill(store)
    store.checkpoint()
    before = history(store)
    left = [step]

    def cut(name):
        real = getattr(place.disk, name)

        def until(*given):
            if left[0] == 0:
                raise Cut
            left[0] -= 1
            return real(*given)

        return until

    with store.record(REGISTER) as record:
        record.append(people.pseudonymise(Register(record.document).person(ANA), BOSS))
    for name in ("replace", "sync", "write"):
        setattr(place.disk, name, cut(name))
    with contextlib.suppress(Cut):
        store.erase()
    for name in ("replace", "sync", "write"):
        delattr(place.disk, name)
    abandon(store)

    store, repairs = place.reopened()
    assert history(store)[:-1] == before and store.device == before[0][0].partition(":")[0]
    assert not repairs & {"bad-line", "bad-checksum", "lost-number", "torn-tail"}
    until(lambda: not found_in(place.folder) and not (place.folder / "erasing").exists())
    assert Register(store.document(REGISTER)).get(ANA).name == CODE
    store.close()
    assert found_in(place.folder) == []


def abandon(store):
    """Leave a store as a killed process does: nothing more is written."""
    store._keeper.stop()
    store._owned.release()


def until(what):
    for _ in range(300):
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it never came")


ERASER = """
import sys
from pathlib import Path
from tests.stores import place_in
from tests.test_store_erasure import ANA, fill, take_away

store = place_in(Path(sys.argv[1])).open(segment_bytes=20_000)
if not store.record_ids("people"):
    fill(store, rounds=300)
print("filled", flush=True)
take_away(store)
print("done", flush=True)
"""


def test_killed_in_the_middle_it_is_the_old_or_the_new_and_then_the_new(tmp_path):
    chance = random.Random(6)
    for life in range(6):
        folder = tmp_path / str(life)
        eraser = subprocess.Popen([sys.executable, "-c", ERASER, str(folder)], cwd=ROOT,
                                  stdout=subprocess.PIPE, text=True)
        eraser.stdout.readline()
        time.sleep(chance.uniform(0, 0.12))
        eraser.kill()
        eraser.wait()
        eraser.stdout.close()
        place = place_in(folder)
        store, repairs = place.reopened()
        statements = list(store.statements())
        device = store.device
        assert len(statements) in (1803, 1804) and {one.device for one in statements} == {device}
        assert not repairs & {"bad-line", "bad-checksum", "lost-number"}
        if len(statements) == 1803:
            take_away(store)
        until(lambda folder=place.folder: not (folder / "erasing").exists())
        until(lambda folder=place.folder: not found_in(folder))
        store.close()
