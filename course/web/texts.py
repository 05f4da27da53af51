"""The texts that people mark: found in the learners' records, with their questions and marks.

Two hundred records are looked through again only where they have changed, since the number that
waits stands at the head of every page of a trainer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from flask import current_app, url_for

from ..core import grading, markers
from ..core.activity import Language
from ..core.errors import NotFound
from ..core.evidence import EvidenceFile
from ..core.fitting import key_of
from ..core.grading import APART, Graded
from ..core.markers import Rules
from ..core.people import Person
from ..core.questions import FreeText, Question
from ..core.scoring import Answer
from ..core.statement import Document
from ..core.written import IN_ATTEMPT, IN_CASE, Written, written_in
from . import context
from .context import library, my_library, services, store


@dataclass(frozen=True, slots=True)
class Text:
    """What one learner wrote to one question, with its marks."""

    person: Person
    written: Written
    graded: Graded


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that texts are written to, and where it is asked."""

    key: str
    question: FreeText
    title: str
    """Of the module or case."""
    language: Language

    @property
    def place(self) -> dict[str, str]:
        """The parts of its address."""
        pool, _, question_id = self.key.partition("#")
        manual_id, _, name = pool.partition("/")
        return {"manual_id": manual_id, "name": name, "question_id": question_id}


# Finding ---------------------------------------------------------------------------------

def question_of(key: str) -> Asked | None:
    """The question of a key in the page's language; None when the course has it no longer."""
    pool, _, question_id = key.partition("#")
    try:
        module = library().outline(library().module_of(pool), context.locale())
        found, language = _in_pool(pool, question_id)
    except NotFound:
        return None
    return Asked(key, found, module.title, language) if isinstance(found, FreeText) else None


def _in_pool(pool: str, question_id: str) -> tuple[Question | None, Language]:
    try:
        quiz = library().quiz(pool, context.locale())
    except NotFound:
        case = library().case(pool, context.locale())
        found = case.question(question_id) if isinstance(case, EvidenceFile) else None
        return found, case.language
    return quiz.question(question_id), quiz.language


def home_of(quiz_id: str, question_id: str) -> str:
    """A question's key in its own pool, from the test that asked it."""
    try:
        quiz = library().quiz(quiz_id, context.locale())
    except NotFound:  # a case that is played has its questions itself
        return f"{quiz_id}#{question_id}"
    question = quiz.question(question_id)
    return key_of(quiz, question) if question else f"{quiz_id}#{question_id}"


@dataclass(slots=True)
class _Known:
    """What was found in one record, and what of it waits for whom."""

    document: Document
    version: str
    texts: list[Text]
    waits: dict[str, tuple[Document, Counter[str]]] = field(default_factory=dict)
    """By marker: under which rules it was counted, and how many texts by question."""

    def waiting_for(self, person: Person, rules: Document) -> Counter[str]:
        known = self.waits.get(person.id)
        if known is None or known[0] is not rules:
            counts = Counter(one.written.question for one in self.texts
                             if _waits(person, one, rules))
            known = self.waits[person.id] = (rules, counts)
        return known[1]


def _all_known() -> Iterator[_Known]:
    """Everybody on the class list, in order of name."""
    found: dict[str, _Known] = current_app.extensions.setdefault("texts", {})
    version = library().version
    for person in services().register().learners():
        document = store().document(person.record)
        known = found.get(person.id)
        if known is None or known.document is not document or known.version != version:
            texts = [Text(person, one, grading.graded(document, one))
                     for one in written_in(document, home_of)]
            known = found[person.id] = _Known(document, version, texts)
        yield known


def all_texts(question: str | None = None, members: Collection[str] | None = None
              ) -> Iterator[Text]:
    """What the class has written, of one question or of all, by everybody or by some."""
    for known in _all_known():
        yield from (one for one in known.texts if question in (None, one.written.question)
                    and (members is None or one.person.id in members))


def rules(question: str) -> Rules:
    """How a question is marked."""
    return markers.rules_of(store().document(markers.RULES), question)


def _waits(person: Person, text: Text, rules_: Document) -> bool:
    return text.graded.waits_for(person.id, markers.rules_of(rules_, text.written.question).two)


def waits_for(person: Person, text: Text) -> bool:
    """Whether a text is left for this person to mark or to settle."""
    return _waits(person, text, store().document(markers.RULES))


def waiting() -> int:
    """How many texts wait for who is signed in."""
    person, rules_ = context.signed_in(), store().document(markers.RULES)
    counts: Counter[str] = Counter()
    for known in _all_known():
        if known.texts:
            counts.update(known.waiting_for(person, rules_))
    return sum(count for key, count in counts.items() if question_of(key))


# Counting --------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Count:
    """How far the marking of some texts is."""

    texts: int
    mine: int
    """That wait for who is signed in."""
    marked: int
    apart: int
    """That have two marks which have to be settled."""
    share: float | None
    """The mean of what counts, from 0 to 1."""
    shares: int
    """Of how many."""


def count(texts: Sequence[Text], person: Person) -> Count:
    """The figures of some texts, for one marker."""
    rules_ = store().document(markers.RULES)
    shares = [one.graded.share for one in texts if one.graded.share is not None]
    return Count(
        len(texts), sum(_waits(person, one, rules_) for one in texts), len(shares),
        sum(one.graded.state == APART for one in texts),
        sum(shares) / len(shares) if shares else None, len(shares))


def by_question(texts: Iterable[Text]) -> list[tuple[Asked, list[Text]]]:
    """Texts with their questions, in the order of the course; a question that has left it is
    passed over, since nothing says what its texts are to be marked by."""
    found: dict[str, list[Text]] = {}
    for one in texts:
        found.setdefault(one.written.question, []).append(one)
    order = {entry.id: place for place, entry in enumerate(
        entry for manual in library().manuals(context.locale()) for entry in manual.entries)}
    known = [(question, some) for key, some in found.items() if (question := question_of(key))]
    return sorted(known, key=lambda one: (order.get(_module_of(one[0]), len(order)), one[0].key))


def _module_of(asked: Asked) -> str:
    return library().module_of(asked.key.partition("#")[0])


# For the learner -------------------------------------------------------------------------

def mark_of(document: Document, key: str, place: str, answer: Answer | None) -> Graded | None:
    """The marks of an answer, for where the learner gave it; None where no person marks."""
    if answer is None or answer.score is not None or not isinstance(answer.response, str):
        return None
    return grading.graded(document, Written(key, place, answer.response, answer.time))


def own_texts(document: Document) -> list[tuple[Asked, str, Graded]]:
    """A learner's texts: the question, the address where it was answered (empty when it is no
    longer asked there), the marks."""
    texts = by_question(Text(context.signed_in(), one, grading.graded(document, one))
                        for one in written_in(document, home_of))
    return [(asked, _address_of(one.written), one.graded) for asked, some in texts for one in some]


def _address_of(written: Written) -> str:
    if written.kind == IN_CASE:
        return url_for("cases.show_try", attempt_id=written.place)
    if written.kind == IN_ATTEMPT:
        return url_for("quizzes.show_attempt", attempt_id=written.place)
    pool, _, question_id = written.question.partition("#")
    module = my_library().outline(library().module_of(pool), context.locale())
    section = next((one.slug for one in module.sections if question_id in one.checks), "")
    manual_id, _, name = module.id.partition("/")
    return section and url_for("learner.show_section", manual_id=manual_id, name=name,
                               slug=section, _anchor=f"check-{question_id}")
