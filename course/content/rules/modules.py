"""M: the blocks and sections of a lesson, and what every module has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..blocks import Block, Part, Source, Text
from .material import Material
from .rule import Spots, at, reported, rule

CHECKS = 4
"""In-place checks that a module has at least."""

_RAW_HTML = re.compile(r"<(?:/?[a-zA-Z][^<>\n]*|!--.*?--)>")
_CODE = re.compile(r"`[^`\n]*`")


@rule("M01", "error")
def not_a_block(course: Material) -> Spots:
    """A line begins like a block but is none, so it and its text are not shown.

    A block's first line is `!!! kind`, at most one word more, and a title in straight
    quotes: `!!! trainer 10-min "Ask first"`. Curly quotes and capitals are not read.
    """
    return reported(course, "bad-block")


@rule("M02", "error")
def unknown_block(course: Material) -> Spots:
    """A block has a kind that does not exist, so it is not shown.

    The kinds are law, practice, warning, remember, discuss, trainer, quiz, national,
    sensitive and aid; in played cases also if and exhibit.
    """
    return reported(course, "unknown-block")


@rule("M03", "error")
def block_in_a_block(course: Material) -> Spots:
    """A block stands inside another one; the inner one is not shown.

    Put it after the outer block, at the margin, with an empty line between.
    """
    return reported(course, "nested-block")


@rule("M04", "error")
def body_not_indented(course: Material) -> Spots:
    """A line below a block is indented by less than four spaces.

    It was taken as part of the block. Indent it by four, or leave an empty line before it.
    """
    return reported(course, "not-indented")


@rule("M05", "error")
def block_lacks(course: Material) -> Spots:
    """A block lacks what its kind needs: an id, a slot or a title.

    `!!! quiz` wants the id of a question, `!!! national` a slot; `law`, `sensitive` and
    `aid` want a title in straight quotes.
    """
    for spot in reported(course, "block-lacks"):
        rest = "id" if spot.values["what"] == "id" else '"…"'
        yield at(spot.name, spot.line, like=f"!!! {spot.values['kind']} {rest}")


@rule("M06", "error")
def block_word(course: Material) -> Spots:
    """A block has a word on its first line that its kind does not take.

    Only `quiz` and `national` take a name, and `trainer` a time such as `10-min`.
    """
    return reported(course, "block-word")


@rule("M07", "error")
def block_title(course: Material) -> Spots:
    """A block has a title that is never shown.

    A question in place shows its own heading: write `!!! quiz` and its id only.
    """
    return reported(course, "block-title")


@rule("M08", "error")
def block_empty(course: Material) -> Spots:
    """A block has no text below it, so it is not shown.

    Its text is indented by four spaces, and nothing but an empty line comes between.
    """
    return reported(course, "block-empty")


@rule("M09", "error")
def block_body(course: Material) -> Spots:
    """A block has text that is never shown.

    A question in place has its text in the quiz file. Write the text below, at the margin.
    """
    return reported(course, "block-body")


@rule("M10", "error")
def no_address(course: Material) -> Spots:
    """A section has no address, so one was made from its title and will change with it.

    Write it at the end of the heading: `## Children {#children}`.
    """
    return reported(course, "no-address")


@rule("M11", "error")
def bad_address(course: Material) -> Spots:
    """An address is not made of small letters, digits and hyphens.

    Links to it do not work everywhere. Write `{#child-rule}`.
    """
    return reported(course, "bad-address")


@rule("M12", "error")
def address_twice(course: Material) -> Spots:
    """An address stands twice in one file; links lead to the first.

    Give the second one its own.
    """
    return reported(course, "address-twice")


@rule("M13", "error")
def announcement_too_late(course: Material) -> Spots:
    """A sensitive section is announced after its text has begun.

    `!!! sensitive` stands directly below the heading, before anything else, and once.
    """
    for name, lesson in course.lessons.items():
        for section in lesson.sections:
            for part in section.parts[1:]:
                if _is(part, "sensitive"):
                    yield at(name, part.line, section=section.title)


@rule("M14", "warning")
def raw_html(course: Material) -> Spots:
    """HTML in a file is shown to learners as it is written.

    Use Markdown: `**bold**`, `*italic*`, lists and tables.
    """
    for name, source in course.sources.items():
        for part in source.parts():
            for line, text in enumerate(part.text.split("\n"), start=_first_line(part)):
                found = _RAW_HTML.search(_CODE.sub("", text))
                if found:
                    yield at(name, line, text=found[0][:40])


@rule("M15", "warning")
def aids(course: Material) -> Spots:
    """A module has no job aid, or more than one, or has it before the end.

    `!!! aid` stands once, at the end of the last section.
    """
    for name, module in _modules(course):
        lines = [block.line for block in module.blocks("aid")]
        last = module.sections[-1].parts[-1:] if module.sections else ()
        if len(lines) != 1 or not any(_is(part, "aid") for part in last):
            yield at(name, lines[-1] if lines else 0, count=len(lines))


@rule("M16", "warning")
def no_trainer_note(course: Material) -> Spots:
    """A section has no note for the trainer.

    Say how to run it, how long it takes and how it works with no devices:
    `!!! trainer 10-min "…"`.
    """
    for name, module in _modules(course):
        for section in module.sections:
            if not any(section.blocks("trainer")):
                yield at(name, section.line, section=section.title)


@rule("M17", "warning")
def trainer_note_without_time(course: Material) -> Spots:
    """A note for the trainer does not say how long its part takes.

    Write the minutes behind the kind: `!!! trainer 10-min "…"`.
    """
    for name, module in _modules(course):
        for block in module.blocks("trainer"):
            if block.minutes is None:
                yield at(name, block.line)


@rule("M18", "warning")
def too_few_checks(course: Material) -> Spots:
    """A module asks fewer than four questions in place.

    Use questions of its pool where the text has just given what is needed: `!!! quiz id`.
    """
    for name, module in _modules(course):
        count = len(list(module.blocks("quiz")))
        if count < CHECKS:
            yield at(name, 0, count=count, least=CHECKS)


@rule("M19", "warning")
def no_law(course: Material) -> Spots:
    """A module has no law box.

    Give each rule that it uses in a box with its article: `!!! law "TIP Protocol, article 3"`.
    """
    return _without(course, "law")


@rule("M20", "warning")
def no_discussion(course: Material) -> Spots:
    """A module has no question for the room.

    Put one where opinions will differ: `!!! discuss "…"`.
    """
    return _without(course, "discuss")


@rule("M21", "warning")
def no_national_slot(course: Material) -> Spots:
    """A module leaves no place for the country's own law.

    Put `!!! national` and a slot where laws differ.
    """
    return _without(course, "national")


def _modules(course: Material) -> Iterator[tuple[str, Source]]:
    """Modules without the cases."""
    return ((name, lesson) for name, lesson in course.lessons.items()
            if not lesson.header.text("kind"))


def _without(course: Material, kind: str) -> Spots:
    return (at(name, 0) for name, module in _modules(course) if not any(module.blocks(kind)))


def _is(part: Part, kind: str) -> bool:
    return isinstance(part, Block) and part.kind == kind


def _first_line(part: Part) -> int:
    return part.line if isinstance(part, Text) else part.body_line
