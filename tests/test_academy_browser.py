"""The registrar's pages in a real browser: a record from the first setting up to the sheet."""

from __future__ import annotations

import re

import pytest

from .browser import Watch, chromium, executable
from .issuing import PASSPHRASE
from .serving import Server
from .visiting import (
    FINISHED,
    SIZES,
    choose,
    faults,
    invalid,
    nothing,
    number_of,
    sign_in,
    sign_in_staff,
    speak,
    visit,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ["/academy", "/academy/profile", "/academy/rules", "/academy/rules/all",
         "/academy/rules/tip-basic", "/academy/keys", "/academy/keys/make",
         "/academy/keys/rotate", "/academy/keys/restore", "/academy/keys/trust",
         "/academy/keys/lists", "/academy/keys/lists/own", "/academy/manuals/tip-basic/completion",
         "/academy/manuals/tip-basic/achievement", "/academy/manuals/tip-basic/attendance",
         f"/academy/manuals/tip-basic/completion/issue?person={FINISHED}",
         "/academy/register", "/academy/register/print", "/academy/register/faults",
         "/academy/check", "/academy/audit", "/academy/audit?kind=roles",
         "/academy/audit?kind=marks", f"/staff/people/{FINISHED}"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The real server with the invented class, its academy described, its key made, and one
    record issued: the address, and the record's number."""
    executable()
    with Server(tmp_path_factory.mktemp("desk") / "data", "--demo") as server, \
            chromium() as browser:
        address = f"http://127.0.0.1:{server.port}"
        page = browser.new_context(base_url=address).new_page()
        sign_in_staff(page, number_of("registrar"))
        yield browser, address, set_up(page)


def set_up(page):
    """From nothing to a record, as a registrar does it; its number."""
    page.goto("/academy")
    page.click("text=Describe the academy")
    page.fill("#name", "Academy of Casteria")
    page.fill("#other_name", "أكاديمية كاستيريا")
    page.select_option("#other_language", "ar")
    page.fill("#prefix", "CAS")
    page.fill("#signs1", "R. Ames")
    page.fill("#title1", "Registrar")
    page.click("form[action='/academy/profile'] button.go")
    page.click("text=Make the key")
    page.fill("#passphrase", PASSPHRASE)
    page.fill("#again", PASSPHRASE)
    page.click("main form button.go")
    page.goto(f"/academy/manuals/tip-basic/completion/issue?person={FINISHED}")
    page.locator("input[id^='other.']").fill("ألفي")
    for reason in page.locator("input[id^='why.']").all():
        reason.fill("Taught in the class room")
    page.fill("#passphrase", PASSPHRASE)
    page.click("main form button.go")
    page.click("a:has-text('CAS-')")
    return re.search(r"CAS-[^/]+$", page.url)[0]


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_of_the_registrar_is_accessible_quiet_and_fits(desk, locale, tmp_path):
    browser, address, number = desk
    record = [f"/academy/register/{number}{tail}"
              for tail in ("", "/correct", "/reissue", "/revoke")]
    for size in SIZES.values():
        context = browser.new_context(base_url=address, viewport=size)
        page = context.new_page()
        watch = Watch(page, address)
        sign_in_staff(page, number_of("registrar"))
        choose(page, locale)
        sources = {}
        found = [one for url in [*PAGES, *record, f"/records/{number}"]
                 for one in visit(page, url, locale, sources)]
        page.goto("/academy/check")
        page.fill("#what", number)
        page.click("main form button.go")
        assert page.locator(".verdict-box.good").count() == 1
        found += faults(page, "checked", locale, sources)
        page.goto("/academy")
        choose(page, "en")
        context.close()
        nothing(found + watch.trouble)
        nothing(invalid(sources, tmp_path))


def test_a_learner_prints_the_sheet_on_one_page_beside_its_transcript(desk, tmp_path):
    browser, address, number = desk
    context = browser.new_context(base_url=address)
    page = context.new_page()
    speak(page, "en")
    sign_in(page)
    page.goto("/records")
    page.click("main a:has-text('completion')")
    assert page.url.endswith(number)
    square = page.locator(".proof .square").bounding_box()
    assert square["width"] >= 38 * 96 / 25.4 - 1
    page.emulate_media(media="print")
    first = page.locator(".sheet").first.bounding_box()
    assert first["height"] < (297 - 32) * 96 / 25.4
    context.close()
