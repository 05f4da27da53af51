"""How long a cohort's certificates take: `python -m tests.bench.certificates [how many]`.

Issues records with a transcript of forty objectives, sets them as one PDF in a thread of its
own, and prints the time, the size, the most memory, and how long a small task had to wait
meanwhile, as another page would.
"""

from __future__ import annotations

import resource
import sys
import time
from itertools import cycle, islice

from course.core.transcript import Row
from course.exchange.printing import Printing

from ..issuing import NAMES, Desk, new_signer, register_of

ROWS = tuple(Row(f"tip-indepth/{place // 4}", f"Module {place // 4 + 1}: the elements", str(place),
                 "Name the act, the means and the purpose, and what the evidence does not prove",
                 "3.5", 4) for place in range(40))
SCRIPTS = ("latin", "arabic", "persian", "cyrillic", "kazakh")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    desk = Desk(new_signer())
    for script in islice(cycle(SCRIPTS), count):
        desk.issue(NAMES[script], transcript=ROWS)
    before, start = _peak(), time.perf_counter()
    printing = Printing(register_of(desk.store).records)
    waits = []
    while not printing.is_over:
        asked = time.perf_counter()
        time.sleep(0.01)
        waits.append(time.perf_counter() - asked - 0.01)
    taken = time.perf_counter() - start
    pages = printing.result().count(b"/Type /Page\n")
    print(f"{count} records, {pages} pages, {len(printing.result()) / 1e6:.1f} MB: {taken:.1f} s, "
          f"{_peak() - before:.0f} MB more memory")
    waits.sort()
    print(f"others waited {1000 * waits[len(waits) // 2]:.1f} ms (median), "
          f"{1000 * waits[int(len(waits) * 0.99)]:.1f} ms (99 %), {1000 * waits[-1]:.0f} ms (most)")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
