"""A class that sits an examination, and a clock that is moved by hand."""

from __future__ import annotations

from course.core import classroom, exam
from course.web import the_invigilator

from .world import FILES, Learner, Staff, add_colleague, form_for, make_app, set_up, write

FINAL = "/manuals/tip/final"
TEST_FILES = {
    **FILES,
    "modules/tip/index.md": FILES["modules/tip/index.md"].replace(
        "3. [Later](later.md)",
        "3. [Later](later.md)\n4. [Final examination](../../quizzes/tip/final.md)"),
    "quizzes/tip/final.md": "---\ntitle: Final examination\nkind: final\ndraw: 3\n"
                            "pass: 80%\nminutes: 20\n---\n"}
RULES = {"quiz": "tip/final", "minutes": "30", "same": "1", "together": "0"}


class Clock:
    """Seconds that pass only when a test says so; the server gives its signs of life."""

    def __init__(self, app) -> None:
        self.now = 1000.0
        self.invigilator = the_invigilator(app)
        self.invigilator.monotonic = lambda: self.now

    def passes(self, minutes=0.0, seconds=0.0) -> None:
        """Let time pass while the server runs."""
        left = minutes * 60 + seconds
        while left > 0:
            step = min(left, 5.0)
            self.now += step
            left -= step
            self.invigilator.beat()

    def sleeps(self, minutes) -> None:
        """Let time pass while the laptop is asleep."""
        self.now += minutes * 60


class Hall:
    """An app, a trainer, a class of two, and the examination they sit."""

    def __init__(self, folder, store=None, **settings) -> None:
        content = write(folder / "content", TEST_FILES)
        self.app = make_app(folder, store, content=content, **settings)
        add_colleague(set_up(self.app), "trainer", "T-1")
        self.trainer = Staff(self.app, "T-1")
        self.ana = Learner(self.app, "Ardis, Alvi", "A-1")
        self.bero = Learner(self.app, "Brell, Bero", "B-1")
        self.other = Learner(self.app, "Carrow, Dessa", "C-1")
        self.clock = Clock(self.app)
        self.cohort = self.trainer.post("/classes/new", {"name": "Port, March", "manual": "tip"})
        self.cohort = self.trainer.path
        self.trainer.post(f"{self.cohort}/people", {"person": [self.ana.id, self.bero.id]})
        self.exam = ""

    @property
    def services(self):
        return self.app.extensions["course"]

    @property
    def id(self):
        return self.exam.rpartition("/")[2]

    def prepare(self, **rules):
        """Prepare an examination; its address."""
        self.trainer.post(f"{self.cohort}/exams/prepare", {**RULES, **rules})
        self.exam = self.trainer.path
        return self.exam

    def to(self, state, **kwargs):
        return self.trainer.post(self.exam, {"to": state}, **kwargs)

    def opened(self, **rules):
        self.prepare(**rules)
        self.to("open")
        return self

    def begins(self, learner):
        learner.post(f"/exams/{self.id}")
        return self.attempt(learner)

    def attempt(self, learner):
        return exam.attempt_id(self.id, learner.id)

    def kept(self, learner):
        """The learner's attempt as their document has it."""
        return learner.document["attempts"][self.attempt(learner)]

    def question(self, learner, place):
        kept = self.kept(learner)
        return self.services.library.quiz(kept["quiz"], "en").question(
            kept["questions"][place - 1])

    def answers(self, learner, place, right=True, status=200):
        """Answer one question; the page that follows."""
        return learner.post(f"/attempts/{self.attempt(learner)}/{place}",
                            form_for(self.question(learner, place), right), status=status,
                            page=f"/attempts/{self.attempt(learner)}")

    def hands_in(self, learner):
        attempt = self.attempt(learner)
        return learner.post(f"/attempts/{attempt}/submit", page=f"/attempts/{attempt}")

    def left(self, learner):
        """Minutes that a learner has left, exactly."""
        place = self.place(learner)
        return place.left / exam.MINUTE

    def place(self, learner):
        person = self.services.register().person(learner.id)
        return self.clock.invigilator.candidate(self.clock.invigilator.exam(self.id), person)

    def leaves_class(self, learner):
        cohort = self.services.cohorts.get(self.cohort.rpartition("/")[2])
        admin = self.services.register().numbered("ADMIN")
        with self.services.store.record(cohort.record) as record:
            record.append(classroom.enter(cohort, [learner.id], admin, entered=False))
