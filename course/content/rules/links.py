"""L: links between the files."""

from __future__ import annotations

from collections.abc import Iterator

from ..links import GLOSSARY, Link, is_outside
from ..problem import nearest
from .material import Material, linked_file
from .rule import Spots, at, rule


@rule("L01", "error")
def missing_file(course: Material) -> Spots:
    """A link leads to a file that does not exist, so only its words are shown.

    Names are relative to the file the link stands in, as an editor's preview opens them.
    The message names the nearest file there is.
    """
    names = course.files.names("modules/")
    for name, link, file, _ in _links(course):
        if file not in course.files:
            yield at(name, link.line, href=link.href, nearest=nearest(file, names))


@rule("L02", "error")
def missing_anchor(course: Material) -> Spots:
    """A link leads to an address that is not in its file, so it opens the file's beginning.

    The message names the nearest address of that file.
    """
    for name, link, file, anchor in _links(course):
        if (anchor and file != GLOSSARY and course.shelf.is_page(file)
                and course.shelf.section_of(file, anchor) is None):
            source = course.sources.get(file)
            known = source.anchors if source else ()
            yield at(name, link.line, href=link.href, nearest=nearest(anchor, known))


@rule("L03", "error")
def leads_outside(course: Material) -> Spots:
    """A link leads out of the course, to the internet or elsewhere on the computer.

    There is no internet in the classroom, so only its words are shown. Name the source in
    the header, under `sources:`, as text.
    """
    for name, link in course.links:
        if not link.image and (is_outside(link.href) or not linked_file(name, link.href)[0]):
            yield at(name, link.line, href=link.href)


@rule("L04", "error")
def no_words(course: Material) -> Spots:
    """A link has no words, so nobody can see or hear it.

    Say what it leads to: `[The child rule](elements.md#children)`.
    """
    for name, link in course.links:
        if not link.image and not link.label.strip():
            yield at(name, link.line, href=link.href)


@rule("L05", "error")
def not_a_page(course: Material) -> Spots:
    """A link leads to a file that is no page, such as a pool of questions or a drawing.

    Link to the module instead, or to one of its addresses.
    """
    for name, link, file, _ in _links(course):
        in_contents = course.kind_of(name) == "manual" and file in course.tests
        if file in course.files and not course.shelf.is_page(file) and not in_contents:
            yield at(name, link.line, href=link.href)


def _links(course: Material) -> Iterator[tuple[str, Link, str, str]]:
    """Links to files, each with the file it stands in, the file it names and the anchor."""
    for name, link in course.links:
        file, anchor = linked_file(name, link.href)
        if not link.image and file:
            yield name, link, file, anchor
