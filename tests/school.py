"""A school that has been lived in: a class, a session with phones, examinations, marks, cases,
records, and an import; so that a test can meet every page with something on it."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

from flask import url_for

from course.core import casework, people, scoring, walk

from .courses import RULES
from .examining import RULES as EXAM_RULES
from .examining import TEST_FILES
from .inclass import Phone, Trainer
from .issuing import PASSPHRASE
from .registrar import ACADEMY, numbers
from .world import Learner, Staff, add_colleague, form_for, make_app, set_up, write

CASES = ("gate", "talk", "build", "doors")
SHORT = {"modules/short/index.md": """---
title: A short manual
language: en
edition: "2026.1"
hours: 1
requires: [every module]
---

For a record.

1. [Text](text.md)
""", "modules/short/text.md": "---\ntitle: Text\nminutes: 5\n---\n\n## Text {#text}\n\nRead it.\n"}


class School:
    """The app, its people, and the ids of what is there."""

    def __init__(self, folder: Path, **settings) -> None:
        content = folder / "content"
        shutil.copytree(RULES / "course", content)
        write(content, {**TEST_FILES, **SHORT,
                        "modules/library/index.md": "---\ntitle: The library\nlanguage: en\n---\n"
                        "\n1. [TIP Protocol](tip-protocol.md)\n2. [Pact](pact.md)\n"})
        self.app = make_app(folder, content=content, **{"data": folder / "data", **settings})
        self.admin = set_up(self.app)
        for number, role in (("T-2", people.TRAINER), ("R-1", people.REGISTRAR)):
            add_colleague(self.admin, role, number)
        self.trainer = Trainer(self.app)
        self.other_trainer, self.registrar = Staff(self.app, "T-2"), Staff(self.app, "R-1")
        self.ana, self.bero = Learner(self.app), Learner(self.app, "Brell, Bero", "B-1")
        self.other = Learner(self.app, "Zorrel, Zale", "Z-9")
        self._gather()
        self._study()
        self._teach()
        self._examine()
        self._mark()
        self._issue()

    @property
    def services(self):
        return self.app.extensions["course"]

    @property
    def store(self):
        return self.services.store

    def _gather(self):
        self.trainer.post("/classes/new", {"name": "Port, March", "manual": ["tip", "demo-cases"]})
        self.cohort_url = self.trainer.path
        self.cohort = self.cohort_url.rpartition("/")[2]
        self.trainer.post(f"{self.cohort_url}/people", {"person": [self.ana.id, self.bero.id]})

    def _study(self):
        why, scene = "/manuals/tip/elements/why", "/manuals/tip/laundry/scene"
        self.ana.get(why)
        self.ana.post(f"{why}/note", {"note": "A note."}, page=why)
        self.ana.post(f"{why}/bookmark", {"on": "1"}, page=why)
        for one, right in ((self.ana, True), (self.bero, False)):
            one.answers(one.starts(), right)
            quiz = self.services.library.quiz("tip/elements", "en")
            one.post(f"{why}/checks/in-place", form_for(quiz.question("in-place"), right), page=why)
            one.post(f"{scene}/checks/essay", {"r": f"The text of {one.name}."}, page=scene)
            self._plays(one)
        self.done, = (key for key, one in self.ana.document["attempts"].items()
                      if one["quiz"] == "tip/elements")
        self.attempt = self.ana.starts("tip/laundry")
        self.ana.post(f"/attempts/{self.attempt}/1/flag", {"on": "1"},
                      page=f"/attempts/{self.attempt}/1")

    def _plays(self, learner):
        for name in CASES:
            case = self.services.library.case(f"demo-cases/{name}", "en")
            one = f"{name}{learner.number[0].lower()}"
            drawn = case.drawn((), "seed")
            self._keep(learner, lambda _, case=case, one=one, drawn=drawn: casework.start(
                case, one, "seed", drawn))
            case = case.of(drawn)
            for move in walk.played(case, random.Random(7), 0.7, "A note of my own."):
                self._keep(learner, lambda document, case=case, one=one, move=move: casework.made(
                    scoring.attempt(document, one), case, move))
            self._keep(learner, lambda document, case=case, one=one: casework.close(
                scoring.attempt(document, one), case))

    def _keep(self, learner, make):
        with self.store.record(f"learner:{learner.id}") as record:
            record.append(make(record.document))

    def _teach(self):
        """One session that is over, one that is under way with a question on the phones."""
        self.trainer.begins("tip/elements", cohort_id=self.cohort)
        self.over = self.trainer.id
        self.asking = self.trainer.puts("tip/elements#one")
        question = self.services.library.quiz("tip/elements", "en").question("one")
        for one, right in ((self.ana, True), (self.bero, False)):
            Phone(one, self.over).answers(**form_for(question, right))
        self.trainer.does("close")
        self.trainer.does("reveal")
        self.trainer.polls("Is the room warm?", "Yes", "No")
        self.trainer.ends()
        self.trainer.begins("tip/elements", cohort_id=self.cohort)
        self.session = self.trainer.id
        self.live_asking = self.trainer.puts("tip/elements#safety", way="both")
        Phone(self.ana, self.session).answers(**form_for(
            self.services.library.quiz("tip/elements", "en").question("safety"), False))
        page = self.trainer.post("/manuals/demo-cases/gate/case/room", {})
        assert page
        self.play = self.trainer.path.split("/")[2]

    def _examine(self):
        """One that is open, which one of the class sits, and one that is prepared."""
        self.exams = []
        for _ in range(2):
            self.trainer.post(f"{self.cohort_url}/exams/prepare", {**EXAM_RULES,
                                                                   "quiz": "tip/final"})
            self.exams.append(self.trainer.path.rpartition("/")[2])
            if len(self.exams) == 1:
                self.trainer.post(self.trainer.path, {"to": "open"})
        self.exam = self.exams[0]
        self.bero.post(f"/exams/{self.exam}")
        self.exam_attempt = next(key for key, one in self.bero.document["attempts"].items()
                                 if one.get("exam"))
        kept = self.bero.document["attempts"][self.exam_attempt]
        question = self.services.library.quiz("tip/final", "en").question(kept["questions"][0])
        self.bero.post(f"/attempts/{self.exam_attempt}/1", form_for(question),
                      page=f"/attempts/{self.exam_attempt}/1")

    def _mark(self):
        self.essay = "/marking/tip/laundry/essay"
        page = self.trainer.get(self.essay)
        self.token = re.findall(rf'href="{self.essay}/([^"#?]+)', page)[0]
        self.trainer.post(f"{self.essay}/{self.token}",
                          {"c1": "2", "c2": "1", "remark": "A remark."})

    def _issue(self):
        self.registrar.post("/academy/profile", ACADEMY)
        self.registrar.post("/academy/keys/make", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
        self.other.get("/manuals/short/text/text")
        form = {"person": [self.other.id], "language": "en", "passphrase": PASSPHRASE,
                f"name.{self.other.id}": self.other.name}
        page = self.registrar.post(
            "/academy/manuals/short/completion/issue", form,
            page=f"/academy/manuals/short/completion/issue?person={self.other.id}")
        self.number, = numbers(page)

    @property
    def statements(self):
        return list(self.store.statements())

    @property
    def trainer_id(self):
        return self.services.register().numbered("T-1").id

    def values(self, **other):
        """What stands in addresses, for what is really there."""
        return {
            "manual_id": "tip", "name": "elements", "slug": "why", "question_id": "one",
            "instrument_id": "tip-protocol", "attempt_id": self.attempt, "place": 1, "n": 1,
            "exhibit_id": "e1", "suspect_id": "nobody", "kind": "completion",
            "key_id": "00000000", "number": self.number, "logo": "none", "job_id": "none",
            "import_id": "none", "cohort_id": self.cohort, "token": self.token,
            "exam_id": self.exam, "objective": "act", "myth": "consent",
            "session_id": self.session, "asking": self.live_asking, "vote": "first",
            "person_id": self.ana.id, **other}

    def addresses(self, method="GET", may=lambda action: True):
        """The addresses of all that can be asked for by somebody who may, with all there is."""
        others = [{}, {"attempt_id": self.exam_attempt}, {"exam_id": self.exams[1]},
                  {"session_id": self.over}, {"question_id": "essay", "name": "laundry"},
                  {"attempt_id": self.play}, {"attempt_id": self.done}, {"person_id": self.bero.id},
                  {"manual_id": "short", "name": "text", "slug": "text"},
                  *({"manual_id": "demo-cases", "name": one, "attempt_id": f"{one}a"}
                    for one in CASES)]
        found = {}
        with self.app.test_request_context():
            for rule in self.app.url_map.iter_rules():
                action = getattr(self.app.view_functions[rule.endpoint], "needs", None)
                if method in rule.methods and (action is None or may(action)):
                    for other in others:
                        values = self.values(**other)
                        found[url_for(rule.endpoint, **{
                            one: values[one] for one in rule.arguments})] = rule.endpoint
        return found

    def person(self, role):
        return {"learner": self.ana, "administrator": self.admin, "trainer": self.trainer,
                "registrar": self.registrar}[role]
