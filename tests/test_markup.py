"""Markdown as learners see it: what is made of it, and what can never be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.content.links import Target, file_of, links_in, target_of
from course.content.markup import Definition, Renderer


@dataclass
class FewThings:
    """Surroundings with two pages, one term, one figure and one filled slot."""

    figures: list[tuple[str, str, str]] = field(default_factory=list)

    def url(self, href):
        return {"act.md": "/act", "g.md#debt": "/glossary#debt"}.get(href, "")

    def definition(self, href):
        return Definition("debt", "<p><dfn>Debt</dfn> owed</p>") if href == "g.md#debt" else None

    def figure(self, href, alt, caption):
        self.figures.append((href, alt, caption))
        return "<figure>drawn</figure>" if href == "x.svg" else ""

    def national(self, slot):
        return "<b>Section 214</b>"

    def place(self, slot):
        return "117" if slot == "hotline" else ""

    def word(self, key):
        return key


@pytest.fixture
def page():
    return Renderer(FewThings())


@pytest.mark.parametrize(("text", "html"), [
    ("Read *this* **now**.", "<p>Read <em>this</em> <strong>now</strong>.</p>"),
    ("<script>x</script> & <b>b</b>",
     "<p>&lt;script&gt;x&lt;/script&gt; &amp; &lt;b&gt;b&lt;/b&gt;</p>"),
    ("<div onclick='x'>\n\nText\n\n</div>",
     "<p>&lt;div onclick='x'&gt;</p>\n<p>Text</p>\n<p>&lt;/div&gt;</p>"),
    ("[the act](act.md)", '<p><a href="/act">the act</a></p>'),
    ("[out](https://example.org/) [js](javascript:x)",
     "<p><span>out</span> <span>js</span></p>"),
    ("<https://example.org>", "<p>&lt;https://example.org&gt;</p>"),
    ("[a][b]\n\n[b]: https://example.org", "<p>[a][b]</p>\n<p>[b]: https://example.org</p>"),
    ("Text\n{#child-rule}", '<p id="child-rule">Text</p>'),
    ("### Heading {#here}", '<h3 id="here">Heading</h3>'),
    ("- one\n- two\n{#both}", '<ul id="both">\n<li>one</li>\n<li>two</li>\n</ul>'),
    ("Text\n\n{#late}", '<p id="late">Text</p>'),
    ('Text\n{: onclick="x"}', '<p>Text\n{: onclick="x"}</p>'),
    ("# Too high", "<h3>Too high</h3>"),
    ("Line\n---", "<p>Line</p>\n<hr>"),
    ("    not code", "<p>not code</p>"),
    ("Ask:\n- who\n- when", "<p>Ask:</p>\n<ul>\n<li>who</li>\n<li>when</li>\n</ul>"),
    ("- [ ] seen\n- [ ] held",
     '<ul class="ticks">\n<li>seen</li>\n<li>held</li>\n</ul>'),
    ("Under {national: penalty} only", "<p>Under <b>Section 214</b> only</p>"),
    ("An ![icon](x.svg) inside", "<p>An <span>icon</span> inside</p>"),
])
def test_what_an_author_writes_becomes(page, text, html):
    assert page.blocks(text) == html


def test_a_table_scrolls_in_a_frame_with_a_name(page):
    html = page.blocks("| | Smuggling |\n| - | -: |\n| Border | needed |")
    assert html.startswith('<div aria-label="table: Smuggling" class="table" role="region"'
                           ' tabindex="0">') or 'role="region"' in html
    assert '<th class="end" scope="col">Smuggling</th>' in html.replace(
        'scope="col" class="end"', 'class="end" scope="col"')
    assert "style" not in html and "<th></th>" not in html


def test_the_first_paragraph_is_the_lead_even_below_a_figure(page):
    html = page.blocks("![alt](x.svg)\n\nStrong words.\n\nMore.", lead=True)
    assert '<p class="lead">Strong words.</p>' in html and html.count("lead") == 1


def test_terms_of_a_paragraph_are_explained_below_it_once(page):
    text = "A [debt](g.md#debt), a [debt](g.md#debt).\n\nAgain [debt](g.md#debt)."
    html = page.blocks(text, glosses=True)
    first, note, again = html.split("\n")[:3]
    assert first.count('<a class="term" href="/glossary#debt">') == 2 or first.count("term") == 2
    assert note == '<div class="gloss" role="note"><p><dfn>Debt</dfn> owed</p></div>'
    assert again.startswith("<p>Again") and html.count("<dfn>") == 1


def test_a_figure_stands_for_its_paragraph_and_its_alt_where_there_is_none(page):
    html = page.blocks('![Three\nboxes](x.svg "The elements. All three.")\n\n![Words](y.svg)')
    assert html == "<figure>drawn</figure>\n<p>Words</p>"
    assert page.surroundings.figures[0] == ("x.svg", "Three boxes", "The elements. All three.")


def test_places_of_a_job_aid_are_filled_or_left_for_a_pen(page):
    html = page.aid("Hotline: {national: hotline}\nProsecutor: {national: prosecutor}")
    assert html.split("\n") == [
        '<p class="fill"><span>Hotline</span> <span class="place">117</span></p>',
        '<p class="fill"><span>Prosecutor</span> <span class="place"></span></p>']


@pytest.mark.parametrize(("text", "html"), [
    ("1. not a list", "1. not a list"), ("# no heading", "# no heading"),
    ("see [the act](act.md)", "see <span>the act</span>"), ("two\nlines", "two lines"),
    ("![alt](x.svg)", "<span>alt</span>"), ("a < b & c", "a &lt; b &amp; c"),
    ("{#x}", ""), ("*all*", "<em>all</em>"),
])
def test_a_choice_is_one_line_without_links(page, text, html):
    assert page.inline(text, links=False) == html


class Tags(HTMLParser):
    """Every tag and attribute that a browser would see."""

    def __init__(self, html):
        super().__init__()
        self.seen = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen |= {tag, *(f"@{name}" for name, _ in attrs)}


KNOWN = {"p", "em", "strong", "a", "@href", "span", "ul", "ol", "li", "@id", "@class", "h3", "h4",
         "h5", "h6", "hr", "br", "blockquote", "code", "div", "table", "thead", "tbody", "tr",
         "th", "td", "@scope", "@role", "@tabindex", "@aria-label", "figure", "b", "dfn", "@start"}

snippets = st.sampled_from([
    "<script>", "</p>", "<img src=x onerror=y>", "[a](javascript:x)", "![a](x \"b\")", "[", "](",
    "{#id}", "{: style=x}", "`", "**", "_", "|", "\n", "\n\n", "    ", "- ", "1. ", "# ", "&lt;",
    "&#60;", "<!--", "-->", "\x02", "\x03", "wzxhzdk:0", "klzzwxh:0001", "\\", "<a href='x'>",
    "[a](<javascript:x>)", '[a](act.md "t" onclick=x)', "{national: x}", ": ", "words ",
])


@given(st.lists(snippets, max_size=12).map("".join))
def test_nothing_an_author_writes_makes_another_element_or_attribute(text):
    page = Renderer(FewThings())
    html = page.blocks(text, lead=True, glosses=True) + page.inline(text) + page.aid(text)
    assert Tags(html).seen <= KNOWN
    assert set(re.findall(r'href="([^"]*)"', html)) <= {"/act", "/glossary#debt"}


# Links ------------------------------------------------------------------------------------

def section_of(file, anchor):
    return {"children": "children", "child-rule": "children", "art-3-c": "art-3"}.get(anchor)


@pytest.mark.parametrize(("href", "target"), [
    ("", Target("module", "tip-basic/x")),
    ("#child-rule", Target("section", "tip-basic/x", "children", "child-rule")),
    ("act.md", Target("module", "tip-basic/act")),
    ("act.md#children", Target("section", "tip-basic/act", "children")),
    ("act.md#nowhere", Target("module", "tip-basic/act")),
    ("index.md", Target("manual", "tip-basic")),
    ("../som-basic/act.md#child-rule",
     Target("section", "som-basic/act", "children", "child-rule")),
    ("../library/tip-protocol.md", Target("instrument", "tip-protocol")),
    ("../library/tip-protocol.md#art-3-c", Target("article", "tip-protocol", "art-3", "art-3-c")),
    ("../library/index.md", Target("page", "library")),
    ("../glossary.md", Target("glossary")),
    ("../glossary.md#children", Target("term", anchor="children")),
    ("../wellbeing.md", Target("page", "wellbeing")),
    ("../../media/tip-basic/x.svg", None), ("../../quizzes/tip-basic/x.md", None),
    ("https://example.org/x.md", None), ("//host/x.md", None), ("/etc/x.md", None),
    ("../../../x.md", None), ("mailto:a@b.md", None), ("C:\\x.md", None),
])
def test_where_a_link_of_a_module_leads(href, target):
    file, anchor = file_of("modules/tip-basic/x.md", href)
    assert target_of(file, anchor, section_of) == target


def test_a_link_out_of_the_course_is_to_no_file():
    assert file_of("modules/m/x.md", "../../../secret.md#x") == ("", "")


def test_links_are_found_with_their_lines():
    text = 'A [b [c]](x.md#y)\nand\n![d\ne](f.svg "g")'
    first, second = links_in(text, 10)
    assert (first.label, first.href, first.line, first.image) == ("b [c]", "x.md#y", 10, False)
    assert (second.href, second.title, second.line, second.image) == ("f.svg", "g", 12, True)
