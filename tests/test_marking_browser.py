"""Marking in a real browser: five answers by the keys alone, without a script, on a phone."""

from __future__ import annotations

import pytest

from .browser import Watch, executable
from .serving import Server
from .visiting import (
    LAPTOP,
    PHONE,
    SIZES,
    choose,
    invalid,
    nothing,
    number_of,
    sign_in,
    sign_in_staff,
    visit,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The real server with the invented class, which has written texts."""
    executable()
    with Server(tmp_path_factory.mktemp("marking") / "data", "--demo") as server:
        yield f"http://127.0.0.1:{server.port}"


def opened(browser, course, viewport=LAPTOP, script=True):
    """A page of the trainer, who is signed in."""
    context = browser.new_context(base_url=course, java_script_enabled=script,
                                  viewport=viewport)
    page = context.new_page()
    sign_in_staff(page, number_of("trainer"))
    return page


def busiest(page):
    """The question that most answers wait for; how many."""
    page.goto("/marking")
    rows = [(int(row.query_selector("td").inner_text()),
             row.query_selector("a").get_attribute("href"))
            for row in page.query_selector_all("main tbody tr")]
    return max(rows)


def begin(page):
    """Open the first answer that waits to the busiest question, by the keyboard."""
    waiting, url = busiest(page)
    page.goto(url)
    page.locator("main a.go").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#answer")
    return waiting, url


def heading(page):
    return page.locator("h1").inner_text()


def test_five_answers_are_marked_by_the_keys_alone(browser, course):
    page = opened(browser, course)
    watch = Watch(page, course)
    waiting, url = begin(page)
    assert waiting >= 5
    for n in range(5):
        before = page.url.split("?")[0].split("#")[0]
        page.keyboard.press("1")
        page.keyboard.press("3")
        if n == 0:
            page.keyboard.press("r")
            page.keyboard.type("Say who gains: 2 of them.")
            page.keyboard.press("Escape")
        assert page.locator("[data-state]").inner_text().strip() == "Not saved yet"
        page.keyboard.press("Enter")
        page.wait_for_function("was => !location.href.startsWith(was)", arg=before)
        page.wait_for_function("() => document.activeElement.id === 'answer'")
        assert "Saved" in page.locator("main [role=status]").first.inner_text()
    here = heading(page)
    page.keyboard.press("p")
    page.wait_for_load_state()
    assert waiting == 5 or heading(page) != here
    page.goto(url)
    assert page.locator("main ol.rows li", has_text="Marked:").count() == 5
    assert not watch.trouble
    page.context.close()


def test_what_was_typed_survives_a_reload_and_a_changed_mark_asks_why(browser, course):
    page = opened(browser, course)
    _, url = busiest(page)
    page.goto(url)
    page.click("main ol.rows li:has-text('Waits for you') a >> nth=0")
    page.fill("#remark", "Half a remark")
    page.reload()
    assert page.input_value("#remark") == "Half a remark"
    page.locator("#answer").focus()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.wait_for_selector("main [role=status]:has-text('Saved')")
    page.goto(url)
    page.click("main ol.rows li:has-text('Marked:') a >> nth=0")
    page.wait_for_url("**#answer")
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    page.wait_for_selector("p.error#answer")
    page.fill("#reason", "Seen on second reading")
    page.keyboard.press("Enter")
    page.wait_for_selector("main [role=status]:has-text('Saved')")
    page.context.close()


def test_an_earlier_remark_is_put_where_it_can_be_changed(browser, course):
    page = opened(browser, course)
    begin(page)
    page.fill("#remark", "Name the exhibit")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector("main [role=status]:has-text('Saved')")
    page.click("summary:has-text('earlier remarks')")
    page.click("li:has-text('Name the exhibit') button")
    assert page.input_value("#remark") == "Name the exhibit"
    assert page.evaluate("document.activeElement.id") == "remark"
    page.context.close()


def test_without_a_script_it_is_a_plain_form(browser, course):
    page = opened(browser, course, script=False)
    _, url = busiest(page)
    page.goto(url)
    page.click("main a.go")
    page.locator("[data-criterion='1']").last.check()
    page.click("button.go")
    page.wait_for_selector("main [role=status]:has-text('Saved')")
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_of_marking_is_accessible_quiet_and_fits(browser, course, locale, size,
                                                            tmp_path):
    page = opened(browser, course, SIZES[size])
    watch = Watch(page, course)
    page.goto("/marking")
    choose(page, locale)
    url = page.locator("main tbody a").first.get_attribute("href")
    page.goto(url)
    answer = page.locator("main ol.rows a").first.get_attribute("href")
    marked = page.locator("main ol.rows a").last.get_attribute("href")
    sources = {}
    found = [one for address in ("/marking", "/marking/overview", url, answer, marked)
             for one in visit(page, address, locale, sources)]
    page.goto("/marking")
    choose(page, "en")
    page.context.close()
    nothing(found + watch.trouble)
    nothing(invalid(sources, tmp_path))


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_learner_finds_the_mark_where_the_text_was_written(browser, course, locale, tmp_path):
    context = browser.new_context(base_url=course, viewport=PHONE)
    page = context.new_page()
    watch = Watch(page, course)
    sign_in(page)
    page.goto("/progress")
    place = page.locator("li:has-text('Marked:') a").first.get_attribute("href")
    choose(page, locale)
    sources = {}
    found = [one for url in ("/progress", place) for one in visit(page, url, locale, sources)]
    assert page.locator(".criteria li").count() > 1 and page.locator(".remark").count() == 1
    page.goto("/progress")
    choose(page, "en")
    context.close()
    nothing(found + watch.trouble)
    nothing(invalid(sources, tmp_path))
