"""People in a real browser: how they sign in, and what is wrong with a page that they see."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from course.demo import PASSPHRASE, PIN, STAFF

from .browser import IN_CI, missing, scrolls_sideways, violations

PHONE, LAPTOP = {"width": 360, "height": 740}, {"width": 1366, "height": 768}
WALL = {"width": 1280, "height": 720}
SIZES = {"phone": PHONE, "laptop": LAPTOP}
FINISHED = "demo20210"
"""Somebody of the invented class who has done it all."""


def number_of(role):
    """The service number of the first one of the invented staff with a role."""
    return next(one[1] for one in STAFF if one[2] == role)


def sign_in(page, learner=FINISHED):
    page.goto(f"/sign-in/{learner}")
    page.fill("#pin", PIN)
    page.click("main button")
    page.wait_for_url("**/home")


def sign_in_staff(page, number=STAFF[0][1], passphrase=PASSPHRASE):
    page.goto("/staff")
    page.fill("#number", number)
    page.fill("#passphrase", passphrase)
    page.click("main button")
    page.wait_for_url(lambda url: not url.endswith("/staff"))


def speak(page, locale):
    page.goto(f"/sign-in?lang={locale}")


def choose(page, locale):
    """Choose a language by the button at the foot of the page, which the page's own has not."""
    button = page.locator(f"form.tongues button[value={locale}]")
    if button.count():
        with page.expect_navigation():
            button.click()


def tabbed_to(page, selector, within=0):
    """Press Tab until the focus is on it, in the question of that place if one is given."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("""([s, n]) => document.activeElement.matches(s) && (!n ||
            [...document.querySelectorAll('.check')][n - 1].contains(document.activeElement))""",
                         [selector, within]):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def wall_of(page, url):
    """The wall of a session or a play, in a window beside the trainer's."""
    wall = page.context.new_page()
    wall.set_viewport_size(WALL)
    wall.goto(f"{url}/wall")
    return wall


def visit(page, url, locale, sources):
    """What is wrong with one page; its source is kept under its address."""
    page.goto(url)
    return faults(page, url, locale, sources)


def faults(page, name, locale, sources):
    """What is wrong with the page as it stands; its source is kept under a name."""
    sources[f"{locale} {name}"] = page.content()
    found = [f"{name}: {one}" for one in violations(page)]
    if scrolls_sideways(page):
        found.append(f"{name}: scrolls sideways")
    shown = page.evaluate("() => [document.documentElement.lang, document.documentElement.dir]")
    if shown != [locale, "rtl" if locale == "ar" else "ltr"]:
        found.append(f"{name}: speaks {shown}")
    return found


def nothing(found):
    """Fail with everything that was found, a line each."""
    assert not found, "\n".join(map(str, found))


def invalid(sources, folder):
    """What the HTML validator says of pages, in one run."""
    jar = os.environ.get("COURSE_VNU", "")
    if not Path(jar).is_file():
        if IN_CI:
            missing("vnu.jar (COURSE_VNU)")
        return []
    for number, text in enumerate(sources.values()):
        (folder / f"{number}.html").write_text(text, encoding="utf-8")
    told = subprocess.run(["java", "-jar", jar, "--format", "json", "--errors-only",
                           *map(str, sorted(folder.glob("*.html")))],
                          capture_output=True, text=True, check=False).stderr
    names = list(sources)
    return [f"{names[int(Path(one['url'].removeprefix('file:')).stem)]}: {one['message']} "
            f"{one.get('extract', '')[:160]}" for one in json.loads(told)["messages"]]
