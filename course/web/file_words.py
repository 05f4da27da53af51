"""Why a file could not be taken or written, in words: by the reasons that the errors carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

Words = Callable[[Mapping[str, Any]], str]
"""Puts an error's values into a sentence."""

LIST_REASONS: Mapping[str, Words] = {
    "not-a-list": lambda _: gettext("This file is no revocation list, or it is damaged."),
    "unknown-key": lambda _: gettext("This revocation list is signed by a key that is not trusted "
                                     "here. Import the academy's public key first."),
    "signature": lambda _: gettext("This revocation list was changed after it was signed. Ask "
                                   "the academy for a new copy."),
}

BUNDLE_REASONS: Mapping[str, Words] = {
    "not-a-bundle": lambda values: gettext(
        "%(file)s is no file of statements of this course.", **values),
    "version": lambda values: gettext(
        "%(file)s was written by a later version of the course. Bring this one up to date first.",
        **values),
    "damaged": lambda values: gettext(
        "%(file)s was changed or damaged in line %(line)s, so nothing of it was taken. Copy it "
        "again from the laptop that wrote it.", **values),
    "order": lambda values: gettext(
        "In %(file)s lines are missing or too many before line %(line)s, so nothing of it was "
        "taken. Copy it again from the laptop that wrote it.", **values),
    "twice": lambda values: gettext(
        "Line %(line)s of %(file)s has the number of an earlier line, so nothing of it was taken. "
        "Export it again on the laptop that wrote it.", **values),
    "cut": lambda values: gettext(
        "%(file)s ends too early, at line %(line)s, so nothing of it was taken. Copy it again "
        "from the laptop that wrote it.", **values),
    "sum": lambda values: gettext(
        "The sum in the last line of %(file)s (line %(line)s) does not fit its lines: it was "
        "changed, so nothing of it was taken.", **values),
    "too-large": lambda values: gettext(
        "%(file)s is too large at line %(line)s, so nothing of it was taken.", **values),
    "sealed": lambda values: gettext("%(file)s is encrypted. Give its passphrase.", **values),
    "passphrase": lambda values: gettext(
        "This passphrase does not open %(file)s. Type it again.", **values),
    "unreadable": lambda values: gettext("%(file)s could not be read.", **values),
}

KIT_REASONS: Mapping[str, Words] = {
    "no-course": lambda values: gettext(
        "The files of the course are not all here (%(detail)s). Install it again, or start from "
        "its folder.", **values),
    "no-pip": lambda values: gettext(
        "This Python has no pip: %(detail)s. Use one that has.", **values),
    "build": lambda values: gettext("The course could not be packed: %(detail)s", **values),
    "download": lambda values: gettext(
        "The packages could not be fetched. Check the internet connection and try again. "
        "%(detail)s", **values),
    "no-wheels": lambda _: gettext("No system and no Python has all the packages that the course "
                                   "needs."),
    "not-written": lambda values: gettext(
        "%(folder)s could not be written (%(detail)s). Is there room on it, and is it not "
        "protected?", **values),
    "damaged": lambda values: gettext(
        "%(detail)s came out differently on %(folder)s. Fill it again, or use another stick.",
        **values),
}
