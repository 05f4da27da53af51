"""How fast the pages are: `python -m tests.bench.web [seconds] [rounds]`.

Serves the real course to two hundred learners and prints, beside a bare WSGI "hello" on the
same server in the same run: the sign-in page, a module section of a signed-in learner, and a
durable answer, at 1, 30 and 200 connections (wrk, from Debian's package of that name); then
two hundred learners who arrive at once and sit a ten-question quiz at once. Machines are
noisy: the bare server and the pages take turns, and each figure is the median of the rounds,
a ratio that of the ratios.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from course import FOLDS
from course.core import people
from course.store.local import LocalStore
from course.web.trust import Secrets

from ..serving import ROOT, Client, Server, free_port

LEARNERS = 200
PIN = "2580"
CONNECTIONS = (1, 30, 200)
MODULE = "som-basic/concepts"
SECTION = f"/manuals/{MODULE}/six-elements"
"""A section with a figure, a law box and a question in place."""


def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    seconds, rounds = [*given, *(3, 3)[len(given):]]
    if not shutil.which("wrk"):
        sys.exit("This bench needs wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        ids = enrol(data)
        with Server(data) as server:
            arrive_and_sit(server.port, ids)
            clients = signed_in(server.port, ids)
            for one in clients:
                one.close()  # idle connections of theirs would slow this server alone
            pages(server.port, clients, seconds, rounds, Path(folder))


def enrol(data: Path) -> list[str]:
    """Two hundred learners and an administrator, with PINs at their real cost."""
    secrets = Secrets(8)
    store = LocalStore(data, FOLDS)
    with store.record(people.REGISTER) as record:
        record.append(people.enrol(people.Register({}), "admin", name="A", number="ADMIN",
                                   secret=secrets.of_passphrase("river cloud lamp"),
                                   role=people.ADMINISTRATOR))
        secret = secrets.of_pin(PIN)
        for n in range(LEARNERS):
            record.append(people.enrol(people.Register({}), f"l{n:03}", name=f"Learner {n:03}",
                                       number=f"N-{n}", secret=secret))
    store.close()
    return [f"l{n:03}" for n in range(LEARNERS)]


# Two hundred at once ---------------------------------------------------------------------

def arrive_and_sit(port: int, ids: list[str]) -> None:
    """Everybody opens the start page, signs in and sees home; then everybody takes a quiz."""
    arrivals = together([lambda one=one: arrive(port, one) for one in ids])
    print_crowd("200 arrive: open, sign in, home", arrivals)
    sittings = together([lambda client=client: sit(client, MODULE)
                         for client in arrivals.values if client])
    print_crowd("200 sit a quiz of ten questions", sittings)
    answers = [each for one in sittings.values if one for each in one]
    if answers:
        print(f"  {len(answers)} answers, {len(answers) / sittings.took:.0f} a second, "
              f"p50 {quantile(answers, 50):.0f} ms, p99 {quantile(answers, 99):.0f} ms")


class Crowd:
    """What many people did at once."""

    def __init__(self, took: float, each: list[float], values: list, errors: list[str]) -> None:
        self.took, self.each, self.values, self.errors = took, each, values, errors


def together(tasks) -> Crowd:
    """Start all at one moment, each in a thread of its own."""
    values, each, errors = [], [], []
    gate = threading.Barrier(len(tasks) + 1)

    def run(task) -> None:
        gate.wait()
        began = time.perf_counter()
        try:
            values.append(task())
            each.append(time.perf_counter() - began)
        except Exception as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for one in threads:
        one.start()
    gate.wait()
    began = time.perf_counter()
    for one in threads:
        one.join()
    return Crowd(time.perf_counter() - began, each, values, errors)


def print_crowd(what: str, crowd: Crowd) -> None:
    print(f"{what}: all done in {crowd.took:.2f} s; slowest {max(crowd.each, default=0):.2f} s; "
          f"{len(crowd.errors)} failed {crowd.errors[:1]}")


def arrive(port: int, learner: str) -> Client:
    client = Client(port)
    text = expect(client.get("/"), 200)
    for asset in re.findall(r'(?:href|src)="(/static/[^"]+)"', text):
        expect(client.get(asset), 200)
    expect(client.get(f"/sign-in/{learner}"), 200)
    expect(client.post(f"/sign-in/{learner}", pin=PIN), 303)
    expect(client.get("/home"), 200)
    return client


def expect(answer: tuple[int, str, str], status: int) -> str:
    if answer[0] != status:
        raise AssertionError(f"{answer[0]} instead of {status}: {answer[2][:200]}")
    return answer[1] if status == 303 else answer[2]


def sit(client: Client, module: str) -> list[float]:
    """Take the whole quiz as a browser does; the milliseconds of each saved answer."""
    url = expect(client.post(f"/manuals/{module}/quiz"), 303)
    attempt, took = url.rsplit("/", 1)[0], []
    for place in range(1, 11):
        page = expect(client.get(f"{attempt}/{place}"), 200)
        form = first_response(page)
        began = time.perf_counter()
        expect(client.post(f"{attempt}/{place}", **form), 303)
        took.append((time.perf_counter() - began) * 1000)
        expect(client.get(f"{attempt}/{place}"), 200)
    expect(client.post(f"{attempt}/submit"), 303)
    expect(client.get(attempt), 200)
    return took


def first_response(page: str) -> dict[str, str]:
    """A response that the form takes, whatever its kind."""
    if found := re.search(r'type="(?:radio|checkbox)" name="r" value="([^"]+)"', page):
        return {"r": found.group(1)}
    form = {}
    selects = re.findall(r'<select[^>]*name="(r\.[^"]+)"[^>]*>(.*?)</select>', page, re.S)
    for place, (name, options) in enumerate(selects):
        values = [one for one in re.findall(r'value="([^"]*)"', options) if one]
        form[name] = values[place % len(values)]
    return form or {"r": "7"}


def quantile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100)[share - 1] if len(values) > 1 else values[0]


# Pages under load ------------------------------------------------------------------------

def signed_in(port: int, ids: list[str]) -> list[Client]:
    return [arrive(port, one) for one in ids]


def pages(port: int, clients: list[Client], seconds: int, rounds: int, folder: Path) -> None:
    """Each page at each number of connections, with a bare server measured right beside it."""
    expect(clients[0].get(SECTION), 200)
    check, choice = check_of(clients[0])
    clients[0].close()
    bare_port = free_port()
    bare = subprocess.Popen([sys.executable, "-m", "tests.bench.bare", str(bare_port)], cwd=ROOT)
    wait_for(bare_port)
    asked = {
        "bare WSGI hello": (bare_port, "/", None),
        "sign-in page": (port, "/", None),
        "module section, signed in": (port, SECTION, cookies(clients, folder)),
        "answer, on disk": (port, check, answers(clients, choice, folder)),
    }
    try:
        print(f"\n{'':34}{'connections':>12}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}"
              f"{'of bare':>9}{'errors':>8}")
        for connections in CONNECTIONS:
            found = [{name: wrk(there, path, connections, seconds, script)
                      for name, (there, path, script) in asked.items()} for _ in range(rounds)]
            for name in asked:
                row(name, connections, [one[name] for one in found],
                    [one["bare WSGI hello"] for one in found])
    finally:
        bare.kill()


def check_of(client: Client) -> tuple[str, str]:
    """The address of a question in place, and a choice of it."""
    found = re.search(r'action="([^"#]+/checks/[^"#]+).*?type="radio" name="r" value="([^"]+)"',
                      expect(client.get(SECTION), 200), re.S)
    assert found, "no question in place"
    return found.group(1), found.group(2)


def cookies(clients: list[Client], folder: Path) -> Path:
    script = folder / "cookies.lua"
    script.write_text(_lua_clients(clients) + """
request = function()
  n = n % #people + 1
  return wrk.format("GET", nil, {["Cookie"] = people[n][1], ["Accept-Encoding"] = "gzip"})
end
""")
    return script


def answers(clients: list[Client], choice: str, folder: Path) -> Path:
    script = folder / "answers.lua"
    script.write_text(_lua_clients(clients) + f"""
request = function()
  n = n % #people + 1
  return wrk.format("POST", nil, {{["Cookie"] = people[n][1],
    ["Content-Type"] = "application/x-www-form-urlencoded"}},
    "r={choice}&csrf_token=" .. people[n][2])
end
""")
    return script


def _lua_clients(clients: list[Client]) -> str:
    rows = ",\n".join(f'{{"{one.cookie}", "{one.token}"}}' for one in clients)
    return f"local people = {{{rows}}}\nlocal n = math.random(1, {len(clients)})\n"


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            Client(port).get("/")
        except OSError:
            time.sleep(0.05)
        else:
            return


def wrk(port: int, path: str, connections: int, seconds: int,
        script: Path | None = None) -> dict[str, float]:
    """Requests a second, latency and errors of one run."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "20s",
               *(["-s", str(script)] if script else ["-H", "Accept-Encoding: gzip"]),
               f"http://127.0.0.1:{port}{path}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    errors = sum(int(one) for one in re.findall(
        r"Non-2xx or 3xx responses: (\d+)", told))
    errors += sum(int(number) for line in re.findall(r"Socket errors: (.*)", told)
                  for number in re.findall(r"\d+", line))
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]),
            "p50": milliseconds(re.search(r"^ +50% +(\S+) *$", told, re.M)[1]),
            "p99": milliseconds(re.search(r"^ +99% +(\S+) *$", told, re.M)[1]), "errors": errors}


def milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def row(name: str, connections: int, found: list[dict[str, float]],
        bare: list[dict[str, float]]) -> None:
    """The medians of the rounds, and the median of the ratios to the bare server."""
    ratio = statistics.median(one["rate"] / other["rate"]
                              for one, other in zip(found, bare, strict=True))
    rate, p50, p99 = (statistics.median(one[key] for one in found)
                      for key in ("rate", "p50", "p99"))
    errors = sum(one["errors"] for one in found)
    print(f"{name:34}{connections:>12}{rate:>10.0f}{p50:>9.1f}{p99:>9.1f}{ratio:>9.0%}"
          f"{errors:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
