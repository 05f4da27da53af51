"""Definition lists: the glossary, and the misconceptions behind wrong choices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .blocks import ID, heading_address, plain, slug_of
from .header import Header, split_header
from .problem import Findings, Problem

_DEFINITION = re.compile(r":\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Defined:
    """One entry: `Term {#id}` and below it `:   what it means`."""

    id: str
    term: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Definitions:
    """A file that is one definition list."""

    name: str
    header: Header
    entries: tuple[Defined, ...]
    problems: tuple[Problem, ...]

    def get(self, entry_id: str) -> Defined | None:
        return next((one for one in self.entries if one.id == entry_id), None)


def read_definitions(name: str, text: str, problems: Sequence[Problem] = (),
                     shown: str = "") -> Definitions:
    """Take a definition list apart. A term without an address gets one from its words."""
    found = Findings(shown or name)
    found.add(problems)
    header, body, line = split_header(text, found)
    entries: dict[str, Defined] = {}
    for entry in _entries(body.split("\n"), line, found):
        if entry.id in entries:
            found.error(entry.line, "address-twice", address=entry.id,
                        first=entries[entry.id].line)
        else:
            entries[entry.id] = entry
    return Definitions(name, header, tuple(entries.values()), found.all())


def _entries(lines: list[str], line: int, found: Findings) -> list[Defined]:
    """The entries in order. A definition goes on in the indented lines below it."""
    entries: list[Defined] = []
    for place, text in enumerate(lines):
        opens = _DEFINITION.fullmatch(text)
        if opens and place and lines[place - 1].strip():
            entries.append(_entry(lines[place - 1], opens[1], line + place - 1, found))
        elif text.startswith((" ", "\t")) and text.strip() and entries:
            last = entries[-1]
            entries[-1] = Defined(last.id, last.term, f"{last.text} {text.strip()}", last.line)
        elif text.strip() and not _is_term(lines, place):
            found.error(line + place, "outside-definition", text=text.strip()[:80])
    return entries


def _is_term(lines: list[str], place: int) -> bool:
    return place + 1 < len(lines) and bool(_DEFINITION.fullmatch(lines[place + 1]))


def _entry(heading: str, text: str, line: int, found: Findings) -> Defined:
    term, address = heading_address(heading.strip())
    if address and not re.fullmatch(ID, address):
        found.error(line, "bad-address", address=address, title=term)
        address = ""
    return Defined(address or slug_of(term), plain(term), text.strip(), line)
