"""The plug is pulled in the middle of an examination, on the real server."""

from __future__ import annotations

import json
import re
import time

import pytest

from course.core.exam import SIGN_EVERY, attempt_id
from course.core.questions import text_id

from .serving import Client, Server, quiz_files
from .world import write

YES = text_id("Yes")
LEARNERS = 5


def class_of(client):
    """A trainer's class with everybody of the register; its address."""
    client.get("/classes/new")
    _, cohort, _ = client.post("/classes/new", name="Press", manual="press")
    _, _, page = client.get(f"{cohort}/people")
    everybody = re.findall(r'name="person" value="([^"]+)"', page)
    client.post(f"{cohort}/people", person=everybody)
    return cohort, everybody


def seconds_left(client, exam):
    _, _, line = client.get(f"/exams/{exam}/time")
    found = re.search(r"(\d+):(\d\d)</bdi>", line)
    return line, int(found[1]) * 60 + int(found[2]) if found else None


def own_data(client):
    return json.loads(client.get("/my-data.json")[2])


@pytest.mark.slow
def test_after_a_power_cut_the_examination_is_paused_with_every_answer_and_all_the_time(tmp_path):
    content = write(tmp_path / "content", quiz_files())
    with Server(tmp_path / "data", content=content) as server:
        trainer = Client(server.port)
        trainer.set_up()
        learners = [Client(server.port) for _ in range(LEARNERS)]
        for number, client in enumerate(learners):
            client.enrol(number)
        cohort, _ = class_of(trainer)
        _, exam, text = trainer.post(f"{cohort}/exams/prepare", quiz="press/lesson",
                                     minutes="30", same="0", together="0")
        assert exam, re.findall(r'class="error".*', text)
        trainer.get(exam)
        trainer.post(exam, to="open")
        name = exam.rpartition("/")[2]
        began = time.monotonic()
        acknowledged = []
        for client in learners:
            _, where, _ = client.post(f"/exams/{name}")
            attempt = where.split("/")[2]
            for place in range(1, 9):
                status, _, _ = client.post(f"/attempts/{attempt}/{place}", r=YES)
                assert status == 303
                acknowledged.append((client, attempt, place))
        time.sleep(6)  # a sign of life at least
        before = [seconds_left(client, name)[1] for client in learners]
        ran = time.monotonic() - began
        server.kill()
        for client in [trainer, *learners]:
            client.close()
        time.sleep(3)
        server.start()

        _, _, page = trainer.get(exam)
        assert "Paused by itself" in page
        for client in learners:
            line, _ = seconds_left(client, name)
            assert "Nobody loses time" in line
            status, _, page = client.post(f"/attempts/{attempt_of(client, name)}/9", r=YES)
            assert status == 409
            assert "is paused" in page
        trainer.get(exam)
        assert trainer.post(exam, to="open")[0] == 303
        for client, seconds in zip(learners, before, strict=True):
            left = seconds_left(client, name)[1]
            assert seconds - 3 <= left <= seconds + SIGN_EVERY / 1000 + 1, (seconds, left, ran)
            kept = own_data(client)["learning"]["attempts"][attempt_of(client, name)]
            mine = [one for one in acknowledged if one[0] is client]
            assert len(kept["answers"]) == len(mine)
            assert client.post(f"/attempts/{attempt_of(client, name)}/9", r=YES)[0] == 303
        for client in [trainer, *learners]:
            client.close()


def attempt_of(client, exam):
    return attempt_id(exam, own_data(client)["person"]["id"])
