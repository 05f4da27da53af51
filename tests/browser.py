"""A real Chromium on the real server, or a word about why there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
IN_CI = os.environ.get("COURSE_CI") == "1"


def missing(what: str) -> None:
    """Skip and say what is missing; where everything has to be there, fail."""
    if IN_CI:
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing on this machine")


def executable() -> str:
    """The browser of this machine."""
    named = os.environ.get("COURSE_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), "")
    if not found:
        missing("Chromium (or set COURSE_CHROMIUM)")
    return found


@contextmanager
def chromium() -> Iterator[object]:
    """A headless browser, closed afterwards."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=executable(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """Everything a page did that it should not: errors, and requests to other hosts."""

    def __init__(self, page, origin: str) -> None:
        self.trouble: list[str] = []
        self.requests: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("request", lambda request: self._request(request.url, origin))

    def _console(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.trouble.append(f"{message.type}: {message.text} {message.location}")

    def _request(self, url: str, origin: str) -> None:
        self.requests.append(url)
        if not url.startswith((origin, "data:", "blob:")):
            self.trouble.append(f"asked another host: {url}")


def axe_script() -> str:
    """axe-core, from the package that carries it."""
    package = pytest.importorskip("axe_playwright_python")
    return next(Path(package.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


AXE = """async () => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: [
    'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}});
  return found.violations.map(one => one.id + ': ' + one.nodes.map(
    node => node.html.slice(0, 160) + ' ' + node.failureSummary.slice(0, 200)).join(' | '));
}"""


def violations(page) -> list[str]:
    """What axe finds on a page: WCAG 2.2 AA and best practice."""
    page.evaluate(axe_script())
    found: list[str] = page.evaluate(AXE)
    return found


def scrolls_sideways(page) -> bool:
    return bool(page.evaluate(
        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"))
