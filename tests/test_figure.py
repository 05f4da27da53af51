"""Drawings: what passes into a page, in which words, and from which side."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.content.figure import drawn, read_drawing
from course.content.path import mirrored_path
from course.content.problem import Findings

from .trees import library, module_text

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">{}</svg>'


def draw(shapes: str, labels: dict[str, str] | None = None, direction: str = "ltr"):
    """What becomes of shapes in a page, and the codes of what was left out."""
    found = Findings("x.svg")
    drawing = read_drawing(SVG.format(shapes), found)
    assert drawing
    svg = ElementTree.fromstring(drawn(drawing, labels or {}, "Alt & text", direction))
    return svg, [one.code for one in found.all()]


def attributes(shapes: str, direction: str) -> dict[str, str]:
    svg, problems = draw(shapes, {"a": "A"}, direction)
    assert problems == []
    return dict(svg[0].attrib)


def test_a_drawing_says_what_it_shows():
    svg, _ = draw('<rect x="1" y="2" width="3" height="4"/>')
    assert svg.attrib == {"viewBox": "0 0 100 50", "width": "100", "height": "50", "role": "img",
                          "aria-label": "Alt & text"}
    assert svg[0].attrib == {"x": "1", "y": "2", "width": "3", "height": "4"}


@pytest.mark.parametrize(("shapes", "code"), [
    ("<script>alert(1)</script>", "figure-element"),
    ("<foreignObject><p>x</p></foreignObject>", "figure-element"),
    ("<image href='https://example.org/x.png'/>", "figure-element"),
    ("<style>*{}</style>", "figure-element"),
    ("<use href='#x'/>", "figure-element"),
    ("<text x='1' y='2'>words</text>", "figure-text"),
    ("<text x='1' y='2'>{a} {b}</text>", "figure-text"),
])
def test_what_may_not_pass_is_left_out_and_reported(shapes, code):
    svg, problems = draw(shapes + "<circle cx='1' cy='2' r='3'/>")
    assert [element.tag for element in svg] == ["circle"]
    assert problems == [code]


@pytest.mark.parametrize("attribute", [
    "onclick='x'", "style='fill:red'", "class='c'", "id='i'", "transform='scale(-1)'",
    "fill='red'", "fill='url(https://example.org)'", "fill='var(--unknown)'", "r='1px'",
    "href='x'", "filter='x'",
])
def test_an_attribute_that_may_not_pass_is_taken_off(attribute):
    svg, problems = draw(f"<circle cx='1' cy='2' {attribute}/>")
    assert svg[0].attrib == {"cx": "1", "cy": "2"}
    assert problems == ["figure-attribute"]


@pytest.mark.parametrize(("text", "code"), [
    ("<svg", "figure-not-xml"), ("<html/>", "figure-no-viewbox"),
    ("<svg viewBox='0 0 0 0'/>", "figure-no-viewbox"),
    ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg viewBox='0 0 1 1'/>", "figure-doctype"),
])
def test_what_is_no_drawing_is_none(text, code):
    found = Findings("x.svg")
    assert read_drawing(text, found) is None
    assert [one.code for one in found.all()] == [code]


def test_words_come_from_the_list_and_stand_line_below_line():
    svg, _ = draw('<text x="5" y="9">{act}</text>', {"act": "Act\nor <omission>"})
    assert [(one.text, one.get("x"), one.get("dy")) for one in svg[0]] == [
        ("Act", "5", "0em"), ("or <omission>", "5", "1.3em")]


@pytest.mark.parametrize(("shape", "mirrored"), [
    ('<rect x="10" y="0" width="30" height="5"/>', {"x": "60"}),
    ('<circle cx="10" cy="1" r="2"/>', {"cx": "90"}),
    ('<ellipse cx="10" cy="1" rx="2" ry="1"/>', {"cx": "90"}),
    ('<line x1="10" y1="0" x2="30" y2="5"/>', {"x1": "90", "x2": "70", "y2": "5"}),
    ('<polygon points="0,0 10,5 0,10"/>', {"points": "100,0 90,5 100,10"}),
    ('<text x="10" y="5" text-anchor="start">{a}</text>',
     {"x": "90", "text-anchor": "start", "direction": "rtl"}),
    ('<path d="M10 0 h20 v5 l-5,5 H12 z"/>', {"d": "M90 0 h-20 v5 l5 5 H88 z"}),
    ('<path d="M0 0A5 5 30 0110 10"/>', {"d": "M100 0 A5 5 -30 0 0 90 10"}),
    ('<path d="m10 0 5 5"/>', {"d": "m90 0 -5 5"}),
])
def test_right_to_left_a_drawing_begins_at_the_right(shape, mirrored):
    assert mirrored.items() <= attributes(shape, "rtl").items()
    assert not mirrored.items() <= attributes(shape, "ltr").items()


numbers = st.integers(-99, 99).map(str)
segments = st.one_of(
    st.tuples(st.sampled_from("MLTlt"), numbers, numbers),
    st.tuples(st.sampled_from("HVhv"), numbers),
    st.tuples(st.sampled_from("CcSsQq"), numbers, numbers, numbers, numbers, numbers, numbers),
    st.tuples(st.sampled_from("Aa"), st.just("5"), st.just("5"), numbers,
              st.sampled_from("01"), st.sampled_from("01"), numbers, numbers),
).map(lambda words: words[0] + " ".join(words[1:]))


@given(st.lists(segments, min_size=1).map(lambda parts: " ".join(["M0 0", *parts])))
def test_a_path_seen_twice_from_the_other_side_is_itself(path):
    def across(x: float) -> float:
        return 608 - x

    once = mirrored_path(path, across)
    assert mirrored_path(mirrored_path(once, across), across) == once


FILES = {
    "modules/m/x.md": module_text("""\
        ## Act {#act}

        Strong words.

        ![Two things](../../media/m/two.svg "The two. And more of them.")

        ![One thing](../../media/m/one.svg "The one")
        """),
    "media/m/two.svg": SVG.format('<text x="5" y="9">{act}</text><text x="5" y="9">{aim}</text>'),
    "media/m/two.narrow.svg": SVG.format('<text x="5" y="9">{act}</text>'),
    "media/m/two.yaml": "act: Act\naim: Aim\n",
    "media/m/one.svg": SVG.format('<text x="5" y="9">{act}</text>'),
    "media/m/one.yaml": "act: Alone\n",
    "translations/ar/media/m/two.yaml": "act: الفعل\n",
    "translations/ar/modules/m/x.md": module_text("""\
        ## الفعل {#act}

        ![شيئان](../../media/m/two.svg "الاثنان. والمزيد.")

        ![شيء](../../media/m/one.svg "الواحد")
        """),
}


def section_html(course, locale):
    return course.module("m/x", locale).sections[0].parts[0].html


def test_a_figure_has_two_drawings_of_one_list_and_a_number(tmp_path):
    html = section_html(library(tmp_path, FILES), "en")
    assert html.count("<svg") == 3
    assert '<div class="wide"><svg' in html and '<div class="narrow"><svg' in html
    assert "<figcaption><b>figure-en 1. The two.</b> And more of them.</figcaption>" in html
    assert '<div class="both"><svg' in html and "<b>figure-en 2. The one</b></figcaption>" in html


def test_in_arabic_a_figure_has_its_words_and_the_others_stay_as_they_were(tmp_path):
    html = section_html(library(tmp_path, FILES), "ar")
    assert ">الفعل</text>" in html and ">Aim</text>" in html
    assert html.count('direction="rtl"') == 3
    # The second drawing has no Arabic words: it stays English, and says so.
    assert '<div class="both" lang="en" dir="ltr"><svg' in html
