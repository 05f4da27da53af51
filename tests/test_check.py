"""The check: each rule on a small course that breaks it, and on one that does not."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.content.check import RULES, check, check_all, codes_as_text
from course.content.messages import MESSAGES
from course.content.rules.material import Material
from course.content.rules.prose import bare, count_words, paragraphs, sentences
from course.content.shelf import Shelf
from course.content.source import Files

from .courses import RULES as STORIES
from .courses import change, good_course, story, tell

TOLD = sorted(path.stem for path in STORIES.glob("*.txt"))
BYTES = {
    "F02": ("modules/tiny/visit.md", b"Nobody speaks.", "Élan.".encode("latin-1"), 18),
    "F03": ("modules/tiny/visit.md", b"Nobody", b"Nob\0ody", 18),
    "F04": ("modules/tiny/visit.md", b"Nobody speaks.", b"x" * 2_000_001, 0),
}
"""Rules about bytes, which no text file can show: file, bytes, bytes instead, line."""


@pytest.fixture
def roots(tmp_path):
    return good_course(tmp_path)


def codes(roots):
    return [problem.code for problem in check_all(roots)]


def found(roots, code):
    return [f"{one.file}:{one.line}" for one in check_all(roots) if one.code == code]


def is_a_whole_sentence(problem):
    """Whether a problem's values fill every place of its message."""
    return not re.search(r"%\(|“”|\bNone\b", MESSAGES[problem.code] % problem.values)


# Each rule ------------------------------------------------------------------------------

def test_nothing_is_wrong_with_a_good_course(roots):
    assert check_all(roots) == []


@pytest.mark.parametrize("code", TOLD)
def test_a_rule_that_is_broken_is_reported_where_it_is_broken(code, roots):
    expected = tell(story(code), roots)
    problems = check_all(roots)
    assert expected in [f"{one.file}:{one.line}" for one in problems if one.code == code]
    assert all(is_a_whole_sentence(one) for one in problems)


@pytest.mark.parametrize("code", BYTES)
def test_bytes_that_are_no_text_are_reported_with_their_line(code, roots):
    file, before, after, line = BYTES[code]
    path = roots.content / file
    path.write_bytes(path.read_bytes().replace(before, after))
    assert found(roots, code) == [f"{file}:{line}"]


def test_a_file_that_cannot_be_opened_is_reported(roots):
    path = roots.content / "modules/tiny/visit.md"
    path.unlink()
    path.symlink_to(roots.content / "modules")
    assert "F01" in codes(roots)


def test_every_rule_has_a_story_a_message_and_an_entry():
    names = [rule.code for rule in RULES]
    assert len(names) == len(set(names))
    assert set(names) == {*TOLD, *BYTES, "F01"} == set(MESSAGES)
    for rule in RULES:
        assert re.fullmatch("[FHMCEQLGPTNW][0-9]{2}", rule.code)
        assert rule.entry.split("\n")[0].endswith(".") and "\n\n" in rule.entry, rule.code


def test_the_manual_has_every_code():
    manual = codes_as_text()
    assert all(f"**{rule.code}**" in manual for rule in RULES)


PIECES = st.lists(st.one_of(st.binary(max_size=12), st.sampled_from([
    b"---\n", b"\n\n", b"title: x\n", b"!!! quiz ", b'!!! law "a"\n    b\n', b"## A {#a}\n",
    b"{#", b"}", b"### Q {#q}\n", b"- ( ) a\n", b"- (x) b\n", b"- [x] c\n", b"1. d\n",
    b"- e => f\n", b"= 9..3\n", b"____\n", b"rubric: 0 g\n", b"  > h\n", b"> i Similar: #j\n",
    b"![", b"](", b"{national: ", b"<!", b'<svg viewBox="0 0 1 1">', b"<text>{k}</text>",
    b"</svg>", b"Term {#t}\n:   Text\n", b"\xff", b"\0",
])), max_size=12).map(b"".join)
"""What an author's slips may leave in a file."""


@given(written=PIECES)
@settings(max_examples=30, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("file", [
    "modules/tiny/visit.md", "quizzes/tiny/visit.md", "modules/glossary.md",
    "media/demo-basic/scale.svg", "translations/fr/modules/tiny/visit.md", "annex/casteria.md",
])
def test_whatever_stands_in_a_file_is_checked_and_nothing_found_is_lost(file, written, roots):
    (roots.content / file).write_bytes(written)
    shelf = Shelf(Files(roots))
    problems = check(shelf)
    read = {(one.file, one.line) for one in Material(shelf).reported}
    assert read <= {(one.file, one.line) for one in problems}
    assert all(MESSAGES[one.code] % one.values for one in problems)


CASE_PIECES = st.lists(st.one_of(st.binary(max_size=8), st.sampled_from([
    b"\n\n", b"## A {#a}\n", b"## B {#b}\n", b"## Facts {#facts}\n\n- c: t | w\n",
    b"## Care {#care}\n\n- d (critical): t\n", b"## At any time {#any-time}\n\n",
    b"## The elements {#elements}\n\n- e: x\n", b"## The suspects {#suspects}\n\n- f: x\n",
    b"## The charge {#charge}\n\n### Q {#q}\n\n- [x] a\n- [ ] b\n",
    b"## The classes {#classes}\n\n- g: x\n", b"### What? {again}\n", b"### And? {objective=x}\n",
    b"#### Why?\n", b"- (x) a {-> b}\n", b"- ( ) b {h-1; when h>2}\n", b"- (open) c {gives c}\n",
    b"- (care) d {does d; repeat}\n", b"- (go) e {-> nowhere}\n", b"- [x] f\n", b"- [ ] g\n",
    b"- f, e: proves\n", b"- f and f, e and i: or\n", b"- (", b"{when", b"}", b"  : {when h} i\n",
    b"  : j\n", b"  > k {myth=l}\n", b"> m\n", b"-> a\n", b"-> b {when h and not c}\n",
    b"-> end\n", b"= g\n", b'!!! if "h"\n    n\n\n', b'!!! exhibit chat "o"\n    - p\n\n',
])), max_size=20).map(b"".join)
"""What an author's slips may leave in a case."""


@given(written=CASE_PIECES)
@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("case", ["gate", "talk", "build", "doors"])
def test_whatever_stands_in_a_case_is_checked(case, written, roots):
    path = roots.content / f"modules/demo-cases/{case}.md"
    header = b"---\n" + (STORIES / "course/modules/demo-cases" / path.name).read_bytes().split(
        b"---\n")[1] + b"---\n\n"
    path.write_bytes(header + written)
    shelf = Shelf(Files(roots))
    problems = check(shelf)
    read = {(one.file, one.line) for one in Material(shelf).reported}
    assert read <= {(one.file, one.line) for one in problems}
    assert all(MESSAGES[one.code] % one.values for one in problems)


# What looks wrong and is not ------------------------------------------------------------

def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(roots):
    for path in roots.content.rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert check_all(roots) == []


def test_a_nearest_key_is_named(roots):
    tell(story("H01"), roots)
    (problem,) = [one for one in check_all(roots) if one.code == "H01"]
    assert problem.values == {"key": "minuts", "nearest": "minutes"}


def test_one_bad_file_does_not_hide_the_others(roots):
    for code in ("F05", "Q12", "G02", "P10"):
        tell(story(code), roots)
    assert {"F05", "Q12", "G02", "P10"} <= set(codes(roots))


def test_without_an_annex_no_slot_is_called_empty(roots):
    tell(story("N02"), roots)
    (roots.content / "annex/casteria.md").unlink()
    assert "N02" not in codes(roots)


def test_html_in_code_marks_is_meant(roots):
    change(roots.content / "modules/tiny/visit.md", "Nobody speaks.", "Nobody writes `<b>`.")
    assert "M14" not in codes(roots)


def test_a_short_sentence_may_stand_in_two_modules(roots):
    change(roots.content / "modules/tiny/visit.md", "Nobody speaks.", "Names come second.")
    assert "W04" not in codes(roots)


def test_problems_come_in_the_order_of_the_files(roots):
    for code in ("W03", "F05", "Q12", "G02"):
        tell(story(code), roots)
    places = [(one.file, one.line) for one in check_all(roots)]
    assert places == sorted(places)


# Counting words and sentences -----------------------------------------------------------

@pytest.mark.parametrize(("text", "count"), [
    ("One. Two. Three.", 3),
    ("See art. 3(c) and arts. 5 and 6 of the Protocol. It binds.", 2),
    ("It cost 3.5 selms. Nobody paid.", 2),
    ("In 2024. 3 men came.", 2),
    ("“Who?” she asked. Nobody knew.", 2),
    ("J. Smith and Dr. Vale met at no. 7.", 1),
    ("Voir l'art. 3. Puis l'al. 2.", 2),
    ("См. ст. 127 УК РФ. Суд решил.", 2),
    ("من هي؟ هي الضحية. انظر المادة 3.", 3),
    ("这是谁？她是受害人。结束！", 3),
    ("Wait… then go.", 1),
    ("The answer is no. He left. See no. 7.", 3),
    ("", 0),
    ("…", 0),
])
def test_sentences_are_counted_as_a_reader_counts_them(text, count):
    assert len(list(sentences(text))) == count


@pytest.mark.parametrize(("text", "words"), [
    ("Act, means and purpose", 4), ("art. 3(c) – see", 3), ("贩运人口", 2), ("الاتجار بالأشخاص", 2),
    ("l'enfant de 16 ans", 4),
])
def test_words_are_counted(text, words):
    assert count_words(text) == words


def test_marks_of_markdown_are_no_words():
    text = ("**The [rule](a.md#b)** is `old`. {#rule}\n\n- one\n- two\n\n### Head\n\n"
            "| a | b |\n|---|---|\n")
    assert [one for one, _ in paragraphs(text, 1)] == ["The rule is old.", "one", "two", "a", "b"]
    assert bare("![A scale](x.svg \"c (of two)\") and 2\\*3, snake_case") == "and 2*3, snake_case"
