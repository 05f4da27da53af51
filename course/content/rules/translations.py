"""T: translations beside their originals."""

from __future__ import annotations

from collections.abc import Iterator

from ..blocks import Block, Section, Source
from ..casefile import ANY_TIME, CaseFile, SceneText
from ..casemaking import shape
from ..lesson import is_draft
from ..problem import nearest
from ..quizfile import Asked, Pool
from ..shelf import translation
from ..translate import File, State, compare, pieces, read
from .drawings import read_words
from .material import Material, is_translation, locale_of, original_of
from .national import slots_in
from .rule import Spots, at, rule


@rule("T01", "error")
def nothing_to_translate(course: Material) -> Spots:
    """A translation has no original of the same name, so it is never shown.

    It stands under `translations/<language>/` at the place the original has in the course.
    The message names the nearest original.
    """
    for name, _ in _translated(course):
        if original_of(name) not in course.files:
            originals = [one for one in course.files.names() if not is_translation(one)]
            yield at(name, 0, original=original_of(name),
                     nearest=nearest(original_of(name), originals))


@rule("T02", "warning")
def late(course: Material) -> Spots:
    """The original has changed since this was translated; learners are told so.

    Mend the translation, then record it: `course translate fr --touch FILE`.
    """
    for name, state, theirs in _compared(course):
        for key in state.late:
            yield at(name, _line(theirs, key), key=key, locale=locale_of(name))


@rule("T03", "warning")
def never_recorded(course: Material) -> Spots:
    """A translation does not say from which text it was made, so nobody will see it grow late.

    When it says what the original says, record it: `course translate fr --touch FILE`.
    """
    for name, state, _ in _compared(course):
        if state.unknown:
            yield at(name, 1, keys=", ".join(state.unknown), locale=locale_of(name))


@rule("T04", "note")
def piece_missing(course: Material) -> Spots:
    """A section, question or term is not translated; the original is shown in its place.

    Translate it, and keep its address or id as it is.
    """
    for name, state, _ in _compared(course):
        for key in state.missing:
            yield at(name, 0, key=key)


@rule("T05", "error")
def piece_of_its_own(course: Material) -> Spots:
    """A translation has a section, question or term that the original does not; it is not shown.

    Addresses and ids stay as the original's are. The message names the nearest.
    """
    for name, state, theirs in _compared(course):
        for key in state.extra:
            yield at(name, _line(theirs, key), key=key, nearest=nearest(key, state.missing))


@rule("T06", "error")
def other_blocks(course: Material) -> Spots:
    """A section has other blocks than its original, or has them in another order.

    Translate the titles and the texts of blocks; leave kinds, ids, slots and times.
    """
    for name, _, ours, theirs in _sections(course):
        there, here = _outline(ours), _outline(theirs)
        if there != here:
            yield at(name, theirs.line, key=theirs.slug, original=", ".join(there),
                     found=", ".join(here))


@rule("T07", "error")
def other_question(course: Material) -> Spots:
    """A question is of another kind than its original, or offers more or less.

    The original is asked instead. Translate each choice, in the original's order.
    """
    for name, original, theirs in _pools(course):
        for asked in theirs.questions:
            ours = original.question(asked.id)
            if ours and ours.shape != asked.shape:
                yield at(name, asked.line, id=asked.id)


@rule("T08", "error")
def other_marks(course: Material) -> Spots:
    """A translation marks other choices as right than the original does.

    The original's marks count, so the feedback no longer fits. Put the choices back into
    the original's order.
    """
    for name, original, theirs in _pools(course):
        for asked in theirs.questions:
            ours = original.question(asked.id)
            if ours and ours.shape == asked.shape and _marks(ours) != _marks(asked):
                yield at(name, asked.line, id=asked.id)


@rule("T09", "error")
def other_places(course: Material) -> Spots:
    """A translation has other places for national law than its original.

    `{national: slot}` and `!!! national slot` are not translated, and none is left out.
    """
    for name, original, theirs in _pairs(course):
        if slots_in(original) != slots_in(theirs):
            yield at(name, 0, slots=", ".join(sorted(slots_in(original) ^ slots_in(theirs))))


@rule("T10", "error")
def address_lost(course: Material) -> Spots:
    """An address of the original is not in the translation, so links to it miss.

    Put `{#address}` below the paragraph that says the same.
    """
    for name, original, ours, theirs in _sections(course):
        here = _addresses(course.all_sources[name], theirs.slug)
        for address in sorted(_addresses(original, ours.slug) - here):
            yield at(name, theirs.line, address=address)


@rule("T11", "warning")
def other_words(course: Material) -> Spots:
    """A translated list of a drawing's words lacks one, or has one too many.

    It has a line for each line of the original's list, with the same label.
    """
    for name, theirs in course.translated_words.items():
        ours = read_words(course.files, original_of(name))
        differ = theirs.texts.keys() ^ ours.texts.keys()
        if differ:
            yield at(name, 0, labels=", ".join(sorted(differ)))


@rule("T12", "warning")
def not_reviewed(course: Material) -> Spots:
    """A translation does not say whether somebody has reviewed it.

    Write `status: draft` or `status: reviewed by …` into its header. Learners see that a
    draft is one.
    """
    for name, file in _translated(course):
        status = file.header.text("status")
        if status.casefold() != "draft" and is_draft(file.header):
            yield at(name, file.header.line("status"), value=status)


@rule("T13", "note")
def file_missing(course: Material) -> Spots:
    """A file of a manual that is being translated has no translation; the original is shown.

    `course translate fr` lists all that is missing.
    """
    begun = {(locale_of(name), _folder(original_of(name))) for name, _ in _translated(course)}
    for locale, folder in sorted(begun):
        for name, _ in course.everything():
            if _folder(name) == folder and translation(name, locale) not in course.files:
                yield at(name, 0, locale=locale)


@rule("T14", "error")
def other_scene(course: Material) -> Spots:
    """A scene of a played case offers or answers more or less than its original.

    It may also be an exhibit, a vignette, a question of the charge, or the choices at any time.
    The original is shown instead. Translate each line, in the original's order.
    """
    for name, ours, theirs in _cases(course):
        for scene in theirs.scenes:
            original = ours.scene(scene.id)
            if original and shape(original) != shape(scene):
                yield at(name, scene.section.line, key=scene.id)
        if len(ours.any_time) != len(theirs.any_time) and theirs.any_time:
            yield at(name, _line(theirs.source, ANY_TIME), key=ANY_TIME)
        shapes = {one.id: one.shape for one in ours.charge}
        for asked in theirs.charge:
            if shapes.get(asked.id, asked.shape) != asked.shape:
                yield at(name, asked.line, key=asked.id)


@rule("T15", "warning")
def list_line_missing(course: Material) -> Spots:
    """A list of a played case lacks a line that its original has, which is shown in its place.

    Translate it, and keep its id as it is.
    """
    for name, ours, theirs in _cases(course):
        for key in theirs.lists:
            for one in ours.listed(key).keys() - theirs.listed(key).keys():
                yield at(name, _line(theirs.source, key), key=key, id=one)


@rule("T16", "error")
def list_line_of_its_own(course: Material) -> Spots:
    """A list of a played case has a line that its original does not; it is not shown.

    Ids stay as the original's are. The message names the nearest.
    """
    for name, ours, theirs in _cases(course):
        for key in theirs.lists:
            known = ours.listed(key)
            for one, row in theirs.listed(key).items():
                if one not in known:
                    yield at(name, row.line, id=one, nearest=nearest(one, known))


@rule("T17", "error")
def other_condition(course: Material) -> Spots:
    """The conditions of `!!! if` in a scene are not those of its original.

    Conditions are not translated: `!!! if "told and days<3"` stays as it is.
    """
    for name, ours, theirs in _cases(course):
        for scene in theirs.scenes:
            original = ours.scene(scene.id)
            if original and _conditions(original) != _conditions(scene):
                yield at(name, scene.section.line, key=scene.id)


def _cases(course: Material) -> Iterator[tuple[str, CaseFile, CaseFile]]:
    """Every translation of a case that is played: its name, its original, itself."""
    for name, case in course.all_cases.items():
        original = course.cases.get(original_of(name))
        if original and is_translation(name):
            yield name, original, case


def _conditions(scene: SceneText) -> list[str]:
    return [block.title for block in scene.blocks if block.kind == "if"]


def _translated(course: Material) -> Iterator[tuple[str, File]]:
    return ((name, file) for name, file in course.everything() if is_translation(name))


def _pairs(course: Material) -> Iterator[tuple[str, File, File]]:
    """Every translation that has an original: its name, the original, the translation."""
    for name, theirs in _translated(course):
        original = read(course.shelf, original_of(name))
        if original:
            yield name, original, theirs


def _compared(course: Material) -> Iterator[tuple[str, State, File]]:
    return ((name, compare(original_of(name), original, theirs), theirs)
            for name, original, theirs in _pairs(course))


def _pools(course: Material) -> Iterator[tuple[str, Pool, Pool]]:
    return ((name, original, theirs) for name, original, theirs in _pairs(course)
            if isinstance(original, Pool) and isinstance(theirs, Pool))


def _sections(course: Material) -> Iterator[tuple[str, Source, Section, Section]]:
    """Every translated section: the file's name, its original, the two sections."""
    for name, original, theirs in _pairs(course):
        if isinstance(original, Source) and isinstance(theirs, Source):
            known = pieces(original)
            for key, section in pieces(theirs).items():
                if key in known:
                    yield name, original, known[key], section


def _marks(asked: Asked) -> list[bool]:
    """Which choices are right; there are such marks in choosing only."""
    return [one.right for one in asked.offered] if asked.kind in ("one", "all") else []


def _outline(section: Section) -> list[str]:
    """The blocks of a section, as far as a translation leaves them alone."""
    return [f"{part.kind} {part.word}".strip() for part in section.parts
            if isinstance(part, Block)]


def _addresses(source: Source, slug: str) -> set[str]:
    """The addresses inside a section, without its own."""
    return {key for key, anchor in source.anchors.items() if anchor.section == slug != key}


def _line(file: File, key: str) -> int:
    """Where a section, question or term stands."""
    if isinstance(file, Source):
        section = pieces(file).get(key)
        return section.line if section else 1
    if isinstance(file, Pool):
        question = file.question(key)
        return question.line if question else 0
    entry = file.get(key)
    return entry.line if entry else 0


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
