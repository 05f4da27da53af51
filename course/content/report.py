"""The table of `course check --report`: what each module, case and test consists of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from .blocks import Source
from .links import GLOSSARY
from .quizfile import Pool
from .rules.material import Material, linked_file, links_of
from .rules.national import slots
from .rules.prose import Reading
from .rules.writing import read_in, reading
from .shelf import LIBRARY_FOLDER, Shelf
from .source import Files, Roots

KINDS = ("one", "all", "order", "match", "number", "short", "free")


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one module, case or test, or their sum."""

    name: str
    words: int
    sections: int
    average: float
    """Words in a sentence."""
    longest: int
    """Words of the longest sentence."""
    questions: int
    drawable: int
    """Those that are neither used in place nor marked by a person."""
    kinds: str
    """How many of each kind: `one 14, all 4`."""
    in_place: int
    pictures: int
    library: int
    """Links to articles of the library."""
    terms: int
    """Different terms of the glossary that are linked."""


HEADS = ("module", "words", "sect.", "avg", "max", "quest.", "draw", "kinds", "in place", "pict.",
         "libr.", "terms")


def report_as_text(roots: Roots) -> str:
    """The table for a terminal, and the slots for the national annex below it."""
    course = Material(Shelf(Files(roots)))
    table = [HEADS, *(_cells(row) for row in rows(course))]
    widths = [max(len(line[place]) for line in table) for place in range(len(HEADS))]
    lines = [_line(line, widths) for line in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*lines, "", *_slot_lines(course)])


def rows(course: Material) -> list[Row]:
    """A row for each module and case, for each test of a manual, and the totals."""
    lessons = list(course.lessons.items())
    tests = [course.pools[name] for name in course.tests]
    found = [_row(course, _title(name), [lesson]) for name, lesson in lessons]
    found += [_row(course, _title(test.name), [], [test]) for test in tests]
    own = [test for test in tests if course.tests[test.name] != "final"]
    return [*found, _row(course, "total", [lesson for _, lesson in lessons], own)]


def _row(course: Material, name: str, lessons: Sequence[Source],
         tests: Sequence[Pool] = ()) -> Row:
    measured = sum((reading(read_in(course, lesson)) for lesson in lessons), Reading())
    pools = [pool for lesson in lessons if (pool := course.pool_of(lesson))]
    pools += tests
    questions = [question for pool in pools for question in pool.questions]
    kinds = Counter(question.kind for question in questions)
    links = [(linked_file(lesson.name, link.href), link.image)
             for lesson in lessons for link in links_of(lesson)]
    files = [target for target, is_image in links if not is_image]
    return Row(
        name, measured.words, sum(len(lesson.sections) for lesson in lessons), measured.average,
        measured.longest, len(questions), sum(len(course.drawable(pool)) for pool in pools),
        ", ".join(f"{kind} {kinds[kind]}" for kind in KINDS if kinds[kind]),
        sum(len(list(lesson.blocks("quiz"))) for lesson in lessons),
        sum(is_image for _, is_image in links),
        sum(file.startswith(LIBRARY_FOLDER) for file, _ in files),
        len({anchor for file, anchor in files if file == GLOSSARY and anchor}))


def _title(name: str) -> str:
    return name.partition("/")[2].removesuffix(".md")


def _cells(row: Row) -> tuple[str, ...]:
    values = (getattr(row, field.name) for field in fields(row))
    return tuple(f"{value:.1f}" if isinstance(value, float) else str(value) for value in values)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Words to the left, figures to the right."""
    aligned = (cell.ljust(width) if HEADS[place] in ("module", "kinds") else cell.rjust(width)
               for place, (cell, width) in enumerate(zip(cells, widths, strict=True)))
    return "  ".join(aligned).rstrip()


def _slot_lines(course: Material) -> Iterator[str]:
    country = course.shelf.annex()
    for slot, users in slots(course).items():
        state = "filled" if country and country.section(slot) else "empty"
        yield f"slot {slot}: {state}, used in {', '.join(users)}"
