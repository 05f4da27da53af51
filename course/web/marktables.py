"""The figures of marking as tables: by question, by learner. None is about a marker."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext
from markupsafe import Markup

from ..core import grading
from ..core.people import number_key
from ..core.table import NUMBER, PERCENT, Column, Table
from .context import signed_in
from .texts import Asked, Text, count


def _counts(texts: Sequence[Text]) -> tuple[int, int, int, int, float | None]:
    """Texts, those not marked yet, marked, to be settled, and the mean share in percent."""
    found = count(texts, signed_in())
    return (found.texts, found.texts - found.marked - found.apart, found.marked, found.apart,
            None if found.share is None else found.share * 100)


def _count_columns() -> tuple[Column, ...]:
    return (Column(gettext("Answers"), NUMBER), Column(gettext("Not marked yet"), NUMBER),
            Column(gettext("Marked"), NUMBER), Column(gettext("To be settled"), NUMBER),
            Column(gettext("Mean share of the points, percent"), PERCENT))


def questions_table(found: Sequence[tuple[Asked, Sequence[Text]]], links: Sequence[str]) -> Table:
    """How far the marking of each question is, and how far two markers agree."""
    rows = []
    for asked, some in found:
        same = grading.agreement(one.graded for one in some)
        rows.append((_plain(asked.question.prompt), asked.title, *_counts(some),
                     *((same.n, same.same, same.difference) if same else (0, None, None))))
    return Table(
        gettext("By question"),
        (Column(gettext("Question")), Column(gettext("Module or case")), *_count_columns(),
         Column(gettext("Marked by two"), NUMBER), Column(gettext("The same points"), NUMBER),
         Column(gettext("Mean difference, points"), NUMBER, 1)),
        tuple(rows), links=tuple(links),
        notes=(_mean_note(), agreement_note()))


def learners_table(found: Sequence[tuple[Asked, Sequence[Text]]]) -> Table:
    """How far the marking of each learner's texts is."""
    by_person: dict[str, list[Text]] = {}
    for _, some in found:
        for one in some:
            by_person.setdefault(one.person.id, []).append(one)
    people = sorted(by_person.values(), key=lambda some: number_key(some[0].person.name))
    rows = tuple((some[0].person.name, some[0].person.number, *_counts(some))
                 for some in people)
    return Table(gettext("By learner, in order of name"),
                 (Column(gettext("Name")), Column(gettext("Service number")), *_count_columns()),
                 rows, notes=(_mean_note(),))


def _mean_note() -> str:
    return gettext("The mean is that of the shares (points given of points possible) of all "
                   "answers whose mark counts.")


def agreement_note() -> str:
    """How agreement is worked out."""
    return gettext("Agreement is worked out from what both markers gave before either saw the "
                   "other's mark: how many answers got the same points from both, and the mean "
                   "of |first − second| in points over all answers that two have marked.")


def _plain(html: str) -> str:
    return Markup(html).striptags()
