"""F: whether a file can be read at all, and whether the course knows what to do with it."""

from __future__ import annotations

from ..blocks import Source
from ..links import links_in
from .material import Material, linked_file
from .rule import Spots, at, reported, rule


@rule("F01", "error")
def cannot_be_opened(course: Material) -> Spots:
    """A file cannot be opened.

    Another program may hold it, or you may not be allowed to read it. Close the other
    program, or copy the file to where you may.
    """
    return reported(course, "unreadable")


@rule("F02", "error")
def not_utf8(course: Material) -> Spots:
    """A file is not written in UTF-8.

    Letters with accents, Arabic, Russian and Chinese come out wrong. In your editor choose
    *Save with encoding* and there *UTF-8*. A byte order mark at the start does no harm.
    """
    return reported(course, "not-utf-8")


@rule("F03", "error")
def control_character(course: Material) -> Spots:
    """A file holds a character that no keyboard writes, such as NUL.

    It often comes from pasting or from a damaged stick. Delete the line and type it again.
    """
    return reported(course, "control-character")


@rule("F04", "error")
def too_large(course: Material) -> Spots:
    """A file is far larger than any lesson, and is not read.

    Cut it into modules, or look whether a picture was pasted into it.
    """
    return reported(course, "too-large")


@rule("F05", "error")
def bad_yaml(course: Material) -> Spots:
    """A header, or a list of labels, is not valid YAML.

    The usual reasons: a colon inside a text that has no quotes, a tab, a quote that is not
    closed, or an indent that differs from its neighbours.
    """
    return reported(course, "bad-yaml")


@rule("F06", "error")
def no_header(course: Material) -> Spots:
    """A file does not begin with a header.

    Its first line must be `---`; then come `title: …` and the other keys, and another `---`.
    """
    return reported(course, "no-header")


@rule("F07", "error")
def header_not_closed(course: Material) -> Spots:
    """A header has no second `---` line.

    Put `---` on a line of its own between the last key and the text.
    """
    return reported(course, "header-open")


@rule("F08", "warning")
def not_in_the_manual(course: Material) -> Spots:
    """A module, case or test is not listed in its manual's `index.md`, so nobody finds it.

    Add a line with its link where it belongs in the order of study.
    """
    for folder, lessons in course.folders().items():
        index = course.indexes.get(f"{folder}/index.md")
        names = [*(lesson.name for lesson in lessons), *course.tests_of(folder)]
        listed = _listed(index) if index else names
        for name in names:
            if name not in listed:
                yield at(name, 1, index=f"{folder}/index.md")


@rule("F09", "error")
def manual_without_contents(course: Material) -> Spots:
    """A folder under `modules/` has modules but no `index.md`, so it is no manual.

    Write an `index.md` with a title and the links to the modules, in the order of study.
    """
    for folder, lessons in course.folders().items():
        if f"{folder}/index.md" not in course.indexes:
            yield at(lessons[0].name, 0, index=f"{folder}/index.md")


@rule("F10", "warning")
def pool_without_module(course: Material) -> Spots:
    """A pool of questions belongs to no module or case, so none of it is ever asked.

    Name it in the header of its module: `quiz: elements` for `elements.md` in the folder of
    the same manual under `quizzes/`. A test of the whole manual says so itself, with
    `kind: before`, `after` or `final`.
    """
    used = {course.pool_name(lesson) for lesson in course.lessons.values()}
    for name in course.pools:
        if name not in used and name not in course.tests:
            yield at(name, 0)


def _listed(index: Source) -> list[str]:
    """The files that a manual's contents name."""
    return [linked_file(index.name, link.href)[0]
            for part in index.parts() for link in links_in(part.text)]
