"""A class made ready in a real browser: roster, slips, PINs, questions, a list of forty names."""

from __future__ import annotations

import re

import pytest

from .browser import Watch, chromium, executable, scrolls_sideways, violations
from .serving import Server
from .visiting import (
    LAPTOP,
    PHONE,
    SIZES,
    choose,
    faults,
    invalid,
    nothing,
    number_of,
    sign_in_staff,
    visit,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAMILIES = ("Abaro", "Belkin", "Cardel", "Dovane", "Estry", "Fallon", "Garrow", "Hestin")
ROSTER = "Name\tService number\tExtra time\n" + "\n".join(
    f"{FAMILIES[n % 8]}, {given} {'ABCDE'[n // 8]}.\tF-{n:03}\t{25 if n == 3 else ''}"
    for n, given in enumerate(["Alin", "Bero", "Caris", "Demi", "Emlo"] * 8)) + "\n"


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """The real server with the invented class, and forty more brought in from a roster: the
    browser, the server's address, and the address of the new class."""
    executable()
    with Server(tmp_path_factory.mktemp("classes") / "data", "--demo") as server, \
            chromium() as browser:
        address = f"http://127.0.0.1:{server.port}"
        page = trainer(browser, address)
        page.click("main a:has-text('Make a class')")
        page.fill("#name", "Port of Casteria, March")
        page.check("input[value=tip-basic]")
        page.fill("#begins", "2026-03-02")
        page.click("main form button.go")
        yield browser, address, brought_in(page)
        page.context.close()


def trainer(browser, address, viewport=LAPTOP, locale="en", **more):
    """A page of the trainer, at home."""
    page = browser.new_context(base_url=address, viewport=viewport, **more).new_page()
    sign_in_staff(page, number_of("trainer"))
    choose(page, locale)
    return page


def brought_in(page):
    """Paste the roster, confirm it, and see the slips; the class's address."""
    cohort = page.url
    page.click(".ways a:has-text('Roster')")
    page.fill("#text", ROSTER)
    page.click("main form button.go")
    assert "40 new" in page.inner_text("main")
    page.click("button[name=confirm]")
    assert page.locator(".slips li").count() == 40
    for paper, pages in (("A4", 4), ("Letter", 4)):
        pdf = page.pdf(format=paper, prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == pages, paper
    return cohort


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_of_a_class_is_accessible_quiet_and_fits(school, locale, tmp_path):
    browser, address, cohort = school
    own = cohort.removeprefix(address)
    pages = ["/classes", "/classes/new", own,
             *(f"{own}/{tail}" for tail in ("people", "extra-time", "change", "questions", "roster",
                                            "questions/tip-basic/elements", "slips")),
             "/classes/ready"]
    for size in SIZES.values():
        page = trainer(browser, address, size, locale)
        watch, sources = Watch(page, address), {}
        found = [one for url in pages for one in visit(page, url, locale, sources)]
        page.goto(f"{own}/roster")
        page.fill("#text", ROSTER.replace("F-001", "f1") + "Ardis, Alvi\tQ-1\nNobody\t\n")
        page.click("main form button.go")
        found += faults(page, "dry run", locale, sources)
        page.goto(f"{own}/slips")
        page.locator("main [type=checkbox]").first.check()
        page.click("main form button.go")
        assert page.locator(".slips li").count() == 1
        found += faults(page, "slips", locale, sources)
        page.goto("/classes")
        choose(page, "en")
        page.context.close()
        nothing(found + watch.trouble)
        nothing(invalid(sources, tmp_path))


def test_a_new_pin_is_three_clicks_from_home(school):
    browser, address, _ = school
    page = trainer(browser, address)
    clicks = 0
    for target in ("main a:has-text('Port of Casteria')", "main a:has-text('Garrow, Bero')",
                   "main button:has-text('Set a new PIN')"):
        page.click(target)
        page.wait_for_load_state()
        clicks += 1
    assert re.fullmatch(r"\d{4}", page.inner_text(".new-pin").strip())
    assert clicks == 3
    page.context.close()


def test_a_trainer_goes_all_the_way_without_a_script(school):
    browser, address, cohort = school
    page = trainer(browser, address, java_script_enabled=False)
    page.goto(f"{cohort}/roster")
    page.fill("#text", ROSTER)
    page.click("main form button.go")
    assert "There is nothing to keep" in page.inner_text("main")
    page.goto("/classes/ready")
    assert page.inner_text("h1")
    page.context.close()


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_forty_names_and_more_on_the_sign_in_list(school, viewport):
    browser, address, _ = school
    context = browser.new_context(base_url=address, viewport=viewport)
    page = context.new_page()
    page.goto("/sign-in")
    names = page.locator(".names a").all_inner_texts()
    assert len(names) >= 52
    families = [one.partition(",")[0] for one in names]
    assert families == sorted(families, key=str.casefold)
    nothing(violations(page))
    assert not scrolls_sideways(page)
    for _ in range(80):
        page.keyboard.press("Tab")
        if "Hestin" in page.evaluate("document.activeElement.innerText"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#pin:focus")
    assert "Hestin" in page.inner_text("#who")
    context.close()
