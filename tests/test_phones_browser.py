"""Two phones and their trainer in a real browser, on the real server."""

from __future__ import annotations

import re

import pytest

from .browser import Watch, scrolls_sideways, violations
from .inclass import PASSPHRASE, PIN, fill
from .serving import Server
from .visiting import LAPTOP, PHONE, choose, invalid, nothing, sign_in_staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Room:
    """A course with an open session, and browsers in it."""

    def __init__(self, browser, server, filled) -> None:
        self.browser, self.server, self.filled = browser, server, filled
        self.address = f"http://127.0.0.1:{server.port}"
        self.watches = []

    def page(self, viewport=PHONE, script=True, quiet=True):
        context = self.browser.new_context(base_url=self.address, viewport=viewport,
                                           java_script_enabled=script)
        page = context.new_page()
        if quiet and script:
            side = f"http://127.0.0.1:{self.server.port + 1}"
            watch = Watch(page, self.address)
            page.on("request", lambda request: None)
            self.watches.append((watch, side))
        return page

    def trouble(self):
        return [one for watch, side in self.watches for one in watch.trouble if side not in one]

    def phone(self, n=0, locale="en", script=True, quiet=True):
        """A learner who gives the code, then signs in, as in a classroom."""
        page = self.page(script=script, quiet=quiet)
        page.goto(f"/sign-in?lang={locale}")
        page.goto("/join")
        page.fill("#code", self.filled.code)
        page.click("main form.panel button")
        page.wait_for_url("**/sign-in")
        page.goto(f"/sign-in/{self.filled.learners[n]}")
        page.fill("#pin", PIN)
        page.click("main button.go")
        page.wait_for_url("**/live/*")
        choose(page, locale)
        return page

    def trainer(self):
        page = self.page(LAPTOP)
        sign_in_staff(page, "T-1", PASSPHRASE)
        page.goto(f"/sessions/{self.filled.session}")
        return page


@pytest.fixture
def room(browser, tmp_path):
    data = tmp_path / "data"
    filled = fill(data, module="tip-basic/elements")
    with Server(data) as server:
        yield Room(browser, server, filled)
    for context in browser.contexts:
        context.close()


def presses(page, selector):
    with page.expect_navigation():
        page.locator(selector).first.click()


def asks(trainer):
    """Put the first question of the plan before the phones."""
    question = trainer.locator(".run-sheet button").nth(1)
    with trainer.expect_navigation():
        question.click()
    for value in ("[name=way][value=phones]", "button[name=do][value=first]"):
        presses(trainer, f"button{value}" if value[0] == "[" else value)


def told(page, text, seconds=8):
    page.wait_for_selector(f"text={text}", timeout=seconds * 1000)


def test_a_question_goes_from_the_trainer_to_two_phones_and_back(room):
    ana, bero, trainer = room.phone(0), room.phone(1, "ar"), room.trainer()
    asks(trainer)
    told(ana, "First vote")
    bero.wait_for_selector(".option input:not(:disabled)", timeout=8000)
    tall = ana.eval_on_selector(".option", "one => one.getBoundingClientRect().height")
    assert tall >= 60
    ana.locator(".option").nth(0).click()
    ana.click("text=Save answer")
    told(ana, "You can change it until answers are closed")
    bero.locator(".option").nth(1).click()
    bero.locator("main button.go").click()
    bero.wait_for_selector(".state.saved")
    trainer.wait_for_selector("#_phones:has-text('2 of 2')", timeout=8000)
    letters = [page.locator(".option").all_inner_texts() for page in (ana, bero)]
    assert [len(one) for one in letters] == [len(letters[0])] * 2
    presses(trainer, "button[name=do][value=close]")
    told(ana, "Answers are closed.")
    assert ana.locator(".option input:enabled").count() == 0
    presses(trainer, "button[name=do][value=spread]")
    told(ana, "How the room answered")
    assert not ana.locator("text=Right answer").count()
    presses(trainer, "button[name=do][value=talk]")
    told(ana, "Talk with those beside you")
    presses(trainer, "button[name=do][value=second]")
    told(ana, "Second vote")
    assert ana.locator(".option input:checked").count() == 0
    ana.locator(".option").nth(1).click()
    ana.click("text=Save answer")
    told(ana, "You can change it")
    presses(trainer, "button[name=do][value=reveal]")
    told(ana, "What is right")
    bero.wait_for_selector(".option.right", timeout=8000)
    assert ana.locator(".spread .second").count()
    nothing(room.trouble())


def test_a_phone_that_was_away_comes_back_to_its_seat(room):
    ana, trainer = room.phone(quiet=False), room.trainer()
    asks(trainer)
    told(ana, "First vote")
    ana.locator(".option").nth(2).click()
    ana.context.set_offline(True)
    ana.click("text=Save answer")
    told(ana, "Not saved. Still on this page.")
    ana.context.set_offline(False)
    ana.click("text=Save again")
    told(ana, "You can change it")
    ana.context.set_offline(True)
    presses(trainer, "button[name=do][value=talk]")
    ana.wait_for_timeout(3000)
    assert ana.locator("text=First vote").count()
    ana.context.set_offline(False)
    told(ana, "Talk with those beside you", 20)
    presses(trainer, "button[name=do][value=second]")
    ana.reload()
    told(ana, "Second vote")
    assert trainer.get_attribute("#_phones", "data-live") is not None


def test_a_half_made_choice_is_not_lost_when_something_changes(room):
    ana, trainer = room.phone(), room.trainer()
    asks(trainer)
    told(ana, "First vote")
    ana.locator(".option").nth(1).click()
    told(ana, "Not saved yet")
    presses(trainer, "button[name=do][value=close]")
    told(ana, "Answers are closed. None of yours was saved")
    assert ana.locator(".option input").nth(1).is_checked()
    presses(trainer, "button[name=do][value=open]")
    ana.wait_for_selector(".option input:enabled", timeout=8000)
    assert ana.locator(".option input").nth(1).is_checked()
    ana.click("text=Save answer")
    told(ana, "You can change it")


def test_a_phone_without_a_script_takes_part(room):
    ana, trainer = room.phone(script=False), room.trainer()
    asks(trainer)
    presses(ana, "noscript a")
    ana.locator(".option input").nth(0).check()
    presses(ana, "main button.go")
    assert "You can change it" in ana.inner_text("main")
    trainer.wait_for_selector("#_phones:has-text('1 of 1')", timeout=8000)


def test_phones_do_without_the_side_port(room):
    ana = room.page(quiet=False)
    ana.route(re.compile(f":{room.server.port + 1}/"), lambda route: route.abort())
    ana.goto(f"/sign-in/{room.filled.learners[0]}")
    ana.fill("#pin", PIN)
    ana.click("main button.go")
    ana.click("text=To the class")
    ana.wait_for_url("**/live/*")
    trainer = room.trainer()
    asks(trainer)
    told(ana, "First vote", 6)


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_state_of_a_phone_is_accessible_and_fits(room, locale, tmp_path):
    ana, trainer = room.phone(0, locale), room.trainer()
    found, sources = [], {}

    def look(page, name, url=""):
        if url:
            page.goto(url)
        for size in (PHONE, LAPTOP):
            page.set_viewport_size(size)
            found.extend(f"{name}: {one}" for one in violations(page))
            if scrolls_sideways(page):
                found.append(f"{name} {size}: scrolls sideways")
        sources[name] = page.content()
        page.set_viewport_size(PHONE)

    live = f"/live/{room.filled.session}"
    look(ana, "wait")
    asks(trainer)
    look(ana, "question", live)
    ana.locator(".option").nth(0).click()
    ana.locator("main button.go").click()
    ana.wait_for_selector(".state.saved")
    look(ana, "saved")
    look(trainer, "console", f"/sessions/{room.filled.session}")
    trainer.set_viewport_size(LAPTOP)
    for do in ("close", "talk", "reveal"):
        presses(trainer, f"button[name=do][value={do}]")
        look(ana, do, live)
    look(ana, "join", "/join")
    look(ana, "home", "/home")
    look(ana, "section", "/manuals/tip-basic/elements/why")
    look(trainer, "seats", f"/sessions/{room.filled.session}/phones")
    presses(trainer, "main form button")
    look(ana, "again", live)
    trainer.goto(f"/sessions/{room.filled.session}")
    trainer.set_viewport_size(LAPTOP)
    with trainer.expect_navigation():
        trainer.locator(".run-sheet button").nth(0).click()
    look(ana, "pushed", live)
    nothing([*found, *invalid(sources, tmp_path), *room.trouble()])
