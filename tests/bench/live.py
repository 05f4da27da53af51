"""A class of two hundred phones: `python -m tests.bench.live [seconds]`.

One real server with the real course, and two hundred phones that keep their connections, in
one asyncio loop beside it. Prints what an idle class costs, how soon a pushed question is on
all phones (polling, and told by the side port), whether 200 answers within two seconds are
kept and how soon they are acknowledged, what module pages take meanwhile, and how soon the
class goes on after the server was killed and started again. Times are in milliseconds, seen by
the phones; the loop that plays them shares the machine, so they are upper bounds.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path

from ..inclass import Desk, fill, signed_in, version_in
from ..serving import Server
from .web import together

PHONES = 200
MODULE = "tip-basic/elements"
PAGE = "/manuals/tip-basic/elements/means"
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    seconds = int(sys.argv[1]) if sys.argv[1:] else 8
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        filled = fill(data, module=MODULE, count=PHONES, pin_cost=8)
        with Server(data) as server:
            asyncio.run(class_(server, filled, seconds))


async def class_(server: Server, filled, seconds: int) -> None:
    url = f"/live/{filled.session}"
    loop = asyncio.get_running_loop()
    desk = await loop.run_in_executor(None, Desk, server.port, filled)

    def press(**fields):
        return loop.run_in_executor(None, lambda: desk.does(**fields))

    began = time.perf_counter()
    phones = await loop.run_in_executor(None, join_all, server.port, filled, url)
    print(f"200 sign in, join and open the page: {time.perf_counter() - began:.1f} s")
    readers = [Phone(server.port, one.cookie, PAGE) for one in phones[:4]]
    pages = Pages(readers)
    async with pages:
        await idle("polling", server, phones, seconds, pages)
        await push("polling", phones, press, {"step": "s2"}, pages)
        await press(way="phones")
        await streams(server, phones)
        await idle("streams open, polling every 15 s", server, phones, seconds, pages)
        await push("streams", phones, press, {"do": "first"}, pages)
        await answers(phones, press, pages)
        await push("streams, answered by all", phones, press, {"do": "reveal"}, pages)
        for phone in phones:
            phone.hang_up()
        await push("side port blocked", phones, press, {"do": "talk"}, pages)
    await restart(server, phones, desk)
    await asyncio.gather(*(one.rest() for one in phones))


def join_all(port: int, filled, url: str) -> list[Phone]:
    def join(learner: str) -> Phone:
        client = signed_in(port, learner)
        version = version_in(client.get(url)[2])
        client.close()
        return Phone(port, client.cookie, url, client.token, version)

    crowd = together([lambda one=one: join(one) for one in filled.learners])
    assert not crowd.errors, crowd.errors[:3]
    return crowd.values


class Phone:
    """One keep-alive connection, and what the script of the page does with it."""

    def __init__(self, port: int, cookie: str, url: str, token: str = "", version: str = ""):
        self.port, self.cookie, self.url = port, cookie, url
        self.token, self.version, self.part = token, version, ""
        self.seen = 0.0
        """When it last showed something new."""
        self.told = 0.0
        self.polls: list[float] = []
        self.failed = 0
        self.streaming = False
        self._line: tuple | None = None
        self._free = asyncio.Lock()
        self._tasks: list[asyncio.Task] = []
        self._stream: asyncio.StreamWriter | None = None

    async def ask(self, path: str, method: str = "GET", body: str = "", **headers: str):
        """One request; its status, headers and body."""
        async with self._free:
            if self._line is None:
                self._line = await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = self._line
            lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}",
                     f"Cookie: {self.cookie}", "Accept-Encoding: gzip",
                     *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
            if method == "POST":
                lines += ["Content-Type: application/x-www-form-urlencoded",
                          f"Content-Length: {len(body)}"]
            try:
                writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = re.search(r"(?i)content-length: (\d+)", head)
                text = await reader.readexactly(int(length[1])) if length else b""
            except BaseException as error:  # also when told to stop in the middle
                writer.close()
                self._line = None
                if isinstance(error, asyncio.IncompleteReadError):
                    raise OSError("the line is dead") from None
                raise
            return int(head[9:12]), head, text

    async def poll(self) -> None:
        began = time.perf_counter()
        status, _, _ = await self.ask(f"{self.url}/state",
                                      If_None_Match=f'"{self.version}"')
        self.polls.append(time.perf_counter() - began)
        if status == 200:
            await self.fetch()
        else:
            assert status == 304, status

    async def fetch(self) -> None:
        import gzip
        status, head, body = await self.ask(f"{self.url}/part")
        assert status == 200, (status, head)
        self.part = (gzip.decompress(body) if "gzip" in head else body).decode()
        version = version_in(self.part)
        if version != self.version:
            self.version, self.seen = version, time.perf_counter()

    async def _attend(self) -> None:
        await asyncio.sleep(random.random() * 2)
        while True:
            try:
                await self.poll()
            except OSError:
                self.failed += 1
            await asyncio.sleep((15 if self.streaming else 2) * (0.75 + random.random() / 2))

    def attend(self) -> None:
        if not self._tasks:
            self._tasks.append(asyncio.create_task(self._attend()))

    async def listen(self, port: int) -> None:
        reader, self._stream = await asyncio.open_connection("127.0.0.1", port)
        self._stream.write((f"GET {self.url} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                            f"Origin: http://127.0.0.1:{self.port}\r\n\r\n").encode())
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        self.streaming = True
        self._tasks.append(asyncio.create_task(self._follow(reader)))

    async def _follow(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"data:") and line[6:].strip().decode() != self.version:
                self.told = time.perf_counter()
                await self.fetch()

    def hang_up(self) -> None:
        """Lose the side port: go on by asking."""
        self.streaming = False
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        if self._stream:
            self._stream.close()
        self.attend()

    async def answer(self) -> float:
        """Send a choice; the seconds until it was acknowledged."""
        action = re.search(r'action="([^"]+)" data-save="now"', self.part)[1]
        choice = random.choice(re.findall(r'name="r" value="([^"]+)"', self.part))
        began = time.perf_counter()
        status, head, _ = await self.ask(action, "POST",
                                         f"r={choice}&part=1&csrf_token={self.token}")
        took = time.perf_counter() - began
        assert status == 303, head
        await self.fetch()
        assert "Saved" in self.part
        return took

    async def rest(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._line:
            self._line[1].close()
        if self._stream:
            self._stream.close()


class Pages:
    """Four learners who read modules meanwhile, twenty pages a second in all."""

    def __init__(self, readers: list[Phone]) -> None:
        self._readers = readers
        self._tasks: list[asyncio.Task] = []
        self.took: list[float] = []
        self.rests = False

    async def _read(self, reader: Phone) -> None:
        while True:
            while self.rests:
                await asyncio.sleep(0.1)
            began = time.perf_counter()
            status, _, _ = await reader.ask(PAGE)
            assert status == 200, status
            self.took.append(time.perf_counter() - began)
            await asyncio.sleep(0.2)

    async def __aenter__(self):
        for one in self._readers:
            await one.ask(PAGE)
            self._tasks.append(asyncio.create_task(self._read(one)))
        return self

    async def __aexit__(self, *_):
        for task in self._tasks:
            task.cancel()
        for one in self._readers:
            await one.rest()

    def meanwhile(self) -> str:
        took, self.took = self.took, []
        return f"module pages meanwhile {spread(took)} (n={len(took)})"


def spread(seconds: list[float]) -> str:
    """p50, p99 and the longest."""
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99)]
    return f"p50 {at[0] * 1000:.0f} ms, p99 {at[1] * 1000:.0f} ms, longest " \
           f"{ordered[-1] * 1000:.0f} ms"


def used(server: Server) -> tuple[float, float]:
    """Processor seconds so far, and MB in memory now, of the server."""
    assert server.process
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
    return (int(fields[11]) + int(fields[12])) / TICKS, memory


async def idle(name: str, server: Server, phones: list[Phone], seconds: int, pages: Pages) -> None:
    """A class in which nothing happens; nobody reads module pages meanwhile."""
    for one in phones:
        one.attend()
    pages.rests = True
    await asyncio.sleep(2.5)
    for one in phones:
        one.polls = []
    pages.took = []
    before, _ = used(server)
    await asyncio.sleep(seconds)
    after, memory = used(server)
    pages.rests = False
    asked = [took for one in phones for took in one.polls]
    print(f"idle, {name}: server {100 * (after - before) / seconds:.1f} % of a processor, "
          f"{memory:.0f} MB; {len(asked) / seconds:.0f} polls a second {spread(asked)}")


async def push(name: str, phones: list[Phone], press, fields, pages: Pages) -> None:
    """The trainer presses a button; when each phone shows it, from when it was on disk."""
    known = {one: one.version for one in phones}
    pages.took = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    clock = time.perf_counter()
    await press(**fields)
    pressed = time.perf_counter() - clock
    while any(one.version == known[one] for one in phones) and loop.time() - began < 10:
        await asyncio.sleep(0.02)
    late = [one for one in phones if one.version == known[one]]
    reached = [one.seen - clock for one in phones if one not in late]
    told = [one.told - clock for one in phones if one.told > clock]
    print(f"pushed, {name}: on {len(reached)} of {len(phones)} phones {spread(reached)} after the "
          f"press (the trainer's own page took {pressed * 1000:.0f} ms)")
    if told:
        print(f"  told by the side port {spread(told)}")
    await asyncio.sleep(0.5)
    print(f"  {pages.meanwhile()}")


async def streams(server: Server, phones: list[Phone]) -> None:
    before, memory = used(server)
    for one in phones:
        await one.listen(server.port + 1)
    after, more = used(server)
    print(f"200 streams opened: {after - before:.2f} s of processor, {more - memory:.1f} MB more")


async def answers(phones: list[Phone], press, pages: Pages) -> None:
    """Everybody answers within two seconds."""
    async def one(phone: Phone) -> float:
        await asyncio.sleep(random.random() * 2)
        return await phone.answer()

    pages.took = []
    began = time.perf_counter()
    took = await asyncio.gather(*(one(phone) for phone in phones))
    ended = time.perf_counter() - began
    console = await press(do="close")
    print(f"200 answers sent within 2 s: all acknowledged after {ended:.2f} s, each "
          f"{spread(took)}; {counted(console)}\n  {pages.meanwhile()}")


def counted(console: str) -> str:
    found = re.search(r"<bdi>(\d+)</bdi> of <bdi>(\d+)</bdi> have answered", console)
    return f"the trainer's page says {found[1]} of {found[2]} have answered" if found else "?"


async def restart(server: Server, phones: list[Phone], desk: Desk) -> None:
    """Pull the plug, start again; when every phone has been answered again."""
    loop = asyncio.get_running_loop()
    server.kill()
    began = time.perf_counter()
    took = await loop.run_in_executor(None, server.start)
    for one in phones:
        one.polls = []
    while any(not one.polls for one in phones) and time.perf_counter() - began < 30:
        await asyncio.sleep(0.02)
    back = sum(bool(one.polls) for one in phones)
    ended = time.perf_counter() - began
    desk.close()
    console = await loop.run_in_executor(None, lambda: desk.get(desk.url)[2])
    print(f"killed and started again: first page after {took:.2f} s, {back} of {len(phones)} "
          f"phones answered again after {ended:.2f} s; {counted(console)}")


if __name__ == "__main__":
    main()
