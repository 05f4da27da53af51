"""How long taking a name out takes, and for how long an answer meanwhile has to wait.

    python -m tests.bench.store_erase [10000 100000]

The person's statements lie all through the log, with a note in each segment. A second thread
saves one statement after another: its longest wait is that of an answer in the classroom.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path

from course.core import people
from course.core.people import REGISTER, Person, Register, fold_people
from course.core.progress import fold_learner, note
from course.core.statement import Draft
from course.store.device import Machine
from course.store.local import LocalStore

from .store_open import fill

ANA = "0" * 12
BY = Person("b", "B", "B", "registrar", "en", "x")


def opened(folder: Path) -> LocalStore:
    return LocalStore(folder / "data", {"learner": fold_learner, "people": fold_people},
                      folds_version="1", machine=Machine(folder / "machine"),
                      checkpoint_every=3600)


def waits(store: LocalStore, until: threading.Event, found: list[float]) -> None:
    while not until.is_set():
        began = time.perf_counter()
        with store.record("learner:other") as record:
            record.append(Draft("bookmarked", "m#a", {"on": True}))
        found.append(time.perf_counter() - began)


def erased(folder: Path) -> tuple[float, float, float]:
    """Seconds in all, and the longest and the usual wait of the other thread."""
    store = opened(folder)
    with store.record(REGISTER) as record:
        record.append(people.enrol(Register({}), ANA, name="Ana Torres", number="7741",
                                   secret="x"))
    with store.record(f"learner:{ANA}") as record:
        record.append(*(note(f"m#{one}", "a note of Ana Torres") for one in range(50)))
    with store.record(REGISTER) as record:
        record.append(people.pseudonymise(Register(record.document).person(ANA), BY))
    over, found = threading.Event(), [0.0]
    other = threading.Thread(target=waits, args=(store, over, found))
    other.start()
    began = time.perf_counter()
    store.erase()
    took = time.perf_counter() - began
    over.set()
    other.join()
    store.close()
    return took, max(found), sorted(found)[len(found) // 2]


def main() -> None:
    print(f"{'statements':>10} {'log MB':>7} {'in all s':>9} {'longest wait ms':>16} "
          f"{'usual wait ms':>14}")
    for count in [int(one) for one in sys.argv[1:]] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            fill(folder, count)
            size = sum(path.stat().st_size for path in (folder / "data" / "log").iterdir())
            took, longest, usual = erased(folder)
            print(f"{count:>10} {size / 1e6:>7.1f} {took:>9.2f} {longest * 1000:>16.1f} "
                  f"{usual * 1000:>14.2f}")


if __name__ == "__main__":
    main()
