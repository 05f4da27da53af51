"""N: the places for the country's own law, and the annex that fills them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..annex import Annex, country_file, slots_used
from ..blocks import ID, Source
from ..problem import nearest
from ..translate import File
from .material import Material, texts
from .rule import Spots, at, rule

_PLACE = re.compile(rf"\{{national: *({ID})\}}")
_ATTEMPT = re.compile(r"\{\s*national\b[^}\n]*\}?", re.IGNORECASE)


@rule("N01", "error")
def unknown_slot(course: Material) -> Spots:
    """The national annex fills a slot that the course does not have, so it is never shown.

    The message names the nearest slot; `course check --report` lists them all.
    """
    known = slots(course)
    for name, country in course.countries.items():
        for section in country.sections:
            if section.slug not in known:
                yield at(name, section.line, slot=section.slug,
                         nearest=nearest(section.slug, known))


@rule("N02", "warning")
def empty_slot(course: Material) -> Spots:
    """A slot is not yet filled by the national annex; pages say "ask your trainer".

    Add a section with the name of the slot to the country's file: `## penalty`.
    """
    country = country_file(course.countries.values())
    for slot, users in slots(course).items() if country else ():
        if country and not Annex(country).section(slot):
            yield at(country.name, 0, slot=slot, used=", ".join(users))


@rule("N03", "error")
def second_country(course: Material) -> Spots:
    """The annex has files of two countries; only the first is used.

    Move the other out of the folder. A local case says so in its header: `kind: reading`.
    """
    first = country_file(course.countries.values())
    for name in course.countries:
        if first and name != first.name:
            yield at(name, 0, first=course.files.shown(first.name))


@rule("N04", "error")
def bad_place(course: Material) -> Spots:
    """A place for national law inside a text is not written as the course reads it.

    It is `{national: slot}`, all in small letters, with the name of a slot.
    """
    for name, file in course.everything():
        for text, line in texts(file):
            for found in _ATTEMPT.finditer(text):
                if not _PLACE.fullmatch(found[0]):
                    yield at(name, line + text.count("\n", 0, found.start()), text=found[0][:60])


def slots(course: Material) -> Mapping[str, list[str]]:
    """Every slot of the course with the modules that use it."""
    found: dict[str, list[str]] = {}
    files: Mapping[str, File] = {**course.lessons, **course.pools}
    for name, file in files.items():
        for slot in slots_in(file):
            users = found.setdefault(slot, [])
            user = name.split("/", 1)[1].removesuffix(".md")
            if user not in users:
                users.append(user)
    return dict(sorted(found.items()))


def slots_in(file: File) -> set[str]:
    """The slots that a file uses, as blocks and inside texts."""
    if isinstance(file, Source):
        return slots_used(file)
    return {slot for text, _ in texts(file) for slot in _PLACE.findall(text)}
