"""What a class has learned, as its trainer sees it: the pages, and the files that equal them."""

from __future__ import annotations

import csv
import io
import re
import time
from contextlib import suppress
from html import unescape

import openpyxl
import pytest

from course.core import classroom, learning, people, standing
from course.core.errors import WouldWait
from course.core.statement import Draft

from .classroom import gather, make_class
from .test_case_class import case_of, plays
from .test_cases import BUILD
from .test_manual_tests import INDEX, form
from .world import (
    FILES,
    Learner,
    Staff,
    add_colleague,
    make_app,
    make_app_with_cases,
    set_up,
    write,
)

RESULTS = "/classes/c1/results"
TIP = f"{RESULTS}/tip"
NAMES = ("Ardis, Alvi", "Brell, Calen", "=Carrow, Dessa", "حدّاد, عمر")


@pytest.fixture
def app(tmp_path):
    content = write(tmp_path / "content", {
        **FILES, "modules/tip/index.md": INDEX,
        "quizzes/tip/before.md": form("before", "one"),
        "quizzes/tip/after.md": form("after", "two"),
        "quizzes/tip/final.md": "---\ntitle: Final examination\nkind: final\ndraw: 2\n"
                                "pass: 80%\nminutes: 20\n---\n"})
    app = make_app(tmp_path, content=content)
    add_colleague(set_up(app), "trainer", "T-1")
    return app


@pytest.fixture
def learners(app):
    """A class of four: one has done all, one has failed twice, one is reading, one not begun."""
    found = [Learner(app, name, f"N-{n}") for n, name in enumerate(NAMES)]
    in_class(app, found)
    done, failing, reading, _ = found
    takes(done, "tip/before", right=False)
    answers_in_place(done, right=True)
    takes(done, "tip/elements")
    takes(done, "tip/after")
    takes(failing, "tip/before", right=False)
    takes(failing, "tip/elements", right=False)
    takes(failing, "tip/elements", right=False)
    answers_in_place(reading, right=False)
    return found


@pytest.fixture
def trainer(app, learners):
    return Staff(app, "T-1")


def in_class(app, learners, manuals=("tip",)):
    """Put learners into a class."""
    services = app.extensions["course"]
    gather(services.store, services.register().numbered("T-1"), [one.id for one in learners],
           manuals)


def takes(learner, quiz, right=True):
    learner.answers(learner.starts(quiz), right)


def answers_in_place(learner, right):
    quiz = learner.app.extensions["course"].library.quiz("tip/elements", "en")
    question = quiz.question("in-place")
    choice = next(one.id for one in question.choices if one.right is right)
    learner.post("/manuals/tip/elements/why/checks/in-place", {"r": choice},
                 page="/manuals/tip/elements/why")


def keep(app, record_id, *drafts):
    with app.extensions["course"].store.record(record_id) as record:
        record.append(*drafts)


def plain(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def tables_in(page):
    """The tables of a page by their place: rows of texts, the head first."""
    found = {}
    for place, table in enumerate(re.findall(r"<table.*?</table>", page, re.S)):
        named = re.search(r'aria-labelledby="_table-(\d+)"', table)
        found[int(named[1]) if named else place] = [
            [text_of(cell) for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.S)]
            for row in re.findall(r"<tr.*?</tr>", table, re.S)]
    return found


def text_of(cell):
    shown = re.sub(r'<(\w+)[^>]* aria-hidden="true"[^>]*>.*?</\1>', "", cell, flags=re.S)
    text = " ".join(unescape(re.sub(r"<[^>]+>", "", shown)).split())
    return "" if text == "nothing" else text


def same(shown, kept):
    """Whether a cell of a page and one of a file say the same."""
    kept = "" if kept is None else str(kept)
    if kept.startswith("'="):
        kept = kept[1:]
    try:
        return float(shown.replace(",", "")) == float(kept)
    except ValueError:
        return shown == " ".join(kept.split())


def pages(trainer):
    """Every page of the results that the others lead to."""
    todo, seen = [RESULTS], []
    while todo:
        url = todo.pop()
        if url not in seen:
            seen.append(url)
            found = re.findall(rf'href="({RESULTS}[^"?#]*)"', trainer.get(url))
            todo += [one for one in found if one not in seen]
    return seen


# Every table -----------------------------------------------------------------------------

def test_every_table_equals_its_csv_and_its_workbook(trainer):
    urls = pages(trainer)
    counted = 0
    for url in urls:
        shown = tables_in(trainer.get(url))
        book = openpyxl.load_workbook(io.BytesIO(trainer.client.get(f"{url}?as=xlsx").data))
        for place, rows in shown.items():
            answer = trainer.client.get(f"{url}?as=csv&table={place}")
            assert answer.data.startswith(b"\xef\xbb\xbf")
            kept = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
            sheet = [[one.value for one in row] for row in book.worksheets[place].iter_rows()]
            for file in (kept, sheet):
                assert len(file) == len(rows), (url, place)
                for row, line in zip(rows, file, strict=True):
                    assert all(map(same, row, line)), (url, place, row, line)
            counted += 1
    assert {f"{TIP}/where", f"{TIP}/objectives", f"{TIP}/questions", f"{TIP}/misconceptions",
            f"{TIP}/before-and-after", f"{TIP}/cases", f"{TIP}/misconceptions/consent",
            f"{TIP}/activities/elements", f"{TIP}/activities/elements/questions/in-place",
            f"{TIP}/activities/elements/objectives/act"} <= set(urls)
    assert counted > 30


def test_a_learner_gets_none_of_it(learners):
    for url in (RESULTS, TIP, f"{TIP}/where", f"{TIP}/activities/elements/questions/one",
                f"{TIP}/officers/{learners[0].id}", f"{RESULTS}?as=csv"):
        assert learners[0].client.get(url).status_code == 403


@pytest.mark.parametrize("url", [
    "/classes/none/results", f"{RESULTS}/none", f"{TIP}/officers/none",
    f"{TIP}/activities/none", f"{TIP}/activities/later", f"{TIP}/activities/elements/questions/no",
    f"{TIP}/activities/elements/objectives/no", f"{TIP}/misconceptions/no", f"{TIP}/cases/none"])
def test_what_is_not_there_is_not_found(trainer, url):
    trainer.get(url, status=404)


# The dashboard ---------------------------------------------------------------------------

def rows_of(page, place=0):
    head, *rows = tables_in(page)[place]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_dashboard_says_where_everybody_stands(trainer):
    page = trainer.get(RESULTS)
    dessa, ardis, brell, omar = rows_of(page)
    assert [one["Officer"] for one in (ardis, brell)] == ["Ardis, Alvi", "Brell, Calen"]
    assert ardis["1 What it is"] == "passed"
    assert ardis["Pre %"] == "0"
    assert ardis["Post %"] == "100"
    assert brell["1 What it is"] == "to be retaken"
    assert brell["Record"] == "retake module 1"
    assert dessa["1 What it is"] == "reading"
    assert dessa["Record"] == "studying"
    assert omar["1 What it is"] == "not started"
    assert omar["Hours"] == ""
    assert "Pre-test, 2 of 4" in plain(page)
    gains = rows_of(page, 1)
    assert gains[0] == {"Module": "Whole test", "Officers with both": "1", "Before %": "0",
                        "After %": "100", "Change, points": "100", "Normalised gain": "1"}


def test_hours_are_those_attended(app, learners, trainer):
    by = app.extensions["course"].register().numbered("T-1")
    person = app.extensions["course"].register().person(learners[0].id)
    keep(app, person.record, standing.attend(person, "tip", 90, by))
    row = next(one for one in rows_of(trainer.get(RESULTS)) if one["Officer"] == "Ardis, Alvi")
    assert (row["Hours"], row["Attended %"]) == ("1.5", "75")


def test_who_has_left_is_not_counted_and_that_is_said(app, learners, trainer):
    by = app.extensions["course"].register().numbered("T-1")
    person = app.extensions["course"].register().person(learners[1].id)
    keep(app, people.REGISTER, people.pseudonymise(person, by))
    page = trainer.get(RESULTS)
    assert "Brell" not in page
    assert "not counted: 1" in plain(page)
    assert len(rows_of(page)) == 3
    trainer.get(f"{TIP}/officers/{person.id}", status=404)
    keep(app, "cohort:c1", classroom.enter(classroom.Cohort("c1", ""), [learners[0].id], by,
                                           entered=False))
    assert "Ardis" not in trainer.get(RESULTS)


def test_a_class_of_nobody_and_of_no_manual_has_pages_too(app, learners, trainer):
    by = app.extensions["course"].register().numbered("T-1")
    keep(app, "cohort:c1", classroom.enter(classroom.Cohort("c1", ""),
                                           [one.id for one in learners], by, entered=False),
         classroom.describe("c1", by, name="Empty"))
    for url in pages(trainer):
        trainer.get(url)
    assert "Nobody is in this class yet" in trainer.get(RESULTS)


def test_a_new_answer_is_on_the_page_at_once(learners, trainer):
    trainer.get(RESULTS)
    takes(learners[3], "tip/elements")
    answers_in_place(learners[3], right=True)
    assert rows_of(trainer.get(RESULTS))[3]["1 What it is"] == "passed"


# Who is stuck, questions, misconceptions -------------------------------------------------

def test_who_has_failed_twice_and_who_has_not_begun_are_listed_with_the_rule(trainer):
    page = trainer.get(f"{TIP}/where")
    told = {one["Officer"]: one["Why"] for one in rows_of(page)}
    assert told == {"Brell, Calen": "Failed this test 2 times and has not passed it",
                    "حدّاد, عمر": "Not begun"}
    assert "Days are counted to the latest answer of the class" in plain(page)


def test_only_first_answers_count_in_a_question(learners, trainer):
    answers_in_place(learners[2], right=True)
    page = trainer.get(f"{TIP}/activities/elements/questions/in-place")
    counts = {one["Choice"]: one["Chosen by"] for one in rows_of(page)}
    assert counts == {"Wrong in place": "1", "Right in place": "1"}
    assert "Too few answers to say" in plain(page)
    assert "Kelley 1939" in page


def test_a_misconception_is_held_until_a_later_answer_is_right(app, learners, trainer):
    """Brell chose it in two questions of the test, Dessa in the text; Dessa mends it there."""
    url = f"{TIP}/misconceptions"
    assert rows_of(trainer.get(url))[0]["Officers now"] == "2"
    one = trainer.get(f"{url}/consent")
    assert 'href="/manuals/tip/elements/' in one
    learners[2].post("/practice/tip/elements/in-place", {"r": right(app, "in-place")})
    assert rows_of(trainer.get(url))[0]["Officers now"] == "1"


def right(app, question):
    return app.extensions["course"].library.quiz("tip/elements", "en").question(question).key()


def test_the_notes_of_learners_are_nowhere(app, learners, trainer):
    keep(app, f"learner:{learners[0].id}", learning.note("tip/elements#why", "my-own-note"))
    for url in pages(trainer):
        assert "my-own-note" not in trainer.get(url)


def test_statements_of_other_parts_do_no_harm(app, learners, trainer):
    keep(app, f"learner:{learners[0].id}", Draft("something-later", "x", {"a": 1}))
    trainer.get(RESULTS)


# Cases -----------------------------------------------------------------------------------

def test_the_heat_map_of_a_case_counts_the_class_alone(tmp_path):
    app = make_app_with_cases(tmp_path)
    add_colleague(Staff(app), "trainer", "T-1")
    inside, outside = Learner(app, "Ardis, Alvi", "N-1"), Learner(app, "Brell, Calen", "N-2")
    in_class(app, [inside], manuals=["demo-cases"])
    theft = next(one.id for one in case_of(app, BUILD).charge[0].choices if one.text == "Theft")
    for one, mark in ((inside, "proves"), (outside, "supports")):
        plays(app, one, BUILD, ("e1/foreman", {"knowledge": mark}), ("charge-foreman", [theft]),
              ("note", "A note."))
    trainer = Staff(app, "T-1")
    row = next(one for one in rows_of(trainer.get(f"{RESULTS}/demo-cases/cases"))
               if one["Kind"] == "evidence file")
    assert (row["Begun by"], row["Done by"]) == ("1", "1")
    page = trainer.get(f"{RESULTS}/demo-cases/cases/build")
    assert "■ proves 1 of 1" in plain(page)
    assert "heat-4" in page
    assert "Brell" not in page
    assert "The latest try of 1 learner" in plain(page)
    assert "1 try · 1 learner" in plain(trainer.get(f"{RESULTS}/demo-cases/cases/build?tries=all"))


def test_while_the_trainer_looks_at_the_classes_the_texts_of_the_results_are_read(tmp_path):
    app = make_app(tmp_path)
    set_up(app)
    trainer = make_class(app)
    trainer.get("/classes")
    library = app.extensions["course"].library
    deadline = time.monotonic() + 30
    with library.only_known():
        while time.monotonic() < deadline:
            with suppress(WouldWait):
                assert library.quiz("tip/elements", "en").questions
                break
            time.sleep(0.05)
        else:
            raise AssertionError("the texts were not read")
