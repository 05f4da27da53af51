"""An invented class for an empty data folder, so that a newcomer sees every page alive.

Everything goes through the same functions as a real class, at the times of three weeks of
study; the names are from the course's fictional world. Some questions are harder than others,
and one wrong choice of each draws more than the rest, so that its results say something.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from .core import (
    casework,
    classroom,
    grading,
    learning,
    markers,
    people,
    scoring,
    standing,
    walk,
)
from .core.activity import Module, Quiz
from .core.questions import ChooseAll, FreeText, Match, Number, Order, Question, ShortText
from .core.statement import Draft
from .core.written import IN_PLACE, written_in

if TYPE_CHECKING:
    from .content.library import Library
    from .settings import Settings
    from .store import Store

PIN = "2580"
PASSPHRASE = "prevent protect prosecute"
STAFF = (("Orsa Tarrel", "ADMIN", people.ADMINISTRATOR), ("Lena Moss", "T-001", people.TRAINER),
         ("Idris Vale", "R-001", people.REGISTRAR))
DAYS = 21
TAUGHT = "tip-basic"
"""What the cohort studies."""

COHORT = "demo"
UNTAUGHT = 0.45
"""Chance that an answer is right before the course has been read."""


@dataclass(frozen=True, slots=True)
class Student:
    """One invented learner: how far they come, how careful they are, and how they stop."""

    name: str
    language: str = "en"
    share: float = 0.0
    """Share of all activities that are done."""
    care: float = 0.85
    """Chance that an answer is right."""
    ends: str = "reading"
    """`reading`, in the middle of a `test`, after `failed` ones, or `finished`."""
    until: float = 1.0
    """Share of the weeks after which nothing more is done."""
    manual: str = ""
    """Studied alone; the share is of its activities."""
    plays: bool = True
    """Whether cases are played as well as read: a class that plays all takes long to invent."""


CLASS = (
    Student("Ardis, Alvi", share=1.0, care=0.97, ends="finished"),
    Student("Brell, Calen", share=0.6),
    Student("Carrow, Dessa", "fr", share=0.5, ends="test"),
    Student("Dovrin, Emri", share=0.4, care=0.75, ends="failed"),
    Student("Ellin, Fenno", "ar", share=0.3),
    Student("Farrow, Galt", share=0.2, ends="test"),
    Student("Grice, Havi", share=0.0),
    Student("Hadden, Iven", share=0.8, care=0.9),
    Student("Ister, Jessel", "ar", share=0.6, ends="test"),
    Student("Jorrel, Lumo", share=0.3, care=0.6, ends="failed"),
    Student("Kell, Maro", "fr", share=0.4),
    Student("Lind, Nalle", share=0.0, ends="nothing"),
    Student("Marr, Orlen", share=1.0, care=0.95, ends="finished", manual=TAUGHT),
    Student("Nessim, Pavo", share=0.97, care=0.8, manual=TAUGHT, plays=False),
    Student("Orrin, Quilla", share=1.0, care=0.9, ends="finished", manual=TAUGHT),
    Student("Pell, Rasha", "ar", share=0.97, care=0.7, manual=TAUGHT, plays=False),
    Student("Quade, Sorrel", share=0.55, care=0.7, ends="test", until=0.6, manual=TAUGHT,
            plays=False),
    Student("Rusk, Tavi", share=1.0, care=0.85, ends="finished", manual=TAUGHT),
    Student("Sandor, Ulla", share=0.97, care=0.65, manual=TAUGHT, plays=False),
    Student("Tamm, Vesna", "fr", share=1.0, care=0.92, ends="finished", manual=TAUGHT),
    Student("Umber, Wren", share=0.7, care=0.6, ends="failed", manual=TAUGHT, plays=False),
    Student("Varga, Xanthe", share=0.97, care=0.88, manual=TAUGHT, plays=False),
    Student("Wendel, Yoris", share=0.97, care=0.75, manual=TAUGHT, plays=False),
    Student("Yarrow, Zita", share=0.4, care=0.8, until=0.4, manual=TAUGHT, plays=False),
    Student("Zell, Arno", share=1.0, care=0.98, ends="finished", manual=TAUGHT),
)


NOTE = ("She was recruited with a lie about pay, harboured above the shop, and made to work. "
        "The ledger shows the purpose.")
"""What the class writes where a text is asked for."""
REMARK = "Each fact has its source. Say also what you do not know yet."
"""What the trainer writes under the texts that are marked."""


class DemoClock:
    """A clock that is moved by hand through the weeks of the class."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> str:
        self.now += timedelta(seconds=2)
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def fill(settings: Settings, open_with: Callable[[Callable[[], str]], Store],
         library: Library, say: Callable[[str], Any]) -> None:
    """Fill an empty data folder. A folder that holds anybody already is left as it is."""
    clock = DemoClock(datetime.now(UTC) - timedelta(days=DAYS))
    store = open_with(clock)
    try:
        if store.document(people.REGISTER):
            say("The data folder is not empty: no invented class was added.")
            return
        chance = random.Random("fourth p")
        _Class(store, library, clock, chance, settings.pin_cost).study()
    finally:
        store.close()
    say(f"An invented class of {len(CLASS)} is enrolled; every PIN is {PIN}.")
    say(f"Staff: numbers {', '.join(number for _, number, _ in STAFF)}; "
        f"the passphrase is “{PASSPHRASE}”.")


class _Class:
    """The class at work."""

    def __init__(self, store: Store, library: Library, clock: DemoClock, chance: random.Random,
                 pin_cost: int) -> None:
        from .web.trust import Secrets

        self._store = store
        self._library = library
        self._clock = clock
        self._chance = chance
        self._secrets = Secrets(pin_cost)
        manuals = [library.manual(manual.id, "en") for manual in library.manuals("en")]
        self._activities = [entry for manual in manuals for entry in manual.entries]

    def study(self) -> None:
        """Enrol everybody, put them into a cohort, and let them study side by side."""
        start = self._clock.now
        passphrase = self._secrets.of_passphrase(PASSPHRASE)
        staff = [self._enrol(name, number, role, passphrase)
                 for name, number, role in STAFF]
        pin = self._secrets.of_pin(PIN)
        enrolled = [(student, self._enrol(student.name, f"20-{210 + place * 7}", people.LEARNER,
                                          pin, student.language))
                    for place, student in enumerate(CLASS)]
        register = people.Register(self._store.document(people.REGISTER))
        by = register.person(staff[1].partition(":")[2])
        self._gather(start, [record.partition(":")[2] for _, record in enrolled], by)
        steps = sorted(self._steps(start, enrolled), key=lambda one: one[0])
        for when, step in steps:
            self._clock.now = max(self._clock.now, when)
            step()
        for student, record_id in enrolled:
            self._attend(student, register.person(record_id.partition(":")[2]), by)
        self._mark(enrolled[0][1], by)

    def _gather(self, start: datetime, members: Iterable[str], by: people.Person) -> None:
        """The class as a cohort."""
        name = f"Basic course, {start:%B %Y}"
        with self._store.record(classroom.record_of(COHORT)) as record:
            record.append(
                classroom.describe(COHORT, by, name=name, manuals=[TAUGHT],
                                   begins=f"{start:%Y-%m-%d}"),
                classroom.enter(classroom.Cohort(COHORT, name), members, by))

    def _steps(self, start: datetime, enrolled: Iterable[tuple[Student, str]]
               ) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """What each does and when, spread over their weeks."""
        for student, record_id in enrolled:
            steps = list(self._one(student, record_id))
            weeks = timedelta(days=(DAYS - 1) * student.until)
            for place, step in enumerate(steps, start=1):
                yield start + weeks * (place / len(steps)), step

    def _attend(self, student: Student, person: people.Person, by: people.Person) -> None:
        """The hours in the class room, as somebody enters them at the end."""
        hours = self._library.manual(TAUGHT, "en").hours
        if student.ends != "nothing":
            minutes = round(hours * 60 * student.until) - 30 * self._chance.randrange(4)
            self._keep(person.record, standing.attend(person, TAUGHT, minutes, by))

    def _enrol(self, name: str, number: str, role: str, secret: str, language: str = "en") -> str:
        person_id = f"demo{number.replace('-', '').lower()}"
        with self._store.record(people.REGISTER) as record:
            record.append(people.enrol(
                people.Register(record.document), person_id, name=name, number=number,
                secret=secret, role=role, language=language))
        return f"learner:{person_id}"

    def _one(self, student: Student, record_id: str) -> Iterator[Callable[[], None]]:
        """What one student does, activity by activity."""
        activities = [one.id for one in self._activities if one.id.startswith(student.manual)
                      and (student.plays or not one.is_played)]
        done = round(student.share * len(activities))
        for activity in activities[:done]:
            yield partial(self._whole, activity, record_id, student.care)
        rest = activities[done:]
        if rest and student.ends != "nothing":
            yield partial(self._begun, rest[0], record_id, student)

    def _whole(self, activity: str, record_id: str, care: float) -> None:
        """Read it, answer its checks, and take its quiz until it is passed; a case that is played
        is played to its end."""
        module = self._library.module(activity, "en")
        if module.is_played:
            self._play(module.id, record_id, care)
            return
        self._read(module, record_id, care, sections=len(module.sections))
        if module.quiz:
            quiz = self._library.quiz(module.quiz, "en")
            for each in (UNTAUGHT if quiz.kind == "before" else care, 1.0):
                if self._take(quiz, record_id, each).passed:
                    break

    def _begun(self, activity: str, record_id: str, student: Student) -> None:
        """Stop in the middle, as people do."""
        module = self._library.module(activity, "en")
        if module.is_played:
            self._play(module.id, record_id, student.care, moves=3)
            return
        if student.ends == "reading" or not module.quiz:
            self._read(module, record_id, student.care, sections=len(module.sections) // 2 + 1)
            return
        self._read(module, record_id, student.care, sections=len(module.sections))
        quiz = self._library.quiz(module.quiz, "en")
        if student.ends == "failed":
            for care in (0.3, 0.4):
                self._take(quiz, record_id, care)
        else:
            self._take(quiz, record_id, student.care, answers=3)

    def _read(self, module: Module, record_id: str, care: float, sections: int) -> None:
        quiz = self._library.quiz(module.quiz, "en") if module.quiz else None
        for section in module.sections[:sections]:
            self._clock.now += timedelta(minutes=section.minutes)
            self._keep(record_id, learning.experienced(f"{module.id}#{section.slug}"))
            for check in section.checks:
                question = quiz.question(check) if quiz else None
                if quiz and question:
                    response = self._response(question, care)
                    self._keep(record_id, scoring.answered(quiz.id, question, response,
                                                           {"in": "check"}))

    def _take(self, quiz: Quiz, record_id: str, care: float,
              answers: int | None = None) -> scoring.Attempt:
        """One attempt, handed in unless only some answers are given."""
        attempt_id = f"{self._chance.getrandbits(48):012x}"
        history = scoring.attempts(self._store.document(record_id), quiz.id)
        self._keep(record_id, scoring.start(quiz, self._library.in_place(quiz.id), history,
                                            attempt_id, attempt_id))
        attempt = scoring.attempt(self._store.document(record_id), attempt_id)
        for name in attempt.questions[:answers]:
            self._clock.now += timedelta(seconds=40)
            question = quiz.question(name)
            assert question is not None
            self._keep(record_id, scoring.answer(attempt, quiz, name,
                                                 self._response(question, care)))
        attempt = scoring.attempt(self._store.document(record_id), attempt_id)
        if answers is None:
            self._keep(record_id, scoring.submit(attempt, quiz)[1])
        return scoring.attempt(self._store.document(record_id), attempt_id)

    def _play(self, case_id: str, record_id: str, care: float, moves: int | None = None) -> None:
        """One try at a case, to its end unless only some moves are made."""
        case = self._library.case(case_id, "en")
        attempt_id = f"{self._chance.getrandbits(48):012x}"
        self._keep(record_id, casework.start(case, attempt_id, attempt_id,
                                             case.drawn((), attempt_id)))
        case = case.of(self._attempt(record_id, attempt_id).questions)
        for move in walk.played(case, self._chance, care, NOTE)[:moves]:
            self._clock.now += timedelta(seconds=50)
            self._keep(record_id, casework.made(self._attempt(record_id, attempt_id), case, move))
        if moves is None:
            self._keep(record_id, casework.close(self._attempt(record_id, attempt_id), case))

    def _mark(self, record_id: str, by: people.Person) -> None:
        """Every other text that one learner has written in the lessons, marked."""
        document = self._store.document(record_id)
        texts = [one for one in written_in(document, "{}#{}".format) if one.kind == IN_PLACE]
        for written in texts[::2]:
            pool, _, question_id = written.question.partition("#")
            question = self._library.quiz(pool, "en").question(question_id)
            assert isinstance(question, FreeText)
            points = [*(one.points for one in question.rubric[:-1]), 0]
            draft = markers.mark(written, question, grading.graded(document, written),
                                 markers.Rules(), by, markers.Given(points, remark=REMARK))
            assert draft
            self._keep(record_id, draft)

    def _attempt(self, record_id: str, attempt_id: str) -> scoring.Attempt:
        return scoring.attempt(self._store.document(record_id), attempt_id)

    def _response(self, question: Question, care: float) -> Any:
        if isinstance(question, FreeText):
            return NOTE
        if self._chance.random() < care ** _hardness(question):
            return question.key() if not isinstance(question, Number) else f"{question.low:g}"
        return self._wrong(question)

    def _wrong(self, question: Question) -> Any:
        ids = [choice.id for choice in question.choices]
        if isinstance(question, Order):
            return ids[1:] + ids[:1]
        if isinstance(question, Match):
            return dict(zip(ids, _turned(question.pairs[one] for one in ids), strict=True))
        if isinstance(question, Number | ShortText):
            return "7"
        wrong = self._drawn([choice.id for choice in question.choices if not choice.right])
        return [wrong] if isinstance(question, ChooseAll) else wrong

    def _drawn(self, wrong: Sequence[str]) -> str:
        """A wrong choice: the first of them draws most."""
        return self._chance.choices(wrong, weights=[2 ** -place for place in range(len(wrong))])[0]

    def _keep(self, record_id: str, draft: Draft) -> None:
        with self._store.record(record_id, wait=False) as record:
            record.append(draft)


def _hardness(question: Question) -> float:
    """From 0.3, nearly everybody has it right, to 2.3: the same for a question in every run."""
    return 0.3 + 2 * int(hashlib.sha256(question.id.encode()).hexdigest()[:4], 16) / 0xffff


def _turned(things: Iterable[str]) -> list[str]:
    first, *rest = things
    return [*rest, first]
