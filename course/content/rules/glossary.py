"""G: the glossary and the other lists of definitions."""

from __future__ import annotations

from ..links import GLOSSARY
from ..problem import nearest
from .material import Material, linked_file
from .rule import Spots, at, reported, rule


@rule("G01", "note")
def never_linked(course: Material) -> Spots:
    """A term of the glossary is linked from nowhere.

    Link it where it first matters, `[debt bondage](../glossary.md#debt-bondage)`, or delete it.
    """
    linked = {linked_file(name, link.href) for name, link in course.links}
    for entry in course.glossary.entries if course.glossary else ():
        if (GLOSSARY, entry.id) not in linked:
            yield at(GLOSSARY, entry.line, id=entry.id)


@rule("G02", "error")
def unknown_term(course: Material) -> Spots:
    """A link leads to a term that the glossary does not have.

    The message names the nearest. Add the term with its definition, or mend the link.
    """
    known = {entry.id for entry in course.glossary.entries} if course.glossary else set()
    for name, link in course.links:
        file, anchor = linked_file(name, link.href)
        if file == GLOSSARY and anchor and anchor not in known:
            yield at(name, link.line, id=anchor, nearest=nearest(anchor, known))


@rule("G03", "error")
def not_a_definition(course: Material) -> Spots:
    """A line of a list of definitions is neither a term nor its definition.

    A term stands alone on its line, with its address: `Debt bondage {#debt-bondage}`. Its
    definition stands directly below: a colon, three spaces, the text.
    """
    return reported(course, "outside-definition")
