"""The tables of a class's results: the page, the print and the spreadsheet are made of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext

from ..core.activity import Module
from ..core.analysis import Item
from ..core.classview import Held, ObjectiveCount, Officer, Tested
from ..core.gains import WHOLE
from ..core.questions import Question
from ..core.stuck import Stuck
from ..core.studied import READY, RETAKE, RETAKES, WAITING
from ..core.table import DATE, NUMBER, PERCENT, Cell, Column, Table
from . import context
from .context import library
from .filters import local_time
from .klass import Klass
from .seen_words import REASONS, STATES, STEPS, plain, verdict, went_wrong


def url(klass: Klass, endpoint: str, **values: Any) -> str:
    """An address below a class's results."""
    return url_for(f"seen.{endpoint}", cohort_id=klass.cohort.id, manual_id=klass.manual.id,
                   **values)


def name_of(module_id: str) -> str:
    return module_id.partition("/")[2]


def day(time: str) -> str | None:
    """A kept time as it stands in a table: ISO, to the minute, by the laptop's clock."""
    moment = local_time(time) if time else None
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


def percent(share: float | None) -> float | None:
    """A share from 0 to 1 in per cent."""
    return None if share is None else 100 * share


def _left(klass: Klass) -> tuple[str, ...]:
    if not klass.left:
        return ()
    return (gettext("Members who are not on the class list any more are not counted: %(n)s.",
                    n=klass.left),)


# The class -------------------------------------------------------------------------------

def officers(klass: Klass) -> Table:
    """Officer by module, with what was attended, tested and what stands before the record."""
    columns = [Column(gettext("Officer")), Column(gettext("Number")),
               *(Column(f"{place} {one.title}") for place, one in enumerate(klass.modules, 1)),
               Column(gettext("Passed"), NUMBER), Column(gettext("Hours"), NUMBER, 1),
               Column(gettext("Attended %"), PERCENT), Column(gettext("Pre %"), PERCENT),
               Column(gettext("Post %"), PERCENT), Column(gettext("Record"))]
    words = {key: word() for key, word in STATES.items()}
    rows = [_officer(klass, one, words) for one in klass.officers]
    return Table(gettext("Officers"), tuple(columns), tuple(rows),
                 tuple(url(klass, "show_learner", person_id=one.person.id)
                       for one in klass.officers),
                 (gettext("In order of name. Hours are those entered as attended; per cent of the "
                          "manual's hours, and of each test."), *_left(klass)))


def _officer(klass: Klass, one: Officer, words: dict[str, str]) -> tuple[Cell, ...]:
    did = one.studied
    return (one.person.name, one.person.number,
            *(words[did.states[module.id]] for module in klass.modules), did.passed,
            did.minutes / 60 if did.minutes else None, attended(klass, one),
            did.percent(did.before), did.percent(did.after), record(klass, one))


def attended(klass: Klass, one: Officer) -> float | None:
    """Per cent of the manual's hours; None where nothing was entered."""
    need = klass.syllabus.minutes
    return 100 * one.studied.minutes / need if need and one.studied.minutes else None


def record(klass: Klass, one: Officer) -> str:
    """What stands between an officer and the completion record."""
    if one.person.id in klass.signed:
        return gettext("signed")
    match one.studied.record:
        case code if code == READY:
            return gettext("ready to sign")
        case code if code == RETAKES:
            numbers = [str(place) for place, module in enumerate(klass.modules, 1)
                       if one.studied.states[module.id] == RETAKE]
            return gettext("retake module %(numbers)s", numbers=", ".join(numbers))
        case code if code == WAITING:
            return gettext("not started")
    return gettext("studying")


def stuck(klass: Klass, found: Iterable[tuple[Officer, Sequence[Stuck]]]) -> Table:
    """Who may need the trainer: a row for each reason."""
    rows, links = [], []
    for officer, reasons in found:
        for one in reasons:
            rows.append((officer.person.name, place_of(klass, one.place), REASONS[one.code](one),
                         day(one.since), STEPS[one.code]()))
            links.append(url(klass, "show_learner", person_id=officer.person.id))
    return Table(gettext("Who may need you"),
                 (Column(gettext("Officer")), Column(gettext("Where")), Column(gettext("Why")),
                  Column(gettext("Since"), DATE), Column(gettext("What can help"))),
                 tuple(rows), tuple(links))


def place_of(klass: Klass, place: str) -> str | None:
    """A test or a question of the manual by its title; None for no place in it."""
    quiz, _, question_id = place.partition("#")
    if not quiz:
        return None
    title = next((module.title for entry in klass.manual.entries
                  if (module := klass.syllabus.module(entry.id)).quiz == quiz), "")
    question = klass.syllabus.quiz(quiz).question(question_id) if question_id else None
    return f"{title}: {plain(question.prompt, 60)}" if question else title


def whereabouts(klass: Klass, places: Sequence[tuple[str, str | None]]) -> Table:
    """Where everybody is: an activity and a section for each officer."""
    rows = [(one.person.name, *place, one.studied.passed, day(one.studied.doing.last))
            for one, place in zip(klass.officers, places, strict=True)]
    return Table(gettext("Where everybody is"),
                 (Column(gettext("Officer")), Column(gettext("Activity")),
                  Column(gettext("Section")), Column(gettext("Modules passed"), NUMBER),
                  Column(gettext("Last kept"), DATE)),
                 tuple(rows), tuple(url(klass, "show_learner", person_id=one.person.id)
                                    for one in klass.officers), _left(klass))


# Objectives ------------------------------------------------------------------------------

def objectives(klass: Klass, counted: Iterable[tuple[Module, ObjectiveCount]]) -> Table:
    """Objectives of modules and cases over the class."""
    listed = list(counted)
    rows = [(one.text, module.title, one.learners, one.mean, one.below, one.questions)
            for module, one in listed]
    return Table(
        gettext("By objective"),
        (Column(gettext("Objective")), Column(gettext("Module")),
         Column(gettext("Officers"), NUMBER), Column(gettext("Mean %"), PERCENT),
         Column(gettext("Below the mark"), NUMBER), Column(gettext("Questions"), NUMBER)),
        tuple(rows), tuple(url(klass, "show_objective", name=name_of(module.id),
                               objective=one.key) for module, one in listed),
        (gettext("The latest mark of each question counts. The mean is that of the officers who "
                 "answered at least one; below the mark are those of them under %(n)s %%.",
                 n=round(klass.pass_mark * 100)),))


def objective_learners(klass: Klass, module: Module, key: str) -> Table:
    """One objective, officer by officer."""
    rows, links = [], []
    for one in klass.officers:
        found = next((each for each in one.studied.objectives.get(module.id, ())
                      if each.key == key), None)
        share = 100 * found.right / found.asked if found and found.asked else None
        rows.append((one.person.name, share, found.asked if found else 0,
                     found.of if found else None))
        links.append(url(klass, "show_learner", person_id=one.person.id))
    return Table(gettext("Officers at this objective"),
                 (Column(gettext("Officer")), Column(gettext("Right %"), PERCENT),
                  Column(gettext("Answered"), NUMBER), Column(gettext("Questions"), NUMBER)),
                 tuple(rows), tuple(links), (gettext("The latest mark of each question counts."),))


# Questions -------------------------------------------------------------------------------

def questions(klass: Klass, module: Module, items: Iterable[Item], title: str) -> Table:
    """The questions of one module or test with their analysis."""
    listed = list(items)
    rows = [(plain(one.question.prompt), module.objectives.get(one.question.objective, ""),
             asked_where(module, one.question), one.n, percent(one.facility), one.r, one.d,
             verdict(one.verdict)) for one in listed]
    return Table(
        title,
        (Column(gettext("Question")), Column(gettext("Objective")), Column(gettext("Asked")),
         Column(gettext("Answers"), NUMBER), Column(gettext("Right %"), PERCENT),
         Column("r", NUMBER, 2), Column("D", NUMBER, 2), Column(gettext("What to do"))),
        tuple(rows), tuple(url(klass, "show_question", name=name_of(module.id),
                               question_id=one.question.id) for one in listed))


def asked_where(module: Module, question: Question) -> str:
    return gettext("in the text") if question.id in module.checks else gettext("in the test")


def to_look_at(klass: Klass, found: Iterable[tuple[Module, Item]]) -> Table:
    """Questions that something is to be done about, gravest first."""
    listed = list(found)
    rows = [(plain(item.question.prompt), percent(item.facility), item.n,
             went_wrong(item) or None, verdict(item.verdict)) for _, item in listed]
    return Table(
        gettext("Questions to look at"),
        (Column(gettext("Question")), Column(gettext("Right %"), PERCENT),
         Column(gettext("Answers"), NUMBER), Column(gettext("What went wrong")),
         Column(gettext("What to do"))),
        tuple(rows), tuple(url(klass, "show_question", name=name_of(module.id),
                               question_id=item.question.id) for module, item in listed))


def choices(item: Item) -> Table:
    """Who took which choice of a question."""
    rows = [(plain(one.choice.text, 200), gettext("right") if one.choice.right else None,
             one.count, percent(one.upper) if item.compared else None,
             percent(one.lower) if item.compared else None,
             thought(one.choice.myth) or None)
            for one in item.choices]
    return Table(
        gettext("Choices"),
        (Column(gettext("Choice")), Column(gettext("Key")), Column(gettext("Chosen by"), NUMBER),
         Column(gettext("Upper group %"), PERCENT), Column(gettext("Lower group %"), PERCENT),
         Column(gettext("Misconception"))), tuple(rows), (),
        (gettext("The groups are the 27 per cent who did best and the 27 per cent who did worst on "
                 "the other questions: %(n)s each.", n=item.group),))


def figures(item: Item, how: dict[str, str]) -> Table:
    """The figures of a question, each with how it is worked out."""
    rows: list[tuple[Cell, ...]] = [
        (gettext("Answers, n"), item.n, how["n"]),
        (gettext("Facility, p, in per cent"), percent(item.facility), how["p"]),
        (gettext("Discrimination, r"), item.r, how["r"]),
        (gettext("Upper–lower index, D"), item.d, how["d"]),
    ]
    return Table(gettext("Figures"), (Column(gettext("Figure")),
                                      Column(gettext("Value"), NUMBER, 2),
                                      Column(gettext("How it is worked out"))), tuple(rows))


# Misconceptions --------------------------------------------------------------------------

@dataclass
class _Myth:
    """One misconception while it is gathered."""

    now: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    places: int = 0


def myths(klass: Klass, held: Iterable[Held]) -> Table:
    """Each misconception: how many hold it now, how many did before the course."""
    found: dict[str, _Myth] = {}
    for one in held:
        here = found.setdefault(one.myth, _Myth())
        here.now |= one.learners
        here.before |= one.before
        here.places += 1
    listed = sorted(found.items(), key=lambda one: (-len(one[1].now), -len(one[1].before), one[0]))
    return Table(
        gettext("Misconceptions held in the class"),
        (Column(gettext("Misconception")), Column(gettext("Officers now"), NUMBER),
         Column(gettext("Before the course"), NUMBER), Column(gettext("Choices"), NUMBER)),
        tuple((thought(myth), len(one.now), len(one.before), one.places)
              for myth, one in listed),
        tuple(url(klass, "show_misconception", myth=myth) for myth, _ in listed),
        (gettext("An officer holds a misconception whose latest answer to a question chose what "
                 "stands for it; where a practice answer was right since, it is not held. The "
                 "test before the course is counted apart."),))


def thought(myth: str) -> str:
    """A misconception in words; its name where the list does not have it."""
    return library().misconception(myth, context.locale()) or myth


def myth_places(klass: Klass, held: Iterable[Held]) -> Table:
    """Where a misconception showed: the question, the choice and how many."""
    listed = sorted(held, key=lambda one: (-len(one.learners), -len(one.before), one.key))
    modules = {klass.syllabus.module(entry.id).quiz: entry.id for entry in klass.manual.entries}
    rows, links = [], []
    for one in listed:
        quiz = one.key.partition("#")[0]
        rows.append((plain(one.question.prompt), klass.syllabus.module(modules[quiz]).title,
                     plain(one.choice.text), len(one.learners), len(one.before)))
        links.append(url(klass, "show_question", name=name_of(modules[quiz]),
                         question_id=one.question.id))
    return Table(
        gettext("In which questions"),
        (Column(gettext("Question")), Column(gettext("Module")), Column(gettext("Choice")),
         Column(gettext("Officers now"), NUMBER), Column(gettext("Before the course"), NUMBER)),
        tuple(rows), tuple(links))


# Before and after ------------------------------------------------------------------------

def gains(tested: Tested) -> Table:
    """The pairs by module: n, before, after, change, normalised gain."""
    rows = [(gettext("Whole test") if one.key == WHOLE else one.title, one.n, one.before,
             one.after, one.change, one.normalised) for one in tested.gains]
    return Table(
        gettext("Before and after, by module"),
        (Column(gettext("Module")), Column(gettext("Officers with both"), NUMBER),
         Column(gettext("Before %"), PERCENT), Column(gettext("After %"), PERCENT),
         Column(gettext("Change, points"), NUMBER), Column(gettext("Normalised gain"), NUMBER, 2)),
        tuple(rows), (),
        (gettext("Only officers who took both tests are compared; each figure is the mean of their "
                 "own per cent. The normalised gain is (after − before) / (100 − before): of what "
                 "was left to learn, the share that was gained (Hake 1998). The tests are parallel "
                 "forms with questions of their own."),))


def pairs(klass: Klass) -> Table:
    """Who took which of the two tests; who is missing one."""
    rows = []
    for one in klass.officers:
        before = one.studied.percent(one.studied.before)
        after = one.studied.percent(one.studied.after)
        change = after - before if before is not None and after is not None else None
        rows.append((one.person.name, before, after, change, _missing(before, after)))
    return Table(gettext("Who took both"),
                 (Column(gettext("Officer")), Column(gettext("Before %"), PERCENT),
                  Column(gettext("After %"), PERCENT), Column(gettext("Change, points"), NUMBER),
                  Column(gettext("Missing"))), tuple(rows),
                 tuple(url(klass, "show_learner", person_id=one.person.id)
                       for one in klass.officers), _left(klass))


def _missing(before: float | None, after: float | None) -> str | None:
    if before is None and after is None:
        return gettext("both tests")
    if before is None:
        return gettext("the test before")
    return gettext("the test after") if after is None else None
