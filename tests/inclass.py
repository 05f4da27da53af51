"""A class with a session that is open, for tests: its trainer, and learners with phones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from course import Settings, open_library, open_store
from course.core import classroom, people, runsheet, session
from course.core.session import Session
from course.web.trust import Secrets

from .classroom import gather
from .serving import Client
from .world import Learner, Staff, add_colleague, form_for

COHORT = "basic"
MODULE = "tip/elements"
GIRL = "tip/elements#in-place"
"""A question that the plan of that module asks."""


def make_cohort(app: Flask, members: Iterable[str] = (), cohort_id: str = COHORT) -> None:
    """A cohort and who is in it."""
    services = app.extensions["course"]
    trainer = next(iter(services.register().staff()))
    gather(services.store, trainer, members, cohort_id=cohort_id)


def enter(app: Flask, members: Iterable[str], cohort_id: str = COHORT) -> None:
    services = app.extensions["course"]
    cohort = classroom.cohort_of(cohort_id, services.store.document(f"cohort:{cohort_id}"))
    with services.store.record(cohort.record) as record:
        record.append(classroom.enter(cohort, members, next(iter(services.register().staff()))))


class Trainer(Staff):
    """Somebody who runs a session through its pages."""

    def __init__(self, app: Flask, number: str = "T-1") -> None:
        if app.extensions["course"].register().numbered(number) is None:
            add_colleague(Staff(app), people.TRAINER, number)
        super().__init__(app, number)
        self.id = ""

    def begins(self, *modules: str, cohort_id: str = COHORT) -> Session:
        """Open a session made of modules."""
        self.post(f"/classes/{cohort_id}/sessions", {"module": list(modules or (MODULE,))})
        self.id = self.path.rsplit("/", 1)[1]
        return self.session

    @property
    def session(self) -> Session:
        store = self.app.extensions["course"].store
        return session.session_of(self.id, store.document(session.record_of(self.id)))

    @property
    def room(self) -> Any:
        return self.app.extensions["course"].rooms.room(self.id)

    def does(self, do: str = "", **fields: str) -> str:
        """Press a button of the page: `do`, or a field of its own as `step` or `way`."""
        sent = {"moment": self.session.moment, **({"do": do} if do else {}), **fields}
        return self.post(f"/sessions/{self.id}", sent)

    def asks(self, ref: str, way: str = "phones") -> str:
        """Put a question before the room and take the first vote; its asking."""
        step = next(one for one in self.session.plan if one.ref == ref)
        self.does(step=step.id)
        self.does(way=way)
        self.does("first")
        return self.session.stage.asking

    def puts(self, ref: str, way: str = "phones") -> str:
        """Put a question that is not in the plan before the room, as if it had been."""
        return self._inserts(session.Step("extra", session.QUESTION, "Extra", 5, ref), way)

    def polls(self, title: str, *choices: str) -> str:
        """Ask what is in no pool; its asking."""
        return self._inserts(session.Step("poll", session.POLL, title, 2, choices=choices),
                             "phones")

    def _inserts(self, step: session.Step, way: str) -> str:
        services = self.app.extensions["course"]
        me = services.register().numbered(self.number)
        with services.store.record(self.session.record) as record:
            record.append(session.planned(self.session, [*self.session.plan, step], me))
        self.does(step=step.id)
        self.does(way=way)
        self.does("first")
        return self.session.stage.asking

    def ends(self) -> None:
        """Close the session, with everybody there as long as it took."""
        self.post(f"/sessions/{self.id}/close", {"whole": "30", "manual": "tip"})
        assert self.session.closed


class Phone:
    """A learner's phone in class, as its script uses it."""

    def __init__(self, learner: Learner, session_id: str) -> None:
        self.learner, self.url = learner, f"/live/{session_id}"
        self.page = learner.get(self.url)
        self.version = version_in(self.page)

    def asks(self) -> int:
        """Whether it is still so: 304, or another status."""
        return self.learner.client.get(f"{self.url}/state", headers={
            "If-None-Match": f'"{self.version}"'}).status_code

    def fetches(self) -> str:
        """What the script puts in the place of what it shows."""
        self.page = self.learner.get(f"{self.url}/part")
        self.version = version_in(self.page)
        return self.page

    def answers(self, *, status: int = 200, part: bool = True, action: str = "",
                **fields: Any) -> str:
        """Send the form that it shows."""
        found = re.search(r'<form method="post" action="([^"]+)" data-save="now"', self.page)
        assert found or action, self.page
        sent = {**fields, **({"part": "1"} if part else {})}
        self.page = self.learner.post(action or found[1], sent, status=status, page="/home")
        return self.page


def question(app, ref, locale="en"):
    pool, _, name = ref.partition("#")
    return app.extensions["course"].library.quiz(pool, locale).question(name)


def right(app, ref=GIRL):
    return form_for(question(app, ref))


def wrong(app, ref=GIRL):
    return form_for(question(app, ref), right=False)


def version_in(page: str) -> str:
    found = re.search(r'data-phone="([0-9a-f]+)"', page)
    assert found, page
    return found[1]


# A real server ------------------------------------------------------------------------------

PIN, PASSPHRASE = "2580", "river cloud lamp stone"


@dataclass(frozen=True)
class Filled:
    """What was put into a data folder."""

    session: str
    code: str
    learners: list[str]


def fill(data: Path, content: Path | None = None, module: str = MODULE, count: int = 3,
         pin_cost: int = 1) -> Filled:
    """A trainer (`T-1`), learners (`l000` and so on) of one cohort, and an open session of it."""
    settings = Settings(data=data, content=content)
    secrets, library = Secrets(pin_cost, 1), open_library(settings)
    store = open_store(settings)
    try:
        ids = [f"l{n:03}" for n in range(count)]
        with store.record(people.REGISTER) as record:
            for one, name, number, role, secret in (
                    ("admin", "A", "ADMIN", people.ADMINISTRATOR, PASSPHRASE),
                    ("trainer", "T", "T-1", people.TRAINER, PASSPHRASE)):
                record.append(people.enrol(people.Register({}), one, name=name, number=number,
                                           secret=secrets.of_passphrase(secret), role=role))
            pin = secrets.of_pin(PIN)
            for n, one in enumerate(ids):
                record.append(people.enrol(people.Register({}), one, name=f"Learner {n:03}",
                                           number=f"N-{n}", secret=pin))
        trainer = people.Register(store.document(people.REGISTER)).person("trainer")
        gather(store, trainer, ids, (module.partition("/")[0],), cohort_id=COHORT)
        cohort = classroom.cohort_of(COHORT, store.document(classroom.record_of(COHORT)))
        plan = runsheet.plan_of([library.outline(module, "en")], {})
        with store.record("session:5e55104e") as record:
            record.append(session.opened("5e55104e", cohort, "Morning", "482913", plan,
                                         datetime.now(UTC).isoformat(), trainer))
    finally:
        store.close()
    return Filled("5e55104e", "482913", ids)


class Desk(Client):
    """The trainer's browser, on a real server."""

    def __init__(self, port: int, filled: Filled) -> None:
        super().__init__(port)
        self.url = f"/sessions/{filled.session}"
        self.get("/staff")
        status, _, text = self.post("/staff", number="T-1", passphrase=PASSPHRASE)
        assert status == 303, text[:500]

    def does(self, **fields: object) -> str:
        """Press a button of the trainer's page, as it is now; the page that follows."""
        page = self.get(self.url)[2]
        moment = re.search(r'name="moment" value="([^"]+)"', page)
        assert moment, page[:3000]
        status, _, text = self.post(self.url, moment=moment[1], **fields)
        assert status == 303, text[:500]
        return self.get(self.url)[2]

    def asks(self, step: str = "s2") -> None:
        """Put a question of the plan before the phones."""
        self.does(step=step)
        self.does(way="phones")
        self.does(do="first")


def signed_in(port: int, learner: str) -> Client:
    """A learner's browser, on a real server."""
    client = Client(port)
    client.get(f"/sign-in/{learner}")
    status, _, text = client.post(f"/sign-in/{learner}", pin=PIN)
    assert status == 303, text[:500]
    client.get("/home")
    return client
