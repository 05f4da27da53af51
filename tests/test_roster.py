"""A roster from a spreadsheet: read whatever it was written with, looked at, kept once."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.core.classroom import Cohort
from course.core.errors import BadField
from course.core.people import REGISTER, Register, fold_people, number_key
from course.core.roster import (
    CHANGED,
    ERROR,
    NEW,
    SAME,
    SUSPECT,
    Layout,
    folded,
    is_heading,
    layout_of,
    loose_number,
    plan,
)
from course.core.sheet_text import decoded, rows_of
from course.core.statement import Statement
from course.core.table import Column, Table
from course.exchange.spreadsheet import as_csv

from .world import Learner, Visitor

LANGUAGES = {"english": "en", "fr": "fr", "francais": "fr"}


def read(text):
    return rows_of(text, is_heading)


def enrolled(*people):
    """A register with these: (name, number), or (name, number, role)."""
    document = {}
    for n, (name, number, *role) in enumerate(people, start=1):
        document = fold_people(document, Statement(
            device="d", number=n, counter=n, time="2026-03-30T08:00:00Z", record=REGISTER,
            verb="enrolled", object=f"p{n}",
            result={"name": name, "number": number, "role": role[0] if role else "learner",
                    "language": "en", "secret": "x"}))
    return Register(document)


def looked_at(text, register=None, members=()):
    rows = read(text)
    return plan(rows, layout_of(rows), register or enrolled(),
                Cohort("c", "Class", members=frozenset(members)), LANGUAGES).rows


# Reading ---------------------------------------------------------------------------------

@pytest.mark.parametrize("text", [
    "Name\tService number\nArdis, Alvi\tA-1\nBrell, Calen\tB-2\n",
    "Name;Service number\r\nArdis, Alvi;A-1\r\nBrell, Calen;B-2\r\n",
    'Name,Service number\n"Ardis, Alvi",A-1\n"Brell, Calen",B-2\n',
    "\ufeffNom;Prénom;Matricule\nArdis;Alvi;A-1\nBrell;Calen;B-2",
    "اللقب,الاسم الأول,رقم الخدمة\nArdis,Alvi,A-1\nBrell,Calen,B-2",
    "sep=;\nMatricule;Nom et prénom\nA-1;Ardis, Alvi\n\nB-2;Brell, Calen\n",
    "Ardis, Alvi\tA-1\nBrell, Calen\tB-2",
    "A-1,Ardis,Alvi\nB-2,Brell,Calen",
])
def test_tables_as_people_write_them(text):
    assert [(row.name, row.number, row.state) for row in looked_at(text)] == [
        ("Ardis, Alvi", "A-1", NEW), ("Brell, Calen", "B-2", NEW)]


@pytest.mark.parametrize(("language", "encoding", "text"), [
    ("en", "utf-8", "Nom;Matricule\nDésiré, Zoë;A-1"), ("en", "utf-8-sig", "أحمد;A-1"),
    ("ar", "utf-16", "أحمد، علي\tA-1"), ("en", "utf-16-le", "Name\tNumber\nArdis\tA-1"),
    ("fr", "cp1252", "Nom;Matricule\nDésiré, Zoë;A-1\nBrûlé, Élodie;A-2"),
    ("ar", "cp1256", "الاسم;رقم الخدمة\nأحمد علي;A-1"),
    ("ru", "cp1251", "Иванов, Пётр;A-1\nПетров, Иван;A-2")])
def test_files_as_spreadsheet_programs_save_them(language, encoding, text):
    assert decoded(text.encode(encoding), language)[0] == text


cells = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"),
                              exclude_characters=";"), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6))
def test_any_table_that_the_course_writes_comes_back(rows):
    columns = (Column("Name"), Column("Service number"), Column("Remarks"))
    text, _ = decoded(as_csv(Table("People", columns, tuple(rows))))
    assert read(text)[1:] == [list(row) for row in rows]


# Comparing -------------------------------------------------------------------------------

def test_each_row_says_what_it_would_do():
    register = enrolled(("Ardis, Alvi", "A-1"), ("Brell, Calen", "B-2"), ("Carrow, Dessa", "0017"),
                        ("Moss, Lena", "T-1", "trainer"))
    rows = looked_at(
        "Name\tNumber\tLanguage\tExtra time\n"
        "Ardis, Alvi\ta-1\t\t\n"
        "Brell, Calen Q.\tB-2\tfrançais\t٢٥ %\n"
        "Dovrin, Emri\tD-4\t\t\n"
        "alvi ARDIS\tA-99\t\t\n"
        "Carrow, D.\t17\t\t\n"
        "Ellin, Fenno\tD-4\t\t\n"
        "Farrow, Galt\t\t\t\n"
        "Grice, Havi\tG-7\tKlingon\t\n"
        "Hadden, Iven\tH-8\t\tmuch\n"
        "Moss, Lena\tT-1\t\t\n"
        "Somebody, Else\tA-1\t\t\n", register, members={"p1"})
    assert [(row.n, row.state, row.reason) for row in rows] == [
        (2, SAME, ""), (3, CHANGED, ""), (4, NEW, ""), (5, SUSPECT, "same-name"),
        (6, SUSPECT, "number-alike"), (7, ERROR, "number-twice"), (8, ERROR, "empty"),
        (9, ERROR, "language"), (10, ERROR, "extra-time"), (11, ERROR, "staff"),
        (12, ERROR, "number-twice")]
    assert rows[1].changes == (("name", "Brell, Calen", "Brell, Calen Q."),
                               ("language", "en", "fr"), ("extra_time", "0", "25"),
                               ("class", "", ""))


def test_a_number_that_belongs_to_another_name_is_not_taken_for_a_correction():
    assert looked_at("Zorrel, Zale;A-1", enrolled(("Ardis, Alvi", "A-1")))[0].reason == "other-name"


def test_a_table_that_cannot_be_used():
    for text, reason in (("\n\n", "empty"), ("Name;Number\n", "empty"),
                         ("only names\nin one column\n", "columns"),
                         ("\n".join(f"Name {n};{n}" for n in range(501)), "too-many-rows")):
        with pytest.raises(BadField) as refused:
            looked_at(text)
        assert refused.value.reason == reason


def test_columns_can_be_chosen():
    rows = read("x;A-1;Ardis\ny;B-2;Brell\n")
    chosen = Layout(("", "number", "name"), has_heading=False)
    found = plan(rows, chosen, enrolled(), Cohort("c", "Class"), {}).rows
    assert [(row.name, row.number) for row in found] == [("Ardis", "A-1"), ("Brell", "B-2")]


@given(st.text(max_size=30))
def test_the_keys_of_names_and_numbers_are_stable(text):
    assert folded(folded(text)) == folded(text)
    assert loose_number(number_key(text)) == loose_number(number_key(number_key(text)))


# Through the pages -----------------------------------------------------------------------

@pytest.fixture
def cohort(trainer):
    trainer.post("/classes/new", {"name": "Port"})
    return trainer.path


def statements(app):
    return sum(1 for _ in app.extensions["course"].store.statements())


def fields_in(page):
    """What the form that keeps a roster would send, as a browser does."""
    form = page[page.rindex("<form", 0, page.index('name="digest"')):]
    return {name: unescape(value) for name, value in
            re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
            if name != "csrf_token"}


def confirmed(trainer, cohort, page, **more):
    return trainer.post(f"{cohort}/roster", {**fields_in(page), "confirm": "1", **more})


ROSTER = "Name;Number;Extra time\nArdis, Alvi;A-1;25\nBrell, Calen;B-2;\n"


def test_a_roster_is_looked_at_then_kept_and_the_slips_let_people_in(app, trainer, cohort):
    before = statements(app)
    page = trainer.post(f"{cohort}/roster", {"text": ROSTER})
    assert "2 new" in page
    assert statements(app) == before
    slips = confirmed(trainer, cohort, page)
    assert trainer.last.headers["Cache-Control"] == "no-store"
    pins = re.findall(r"<b><bdi>(\d{4})</bdi></b>", slips)
    person = app.extensions["course"].register().numbered("A-1")
    assert person.extra_time == 25
    learner = Visitor(app)
    learner.post(f"/sign-in/{person.id}", {"pin": pins[0]})
    assert learner.path == "/home"
    assert "Ardis" in trainer.get(cohort)


def test_the_same_roster_once_more_changes_nothing(app, trainer, cohort):
    confirmed(trainer, cohort, trainer.post(f"{cohort}/roster", {"text": ROSTER}))
    before = statements(app)
    page = trainer.post(f"{cohort}/roster", {"text": ROSTER})
    assert "2 the same" in page
    assert "There is nothing to keep" in page
    confirmed(trainer, cohort, page)
    assert statements(app) == before


def test_what_is_kept_is_what_was_shown(app, trainer, cohort):
    page = trainer.post(f"{cohort}/roster", {"text": ROSTER})
    Learner(app, "Ardis, Alvi", "A-1")
    before = statements(app)
    trainer.post(f"{cohort}/roster", {**fields_in(page), "confirm": "1"}, status=409)
    assert statements(app) == before


def test_a_suspect_is_left_out_unless_somebody_says_otherwise(app, trainer, cohort):
    Learner(app, "Ardis, Alvi", "A-1")
    page = trainer.post(f"{cohort}/roster", {"text": "Ardis, Alvi;A-99\nBrell, Calen;B-2"})
    assert "Somebody of this name is enrolled with the number A-1" in page
    confirmed(trainer, cohort, page)
    assert app.extensions["course"].register().numbered("A-99") is None
    page = trainer.post(f"{cohort}/roster", {"text": "Ardis, Alvi;A-99\nBrell, Calen;B-2"})
    confirmed(trainer, cohort, page, also="1")
    assert app.extensions["course"].register().numbered("A-99")


def test_a_file_is_taken_and_its_encoding_said(trainer, cohort):
    data = "Nom;Matricule\nDésiré, Zoë;A-1\n".encode("cp1252")
    page = trainer.post(f"{cohort}/roster", {"file": (io.BytesIO(data), "liste.csv")})
    assert "Désiré, Zoë" in page
    assert "CP1252" in page


def test_columns_are_chosen_on_the_page(trainer, cohort):
    page = trainer.post(f"{cohort}/roster", {"text": "Ardis;Alvi\nBrell;Calen\n"}, status=422)
    assert "Say which column holds the name" in page
    page = trainer.post(f"{cohort}/roster", {
        "text": "Ardis;Alvi\nBrell;Calen\n", "columns": "1", "column.0": "name",
        "column.1": "number"})
    assert "2 new" in page


def test_new_pins_for_a_chosen_set(app, trainer, cohort):
    learner = Learner(app)
    trainer.post(f"{cohort}/people", {"person": learner.id})
    trainer.post(f"{cohort}/slips", status=422)
    page = trainer.post(f"{cohort}/slips", {"person": learner.id})
    pin = re.search(r"<b><bdi>(\d{4})</bdi></b>", page)[1]
    assert learner.client.get("/home").status_code == 303
    learner.post(f"/sign-in/{learner.id}", {"pin": pin})
    assert learner.path == "/home"


def test_a_class_that_is_over_takes_nobody(app, trainer, cohort):
    trainer.post(f"{cohort}/close", {"closed": "1"}, page=cohort)
    assert "is over" in trainer.get(f"{cohort}/roster")
    trainer.post(f"{cohort}/roster", {"text": ROSTER}, status=409)


def test_two_hundred_people_are_brought_in_at_once(app, trainer, cohort):
    text = "Name;Number\n" + "\n".join(f"Learner {n:03}, Someone;N-{n}" for n in range(1000, 1200))
    slips = confirmed(trainer, cohort, trainer.post(f"{cohort}/roster", {"text": text}))
    assert slips.count('class="slip-pin"') == 200
