"""How long a store takes to open, and how much memory, as its history grows.

    python -m tests.bench.store_open [10000 100000 1000000]

Each opening is measured in a process of its own, as the best of three: with the checkpoint;
without it, everything folded again from the log; and, as a baseline, a plain reading of
every line with json.loads, with nothing folded. A learner has 200 statements.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from course.core.learning import fold_learner
from course.core.statement import Draft, Statement
from course.store import stamped
from course.store.device import Machine
from course.store.lines import encode, render, segment_name
from course.store.local import LocalStore

EACH = 200
"""Statements of one learner."""
SEGMENT = 8 << 20
LEARNERS_AT_ONCE = 25


def history(count: int) -> Iterator[Statement]:
    """Classes of twenty-five, each learner reading, answering and taking quizzes."""
    chance = random.Random(7)
    cohorts = -(-count // (LEARNERS_AT_ONCE * EACH))
    number = 0
    for cohort in range(cohorts):
        for step in range(EACH):
            for seat in range(LEARNERS_AT_ONCE):
                number += 1
                if number > count:
                    return
                yield stamped(draft(step, chance), f"learner:{cohort:05}{seat:03}", "bench",
                              number, number, f"2026-01-01T00:00:00.{number % 1000:03}Z")


def draft(step: int, chance: random.Random) -> Draft:
    module = f"tip-basic/module-{step // 20}"
    place = step % 20
    if place < 6:
        return Draft("experienced", f"{module}#section-{place}")
    answer = {"response": [f"choice-{chance.randrange(4)}"], "score": chance.randrange(2),
              "digest": "0a1b2c3d4e5f6071"}
    if place < 9:
        return Draft("answered", f"{module}#check-{place}", {**answer, "in": "check"})
    attempt = f"{step // 20:04}"
    questions = [f"q-{number}" for number in range(9)]
    if place == 9:
        return Draft("initialized", f"attempt:{attempt}", {
            "quiz": module, "questions": questions, "seed": "1"})
    if place < 19:
        return Draft("answered", f"{module}#q-{place - 10}", {**answer, "attempt": attempt})
    return Draft("passed", f"attempt:{attempt}", {
        "quiz": module, "score": 8, "of": 9, "passed": True, "missed": [],
        "items": [{"id": one, "response": ["choice-1"], "score": 1} for one in questions]})


def fill(folder: Path, count: int) -> None:
    """Write the log directly, then let the store make its documents."""
    log = folder / "data" / "log"
    log.mkdir(parents=True)
    lines: list[bytes] = []
    size = segment = 0
    for number, statement in enumerate(history(count), start=1):
        lines.append(render(number, encode(statement)))
        size += len(lines[-1])
        if size > SEGMENT or number == count:
            segment += 1
            (log / segment_name(segment)).write_bytes(b"".join(lines))
            lines, size = [], 0
    opened(folder).close()


def opened(folder: Path) -> LocalStore:
    return LocalStore(folder / "data", {"learner": fold_learner}, folds_version="1",
                      machine=Machine(folder / "machine"), checkpoint_every=3600)


def read_plainly(folder: Path) -> list[object]:
    statements: list[object] = []
    for path in sorted((folder / "data" / "log").glob("*.jsonl")):
        with path.open("rb") as file:
            statements += [json.loads(line)[2] for line in file]
    return statements


def memory() -> float:
    """Resident megabytes now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def child(folder: Path, how: str) -> None:
    """One measurement, printed as seconds and megabytes."""
    before, began = memory(), time.perf_counter()
    kept = read_plainly(folder) if how == "plain" else opened(folder)
    took, more = time.perf_counter() - began, memory() - before
    print(f"{took} {more}")
    sys.stdout.flush()
    if isinstance(kept, LocalStore):
        kept.close()


def measured(folder: Path, how: str, tries: int) -> tuple[float, float]:
    """Best seconds and least megabytes."""
    results = []
    for _ in range(tries):
        if how == "rebuilt":
            (folder / "data" / "progress.json").unlink()
        answer = subprocess.run(
            [sys.executable, "-m", "tests.bench.store_open", "--child", str(folder), how],
            check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
        took, more = map(float, answer.stdout.split())
        results.append((took, more))
    return min(took for took, _ in results), min(more for _, more in results)


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]), sys.argv[3])
        return
    counts = [int(one) for one in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    print(f"{'statements':>10} {'log MB':>7} {'docs MB':>8} {'open ms':>8} {'+MB':>5} "
          f"{'rebuilt s':>9} {'+MB':>6} {'plain read s':>12} {'+MB':>6}")
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            fill(folder, count)
            log = sum(path.stat().st_size for path in (folder / "data" / "log").iterdir())
            documents = (folder / "data" / "progress.json").stat().st_size
            fast, rebuilt, plain = (measured(folder, how, tries) for how, tries in
                                    (("opened", 3), ("rebuilt", 1), ("plain", 1)))
            print(f"{count:>10,} {log / 1e6:>7.0f} {documents / 1e6:>8.1f} "
                  f"{fast[0] * 1e3:>8.1f} {fast[1]:>5.1f} {rebuilt[0]:>9.1f} {rebuilt[1]:>6.0f} "
                  f"{plain[0]:>12.1f} {plain[1]:>6.0f}", flush=True)


if __name__ == "__main__":
    main()
