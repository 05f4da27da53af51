"""The plug is pulled, again and again, while a class answers: nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter

import pytest

from course import FOLDS
from course.core.questions import text_id
from course.store.local import LocalStore

from .serving import Client, Server, quiz_files
from .world import write

KILLS = int(os.environ.get("COURSE_KILLS", "200"))
LEARNERS = 12
YES = text_id("Yes")


class Answering(threading.Thread):
    """A learner who takes the quiz over and over, and remembers what was acknowledged."""

    def __init__(self, client: Client, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.client = client
        self.stop = stop
        self.acknowledged: list[tuple[str, int]] = []
        self.handed_in: list[str] = []
        self.unexpected: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            attempt = self._post("/manuals/press/lesson/quiz").split("/")
            if len(attempt) < 4:
                return
            for place in range(int(attempt[3]), 21):
                url = f"/attempts/{attempt[2]}/{place}"
                if not self._post(url, r=YES):
                    return
                self.acknowledged.append((attempt[2], place))
            if not self._post(f"/attempts/{attempt[2]}/submit"):
                return
            self.handed_in.append(attempt[2])

    def _post(self, url: str, **form: str) -> str:
        """Try until the server answers, as a phone does; where it leads, empty at the end."""
        while not self.stop.is_set():
            try:
                status, location, text = self.client.post(url, **form)
            except OSError:
                time.sleep(0.02)
                continue
            if status == 303:
                return location
            self.unexpected.append(f"{status} {url} {text[:300]}")
            return ""
        return ""


@pytest.mark.slow
def test_no_acknowledged_answer_is_lost_however_often_the_power_fails(tmp_path):
    content = write(tmp_path / "content", quiz_files())
    with Server(tmp_path / "data", content=content) as server:
        class_ = press(server)
    assert not [told for one in class_ for told in one.unexpected]
    acknowledged = sum(len(one.acknowledged) for one in class_)
    assert acknowledged > KILLS
    verify(tmp_path / "data", class_)


def press(server):
    """Let the class answer while the server is killed and started again and again."""
    admin = Client(server.port)
    admin.set_up()
    admin.close()
    clients = [Client(server.port) for _ in range(LEARNERS)]
    for number, client in enumerate(clients):
        client.enrol(number)
    stop = threading.Event()
    class_ = [Answering(client, stop) for client in clients]
    for one in class_:
        one.start()

    chance = random.Random(4)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.02, 0.35))
        server.kill()
        server.start()
    time.sleep(0.3)
    stop.set()
    for one in class_:
        one.join(60)
        one.client.close()
    return class_


def verify(data, class_):
    """Every acknowledged answer stands in the log once, and in the documents."""
    store = LocalStore(data, FOLDS)
    try:
        asked, answered, closed = {}, Counter(), set()
        for statement in store.statements():
            if statement.verb == "initialized":
                asked[statement.object.partition(":")[2]] = statement.result["questions"]
            elif statement.verb == "answered":
                name = statement.object.partition("#")[2]
                answered[statement.result["attempt"], name] += 1
            elif statement.verb == "passed":
                closed.add(statement.object.partition(":")[2])
        kept = Counter({key: count for key, count in answered.items() if count > 1})
        assert not kept, f"kept twice: {kept}"
        wanted = {(attempt, asked[attempt][place - 1])
                  for one in class_ for attempt, place in one.acknowledged}
        assert not wanted - answered.keys()
        assert not {attempt for one in class_ for attempt in one.handed_in} - closed
        documents = [store.document(record) for record in store.record_ids("learner")]
        summaries = {attempt for document in documents
                     for attempt, kept in document["attempts"].items() if "summary" in kept}
        assert closed == summaries
        assert not [one for one in store.health().repairs
                    if one.code in {"bad-line", "bad-checksum", "lost-number"}]
    finally:
        store.close()
