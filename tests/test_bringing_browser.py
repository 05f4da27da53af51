"""Bringing laptops together in a real browser: a file in, people enrolled twice, undo, the end."""

from __future__ import annotations

import pytest

from course.bundles import parcel
from course.core.statement import Statement
from course.store.bundle import Head

from .browser import Watch, chromium, executable
from .serving import Server
from .visiting import SIZES, choose, faults, invalid, nothing, number_of, sign_in_staff, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ["/classes/bring", "/classes/bring/twice", "/classes/bring/end"]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """The real server with the invented class, and the file of a laptop that has one of its
    learners too, under another id."""
    executable()
    folder = tmp_path_factory.mktemp("room")
    file = folder / "laptop-two.fourthp"
    with Server(folder / "data", "--demo") as server, chromium() as browser:
        file.write_bytes(b"".join(parcel(
            Head("bbbb00000002", "2026-11-26T09:00:00Z", "0.1.0"), lambda: another(), {})))
        yield browser, f"http://127.0.0.1:{server.port}", file


def another():
    """Alvi Ardis as another laptop enrolled them, and what they noted there."""
    told = {"name": "Ardis, Alvi", "number": "9-zz", "role": "learner", "language": "en",
            "secret": "x"}
    return [Statement("bbbb00000002", 1, 1, "2026-11-26T09:00:00.000Z", "people:register",
                      "enrolled", "other-id", told),
            Statement("bbbb00000002", 2, 2, "2026-11-26T09:01:00.000Z", "learner:other-id",
                      "noted", "tip-basic/elements#means", {"text": "from the other laptop"})]


def staff_page(browser, address, size, locale):
    page = browser.new_context(base_url=address, viewport=size).new_page()
    sign_in_staff(page, number_of("administrator"))
    choose(page, locale)
    return page


def send(page, file):
    page.goto("/classes/bring")
    page.set_input_files("#files", file)
    page.locator("form[action$='/look'] button").click()


def press(page, button):
    """The first of such buttons, by its key; the page that it leads to."""
    page.locator(button).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_quiet_and_fits(room, locale, size, tmp_path):
    browser, address, file = room
    page = staff_page(browser, address, SIZES[size], locale)
    watch = Watch(page, address)
    sources: dict[str, str] = {}
    found = [one for url in PAGES for one in visit(page, url, locale, sources)]
    send(page, file)
    found += faults(page, "preview", locale, sources)
    page.locator("form[action$='/take'] button").first.click()
    page.wait_for_url("**/twice")
    found += faults(page, "twice", locale, sources)
    page.goto("/classes/bring")
    found += faults(page, "brought in", locale, sources)
    with page.expect_navigation():
        page.locator("form[action$='/undo'] button").first.click()
    choose(page, "en")
    page.context.close()
    nothing(found + watch.trouble)
    nothing(invalid(sources, tmp_path))


def test_with_the_keyboard_alone_a_file_is_brought_in_and_two_are_joined(room):
    browser, address, file = room
    page = staff_page(browser, address, SIZES["laptop"], "en")
    send(page, file)
    for heading in ("What would change", "Enrolled twice"):
        assert heading in page.title()
        press(page, "main form button")
    assert page.locator("#joined").count() == 1
    page.goto("/classes/bring")
    press(page, "form[action$='/undo'] button")
    page.goto("/classes/bring/twice")
    assert page.locator("#joined").count() == 0
    page.context.close()
