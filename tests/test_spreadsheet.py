"""Tables as files: what opens is what was on the screen."""

from __future__ import annotations

import csv
import io

import openpyxl
from hypothesis import given
from hypothesis import strategies as some

from course.core.table import DATE, NUMBER, PERCENT, Column, Table, cells
from course.exchange.spreadsheet import as_csv, as_xlsx, sheet_name

COLUMNS = (Column("Name"), Column("Hours", NUMBER, 1), Column("Right", PERCENT),
           Column("Day", DATE))
TABLE = Table("Cohort: März [1]", COLUMNS, (
    ("عمر حدّاد", 9.5, 80.4, "2026-03-30"), ("=cmd|' /C calc'!A0", 0, None, ""),
    ("@sum, \"so\"\nand so", 12.0, 100, "2026-03-31")))


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def read_xlsx(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_csv_file_opens_with_arabic_intact_and_no_formula():
    content = as_csv(TABLE)
    assert content.startswith(b"\xef\xbb\xbf")
    head, *rows = read_csv(content)
    assert head == ["Name", "Hours", "Right", "Day"]
    assert rows[0] == ["عمر حدّاد", "9.5", "80", "2026-03-30"]
    assert rows[1][0] == "'=cmd|' /C calc'!A0"
    assert rows[2][0] == "'@sum, \"so\"\nand so"


def test_a_workbook_has_numbers_as_numbers_and_texts_as_texts():
    sheet = read_xlsx(as_xlsx([TABLE], right_to_left=True)).active
    assert sheet.title == "Cohort  März  1"
    assert sheet.sheet_view.rightToLeft
    assert [one.value for one in sheet[2]] == ["عمر حدّاد", 9.5, 80, "2026-03-30"]
    assert sheet["A3"].value == "=cmd|' /C calc'!A0"
    assert sheet["A3"].data_type == "s"


def test_sheets_of_the_same_title_have_names_of_their_own():
    book = read_xlsx(as_xlsx([TABLE, TABLE, TABLE]))
    assert len(set(book.sheetnames)) == 3
    assert sheet_name("x" * 40, []) == "x" * 31


plain = some.text(some.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)
values = some.one_of(some.none(), some.integers(-10**6, 10**6), plain)


@given(some.lists(some.tuples(plain, values), max_size=5))
def test_whatever_is_in_a_table_comes_back_from_both_files(rows):
    table = Table("t", (Column("a"), Column("b", NUMBER)), tuple(rows))
    shown = [["" if one is None else one for one in row] for row in cells(table)]
    for found, wanted in zip(read_csv(as_csv(table))[1:], shown, strict=True):
        assert [one.removeprefix("'") for one in found] == [
            str(one).removeprefix("'") for one in wanted]
    sheet = read_xlsx(as_xlsx([table])).active
    found = [[one.value for one in row] for row in sheet.iter_rows(min_row=2, max_col=2)]
    assert [[one or "" if isinstance(one, str | None) else one for one in row]
            for row in found[:len(shown)]] == shown or not shown
