"""The trainer's side of cases in a real browser: two windows, by keys, on paper, on the wall."""

from __future__ import annotations

import re

import pytest

from course.demo import STAFF

from .browser import Watch, executable, scrolls_sideways, violations
from .serving import Server
from .test_case_browser import EVIDENCE, INTERVIEW, KINDS, SCENARIO, SORTER
from .visiting import LAPTOP, PHONE, WALL, choose, invalid, sign_in_staff, tabbed_to, wall_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBERS = {"en": STAFF[1][1], "ar": STAFF[2][1]}
"""Who runs the room: each in a language of their own."""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    executable()
    with Server(tmp_path_factory.mktemp("room") / "data", "--demo") as server:
        yield f"http://127.0.0.1:{server.port}"


def opened(browser, course, viewport, locale="en", script=True):
    """A page of somebody of the staff."""
    context = browser.new_context(base_url=course, viewport=viewport, java_script_enabled=script)
    page = context.new_page()
    sign_in_staff(page, NUMBERS[locale])
    choose(page, locale)
    return page


def begun(page, case):
    """A play of one's own, from its first scene."""
    page.goto(f"{case}/room")
    anew = page.locator("button[name=anew]")
    (anew if anew.count() else page.locator("main form button.go")).first.click()
    page.wait_for_url("**/room/*")
    return page.url.partition("#")[0]


def pressed(page, keys):
    """Press keys that send the form, and wait for the page that follows."""
    with page.expect_navigation():
        page.keyboard.press(keys)


# By keyboard -----------------------------------------------------------------------------

def test_a_room_is_run_with_two_windows_by_keyboard_alone(browser, course):
    page = opened(browser, course, LAPTOP)
    page.goto(f"{SCENARIO}/room")
    tabbed_to(page, "button.large")
    pressed(page, "Enter")
    tabbed_to(page, "main a[target=wall]")
    with page.context.expect_page() as coming:
        page.keyboard.press("Enter")
    wall = coming.value
    wall.wait_for_selector(".letters")
    watch, seen = Watch(wall, course), wall.inner_text("main")
    page.bring_to_front()
    for n in range(60):
        if page.query_selector("button[value=look-back]"):
            break
        if page.query_selector("button[value=vote]") and n % 2:
            tabbed_to(page, "button[value=vote]")
            pressed(page, "Enter")
        tabbed_to(page, "[data-letter]")
        page.keyboard.press("ArrowUp")
        tabbed_to(page, "[data-count='1']")
        page.keyboard.press("Space")
        assert page.eval_on_selector("[data-letter]", "one => one.value") == "2"
        assert page.inner_text("[data-most]").strip() == "A"
        tabbed_to(page, "button[value=decide]")
        pressed(page, "Enter")
    tabbed_to(page, "button[value=look-back]")
    pressed(page, "Enter")
    assert page.query_selector("h1.verdict")
    wall.wait_for_selector("h1.verdict", timeout=10_000)
    assert wall.inner_text("main") != seen
    assert not watch.trouble
    page.context.close()


def test_enter_in_a_count_keeps_the_hands_and_decides_nothing(browser, course):
    page = opened(browser, course, LAPTOP)
    begun(page, SCENARIO)
    tabbed_to(page, "[data-letter]")
    page.keyboard.type("12")
    pressed(page, "Enter")
    assert page.eval_on_selector("[data-letter]", "one => one.value") == "12"
    assert page.query_selector(".told") and not page.query_selector(".exchange")
    page.context.close()


def test_the_wall_follows_by_itself_and_asks_with_its_version(browser, course):
    page = opened(browser, course, LAPTOP)
    wall = wall_of(page, begun(page, SCENARIO))
    with wall.expect_response(lambda answer: answer.url.endswith("/wall")) as told:
        pass
    assert told.value.status == 304
    page.locator("[data-letter]").first.fill("5")
    page.click("button[value=decide]")
    wall.wait_for_selector(".exchange", timeout=10_000)
    page.context.close()


def test_without_a_script_hands_are_numbers_and_the_wall_has_a_link(browser, course):
    page = opened(browser, course, PHONE, script=False)
    wall = wall_of(page, begun(page, SCENARIO))
    assert page.locator("[data-count]:visible").count() == 0
    page.locator("[data-letter]").first.fill("5")
    page.click("button[value=decide]")
    page.wait_for_load_state()
    wall.click("noscript a")
    wall.wait_for_selector(".exchange")
    page.context.close()


# Every page ------------------------------------------------------------------------------

def pages_of(page, case):
    """Every page of a trainer about a case; of a play its first three moments."""
    yield from ((f"{case}{tail}", False) for tail in ("", "/class", "/room", "/paper"))
    play = begun(page, case)
    for do in ("", "vote", "talk"):
        button = page.locator(f"button[name=do][value={do}]") if do else None
        if button and button.count():
            page.goto(play)
            button.first.click()
            page.wait_for_load_state()
        yield play, False
        yield f"{play}/wall", True


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("case", KINDS)
def test_every_page_is_accessible_valid_and_fits(browser, course, case, locale, tmp_path):
    page = opened(browser, course, LAPTOP, locale)
    watch, found, sources = Watch(page, course), [], {}
    for url, is_wall in pages_of(page, case):
        page.goto(url)
        for size in (LAPTOP, WALL if is_wall else PHONE):
            page.set_viewport_size(size)
            if scrolls_sideways(page):
                found.append(f"{url} {size['width']}: scrolls sideways")
        found += [f"{url}: {one}" for one in violations(page)]
        sources[url + str(len(sources))] = page.content()
    page.context.close()
    assert not found + watch.trouble, "\n".join(found + watch.trouble)
    assert not invalid(sources, tmp_path)


SIZES_ON_THE_WALL = """() => [...document.querySelectorAll(
    'main :is(p:not(.note), .letters span, h2, .words, li)')].filter(one => one.offsetHeight
      && !one.closest('noscript, .exhibit-title, .note')).map(
    one => parseFloat(getComputedStyle(one).fontSize))"""


@pytest.mark.parametrize("case", [SCENARIO, INTERVIEW, SORTER, EVIDENCE])
def test_the_wall_is_read_from_the_last_row(browser, course, case):
    page = opened(browser, course, LAPTOP)
    wall = wall_of(page, begun(page, case))
    assert min(wall.evaluate(SIZES_ON_THE_WALL)) >= 28
    page.context.close()


# Paper -----------------------------------------------------------------------------------

def test_the_key_begins_a_page_and_the_grid_is_one_landscape_page(browser, course):
    page = opened(browser, course, LAPTOP)
    page.goto(f"{EVIDENCE}/paper")
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = [tuple(map(float, one.split())) for one in re.findall(rb"/MediaBox \[([^]]*)\]", pdf)]
    wide = [box for box in boxes if box[2] > box[3]]
    assert len(wide) == 1
    assert len(boxes) > 3
    page.emulate_media(media="print")
    breaks = page.evaluate("() => ['.paper-key', '.paper-grid'].map("
                           "one => getComputedStyle(document.querySelector(one)).breakBefore)")
    assert breaks == ["page", "page"]
    page.context.close()
