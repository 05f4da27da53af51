"""E: cases that are filled in: evidence files and sorters."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.evidence import FORMS, MARKS, NOTHING
from ..casefile import CHARGE, CLASSES, ELEMENTS, LISTS, SUSPECTS, CaseFile, SceneText
from ..casepieces import cells_of
from ..problem import nearest
from ..rows import Chunk, Row
from .material import Material
from .rule import Spots, at, rule

LINKING = ("proves", "supports")
"""Marks by which an exhibit speaks for an element."""
AGAINST = ("contradicts", "inadmissible")
"""Marks that every evidence file has somewhere."""


@rule("E01", "error")
def lacks_a_list(course: Material) -> Spots:
    """An evidence file has no elements, no suspects or no charge, or a sorter no classes.

    They are sections of these addresses: `{#elements}`, `{#suspects}`, `{#charge}`,
    `{#classes}`, each a list of lines `- id: words`; the charge has questions.
    """
    for kind in ("evidence", "sort"):
        for name, case in _cases(course, kind):
            for key in LISTS[kind]:
                if not case.lists.get(key):
                    yield at(name, _line(case, key), address=key)
            if kind == "evidence" and not case.charge:
                yield at(name, _line(case, CHARGE), address=CHARGE)


@rule("E02", "error")
def exhibit_without_form(course: Material) -> Spots:
    """A section of an evidence file has no exhibit, or one of an unknown form.

    `!!! exhibit chat "Whose, where, when"`. The forms are statement, chat, ledger, document,
    photo, bank and map; the message names the nearest.
    """
    for name, case in _cases(course, "evidence"):
        for scene in case.scenes:
            blocks = [block for block in scene.blocks if block.kind == "exhibit"]
            for block in blocks:
                if block.word not in FORMS:
                    yield at(name, block.line, form=block.word, nearest=nearest(block.word, FORMS))
            if not blocks:
                yield at(name, scene.section.line, form="", nearest="")


@rule("E03", "error")
def unknown_cell(course: Material) -> Spots:
    """A line of an exhibit's key names a suspect or an element that there is not.

    Ids of suspects, a comma, ids of elements: `- recruiter and manager, act: proves`. The
    message names the nearest.
    """
    for name, case in _cases(course, "evidence"):
        known = (case.listed(SUSPECTS), case.listed(ELEMENTS))
        for _, row in _links(case):
            for ids, named in zip(known, zip(*cells_of(row), strict=True), strict=True):
                for word in dict.fromkeys(named):
                    if word not in ids:
                        yield at(name, row.line, id=word, nearest=nearest(word, ids))


@rule("E04", "error")
def unknown_mark(course: Material) -> Spots:
    """What an exhibit does is none of the marks, so nobody can be right there.

    They are proves, supports, contradicts, inadmissible and nothing; `supports or proves` where
    able people differ. The message names the nearest.
    """
    for name, case in _cases(course, "evidence"):
        for _, row in _links(case):
            for mark in marks_of(row):
                if mark not in MARKS:
                    yield at(name, row.line, mark=mark, nearest=nearest(mark, MARKS))


@rule("E05", "error")
def cell_twice(course: Material) -> Spots:
    """The key of an exhibit speaks of the same suspect and element twice; the second counts.

    Delete one of the lines.
    """
    for name, case in _cases(course, "evidence"):
        first: dict[tuple[str, str, str], int] = {}
        for scene, row in _links(case):
            for suspect, element in cells_of(row):
                cell = (scene.id, suspect, element)
                if cell in first:
                    yield at(name, row.line, suspect=suspect, element=element, first=first[cell])
                first.setdefault(cell, row.line)


@rule("E06", "warning")
def link_without_reason(course: Material) -> Spots:
    """A line of an exhibit's key does not say why.

    Below it, indented by two: `> His own words offer the job.` and where to read.
    """
    for name, case in _cases(course, "evidence"):
        for _, row in _links(case):
            if not row.feedback:
                yield at(name, row.line, cell=row.mark)


@rule("E07", "error")
def element_without_proof(course: Material) -> Spots:
    """No exhibit proves or supports an element, for any suspect.

    Let an exhibit speak for it, or take it out of the elements.
    """
    for name, case in _cases(course, "evidence"):
        carried = {element for _, row in _links(case) if set(marks_of(row)) & set(LINKING)
                   for _, element in cells_of(row)}
        for element, row in case.listed(ELEMENTS).items():
            if element not in carried:
                yield at(name, row.line, element=element)


@rule("E08", "warning")
def suspect_without_link(course: Material) -> Spots:
    """No exhibit says anything of a suspect.

    Even somebody who is not to be charged appears in some exhibit.
    """
    for name, case in _cases(course, "evidence"):
        named = {suspect for _, row in _links(case) if marks_of(row)[0] != NOTHING
                 for suspect, _ in cells_of(row)}
        for suspect, row in case.listed(SUSPECTS).items():
            if suspect not in named:
                yield at(name, row.line, suspect=suspect)


@rule("E09", "warning")
def nothing_against(course: Material) -> Spots:
    """In an evidence file no exhibit contradicts, or none is inadmissible.

    Real files have both; who only ever looks for what fits has not learnt to build a case.
    """
    for name, case in _cases(course, "evidence"):
        marks = {mark for _, row in _links(case) for mark in marks_of(row)}
        for mark in AGAINST:
            if mark not in marks:
                yield at(name, 0, mark=mark)


@rule("E10", "error")
def unknown_class(course: Material) -> Spots:
    """A vignette, or what becomes of it when a fact changes, has no class that there is.

    At the margin: `= som`, with an id of the list `{#classes}`. The message names the nearest.
    """
    for name, case in _cases(course, "sort"):
        known = case.listed(CLASSES)
        for _, chunk, line in _asked(case):
            answer = chunk.answer if chunk else ""
            if answer not in known:
                yield at(name, chunk.answer_line if chunk and answer else line, answer=answer,
                         nearest=nearest(answer, known))


@rule("E11", "error")
def no_right_fact(course: Material) -> Spots:
    """A vignette has no fact that decides, or nothing but such.

    Three to five lines, `- [x]` before those that decide the class, `- [ ]` before the others.
    """
    for name, case in _cases(course, "sort"):
        for scene in case.scenes:
            facts = scene.opening.rows if scene.opening else []
            right = sum(row.mark in ("x", "X") for row in facts)
            if not 0 < right < len(facts):
                yield at(name, scene.section.line, right=right, count=len(facts))


@rule("E12", "warning")
def class_without_vignette(course: Material) -> Spots:
    """No vignette belongs to a class, before or after its fact has changed.

    Write one, or delete the class: a choice that is never right is soon seen through.
    """
    for name, case in _cases(course, "sort"):
        used = {chunk.answer for _, chunk, _ in _asked(case) if chunk}
        for key, row in case.listed(CLASSES).items():
            if key not in used:
                yield at(name, row.line, id=key)


@rule("E13", "error")
def draw_too_large(course: Material) -> Spots:
    """A sorter draws more vignettes than it has.

    Write more, or lower `draw:`.
    """
    for name, case in _cases(course, "sort"):
        draw, left = case.header.whole("draw", 0), len(case.scenes)
        if draw > left:
            yield at(name, case.header.line("draw"), draw=draw, left=left)


def marks_of(row: Row) -> list[str]:
    """The marks of one line of a key, the best first."""
    return [mark.strip() for mark in row.text.split(" or ")]


def _cases(course: Material, kind: str) -> Iterator[tuple[str, CaseFile]]:
    return ((name, case) for name, case in course.cases.items() if case.kind == kind)


def _links(case: CaseFile) -> Iterator[tuple[SceneText, Row]]:
    return ((scene, row) for scene in case.scenes for row in scene.rows)


def _asked(case: CaseFile) -> Iterator[tuple[SceneText, Chunk | None, int]]:
    """What is asked of each vignette, then of its changed fact, with the line of its heading."""
    for scene in case.scenes:
        yield scene, scene.opening, scene.section.line
        if scene.step:
            yield scene, scene.step.chunk, scene.step.line


def _line(case: CaseFile, address: str) -> int:
    section = case.source.section(address)
    return section.line if section else 0
