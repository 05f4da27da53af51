"""How soon the course is there and what it takes: `python -m tests.bench.start [runs]`.

Start of the process to its first page over HTTP, and the memory it then holds, on an empty
folder and on one of a class of two hundred. The modules are compiled before the first run, as
pip does it where the course is installed.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from ..serving import Client, Server
from .web import enrol


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "class"
        enrol(full)
        compiled = {"PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled"),
                    "PYTHONDONTWRITEBYTECODE": ""}
        with Server(Path(folder) / "first", environment=compiled):
            pass
        for name, data in (("empty", None), ("class of 200", full)):
            times, memory = [], []
            for run in range(runs):
                with Server(data or Path(folder) / f"empty{run}", environment=compiled) as server:
                    times.append(server.took)
                    Client(server.port).get("/")
                    memory.append(resident(server.process.pid))
            print(f"{name}: first page after {statistics.median(times):.2f} s "
                  f"({min(times):.2f} to {max(times):.2f}), "
                  f"{statistics.median(memory):.0f} MB resident")


def resident(pid: int) -> float:
    """Megabytes of memory a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return int(kilobytes) / 1000


if __name__ == "__main__":
    main()
