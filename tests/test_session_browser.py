"""A class on one laptop in a real browser: four clicks, by keys, two windows, on paper."""

from __future__ import annotations

import re

import pytest

from course import open_store
from course.core import people
from course.demo import CLASS, PASSPHRASE, STAFF
from course.settings import Settings
from course.web.trust import Secrets

from .browser import Watch, executable, scrolls_sideways, violations
from .classroom import COHORT, fill_class
from .serving import Server
from .visiting import (
    LAPTOP,
    PHONE,
    WALL,
    choose,
    invalid,
    number_of,
    sign_in_staff,
    tabbed_to,
    wall_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TRAINER = number_of(people.TRAINER)
SESSIONS = f"/classes/{COHORT}/sessions"
MODULES = ("tip-basic/elements", "tip-basic/case-path")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The real server with the people of the invented class, who have not studied yet."""
    executable()
    data = tmp_path_factory.mktemp("session") / "data"
    store = open_store(Settings(data=data))
    secret = Secrets(1).of_passphrase(PASSPHRASE)
    for name, number, role in (*STAFF, *((one.name, f"20-{n}", people.LEARNER)
                                         for n, one in enumerate(CLASS))):
        with store.record(people.REGISTER) as record:
            record.append(people.enrol(people.Register(record.document), f"p{number}", name=name,
                                       number=number, role=role, secret=secret))
    fill_class(store, people.Register(store.document(people.REGISTER)), ("tip-basic",),
               number=TRAINER)
    store.close()
    with Server(data) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def opened(browser, course):
    """Opens a page of the trainer; all are closed afterwards."""
    contexts = []

    def open_page(viewport=LAPTOP, locale="en", script=True):
        context = browser.new_context(base_url=course, viewport=viewport,
                                      java_script_enabled=script)
        contexts.append(context)
        page = context.new_page()
        sign_in_staff(page, TRAINER)
        choose(page, locale)
        return page

    yield open_page
    for context in contexts:
        context.close()


def closed(page):
    """No session is open."""
    page.goto("/sessions")
    while re.search(r"/sessions/\w+", page.url):
        page.goto(f"{page.url}/close")
        page.click("main form button.go")
        page.wait_for_url("**/sessions/*")
        page.goto("/sessions")


def begun(page, *modules):
    """A new session of these modules."""
    closed(page)
    page.goto(SESSIONS)
    page.locator("details > summary").last.click()
    for one in modules or MODULES[:1]:
        page.check(f"input[value='{one}']")
    page.click("details button.go")
    page.wait_for_url("**/sessions/*")
    return re.sub("[?#].*", "", page.url)


def pressed(page, selector):
    with page.expect_navigation():
        page.click(selector)


# A class ---------------------------------------------------------------------------------

def test_from_the_classes_to_the_first_question_on_the_wall_in_four_clicks(opened, course):
    page = opened()
    closed(page)
    page.goto("/classes")
    clicks = 0

    def click(selector):
        nonlocal clicks
        clicks += 1
        page.click(selector)
        page.wait_for_load_state()

    click("main a:has-text('Begin a session')")
    click("button:has-text('Start with module')")
    with page.context.expect_page() as coming:
        click("main .acts a[target=wall]")
    wall = coming.value
    watch = Watch(wall, course)
    click("button:has-text('First question on the wall')")
    wall.wait_for_selector("h1.prompt", timeout=10_000)
    assert clicks == 4
    assert not watch.trouble


def test_a_whole_question_by_keyboard_alone_with_two_windows(opened):
    page = opened()
    wall = wall_of(page, begun(page))
    page.bring_to_front()
    tabbed_to(page, "nav.run-sheet li:nth-child(4) button")
    by_key(page, "Enter")
    by_key(page, "Space")
    assert page.get_attribute(".phases-of [aria-current]", "value") == "first"
    for key in ("1", "1", "2", "Shift+1"):
        page.keyboard.press(key)
    page.wait_for_selector("#_counted:has-text('2')")
    assert hands(page)[:2] == ["1", "1"]
    by_key(page, "Space")
    wall.wait_for_selector("[data-left]", timeout=10_000)
    by_key(page, "Space")
    tabbed_to(page, "[data-letter]")
    page.keyboard.type("7")
    by_key(page, "Enter")
    assert hands(page)[0] == "7"
    page.locator("body").press("Escape")
    by_key(page, "Space")
    wall.wait_for_selector(".spread .right", timeout=10_000)
    assert wall.locator(".spread .second").count() == wall.locator(".spread li").count()
    by_key(page, "b")
    wall.wait_for_selector("h1.sr", state="attached", timeout=10_000)
    assert not wall.inner_text("main").strip().replace(page.title(), "").startswith("A")
    by_key(page, "PageUp")


def hands(page):
    return page.eval_on_selector_all("[data-letter]", "all => all.map(one => one.value)")


def by_key(page, key):
    with page.expect_navigation():
        page.keyboard.press(key)


def test_keys_can_be_turned_off_and_stay_off(opened):
    page = opened()
    begun(page)
    page.uncheck("[data-shortcuts]")
    page.keyboard.press("b")
    page.reload()
    page.keyboard.press("b")
    page.wait_for_timeout(300)
    assert page.locator("button:has-text('Blank the wall')").count() == 1
    page.check("[data-shortcuts]")
    page.locator("body").click(position={"x": 5, "y": 300})
    by_key(page, "b")
    assert page.locator("button:has-text('Show the wall again')").count() == 1


def test_what_is_pressed_while_a_count_is_kept_waits_for_it(opened):
    page = opened()
    begun(page)
    pressed(page, "nav.run-sheet li:nth-child(4) button")
    pressed(page, "button.go.large")
    for _ in range(3):
        page.locator("[data-count='1']").first.click()
    page.wait_for_timeout(605)
    pressed(page, "button.go.large")
    assert page.get_attribute(".phases-of [aria-current]", "value") == "talk"
    assert page.locator(".notice").count() == 0
    assert page.locator(".count-bar b bdi").first.inner_text() == "3"


def test_a_phone_as_remote_control_moves_the_page_on_the_laptop(opened):
    page, phone = opened(), opened(PHONE)
    url = begun(page)
    phone.goto(url)
    pressed(phone, "button.go.large")
    page.wait_for_selector(".preview", timeout=10_000)
    pressed(page, "button.go.large")
    phone.wait_for_selector("text=Slide 2", timeout=10_000)


def test_while_the_trainer_counts_another_device_changes_only_the_counts(opened):
    page, phone = opened(), opened(PHONE)
    url = begun(page)
    pressed(page, "nav.run-sheet li:nth-child(4) button")
    pressed(page, "button.go.large")
    page.locator("[data-letter]").nth(1).focus()
    phone.goto(url)
    phone.locator("[data-letter]").first.fill("6")
    page.wait_for_function("() => document.querySelector('[data-letter]').value === '6'",
                           timeout=10_000)
    assert page.evaluate("() => document.activeElement === "
                         "document.querySelectorAll('[data-letter]')[1]")


def test_without_a_script_every_step_has_its_button(opened):
    page = opened(PHONE, script=False)
    wall = wall_of(page, begun(page))
    pressed(page, "nav.run-sheet li:nth-child(4) button")
    pressed(page, "button.go.large")
    assert page.locator("[data-count]:visible").count() == 0
    page.locator("[data-letter]").first.fill("5")
    pressed(page, "button.go.large")
    pressed(page, "button.go.large")
    pressed(page, "button.go.large")
    wall.click("noscript a")
    wall.wait_for_selector(".spread .right")
    assert wall.locator(".count-bar b bdi").all_inner_texts().count("5") == 1


# Every page ------------------------------------------------------------------------------

def pages_of(page):
    """Every page of a session: of a question each phase, of the wall what it shows then."""
    url = begun(page, *MODULES)
    yield "/sessions"
    yield from (SESSIONS, url, f"{url}/wall", f"{url}/plan", f"{url}/attendance", f"{url}/close",
                f"{url}/plan?pick=1&module=tip-basic/elements", "/cards",
                f"/classes/{COHORT}/attendance", f"/classes/{COHORT}/attendance/sheet")
    for n in (1, 2, 4):
        page.goto(url)
        pressed(page, f"nav.run-sheet li:nth-child({n}) button")
        for _ in range(5 if n == 4 else 2):
            if page.locator("[data-letter]").count():
                page.locator("[data-letter]").first.fill("4")
                page.locator("[data-letter]").nth(1).fill("7")
            yield url
            yield f"{url}/wall"
            page.goto(url)
            pressed(page, "button.go.large")
    closed(page)
    yield from ("/sessions", url, f"{url}/attendance", f"/classes/{COHORT}/attendance", SESSIONS)


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_is_accessible_valid_and_fits(opened, course, locale, tmp_path):
    page = opened(LAPTOP, locale)
    watch, found, sources = Watch(page, course), [], {}
    for url in pages_of(page):
        page.goto(url)
        for size in (PHONE, WALL if url.endswith("/wall") else LAPTOP):
            page.set_viewport_size(size)
            if scrolls_sideways(page):
                found.append(f"{url} {size['width']}: scrolls sideways")
        if url.endswith("/wall") and page.evaluate(
                "() => document.documentElement.scrollHeight") > WALL["height"]:
            found.append(f"{url}: more than fits, {page.inner_text('main')[:80]}")
        found += [f"{url}: {one}" for one in violations(page)]
        sources[f"{url} {len(sources)}"] = page.content()
    assert not found + watch.trouble, "\n".join(found + watch.trouble)
    assert not invalid(sources, tmp_path)


SIZES = """() => [...document.querySelectorAll('main :is(h1, p, li, .words, td)')].filter(
    one => one.offsetHeight && !one.closest('noscript, .wall-foot, .count-bar, .sr')).map(
    one => parseFloat(getComputedStyle(one).fontSize))"""


def test_the_wall_is_read_from_the_last_row(opened):
    page = opened()
    wall = wall_of(page, begun(page))
    for n in (1, 2, 4):
        pressed(page, f"nav.run-sheet li:nth-child({n}) button")
        wall.reload()
        assert min(wall.evaluate(SIZES)) >= 28


# Paper -----------------------------------------------------------------------------------

def test_cards_fill_quarters_of_pages_and_the_sheet_is_one_page(opened):
    page = opened()
    page.goto("/cards")
    assert boxes(page.pdf(prefer_css_page_size=True)) == 2
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    cards = [one.bounding_box() for one in page.locator(".letter-card").all()]
    assert min(one["height"] for one in cards) > 120 * 96 / 25.4
    page.goto(f"/classes/{COHORT}/attendance/sheet")
    assert boxes(page.pdf(prefer_css_page_size=True)) == 1


def boxes(pdf):
    return len(re.findall(rb"/MediaBox \[", pdf))
