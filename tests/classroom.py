"""A class for tests: its people, its trainer, and a session run through the real HTTP client."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from course.core import classroom, session
from course.core.people import LEARNER

from .world import Learner, Staff, add_colleague

COHORT = "c1"
LEARNERS = (("Ardis, Alvi", "A-1"), ("Brell, Calen", "B-2"), ("Carrow, Dessa", "C-3"))


def make_class(app, manuals=("tip",), people=LEARNERS, **questions):
    """A trainer, learners and their class; `questions` are what is different for it."""
    add_colleague(Staff(app), "trainer", "T-1")
    for name, number in people:
        Learner(app, name, number)
    fill_class(app.extensions["course"].store, app.extensions["course"].register(), manuals,
               questions)
    return Staff(app, "T-1")


def fill_class(store, register, manuals, questions=None, number="T-1", name="Basic, March"):
    """A class of everybody who is enrolled, made by a trainer."""
    trainer = register.numbered(number)
    gather(store, trainer, [one.id for one in register.learners() if one.role == LEARNER],
           manuals, name=name)
    with store.record(classroom.record_of(COHORT)) as record:
        record.append(*(classroom.change_question(
            classroom.Cohort(COHORT, name), key, instead, trainer)
            for key, instead in (questions or {}).items()))


def gather(store, by, ids, manuals=("tip",), *, cohort_id=COHORT, name="Basic course, March"):
    """Make a class of these people."""
    cohort = classroom.Cohort(cohort_id, name)
    with store.record(cohort.record) as record:
        record.append(classroom.describe(cohort_id, by, name=name, manuals=manuals),
                      classroom.enter(cohort, ids, by))


class Clock:
    """The time that an app believes; moved by hand."""

    def __init__(self, app):
        self.now = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
        app.extensions["course"].now = lambda: self.now

    def pass_(self, **time):
        self.now += timedelta(**time)


class Running:
    """A session as its trainer runs it: the trainer's page, the wall, and what is kept."""

    def __init__(self, trainer, *modules):
        self.trainer = trainer
        self.page = trainer.post(f"/classes/{COHORT}/sessions", {"module": list(modules)})
        self.id = trainer.path.split("/")[2]
        self.url = f"/sessions/{self.id}"

    @property
    def session(self):
        store = self.trainer.app.extensions["course"].store
        return session.session_of(self.id, store.document(f"session:{self.id}"))

    @property
    def stage(self):
        return self.session.stage

    @property
    def wall(self):
        return self.trainer.get(f"{self.url}/wall")

    def press(self, do="", status=200, **fields):
        """Send the form of the page as it was shown last."""
        moment = re.search(r'name="moment" value="([^"]+)"', self.page)[1]
        self.page = self.trainer.post(self.url, {"moment": moment, "do": do, **fields},
                                      page=self.url, status=status)
        return self

    def shows(self):
        self.page = self.trainer.get(self.url)
        return self.page

    def to(self, kind, n=0):
        """Go to the step of a kind."""
        step = [one for one in self.session.plan if one.kind == kind][n]
        return self.press(step=step.id)

    def hands(self, **count):
        """Fields for so many hands: `A=7, B=5`."""
        return {self.field(letter): str(n) for letter, n in count.items()}

    def field(self, letter):
        return re.search(rf'name="(v\.[^"]+)"[^>]*data-letter="{letter}"', self.page)[1]

    def letter(self, words):
        """The letter of the choice with these words."""
        rows = re.findall(r'<bdi>([A-F])</bdi></b>\s*<span class="words">(.*?)</span>', self.page,
                          re.DOTALL)
        return next(letter for letter, text in rows if words in text)

    def close(self, whole="", status=200, **absent_or_minutes):
        """Close it: everybody was there but those named `None`; minutes of those with a number."""
        register = self.trainer.app.extensions["course"].register()
        fields = {"whole": whole} if whole else {}
        for person in register.learners():
            said = absent_or_minutes.get(person.number.replace("-", ""), "")
            if said is not None:
                fields |= {f"here.{person.id}": "1", f"minutes.{person.id}": said}
        return self.trainer.post(f"{self.url}/close", fields, status=status)
