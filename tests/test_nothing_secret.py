"""What a learner is sent holds no right answer, no trainer's note, nobody's PIN: on the bytes."""

from __future__ import annotations

import re
from random import Random

import pytest

from course import FOLDS, create_app
from course.core.scenario import Story
from course.core.sorting import Sorter
from course.core.walk import next_move
from course.settings import Settings
from course.store import MemoryStore

from .world import Learner, Staff, form_for, set_up


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
            if module.is_played:
                yield f"{base}/case"
                continue
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


def told_at_the_end(case):
    """What a case says only when it is over, or to trainers only."""
    yield from (plain(note.html) for note in case.notes)
    if isinstance(case, Story):
        steps = [scene.step for scene in case.scenes if scene.step]
        options = [*case.any_time, *(one for step in steps for one in step.options)]
        notes = (one.note.html for scene in case.scenes for one in scene.passages if one.note)
        texts = [*notes, *(one.feedback for one in options), *(one.why for one in case.care),
                 *(step.explanation for step in steps),
                 *(one.feedback for step in steps for one in step.reasons)]
    elif isinstance(case, Sorter):
        texts = [text for one in case.vignettes
                 for text in (one.explanation, one.changed_explanation)]
    else:
        texts = [*(one.reason for one in case.links.values()),
                 *(one.explanation for one in case.charge),
                 *(one.feedback for question in case.charge for one in question.choices)]
    yield from map(plain, texts)


def secrets(app, locale):
    """Every trainer's note and every piece of feedback, as plain words."""
    library = app.extensions["course"].library
    for manual in library.manuals("en"):
        for entry in manual.entries:
            module = library.module(entry.id, locale)
            if module.is_played:
                yield from told_at_the_end(library.case(entry.id, locale))
                continue
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
        module = library.module(entry.id, "en")
        if not module.quiz or module.is_played:
            continue
        attempt = learner.starts(entry.id)
        for place in range(1, len(learner.document["attempts"][attempt]["questions"]) + 1):
            page = learner.get(f"/attempts/{attempt}/{place}")
            rows = re.findall(r'<label class="option">(.*?)</label>', page, re.S)
            shapes = {re.sub(r'value="[0-9a-f]{8}"|<span>.*</span>', "", row, flags=re.S)
                      for row in rows}
            assert len(shapes) <= 1


def test_an_examination_tells_nothing_before_it_is_released(study):
    app, _ = study
    learner, trainer = Learner(app, "Brell, Bero", "B-1"), Staff(app)
    trainer.post("/classes/new", {"name": "Port", "manual": "tip-basic"})
    cohort = trainer.path
    trainer.post(f"{cohort}/people", {"person": [learner.id]})
    trainer.post(f"{cohort}/exams/prepare", {"quiz": "tip-basic/final", "same": "1"})
    exam = trainer.path
    trainer.post(exam, {"to": "open"})
    learner.post(f"/exams/{exam.rpartition('/')[2]}")
    attempt = learner.path.split("/")[2]
    quiz = app.extensions["course"].library.quiz("tip-basic/final", "en")
    asked = [quiz.question(one) for one in learner.document["attempts"][attempt]["questions"]]
    hidden = {plain(text)[:60] for one in asked
              for text in (one.explanation, *(choice.feedback for choice in one.choices)) if text}
    for place, question in enumerate(asked, start=1):
        page = learner.get(f"/attempts/{attempt}/{place}")
        page += learner.post(f"/attempts/{attempt}/{place}", form_for(question, place % 2 == 0))
        assert not [one for one in hidden if one in plain(page)], question.id
        assert "critical" not in page
        assert "option right" not in page
    for url in (f"/attempts/{attempt}", "/home", "/my-data.json"):
        assert not [one for one in hidden if one in plain(learner.get(url))], url
    learner.post(f"/attempts/{attempt}/submit", page=f"/attempts/{attempt}")
    for url in (f"/attempts/{attempt}", f"/attempts/{attempt}/1", "/home", "/progress", "/review",
                "/my-data.json"):
        assert not [one for one in hidden if one in plain(learner.get(url))], url


def cases(app):
    library = app.extensions["course"].library
    entries = [entry for manual in library.manuals("en") for entry in manual.entries]
    return [library.case(entry.id, "en") for entry in entries if entry.is_played]


def test_no_page_of_a_case_that_is_played_says_what_is_told_at_its_end(study):
    """Ten steps into each story, and on every page of the others; explanations of a sorter come
    after each answer, so there only those of what is still to come are secret."""
    app, learner = study
    chance = Random(4)
    for case in cases(app):
        hidden = {one[:60] for one in told_at_the_end(case) if len(one) > 30}
        learner.post(f"/manuals/{case.id}/case")
        url = learner.path
        for page in walked(learner, url, case, chance):
            assert not [one for one in hidden if one in plain(page)], (case.id, page[:50])


def walked(learner, url, case, chance):
    """The pages of a try, as far as ten choices."""
    yield learner.get(url)
    if isinstance(case, Story):
        path = []
        for n in range(1, 11):
            move = next_move(case, path, chance, care=0.7)
            path.append(move)
            page = learner.post(f"{url}/{n}", {"ask": move.ask, "r": move.response}, page=url)
            if case.is_over(path):
                return
            yield page
    elif not isinstance(case, Sorter):
        for exhibit in case.exhibits:
            yield learner.get(f"{url}/exhibits/{exhibit.id}")
        for suspect in case.suspects:
            yield learner.get(f"{url}/suspects/{suspect.id}")
        yield learner.get(f"{url}/charge")
