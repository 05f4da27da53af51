"""The table of `course check --report`."""

from __future__ import annotations

import pytest

from course.content.report import HEADS, report_as_text, rows
from course.content.rules.material import Material
from course.content.shelf import Shelf
from course.content.source import Files

from .courses import FILLER, good_course


@pytest.fixture
def roots(tmp_path):
    return good_course(tmp_path)


def test_each_module_is_counted(roots):
    table = {row.name: row for row in rows(Material(Shelf(Files(roots))))}
    lesson, visit = table["demo-basic/lesson"], table["tiny/visit"]
    assert (lesson.sections, lesson.in_place, lesson.pictures, lesson.library, lesson.terms) == (
        2, 5, 1, 1, 2)
    assert (lesson.questions, lesson.drawable) == (21, 16)
    assert lesson.kinds == "one 4, all 1, order 1, match 1, number 12, short 1, free 1"
    assert (visit.words, visit.longest) == (13, 5)
    assert table.pop("total").words == sum(row.words for row in table.values())


def test_what_a_case_tells_is_read_line_by_line(roots):
    (doors,) = [one for one in rows(Material(Shelf(Files(roots)))) if one.name.endswith("doors")]
    longest = "A man takes a woman over a border for pay."
    assert (doors.longest, doors.sections) == (len(longest.split()), 3)


def test_notes_aids_and_short_versions_are_not_counted(roots):
    lesson = rows(Material(Shelf(Files(roots))))[0]
    law = "States work together. Read the article."
    boxes = "Look for the number. Ask round the room."
    counted = ("Counting begins with looking, as art. 3 of the Pact says. "
               "Whoever works off a debt for ever lives in debt bondage. "
               "Giving shelter can be harbouring; {national: penalty} says how grave. "
               f"{law} Names come second. Read what counts again. {FILLER} {boxes}")
    assert lesson.words == len(counted.split())


def test_the_table_has_a_line_for_each_and_the_slots_below(roots):
    lines = report_as_text(roots).split("\n")
    assert all(head in lines[0] for head in HEADS)
    assert [line.split()[0] for line in lines[2:9]] == [
        "demo-basic/lesson", "demo-cases/build", "demo-cases/doors", "demo-cases/gate",
        "demo-cases/talk", "tiny/visit", "total"]
    assert lines[-1] == "slot penalty: filled, used in demo-basic/lesson, tiny/visit"


def test_an_empty_course_has_an_empty_table(tmp_path):
    from course.content.source import Roots

    assert "total" in report_as_text(Roots(tmp_path))
