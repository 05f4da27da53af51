"""How many answers a second are durable, beside one write and fsync for each.

    python -m tests.bench.store_write [--seconds 3] [--folder DIR] [--slow 0.012]

`cpu` is processor time for one append, of all threads together.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from course.core.learning import fold_learner
from course.core.statement import Draft
from course.store.device import Machine
from course.store.files import FileSystem
from course.store.lines import encode, render
from course.store.local import LocalStore

Append = Callable[[int, int], None]


def answer(number: int) -> Draft:
    return Draft("answered", f"tip-basic/elements#question-{number % 60}", {
        "in": "check", "response": ["choice-2"], "score": 1, "digest": "0a1b2c3d4e5f6071"})


def ours(store: LocalStore) -> Append:
    def append(thread: int, number: int) -> None:
        with store.record(f"learner:{thread}") as record:
            record.append(answer(number))

    return append


class SlowDisk(FileSystem):
    """A disk that takes longer for each sync."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def sync(self, fd: int) -> None:
        super().sync(fd)
        if self.seconds:
            time.sleep(self.seconds)


def plain(path: Path, statement: bytes, disk: SlowDisk) -> Append:
    """What a careful beginner writes: a lock, a line, an fsync."""
    lock = threading.Lock()
    file = path.open("ab", buffering=0)

    def append(thread: int, number: int) -> None:
        with lock:
            file.write(render(number + 1, statement))
            disk.sync(file.fileno())

    return append


def measure(append: Append, threads: int, seconds: float) -> tuple[float, float, float, float]:
    """Appends a second, median and 99th percentile in ms, processor time in µs for each."""
    times: list[list[float]] = [[] for _ in range(threads)]
    until = time.perf_counter() + seconds

    def work(thread: int) -> None:
        number = 0
        while (began := time.perf_counter()) < until:
            append(thread, number)
            times[thread].append(time.perf_counter() - began)
            number += 1

    workers = [threading.Thread(target=work, args=(one,)) for one in range(threads)]
    cpu, began = time.process_time(), time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    every = sorted(one for some in times for one in some)
    return (len(every) / took, every[len(every) // 2] * 1e3, every[len(every) * 99 // 100] * 1e3,
            cpu / len(every) * 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--slow", type=float, default=0, help="seconds more for each fsync")
    options = parser.parse_args()
    disk = SlowDisk(options.slow)
    print(f"{'threads':>7} {'store':<12} {'durable/s':>10} {'median ms':>10} {'p99 ms':>8} "
          f"{'cpu µs':>7}")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        store = LocalStore(folder / "data", {"learner": fold_learner}, folds_version="1",
                           machine=Machine(folder / "machine"), files=disk)
        ours(store)(0, 0)
        statement = encode(next(store.statements()))
        for threads in (1, 30, 200):
            for label, append in (("plain fsync", plain(folder / "plain.jsonl", statement, disk)),
                                  ("ours", ours(store))):
                rate, median, p99, cpu = measure(append, threads, options.seconds)
                print(f"{threads:>7} {label:<12} {rate:>10,.0f} {median:>10.2f} {p99:>8.1f} "
                      f"{cpu:>7.0f}")
        store.close()


if __name__ == "__main__":
    main()
