"""Codes put into words: refusals, bad fields, repairs of the store, labels of boxes.

Nothing below `web/` writes a sentence for people; here each code meets its sentence, in
the reader's language.
"""

from __future__ import annotations

import locale as system
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel, gettext, ngettext

from ..core.errors import BadField, BadResponse, CourseError
from .file_words import BUNDLE_REASONS, KIT_REASONS, LIST_REASONS, Words


def _wait(values: Mapping[str, Any]) -> str:
    seconds = int(values["seconds"])
    if seconds < 120:
        return ngettext("Too many wrong tries. Wait %(num)s second, then try again.",
                        "Too many wrong tries. Wait %(num)s seconds, then try again.", seconds)
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many wrong tries. Wait %(num)s minute, or ask your trainer for a new PIN.",
        "Too many wrong tries. Wait %(num)s minutes, or ask your trainer for a new PIN.", minutes)


def _unanswered(values: Mapping[str, Any]) -> str:
    return ngettext("%(num)s question has no answer yet. Answer it, then hand in.",
                    "%(num)s questions have no answer yet. Answer them, then hand in.",
                    int(values["count"]))


REFUSALS: Mapping[str, Words] = {
    "refused": lambda _: gettext("This cannot be done."),
    "not-found": lambda _: gettext("There is nothing at this address. It may have been moved or "
                                   "taken out of the course."),
    "not-allowed": lambda _: gettext("Your account cannot do this. Ask the administrator if you "
                                     "need it."),
    "sign-in-needed": lambda _: gettext("Sign in first. What you saved is still there."),
    "wrong-secret": lambda _: gettext("That does not match. Check what you typed and try again."),
    "too-many-tries": _wait,
    "not-drawn": lambda _: gettext("That question is not part of this attempt. Go back to the "
                                   "attempt and answer the questions it asks."),
    "already-answered": lambda _: gettext("This question already has its answer. It was saved the "
                                          "first time and cannot be changed."),
    "exam-moved": lambda values: EXAM_STATES[values["state"]](values),
    "exam-paused": lambda _: gettext("The examination is paused: nothing is taken now, and nobody "
                                     "loses time. Your answer stays on this page. Save it again "
                                     "when your trainer goes on."),
    "exam-over": lambda values: EXAM_OVER[values["how"]](values),
    "exam-running": lambda _: gettext("You are sitting an examination. The rest of the course is "
                                      "open again when you have handed it in."),
    "exam-reserved": lambda _: gettext("This belongs to an examination of your class. It is open "
                                       "again when the results are released."),
    "asked-now": lambda _: gettext("Your class is answering this question now. It is open again "
                                   "here when the answer has been shown."),
    "exam-sat": lambda _: gettext("This learner has begun the examination on screen. Nobody is in "
                                  "it twice, so the sheet was not taken."),
    "asking-closed": lambda _: gettext("This was not saved: answers are closed, or the class has "
                                       "moved on. Your trainer can open the question for you "
                                       "again."),
    "attempt-over": lambda _: gettext("This attempt is finished. Start a new one to try again."),
    "unanswered": _unanswered,
    "no-attempts-left": lambda _: gettext("This test is taken once. Its result stands."),
    "class-over": lambda _: gettext("The course of this class is over. Open the class again to add "
                                    "people to it."),
    "nothing-to-draw": lambda _: gettext("This test has no questions yet. Tell your trainer."),
    "not-saved": lambda _: gettext("This was not saved: the disk did not take it. Nothing saved "
                                   "earlier is lost. Tell your trainer, then save again."),
    "folder-in-use": lambda values: gettext(
        "Another Fourth P is already using the folder %(folder)s. Close it first, or choose "
        "another folder with --data.", folder=values.get("folder", "")),
    "bad-backup": lambda values: gettext(
        "%(file)s is not a whole backup of this course, so nothing was changed.",
        file=values.get("file", "")),
    "requirements-not-met": lambda values: ngettext(
        "Something is missing for this record (%(num)s requirement). Let it be done, or waive it "
        "with a reason.",
        "Something is missing for this record (%(num)s requirements). Let it be done, or waive it "
        "with a reason.", int(values["count"])),
    "academy-not-ready": lambda _: gettext("The academy has no name and prefix yet. Give them "
                                           "first."),
    "already-issued": lambda values: gettext(
        "%(name)s holds the record %(number)s of this already. Correct or revoke that one instead.",
        name=values["name"], number=values["number"]),
    "already-revoked": lambda values: gettext(
        "The record %(number)s no longer holds, so nothing can be done to it.",
        number=values["number"]),
    "no-key": lambda _: gettext("The academy has no such key here. Make one, or take it back from "
                                "its backup."),
    "key-exists": lambda _: gettext("The academy has its key already. Rotate it if a new one is "
                                    "wanted."),
    "bad-key": lambda _: gettext("This file is no key of an academy, or it is damaged."),
    "bad-list": lambda values: LIST_REASONS[values["reason"]](values),
    "missing-font": lambda values: gettext(
        "No font on this computer can print %(characters)s. Install one that can, or name its "
        "file with --font.", characters=values["characters"]),
    "no-course": lambda values: gettext(
        "There is no course in the folder %(folder)s.", folder=values.get("folder", "")),
    "bad-bundle": lambda values: BUNDLE_REASONS[values["reason"]](values),
    "copy-not-checked": lambda _: gettext("Something was added since a copy was checked, or none "
                                          "was. Export again, and let the copy be checked."),
    "kit-not-filled": lambda values: KIT_REASONS[values["reason"]](values),
    "form-expired": lambda _: gettext("This page was open too long to be sent. Go back, reload it "
                                      "and send it again."),
    "not-here": lambda _: gettext("This address does not take what was sent."),
    "too-large": lambda _: gettext("That is larger than this page takes."),
    "broken": lambda _: gettext("Something went wrong in the course itself. What you saved is "
                                "safe. Tell your trainer what you were doing."),
}

FIELD_REASONS: Mapping[str, Words] = {
    "empty": lambda _: gettext("Fill this in."),
    "too-long": lambda values: ngettext(
        "This is too long: %(num)s character at most.",
        "This is too long: %(num)s characters at most.", int(values["most"])),
    "too-short": lambda values: ngettext(
        "Use at least %(num)s character.", "Use at least %(num)s characters.",
        int(values["least"])),
    "control-characters": lambda _: gettext("This holds characters that cannot be kept. Type it "
                                            "again instead of pasting it."),
    "taken": lambda _: gettext("Somebody is already enrolled with this service number. If it is "
                               "you, sign in instead."),
    "digits-only": lambda _: gettext("Use digits only."),
    "pin-length": lambda values: gettext("Use %(least)s to %(most)s digits.",
                                         least=values["least"], most=values["most"]),
    "not-the-same": lambda _: gettext("The two are not the same. Type both again."),
    "choose": lambda _: gettext("Choose one of the list."),
    "prefix": lambda _: gettext("Use 2 to 8 letters A to Z or digits: they begin every record's "
                                "number."),
    "picture": lambda _: gettext("Choose a picture in PNG or JPEG."),
    "too-large": lambda values: gettext("Choose a smaller file: %(most)s kB at most.",
                                        most=values["most"]),
    "percent": lambda _: gettext("Give a percentage from 0 to 100."),
    "months": lambda _: gettext("Give a number of months from 0 to 600."),
    "hours": lambda values: gettext("Give hours from 0 to %(most)s.", most=values["most"]),
    "date": lambda _: gettext("Give a date as 2026-03-30."),
    "six-digits": lambda _: gettext("The code has six digits. Look at the wall again."),
    "no-session": lambda _: gettext("No class has this code now. Look at the wall again."),
    "before-begin": lambda _: gettext("This is before the first day. Give a later one."),
    "count": lambda values: gettext("Give a number from 1 to %(most)s.", most=values["most"]),
    "too-few": lambda values: gettext(
        "Give %(least)s or more: each module has a question on safety that is always asked.",
        least=values["least"]),
    "extra-time": lambda values: gettext("Give a percentage from 0 to %(most)s.",
                                         most=values["most"]),
    "points": lambda _: gettext("Give each criterion its points."),
    "no-criterion": lambda _: gettext("Choose the criteria that are met, or say that none is."),
    "apart": lambda values: gettext("Give a number of points from 0 to %(most)s.",
                                    most=values["most"]),
    "minutes": lambda values: gettext("Give minutes from 0 to %(most)s.", most=values["most"]),
    "choices": lambda values: gettext("Give %(least)s to %(most)s choices.",
                                      least=values["least"], most=values["most"]),
    "too-many-steps": lambda values: ngettext(
        "A plan has %(num)s step at most. Take something out first.",
        "A plan has %(num)s steps at most. Take something out first.", int(values["most"])),
    "too-many-rows": lambda values: ngettext(
        "These are too many rows: bring in %(num)s at a time.",
        "These are too many rows: bring in %(num)s at a time.", int(values["most"])),
    "columns": lambda _: gettext("Say which column holds the name and which one the service "
                                 "number, each of them once."),
    "no-table": lambda _: gettext("This could not be read as a table. Save it as CSV, or copy the "
                                  "cells and paste them here."),
    "language": lambda _: gettext("The course does not speak this language. Leave the cell empty, "
                                  "or write a language that it speaks."),
    "stand-in": lambda _: gettext("This question cannot be asked here: it is changed itself, or "
                                  "stands in for another. Choose another one."),
    "nothing-left": lambda _: gettext("One question at least has to be left for the test."),
    "not-correctable": lambda _: gettext("This cannot be corrected on a record. Change it where "
                                         "it was earned, and issue a new one."),
}

EXAM_STATES: Mapping[str, Words] = {
    "prepared": lambda _: gettext("The examination is not open yet."),
    "open": lambda _: gettext("The examination is open already. Load the page again."),
    "paused": lambda _: gettext("The examination is paused already. Load the page again."),
    "closed": lambda _: gettext("The examination is closed."),
    "released": lambda _: gettext("The results of this examination are released: it is over."),
    "withdrawn": lambda _: gettext("This examination was withdrawn."),
}

EXAM_OVER: Mapping[str, Words] = {
    "self": lambda _: gettext("You have handed in. This answer came after that and was not taken."),
    "time": lambda _: gettext("Your time was over before this answer came, so it was not taken. "
                              "What you saved before was handed in."),
    "closing": lambda _: gettext("The examination was closed before this answer came, so it was "
                                 "not taken. What you saved before was handed in."),
    "paper": lambda _: gettext("You sat this examination on paper. No answer is taken on screen."),
}

RESPONSE_REASONS: Mapping[str, Words] = {
    "empty": lambda _: gettext("Give an answer first, then save it."),
    "unknown-choice": lambda _: gettext("That choice is not offered here. Choose again."),
    "one-only": lambda _: gettext("Choose one answer only."),
    "tie": lambda _: gettext("As many hands are for more than one. Say which the room takes."),
    "place-twice": lambda _: gettext("Two lines have the same place. Give each its own."),
    "no-number": lambda _: gettext("Write a number, for example 42 or 3.5."),
    "letter": lambda values: gettext("Use the letters A to %(last)s.", last=values["last"]),
    "all-letters": lambda values: gettext(
        "Give all %(n)s letters in their order, each once, or nothing.", n=values["count"]),
    "a-letter-each": lambda values: gettext(
        "Give %(n)s letters, one for each line, or nothing.", n=values["count"]),
    "too-long": FIELD_REASONS["too-long"],
    "control-characters": FIELD_REASONS["control-characters"],
}

TITLES: Mapping[int, Callable[[], str]] = {
    400: lambda: gettext("This could not be read"),
    401: lambda: gettext("Sign in first"),
    403: lambda: gettext("Not allowed"),
    404: lambda: gettext("Nothing here"),
    405: lambda: gettext("Not at this address"),
    409: lambda: gettext("This is already settled"),
    413: lambda: gettext("Too large"),
    422: lambda: gettext("This could not be used"),
    429: lambda: gettext("Please wait"),
    500: lambda: gettext("Something went wrong"),
    503: lambda: gettext("In use"),
    507: lambda: gettext("Not saved"),
}


def N_(text: str) -> str:
    """Marks a text for the catalogues; it is translated where it is used."""
    return text


BOX_WORDS: Mapping[str, str] = {
    "law": N_("Law"),
    "practice": N_("In practice"),
    "warning": N_("Warning"),
    "remember": N_("Remember"),
    "discuss": N_("Discuss"),
    "national": N_("Our law"),
    "not-filled": N_("Ask your trainer: not yet filled."),
    "from-annex": N_("From the national annex."),
    "figure": N_("Figure"),
    "table": N_("Table"),
    "local-cases": N_("Cases of our own"),
}


def refusal(code: str, values: Mapping[str, Any]) -> str:
    """The sentence for an error's code; it says what to do, not only what is wrong."""
    return REFUSALS.get(code, REFUSALS["refused"])(values)


def sentence(error: CourseError) -> str:
    """What an error says to the person who met it."""
    if isinstance(error, BadField):
        return FIELD_REASONS[error.reason](error.values)
    if isinstance(error, BadResponse):
        return RESPONSE_REASONS[str(error.values["reason"])](error.values)
    return refusal(error.code, error.values)


@cache
def catalogue(translations: Path, locale: str) -> NullTranslations:
    """The interface's words in one language, read once."""
    return Translations.load(translations, [locale])


def box_words(translations: Path) -> Callable[[str, str], str]:
    """Gives the content layer its words in the language of a lesson, which need not be the page's.

    Works in any thread: lessons are also rendered where no request is, for the search.
    """
    def word(key: str, locale: str) -> str:
        return catalogue(translations, locale).gettext(BOX_WORDS[key]) if key in BOX_WORDS else ""

    return word


def speed_up(app: Flask, translations: Path, locale: Callable[[], str]) -> None:
    """Let templates find their words at once.

    Flask-Babel asks for its context anew at each of a page's eighty words, which was a fifth
    of the time of a page.
    """
    def words() -> NullTranslations:
        return catalogue(translations, locale())

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: words().gettext(text),
        ngettext=lambda one, many, count: words().ngettext(one, many, count), newstyle=True)


@contextmanager
def speaking() -> Iterator[None]:
    """The language of this computer, for words on the command line."""
    from ..content.source import Roots

    app = Flask("course")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(Roots.find(None, None).translations)
    Babel(app, locale_selector=_system_language)
    with app.test_request_context(base_url="http://localhost"):
        yield


def _system_language() -> str:
    known = (system.getlocale()[0] or "en").partition("_")[0]
    has_catalogue = Path(__file__).parents[2] / "translations" / known
    return known if has_catalogue.is_dir() else "en"
