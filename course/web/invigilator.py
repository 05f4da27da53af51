"""The invigilator: counts the time of open examinations, and hands in when it is over.

One for the server. While an examination is open it gives a sign of life every few seconds and
keeps one every twenty; an examination that is open in the log and of which this process gives
no signs was cut off, and stands still at the last of them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core import candidate as candidates
from ..core import exam as exams
from ..core.candidate import Candidate
from ..core.errors import NotFound
from ..core.exam import CLOSED, CLOSING, CUT, OPEN, PAUSED, RELEASED, TIME, Exam, Meter
from ..core.scoring import Attempt

if TYPE_CHECKING:
    from ..content.library import Library
    from ..core.people import Person, Register
    from ..core.statement import Draft
    from ..store import Store
    from .cohorts import Cohorts

BEAT = 5.0
"""Seconds between two signs of life."""
LOOKED_UP = 1.0
"""Seconds for which no new examination is looked for when a learner asks for a page."""


class Invigilator:
    """Every examination of this laptop as it stands, and what happens to it."""

    def __init__(self, store: Callable[[], Store], register: Callable[[], Register],
                 cohorts: Cohorts, library: Library,
                 monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._register = register
        self._cohorts = cohorts
        self._library = library
        self.monotonic = monotonic
        """Seconds of a clock that nobody sets."""
        self._meters: dict[str, Meter] = {}
        self._signed: dict[str, int] = {}
        self._lock = threading.RLock()
        self._ids: tuple[str, ...] = ()
        self._looked = -LOOKED_UP
        self._stop = threading.Event()

    # What is so now -------------------------------------------------------------------------

    def exam(self, exam_id: str) -> Exam:
        """An examination at this moment. Raises NotFound."""
        kept = exams.exam_of(exam_id, self._store().document(exams.record_of(exam_id)))
        if kept.state != OPEN:
            return kept
        meter, now = self._meters.get(exam_id), self.monotonic()
        if meter is None or meter.is_silent(now):
            reading = meter.counted if meter else kept.reading
            return replace(kept, state=PAUSED, cause=CUT, reading=reading)
        return replace(kept, reading=meter.read(now))

    def all(self) -> list[Exam]:
        """Every examination of this laptop, first prepared first."""
        with self._lock:
            self._looked = -LOOKED_UP
        return sorted(self._known(), key=lambda one: (one.prepared, one.id))

    def _known(self) -> Iterator[Exam]:
        if time.monotonic() - self._looked > LOOKED_UP:
            self._ids, self._looked = tuple(self._store().record_ids("exam")), time.monotonic()
        for record_id in self._ids:
            try:
                yield self.exam(record_id.partition(":")[2])
            except NotFound:  # its beginning has not arrived yet from where it was prepared
                continue

    def candidate(self, exam: Exam, person: Person) -> Candidate:
        """Where a learner is in an examination now."""
        return candidates.candidate(exam, person, self._store().document(person.record))

    def of(self, person: Person) -> list[Candidate]:
        """Where a learner is in each examination of their classes that is not released."""
        states = (OPEN, PAUSED, CLOSED)
        return [one for one in self._all_of(person)
                if one.exam.state in states and (one.attempt or one.exam.is_under_way)]

    def _all_of(self, person: Person) -> list[Candidate]:
        found = list(self._known())
        if not found:
            return []
        theirs = {one.id for one in self._cohorts.of(person.id)}
        places = (self.candidate(one, person) for one in found)
        return [one for one in places if one.exam.cohort in theirs or one.attempt]

    def reserved(self, person: Person, quiz_id: str) -> bool:
        """Whether a test is not taken alone, because an examination of theirs is about it."""
        return any(one.exam.quiz == quiz_id and one.exam.state in exams.RESERVES
                   for one in self._all_of(person))

    def going(self, person: Person) -> Candidate | None:
        """The examination that a learner is sitting on this laptop now: begun, and not handed
        in. One that came here from another is nobody's business here."""
        return next((one for one in self.of(person)
                     if one.is_going and one.exam.device == self._store().device), None)

    def present(self, exam: Exam) -> list[Candidate]:
        """Everybody of the class, in order of name, and who sat it and has left the class."""
        members = self._cohorts.get(exam.cohort).members
        everybody = (self.candidate(exam, one) for one in self._register().learners())
        return [one for one in everybody if one.attempt or one.person.id in members]

    def may_answer(self, attempt: Attempt, person: Person) -> None:
        """Raises ExamPaused or ExamOver when an answer is not taken now."""
        candidates.must_take(Candidate(self.exam(attempt.exam), person, attempt))

    # What is done ---------------------------------------------------------------------------

    def keep(self, said: Draft) -> None:
        """Keep something about an examination, a new one too."""
        with self._store().record(said.object) as record:
            record.append(said)
        self._looked = -LOOKED_UP

    def move(self, exam_id: str, to: str, by: Person) -> None:
        """Open, pause, close or withdraw. Raises ExamMoved."""
        with self._store().record(exams.record_of(exam_id)) as record:
            exam = self.exam(exam_id)
            record.append(exams.move(exam, to, by.id))
            if to == OPEN:  # counted before it is seen to be open, or it would seem cut off
                with self._lock:
                    self._meters[exam_id] = Meter(exam.reading, self.monotonic())
                    self._signed[exam_id] = exam.reading
        if to != OPEN:
            self._forget(exam_id)
        if to == CLOSED:
            self._hand_in(self.present(self.exam(exam_id)), CLOSING)

    def release(self, exam_id: str, by: Person) -> None:
        """Mark and close everybody's attempt, then say that it is released. Raises ExamMoved.

        When the power goes in the middle, releasing again does the rest.
        """
        exam = self.exam(exam_id)
        said = exams.move(exam, RELEASED, by.id)
        for one in self.present(exam):
            self.close_attempt(one, by)
        with self._store().record(exam.record) as record:
            record.append(said)

    def close_attempt(self, place: Candidate, by: Person) -> None:
        """Mark and close one attempt, if it is there and open."""
        with self._store().record(place.person.record) as record:
            now = candidates.candidate(place.exam, place.person, record.document)
            if now.attempt and not now.attempt.is_over:
                record.append(candidates.close(now, self._library.quiz(now.exam.quiz, "en"), by))

    def hand_in(self, place: Candidate, how: str) -> None:
        """Take no more answers of a learner. What is handed in stays so."""
        with self._store().record(place.person.record) as record:
            now = candidates.candidate(self.exam(place.exam.id), place.person, record.document)
            if now.attempt and not now.is_handed:
                record.append(candidates.hand_in(now, how))

    def _hand_in(self, places: Iterable[Candidate], how: str) -> None:
        for one in places:
            if one.attempt and not one.is_handed:
                self.hand_in(one, how)

    # Signs of life --------------------------------------------------------------------------

    def beat(self) -> None:
        """A sign of life of everything that is open; hands in where time is over.

        What was cut off is said to be paused, if it was opened on this laptop.
        """
        for kept in list(self.all()):
            if kept.was_cut:
                self._say_cut(kept)
            elif kept.state == OPEN:
                self._sign(kept)
                overdue = (one for one in self.present(kept) if one.is_overdue)
                self._hand_in(overdue, TIME)

    def _sign(self, exam: Exam) -> None:
        with self._lock:
            meter = self._meters.get(exam.id)
            if meter is None:  # it was paused meanwhile
                return
            self._meters[exam.id] = meter = meter.beat(self.monotonic())
            if meter.counted - self._signed[exam.id] < exams.SIGN_EVERY:
                return
            self._signed[exam.id] = meter.counted
        with self._store().record(exam.record, wait=False) as record:
            record.append(exams.sign(exam.id, meter.counted))

    def _say_cut(self, exam: Exam) -> None:
        """Keep that an examination stands still since the last sign of life."""
        with self._store().record(exam.record) as record:
            kept = exams.exam_of(exam.id, record.document)
            if not self.exam(exam.id).was_cut or kept.state != OPEN or (
                    kept.device != self._store().device):
                return
            record.append(exams.move(replace(kept, reading=exam.reading), PAUSED, "", CUT))
        self._forget(exam.id)

    def _forget(self, exam_id: str) -> None:
        with self._lock:
            self._meters.pop(exam_id, None)

    def start(self) -> None:
        """Give signs of life from now on, in a thread of its own."""
        threading.Thread(target=self._run, name="invigilator", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        while True:
            try:
                self.beat()
            except Exception:  # whatever it was, time has to be counted on
                logging.getLogger(__name__).exception("A sign of life was not kept")
            if self._stop.wait(BEAT):
                return
