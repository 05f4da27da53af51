"""What a class has learned: its dashboard and the pages behind it. Nothing here changes anything.

Every table is one value (`core.table`), so the page, the print and the spreadsheets agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..core import classview, progress
from ..core.activity import Module
from ..core.analysis import GRAVITY, Item
from ..core.casework import Case
from ..core.classview import ObjectiveCount, Officer
from ..core.errors import NotFound
from ..core.table import Table
from . import context, seen_person, seen_tables
from .context import library, needs, store
from .klass import Klass, the_class
from .replays import class_page
from .seen_words import formulas, reason, section_of, states, verdict
from .tables import file_of, wants_file

bp = Blueprint("seen", __name__, url_prefix="/classes/<cohort_id>/results")

SHOWN = 8
"""Questions to look at on the dashboard; their own page has all."""


def _page(klass: Klass, template: str, tables: Sequence[Table], name: str, **values: Any
          ) -> ResponseReturnValue:
    """A page of tables, or the file of them that was asked for."""
    if wants_file():
        return file_of(tables, f"{klass.cohort.name} {name}".strip())
    return render_template(f"seen/{template}.html", klass=klass, cohort=klass.cohort,
                           manual=klass.manual, tables=tables, **values)


# The dashboard ---------------------------------------------------------------------------

@bp.get("", defaults={"manual_id": ""})
@bp.get("/<manual_id>")
@needs("see-classes")
def show_results(cohort_id: str, manual_id: str) -> ResponseReturnValue:
    """The class at a glance: officer by module, before and after, questions to look at."""
    klass = the_class(cohort_id, manual_id)
    test = klass.manual.test("before") or klass.manual.test("after")
    tested = classview.tested(klass.syllabus.module(test.id), klass.officers) if test else None
    gains = seen_tables.gains(tested) if tested else None
    found = _to_look_at(klass)
    look = seen_tables.to_look_at(klass, found[:SHOWN])
    tables = [seen_tables.officers(klass), *([gains] if gains else []), look]
    return _page(
        klass, "results", tables, klass.manual.title, officers=tables[0], gains=gains, look=look,
        tested=tested, more=len(found) > SHOWN,
        places={word: key for key, word in states().items()},
        ready=sum(one.studied.ready for one in klass.officers), attendance=_attendance(klass),
        stuck=len(classview.stuck_ones(klass.officers)))


def _attendance(klass: Klass) -> float | None:
    """The mean per cent of the manual's hours; None where no hours were entered."""
    shares = [seen_tables.attended(klass, one) or 0.0 for one in klass.officers]
    return sum(shares) / len(shares) if any(shares) else None


def _to_look_at(klass: Klass) -> list[tuple[Module, Item]]:
    """All questions that something is to be done about, gravest first, hardest first. Those of
    the test before the course are left out: it asks what was not taught yet."""
    found = [(module, item) for module in _asking(klass) if module.kind != "before"
             for item in klass.items(module) if item.verdict.code in GRAVITY]
    return sorted(found, key=lambda one: (GRAVITY.index(one[1].verdict.code),
                                          one[1].facility or 0.0))


def _asking(klass: Klass) -> Iterator[Module]:
    """The activities of a manual that have questions to analyse."""
    for entry in klass.manual.entries:
        module = klass.syllabus.module(entry.id)
        if module.quiz and not module.is_played:
            yield module


# Who is where ----------------------------------------------------------------------------

@bp.get("/<manual_id>/where")
@needs("see-classes")
def show_where(cohort_id: str, manual_id: str) -> ResponseReturnValue:
    """Where everybody is, and who may need the trainer."""
    klass = the_class(cohort_id, manual_id)
    found = classview.stuck_ones(klass.officers)
    tables = [seen_tables.stuck(klass, found),
              seen_tables.whereabouts(klass, [_place(one) for one in klass.officers])]
    return _page(klass, "where", tables, gettext("Where everybody is"))


def _place(one: Officer) -> tuple[str, str | None]:
    """The activity and the section where a learner was last, of whichever manual."""
    document = store().document(one.person.record)
    place = progress.last_place(document)
    if place is None:
        return gettext("not started"), None
    module_id, section = place.module, place.section
    try:
        if place.attempt:
            module_id = library().module_of(document["attempts"][place.attempt]["quiz"])
        module = library().module(module_id, context.locale())
    except (NotFound, KeyError):
        return gettext("no longer in the course"), None
    found = module.section(section)
    if place.attempt and not module.is_played:
        return module.title, gettext("test")
    return module.title, found.title if found else None


@bp.get("/<manual_id>/officers/<person_id>")
@needs("see-classes")
def show_learner(cohort_id: str, manual_id: str, person_id: str) -> ResponseReturnValue:
    """One learner: by module and objective, every attempt, what the class's rules say."""
    klass = the_class(cohort_id, manual_id)
    officer = klass.officer(person_id)
    document = store().document(officer.person.record)
    stuck = [one for one in classview.stuck_ones(klass.officers) if one[0] is officer]
    tables = [seen_person.modules(klass, officer, document),
              seen_person.objectives(klass, officer), seen_person.tries(klass, document),
              seen_person.myths(klass, officer), seen_tables.stuck(klass, stuck)]
    return _page(klass, "learner", tables, officer.person.number, officer=officer,
                 person=officer.person)


# By objective ----------------------------------------------------------------------------

@bp.get("/<manual_id>/objectives")
@needs("see-classes")
def show_objectives(cohort_id: str, manual_id: str) -> ResponseReturnValue:
    klass = the_class(cohort_id, manual_id)
    tables = [seen_tables.objectives(klass, list(_objectives(klass)))]
    return _page(klass, "tables", tables, gettext("By objective"))


def _objectives(klass: Klass) -> Iterator[tuple[Module, ObjectiveCount]]:
    for entry in klass.manual.entries:
        if not entry.is_test:
            module = klass.syllabus.module(entry.id)
            for one in classview.objectives(module, klass.officers, klass.pass_mark):
                yield module, one


@bp.get("/<manual_id>/activities/<name>/objectives/<objective>")
@needs("see-classes")
def show_objective(cohort_id: str, manual_id: str, name: str, objective: str
                   ) -> ResponseReturnValue:
    """One objective: its questions and the class, officer by officer."""
    klass = the_class(cohort_id, manual_id)
    module = klass.syllabus.module(f"{klass.manual.id}/{name}")
    if objective not in module.objectives:
        raise NotFound(what="objective")
    items = [] if module.is_played or not module.quiz else [
        one for one in klass.items(module) if one.question.objective == objective]
    tables = [seen_tables.objective_learners(klass, module, objective),
              seen_tables.questions(klass, module, items, gettext("Its questions"))]
    return _page(klass, "objective", tables, name, module=module,
                 text=module.objectives[objective])


# By question -----------------------------------------------------------------------------

@bp.get("/<manual_id>/questions")
@needs("see-classes")
def show_questions(cohort_id: str, manual_id: str) -> ResponseReturnValue:
    """Every question that something is to be done about, and the way to all others."""
    klass = the_class(cohort_id, manual_id)
    tables = [seen_tables.to_look_at(klass, _to_look_at(klass))]
    return _page(klass, "questions", tables, gettext("Questions"), activities=list(_asking(klass)),
                 how=formulas())


@bp.get("/<manual_id>/activities/<name>")
@needs("see-classes")
def show_activity(cohort_id: str, manual_id: str, name: str) -> ResponseReturnValue:
    """The objectives and the questions of one module, case or test."""
    klass = the_class(cohort_id, manual_id)
    module = klass.activity(name)
    counted = classview.objectives(module, klass.officers, klass.pass_mark)
    tables = [seen_tables.questions(klass, module, klass.items(module), gettext("Questions"))]
    if not module.is_test:
        tables.append(seen_tables.objectives(klass, [(module, one) for one in counted]))
    return _page(klass, "activity", tables, name, module=module, how=formulas())


@bp.get("/<manual_id>/activities/<name>/questions/<question_id>")
@needs("see-classes")
def show_question(cohort_id: str, manual_id: str, name: str, question_id: str
                  ) -> ResponseReturnValue:
    """One question: its words, who took which choice, the figures, and what to do."""
    klass = the_class(cohort_id, manual_id)
    module = klass.activity(name)
    quiz = klass.syllabus.quiz(module.quiz)
    question = quiz.question(question_id)
    if question is None:
        raise NotFound(what="question")
    item = next((one for one in klass.items(module) if one.question.id == question_id),
                None) or classview.unanswered(question)
    how = formulas()
    tables = [*([seen_tables.choices(item)] if item.choices else []),
              seen_tables.figures(item, how)]
    return _page(klass, "question", tables, question_id, module=module, quiz=quiz, item=item,
                 question=question, how=how, findings=[(verdict(one), reason(one))
                                                       for one in item.findings])


@bp.get("/<manual_id>/misconceptions")
@needs("see-classes")
def show_misconceptions(cohort_id: str, manual_id: str) -> ResponseReturnValue:
    """The misconceptions that the class holds."""
    klass = the_class(cohort_id, manual_id)
    return _page(klass, "tables", [seen_tables.myths(klass, klass.misconceptions())],
                 gettext("Misconceptions"))


@bp.get("/<manual_id>/misconceptions/<myth>")
@needs("see-classes")
def show_misconception(cohort_id: str, manual_id: str, myth: str) -> ResponseReturnValue:
    """One misconception: the sections that answer it, and the questions in which it shows."""
    klass = the_class(cohort_id, manual_id)
    held = [one for one in klass.misconceptions() if one.myth == myth]
    if not held:
        raise NotFound(what="misconception")
    sections = dict.fromkeys(section_of(one.choice.feedback) for one in held)
    return _page(klass, "misconception", [seen_tables.myth_places(klass, held)], myth,
                 thought=seen_tables.thought(myth), sections=[one for one in sections if one[0]])


# Before and after, cases -----------------------------------------------------------------

@bp.get("/<manual_id>/before-and-after")
@needs("see-classes")
def show_gains(cohort_id: str, manual_id: str) -> ResponseReturnValue:
    """The tests before and after the manual: pairs by module, and who is missing one."""
    klass = the_class(cohort_id, manual_id)
    test = klass.manual.test("before") or klass.manual.test("after")
    if test is None:
        raise NotFound(what="test")
    tested = classview.tested(klass.syllabus.module(test.id), klass.officers)
    tables = [seen_tables.gains(tested), seen_tables.pairs(klass)]
    return _page(klass, "gains", tables, gettext("Before and after"), tested=tested)


@bp.get("/<manual_id>/cases")
@needs("see-classes")
def show_cases(cohort_id: str, manual_id: str) -> ResponseReturnValue:
    """The case studies: how many have done each, and the way to what the class chose."""
    klass = the_class(cohort_id, manual_id)
    return _page(klass, "tables", [seen_person.cases(klass)], gettext("Cases"))


@bp.get("/<manual_id>/cases/<name>")
@needs("see-classes")
def show_case(cohort_id: str, manual_id: str, name: str) -> ResponseReturnValue:
    """What the cohort chose in a case that is played; a case of evidence as a heat-map."""
    klass = the_class(cohort_id, manual_id)
    case: Case = library().case(f"{klass.manual.id}/{name}", context.locale())
    return class_page(case, [one.person for one in klass.officers], klass.cohort)
