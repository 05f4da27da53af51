"""What a learner is sent holds no right answer, no trainer's note, nobody's PIN: on the bytes."""

from __future__ import annotations

import re

import pytest

from course import FOLDS, create_app
from course.settings import Settings
from course.store import MemoryStore

from .world import Learner, set_up


@pytest.fixture(scope="module")
def study():
    """The course itself, as it ships, and a learner who has answered nothing."""
    app = create_app(Settings(pin_cost=1, passphrase_cost=1, testing=True), MemoryStore(FOLDS))
    set_up(app)
    return app, Learner(app)


def pages(app):
    """Every page of every module, in every language there is."""
    library = app.extensions["course"].library
    for manual in library.manuals("en"):
        yield f"/manuals/{manual.id}"
        for entry in manual.entries:
            module = library.module(entry.id, "en")
            base = f"/manuals/{module.id}"
            for section in module.sections:
                yield from (f"{base}/{section.slug}?{how}={value}" for how in ("open", "show")
                            for value in ("full", "short"))
            yield f"{base}/quiz"
            if module.sections:
                yield f"{base}/print"
            if module.aid:
                yield f"{base}/aid"


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def secrets(app, locale):
    """Every trainer's note and every piece of feedback, as plain words."""
    library = app.extensions["course"].library
    for manual in library.manuals("en"):
        for entry in manual.entries:
            module = library.module(entry.id, locale)
            for section in module.sections:
                for part in section.parts:
                    if type(part).__name__ == "TrainerNote":
                        yield plain(part.html)
            if module.quiz:
                for question in library.quiz(module.quiz, locale).questions:
                    yield from (plain(choice.feedback) for choice in question.choices
                                if choice.feedback)
                    yield plain(question.explanation)


@pytest.mark.parametrize("locale", ["en", "fr", "ar"])
def test_no_page_of_the_course_holds_a_key_or_a_trainer_s_note(study, locale):
    app, learner = study
    learner.post("/language", {"language": locale}, page="/home")
    hidden = {one[:60] for one in secrets(app, locale) if len(one) > 30}
    assert len(hidden) > 50
    for url in pages(app):
        page = plain(learner.get(url))
        assert not [one for one in hidden if one in page], url
        assert "$argon2" not in page


def test_an_open_question_looks_the_same_whatever_its_key(study):
    """Nothing in the markup tells the right choice: every row is alike but for id and words."""
    app, learner = study
    learner.post("/language", {"language": "en"}, page="/home")
    library = app.extensions["course"].library
    manual = library.manuals("en")[0]
    for entry in manual.entries:
        if not library.module(entry.id, "en").quiz:
            continue
        attempt = learner.starts(entry.id)
        for place in range(1, len(learner.document["attempts"][attempt]["questions"]) + 1):
            page = learner.get(f"/attempts/{attempt}/{place}")
            rows = re.findall(r'<label class="option">(.*?)</label>', page, re.S)
            shapes = {re.sub(r'value="[0-9a-f]{8}"|<span>.*</span>', "", row, flags=re.S)
                      for row in rows}
            assert len(shapes) <= 1
