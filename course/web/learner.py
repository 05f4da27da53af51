"""The learner's way through a manual: home, contents, sections, checks in place, notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import learning, progress
from ..core.activity import Check, Entry, Manual, Module, Part, Prose, Section, TrainerNote
from ..core.errors import BadField, BadResponse, NotFound
from ..core.progress import ModuleProgress
from ..core.statement import Document
from ..core.written import IN_PLACE
from . import context, sitting
from .asking import Asked, asked, refused, sent_response
from .context import answers, library, my_document, my_library, needs, signed_in, store
from .texts import mark_of
from .whereabouts import (
    go_on_in,
    last_saved,
    manual_of,
    manual_row,
    module_or_none,
    module_state,
    my_quiz,
    number_of,
    quiz_url,
    record_needs,
    section_url,
    where_to_go_on,
)
from .words import sentence

bp = Blueprint("learner", __name__)


# Home ------------------------------------------------------------------------------------

@bp.get("/home")
@needs("study")
def show_home() -> ResponseReturnValue:
    """Continue first; then what waits; then what the completion record still needs."""
    document = my_document()
    manuals = [manual_row(manual, document) for manual in library().manuals(context.locale())]
    go_on = where_to_go_on(document)
    current = next((row for row in manuals if go_on and row.manual.id == go_on.manual),
                   manuals[0] if manuals else None)
    now = context.services().now()
    due = [one for one in progress.reviews(document, context.services().schedule)
           if one.when <= now and one.question not in my_library().changes]
    return render_template(
        "learner/home.html", exams=sitting.waiting(), go_on=go_on,
        last_saved=last_saved(document), manuals=manuals,
        due=len(due), due_minutes=max(1, round(len(due) * 0.8)), record=record_needs(current),
        record_title=current.manual.title if current else "")


# Manuals ---------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Row:
    """One line of a manual's contents."""

    entry: Entry
    url: str
    number: int | None
    state: str
    """`passed`, `measured`, `done`, `retake`, `reading`, `testing`, `new`; of a case that is
    played, `played` or `playing`."""
    score: float = 0
    of: int = 0
    n: int = 0
    """The section last read, counted from one."""
    after: int | None = None


@bp.get("/manuals/<manual_id>")
@needs("read")
def show_manual(manual_id: str) -> ResponseReturnValue:
    """A manual's contents, with what is done."""
    manual = library().manual(manual_id, context.locale())
    document = my_document()
    place = progress.last_place(document)
    parts = [(part.title, [_row(manual, entry, document, place) for entry in part.entries])
             for part in manual.parts]
    go_on = go_on_in(manual, document) if signed_in().may("study") else None
    complete = all(entry.language.code == context.locale() for entry in manual.entries)
    return render_template("learner/manual.html", manual=manual, parts=parts,
                           go_on=go_on.url if go_on else "", complete=complete)


def _row(manual: Manual, entry: Entry, document: Document, place: progress.Place | None) -> Row:
    manual_id, _, name = entry.id.partition("/")
    return Row(entry, url_for(".open_module", manual_id=manual_id, name=name),
               number_of(manual, entry.id), **row_state(entry.id, document, place))


def row_state(module_id: str, document: Document, place: progress.Place | None) -> dict[str, Any]:
    """How far a learner is in one activity, as a line of contents says it."""
    how_far = module_state(module_id, document)
    if how_far.best and how_far.best.summary and how_far.best.summary.get("measure"):
        return {"state": "measured", **_score(how_far)}
    if how_far.is_played and (how_far.open or how_far.best):
        return {"state": "playing"} if how_far.open else {"state": "played", **_score(how_far)}
    if how_far.done and how_far.best and how_far.best.summary:
        return {"state": "passed", **_score(how_far)}
    if how_far.done:
        return {"state": "done"}
    if how_far.open:
        return {"state": "testing"}
    if how_far.best and not how_far.passed:
        return {"state": "retake", **_score(how_far)}
    if how_far.started:
        module = module_or_none(module_id)
        slugs = [section.slug for section in module.sections] if module else []
        here = place.section if place and place.module == module_id else ""
        n = slugs.index(here) + 1 if here in slugs else max(1, len(how_far.sections_read))
        return {"state": "reading", "n": n, "of": len(slugs)}
    return {"state": "new"}


def _score(how_far: ModuleProgress) -> dict[str, Any]:
    summary = how_far.best.summary if how_far.best else None
    return {"score": summary["score"], "of": summary["of"]} if summary else {}


# Sections --------------------------------------------------------------------------------

@bp.get("/manuals/<manual_id>/<name>")
@needs("read")
def open_module(manual_id: str, name: str) -> ResponseReturnValue:
    """A module's own address leads to where the learner is in it."""
    module = library().module(f"{manual_id}/{name}", context.locale())
    if module.is_test:
        return redirect(quiz_url(module.id), 303)
    if module.is_played:
        return redirect(url_for("cases.show_case", manual_id=manual_id, name=name), 303)
    if not module.sections:
        raise NotFound(what="module")
    place = progress.last_place(my_document())
    known = module.section(place.section) if place and place.module == module.id else None
    return redirect(section_url(module.id, (known or module.sections[0]).slug), 303)


@bp.get("/manuals/<manual_id>/<name>/<slug>")
@needs("read")
def show_section(manual_id: str, name: str, slug: str) -> ResponseReturnValue:
    """One section of a module: what is the same for all, with the learner's own marks put in."""
    module, section = find_section(manual_id, name, slug)
    gate = _gate(section)
    if gate != "closed":
        _remember_reading(module, section)
    return section_page(module, section, gate)


def find_section(manual_id: str, name: str, slug: str) -> tuple[Module, Section]:
    module = my_library().module(f"{manual_id}/{name}", context.locale())
    section = module.section(slug)
    if section is None:
        raise NotFound(what="section")
    return module, section


def _gate(section: Section) -> str:
    """`none`, or how a sensitive section stands: `closed`, `full`, `short`."""
    if section.gate is None:
        return "none"
    opened = request.args.get("show", "")
    return opened if opened in {"full", "short"} else "closed"


def _remember_reading(module: Module, section: Section) -> None:
    """Keep where the learner is. Nothing was promised yet, so the page does not wait for it."""
    person = signed_in()
    if not person.may("study"):
        return
    place = f"{module.id}#{section.slug}"
    document = store().document(person.record)
    known = document.get("read", {}).get(module.id, {})
    if section.slug in known and progress.last_place(document) == progress.Place(
            module.id, section.slug):
        return
    with store().record(person.record, wait=False) as record:
        record.append(learning.experienced(place))


def section_page(module: Module, section: Section, gate: str,
                 refusal: tuple[str, dict[str, Any]] | None = None, note: str = "",
                 note_error: str = "") -> str:
    document = my_document()
    index = module.sections.index(section)
    place = f"{module.id}#{section.slug}"
    read = progress.module_progress(module, document).sections_read
    manual = manual_of(module.id)
    own: dict[str, Any] = dict(zip(("manual_id", "name"), module.id.split("/"), strict=True))
    here: dict[str, Any] = {**own, "slug": section.slug, **_opened(section)}
    return render_template(
        "learner/section.html", manual=manual, module=module, section=section,
        number=number_of(manual, module.id), n=index + 1, of=len(module.sections),
        steps=[(one, one.slug in read, one is section) for one in module.sections],
        gate_open=None if gate == "none" else gate,
        parts=shown_parts(module, section, document, gate, refusal),
        previous=_step(module, module.sections[index - 1]) if index else None,
        next=_next_step(module, index), note=note or progress.notes(document).get(place, ""),
        note_error=note_error, note_url=url_for(".keep_note", **here),
        bookmarked=place in progress.bookmarks(document),
        bookmark_url=url_for(".keep_bookmark", **here),
        aid_url=url_for("reference.show_aid", **own) if module.aid else "",
        quiz_url=url_for("quizzes.show_quiz", **own) if module.quiz else "",
        print_url=url_for("reference.print_module", **own, section=section.slug))


def _step(module: Module, section: Section) -> dict[str, str]:
    return {"url": section_url(module.id, section.slug), "title": section.title,
            "kind": "section"}


def _next_step(module: Module, index: int) -> dict[str, str]:
    """After a section comes the next; after the last one the quiz, or the contents."""
    if index + 1 < len(module.sections):
        return _step(module, module.sections[index + 1])
    manual_id, _, name = module.id.partition("/")
    if module.quiz:
        url = url_for("quizzes.show_quiz", manual_id=manual_id, name=name)
        return {"url": url, "title": "", "kind": "quiz"}
    return {"url": url_for(".show_manual", manual_id=manual_id), "title": "", "kind": "contents"}


def shown_parts(module: Module, section: Section, document: Document, gate: str = "none",
                refusal: tuple[str, dict[str, Any]] | None = None) -> list[tuple[str, Any]]:
    """The parts of a section for who is signed in: notes for trainers, checks as questions.

    The short version of a sensitive section takes the place of its text; its checks stay.
    """
    if gate == "closed":
        return []
    shown: list[tuple[str, Any]] = []
    if gate == "short" and section.gate:
        shown.append(("prose", section.gate.short_html))
    checks = section.checks
    for part in section.parts:
        view = _shown_part(part, module, section, document, checks, gate, refusal)
        if view:
            shown.append(view)
    return shown


def _shown_part(part: Part, module: Module, section: Section, document: Document,
                checks: tuple[str, ...], gate: str,
                refusal: tuple[str, dict[str, Any]] | None) -> tuple[str, Any] | None:
    if isinstance(part, Prose):
        return None if gate == "short" else ("prose", part.html)
    if isinstance(part, TrainerNote):
        return ("note", part) if signed_in().may("see-trainer-notes") else None
    trouble = refusal[1] if refusal and refusal[0] == part.question else {}
    view = check_view(module, section, part, document, gate,
                      n=checks.index(part.question) + 1, of=len(checks), **trouble)
    return ("check", view) if view else None


def check_view(module: Module, section: Section, check: Check, document: Document, gate: str,
               **rest: Any) -> Asked | None:
    """A question in place; None when the pool has lost it."""
    quiz = my_quiz(module)
    question = quiz.question(check.question)
    if question is None:
        return None
    manual_id, _, name = module.id.partition("/")
    answer = progress.check_answer(document, module, question.id)
    opened: dict[str, Any] = {} if gate == "none" else {"show": gate}
    action = url_for("learner.answer_check", manual_id=manual_id, name=name, slug=section.slug,
                     question_id=question.id, **opened)
    similar = url_for("practice.practise", manual_id=manual_id, name=name,
                      question_id=question.similar) if question.similar else ""
    view = asked(quiz, question, f"{signed_in().id}/{question.id}", answer, action=action,
                 similar_url=similar, graded=mark_of(
                     document, f"{quiz.id}#{question.id}", IN_PLACE, answer), **rest)
    return view if signed_in().may("study") else replace(view, action="")


@bp.post("/manuals/<manual_id>/<name>/<slug>/checks/<question_id>")
@needs("study")
def answer_check(manual_id: str, name: str, slug: str, question_id: str) -> ResponseReturnValue:
    """Keep the answer to a question in place, and go to its feedback."""
    module, section = find_section(manual_id, name, slug)
    gate = _gate(section)
    try:
        answers().in_place(signed_in(), context.locale(), module.id, slug, question_id,
                           sent_response())
    except BadResponse as error:
        return section_page(module, section, gate, (question_id, refused(error))), error.status
    opened = {} if gate == "none" else {"show": gate}
    return redirect(section_url(module.id, slug, **opened, _anchor=f"check-{question_id}"), 303)


# Notes and bookmarks ---------------------------------------------------------------------

@bp.post("/manuals/<manual_id>/<name>/<slug>/note")
@needs("study")
def keep_note(manual_id: str, name: str, slug: str) -> ResponseReturnValue:
    """Keep the learner's own note at a section; only they see it."""
    module, section = find_section(manual_id, name, slug)
    typed = request.form.get("note", "")
    try:
        draft = learning.note(f"{module.id}#{section.slug}", typed)
    except BadField as error:
        page = section_page(module, section, _gate(section), note=typed,
                            note_error=sentence(error))
        return page, error.status
    with store().record(signed_in().record) as record:
        record.append(draft)
    return redirect(section_url(module.id, slug, **_opened(section), _anchor="_note"), 303)


@bp.post("/manuals/<manual_id>/<name>/<slug>/bookmark")
@needs("study")
def keep_bookmark(manual_id: str, name: str, slug: str) -> ResponseReturnValue:
    module, section = find_section(manual_id, name, slug)
    with store().record(signed_in().record) as record:
        on = request.form.get("on") == "1"
        record.append(learning.bookmark(f"{module.id}#{section.slug}", on))
    return redirect(section_url(module.id, slug, **_opened(section)), 303)


def _opened(section: Section) -> dict[str, str]:
    gate = _gate(section)
    return {"show": gate} if gate in {"full", "short"} else {}
