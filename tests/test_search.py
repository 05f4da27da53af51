"""Search: what learners find, in every language, and what never shows."""

from __future__ import annotations

import re
import sqlite3
from html import unescape
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.content.fulltext import FullTextIndex, PlainIndex, Text, ask, snippet
from course.content.links import Target
from course.content.plain import html_text
from course.content.search import Search
from course.content.tokens import forms, stem_for

from .trees import POOL, library, write

LESSON = """\
---
title: What trafficking is
quiz: elements
---

## Children {#children}

For a person under eighteen no means need be proved.
See [debt bondage](../glossary.md#debt-bondage).

!!! law "TIP Protocol, article 3(c)"
    Recruitment of a child for exploitation is trafficking.

!!! quiz first

!!! trainer 10-min "Zebra first"
    Ask about the zebra. The key is yes.

## Organs {#organs}

!!! sensitive "It speaks of surgery."
    Taking organs is a purpose.

The scalpel was found in the kitchen. Nothing else <b>matters</b> & counts.
"""
CASE = """\
---
title: The hotel laundry
kind: reading
---

## At dawn {#dawn}

The boiler was cold.
"""
GLOSSARY = """\
---
title: Glossary
---

Debt bondage {#debt-bondage}
:   Work pledged for a debt that never ends.
"""
FILES = {
    "modules/tip-basic/index.md":
        "---\ntitle: Basic manual\n---\n\n1. [A](elements.md)\n2. [B](hotel-laundry.md)\n",
    "modules/tip-basic/elements.md": LESSON,
    "modules/tip-basic/hotel-laundry.md": CASE,
    "modules/glossary.md": GLOSSARY,
    "modules/wellbeing.md": "---\ntitle: Wellbeing\n---\n\nSleep, walk, talk to somebody.\n",
    "modules/library/tip-protocol.md":
        "---\ntitle: TIP Protocol\n---\n\n## Article 6. Assistance {#art-6}\n\nOn privacy.\n",
    "quizzes/tip-basic/elements.md": POOL,
    "translations/ar/modules/tip-basic/elements.md":
        "---\ntitle: الاتجار\n---\n\n## الأطفال {#children}\n\n"
        "والضَّحَايا من الأطفال في المدارس.\n",
    "translations/fr/modules/tip-basic/elements.md":
        "---\ntitle: La traite\n---\n\n## Les enfants {#children}\n\nLes enquêteurs protègent.\n",
    "translations/zh/modules/tip-basic/elements.md":
        "---\ntitle: 人口贩运\n---\n\n## 儿童 {#children}\n\n剥削是贩运人口的目的。口人不是词。\n",
}


@pytest.fixture(params=[FullTextIndex, PlainIndex], ids=["fts5", "plain"])
def index(request):
    """Every test of finding runs with FTS5 and without."""
    return request.param


@pytest.fixture
def course(tmp_path):
    return library(tmp_path, FILES)


@pytest.fixture
def search(course, index):
    return Search(course, index)


def titles(hits):
    return [hit.title for hit in hits]


# What is found --------------------------------------------------------------------------

@pytest.mark.parametrize(("typed", "kind", "target"), [
    ("eighteen", "section", Target("section", "tip-basic/elements", "children")),
    ("boiler", "case", Target("section", "tip-basic/hotel-laundry", "dawn")),
    ("privacy", "article", Target("article", "tip-protocol", "art-6", "art-6")),
    ("pledged", "term", Target("term", anchor="debt-bondage")),
    ("walk", "page", Target("page", "wellbeing")),
])
def test_every_kind_of_place_is_found_with_its_address(search, typed, kind, target):
    hit = search.find(typed, "en")[0]
    assert (hit.kind, hit.target) == (kind, target)


def test_a_place_says_what_it_is_part_of(search):
    assert search.find("boiler", "en")[0].where == "Basic manual › The hotel laundry"


@pytest.mark.parametrize(("locale", "typed", "title"), [
    ("en", "recruiting children", "Children"),
    ("en", "EXPLOITATIONS", "Children"),
    ("en", "recruit", "Children"),
    ("en", "recru", "Children"),
    ("en", '"means need"', "Children"),
    ("en", "article 3(c)", "Children"),
    ("fr", "enqueteur", "Les enfants"),
    ("fr", "PROTÈGENT", "Les enfants"),
    ("fr", "protegent", "Les enfants"),
    ("ar", "ضحايا", "الأطفال"),
    ("ar", "الضحايا", "الأطفال"),
    ("ar", "اطفال", "الأطفال"),
    ("ar", "مدرسه مدارس", "الأطفال"),
    ("zh", "人口", "儿童"),
    ("zh", "什么是贩运人口", "儿童"),
])
def test_a_word_is_found_however_it_is_written(search, locale, typed, title):
    assert titles(search.find(typed, locale))[0] == title


def test_what_is_not_translated_is_found_in_its_own_language(search):
    (hit,) = search.find("boilers", "ar")
    assert (hit.language.code, hit.language.direction) == ("en", "ltr")


def test_a_term_stands_above_the_sections_that_use_it(search):
    assert search.find("debt bondage", "en")[0].kind == "term"


def test_the_title_that_says_nothing_else_comes_first(index):
    stem, texts = stem_for("en"), index()
    for title in ("Best interests of the child", "A child", "Elements"):
        texts.add(Text(title, "child " * 9, stem))
    assert texts.find(ask("child", [stem]), every=True, limit=9) == [1, 0, 2]


def test_places_with_all_words_hide_those_with_some(search):
    assert titles(search.find("person eighteen", "en")) == ["Children"]
    assert set(titles(search.find("boiler privacy", "en"))) == {"At dawn", "Article 6. Assistance"}


def test_words_in_quotes_stand_side_by_side(search):
    assert search.find('"need means"', "en") == []


# What never shows -----------------------------------------------------------------------

@pytest.mark.parametrize("typed", ["zebra", "key", "yes", "because"])
def test_neither_notes_nor_questions_nor_keys_are_found(search, typed):
    assert search.find(typed, "en") == []


def test_a_sensitive_section_is_found_and_not_quoted(search):
    (hit,) = search.find("scalpel", "en")
    assert (hit.title, hit.snippet) == ("Organs", "It speaks of surgery.")


# How it is shown ------------------------------------------------------------------------

def test_what_matched_is_marked_and_the_rest_escaped():
    text = "A <b>minor</b> & minors' rights"
    shown = snippet(text, ask("minor", [stem_for("en")]), stem_for("en"))
    assert shown == ("A &lt;b&gt;<mark>minor</mark>&lt;/b&gt; &amp; <mark>minors</mark>"
                     "&#x27; rights")


def test_a_long_text_is_cut_around_the_match():
    text = "Before. " * 200 + "The boiler was cold. " + "After. " * 200
    shown = snippet(text, ask("boiler", [stem_for("en")]), stem_for("en"))
    assert "The <mark>boiler</mark> was cold." in shown
    assert shown.startswith("…") and shown.endswith("…") and len(shown) < 300


def test_chinese_characters_are_marked_as_one_word():
    text = "剥削。" * 100 + "贩运人口"
    shown = snippet(text, ask("贩运", []), stem_for("zh"))
    assert shown.endswith("<mark>贩运</mark>人口")


@given(st.text(max_size=400), st.text(max_size=30))
def test_a_snippet_is_the_text_and_marks(text, typed):
    shown = snippet(text, ask(typed, [stem_for("en")]), stem_for("en"))
    assert not re.search(r"[<>]", re.sub(r"</?mark>", "", shown))
    assert unescape(re.sub(r"</?mark>", "", shown)).strip("…").strip() in text


def test_words_of_drawings_and_repeated_definitions_are_left_out():
    page = ("<p>One<br>two</p><svg><text>hidden</text></svg>"
            "<div class='gloss'><p>no<br>no</p></div><p>th<b>r</b>ee &amp; four</p>")
    assert html_text(page) == "One two three & four"


# What can be typed ----------------------------------------------------------------------

@pytest.mark.parametrize("typed", [
    "", " ", '"', '""', '"a', "a OR", "NEAR(a b, 2)", "title:x", "-", "*", "^a", "a*b", "(", ")",
    "{a}", "a AND NOT b",
    "'; DROP TABLE texts; --", "\0", "\ud800", "a" * 100_000, "؟ ً ـ", "🙂", "ⅷ ½ ﷺ",
])
def test_nothing_that_is_typed_is_an_error(search, typed):
    assert isinstance(search.find(typed, "en"), list)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_both_indexes_take_every_text(typed):
    terms = ask(typed, [stem_for("en"), stem_for("ar")])
    for new in (FullTextIndex, PlainIndex):
        index = new()
        index.add(Text("Title", "Body", stem_for("en")))
        if terms:
            index.find(terms, every=True, limit=5)
            index.find(terms, every=False, limit=5)


@given(st.text(alphabet=st.characters(max_codepoint=0x52F, categories=("L", "N")), min_size=1,
               max_size=20))
def test_a_word_finds_the_text_it_stands_in(word):
    stem = stem_for("en")
    for new in (FullTextIndex, PlainIndex):
        index = new()
        index.add(Text("", f"before {word} after", stem))
        assert index.find(ask(word, [stem]), every=True, limit=5) == [0]


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    once = forms(text)
    assert forms(" ".join(once)) == once


# When files change ----------------------------------------------------------------------

def test_a_changed_file_is_found_anew(tmp_path, index, monkeypatch):
    monkeypatch.setattr("course.content.source._SCAN_EVERY", 0)
    course = library(tmp_path, FILES)
    search = Search(course, index)
    assert search.find("kettles", "en") == []
    write(tmp_path, {"modules/tip-basic/hotel-laundry.md": CASE.replace("boiler", "old kettle")})
    assert titles(search.find("kettles", "en")) == ["At dawn"]
    assert search.find("boiler", "en") == []


def test_many_threads_ask_at_once(search):
    found = []
    threads = [Thread(target=lambda: found.append(titles(search.find("boiler", "en"))))
               for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["At dawn"]] * 16


def test_without_fts5_the_plain_index_is_taken(monkeypatch):
    from course.content import fulltext

    def without(*_, **__):
        raise sqlite3.OperationalError("no such module: fts5")

    monkeypatch.setattr("sqlite3.connect", without)
    assert isinstance(fulltext.new_index(), PlainIndex)
