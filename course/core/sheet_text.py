"""A table that somebody wrote with a spreadsheet program, read from its bytes or from a paste.

Tabs, semicolons or commas; with a byte order mark or without; in UTF-8, UTF-16 or one of the
old encodings that spreadsheet programs still write. What was assumed is said, so that a page
can say it too.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

OLD_ENCODINGS = {"ar": "cp1256", "ru": "cp1251"}
"""What spreadsheet programs of a language write for text that is mostly not in Latin letters."""

WESTERN = "cp1252"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
          (codecs.BOM_UTF16_BE, "utf-16-be"))
DELIMITERS = "\t;,"
_DECLARED = re.compile(r"\s*\"?sep=(.)\"?\s*(?:\r\n|\r|\n|$)", re.IGNORECASE)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LOOKED_AT = 50
"""Rows that decide which delimiter it is."""


def decoded(data: bytes, language: str = "en") -> tuple[str, str]:
    """A file's text, and the encoding that it was taken for: `utf-8`, `cp1252`, …"""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark):].decode(encoding, "replace"), encoding
    if b"\0" in data[:200]:
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        return data.decode(encoding, "replace"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = _old_encoding(data, language)
        return data.decode(encoding, "replace"), encoding


def _old_encoding(data: bytes, language: str) -> str:
    """Latin text has an accent here and there; where most letters are not ASCII it is another
    script, the page's own if that has one."""
    foreign = sum(one >= 0xC0 for one in data)
    latin = sum(chr(one).isalpha() for one in data if one < 0x80)
    return OLD_ENCODINGS.get(language, "cp1256") if foreign > latin else WESTERN


def rows_of(text: str, is_heading: Callable[[Sequence[str]], bool]) -> list[list[str]]:
    """The cells of a table, row by row as a spreadsheet numbers them; an empty row has none.

    The delimiter is the one that gives a first row which `is_heading` knows, or else the most
    regular table. Raises csv.Error for what is no table.
    """
    text = text.removeprefix("\ufeff")
    declared = _DECLARED.match(text)
    if declared:
        return [[], *_read(text[declared.end():], declared[1])]

    def likelihood(rows: Sequence[Sequence[str]]) -> tuple[bool, float]:
        return is_heading(next((row for row in rows if row), ())), _regularity(rows)

    return max((_read(text, one) for one in DELIMITERS), key=likelihood)


def _read(text: str, delimiter: str) -> list[list[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [[_plain(cell) for cell in row] if any(map(str.strip, row)) else [] for row in rows]


def _plain(cell: str) -> str:
    """A cell as it was meant: an apostrophe that keeps it from being a formula is no part of it."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _regularity(rows: Sequence[Sequence[str]]) -> float:
    """The share of rows that have as many cells as most do; nothing for a single column. The
    first of equally regular readings is taken, so that the comma of a name counts least."""
    lengths = Counter(len(row) for row in rows[:_LOOKED_AT] if row)
    if not lengths:
        return 0.0
    length, count = max(lengths.items(), key=lambda one: (one[1], one[0]))
    return count / lengths.total() if length > 1 else 0.0


def digits(text: str) -> str:
    """The same with ASCII digits, whatever script they were written in."""
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
