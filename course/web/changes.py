"""Questions of the course that are hidden or replaced for one class, without touching the pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ..core import classroom
from ..core.activity import Entry, Manual, Module, Quiz
from ..core.classroom import Cohort
from ..core.errors import BadField, NotFound
from ..core.fitting import check_changes, key_of, stand_ins
from ..core.questions import Question
from . import context
from .classes import cohort_named
from .context import library, needs, signed_in, store
from .forms import Fields
from .whereabouts import manual_of, module_or_none

bp = Blueprint("changes", __name__, url_prefix="/classes/<cohort_id>/questions")


@dataclass(frozen=True, slots=True)
class Line:
    """One question of a pool, and what a class does with it."""

    question: Question
    key: str
    in_text: bool
    others: list[tuple[str, Question]]
    """What could be asked instead, by key."""

    @property
    def field(self) -> str:
        return f"q.{self.question.id}"


@bp.get("")
@needs("run-classes")
def show_modules(cohort_id: str) -> ResponseReturnValue:
    """What has questions, of the manuals that the class studies or of all, and what is changed."""
    cohort = cohort_named(cohort_id)
    manuals = [(manual, [(entry, _changed(cohort, pool)) for entry, pool in _pools(manual)])
               for manual in _manuals(cohort)]
    return render_template("classes/questions.html", cohort=cohort, manuals=manuals)


def _manuals(cohort: Cohort) -> list[Manual]:
    every = library().manuals(context.locale())
    return [one for one in every if one.id in cohort.manuals] or every


def _pools(manual: Manual) -> Iterator[tuple[Entry, str]]:
    """What of a manual has questions of its own: not an examination, nor a case that is played."""
    for entry in manual.entries:
        module = module_or_none(entry.id)
        if module and _has_pool(module):
            yield entry, module.quiz


def _has_pool(module: Module) -> bool:
    return bool(module.quiz) and not module.is_played and module.kind != "final"


def _changed(cohort: Cohort, pool: str) -> int:
    return sum(key.startswith(f"{pool}#") for key in cohort.questions)


@bp.route("/<manual_id>/<name>", methods=["GET", "POST"])
@needs("run-classes")
def change_questions(cohort_id: str, manual_id: str, name: str) -> ResponseReturnValue:
    """Hide questions of a module, ask others in their place, or leave them as they are."""
    cohort = cohort_named(cohort_id)
    module = library().module(f"{manual_id}/{name}", context.locale())
    if not _has_pool(module):
        raise NotFound(what="quiz")
    quiz = library().quiz(module.quiz, context.locale())
    lines = _lines(quiz)
    known = MultiDict((one.field, cohort.questions.get(one.key, "")) for one in lines)
    form = Fields(request.form if request.method == "POST" else known)
    if request.method == "POST" and _kept(form, cohort, quiz, lines):
        return redirect(url_for(".show_modules", cohort_id=cohort_id), 303)
    page = render_template(
        "classes/module_questions.html", cohort=cohort, module=module, quiz=quiz, form=form,
        manual=manual_of(module.id),
        groups=[(in_text, [one for one in lines if one.in_text is in_text])
                for in_text in (True, False)])
    return page, form.status


def _lines(quiz: Quiz) -> list[Line]:
    in_place = library().in_place(quiz.id)
    return [Line(one, key_of(quiz, one), one.id in in_place,
                 [(key_of(quiz, other), other) for other in stand_ins(quiz, one, in_place)])
            for one in quiz.questions]


def _kept(form: Fields, cohort: Cohort, quiz: Quiz, lines: list[Line]) -> bool:
    """Keep what was changed of a pool, when all of it can be used together."""
    chosen = {one.key: form.get(one.field) for one in lines}
    wanted = {key: value for key, value in chosen.items() if value}
    try:
        check_changes(quiz, library().in_place(quiz.id), wanted)
    except BadField as error:
        with form.collecting_at(f"q.{error.field}" if error.field else ""):
            raise
        return False
    _say(cohort, {key: value for key, value in chosen.items()
                  if value != cohort.questions.get(key, "")})
    return True


def _say(cohort: Cohort, changed: Mapping[str, str]) -> None:
    if changed:
        with store().record(cohort.record) as record:
            record.append(*(classroom.change_question(cohort, key, value, signed_in())
                            for key, value in changed.items()))
