"""The national annex: what the country's own law says at the places the course leaves for it.

One file per country, `casteria.md`, has a `## slot` section for each slot it fills. Local
cases stand beside it and say so with `kind:` in their header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .blocks import Section, Source, Text
from .source import LOCAL

_USE = re.compile(r"\{national: *([a-z0-9-]+)\}")
_LIST_MARK = re.compile(r"^(?:[-*+]|\d+[.)])\s+")

FOLDER = f"modules/{LOCAL}/"


@dataclass(frozen=True, slots=True)
class Annex:
    """The file of one country."""

    source: Source

    @property
    def country(self) -> str:
        """Its title, which is the name of the country."""
        return self.source.header.text("title", _name_of(self.source.name))

    @property
    def language(self) -> str:
        return self.source.header.text("language", "en")

    def section(self, slot: str) -> Section | None:
        """What fills a slot; None while nothing does."""
        section = self.source.section(slot)
        return section if section and first_line(section) else None


def first_line(section: Section) -> str:
    """The first line of a slot's text: what `{national: slot}` shows."""
    texts = (part.text for part in section.parts if isinstance(part, Text))
    line = next((line for text in texts for line in text.split("\n") if line.strip()), "")
    return _LIST_MARK.sub("", line.strip())


def is_case(source: Source) -> bool:
    """Whether a file of the annex is a local case rather than the country's own."""
    return bool(source.header.text("kind"))


def country_file(sources: Iterable[Source]) -> Source | None:
    """The country's file among the files of the annex: the first that is no case."""
    return next((one for one in sources if not is_case(one)), None)


def slots_used(source: Source) -> set[str]:
    """The slots that a lesson leaves for the country's law, as boxes and inside texts."""
    boxes = {block.word for block in source.blocks("national")}
    return boxes | {slot for part in source.parts() for slot in _USE.findall(part.text)}


def _name_of(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".md").replace("-", " ").title()
