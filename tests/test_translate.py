"""`course translate`: what is missing, what is late, and recording that it no longer is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.content.blocks import read_source
from course.content.check import check_all
from course.content.header import split_header
from course.content.problem import Findings
from course.content.shelf import Shelf
from course.content.source import Files
from course.content.translate import digests, states, status_as_text, touch_files, with_source
from course.core.errors import NotFound, NotSaved

from .courses import change, good_course
from .trees import library

VISIT = "modules/tiny/visit.md"
FRENCH = f"translations/fr/{VISIT}"


@pytest.fixture
def roots(tmp_path):
    return good_course(tmp_path)


def state(roots, name=VISIT):
    return next(one for one in states(Shelf(Files(roots)), "fr") if one.name == name)


def test_a_recorded_translation_is_whole(roots):
    assert state(roots).is_whole
    assert "fr: 8 of 14 files translated, 8 whole" in status_as_text(roots, "fr")


def test_a_changed_section_is_late_until_it_is_touched(roots):
    change(roots.content / VISIT, "Nobody speaks.", "Somebody speaks.")
    assert state(roots).late == ("inside",)
    assert f"{VISIT}: late: inside" in status_as_text(roots, "fr")

    assert touch_files(roots, "fr", [FRENCH]) == [VISIT]
    assert state(roots).is_whole
    assert touch_files(roots, "fr", [VISIT]) == []


def test_late_means_the_same_to_the_check_the_page_and_the_command(roots, tmp_path):
    change(roots.content / VISIT, "Nobody speaks.", "Somebody speaks.")
    late = [one.values["key"] for one in check_all(roots) if one.code == "T02"]
    module = library(tmp_path, {}).module("tiny/visit", "fr")
    shown = [section.slug for section in module.sections if section.late]
    assert late == shown == list(state(roots).late) == ["inside"]


def test_spaces_at_line_ends_make_nothing_late(roots):
    change(roots.content / VISIT, "Nobody speaks.", "Nobody speaks.   ")
    assert state(roots).is_whole


def test_a_changed_question_and_a_changed_introduction_are_late(roots):
    change(roots.content / "quizzes/tiny/visit.md", "A guest", "An old guest")
    change(roots.content / "modules/tiny/index.md", "1. [A visit]", "Read it.\n\n1. [A visit]")
    assert state(roots, "quizzes/tiny/visit.md").late == ("who",)
    assert state(roots, "modules/tiny/index.md").late == ("part-1",)


def test_what_is_missing_is_named(roots):
    change(roots.content / FRENCH, "## Dedans {#inside}", "## Dehors {#outside}")
    assert (state(roots).missing, state(roots).extra) == (("inside",), ("outside",))
    assert state(roots, "modules/glossary.md").exists is False
    assert "modules/glossary.md: not translated" in status_as_text(roots, "fr")


def test_without_files_only_what_was_never_recorded_is_touched(roots):
    change(roots.content / VISIT, "Nobody speaks.", "Somebody speaks.")
    assert touch_files(roots, "fr") == []
    assert state(roots).late == ("inside",)


def test_the_academy_s_own_files_are_not_asked_for(roots):
    names = [one.name for one in states(Shelf(Files(roots)), "fr")]
    assert not any("local" in name for name in names)


@pytest.mark.parametrize("name", ["modules/tiny/nothing.md", "modules/glossary.md", "../x.md"])
def test_a_file_that_is_not_there_is_refused(roots, name):
    with pytest.raises(NotFound):
        touch_files(roots, "fr", [name])


def test_a_file_that_is_held_for_a_moment_is_written_all_the_same(roots, monkeypatch):
    change(roots.content / VISIT, "Nobody speaks.", "Somebody speaks.")
    held = iter([PermissionError(), PermissionError()])
    really = Path.replace

    def replace(self, target):
        for error in held:
            raise error
        return really(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr("course.content.translate.time.sleep", lambda seconds: None)
    assert touch_files(roots, "fr", [VISIT]) == [VISIT]
    assert state(roots).is_whole


def test_a_file_that_cannot_be_written_stays_as_it_was(roots, monkeypatch):
    change(roots.content / VISIT, "Nobody speaks.", "Somebody speaks.")
    before = (roots.content / FRENCH).read_bytes()

    def replace(self, target):
        raise PermissionError

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr("course.content.translate.time.sleep", lambda seconds: None)
    with pytest.raises(NotSaved):
        touch_files(roots, "fr", [VISIT])
    assert (roots.content / FRENCH).read_bytes() == before
    assert not list((roots.content / FRENCH).parent.glob(".*"))


# The header -----------------------------------------------------------------------------

def test_nothing_else_of_the_file_changes():
    text = ("---\ntitle: Une visite  # courte\nsource:\n  door: \"old\"\nstatus: reviewed by Ana\n"
            "---\n\nÀ *bientôt*.\n")
    assert with_source(text, {"door": "0a"}) == (
        "---\ntitle: Une visite  # courte\nstatus: reviewed by Ana\nsource:\n  door: \"0a\"\n---\n"
        "\nÀ *bientôt*.\n")


def test_windows_line_ends_and_a_byte_order_mark_stay(roots):
    path = roots.content / FRENCH
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    change(roots.content / VISIT, "Nobody speaks.", "Somebody speaks.")
    touch_files(roots, "fr", [VISIT])
    after = path.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf---\r\n") and after.count(b"\n") == after.count(b"\r\n")
    assert state(roots).is_whole


def test_a_file_without_a_header_gets_one():
    header, body, _ = split_header(with_source("Bonjour.\n", {"a": "00"}), Findings("x"))
    assert (header.mapping("source"), header.text("status")) == ({"a": "00"}, "draft")
    assert body.strip() == "Bonjour."


slugs = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*|_", fullmatch=True)
hexes = st.text("0123456789abcdef", min_size=12, max_size=12)


@given(st.dictionaries(slugs, hexes, max_size=6), st.dictionaries(slugs, hexes, max_size=6))
def test_what_is_recorded_is_read_back_and_recorded_again(first, second):
    text = "---\ntitle: Une visite\nobjectives:\n  a: b\n---\n\n## Un {#un}\n\nTexte.\n"
    once = with_source(text, first)
    again = with_source(once, second)
    for written, kept in ((once, first), (again, second)):
        source = read_source("modules/a/b.md", written)
        assert source.header.mapping("source") == kept
        assert source.header.mapping("objectives") == {"a": "b"}
        assert source.problems == ()
        assert digests(source) == digests(read_source("modules/a/b.md", text))
    assert with_source(again, second) == again
