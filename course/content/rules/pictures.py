"""P: pictures, their words and what stands for them."""

from __future__ import annotations

from collections.abc import Iterator

from ..figure import Drawing
from ..links import Link
from ..problem import nearest
from .drawings import Picture
from .material import Material, linked_file, texts
from .prose import count_words
from .rule import Spots, at, reported, rule

WIDE, NARROW = 608, 328
"""Units across, which are CSS pixels: a laptop's column and a phone's."""

MOST_WORDS = 25


@rule("P01", "error")
def missing_picture(course: Material) -> Spots:
    """An image leads to a drawing that does not exist, so its alternative text is shown.

    Drawings are SVG files under `media/`: `![…](../../media/tip-basic/three-elements.svg "…")`.
    """
    for name, image, file in _images(course):
        if file not in course.pictures:
            yield at(name, image.line, href=image.href, nearest=nearest(file, course.pictures))


@rule("P02", "error")
def no_alternative(course: Material) -> Spots:
    """An image has no alternative text, so who cannot see it gets nothing.

    Between the square brackets say in a sentence or two what the drawing tells.
    """
    for name, image, _ in _images(course):
        if not image.label.strip():
            yield at(name, image.line, href=image.href)


@rule("P03", "warning")
def no_caption(course: Material) -> Spots:
    """An image has no caption.

    Put it in quotes behind the file name: a short title sentence, then the point.
    """
    for name, image, _ in _images(course):
        if not image.title.strip():
            yield at(name, image.line, href=image.href)


@rule("P04", "error")
def not_alone(course: Material) -> Spots:
    """An image stands inside a text, where only its alternative text is shown.

    Give it a paragraph of its own, with an empty line before and after.
    """
    for name, file in course.everything():
        for text, line in texts(file):
            lines = text.split("\n")
            for place, one in enumerate(lines):
                around = [*lines[max(place - 1, 0):place], *lines[place + 1:place + 2]]
                if "![" in one and (not one.startswith("![") or not one.rstrip().endswith(")")
                                    or any(map(str.strip, around))):
                    yield at(name, line + place)


@rule("P05", "error")
def not_xml(course: Material) -> Spots:
    """A drawing cannot be read, so it is not shown.

    Open it in the program that made it and save it as plain SVG.
    """
    return reported(course, "figure-not-xml")


@rule("P06", "error")
def has_doctype(course: Material) -> Spots:
    """A drawing begins with a document type, so it is not shown.

    Delete the line that begins with `<!DOCTYPE`.
    """
    return reported(course, "figure-doctype")


@rule("P07", "error")
def no_view_box(course: Material) -> Spots:
    """A drawing does not say how large it is, so it is not shown.

    Write `viewBox="0 0 608 300"` into its first element, `<svg …>`.
    """
    return reported(course, "figure-no-viewbox")


@rule("P08", "error")
def bad_element(course: Material) -> Spots:
    """A drawing has an element that is not put into the page.

    Use g, rect, circle, ellipse, line, path, polygon, polyline and text.
    """
    return reported(course, "figure-element")


@rule("P09", "error")
def bad_attribute(course: Material) -> Spots:
    """A drawing has an attribute, or a value of one, that is not put into the page.

    No ids, styles or transforms; colours are names such as `var(--ink)`, so that dark
    screens and print follow.
    """
    return reported(course, "figure-attribute")


@rule("P10", "error")
def bad_text(course: Material) -> Spots:
    """A text of a drawing is not exactly one `{label}`, so it is left out.

    The words stand in the list beside the drawing, where they can be translated.
    """
    return reported(course, "figure-text")


@rule("P11", "error")
def label_without_words(course: Material) -> Spots:
    """A drawing has a label that its list of words does not.

    `three-elements.svg` takes its words from `three-elements.yaml`: a line for each label.
    """
    for picture in course.pictures.values():
        words = picture.words
        for label in sorted(picture.labels):
            if not words.texts.get(label):
                yield at(words.name, 0, label=label, nearest=nearest(label, words.texts))


@rule("P12", "warning")
def words_without_label(course: Material) -> Spots:
    """A list of words has one that no drawing shows.

    Delete its line, or put `{label}` into the drawing.
    """
    for picture in course.pictures.values():
        for label in picture.words.texts:
            if label not in picture.labels:
                yield at(picture.words.name, picture.words.lines[label], label=label)


@rule("P13", "warning")
def no_narrow_drawing(course: Material) -> Spots:
    """A picture has no drawing for a phone, where the wide one is too small to read.

    Draw it again down the page, 328 wide: `three-elements.narrow.svg`.
    """
    for name, picture in course.pictures.items():
        if not picture.has_narrow:
            yield at(name, 0)


@rule("P14", "warning")
def wrong_width(course: Material) -> Spots:
    """A drawing is not 608 wide, or 328 for a phone, so its text is not the size of the page's.

    Draw to that width; do not scale.
    """
    for name, picture in course.pictures.items():
        narrow = f"{name.removesuffix('.svg')}.narrow.svg"
        for file, drawing, width in ((name, picture.wide, WIDE), (narrow, picture.narrow, NARROW)):
            if drawing and drawing.width != width:
                yield at(file, 1, width=f"{drawing.width:g}", right=width)


@rule("P15", "warning")
def too_many_words(course: Material) -> Spots:
    """A drawing has more than 25 words, a label that comes again counted once.

    Keep labels to three words and put explanations into the caption.
    """
    for name, picture in course.pictures.items():
        count = _words_in(picture, picture.wide)
        if count > MOST_WORDS:
            yield at(name, 0, count=count, most=MOST_WORDS)


@rule("P16", "warning")
def unused_picture(course: Material) -> Spots:
    """A picture is used in no module.

    Put it where it explains better than words, or delete its files.
    """
    used = {file for _, _, file in _images(course)}
    for name in course.pictures:
        if name not in used:
            yield at(name, 0)


def _images(course: Material) -> Iterator[tuple[str, Link, str]]:
    """Every image, with the file it stands in and the file it shows."""
    return ((name, link, linked_file(name, link.href)[0]) for name, link in course.links
            if link.image)


def _words_in(picture: Picture, drawing: Drawing | None) -> int:
    labels = set(drawing.labels()) if drawing else set()
    return sum(count_words(picture.words.texts.get(label, "")) for label in labels)
