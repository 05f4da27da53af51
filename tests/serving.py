"""The real server process, and a small HTTP client that is quick enough to press it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


SERVE = (sys.executable, "-m", "course", "serve")


class Server:
    """`course serve` as a process of its own."""

    def __init__(self, data: Path, *options: str, content: Path | None = None,
                 port: int | None = None, command: Sequence[str | Path] = SERVE,
                 folder: Path = ROOT, environment: Mapping[str, str] | None = None) -> None:
        self.data = data
        self._command, self._folder = command, folder
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self.port = port or free_port()
        self._options = [*options, *(["--content", str(content)] if content else [])]
        self.process: subprocess.Popen[bytes] | None = None
        self.took = 0.0
        """Seconds from the start of the process to its first page."""
        self.log = data.parent / f"{data.name}.server.log"

    def start(self, patience: float = 90.0) -> float:
        """Start it and wait for its first page; the seconds that took."""
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command, "--data", str(self.data), "--host", "127.0.0.1",
                 "--port", str(self.port), "--no-browser", *self._options],
                cwd=self._folder, stdout=log, stderr=log, env=self._environment)
        while time.perf_counter() - began < patience:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended:\n{self.log.read_text()[-3000:]}")
            if self._answers():
                self.took = time.perf_counter() - began
                return self.took
            time.sleep(0.01)
        self.kill()
        raise AssertionError(f"no page within {patience} s:\n{self.log.read_text()[-3000:]}")

    def _answers(self) -> bool:
        client = Client(self.port)
        try:
            return client.get("/")[0] in (200, 303)
        except OSError:
            return False
        finally:
            client.close()

    def kill(self) -> None:
        """Pull the plug: SIGKILL, no chance to tidy up."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Stop it as Ctrl+C does; its exit code."""
        assert self.process
        self.process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        return self.process.wait(timeout=30)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.kill()


class Client:
    """One keep-alive connection with its cookie and its form token."""

    def __init__(self, port: int, cookie: str = "", token: str = "") -> None:
        self.port, self.cookie, self.token = port, cookie, token
        self._connection: http.client.HTTPConnection | None = None

    def request(self, method: str, url: str, form: dict[str, object] | None = None,
                ) -> tuple[int, str, str]:
        """Send one request; status, Location and text. Raises OSError when the line is dead."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        body = None
        if form is not None:
            body = urlencode({**form, "csrf_token": self.token}, doseq=True)
            headers |= {"Content-Type": "application/x-www-form-urlencoded",
                        "Referer": f"http://127.0.0.1:{self.port}/"}
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self._connection.request(method, url, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._connection = None
            raise OSError(str(error)) from error
        for value in answer.headers.get_all("Set-Cookie") or ():
            self._keep(value.partition(";")[0])
        if found := re.search(r'name="csrf_token" value="([^"]+)"', text):
            self.token = found.group(1)
        return answer.status, answer.headers.get("Location", ""), text

    def _keep(self, pair: str) -> None:
        name = pair.partition("=")[0]
        others = [one for one in self.cookie.split("; ") if one and not one.startswith(name + "=")]
        self.cookie = "; ".join([*others, pair])

    def get(self, url: str) -> tuple[int, str, str]:
        return self.request("GET", url)

    def post(self, url: str, **form: object) -> tuple[int, str, str]:
        return self.request("POST", url, form)

    def set_up(self) -> None:
        """Create the administrator of an empty data folder."""
        self.get("/setup")
        words = "river cloud lamp stone"
        status, _, text = self.post("/setup", name="Tarrel, Orsa", number="ADMIN",
                                    passphrase=words, again=words, language="en")
        assert status == 303, text[:500]

    def enrol(self, number: int) -> None:
        """Enrol a learner and be signed in as them."""
        self.get("/enrol")
        status, _, text = self.post("/enrol", name=f"Learner {number:03}", number=f"N-{number}",
                                    pin="2580", again="2580", language="en")
        assert status == 303, text[:500]
        self.get("/home")

    def close(self) -> None:
        if self._connection:
            self._connection.close()


def quiz_files(questions: int = 20) -> dict[str, str]:
    """A course whose one quiz draws every one of its questions; "Yes" is always right."""
    asked = "\n".join(f"""### Question {n}? {{#q{n}}}

- (x) Yes
- ( ) No
  > No. [Read](../../modules/press/lesson.md#one).

> So it is.
""" for n in range(1, questions + 1))
    return {
        "modules/press/index.md": "---\ntitle: Press\nlanguage: en\n---\n\nFor tests.\n\n"
                                  "## Part\n\n1. [Lesson](lesson.md)\n",
        "modules/press/lesson.md": "---\ntitle: Lesson\nminutes: 5\nquiz: lesson\n---\n\n"
                                   "## One {#one}\n\nText.\n",
        "quizzes/press/lesson.md": f"---\ntitle: Quiz\ndraw: {questions}\npass: 80%\n---\n\n"
                                   f"{asked}",
        "modules/glossary.md": "---\ntitle: Glossary\nlanguage: en\n---\n\nChild {#child}\n"
                               ":   Under eighteen.\n",
        "modules/wellbeing.md": "---\ntitle: Wellbeing\nlanguage: en\n---\n\nRest.\n",
        "modules/about.md": "---\ntitle: About\nlanguage: en\n---\n\nText.\n",
    }
