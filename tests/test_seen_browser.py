"""The results of the invented class in a real browser: at a glance and everything behind it."""

from __future__ import annotations

import pytest

from course import open_library, open_store
from course.demo import fill
from course.settings import Settings

from .browser import Watch, chromium, executable
from .serving import Server
from .visiting import SIZES, choose, invalid, nothing, number_of, sign_in_staff, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RESULTS = "/classes/demo/results"
TIP = f"{RESULTS}/tip-basic"
PAGES = [RESULTS, *(TIP + tail for tail in (
    "/where", "/objectives", "/questions", "/misconceptions", "/misconceptions/consent",
    "/before-and-after", "/cases", "/cases/laundry-evidence", "/cases/witness-gone",
    "/activities/elements", "/activities/final", "/activities/elements/objectives/elements",
    "/activities/before/questions/girl-above-the-stable", "/officers/demo20231"))]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The real server with the invented class."""
    executable()
    settings = Settings(data=tmp_path_factory.mktemp("seen") / "data")
    fill(settings, lambda clock: open_store(settings, clock), open_library(settings), print)
    with Server(settings.data) as server, chromium() as browser:
        yield browser, f"http://127.0.0.1:{server.port}"


def sign_in_trainer(page, locale="en"):
    sign_in_staff(page, number_of("trainer"))
    page.goto("/about")
    choose(page, locale)


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_of_the_results_is_accessible_quiet_and_fits(course, locale, tmp_path):
    browser, address = course
    for size in SIZES.values():
        context = browser.new_context(base_url=address, viewport=size)
        page = context.new_page()
        watch = Watch(page, address)
        sign_in_trainer(page, locale)
        sources = {}
        found = [one for url in PAGES for one in visit(page, url, locale, sources)]
        sign_in_trainer(page)
        context.close()
        nothing(found + watch.trouble)
        nothing(invalid(sources, tmp_path))


def test_on_paper_the_officers_keep_their_shapes_and_fit(course):
    browser, address = course
    context = browser.new_context(base_url=address, viewport={"width": 680, "height": 1000})
    page = context.new_page()
    sign_in_trainer(page)
    page.goto(RESULTS)
    page.emulate_media(media="print")
    table = page.locator("table.officers")
    assert table.bounding_box()["width"] <= 680
    square = page.evaluate("() => { const style = getComputedStyle(document.querySelector("
                           "'.officers .passed'), '::before'); return style.borderTopWidth; }")
    assert float(square.removesuffix("px")) > 4
    context.close()


def test_the_chart_runs_from_the_other_side_in_arabic(course):
    browser, address = course
    context = browser.new_context(base_url=address)
    page = context.new_page()
    at = {}
    for locale in ("en", "ar"):
        sign_in_trainer(page, locale)
        page.goto(f"{TIP}/before-and-after")
        at[locale] = float(page.locator(".gains circle.dot-after").first.get_attribute("cx"))
    sign_in_trainer(page)
    assert at["ar"] == pytest.approx(300 - at["en"])
    context.close()
