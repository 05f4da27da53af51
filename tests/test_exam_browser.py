"""Examinations in a real browser: every page fits and is accessible; a learner sits one."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from .browser import Watch, chromium, executable
from .serving import Server
from .test_browser import LEARNER
from .visiting import (
    FINISHED,
    SIZES,
    choose,
    invalid,
    nothing,
    sign_in,
    sign_in_staff,
    speak,
    visit,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXTRA = "demo20231"
STILL_THERE = """() => [...document.querySelectorAll("form[data-save] [name^=r]")].some(
  (one) => ["radio", "checkbox"].includes(one.type) ? one.checked : one.value)"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    """The invented class on the real server, and a trainer who has an examination open."""
    executable()
    with Server(tmp_path_factory.mktemp("hall") / "data", "--demo") as server, \
            chromium() as browser:
        address = f"http://127.0.0.1:{server.port}"
        page = browser.new_context(base_url=address).new_page()
        sign_in_staff(page)
        yield browser, address, page, prepared(page)


def prepared(page):
    """A class with everybody, and an examination that is open; its address."""
    page.goto("/classes/new")
    page.fill("#name", "Port, March")
    page.locator("input[name=manual]").first.check()
    page.click("main form button.go")
    cohort = page.url
    page.goto(f"{cohort}/people")
    for box in page.locator("input[name=person]").all():
        box.check()
    page.click("main form button.go")
    page.goto(f"{cohort}/exams/prepare")
    page.fill("#count", "12")
    page.fill("#minutes", "45")
    page.locator("input[name=same][value='1']").check()
    page.click("main form button.go")
    exam = page.url
    page.click("text=Open the examination")
    page.wait_for_selector("text=Pause: stop everybody's clock")
    return exam


def in_language(browser, address, locale, size):
    context = browser.new_context(base_url=address, viewport=SIZES[size])
    return context, context.new_page()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_page_is_accessible_quiet_and_fits(hall, locale, tmp_path):
    browser, address, _, exam = hall
    cohort, _, name = exam.partition("/exams/")
    staff_pages = [f"{cohort}/exams", f"{cohort}/exams/prepare", exam, f"{exam}/paper",
                   f"{exam}/sheets", f"{exam}/sheets/{EXTRA}", f"{exam}/people/{EXTRA}"]
    for size in SIZES:
        context, page = in_language(browser, address, locale, size)
        watch = Watch(page, address)
        sign_in_staff(page)
        choose(page, locale)
        sources = {}
        found = [one for url in staff_pages for one in visit(page, url, locale, sources)]
        page.goto("/classes")
        choose(page, "en")
        context.close()

        context, page = in_language(browser, address, locale, size)
        speak(page, locale)
        sign_in(page, LEARNER[locale])
        learner = Watch(page, address)
        found += visit(page, "/home", locale, sources)
        found += visit(page, f"/exams/{name}", locale, sources)
        page.goto(f"/exams/{name}")
        if page.locator("main form button.go").count():
            page.click("main form button.go")
            page.wait_for_url("**/attempts/**")
        else:
            page.click("main a.button.go")
        attempt = page.url.rpartition("/")[0]
        found += [one for n in range(1, 13)
                  for one in visit(page, f"{attempt}/{n}", locale, sources)]
        found += visit(page, attempt, locale, sources)
        context.close()
        nothing(found + watch.trouble + learner.trouble)
        if size == "laptop":
            nothing(invalid(sources, tmp_path))


def test_a_learner_answers_changes_and_is_paused_and_goes_on(hall):
    browser, address, trainer, exam = hall
    context, page = in_language(browser, address, "en", "phone")
    speak(page, "en")
    sign_in(page, FINISHED)
    page.click("text=To the examination")
    page.click("text=Begin the examination")
    page.wait_for_url("**/attempts/**")
    first = page.inner_text("[data-clock]")
    page.wait_for_function("first => document.querySelector('[data-clock]').textContent < first",
                           arg=first)

    answer(page)
    assert page.evaluate("() => document.activeElement.id") == "feedback"
    assert "Saved" in page.inner_text("[data-state]")

    trainer.goto(exam)
    trainer.click("text=Pause: stop everybody's clock")
    answer(page, wait=False)
    page.wait_for_selector("p.error")
    assert "nobody loses time" in page.inner_text("p.error")
    assert page.evaluate(STILL_THERE)
    trainer.click("text=Go on")
    page.click("main form[data-save] button.go")
    page.wait_for_selector("#feedback .saved")
    page.click("text=Hand in, or see what is left")
    page.wait_for_selector("text=Hand in with")
    assert "have no answer" in page.inner_text("main")
    page.click("text=Hand in with")
    page.wait_for_selector("text=You have handed in")
    trainer.goto(exam)
    assert "Handed in" in trainer.inner_text("main")
    context.close()


def answer(page, wait=True):
    """Choose something else than what is chosen, and save it."""
    for place, select in enumerate(page.locator("main select").all()):
        values = select.evaluate("one => [...one.options].map(o => o.value).filter(Boolean)")
        select.select_option(values[place % len(values)])
    boxes = page.locator("main form[data-save] .option input")
    if boxes.count():
        boxes.nth(1 if boxes.nth(0).is_checked() else 0).check()
    elif page.locator("main input[name=r]").count():
        page.fill("main input[name=r]", "7")
    page.click("main form[data-save] button.go")
    if wait:
        page.wait_for_selector("#feedback .saved")


def test_a_sheet_is_keyed_in_with_enter(hall):
    _, _, trainer, exam = hall
    for which in ("First pass", "Second pass"):
        trainer.goto(f"{exam}/sheets/{EXTRA}")
        assert which in trainer.title()
        fields = trainer.locator("[data-grid] input[type=text]")
        fields.first.focus()
        last = fields.count() - 1
        for n in range(last + 1):
            assert trainer.evaluate("() => document.activeElement.name") == fields.nth(
                n).get_attribute("name")
            trainer.keyboard.type("A" if "one letter" in trainer.evaluate(
                "() => document.activeElement.labels[0].textContent") else "")
            with trainer.expect_navigation() if n == last else nullcontext():
                trainer.keyboard.press("Enter")
    trainer.wait_for_selector("text=Both passes say the same")
    trainer.click("text=Enter the sheet")
    trainer.wait_for_selector("text=Entered, variant")


def test_the_paper_prints_each_sheet_and_each_key_on_pages_of_its_own(hall, tmp_path):
    _, _, trainer, exam = hall
    trainer.goto(f"{exam}/paper")
    trainer.emulate_media(media="print")
    for selector in (".answer-sheet", ".paper-key"):
        for sheet in trainer.locator(selector).all():
            assert sheet.evaluate("one => getComputedStyle(one).breakBefore") == "page"
            assert sheet.bounding_box()["height"] < (297 - 32) * 96 / 25.4
    trainer.emulate_media(media="screen")
