"""Who qualifies and what is missing, hours attended, and issuing records to one or many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core.academy import clean_line
from ..core.awarding import Award
from ..core.classroom import Cohort
from ..core.credential import Named
from ..core.errors import BadField, CourseError, NotFound
from ..core.issued import Issued
from ..core.people import LEARNER, Person
from ..core.presence import session_minutes
from ..core.standing import (
    KINDS,
    Requirement,
    Standing,
    Syllabus,
    attend,
    entered_minutes,
    kinds_of,
    needed_minutes,
    standing,
)
from ..core.statement import Document
from ..exchange.labels import LABELS
from . import context
from .context import library, needs, office, signed_in, store
from .forms import Fields, sent_or
from .keyhole import unlocked
from .lacks import heading, hours_of, lacking
from .printable import must_be_printable, texts_of
from .words import sentence

if TYPE_CHECKING:
    from ..exchange.signing import Signer
    from ..office import Order

bp = Blueprint("issuing", __name__, url_prefix="/academy/manuals")

LANGUAGES_OF_RECORDS = tuple(LABELS)
"""Those that a sheet speaks, whether or not the course does."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A learner before one kind of record of one manual."""

    person: Person
    document: Document
    standing: Standing
    held: Issued | None
    """The record of that kind that the learner holds already."""

    @property
    def id(self) -> str:
        return self.person.id

    def why(self, requirement: Requirement) -> str:
        """The form's field for the reason of an override."""
        return f"why.{self.id}.{requirement.key}"


def syllabus_of(manual_id: str, locale: str) -> Syllabus:
    """A manual in a language, with the way to its modules, each looked up once for all learners.

    Raises NotFound.
    """
    return Syllabus(library().manual(manual_id, locale),
                    cache(lambda one: library().outline(one, locale)),
                    cache(lambda one: library().quiz(one, locale)))


def _syllabus(manual_id: str, kind: str, locale: str = "") -> Syllabus:
    syllabus = syllabus_of(manual_id, locale or context.locale())
    if kind not in kinds_of(syllabus.manual):
        raise NotFound(what="kind")
    return syllabus


def _candidates(people: Iterable[Person], syllabus: Syllabus, kind: str) -> list[Candidate]:
    held = office().holders(office().register, syllabus.manual.id, kind, office().moment())
    rules = office().academy.rules_for(syllabus.manual.id)
    found = []
    for person in people:
        document = store().document(person.record)
        theirs = syllabus.fitted(context.services().cohorts.changes_for(person.id))
        stands = standing(kind, theirs, document, rules)
        found.append(Candidate(person, document, stands, held.get(person.id)))
    return found


# Who qualifies ---------------------------------------------------------------------------

@bp.get("/<manual_id>/<kind>")
@needs("see-register")
def show_candidates(manual_id: str, kind: str) -> ResponseReturnValue:
    """Everybody: who qualifies, who holds the record, and exactly what the others lack."""
    syllabus, cohort = _syllabus(manual_id, kind), _chosen()
    candidates = _candidates(_learners(cohort), syllabus, kind)
    shown = request.args.get("show", "")
    groups = {"ready": [one for one in candidates if one.standing.qualifies and not one.held],
              "held": [one for one in candidates if one.held],
              "lacking": [one for one in candidates if not one.standing.qualifies
                          and not one.held]}
    return render_template(
        "academy/candidates.html", manual=syllabus.manual, kind=kind, kinds=KINDS,
        candidates=groups.get(shown, candidates), shown=shown, total=len(candidates),
        cohort=cohort, cohorts=_cohorts(),
        counts={name: len(group) for name, group in groups.items()}, **_words())


def _cohorts() -> list[Cohort]:
    """Those that may be chosen, in order of name; the ones that are over come last."""
    return sorted(context.services().cohorts.all(), key=lambda one: one.closed)


def _chosen() -> Cohort | None:
    """The cohort in the page's address, if there is one. Raises NotFound."""
    cohort_id = request.args.get("cohort", "")
    return context.services().cohorts.get(cohort_id) if cohort_id else None


def _learners(cohort: Cohort | None) -> list[Person]:
    """The class list, or those of a cohort on it."""
    register = context.services().register()
    if cohort is None:
        return register.learners()
    return [one for one in register.listed(cohort.members) if one.role == LEARNER]


def _words() -> dict[str, object]:
    return {"heading": heading, "lacking": lacking, "hours_of": hours_of}


# Hours attended --------------------------------------------------------------------------

@bp.route("/<manual_id>/attendance", methods=["GET", "POST"])
@needs("enter-attendance")
def enter_attendance(manual_id: str) -> ResponseReturnValue:
    """The hours that each learner attended beside the recorded sessions, entered by hand for the
    whole list."""
    syllabus, cohort = syllabus_of(manual_id, context.locale()), _chosen()
    learners = _learners(cohort)
    documents = {one.id: store().document(one.record) for one in learners}
    known = {key: entered_minutes(one, manual_id) for key, one in documents.items()}
    recorded = {key: session_minutes(one, manual_id) for key, one in documents.items()}
    form = sent_or({f"hours.{key}": hours_of(minutes) for key, minutes in known.items()
                    if minutes})
    if request.method == "POST" and _attended(form, manual_id, learners, known):
        return redirect(url_for(".enter_attendance", manual_id=manual_id, saved="yes",
                                cohort=cohort.id if cohort else None), 303)
    need = needed_minutes(syllabus, office().academy.rules_for(manual_id))
    page = render_template("academy/attendance.html", manual=syllabus.manual, form=form,
                           learners=learners, need=need, hours_of=hours_of,
                           recorded=recorded, any_recorded=any(recorded.values()),
                           cohort=cohort, cohorts=_cohorts(),
                           saved=bool(request.args.get("saved")))
    return page, form.status


def _attended(form: Fields, manual_id: str, learners: Iterable[Person], known: dict[str, int]
              ) -> bool:
    """Keep what changed, once all of it can be read."""
    drafts = []
    for person in learners:
        name = f"hours.{person.id}"
        with form.collecting_at(name):
            minutes = minutes_of(form.get(name))
            if minutes != known[person.id]:
                drafts.append((person, attend(person, manual_id, minutes, signed_in())))
    if form.errors:
        return False
    for person, draft in drafts:
        with store().record(person.record) as record:
            record.append(draft)
    return True


def minutes_of(text: str) -> int:
    """`10:30`, `10.5`, `10,5` or `10` hours, in the digits of any script. Raises BadField."""
    hours, _, minutes = text.strip().partition(":")
    try:
        if len(text) > 12:
            raise ValueError(text)
        if minutes:
            if not 0 <= int(minutes) < 60:
                raise ValueError(text)
            return int(hours) * 60 + int(minutes)
        return round(float(hours.replace(",", ".").replace("٫", ".") or 0) * 60)
    except (ValueError, OverflowError) as error:
        raise BadField("minutes", "hours", most=1000) from error


# Issuing ---------------------------------------------------------------------------------

@bp.route("/<manual_id>/<kind>/issue", methods=["GET", "POST"])
@needs("issue-records")
def issue(manual_id: str, kind: str) -> ResponseReturnValue:
    """Names as they should appear, reasons for what is waived, and the key: for one or many."""
    chosen = request.values.getlist("person")
    people = [one for one in context.services().register().learners() if one.id in set(chosen)]
    syllabus = _syllabus(manual_id, kind)
    candidates, cohort = _candidates(people, syllabus, kind), _chosen()
    form = sent_or(_suggested(candidates, cohort))
    if request.method == "POST" and (numbers := _issued(form, manual_id, kind, people)):
        return redirect(url_for("registry.show_batch", first=numbers[0], last=numbers[-1]), 303)
    page = render_template(
        "academy/issue.html", manual=syllabus.manual, kind=kind, candidates=candidates, form=form,
        when=office().moment(), academy=office().academy, key=office().keyring.current(),
        record_languages=LANGUAGES_OF_RECORDS, cohort=cohort,
        **_words())
    return page, form.status


def _suggested(candidates: Iterable[Candidate], cohort: Cohort | None) -> dict[str, str]:
    """The names of the last record, else the name of the class list; and the cohort's name."""
    academy = office().academy
    sent = {"language": context.locale(), "other_language": academy.other_language,
            "law": library().country(), "cohort": cohort.name if cohort else ""}
    register = office().register
    for one in candidates:
        earlier = register.search(person=one.id)
        named = Named(**earlier[-1].summary["named"]) if earlier else Named(one.person.name)
        sent |= {f"name.{one.id}": named.name, f"other.{one.id}": named.other_name}
    return sent


def _issued(form: Fields, manual_id: str, kind: str, people: list[Person]) -> list[str]:
    """The numbers of the new records; empty while something is wrong with the form."""
    language = form.get("language")
    with form.collecting():
        if language not in LANGUAGES_OF_RECORDS:
            raise BadField("language", "choose")
        if form.get("other_language") not in {"", *context.LANGUAGES_OF_NAMES}:
            raise BadField("other_language", "choose")
        clean_line("cohort", form.get("cohort"), may_be_empty=True)
        clean_line("law", form.get("law"), may_be_empty=True)
    if not people:
        form.errors[""] = sentence(BadField("person", "choose"))
    if "language" in form.errors:
        return []
    syllabus = _syllabus(manual_id, kind, language)
    orders = [_order(form, one, syllabus) for one in _candidates(people, syllabus, kind)]
    must_be_printable(form, _texts(orders))
    signer = unlocked(form) if not form.errors else None
    return _signed(form, signer, orders) if signer else []


def _texts(orders: Iterable[Order]) -> Iterator[str]:
    academy = office().academy
    for one in orders:
        yield from texts_of(one.award.named, one.award.language, academy,
                            one.syllabus.manual.title, one.award.other_title)


def _order(form: Fields, one: Candidate, syllabus: Syllabus) -> Order:
    """What is to be issued to one learner; what is wrong is collected at its fields."""
    from ..office import Order

    name, other = form.get(f"name.{one.id}"), form.get(f"other.{one.id}")
    for field, text, may_be_empty in ((f"name.{one.id}", name, False),
                                      (f"other.{one.id}", other, True)):
        with form.collecting_at(field):
            clean_line(field, text, may_be_empty=may_be_empty)
    waived = {}
    for requirement in one.standing.missing:
        with form.collecting_at(one.why(requirement)):
            reason = form.get(one.why(requirement)).strip() or form.get("why")
            waived[requirement.key] = clean_line("reason", reason)
    named = Named(name, other, form.get("other_language") if other.strip() else "")
    return Order(one.person, syllabus, one.standing, one.document, Award(
        named, language=form.get("language"), waived=waived, by=signed_in().name,
        other_title=_other_title(syllabus.manual.id, form.get("language"), named),
        law=form.get("law").strip()), form.get("cohort").strip())


def _other_title(manual_id: str, first: str, named: Named) -> str:
    """The manual's title in the sheet's second language, where it is translated."""
    from ..exchange.sheet import second_language

    language = second_language(first, named, office().academy.other_language)
    if language not in library().locales:
        return ""
    manual = library().manual(manual_id, language)
    return manual.title if manual.language.code == language else ""


def _signed(form: Fields, signer: Signer, orders: list[Order]) -> list[str]:
    try:
        return office().issue(signer, orders, signed_in())
    except (CourseError, ValueError) as error:
        form.errors[""] = sentence(error) if isinstance(error, CourseError) else sentence(
            BadField("name", "too-long", most=120))
    return []
