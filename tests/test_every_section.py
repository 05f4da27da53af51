"""Every section of every module and case, and every job aid, in a real browser on a phone."""

from __future__ import annotations

import re

import pytest

from course.content.library import Library
from course.content.source import Roots

from . import test_browser
from .browser import Watch
from .serving import ROOT
from .test_browser import LEARNER
from .visiting import invalid, nothing, sign_in, visit

course = test_browser.course
pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIBRARY = Library(Roots.find(ROOT, None), str, lambda key, locale: key)
MANUALS = [manual.id for manual in LIBRARY.manuals("en")]


def modules(manual):
    return [LIBRARY.module(entry.id, "en") for entry in LIBRARY.manual(manual, "en").entries]


def addresses(manual):
    """Every section as it opens; what is announced, whole and in its short version."""
    for module in modules(manual):
        if module.is_test:
            yield f"/manuals/{module.id}/quiz"
        for section in module.sections:
            ways = ("?show=full", "?show=short") if section.gate else ("",)
            yield from (f"/manuals/{module.id}/{section.slug}{way}" for way in ways)


@pytest.mark.parametrize("manual", MANUALS)
def test_every_section_is_accessible_quiet_valid_and_fits(browser, course, manual, tmp_path):
    context = browser.new_context(base_url=course, viewport={"width": 360, "height": 740})
    page = context.new_page()
    watch = Watch(page, course)
    sign_in(page, LEARNER["en"])
    found, sources = [], {}
    for url in addresses(manual):
        found += visit(page, url, "en", sources)
    context.close()
    nothing(found + watch.trouble + invalid(sources, tmp_path))


@pytest.mark.parametrize("manual", MANUALS)
def test_every_job_aid_prints_on_one_page(browser, course, manual):
    context = browser.new_context(base_url=course, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    sign_in(page, LEARNER["en"])
    pages = {}
    for module in modules(manual):
        if module.aid:
            page.goto(f"/manuals/{module.id}/aid")
            printed = page.pdf(format="A4")
            pages[module.id] = len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))
    context.close()
    assert pages
    assert {name: count for name, count in pages.items() if count != 1} == {}
