"""Killed again and again while it writes, a store loses nothing that it acknowledged."""

import random
import subprocess
import sys
import time
from pathlib import Path

from .stores import in_log, place_in, said

KILLS = 20
ROOT = Path(__file__).parents[1]
WRITER = """
import sys, threading
from pathlib import Path
from tests.stores import place_in, say

store = place_in(Path(sys.argv[1])).open(checkpoint_every=0.02, segment_bytes=20_000)
lock = threading.Lock()

def write(name):
    for number in range(100_000):
        word = f"{sys.argv[2]}-{name}-{number}"
        say(store, word, f"room:{name}")
        with lock:
            print(word, flush=True)

for name in range(4):
    threading.Thread(target=write, args=(name,)).start()
"""


def test_twenty_kills_lose_no_acknowledged_statement(tmp_path):
    chance = random.Random(20)
    acknowledged = []
    for life in range(KILLS):
        acknowledged += killed_after(tmp_path, str(life), chance.uniform(0.02, 0.2))
    place = place_in(tmp_path)
    store, repairs = place.reopened()
    history = in_log(store, None)
    shown = {room: store.document(room) for room in store.record_ids("room")}
    documents = [word for room in shown for word in said(store, room)]
    ids = [statement.id for statement in store.statements()]
    store.close()

    assert len(acknowledged) > KILLS
    assert set(acknowledged) <= set(history)
    assert len(history) == len(set(history)) == len(set(ids))
    assert sorted(documents) == sorted(history)
    assert not repairs & {"bad-line", "bad-checksum", "lost-number", "documents-rebuilt"}

    place.progress.unlink()
    again, _ = place.reopened()
    assert {room: again.document(room) for room in again.record_ids("room")} == shown
    again.close()


def killed_after(folder, life, seconds):
    """Start a writer and kill it in the midst of its work; what it said was saved."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder), life],
                              cwd=ROOT, stdout=subprocess.PIPE, text=True)
    first = writer.stdout.readline()
    time.sleep(seconds)
    writer.kill()
    words = [first, *writer.stdout]
    writer.wait()
    writer.stdout.close()
    return [word.strip() for word in words if word.endswith("\n")]
