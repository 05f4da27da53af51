"""Fixtures that most tests use: a small course, ready for people."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from .browser import chromium
from .inclass import Trainer, make_cohort
from .issuing import PASSPHRASE
from .packed import packed_course
from .registrar import ACADEMY, SHORT, completes, issue, numbers
from .world import FILES, Learner, Staff, add_colleague, make_app, set_up, write

settings.register_profile("course", deadline=None, max_examples=60,
                          suppress_health_check=[HealthCheck.function_scoped_fixture,
                                                 HealthCheck.too_slow])
settings.load_profile("course")

# What a computer's own settings say must not decide a test.
os.environ.pop("LANGUAGE", None)
# What a machine remembers of data folders must not gather in the home of who runs the tests.
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="fourth-p-tests-")


@pytest.fixture
def app(tmp_path):
    """The real app on a small course, set up by its administrator."""
    app = make_app(tmp_path)
    set_up(app)
    return app


@pytest.fixture
def learner(app):
    return Learner(app)


@pytest.fixture
def admin(app):
    return Staff(app)


@pytest.fixture
def trainer(app, admin):
    add_colleague(admin, "trainer", "T-1")
    return Staff(app, "T-1")


@pytest.fixture
def academy_app(tmp_path):
    """A course of one module that is read, which is quickly completed."""
    content = write(tmp_path / "content", {**FILES, **SHORT})
    app = make_app(tmp_path, content=content, data=tmp_path / "data")
    add_colleague(set_up(app), "registrar", "R-1")
    return app


@pytest.fixture
def registrar(academy_app):
    return Staff(academy_app, "R-1")


@pytest.fixture
def office(registrar):
    """The registrar of an academy that is described and has its key."""
    registrar.post("/academy/profile", ACADEMY)
    registrar.post("/academy/keys/make", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    return registrar


@pytest.fixture
def issued(office):
    """A record, its learner and its registrar."""
    learner = completes(Learner(office.app))
    number, = numbers(issue(office, learner))
    return office, learner, number


@pytest.fixture(scope="module")
def browser():
    """A real browser, one for the tests of a file."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The course as a wheel, built once for all tests."""
    return packed_course(tmp_path_factory.mktemp("packed"))


@pytest.fixture
def class_(app):
    """A trainer with an open session, and two learners of its cohort."""
    ana, bero = Learner(app), Learner(app, "Brell, Bero", "B-1")
    make_cohort(app, [ana.id, bero.id])
    trainer = Trainer(app)
    trainer.begins("tip/elements", "tip/laundry")
    return trainer, ana, bero
