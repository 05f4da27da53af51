"""What a first visit costs: `python -m tests.bench.wire`.

Bytes over the wire and requests of the sign-in page and of a module section with everything
they need, and how soon they can be used in Chromium at 400 kbit/s, 400 ms latency and a
processor slowed four times (DevTools' own throttling).
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from course.demo import PIN

from ..browser import chromium
from ..serving import Server

SECTION = "/manuals/som-basic/concepts/six-elements"
LEARNER = "demo20217"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, \
            Server(Path(folder) / "data", "--demo") as server, chromium() as browser:
        origin = f"http://127.0.0.1:{server.port}"
        visit(browser, origin, "sign-in page", "/", "main")
        visit(browser, origin, "module section", SECTION, "article", learner=LEARNER)


def visit(browser, origin: str, name: str, url: str, ready: str, learner: str = "") -> None:
    """One first visit with an empty cache; what it took."""
    context = browser.new_context(base_url=origin, viewport={"width": 360, "height": 740})
    page = context.new_page()
    if learner:
        page.goto(f"/sign-in/{learner}")
        page.fill("#pin", PIN)
        page.click("main button")
        page.wait_for_url("**/home")
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.clearBrowserCache")
    sizes: list[float] = []
    hosts: set[str] = set()
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    devtools.on("Network.requestWillBeSent",
                lambda event: hosts.add(event["request"]["url"].split("/")[2]))
    devtools.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 400, "downloadThroughput": 400_000 / 8,
        "uploadThroughput": 400_000 / 8})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    began = time.perf_counter()
    page.goto(url, wait_until="domcontentloaded")
    page.wait_for_selector(ready)
    usable = time.perf_counter() - began
    page.wait_for_load_state("networkidle")
    print(f"{name}: {sum(sizes) / 1000:.1f} kB over the wire in {len(sizes)} requests to "
          f"{len(hosts)} host; usable after {usable:.2f} s")
    context.close()


if __name__ == "__main__":
    main()
