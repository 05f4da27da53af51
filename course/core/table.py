"""Tables as values: what a page shows, what is printed, and what a spreadsheet gets.

One table serves all of them, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | int | float | None
"""None where there is nothing to say: an empty cell, never a nought."""

TEXT, NUMBER, PERCENT, DATE = "text", "number", "percent", "date"
"""What a column holds. Percentages are numbers from 0 to 100; dates are ISO, `2026-03-30`, with
the time behind a space where it counts."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and how its cells are shown."""

    label: str
    kind: str = TEXT
    decimals: int = 0
    """Of a number or a percentage."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its heading. The first cell of a row names it."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    links: tuple[str, ...] = ()
    """For the page alone: where the name of each row leads; none when empty."""
    notes: tuple[str, ...] = ()
    """What has to be known to read it: who is counted, how it was worked out."""

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.columns) for row in self.rows), self.title
        assert len(self.links) in (0, len(self.rows)), self.title


def rounded(value: Cell, column: Column) -> Cell:
    """A cell as it is shown: numbers to the column's decimals."""
    if isinstance(value, float):
        return round(value, column.decimals) if column.decimals else round(value)
    return value


def cells(table: Table) -> list[list[Cell]]:
    """All rows as they are shown."""
    return [[rounded(value, column) for value, column in zip(row, table.columns, strict=True)]
            for row in table.rows]


def widths(table: Table) -> list[int]:
    """Letters of the longest cell of each column, its heading included."""
    lines: Sequence[Sequence[Cell]] = [[one.label for one in table.columns], *cells(table)]
    return [max(len("" if one is None else str(one)) for one in column)
            for column in zip(*lines, strict=True)]
