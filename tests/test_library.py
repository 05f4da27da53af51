"""The course as the app asks for it: in every language, whatever is wrong with a file."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from course.content import lesson
from course.content.library import Coverage
from course.core.activity import Check, Gate, Language, Prose, TrainerNote
from course.core.errors import NotFound

from .trees import POOL, library, write

ELEMENTS = """\
---
title: What trafficking is
minutes: 30
objectives:
  elements: Sort the facts
  child: Apply the child rule
quiz: elements
sources: [TIP Protocol art. 3]
---

## Act {#act}

!!! sensitive "It speaks of violence."
    The short version.

Something was done to a person.

!!! quiz first

The [second](#means) element is next.

!!! trainer 10-min "Six facts"
    Sort them on the board.

## Means {#means}

How it was done.

!!! practice "At the door"
    Ask before you search.

!!! aid "Three elements"
    ### Act
    - [ ] What was done?

    ### Means
    Hotline: {national: hotline}
"""

COURSE = {
    "modules/tip-basic/index.md": """\
        ---
        title: Trafficking, basic
        edition: 2026.1
        hours: 7.5
        pass: 75%
        valid: 36 months
        requires: [every module, every case]
        ---

        For first responders.

        ## The crime

        1. [What it is](elements.md)
        2. [The laundry](laundry.md)
        3. [Not written yet](later.md)
        """,
    "modules/tip-basic/elements.md": ELEMENTS,
    "modules/tip-basic/laundry.md": """\
        ---
        title: The hotel laundry
        kind: reading
        quiz: laundry
        ---

        ## The call {#call}

        See [the means](elements.md#means) and [article 3](../library/tip.md#art-3-a),
        a [debt](../glossary.md#debt) and [nothing](nowhere.md).

        The same [debt](../glossary.md#debt).

        ## The sum {#sum}

        Whose [debt](../glossary.md#debt)?
        """,
    "modules/som-basic/index.md": "---\ntitle: Smuggling, basic\n---\n",
    "modules/library/index.md": "---\ntitle: Library\n---\n\n1. [TIP](tip.md)\n2. [SOM](som.md)\n",
    "modules/library/som.md": "---\ntitle: SOM Protocol\n---\n",
    "modules/library/tip.md": """\
        ---
        title: Protocol to Prevent Trafficking
        short: TIP Protocol
        language: en
        adopted: 15 November 2000
        ---

        In our own words.

        ## Article 3. Use of terms {#art-3}

        **(a)** means this.
        {#art-3-a}
        """,
    "modules/glossary.md": """\
        ---
        title: Glossary
        ---

        Debt bondage {#debt}
        :   Work pledged
            for a [purpose](#purpose).

        Purpose
        :   What it was for.
        """,
    "modules/wellbeing.md": (
        "---\ntitle: Wellbeing\n---\n\nStop here.\n\n## Talk {#talk}\n\nTo us.\n"),
    "quizzes/tip-basic/elements.md": POOL,
    "quizzes/misconceptions.md": "---\ntitle: M\n---\n\nconsent\n:   *She* agreed.\n",
}

FRENCH = """\
---
title: Ce qu'est la traite
objectives:
  elements: Classer les faits
source:
  act: 000000000000
status: reviewed by A. Haddad
---

## L'acte {#act}

!!! sensitive "Il est question de violence."
    La version courte.

!!! quiz invented

Quelque chose a été fait.

!!! trainer 10-min "Six faits"
    Au tableau.

## Une section de trop {#more}

Rien.
"""


def html_of(section) -> str:
    return "\n".join(part.html for part in section.parts if isinstance(part, Prose))


@pytest.fixture
def course(tmp_path):
    return library(tmp_path, COURSE)


# In the original --------------------------------------------------------------------------

def test_a_manual_lists_what_is_there(course):
    manual = course.manual("tip-basic", "en")
    assert (manual.title, manual.edition, manual.hours) == ("Trafficking, basic", "2026.1", 7.5)
    assert (manual.pass_mark, manual.valid_months) == (0.75, 36)
    assert manual.requires == ("every module", "every case")
    assert manual.introduction == "<p>For first responders.</p>"
    (part,) = manual.parts
    assert part.title == "The crime"
    assert [(one.id, one.kind, one.minutes, one.sensitive) for one in part.entries] == [
        ("tip-basic/elements", "module", 30, True), ("tip-basic/laundry", "reading", 0, False)]


def test_manuals_stand_in_the_order_of_their_index_or_of_their_names(tmp_path):
    course = library(tmp_path, COURSE)
    assert [one.id for one in course.manuals("en")] == ["som-basic", "tip-basic"]

    index = "---\ntitle: Manuals\n---\n1. [TIP](tip-basic/index.md)\n2. [SOM](som-basic/index.md)\n"
    ordered = library(tmp_path, {"modules/index.md": index})
    assert [one.id for one in ordered.manuals("en")] == ["tip-basic", "som-basic"]


def test_a_module_has_sections_with_prose_questions_and_notes(course):
    module = course.module("tip-basic/elements", "en")
    act, means = module.sections
    assert [type(part) for part in act.parts] == [Prose, Check, Prose, TrainerNote]
    assert act.gate == Gate("It speaks of violence.", "<p>The short version.</p>")
    assert act.checks == ("first",)
    assert act.parts[0].html == '<p class="lead">Something was done to a person.</p>'
    assert act.parts[3] == TrainerNote("Six facts", "<p>Sort them on the board.</p>", 10)
    assert 'href="/section/tip-basic/elements/means"' in act.parts[2].html
    assert means.parts[0].html.endswith(
        '<div class="box practice" role="note" aria-label="practice-en: At the door">'
        '<p class="box-title">practice-en: At the door</p>\n<p>Ask before you search.</p></div>')
    assert (act.minutes, means.minutes) == (17, 13)
    assert (module.quiz, module.sources) == ("tip-basic/elements", ("TIP Protocol art. 3",))


def test_the_job_aid_has_its_cells(course):
    aid = course.module("tip-basic/elements", "en").aid
    assert aid.title == "Three elements"
    assert aid.html.count('<div class="aid-cell"><h3>') == 2
    assert '<ul class="ticks">\n<li>What was done?</li>' in aid.html
    assert '<p class="fill"><span>Hotline</span> <span class="place"></span></p>' in aid.html


def test_links_lead_to_the_very_paragraph_and_terms_are_explained(course):
    call, money = course.module("tip-basic/laundry", "en").sections
    html = html_of(call)
    assert html.count("<dfn>") == html_of(money).count("<dfn>") == 1
    assert 'href="/section/tip-basic/elements/means"' in html
    assert 'href="/article/tip/art-3#art-3-a"' in html
    assert "<span>nothing</span>" in html
    assert ('<div class="gloss" role="note"><p><dfn>Debt bondage</dfn> Work pledged for a '
            '<a href="/term#purpose">purpose</a>.</p></div>') in html


def test_quiz_in_place_and_module_of(course):
    quiz = course.quiz("tip-basic/elements", "en")
    assert ([one.id for one in quiz.questions], quiz.draw, quiz.pass_mark) == (
        ["first", "second"], 2, 0.8)
    assert quiz.questions[0].choices[1].feedback == "<p>Read again.</p>"
    assert course.in_place("tip-basic/elements") == {"first"}
    assert course.module_of("tip-basic/elements") == "tip-basic/elements"
    # The pool of the case is not written yet: the case can be read all the same.
    assert course.module("tip-basic/laundry", "en").quiz == ""


def test_the_library_the_glossary_and_pages(course):
    assert [one.id for one in course.instruments("en")] == ["tip", "som"]
    tip = course.instrument("tip", "en")
    assert (tip.short, dict(tip.facts)) == ("TIP Protocol", {"adopted": "15 November 2000"})
    assert tip.introduction == "<p>In our own words.</p>"
    assert tip.articles == ((
        "art-3", "Article 3. Use of terms",
        '<p id="art-3-a"><strong>(a)</strong> means this.</p>'),)
    assert [one.id for one in course.glossary("en").terms] == ["debt", "purpose"]
    assert course.glossary("en").get("debt").term == "Debt bondage"
    assert course.misconception("consent", "en") == "She agreed."
    assert course.misconception("unheard-of", "en") == ""
    page = course.page("wellbeing", "en")
    assert page.html == '<p>Stop here.</p>\n<h2 id="talk">Talk</h2>\n<p>To us.</p>'
    assert '<a href="/instrument/tip">TIP</a>' in course.page("library", "en").html


@pytest.mark.parametrize(("what", "name"), [
    ("manual", "nowhere"), ("manual", "library"), ("manual", "local"), ("manual", "../modules"),
    ("module", "tip-basic/nowhere"), ("module", "tip-basic/index"), ("module", "library/tip"),
    ("module", "glossary"), ("module", "../quizzes/tip-basic/elements"),
    ("quiz", "tip-basic/nowhere"), ("quiz", "misconceptions"), ("quiz", ""),
    ("instrument", "index"), ("instrument", "nowhere"),
    ("page", "nowhere"), ("page", "tip-basic/elements"), ("page", "../modules/wellbeing"),
])
def test_what_is_not_there_is_not_found(course, what, name):
    with pytest.raises(NotFound):
        getattr(course, what)(name, "en")


# In another language ----------------------------------------------------------------------

@pytest.fixture
def in_french(tmp_path):
    return library(tmp_path, {**COURSE, "translations/fr/modules/tip-basic/elements.md": FRENCH})


def test_a_translation_gives_the_words_and_the_original_the_structure(in_french):
    module = in_french.module("tip-basic/elements", "fr")
    act, means = module.sections
    assert (module.title, module.language, module.draft) == (
        "Ce qu'est la traite", Language("fr"), False)
    assert dict(module.objectives) == {"elements": "Classer les faits",
                                       "child": "Apply the child rule"}
    assert (act.title, act.late, act.gate.announcement) == (
        "L'acte", True, "Il est question de violence.")
    assert act.checks == ("first",)
    assert [type(part) for part in act.parts] == [Prose, TrainerNote, Check]
    # A section that is not translated shows the original, and says which language it is.
    assert means.title == "Means" and not means.late
    assert html_of(means).startswith('<div lang="en" dir="ltr"><p class="lead">How it was done.')
    assert 'aria-label="practice-en: At the door"' in html_of(means)
    assert module.aid.html.startswith('<div lang="en" dir="ltr">')


def test_links_of_a_translation_are_those_of_the_original(tmp_path):
    french = "---\ntitle: La blanchisserie\n---\n## L'appel {#call}\n[moyens](elements.md#means)\n"
    course = library(tmp_path, {**COURSE, "translations/fr/modules/tip-basic/laundry.md": french})
    html = html_of(course.module("tip-basic/laundry", "fr").sections[0])
    assert '<a href="/section/tip-basic/elements/means">moyens</a>' in html


def test_without_a_translation_the_original_is_shown_as_what_it_is(in_french):
    case = in_french.module("tip-basic/laundry", "fr")
    assert (case.title, case.language) == ("The hotel laundry", Language("en"))
    entries = in_french.manual("tip-basic", "fr").entries
    assert [(one.title, one.language.code) for one in entries] == [
        ("Ce qu'est la traite", "fr"), ("The hotel laundry", "en")]
    assert in_french.module("tip-basic/elements", "xx").language.code == "en"


def test_a_translated_question_must_offer_what_the_original_offers(tmp_path):
    french = POOL.replace("Is this trafficking?", "Est-ce la traite ?").replace("Yes", "Oui")
    french = french.replace("And this?", "Et ceci ?").rsplit("- ( ) No", 1)[0]
    course = library(tmp_path, {**COURSE, "translations/fr/quizzes/tip-basic/elements.md": french})
    first, second = course.quiz("tip-basic/elements", "fr").questions
    assert (first.prompt, first.choices[0].text) == ("Est-ce la traite ?", "Oui")
    assert first.digest == course.quiz("tip-basic/elements", "en").questions[0].digest
    assert second.prompt == '<span lang="en" dir="ltr">And this?</span>'
    assert second.choices[1].feedback == '<div lang="en" dir="ltr"><p>Read again.</p></div>'


def test_terms_are_translated_one_by_one(tmp_path):
    arabic = "---\ntitle: ع\n---\n\nعبودية الدين {#debt}\n:   عمل مقابل دين.\n"
    course = library(tmp_path, {**COURSE, "translations/ar/modules/glossary.md": arabic})
    debt, purpose = course.glossary("ar").terms
    assert (debt.term, debt.language) == ("عبودية الدين", Language("ar", "rtl"))
    assert (purpose.term, purpose.language.code) == ("Purpose", "en")


def test_coverage_counts_what_is_begun_late_and_missing(in_french):
    assert in_french.locales == ("en", "fr")
    assert in_french.coverage() == [
        Coverage("fr", 1, 2, 1, ("tip-basic/elements", "tip-basic/laundry"))]


def test_a_section_is_late_when_its_original_has_changed(tmp_path):
    digest = library(tmp_path, COURSE).module("tip-basic/elements", "en").sections[0].digest
    french = FRENCH.replace("000000000000", digest)
    course = library(tmp_path, {"translations/fr/modules/tip-basic/elements.md": french})
    assert not course.module("tip-basic/elements", "fr").sections[0].late


# When something is wrong -------------------------------------------------------------------

@pytest.mark.parametrize(("name", "data"), [
    ("modules/tip-basic/elements.md", b"\xff\xfe\x00broken"),
    ("modules/tip-basic/elements.md", b"---\ntitle: 'open\n---\n## A {#a}\n\n!!! quiz gone\n"),
    ("modules/tip-basic/elements.md", b""),
    ("modules/tip-basic/index.md", b"---\nrequires: {a: [b]}\n---\n1. [x](elements.md)"),
    ("modules/library/tip.md", b"no header"),
    ("modules/glossary.md", b":   nothing\n\x00"),
    ("quizzes/tip-basic/elements.md", b"### ? {#first}\n- ( ) none right\n- ( ) at all"),
    ("quizzes/misconceptions.md", b"---\n"),
    ("translations/fr/modules/tip-basic/elements.md", b"---\nsource: 4\n---\n## {#}\n"),
    ("translations/fr/quizzes/tip-basic/elements.md", b"### x {#first}\n= 4"),
])
def test_one_bad_file_never_takes_the_course_down(tmp_path, name, data):
    course = library(tmp_path, COURSE)
    write(tmp_path, {name: ""})
    (tmp_path / name).write_bytes(data)
    for locale in course.locales:
        for manual in course.manuals(locale):
            for entry in manual.entries:
                module = course.module(entry.id, locale)
                if module.quiz == "tip-basic/elements":
                    quiz = course.quiz(module.quiz, locale)
                    assert all(quiz.question(check) for check in module.checks)
        assert course.module("tip-basic/laundry", locale).sections
        assert course.page("wellbeing", locale).html
        assert course.glossary(locale) and course.instruments(locale)
    assert [one.locale for one in course.coverage()] == list(course.locales[1:])
    assert {slot.name for slot in course.slots()} <= {"hotline"}


# How little is done -------------------------------------------------------------------------

def test_starting_reads_nothing_and_imports_neither_markdown_nor_yaml():
    code = ("import sys; from course.content.library import Library; "
            "print(sorted({'markdown', 'yaml', 'flask', 'tinydb'} & set(sys.modules)))")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_page_is_rendered_once_and_again_only_when_a_file_of_it_changes(tmp_path):
    now = [0.0]
    course = library(tmp_path, COURSE)
    course._files._clock = lambda: now[0]
    first = course.module("tip-basic/laundry", "en")

    def later(files):
        write(tmp_path, files)
        now[0] += 2
        return course.module("tip-basic/laundry", "en")

    assert later({"modules/wellbeing.md": "---\ntitle: Another\n---\n"}) is first
    # The definition below the paragraph is part of the page.
    glossary = "---\ntitle: G\n---\n\nDebt {#debt}\n:   Owed.\n"
    assert "<dfn>Debt</dfn> Owed." in html_of(later({"modules/glossary.md": glossary}).sections[0])
    # So is whether a link leads anywhere.
    there = later({"modules/tip-basic/nowhere.md": "---\ntitle: N\n---\n## A {#a}\n"})
    assert 'href="/module/tip-basic/nowhere"' in html_of(there.sections[0])


def test_sixteen_who_ask_at_once_wait_for_one_rendering(tmp_path, monkeypatch):
    made = []
    slow = lesson.module_of
    started = threading.Barrier(16)

    def counted(*asked):
        made.append(asked[1])
        time.sleep(0.05)
        return slow(*asked)

    monkeypatch.setattr("course.content.library.module_of", counted)
    course = library(tmp_path, COURSE)
    got = []

    def ask():
        started.wait()
        got.append(course.module("tip-basic/elements", "en"))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["tip-basic/elements"]
    assert len(got) == 16 and all(one is got[0] for one in got)


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_an_outline_is_the_module_without_its_texts(in_french, locale):
    whole = in_french.module("tip-basic/elements", locale)
    outline = in_french.outline("tip-basic/elements", locale)
    for name in ("title", "quiz", "checks", "kind", "objectives", "minutes", "language"):
        assert getattr(outline, name) == getattr(whole, name)
    assert [(one.slug, one.title, one.minutes, one.checks, one.language)
            for one in outline.sections] == [
        (one.slug, one.title, one.minutes, one.checks, one.language) for one in whole.sections]
