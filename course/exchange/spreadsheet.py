"""Tables as CSV and XLSX that open as they are: Arabic intact, numbers as numbers, no formula.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a line end is run as a formula by
spreadsheet programs when it comes from a CSV file (OWASP, "CSV injection"); there it gets an
apostrophe in front. In XLSX a cell says that it is text, so it stays as it was typed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from ..core.table import NUMBER, PERCENT, Cell, Table, cells, widths

BOM = "\ufeff"
"""Excel takes a CSV file without it for the system's old code page."""

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
MOST_SHEET_NAME = 31
WIDEST = 60


def as_csv(table: Table) -> bytes:
    """A table as UTF-8 with a byte order mark; its title and notes are not in it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(one.label) for one in table.columns])
    for row in cells(table):
        writer.writerow([harmless(one) for one in row])
    return (BOM + text.getvalue()).encode()


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet program takes for a formula."""
    if isinstance(cell, str) and cell.startswith(_STARTS_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def as_xlsx(tables: Sequence[Table], *, right_to_left: bool = False) -> bytes:
    """Tables as the sheets of one workbook."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False,
                           "strings_to_urls": False, "strings_to_numbers": False})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    names: list[str] = []
    for table in tables:
        names.append(sheet_name(table.title, names))
        sheet = book.add_worksheet(names[-1])
        if right_to_left:
            sheet.right_to_left()
        sheet.freeze_panes(1, 1)
        for place, width in enumerate(widths(table)):
            sheet.set_column(place, place, min(width, WIDEST) + 2)
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, column.label, head)
        formats = [book.add_format({"num_format": "0" + ("." + "0" * column.decimals
                                                         if column.decimals else "")})
                   if column.kind in (NUMBER, PERCENT) else None for column in table.columns]
        for line, row in enumerate(cells(table), start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                elif cell is not None:
                    sheet.write_number(line, place, cell, formats[place])
    book.close()
    return file.getvalue()


def sheet_name(title: str, taken: Sequence[str]) -> str:
    """A name that a workbook takes: short, without its forbidden signs, and no other's."""
    name = _NOT_IN_SHEET_NAMES.sub(" ", title).strip()[:MOST_SHEET_NAME] or "1"
    known = {one.casefold() for one in taken}
    for count in range(2, len(taken) + 3):
        if name.casefold() not in known:
            break
        tail = f" {count}"
        name = name[:MOST_SHEET_NAME - len(tail)].rstrip() + tail
    return name
