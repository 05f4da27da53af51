"""The tables of one learner in one manual, and those of a manual's cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import url_for
from flask_babel import gettext

from ..core.activity import Module
from ..core.classview import Officer, misconceptions
from ..core.progress import ModuleProgress
from ..core.scoring import Attempt, attempts
from ..core.statement import Document
from ..core.studied import state
from ..core.table import DATE, NUMBER, PERCENT, Cell, Column, Table
from .klass import Klass
from .seen_tables import day, name_of, thought, url
from .seen_words import STATES, plain

KINDS: Mapping[str, Callable[[], str]] = {
    "reading": lambda: gettext("read"), "scenario": lambda: gettext("scenario"),
    "interview": lambda: gettext("interview"), "evidence": lambda: gettext("evidence file"),
    "sort": lambda: gettext("sorting"),
}


def modules(klass: Klass, officer: Officer, document: Document) -> Table:
    """Activity by activity: state, sections, questions in place, tries and the best of them."""
    rows, links = [], []
    for entry in klass.manual.entries:
        how_far = officer.studied.progress[entry.id]
        module = klass.syllabus.module(entry.id)
        count = len(attempts(document, module.quiz)) if module.quiz else 0
        rows.append((entry.title, _state(module, how_far), len(how_far.sections_read),
                     how_far.sections, how_far.checks_done, how_far.checks, count,
                     _best(how_far)))
        links.append("" if module.is_played or not module.quiz
                     else url(klass, "show_activity", name=name_of(entry.id)))
    return Table(
        gettext("By module and case"),
        (Column(gettext("Activity")), Column(gettext("State")),
         Column(gettext("Sections read"), NUMBER), Column(gettext("Sections"), NUMBER),
         Column(gettext("Answered in the text"), NUMBER),
         Column(gettext("Questions in the text"), NUMBER),
         Column(gettext("Tries"), NUMBER), Column(gettext("Best %"), PERCENT)),
        tuple(rows), tuple(links))


def _state(module: Module, how_far: ModuleProgress) -> str:
    """A module is passed; a case and a test before or after are done."""
    if how_far.done and module.kind not in ("module", "final"):
        return gettext("done")
    return STATES[state(how_far)]()


def _best(how_far: ModuleProgress) -> float | None:
    return _percent(how_far.best) if how_far.best else None


def _percent(attempt: Attempt) -> float | None:
    if attempt.summary is None:
        return None
    return 100 * float(attempt.summary["score"]) / max(attempt.summary["of"], 1)


def objectives(klass: Klass, officer: Officer) -> Table:
    """Objective by objective, those that the learner has met."""
    rows, links = [], []
    for module_id, listed in officer.studied.objectives.items():
        module = klass.syllabus.module(module_id)
        for one in listed:
            if one.asked:
                rows.append((one.text, module.title, 100 * one.right / one.asked, one.asked,
                             one.of))
                links.append(url(klass, "show_objective", name=name_of(module_id),
                                 objective=one.key))
    return Table(
        gettext("By objective"),
        (Column(gettext("Objective")), Column(gettext("Module")),
         Column(gettext("Right %"), PERCENT), Column(gettext("Answered"), NUMBER),
         Column(gettext("Questions"), NUMBER)),
        tuple(rows), tuple(links), (gettext("The latest mark of each question counts."),))


def tries(klass: Klass, document: Document) -> Table:
    """Every attempt at a test or a case of the manual, oldest first."""
    rows = [row for entry in klass.manual.entries
            for row in _tries(klass.syllabus.module(entry.id), document)]
    rows.sort(key=lambda row: str(row[1]))
    return Table(gettext("Attempts"),
                 (Column(gettext("Activity")), Column(gettext("Begun"), DATE),
                  Column(gettext("Ended"), DATE), Column(gettext("Result %"), PERCENT),
                  Column(gettext("State"))), tuple(rows))


def _tries(module: Module, document: Document) -> list[tuple[Cell, ...]]:
    if not module.quiz:
        return []
    return [(module.title, day(one.started), day(one.summary["time"]) if one.summary else None,
             _percent(one), _outcome(one)) for one in attempts(document, module.quiz)]


def _outcome(one: Attempt) -> str:
    if one.summary is None:
        return gettext("open")
    if one.summary.get("measure"):
        return gettext("handed in")
    return gettext("passed") if one.passed else gettext("not passed")


def myths(klass: Klass, officer: Officer) -> Table:
    """The misconceptions of the learner's latest answers, question by question."""
    found = [one for one in misconceptions(klass.asked, [officer]) if one.learners]
    modules_of = {klass.syllabus.module(entry.id).quiz: klass.syllabus.module(entry.id)
                  for entry in klass.manual.entries}
    rows, links = [], []
    for one in found:
        module = modules_of[one.key.partition("#")[0]]
        rows.append((thought(one.myth), module.title, plain(one.question.prompt)))
        links.append(url(klass, "show_question", name=name_of(module.id),
                         question_id=one.question.id))
    return Table(gettext("Misconceptions in the latest answers"),
                 (Column(gettext("Misconception")), Column(gettext("Module")),
                  Column(gettext("Question"))), tuple(rows), tuple(links))


def cases(klass: Klass) -> Table:
    """The case studies of a manual: who has begun, who is done, how it went."""
    rows, links = [], []
    for entry in klass.manual.entries:
        if not entry.is_case:
            continue
        how_far = [one.studied.progress[entry.id] for one in klass.officers]
        best = [share for one in how_far if (share := _best(one)) is not None]
        rows.append((entry.title, KINDS[entry.kind](), sum(one.started for one in how_far),
                     sum(one.done for one in how_far), sum(best) / len(best) if best else None))
        links.append(_case_url(klass, entry.id, entry.is_played))
    return Table(gettext("Cases"),
                 (Column(gettext("Case")), Column(gettext("Kind")),
                  Column(gettext("Begun by"), NUMBER), Column(gettext("Done by"), NUMBER),
                  Column(gettext("Mean of the best try %"), PERCENT)),
                 tuple(rows), tuple(links),
                 (gettext("A case that is played leads to what the class chose in it, place by "
                          "place; one that is read, to its questions."),))


def _case_url(klass: Klass, case_id: str, is_played: bool) -> str:
    if is_played:
        return url_for("seen.show_case", cohort_id=klass.cohort.id, manual_id=klass.manual.id,
                       name=name_of(case_id))
    module = klass.syllabus.module(case_id)
    return url(klass, "show_activity", name=name_of(case_id)) if module.quiz else ""
