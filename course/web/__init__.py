"""What people see: pages, forms and their refusals. Everything Flask is here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from ..core.errors import CourseError, SignInNeeded
from . import (
    academy,
    account,
    addresses,
    bringing,
    cases,
    certificates,
    changes,
    classes,
    context,
    exams,
    exhibits,
    filters,
    health,
    issuing,
    keys,
    learner,
    marking,
    phones,
    planning,
    practice,
    presence,
    printing,
    privacy,
    quizzes,
    readiness,
    reference,
    registry,
    replays,
    room,
    roster,
    seating,
    security,
    seen,
    sessions,
    sheets,
    sitting,
    slips,
    staff,
    texts,
    words,
)
from .context import Here, Services
from .lane import AnswerLane
from .livefront import LiveFront
from .ready import Assets, ReadyPages

if TYPE_CHECKING:
    from ..server import IsReady, Lane
    from .invigilator import Invigilator

MOST_BYTES = 64 * 1024
"""Largest form: a note of 4,000 characters in any script, with room to spare."""

MOST_OFFICE_BYTES, MOST_OFFICE_FIELDS = 1024 * 1024, 5000
"""For the registrar's pages, which take a logo, a revocation list, and the names of a cohort, and
for the trainer's, which take a roster and the ticks of a class."""

OFFICE = (academy, keys, issuing, registry, printing)

LARGER = {**dict.fromkeys((part.bp.name for part in OFFICE), "issue-records"),
          **dict.fromkeys((part.bp.name for part in (classes, roster, slips, planning, presence)),
                          "run-classes")}
"""The blueprints that take such forms, and who may send them."""

MOST_BUNDLE_BYTES = 64 * 1024 * 1024
"""Files of other laptops, all at a time: some 200,000 statements. More goes by `course import`."""

HERE = Here()

HTTP_CODES = {404: "not-found", 405: "not-here", 413: "too-large"}


def install(app: Flask, services: Services) -> None:
    """Join the web layer to an app."""
    app.extensions["course"] = services
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_PARTS=200, MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False,
        BABEL_TRANSLATION_DIRECTORIES=str(services.library.roots.translations),
    )
    Babel(app, locale_selector=context.locale)
    words.speed_up(app, services.library.roots.translations, context.locale)
    app.before_request(_allow_more)
    CSRFProtect(app)
    security.protect(app)
    filters.install(app)
    for part in (account, learner, quizzes, practice, cases, exhibits, replays, room, reference,
                 classes, readiness, changes, roster, slips, bringing, sessions, planning, presence,
                 phones, seating, exams, sheets, sitting, marking, seen, staff, health, *OFFICE,
                 certificates, privacy):
        app.register_blueprint(part.bp)
    _install_errors(app)
    assets = Assets(Path(app.root_path) / "static", security.HEADERS)
    app.jinja_env.globals.update(asset=assets.address, address=addresses.address, here=HERE,
                                 languages_of_names=context.LANGUAGES_OF_NAMES,
                                 **addresses.template_addresses(app))
    app.context_processor(page_frame)
    app.extensions["lane"] = AnswerLane(app.wsgi_app, app, services, services.answers)
    ready = ReadyPages(app.extensions["lane"], assets, services.sign_in_version,
                       _locale_of_visitor(services))
    app.wsgi_app = LiveFront(  # type: ignore[method-assign]
        ready, app, services, ready.is_ready)


def _allow_more() -> None:
    """Let the staff send larger forms than a learner. Before the token is looked for in one."""
    if request.blueprint == bringing.bp.name:
        person = context.me()
        if person and person.may("bring-together"):
            request.max_content_length = MOST_BUNDLE_BYTES
            # What is read of a file in one piece counts as memory of the form.
            request.max_form_memory_size = MOST_OFFICE_BYTES
        return
    action = LARGER.get(request.blueprint or "")
    person = context.me() if action else None
    if action and person and person.may(action):
        request.max_content_length = request.max_form_memory_size = MOST_OFFICE_BYTES
        request.max_form_parts = MOST_OFFICE_FIELDS


def is_ready(app: Flask) -> IsReady:
    """What the server asks to learn whether a request can be answered at once."""
    ready: Any = app.wsgi_app
    found: IsReady = ready.is_ready
    return found


def the_invigilator(app: Flask) -> Invigilator:
    """What counts the time of examinations."""
    services: Services = app.extensions["course"]
    return services.invigilator


def answer_lane(app: Flask) -> Lane:
    """What takes plain answers from the server without Flask."""
    found: Lane = app.extensions["lane"]
    return found


def page_frame() -> dict[str, Any]:
    """What every page is given."""
    library = context.library()
    code = context.locale()
    return {
        "me": context.me(), "locale": code, "direction": context.direction(code),
        "languages": HERE.languages,
        "on_this_laptop": context.at_the_laptop(), "country": library.country(),
        "course_version": context.VERSION, "nav": current_link(), "texts_waiting": texts.waiting,
        "my_class": context.my_class(),
    }


NAV = {
    "learner": "course", "quizzes": "course", "practice": "course",
    "reference.show_cases": "cases", "cases": "cases", "exhibits": "cases",
    "replays": "cases", "room": "cases",
    "reference.show_library": "library", "reference.show_instrument": "library",
    "reference.show_glossary": "glossary", "reference.search": "search",
    "reference.show_progress": "course", "reference.show_notes": "course",
    "reference.print_module": "course", "reference.show_aid": "course",
    "classes": "classes", "changes": "classes", "roster": "classes", "slips": "classes",
    "sessions": "session", "planning": "session", "presence": "session", "phones": "session",
    "seating": "session", "exams": "classes",
    "sheets": "classes", "sitting": "course",
    "seen": "classes", "marking": "marking", "bringing": "classes", "readiness": "classes",
    "staff.show_people": "people", "staff.show_person": "people", "staff.reset_pin": "people",
    "staff.show_accounts": "accounts", "staff.change_passphrase": "accounts",
    "academy": "records", "keys": "records", "issuing": "records", "registry": "records",
    "printing": "records",
    "privacy.show_audit": "records", "certificates.show_mine": "course",
    "staff.show_content": "content", "health.show_health": "health",
}


def current_link() -> str:
    """The link of the header that this page stands under."""
    endpoint = request.endpoint or ""
    found = NAV.get(endpoint) or NAV.get(endpoint.partition(".")[0], "")
    person = context.me()
    return "content" if found == "course" and person and not person.may("study") else found


def _locale_of_visitor(services: Services) -> Any:
    """The language of someone who has not signed in, read from the bare request."""

    def locale_of(environ: dict[str, Any]) -> str:
        offered = services.library.locales
        wanted = context.plain_query(environ.get("QUERY_STRING", ""), "lang")
        wanted = wanted or context.plain_cookie(environ.get("HTTP_COOKIE", ""), "lang")
        if wanted in offered:
            return wanted
        return context.best_language(environ.get("HTTP_ACCEPT_LANGUAGE", ""), offered)

    return locale_of


def _install_errors(app: Flask) -> None:
    """One handler for the family, one for what the web itself refuses."""

    @app.errorhandler(SignInNeeded)
    def ask_to_sign_in(error: SignInNeeded) -> ResponseReturnValue:
        if request.method == "GET":
            return redirect(url_for("account.show_start"), 303)
        return _refused(error.code, error.status, error.values)

    @app.errorhandler(CourseError)
    def refuse(error: CourseError) -> ResponseReturnValue:
        """Say plainly what cannot be done and what to do instead."""
        return _refused(error.code, error.status, error.values, words.sentence(error))

    @app.errorhandler(CSRFError)
    def refuse_stale_form(error: CSRFError) -> ResponseReturnValue:
        return _refused("form-expired", 400, {})

    @app.errorhandler(HTTPException)
    def refuse_request(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        fallback = "broken" if status >= 500 else "refused"
        return _refused(HTTP_CODES.get(status, fallback), status, {})


def _refused(code: str, status: int, values: Any, sentence: str = "") -> ResponseReturnValue:
    title = words.TITLES.get(status, words.TITLES[400])()
    page = render_template("refused.html", title=title, status=status, code=code,
                           sentence=sentence or words.refusal(code, values))
    return page, status
