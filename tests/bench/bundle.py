"""What it costs to carry statements from one laptop to another.

    python -m tests.bench.bundle [100000]

Each step runs in a process of its own, which says the seconds and how much memory it had at
most, beyond what it had before. The importing laptop has as many statements of its own, of
other people. A learner has 200 statements.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from course.bundles import Bundle, parcel
from course.core.learning import fold_learner
from course.store.bundle import Head
from course.store.device import Machine
from course.store.files import write_whole
from course.store.lines import encode, render, segment_name
from course.store.local import LocalStore

from .store_open import SEGMENT, history

WORDS = "a stick for the train"


def fill(folder: Path, count: int, device: str) -> None:
    """A laptop's log, written directly, and its documents."""
    log = folder / "log"
    log.mkdir(parents=True)
    lines: list[bytes] = []
    size = segment = 0
    for number, statement in enumerate(history(count), start=1):
        payload = encode(statement).replace(b'"device":"bench"', b'"device":"%s"' % device.encode())
        payload = payload.replace(b'"learner:', b'"learner:%s' % device.encode())
        lines.append(render(number, payload))
        size += len(lines[-1])
        if size > SEGMENT or number == count:
            segment += 1
            (log / segment_name(segment)).write_bytes(b"".join(lines))
            lines, size = [], 0
    opened(folder).close()


def opened(folder: Path) -> LocalStore:
    return LocalStore(folder, {"learner": fold_learner}, folds_version="1",
                      machine=Machine(folder.parent / "machine"), checkpoint_every=3600)


def export(folder: Path, file: Path, passphrase: str = "") -> None:
    store = opened(folder)
    write_whole(file, parcel(Head(store.device, "2026", "bench"), store.statements, {},
                             passphrase=passphrase))
    store.close()


STEPS = {
    "export": lambda one, two, file: export(one, file),
    "export sealed": lambda one, two, file: export(one, sealed(file), WORDS),
    "check": lambda one, two, file: Bundle.open(file),
    "check sealed": lambda one, two, file: Bundle.open(sealed(file), WORDS),
    "preview": lambda one, two, file: in_store(two, lambda store: store.compare(Bundle.open(file))),
    "import": lambda one, two, file: in_store(two, lambda store: take(store, file)),
    "import again": lambda one, two, file: in_store(two, lambda store: take(store, sealed(file))),
    "undo": lambda one, two, file: in_store(two, undo),
}


def sealed(file: Path) -> Path:
    return file.with_suffix(".sealed")


def in_store(folder: Path, work: object) -> None:
    store = opened(folder)
    work(store)  # type: ignore[operator]
    store.close()


def take(store: LocalStore, file: Path) -> None:
    bundle = Bundle.open(file, WORDS)
    store.take(bundle, bundle.source)


def undo(store: LocalStore) -> None:
    for one in store.imports():
        store.withdraw(one.id)


def memory() -> float:
    """The most that this process has had, in megabytes."""
    told = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in told if line.startswith("VmHWM")) / 1024


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        before, began = memory(), time.perf_counter()
        STEPS[sys.argv[2]](*map(Path, sys.argv[3:]))
        print(f"{time.perf_counter() - began} {time.process_time()} {memory() - before}")
        return
    count = int(sys.argv[1]) if sys.argv[1:] else 100_000
    with tempfile.TemporaryDirectory() as name:
        one, two, file = (Path(name) / each for each in ("one/data", "two/data", "a.fourthp"))
        fill(one, count, "one")
        fill(two, count, "two")
        print(f"{count:,} statements on each of two laptops")
        print(f"{'':14} {'s':>6} {'cpu s':>6} {'+MB':>6}")
        for step in STEPS:
            told = subprocess.run(
                [sys.executable, "-m", "tests.bench.bundle", "--child", step, str(one), str(two),
                 str(file)], check=True, capture_output=True, text=True,
                cwd=Path(__file__).parents[2]).stdout
            seconds, cpu, more = map(float, told.split())
            print(f"{step:14} {seconds:>6.1f} {cpu:>6.1f} {more:>6.0f}", flush=True)
        print(f"file {file.stat().st_size / 1e6:.0f} MB, "
              f"sealed {sealed(file).stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
