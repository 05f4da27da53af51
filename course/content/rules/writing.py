"""W: how much is written, and how it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..blocks import Section, Source
from ..tokens import forms
from .material import Material
from .prose import Reading, count_words, measure, sentences
from .rule import Spots, at, rule
from .telling import learner_paragraphs, told_in

MODULE_WORDS = {"basic": (2000, 3000), "indepth": (3000, 4500)}
"""Words of a module, by the last part of its manual's name."""

AVERAGE = 18
LONGEST = 40
SHARED = 10
"""Words from which a sentence that stands in two modules is reported."""


@rule("W01", "warning")
def length(course: Material) -> Spots:
    """A module is far from the size of a chapter.

    A basic module has 2,000 to 3,000 words for learners, an in-depth one 3,000 to 4,500;
    notes for the trainer, questions and the job aid do not count.
    """
    for name, module in _measured(course):
        level = name.split("/")[1].rpartition("-")[2]
        least, most = MODULE_WORDS.get(level, MODULE_WORDS["basic"])
        words = reading(read_in(course, module)).words
        if not least <= words <= most:
            yield at(name, 0, words=words, least=least, most=most)


@rule("W02", "warning")
def average_sentence(course: Material) -> Spots:
    """The sentences of a section are long on average: more than 18 words.

    Officers read it in their second or third language. One idea to a sentence.
    """
    for name, lesson in course.lessons.items():
        for section, texts in read_in(course, lesson):
            average = reading([(section, texts)]).average
            if average > AVERAGE:
                yield at(name, section.line, section=section.title, average=f"{average:.1f}",
                         most=AVERAGE)


@rule("W03", "warning")
def long_sentence(course: Material) -> Spots:
    """A sentence has more than 40 words.

    Cut it in two, or make a list of it.
    """
    for name, lesson in course.lessons.items():
        for sentence, line in _sentences(course, lesson):
            words = count_words(sentence)
            if words > LONGEST:
                yield at(name, line, words=words, most=LONGEST, begins=_beginning(sentence))


@rule("W04", "warning")
def shared_sentence(course: Material) -> Spots:
    """A sentence of ten words or more stands in two modules.

    Say it once and link to it, or say it anew for the other place.
    """
    first: dict[str, tuple[str, int]] = {}
    for name, lesson in course.lessons.items():
        for sentence, line in _sentences(course, lesson):
            words = forms(sentence)
            if len(words) < SHARED:
                continue
            there = first.setdefault(" ".join(words), (name, line))
            if there[0] != name:
                yield at(name, line, begins=_beginning(sentence),
                         other=f"{course.files.shown(there[0])}:{there[1]}")


Paragraphs = list[tuple[str, int]]
"""Paragraphs without their marks, each with its line."""


def reading(sections: Iterable[tuple[Section, Paragraphs]]) -> Reading:
    """The measures of what learners read in these sections."""
    found = Reading()
    for _, texts in sections:
        for text, _ in texts:
            found += measure(text)
    return found


def read_in(course: Material, lesson: Source) -> Iterator[tuple[Section, Paragraphs]]:
    """The sections of a module or case, each with the paragraphs that learners read there."""
    case = course.cases.get(lesson.name)
    for section in lesson.sections:
        texts = told_in(case, section) if case else learner_paragraphs(section.parts)
        yield section, list(texts)


def _measured(course: Material) -> Iterator[tuple[str, Source]]:
    """Modules without the cases."""
    return ((name, lesson) for name, lesson in course.lessons.items()
            if not lesson.header.text("kind"))


def _sentences(course: Material, lesson: Source) -> Iterator[tuple[str, int]]:
    for _, texts in read_in(course, lesson):
        for text, line in texts:
            for sentence in sentences(text):
                yield sentence, line


def _beginning(sentence: str) -> str:
    return sentence if len(sentence) <= 60 else f"{sentence[:60].rsplit(' ', 1)[0]} …"
