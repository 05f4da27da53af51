"""Statements carried in a file: what goes out comes back, and what was changed is refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import FOLDS
from course.bundles import Bundle, export_folder, needs_passphrase, parcel
from course.core import people
from course.core.classroom import Cohort, describe, enter
from course.core.errors import BadBundle, NoCourse, NotFound
from course.core.people import REGISTER, Person, Register
from course.core.statement import Draft, Statement
from course.store.bundle import Head
from course.store.lines import parse, render

from .serving import Client, Server, quiz_files
from .stores import place_in
from .test_command_line import course
from .test_statement import histories
from .world import write

HEAD = Head("d1", "2026-11-26T09:00:00Z", "0.1.0")
WORDS = "a stick for the train"
TRAINER = Person("tr", "R. Ames", "T-1", "trainer", "en", "")


def statements(number=4):
    return [Statement("d1", one, one, "2026", f"learner:{one % 2}", "noted", "m#a",
                      {"text": "Was steht hier? ما هذا؟ " * one}) for one in range(1, number + 1)]


def bundled(folder, some, passphrase="", head=HEAD):
    """A file with these statements."""
    file = folder / "some.fourthp"
    file.write_bytes(b"".join(parcel(head, lambda: some, {}, passphrase=passphrase, cost_mib=1)))
    return file


def refused(file, passphrase=""):
    """The reason and the line that a file is refused for."""
    with pytest.raises(BadBundle) as refusal:
        Bundle.open(file, passphrase)
    assert refusal.value.values["file"] == file.name
    return refusal.value.values["reason"], refusal.value.values["line"]


# One file --------------------------------------------------------------------------------

@given(some=histories, passphrase=st.sampled_from(["", WORDS]))
def test_what_goes_out_comes_back(some, passphrase, tmp_path_factory):
    some = [replace(one, record=f"learner:{one.record}", result={
        name: value for name, value in one.result.items() if not isinstance(value, int)})
        for one in some]
    bundle = Bundle.open(bundled(tmp_path_factory.mktemp("out"), some, passphrase), passphrase)

    assert list(bundle) == some
    assert (len(bundle), bundle.head, bundle.is_sealed) == (len(some), HEAD, bool(passphrase))
    assert all(one in bundle for one in some[:2])


def test_any_editor_can_read_it(tmp_path):
    lines = bundled(tmp_path, statements()).read_text(encoding="utf-8").splitlines()

    assert len(lines) == 6
    assert '"format":"fourth-p-bundle"' in lines[0]
    assert "ما هذا؟" in lines[1]
    assert '"end":4' in lines[-1]


def test_an_editor_may_have_put_its_own_line_ends(tmp_path):
    file = bundled(tmp_path, statements())
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")

    assert list(Bundle.open(file)) == statements()


@pytest.mark.parametrize("passphrase", ["", WORDS])
@given(data=st.data())
@settings(max_examples=150)
def test_a_file_that_was_cut_anywhere_is_refused(passphrase, data, tmp_path_factory):
    file = bundled(tmp_path_factory.mktemp("cut"), statements(), passphrase)
    whole = file.read_bytes()
    left = whole[:data.draw(st.integers(0, len(whole) - 2))]
    file.write_bytes(left)
    reason, line = refused(file, passphrase)

    assert reason in {"cut", "not-a-bundle", "damaged", "passphrase"}
    if left.count(b"\n") and not passphrase:
        assert (reason, line) == ("cut", len(left.splitlines()))


@pytest.mark.parametrize("passphrase", ["", WORDS])
@given(data=st.data())
@settings(max_examples=150)
def test_a_file_with_any_byte_changed_is_refused_with_its_line(passphrase, data, tmp_path_factory):
    file = bundled(tmp_path_factory.mktemp("edit"), statements(), passphrase)
    whole = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 2))
    whole[place] = data.draw(st.integers(33, 126).filter(lambda one: one != whole[place]))
    file.write_bytes(whole)
    reason, line = refused(file, passphrase)

    assert reason in {"damaged", "not-a-bundle", "cut", "sum"}
    assert line == bytes(whole[:place]).count(b"\n") + 1


@pytest.mark.parametrize(("change", "told"), [
    (lambda lines: [*lines[:2], *lines[3:]], ("order", 3)),
    (lambda lines: [*lines[:3], lines[2], *lines[3:]], ("order", 4)),
    (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], ("order", 2)),
    (lambda lines: lines[:-1], ("cut", 5)),
    (lambda lines: [*lines, lines[1]], ("order", 7)),
    (lambda lines: lines[1:], ("not-a-bundle", 1)),
    (lambda lines: [], ("not-a-bundle", 1)),
    (lambda lines: [b"hello\n"], ("not-a-bundle", 1)),
    (lambda lines: [*lines[:3], b"\n", *lines[3:]], ("damaged", 4)),
    (lambda lines: [*lines[:2], render(2, parse(lines[1]).payload), *lines[3:]], ("twice", 3)),
    (lambda lines: [*lines[:2], render(2, b'{"no":1}'), *lines[3:]], ("damaged", 3)),
    (lambda lines: [*lines[:2], render(2, parse(lines[2]).payload.replace(b"hier", b"dort")),
                    *lines[3:]], ("sum", 6)),
    (lambda lines: [render(0, b'{"format":"fourth-p-bundle","version":2}'), *lines[1:]],
     ("version", 1)),
    (lambda lines: [render(0, b'{"format":"fourth-p-bundle","version":1}'), *lines[1:]],
     ("not-a-bundle", 1)),
    (lambda lines: [render(0, b'{"format":"another","version":1}'), *lines[1:]],
     ("not-a-bundle", 1)),
], ids=["removed", "doubled", "swapped", "no-end", "behind", "no-head", "empty", "other", "blank",
        "same-id", "no-statement", "all-sums-but-one", "later", "bare-head", "other-format"])
def test_a_file_that_was_edited_is_refused_with_the_line(change, told, tmp_path):
    file = bundled(tmp_path, statements())
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))

    assert refused(file) == told


def test_a_line_that_never_ends_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("course.bundles.LONGEST_LINE", 200)
    assert refused(bundled(tmp_path, statements())) == ("too-large", 4)
    assert refused(bundled(tmp_path, statements(), WORDS), WORDS)[0] == "too-large"


# Sealed ----------------------------------------------------------------------------------

def test_without_its_passphrase_a_sealed_file_says_nothing(tmp_path):
    file = bundled(tmp_path, statements(), WORDS)

    assert needs_passphrase(file)
    assert b"hier" not in file.read_bytes()
    assert b"learner" not in file.read_bytes()
    assert refused(file) == ("sealed", 0)
    assert refused(file, WORDS + "x") == ("passphrase", 0)
    assert list(Bundle.open(file, WORDS)) == statements()


def test_two_files_of_the_same_have_nothing_in_common(tmp_path):
    one = bundled(tmp_path, statements(), WORDS).read_bytes()
    other = bundled(tmp_path, statements(), WORDS).read_bytes()

    assert not {*one.splitlines()} & {*other.splitlines()}


@pytest.mark.parametrize("change", [
    lambda lines: [*lines[:2], *lines[3:]],
    lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    lambda lines: lines[:-1], lambda lines: [*lines, lines[-1]],
    lambda lines: [*lines[:2], b"!!!\n", *lines[3:]],
], ids=["removed", "swapped", "cut", "doubled", "rubbish"])
def test_pieces_cannot_be_moved_or_left_out(change, tmp_path):
    some = [replace(one, result={"text": "x" * 60_000}) for one in statements(6)]
    file = bundled(tmp_path, some, WORDS)
    lines = file.read_bytes().splitlines(keepends=True)
    assert len(lines) > 5
    assert list(Bundle.open(file, WORDS)) == some
    file.write_bytes(b"".join(change(lines)))

    assert refused(file, WORDS)[0] in {"damaged", "cut"}


# What goes out ---------------------------------------------------------------------------

@pytest.fixture
def place(tmp_path):
    """A laptop with staff, two cohorts with a learner each, and what belongs to them."""
    place = place_in(tmp_path)
    store = place.open(folds=FOLDS)
    with store.record(REGISTER) as record:
        for key, role in (("boss", "administrator"), ("ana", "learner"), ("ben", "learner")):
            record.append(people.enrol(Register({}), key, name=key, number=key, role=role,
                                       secret=f"{key}-secret"))
        record.append(Draft("changed-secret", "boss", {"secret": "new-secret"}))
    for key, person in (("c-tip", "ana"), ("c-som", "ben")):
        with store.record(f"cohort:{key}") as record:
            record.append(describe(key, TRAINER, name=f"Class {key}"),
                          enter(Cohort(key, key), [person], TRAINER))
        with store.record(f"learner:{person}") as record:
            record.append(Draft("experienced", f"m#{person}"))
        with store.record(f"session:of-{key}") as record:
            record.append(Draft("planned", "session", {"fields": {"cohort": key}}))
    with store.record("academy:profile") as record:
        record.append(Draft("described", "academy:profile", {"name": "A"}),
                      Draft("trusted-key", "k", {"key": {"id": "k"}}))
    store.take([Statement("other", 1, 1, "2026-03-30T09:00:00Z", "learner:ana", "experienced",
                          "m#far")],
               next(iter([Bundle.open(bundled(tmp_path, [])).source])))
    store.close()
    return place


def exported(place, tmp_path, *options):
    return Bundle.open(export_folder(place.folder, tmp_path / "out.fourthp", "2026", *options).file)


def test_a_laptops_own_matters_stay(place, tmp_path):
    out = list(exported(place, tmp_path))
    text = (tmp_path / "out.fourthp").read_text()

    assert {one.record for one in out} == {
        REGISTER, "learner:ana", "learner:ben", "cohort:c-tip", "cohort:c-som", "academy:profile",
        "session:of-c-tip", "session:of-c-som"}
    assert "ana-secret" in text
    assert not re.search("boss-secret|new-secret|trusted-key|imported", text)
    assert [one.object for one in out if one.device == "other"] == ["m#far"]


def test_a_cohort_goes_out_alone(place, tmp_path):
    for wanted in ("c-tip", "Class c-tip"):
        out = list(exported(place, tmp_path, wanted))
        assert {one.record for one in out} == {
            REGISTER, "learner:ana", "cohort:c-tip", "academy:profile", "session:of-c-tip"}
        assert {one.object for one in out if one.record == REGISTER} == {"boss", "ana"}
    with pytest.raises(NotFound):
        exported(place, tmp_path, "nobody's")
    with pytest.raises(NoCourse):
        export_folder(tmp_path / "empty", tmp_path / "out.fourthp", "2026")


def test_what_went_out_and_comes_back_is_known(place, tmp_path):
    bundle = exported(place, tmp_path)
    store = place.open(folds=FOLDS)
    found = store.compare(bundle)

    assert (found.new, found.known, found.conflicts, found.left_out) == (0, len(bundle), [], 0)
    store.close()


# At the command line ---------------------------------------------------------------------

def test_two_laptops_are_brought_together_at_the_command_line(tmp_path):
    content = write(tmp_path / "content", quiz_files())
    one, two = tmp_path / "one", tmp_path / "two"
    for data in (one, two):
        with Server(data, content=content) as server:
            client = Client(server.port)
            client.set_up()
            client.enrol(1)
            told = course("export", tmp_path / f"{data.name}.fourthp", "--data", data)
            assert "Written and checked" in told
            if data is two:
                course("import", tmp_path / "one.fourthp", "--data", data, status=1)
            client.close()
            server.stop()
    stick = tmp_path / "sealed.fourthp"
    told = course("export", stick, "--data", two, "--encrypt", input=f"{WORDS}\n{WORDS}\n")
    assert "encrypted" in told

    told = course("import", "--preview", stick, "--data", one, input=f"{WORDS}\n")
    assert re.search(r"\d new, 0 known, 0 in conflict", told)
    assert "One person or two? Learner 001 (N-1) and Learner 001 (N-1): the same service" \
        in told
    assert course("import", "--list", "--data", one) == ""
    told = course("import", stick, "--data", one, input=f"{WORDS}\n")
    key = re.search(r"--undo (\w+)", told).group(1)
    assert "is here already" in course("import", stick, "--data", one, input=f"{WORDS}\n")
    assert key in course("import", "--list", "--data", one)
    assert "Withdrawn" in course("import", "--undo", key, "--data", one)
    assert "withdrawn" in course("import", "--list", "--data", one)
    assert "Taken" in course("import", tmp_path / "two.fourthp", "--data", one)


def test_one_bad_file_and_none_is_taken(place, tmp_path):
    good = bundled(tmp_path, statements())
    bad = tmp_path / "bad.fourthp"
    bad.write_bytes(good.read_bytes()[:-80])
    before = course("import", "--list", "--data", place.folder)
    told = course("import", good, bad, "--data", place.folder, status=1)

    assert re.search(r"bad\.fourthp ends too early, at line \d", told)
    assert course("import", "--list", "--data", place.folder) == before
    course("import", "--data", place.folder, status=2)
    course("import", "--undo", "nothing", "--data", place.folder, status=1)
