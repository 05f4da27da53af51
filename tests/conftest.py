"""Fixtures that most tests use: a small course, ready for people."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from .packed import packed_course
from .world import Learner, Staff, make_app, set_up

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


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The course as a wheel, built once for all tests."""
    return packed_course(tmp_path_factory.mktemp("packed"))
