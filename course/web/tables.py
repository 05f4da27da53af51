"""A page's table as a file: the same values as on the screen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Response, request

from ..core.table import Table
from . import context

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


def wants_file() -> bool:
    """Whether the address asks for a spreadsheet (`?as=csv`, `?as=xlsx`)."""
    return request.args.get("as") in TYPES


def file_of(tables: Sequence[Table], name: str) -> Response:
    """The tables of a page as the file that was asked for; a CSV file holds the one that
    `?table=` names by its place, counted from 0."""
    from ..exchange import spreadsheet

    kind = request.args["as"]
    if kind == "csv":
        place = request.args.get("table", "0")
        at = int(place) if place.isdecimal() and int(place) < len(tables) else 0
        content = spreadsheet.as_csv(tables[at])
    else:
        content = spreadsheet.as_xlsx(
            tables, right_to_left=context.direction(context.locale()) == "rtl")
    answer = Response(content, content_type=TYPES[kind])
    answer.headers.set("Content-Disposition", "attachment",
                       filename=f"{_NOT_IN_NAMES.sub('-', name).strip('-')}.{kind}")
    return answer
