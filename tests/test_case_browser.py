"""The cases in a real browser: by keyboard alone, without a script, on a phone, in Arabic."""

from __future__ import annotations

import re

import pytest

from .browser import Watch, executable, scrolls_sideways, violations
from .serving import Server
from .visiting import LAPTOP, PHONE, sign_in, tabbed_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCENARIO, INTERVIEW, EVIDENCE, SORTER = (f"/manuals/tip-basic/{name}/case" for name in (
    "witness-gone", "ms-n-interview", "laundry-evidence", "which-crime"))
KINDS = [SCENARIO, INTERVIEW, EVIDENCE, SORTER]
LEARNER = {"en": "demo20287", "ar": "demo20266", "en-done": "demo20210", "ar-done": "demo20266"}
"""Of the invented class: one at the beginning, one half way, one who has done it all."""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    executable()
    with Server(tmp_path_factory.mktemp("cases") / "data", "--demo") as server:
        yield f"http://127.0.0.1:{server.port}"


def opened(browser, course, viewport, script=True, learner="en"):
    """A page of somebody who is signed in."""
    context = browser.new_context(base_url=course, viewport=viewport, java_script_enabled=script)
    page = context.new_page()
    sign_in(page, LEARNER[learner])
    return page


def begun(page, case):
    page.goto(case)
    page.click("main form button >> nth=0")
    page.wait_for_url("**/tries/**")


def asked(page):
    """What is asked now; empty at the end."""
    form = page.query_selector(".ask")
    return form.get_attribute("action") if form else ""


def until(page, is_so, what):
    """Wait for something the page does by itself."""
    for _ in range(200):
        if is_so():
            return
        page.wait_for_timeout(25)
    raise AssertionError(what)


def clicked(page):
    """The choices of a page made with a thumb, the first of each group, and sent."""
    before = asked(page)
    for group in page.query_selector_all(".ask fieldset"):
        group.query_selector("input").check()
    page.click(".ask button.go")
    page.wait_for_load_state()
    until(page, lambda: asked(page) != before, f"still at {before}")


def comes_to(page, anchor):
    """The focus comes to an element by itself, once the page is there."""
    until(page, lambda: page.evaluate("() => document.activeElement.id") == anchor,
          f"the focus is not on {anchor}")


def by_keys(page):
    """The same with the keyboard alone: Tab to each group, choose, Tab to the button."""
    groups = len(page.query_selector_all(".ask fieldset"))
    for n in range(groups):
        tabbed_to(page, f".ask fieldset:nth-of-type({n + 1}) input")
        page.keyboard.press("Space")
    tabbed_to(page, ".ask button.go")
    before = asked(page)
    page.keyboard.press("Enter")
    until(page, lambda: asked(page) != before, f"still at {before}")
    comes_to(page, "now")


# The whole of each kind -------------------------------------------------------------------

@pytest.mark.parametrize("case", [SCENARIO, INTERVIEW, SORTER])
def test_a_case_is_played_to_its_end_by_keyboard_alone(browser, course, case):
    """After each step the focus is on what has happened, so Tab goes on from there."""
    page = opened(browser, course, LAPTOP)
    watch = Watch(page, course)
    page.goto(case)
    tabbed_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tries/**")
    for _ in range(60):
        if not page.query_selector(".ask"):
            break
        by_keys(page)
    assert page.query_selector("h1.verdict"), page.url
    assert not watch.trouble
    page.context.close()


def test_an_evidence_file_is_filled_and_charged_by_keyboard_alone(browser, course):
    page = opened(browser, course, LAPTOP)
    begun(page, EVIDENCE)
    tabbed_to(page, "main ol.rows a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/exhibits/*")
    tabbed_to(page, "select.cell")
    page.keyboard.press("ArrowDown")
    tabbed_to(page, "#cells button.go")
    page.keyboard.press("Enter")
    comes_to(page, "cells")
    assert page.eval_on_selector("select.cell", "one => one.value") == "proves"
    page.goto(page.url.partition("/exhibits")[0] + "/charge")
    for n in range(1, len(page.query_selector_all(".check")) + 1):
        tabbed_to(page, "input, textarea", within=n)
        is_text = page.evaluate("() => document.activeElement.matches('textarea')")
        page.keyboard.type("The ledger shows it.") if is_text else page.keyboard.press("Space")
        tabbed_to(page, "button.go", within=n)
        page.keyboard.press("Enter")
        until(page, lambda n=n: len(page.query_selector_all(".check > .note")) >= n, "not kept")
    tabbed_to(page, "button.large")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1.verdict")
    page.context.close()


@pytest.mark.parametrize("case", [SCENARIO, INTERVIEW, SORTER])
def test_a_case_is_played_to_its_end_in_arabic_on_a_phone_without_a_script(browser, course, case):
    page = opened(browser, course, PHONE, script=False, learner="ar")
    assert page.get_attribute("html", "dir") == "rtl"
    begun(page, case)
    for _ in range(60):
        if not page.query_selector(".ask"):
            break
        clicked(page)
    assert page.query_selector("h1.verdict"), page.url
    page.context.close()


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize("learner", ["en", "ar"])
def test_every_page_of_a_case_is_accessible_and_fits(browser, course, learner, viewport):
    page = opened(browser, course, viewport, learner=learner)
    watch = Watch(page, course)
    found = []

    def look():
        found.extend(f"{page.url}: {one}" for one in violations(page))
        if scrolls_sideways(page):
            found.append(f"{page.url}: scrolls sideways")

    for case in KINDS:
        page.goto(case)
        look()
        begun(page, case)
        look()
        if case == EVIDENCE:
            for link in page.eval_on_selector_all(
                    "main ol.rows a, main tbody th a", "all => all.map(one => one.href)"):
                page.goto(link)
                look()
            for end in ("/charge", "/sheet"):
                page.goto(page.url.partition("/suspects")[0].removesuffix("/charge") + end)
                look()
            continue
        for n in range(6):
            clicked(page)
            if n in (0, 1, 5):
                look()
    page.context.close()
    page = opened(browser, course, viewport, learner=f"{learner}-done")
    watch_too = Watch(page, course)
    for case in KINDS:
        page.goto(case)
        page.click("main ol.rows a >> nth=0")
        page.wait_for_url("**/tries/**")
        look()
    watch.trouble += watch_too.trouble
    assert not [*found, *watch.trouble], "\n".join([*found, *watch.trouble])
    page.context.close()


def test_an_evidence_file_is_closed_in_arabic_on_a_phone_without_a_script(browser, course):
    page = opened(browser, course, PHONE, script=False, learner="ar")
    begun(page, EVIDENCE)
    file = page.url
    page.click("main ol.rows a >> nth=0")
    page.select_option("select.cell >> nth=0", "proves")
    page.click("#cells button.go")
    assert page.eval_on_selector("select.cell", "one => one.value") == "proves"
    page.goto(f"{file}/charge")
    for n in range(len(page.query_selector_all(".check"))):
        box = page.query_selector_all(".check")[n]
        written = box.query_selector("textarea")
        written.fill("E2") if written else box.query_selector("input[name=r]").check()
        box.query_selector("button.go").click()
        page.wait_for_load_state()
    page.click("button.large")
    assert page.query_selector("h1.verdict"), page.url
    page.context.close()


@pytest.mark.parametrize("case", [EVIDENCE, "/manuals/som-basic/corvel-evidence/case"])
def test_the_grid_of_an_evidence_file_prints_on_one_page(browser, course, case):
    page = opened(browser, course, LAPTOP)
    begun(page, case)
    page.goto(f"{page.url}/sheet")
    paper = page.pdf(prefer_css_page_size=True, format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    page.context.close()
