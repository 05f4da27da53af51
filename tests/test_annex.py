"""The national annex: the country's law in the places left for it, and local cases."""

from __future__ import annotations

import pytest

from course.content.library import Slot
from course.core.activity import Language, Prose

from .trees import POOL, library, module_text, write

LESSON = {
    "modules/m/index.md": "---\ntitle: M\n---\n1. [x](x.md)\n",
    "modules/m/x.md": module_text("""\
        ## Act {#act}

        Up to {national: penalty} here.

        !!! national criminalisation
            Underline what must be proved.

        !!! aid "Card"
            ### Call
            Hotline: {national: hotline}
        """),
    "quizzes/m/elements.md": POOL.replace("Read again", "Read {national: penalty}"),
}

CASTERIA = """\
---
title: Casteria
language: fr
---

## criminalisation

Code pénal, article **214**.

Et l'article 215.

## hotline

- 117

## penalty
"""

CASE = """\
---
title: The river crossing
kind: reading
quiz: river
---

## The call {#call}

See [the act](../m/x.md#act).

!!! quiz first
"""


@pytest.fixture
def casteria(tmp_path):
    write(tmp_path / "annex", {"casteria.md": CASTERIA, "river.md": CASE,
                               "quizzes/river.md": POOL})
    return library(tmp_path / "course", LESSON, tmp_path / "annex")


def prose(course, module_id="m/x", locale="en"):
    parts = course.module(module_id, locale).sections[0].parts
    return "\n".join(part.html for part in parts if isinstance(part, Prose))


def test_a_filled_slot_shows_the_countrys_law_in_its_own_language(casteria):
    html = prose(casteria)
    assert 'aria-label="national-en: Casteria"' in html
    assert "<p>Underline what must be proved.</p>" in html
    assert ('<div lang="fr" dir="ltr"><p>Code pénal, article <strong>214</strong>.</p>'
            "<p>Et l'article 215.</p></div>") in html.replace("\n", "")
    assert '<p class="origin">from-annex-en</p>' in html


def test_inside_a_text_a_slot_shows_its_first_line(casteria):
    aid = casteria.module("m/x", "en").aid.html
    assert '<span class="place"><span lang="fr" dir="ltr">117</span></span>' in aid


def test_an_empty_slot_says_so_wherever_it_is_used(casteria):
    empty = '<span class="national empty">not-filled-en</span>'
    assert f"Up to {empty} here." in prose(casteria)
    assert empty in casteria.quiz("m/elements", "en").questions[0].choices[1].feedback


def test_without_an_annex_all_slots_are_empty_and_there_is_no_country(tmp_path):
    course = library(tmp_path, LESSON)
    assert '<div class="box national empty"' in prose(course)
    assert '<p class="not-filled">not-filled-en</p>' in prose(course)
    assert course.country() == ""
    assert not any(slot.filled for slot in course.slots())


def test_the_slots_and_where_they_are_used(casteria):
    assert casteria.country() == "Casteria"
    assert casteria.slots() == [Slot("criminalisation", ("m/x",), True),
                                Slot("hotline", ("m/x",), True), Slot("penalty", ("m/x",), False)]


def test_local_cases_are_a_manual_of_their_own(casteria):
    assert [one.id for one in casteria.manuals("en")] == ["m", "local"]
    local = casteria.manual("local", "en")
    assert (local.title, local.language) == ("Casteria", Language("fr"))
    assert [(one.id, one.title, one.kind) for one in local.entries] == [
        ("local/river", "The river crossing", "reading")]
    case = casteria.module("local/river", "en")
    assert case.quiz == "local/river" and case.checks == ("first",)
    assert 'href="/section/m/x/act"' in prose(casteria, "local/river")
    assert casteria.module_of("local/river") == "local/river"
    assert casteria.in_place("local/river") == {"first"}


@pytest.mark.parametrize("data", [
    b"", b"\xff", b"## criminalisation\n\nLaw.\n", b"---\n: :\n---\n"])
def test_a_bad_annex_never_takes_the_course_down(tmp_path, data):
    write(tmp_path / "annex", {"casteria.md": ""})
    (tmp_path / "annex/casteria.md").write_bytes(data)
    course = library(tmp_path / "course", LESSON, tmp_path / "annex")
    assert course.country() == "Casteria"
    assert "Underline what must be proved." in prose(course)


def test_a_slot_that_quotes_itself_is_shown_once(tmp_path):
    law = "---\ntitle: C\n---\n## penalty\n\nSee {national: penalty}.\n"
    write(tmp_path / "annex", {"c.md": law})
    course = library(tmp_path / "course", LESSON, tmp_path / "annex")
    assert prose(course).count("See ") == 1


def test_an_annex_that_is_not_there_is_no_annex(tmp_path):
    course = library(tmp_path / "course", LESSON, tmp_path / "nowhere")
    assert course.country() == "" and prose(course)
