"""The course in a real browser: every page, in every language, on a phone and on a laptop."""

from __future__ import annotations

import re

import pytest

from course.demo import CLASS, PIN

from .browser import Watch, executable, scrolls_sideways
from .serving import Server
from .visiting import (
    FINISHED,
    LAPTOP,
    SIZES,
    invalid,
    nothing,
    sign_in,
    sign_in_staff,
    speak,
    visit,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEARNER = {"en": "demo20217", "fr": "demo20224", "ar": "demo20266"}
"""Of the invented class: half way through, with an open attempt or wrong answers."""
PUBLIC = ["/sign-in", f"/sign-in/{FINISHED}", "/enrol", "/staff", "/wellbeing", "/about",
          "/no-such-page"]
STUDY = ["/home", "/manuals/tip-basic", "/manuals/som-basic", "/manuals/tip-basic/elements/why",
         "/manuals/tip-basic/elements/means", "/manuals/tip-basic/elements/children",
         "/manuals/tip-basic/elements/children?show=full",
         "/manuals/tip-basic/elements/children?show=short",
         "/manuals/tip-basic/elements/exercise", "/manuals/tip-basic/elements/print",
         "/manuals/tip-basic/elements/aid", "/manuals/tip-basic/elements/quiz",
         "/manuals/tip-basic/smuggling-and-neighbours/six-points",
         "/manuals/tip-basic/witness-gone/case", "/manuals/som-basic/skipper-interview/case",
         "/manuals/som-basic/concepts/quiz", "/manuals/tip-basic/final/quiz",
         "/manuals/tip-basic/before/quiz", "/review", "/progress", "/notes", "/cases",
         "/library", "/library/tip-protocol", "/glossary", "/search?q=consent", "/search"]
STAFF_PAGES = ["/staff/people", f"/staff/people/{FINISHED}", "/staff/accounts", "/staff/content",
               "/staff/health", "/manuals/tip-basic/elements/why"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The real server with the invented class."""
    executable()
    with Server(tmp_path_factory.mktemp("browser") / "data", "--demo") as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def page(browser, course):
    """A page of a browser that has seen nothing yet."""
    context = browser.new_context(base_url=course, viewport=LAPTOP,
                                  locale="en-GB")
    yield context.new_page()
    context.close()


# Every page ------------------------------------------------------------------------------

@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", ["en", "fr", "ar"])
def test_every_page_is_accessible_quiet_and_fits(browser, course, locale, size, tmp_path):
    context = browser.new_context(base_url=course, viewport=SIZES[size])
    page = context.new_page()
    watch = Watch(page, course)
    found, sources = [], {}
    speak(page, locale)
    for url in PUBLIC:
        found += visit(page, url, locale, sources)
    sign_in(page, LEARNER[locale])
    for url in [*STUDY, *attempt_pages(page)]:
        found += visit(page, url, locale, sources)
    watch.trouble = [one for one in watch.trouble if "404" not in one]
    context.close()
    nothing(found + watch.trouble)
    if size == "laptop":
        nothing(invalid(sources, tmp_path))


def attempt_pages(page):
    """An attempt from its first question to its result, as this learner has it."""
    page.goto("/manuals/som-basic/concepts/quiz")
    if page.locator("main form button").count():
        page.click("main form button")
    else:
        page.click("main a.button.go")
    base = re.match(r".*(/attempts/[^/]+)", page.url).group(1)
    answer_whatever(page)
    return [f"{base}/{n}" for n in range(1, 11)] + [base]


def answer_whatever(page):
    """Give some answer to the open question on the page."""
    for select in page.locator("main select").all():
        values = select.evaluate("one => [...one.options].map(o => o.value).filter(Boolean)")
        taken = page.evaluate("() => [...document.querySelectorAll('main select')]"
                              ".map(one => one.value)")
        select.select_option(next((one for one in values if one not in taken), values[0]))
    if page.locator("main .option input").count():
        page.locator("main .option input").first.check()
    elif page.locator("main input[name=r]").count():
        page.fill("main input[name=r]", "7")
    page.click("main form[data-save] button.go")
    page.wait_for_selector(".feedback")


def test_every_staff_page_too(browser, course, tmp_path):
    for size in SIZES.values():
        context = browser.new_context(base_url=course, viewport=size)
        page = context.new_page()
        watch = Watch(page, course)
        sources = {}
        sign_in_staff(page)
        found = [one for url in STAFF_PAGES for one in visit(page, url, "en", sources)]
        context.close()
        nothing(found + watch.trouble)
        nothing(invalid(sources, tmp_path))


def test_in_the_dark_too(browser, course):
    context = browser.new_context(base_url=course, color_scheme="dark",
                                  viewport=LAPTOP)
    page = context.new_page()
    sign_in(page, LEARNER["en"])
    found = [one for url in ("/home", "/manuals/tip-basic/elements/means",
                             "/manuals/tip-basic", *attempt_pages(page)[:2])
             for one in visit(page, url, "en", {})]
    context.close()
    nothing(found)


def test_at_320_px_and_with_text_twice_as_large_nothing_is_cut_off(browser, course):
    context = browser.new_context(base_url=course, viewport={"width": 320, "height": 640})
    page = context.new_page()
    sign_in(page, LEARNER["en"])
    for url in STUDY:
        page.goto(url)
        assert not scrolls_sideways(page), url
    context.close()


# Using it --------------------------------------------------------------------------------

def test_a_learner_goes_on_where_they_were_and_answers_with_the_keyboard_alone(page):
    sign_in(page, LEARNER["en"])
    page.goto("/manuals/tip-basic/elements/quiz")
    page.locator("main a.button.go, main form button.go").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/attempts/**")
    place = page.url
    choices = page.locator("main .option input")
    if choices.count():
        choices.first.focus()
        page.keyboard.press("Space")
        page.locator("main form[data-save] button.go").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".feedback")
        assert page.evaluate("() => document.activeElement.classList.contains('verdict')")
        assert re.search(r"Saved", page.inner_text(".feedback"))
    page.goto("/home")
    assert page.locator(".go-on a.button").count() == 1
    assert place.split("/")[4] in page.locator(".go-on a.button").get_attribute("href")


def test_without_javascript_the_same(browser, course):
    context = browser.new_context(base_url=course, java_script_enabled=False,
                                  viewport={"width": 360, "height": 740})
    page = context.new_page()
    sign_in(page, LEARNER["fr"])
    page.goto("/manuals/som-basic/concepts/quiz")
    page.locator("main form button, main a.button.go").first.click()
    page.wait_for_url("**/attempts/**")
    if page.locator("main .option input").count():
        page.locator("main .option input").first.check()
        page.click("main form[data-save] button.go")
        page.wait_for_selector(".feedback")
    page.click("summary")
    page.click("details form[data-hand-over] button")
    page.wait_for_url("**/sign-in")
    context.close()


def test_the_back_button_shows_the_next_person_nothing(page):
    sign_in(page)
    name = next(one.name for one in CLASS if one.ends == "finished")
    page.goto("/notes")
    page.goto("/home")
    page.click("header form[data-hand-over] button")
    page.wait_for_url("**/sign-in")
    for _ in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert "Your notes" not in page.inner_text("body")
        assert page.locator(f".me:has-text('{name}')").count() == 0


def test_an_answer_that_cannot_be_saved_says_so_and_stays(page, course):
    sign_in(page, LEARNER["en"])
    page.goto("/manuals/tip-basic/smuggling-and-neighbours/quiz")
    page.locator("main a.button.go, main form button.go").first.click()
    page.wait_for_url("**/attempts/**")
    while not page.locator("main form[data-save] input[type=radio]").count():
        answer_whatever(page)
        page.click(".feedback a.button.go")
        page.wait_for_load_state()
    radio = page.locator("main form[data-save] input[type=radio]").last
    radio.check()
    assert "Not saved yet" in page.inner_text("main [data-state]")
    page.route("**/attempts/**", lambda route: route.abort())
    page.click("main form[data-save] button.go")
    page.wait_for_selector("text=Not saved. Still on this page.")
    assert radio.is_checked()
    page.unroute("**/attempts/**")
    page.click("text=Save again")
    page.wait_for_selector(".feedback")
    assert "Saved" in page.inner_text(".feedback")


def test_a_choice_that_was_not_saved_is_there_after_a_reload(page):
    sign_in(page, "demo20252")
    page.goto("/manuals/som-basic/concepts/quiz")
    page.locator("main a.button.go, main form button.go").first.click()
    page.wait_for_url("**/attempts/**")
    while not page.locator("main form[data-save] input[type=radio]").count():
        answer_whatever(page)
        page.click(".feedback a.button.go")
        page.wait_for_load_state()
    page.locator("main form[data-save] input[type=radio]").last.check()
    page.reload()
    assert page.locator("main form[data-save] input[type=radio]").last.is_checked()


def test_wellbeing_is_one_key_away(page):
    sign_in(page)
    assert page.locator("a[accesskey=w]").get_attribute("href").endswith("/wellbeing")
    page.keyboard.press("Alt+Shift+W")
    page.wait_for_url("**/wellbeing")


def test_a_job_aid_prints_on_one_page(page, tmp_path):
    sign_in(page)
    for module in ("tip-basic/elements", "tip-basic/smuggling-and-neighbours",
                   "som-basic/concepts"):
        page.goto(f"/manuals/{module}/aid")
        pdf = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, module


def test_switching_learner_takes_less_than_ten_seconds(page):
    import time
    sign_in(page)
    began = time.perf_counter()
    page.click("header form[data-hand-over] button")
    page.wait_for_url("**/sign-in")
    page.click(f"a[href$='{LEARNER['fr']}']")
    page.fill("#pin", PIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    assert time.perf_counter() - began < 10


def test_targets_are_large_enough_for_a_thumb(browser, course):
    context = browser.new_context(base_url=course, viewport={"width": 360, "height": 740})
    page = context.new_page()
    sign_in(page, LEARNER["en"])
    for url in ("/home", "/manuals/tip-basic", "/manuals/tip-basic/elements/why"):
        page.goto(url)
        small = page.evaluate("""() => [...document.querySelectorAll(
            'main button, main a.button, main .option, header summary')].filter(one => {
              const box = one.getBoundingClientRect();
              return box.height && box.height < 43.5;
            }).map(one => one.outerHTML.slice(0, 120))""")
        assert not small, (url, small)
    context.close()
