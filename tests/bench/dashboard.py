"""How fast a large class is seen: `python -m tests.bench.dashboard [learners]`.

Fills a store with two hundred learners who have taken all twelve modules of a manual, both its
tests and its examination, through the real folds, and prints how long the server takes for each
page of the results: the first time, again, and after one learner has handed in a test. Beside the
clock's time stands the processor's, which a busy machine does not change much.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import orjson

from course import create_app, demo, open_library, open_store
from course.core import people
from course.settings import Settings
from course.store import MemoryStore

from ..world import Staff

RESULTS = "/classes/demo/results"
TIP = f"{RESULTS}/tip-basic"
PAGES = (RESULTS, f"{RESULTS}?as=xlsx", *(TIP + tail for tail in (
    "/where", "/objectives", "/questions", "/misconceptions", "/before-and-after", "/cases",
    "/cases/laundry-evidence", "/activities/elements", "/activities/final",
    "/activities/before/questions/girl-above-the-stable")))
ROUNDS = 7


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data", testing=True)
        fill(settings, count)
        store = open_store(settings)
        try:
            measure(settings, store, count)
        finally:
            store.close()


def fill(settings: Settings, count: int) -> None:
    """The invented class, so many times over."""
    whole = [one for one in demo.CLASS if one.manual and one.share > 0.9]
    demo.CLASS = tuple(replace(whole[place % len(whole)], name=f"Learner {place:03}")
                       for place in range(count))
    began = time.perf_counter()
    demo.fill(settings, lambda clock: open_store(settings, clock), open_library(settings),
              lambda _: None)
    print(f"{count} learners filled in {time.perf_counter() - began:.0f} s")


def measure(settings: Settings, store: MemoryStore, count: int) -> None:
    documents = [store.document(one) for one in store.record_ids("learner")]
    size = statistics.mean(len(orjson.dumps(one)) for one in documents)
    kept = statistics.mean(len(orjson.dumps(one.get("firsts", {}))) + sum(
        len(orjson.dumps(each["summary"].get("answers", [])))
        for each in one.get("attempts", {}).values() if "summary" in each) for one in documents)
    print(f"a learner's document {size / 1024:.0f} KiB, first answers {kept / 1024:.1f} KiB of it")
    app = create_app(settings, store)
    trainer = Staff(app, "T-001", demo.PASSPHRASE)
    print(f"\n{'':62}{'first':>14}{'again':>14}{'KiB':>7}   ms, of the processor in brackets")
    for url in PAGES:
        first = took(trainer, url)
        again = median(took(trainer, url) for _ in range(ROUNDS))
        size = len(trainer.client.get(url).data)
        print(f"{url:62}{told(first):>14}{told(again):>14}{size / 1024:>7.0f}", flush=True)
    library = app.extensions["course"].library
    person = app.extensions["course"].register().learners()[0]
    after = []
    for round_ in range(ROUNDS):
        hand_in(store, library, person, f"bench{round_}")
        after.append(took(trainer, RESULTS))
    print(f"\n{RESULTS}, one learner having handed in a test: {told(median(after))} ms")


def took(trainer: Staff, url: str) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor for one page."""
    began, busy = time.perf_counter(), time.process_time()
    assert trainer.client.get(url).status_code == 200
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - busy)


def median(times) -> tuple[float, float]:
    clock, processor = zip(*times, strict=True)
    return statistics.median(clock), statistics.median(processor)


def told(times: tuple[float, float]) -> str:
    return f"{times[0]:.0f} ({times[1]:.0f})"


def hand_in(store: MemoryStore, library, person: people.Person, attempt_id: str) -> None:
    """One learner takes a test of ten questions once more."""
    from course.core import scoring

    quiz = library.quiz("tip-basic/elements", "en")
    with store.record(person.record) as record:
        history = scoring.attempts(record.document, quiz.id)
        record.append(scoring.start(quiz, library.in_place(quiz.id), history, attempt_id, "s"))
    attempt = scoring.attempt(store.document(person.record), attempt_id)
    with store.record(person.record) as record:
        record.append(*(scoring.answer(attempt, quiz, one, quiz.question(one).key())
                        for one in attempt.questions))
    attempt = scoring.attempt(store.document(person.record), attempt_id)
    with store.record(person.record) as record:
        record.append(scoring.submit(attempt, quiz)[1])


if __name__ == "__main__":
    main()
