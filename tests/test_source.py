"""Files, headers, sections and blocks, as authors write and mistype them."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.content.blocks import Block, Text, read_source
from course.content.header import months, percent, split_header
from course.content.problem import Findings, Problem
from course.content.source import Files, Roots, digest_of
from course.core.activity import Prose

from .trees import POOL, library, module_text, write


def codes(problems: tuple[Problem, ...]) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in problems]


def read(body: str) -> tuple[list[object], list[tuple[int, str]]]:
    """The parts of a module's first section, and what is wrong with it."""
    source = read_source("modules/m/x.md", "---\ntitle: T\n---\n## Act {#act}\n" + body)
    return list(source.sections[0].parts), codes(source.problems)


# Files ----------------------------------------------------------------------------------

def test_a_change_is_seen_after_a_second_and_not_looked_for_sooner(tmp_path):
    write(tmp_path, {"modules/m/x.md": "one"})
    now = [0.0]
    files = Files(Roots(tmp_path), clock=lambda: now[0])
    before = files.version
    write(tmp_path, {"modules/m/x.md": "two and more"})
    assert files.version == before

    now[0] = 1.1
    assert files.version != before
    assert files.read("modules/m/x.md")[0] == "two and more"


def test_a_file_of_the_same_size_and_another_time_is_a_change(tmp_path):
    write(tmp_path, {"modules/m/x.md": "one"})
    os.utime(tmp_path / "modules/m/x.md", ns=(1, 1))
    first = Files(Roots(tmp_path)).version
    os.utime(tmp_path / "modules/m/x.md", ns=(2, 2))
    assert Files(Roots(tmp_path)).version != first


@pytest.mark.parametrize(("data", "text", "found"), [
    (b"\xef\xbb\xbfA\r\nB\rC", "A\nB\nC", []),
    (b"A\nB\xff", "A\nB\ufffd", [(2, "not-utf-8")]),
    (b"A\nB\x00C", "A\nBC", [(2, "control-character")]),
    ("\u200f!!! law".encode(), "!!! law", []),
])
def test_a_file_is_read_whatever_editor_wrote_it(tmp_path, data, text, found):
    write(tmp_path, {"modules/m/x.md": ""})
    (tmp_path / "modules/m/x.md").write_bytes(data)
    read_text, problems = Files(Roots(tmp_path)).read("modules/m/x.md")
    assert (read_text, codes(problems)) == (text, found)


def test_a_file_too_large_for_a_lesson_is_not_read(tmp_path):
    write(tmp_path, {"modules/m/x.md": "x" * 2_000_001})
    text, problems = Files(Roots(tmp_path)).read("modules/m/x.md")
    assert (text, codes(problems)) == ("", [(0, "too-large")])


def test_the_annex_stands_among_the_files_and_is_named_as_its_author_knows_it(tmp_path):
    write(tmp_path / "annex", {"casteria.md": "", "quizzes/river.md": "", ".git/x.md": ""})
    files = Files(Roots(tmp_path / "course", tmp_path / "annex"))
    assert files.names() == ["modules/local/casteria.md", "quizzes/local/river.md"]
    assert files.shown("quizzes/local/river.md") == "annex/quizzes/river.md"


def test_a_digest_does_not_mind_spaces_at_the_end():
    assert digest_of("A  \nB\n\n") == digest_of("A\nB") != digest_of("A\nC")


# Headers --------------------------------------------------------------------------------

HEADER = """\
---
title: What trafficking is
edition: 2026.10
objectives:
  elements: Sort the facts
  child: Apply the child rule
sources: [TIP Protocol art. 3, UNTOC]
---
Body
"""


def test_a_header_keeps_what_is_written_and_knows_the_lines():
    header, body, line = split_header(HEADER, Findings("x.md"))
    assert header.text("edition") == "2026.10"
    assert header.retyped == {"edition"}
    assert header.mapping("objectives")["child"] == "Apply the child rule"
    assert header.items("sources") == ("TIP Protocol art. 3", "UNTOC")
    assert (header.line("objectives"), header.line("objectives.child")) == (4, 6)
    assert (body, line) == ("Body\n", 9)


@pytest.mark.parametrize(("text", "found", "title"), [
    ("Body", [(1, "no-header")], ""),
    ("---\ntitle: T\n\nBody", [(1, "header-open")], "T"),
    ("---\ntitle: T\nminutes: 4: 5\n---\n", [(3, "bad-yaml")], "T"),
    ("---\ntitle: T\nsources:\n- 'a\nquiz: x\n---\n", [(4, "bad-yaml")], "T"),
    ("---\ntitle: T\ntitle: U\n---\n", [(3, "header-twice")], "T"),
    ("---\n- T\n---\n", [(2, "header-shape")], ""),
    ("---\ntitle: [[T]]\n---\n", [(2, "header-shape")], ""),
    ("---\na: &a [x]\nb: [*a, *a]\ntitle: T\n---\n", [(2, "header-shape")] * 2, "T"),
])
def test_a_mistake_in_a_header_costs_the_key_it_is_in(text, found, title):
    findings = Findings("x.md")
    header, _, _ = split_header(text, findings)
    assert codes(findings.all()) == found
    assert header.text("title") == title


@pytest.mark.parametrize(("read", "text", "value"), [
    (percent, "80%", 0.8), (percent, "80", None), (percent, "120%", None),
    (months, "36 months", 36), (months, "3 years", 36), (months, "soon", None),
])
def test_values_with_units(read, text, value):
    assert read(text) == value


# Sections and blocks --------------------------------------------------------------------

def test_a_lesson_is_sections_of_text_and_blocks_with_their_lines():
    source = read_source("modules/m/x.md", """\
---
title: T
---

## Why *it* matters {#why}

First.

!!! law "TIP Protocol, article 3(c)"
    Act and purpose are enough.

    Say it twice.

Then.
{#then}

## Children {#children}
""")
    why, children = source.sections
    assert (why.slug, why.title, why.line, children.slug) == ("why", "Why it matters", 5,
                                                              "children")
    first, law, then = why.parts
    assert first == Text("First.", 7)
    assert law == Block("law", "", "TIP Protocol, article 3(c)",
                        "Act and purpose are enough.\n\nSay it twice.", 9, 10)
    assert then == Text("Then.\n{#then}", 14)
    assert source.anchors["then"].section == "why"
    assert source.problems == ()


@pytest.mark.parametrize(("heading", "found"), [
    ("## Why", "no-address"), ("## Why {#Why}", "bad-address"), ("## A {#act}", "address-twice"),
])
def test_a_section_without_a_good_address_is_served_and_reported(heading, found):
    source = read_source("modules/m/x.md", f"---\ntitle: T\n---\n## B {{#act}}\n{heading}\ntext\n")
    assert [one.code for one in source.problems] == [found]
    assert len({section.slug for section in source.sections}) == 2


@pytest.mark.parametrize("line", [
    "!!! Trainer 10-min", "!!!trainer", "!!! trainer 10-min Title", "!!! trainer “Title”",
    "!!!! trainer", "!! trainer", "！！！ trainer", "??? trainer", "!!! trainer a b",
    " !!! trainer", "> !!! trainer", "- !!! trainer", "1. !!! trainer", "!!! note", "**!!!** x",
])
def test_what_only_looks_like_a_block_is_an_error_and_not_served(line):
    parts, problems = read(f"Before\n{line}\n    secret\n\n    secret\n\nAfter\n")
    assert [part.text for part in parts] == ["Before", "After"]
    assert [line for line, _ in problems] == [6]
    assert problems[0][1] in {"bad-block", "unknown-block"}


def test_a_mistyped_kind_is_told_the_nearest():
    source = read_source("modules/m/x.md", "---\ntitle: T\n---\n## A {#a}\n!!! trainr\n    x\n")
    assert source.problems[0].values == {"kind": "trainr", "nearest": "trainer"}


@pytest.mark.parametrize("body", ["not indented", "  two spaces", "\t\ttabs\n\n\tmore"])
def test_a_body_that_somebody_forgot_to_indent_is_still_the_blocks(body):
    (part, after), _ = read(f'!!! trainer 5-min "T"\n{body}\n\nAfter\n')
    assert part.kind == "trainer"
    assert part.text.split()[-1] in body
    assert after.text == "After"


def test_a_block_inside_a_block_is_taken_out():
    (box,), problems = read('!!! practice\n    Seen.\n\n    !!! trainer "T"\n        secret\n')
    assert box.text == "Seen."
    assert problems == [(8, "nested-block")]


@pytest.mark.parametrize(("block", "found", "served"), [
    ("!!! quiz", "block-lacks", False),
    ("!!! national", "block-lacks", False),
    ("!!! law\n    Text.", "block-lacks", True),
    ("!!! remember", "block-empty", False),
    ("!!! trainer soon\n    Text.", "block-word", True),
    ('!!! quiz one "Title"', "block-title", True),
    ("!!! quiz one\n    Text.", "block-body", True),
])
def test_a_block_that_lacks_something_is_served_where_it_can_be(block, found, served):
    parts, problems = read(block + "\n")
    assert [code for _, code in problems] == [found]
    assert bool(parts) == served


# What trainers are told ------------------------------------------------------------------

secret_lines = st.sampled_from([
    "SECRET", "    SECRET", "  SECRET", "\tSECRET", "- SECRET", "> SECRET", "# SECRET",
    "### SECRET", '    !!! law "SECRET"', "SECRET {#x}", "{#x}", "|SECRET|",
    "    ## SECRET", "<b>SECRET</b>", "![SECRET](x.svg)", "[SECRET](x.md)", "[SECRET]: x",
])
openings = st.sampled_from([
    '!!! trainer 10-min "SECRET"', "!!! trainer", "!!! trainer SECRET", "!!!trainer",
    "!!! Trainer", "> !!! trainer", "- !!! trainer", "!!! trainer “SECRET”", "\u200f!!! trainer",
    "   !!! trainer", "> \u200f!!! trainer", "!!! trainer \"a\" SECRET",
])


@settings(max_examples=300)
@given(before=st.sampled_from(["", "Text.", "- a list", "> a quote", "### Heading", "|a|\n|-|"]),
       opening=openings, joined=st.lists(secret_lines, max_size=3),
       indented=st.lists(st.sampled_from(["", "    SECRET", "      SECRET", "     - SECRET"]),
                         max_size=4),
       around=st.sampled_from(["", '!!! sensitive "S"', '!!! aid "A"', '!!! law "L"',
                               "!!! national slot", "!!! discuss"]),
       after=st.sampled_from(["", "\nAfter.", '\n!!! remember\n    After.', "\n!!! quiz first"]))
def test_a_trainers_note_never_reaches_a_learner(tmp_path_factory, before, opening, joined,
                                                 indented, around, after):
    root = tmp_path_factory.mktemp("course")
    note = [opening, *joined, *indented]
    if around:
        note = [around, "    Its own text.", "", *("    " + line for line in note)]
    text = module_text("## Act {#act}\n\n") + "\n".join([before, "", *note, after, ""])
    course = library(root, {"modules/m/x.md": text, "quizzes/m/elements.md": POOL})
    module = course.module("m/x", "en")
    shown = [part.html for section in module.sections for part in section.parts
             if isinstance(part, Prose)]
    gates = [section.gate for section in module.sections if section.gate]
    titles = [section.title for section in module.sections]
    assert "SECRET" not in repr((shown, gates, titles, module.aid))
