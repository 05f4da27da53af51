"""What is looked up rather than studied: cases, library, glossary, search, prints, progress."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import progress, scoring
from ..core.activity import Module, TrainerNote
from ..core.errors import NotFound
from . import context
from .context import library, my_document, my_library, needs
from .learner import find_section, shown_parts
from .texts import own_texts
from .whereabouts import (
    manual_row,
    module_of_quiz,
    module_or_none,
    module_state,
    my_quiz,
    number_of,
    section_url,
)

bp = Blueprint("reference", __name__)


# Cases, library, glossary ----------------------------------------------------------------

@bp.get("/cases")
@needs("read")
def show_cases() -> ResponseReturnValue:
    """Every case study of every manual, with how far the learner is."""
    document = my_document()
    rows = [(manual, [(entry, module_state(entry.id, document)) for entry in manual.entries
                      if entry.is_case])
            for manual in library().manuals(context.locale())]
    return render_template("learner/cases.html", rows=[row for row in rows if row[1]])


@bp.get("/library")
@needs("read")
def show_library() -> ResponseReturnValue:
    """The instruments, and what their introduction says where there is one."""
    try:
        page = library().page("library", context.locale())
    except NotFound:
        page = None
    return render_template("learner/library.html", page=page,
                           instruments=library().instruments(context.locale()))


@bp.get("/library/<instrument_id>")
@needs("read")
def show_instrument(instrument_id: str) -> ResponseReturnValue:
    """One instrument, article by article, in our own words."""
    instrument = library().instrument(instrument_id, context.locale())
    return render_template("learner/instrument.html", instrument=instrument)


@bp.get("/glossary")
@needs("read")
def show_glossary() -> ResponseReturnValue:
    """The terms in alphabetical order; those not translated yet come last, in the original."""
    glossary = library().glossary(context.locale())
    own = glossary.language.code
    terms = sorted(glossary.terms, key=lambda one: (one.language.code != own, _filed(one.term)))
    letters: dict[str, list[Any]] = {}
    for term in terms:
        place = (_filed(term.term)[:1].upper() if term.language.code == own
                 else context.LANGUAGES[term.language.code][0])
        letters.setdefault(place, []).append(term)
    return render_template("learner/glossary.html", glossary=glossary, letters=letters)


def _filed(term: str) -> str:
    """A term as it is filed: without accents, and in Arabic without its article."""
    bare = "".join(one for one in unicodedata.normalize("NFD", term.casefold())
                   if not unicodedata.combining(one))
    return bare.removeprefix("ال")


@bp.get("/search")
@needs("read")
def search() -> ResponseReturnValue:
    """Find something in everything, in the reader's language."""
    q = " ".join(request.args.get("q", "").replace("\0", " ").split())[:200]
    hits = context.services().search.find(q, context.locale()) if q else []
    return render_template("learner/search.html", q=q, hits=hits)


@bp.get("/wellbeing")
def show_wellbeing() -> ResponseReturnValue:
    """Open to everybody, signed in or not: nobody should have to look for it."""
    return _page("wellbeing")


@bp.get("/about")
def show_about() -> ResponseReturnValue:
    return _page("about")


def _page(name: str) -> str:
    return render_template("learner/page.html", page=library().page(name, context.locale()),
                           name=name)


# Prints ----------------------------------------------------------------------------------

@bp.get("/manuals/<manual_id>/<name>/print")
@needs("read")
def print_module(manual_id: str, name: str) -> ResponseReturnValue:
    """A module, or one section of it, as pages of paper."""
    module = my_library().module(f"{manual_id}/{name}", context.locale())
    slug = request.args.get("section", "")
    sections = [find_section(manual_id, name, slug)[1]] if slug else list(module.sections)
    if not sections:
        raise NotFound(what="module")
    shown = [(section, _on_paper(module, section)) for section in sections]
    manual = library().manual(manual_id, context.locale())
    return render_template("learner/print.html", manual=manual, module=module, sections=shown,
                           number=number_of(manual, module.id), whole=not slug)


def _on_paper(module: Module, section: Any) -> list[tuple[str, Any]]:
    """A section's parts for paper: questions without answers, no trainer's notes for learners."""
    parts = shown_parts(module, section, {})
    return [(kind, part if isinstance(part, TrainerNote) or kind == "prose"
             else replace(part, action="")) for kind, part in parts]


@bp.get("/manuals/<manual_id>/<name>/aid")
@needs("read")
def show_aid(manual_id: str, name: str) -> ResponseReturnValue:
    """The module's job aid: one page to take along."""
    module = library().module(f"{manual_id}/{name}", context.locale())
    if module.aid is None:
        raise NotFound(what="aid")
    manual = library().manual(manual_id, context.locale())
    return render_template("learner/aid.html", manual=manual, module=module, aid=module.aid,
                           number=number_of(manual, module.id))


# What the learner has --------------------------------------------------------------------

@bp.get("/progress")
@needs("study")
def show_progress() -> ResponseReturnValue:
    """By objective: what the latest answers say; and every attempt so far."""
    document = my_document()
    manuals = [(manual_row(manual, document), _objectives(manual, document))
               for manual in library().manuals(context.locale())]
    history = [(attempt, _title_of(attempt.quiz)) for attempt in scoring.attempts(document)
               if attempt.is_over]
    return render_template("learner/progress.html", manuals=manuals, history=history[::-1],
                           texts=own_texts(document))


def _objectives(manual: Any, document: Any) -> list[tuple[Module, list[Any]]]:
    found = []
    for entry in manual.entries:
        module = module_or_none(entry.id)
        if module and module.is_played:
            by_objective = progress.in_case_by_objective(module, document)
            found += [(module, by_objective)] if by_objective else []
        elif module and module.quiz and module.objectives and not module.is_test:
            quiz = my_quiz(module)
            found.append((module, progress.by_objective(module, quiz, document)))
    return found


def _title_of(quiz_id: str) -> str:
    module = module_of_quiz(quiz_id)
    return module.title if module else quiz_id


@bp.get("/notes")
@needs("study")
def show_notes() -> ResponseReturnValue:
    """The learner's own notes and bookmarks, with the way back to each place."""
    document = my_document()
    notes = [(*_place(place), text) for place, text in progress.notes(document).items()]
    marks = [_place(place) for place in progress.bookmarks(document)]
    return render_template("learner/notes.html", notes=notes, bookmarks=marks)


def _place(place: str) -> tuple[str, str]:
    """The address and title of a section; a section that is gone keeps its note."""
    module_id, _, slug = place.partition("#")
    module = module_or_none(module_id)
    section = module.section(slug) if module else None
    if module is None or section is None:
        return url_for("learner.show_home"), place
    return section_url(module_id, slug), f"{module.title}: {section.title}"
