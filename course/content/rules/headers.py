"""H: the keys of a file's header and their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...core.activity import PLAYED, TESTS
from ...core.interview import ROLES
from ..blocks import ID
from ..header import decimal, months, percent, whole
from ..problem import nearest
from .material import Material, is_translation
from .rule import Spots, at, reported, rule

CASES = ("reading", *PLAYED)
"""Kinds of case study."""

REQUIREMENTS = ("every module", "every case", "final")

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")


def _any(text: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the shape of its value, and how to tell a good one.

    `like` is an example of a good value, for the message.
    """

    shape: str = "text"
    good: Callable[[str], object] = _any
    like: str = ""


def _about(**keys: Key) -> Mapping[str, Key]:
    both = {"title": Key(), "language": Key(good=_LANGUAGE.fullmatch, like="en")}
    return {**both, **keys}


def _positive(text: str) -> bool:
    return bool(whole(text))


_MINUTES = Key(good=_positive, like="45")
_PASS = Key(good=lambda text: percent(text) is not None, like="80%")

KEYS: Mapping[str, Mapping[str, Key]] = {
    "manual": _about(
        edition=Key(), hours=Key(good=decimal, like="10"), requires=Key("list"),
        valid=Key(good=months, like="36 months"), **{"pass": _PASS}),
    "module": _about(
        kind=Key(good=CASES.__contains__, like=" | ".join(CASES)), minutes=_MINUTES,
        objectives=Key("mapping"), quiz=Key(good=re.compile(ID).fullmatch, like="elements"),
        sources=Key("list")),
    "instrument": _about(short=Key(), adopted=Key(), in_force=Key(), source=Key()),
    "page": _about(),
    "country": _about(),
    "quiz": _about(
        draw=Key(good=_positive, like="10"), minutes=_MINUTES,
        kind=Key(good=TESTS.__contains__, like=" | ".join(TESTS)),
        attempts=Key(good=_positive, like="1"), **{"pass": _PASS}),
}
"""The keys that have a meaning, by the kind of file."""

_STORY = {"variables": Key("mapping"), "limits": Key("mapping"),
          "instead": Key(good=re.compile(ID).fullmatch, like="written"), "pass": _PASS}

PLAYED_KEYS: Mapping[str, Mapping[str, Key]] = {
    "scenario": {**_STORY, "shown": Key("mapping")},
    "interview": {**_STORY, "person": Key(),
                  "role": Key(good=ROLES.__contains__, like=" | ".join(ROLES))},
    "evidence": {"pass": _PASS},
    "sort": {"pass": _PASS, "draw": Key(good=_positive, like="12")},
}
"""What the kinds of case that are played have besides."""

TRANSLATED: Mapping[str, Key] = {"source": Key("mapping"), "status": Key()}
"""What a translation has besides."""


def keys_of(course: Material, name: str) -> Mapping[str, Key]:
    """The keys that a file may have."""
    keys = KEYS[course.kind_of(name)]
    case = course.case_kind(name)
    if case in PLAYED_KEYS:
        keys = {**{key: one for key, one in keys.items() if key != "quiz"}, **PLAYED_KEYS[case]}
    return {**keys, **TRANSLATED} if is_translation(name) else keys


SHAPES = {"text": "…", "list": "[…, …]", "mapping": "{name: …, name: …}"}
"""Examples of the shapes, for the message."""


@rule("H01", "error")
def unknown_key(course: Material) -> Spots:
    """A key of the header means nothing, so what it says has no effect.

    It is mostly a slip of the pen; the message names the nearest key there is.
    """
    for name, header in course.headers():
        known = keys_of(course, name)
        for key in header.values.keys() - known.keys():
            yield at(name, header.line(key), key=key, nearest=nearest(key, known))


@rule("H02", "error")
def key_twice(course: Material) -> Spots:
    """A key stands twice in one header; only the first counts.

    Delete the one that you do not mean.
    """
    return reported(course, "header-twice")


@rule("H03", "error")
def not_a_header(course: Material) -> Spots:
    """A header, or a part of it, is nested deeper than any key of this course.

    A value is a text, a list of texts, or a list of names each with its text.
    """
    return reported(course, "header-shape")


@rule("H04", "error")
def no_title(course: Material) -> Spots:
    """A file has no title.

    Write `title: …` in its header. It is what contents, search and windows show.
    """
    for name, header in course.headers():
        if not header.text("title"):
            yield at(name, header.line("title"))


@rule("H05", "error")
def wrong_value(course: Material) -> Spots:
    """A key has a value that cannot be understood, and its default is used instead.

    `minutes: 45`, `pass: 80%`, `valid: 36 months`, `draw: 10`: a number, and a unit where
    the example has one.
    """
    for name, header in course.headers():
        known = keys_of(course, name)
        for key, value in header.values.items():
            if key in known and isinstance(value, str) and not known[key].good(value):
                yield at(name, header.line(key), key=key, value=value, like=known[key].like)


@rule("H06", "error")
def wrong_shape(course: Material) -> Spots:
    """A key has a list where a text belongs, or a text where names with texts belong.

    `objectives:` is followed by one line each, indented: a name, a colon, the objective.
    `sources:` and `requires:` are lists.
    """
    for name, header in course.headers():
        known = keys_of(course, name)
        for key, value in header.values.items():
            if key in known and not _has_shape(value, known[key].shape):
                yield at(name, header.line(key), key=key, like=SHAPES[known[key].shape])


def _has_shape(value: object, shape: str) -> bool:
    if shape == "text":
        return isinstance(value, str)
    if shape == "mapping":
        return isinstance(value, Mapping)
    return isinstance(value, str | tuple)


@rule("H07", "warning")
def wants_quotes(course: Material) -> Spots:
    """A text looks like a number, a date or a yes to YAML, and other programs will change it.

    `edition: 2026.10` becomes 2026.1 in them. Put it in quotes: `edition: "2026.10"`.
    """
    for name, header in course.headers():
        known = keys_of(course, name)
        for key in sorted(header.retyped & known.keys()):
            if known[key].shape == "text" and known[key].good is _any:
                yield at(name, header.line(key), key=key, value=header.text(key))


@rule("H08", "error")
def unknown_requirement(course: Material) -> Spots:
    """A manual requires something that the course does not know.

    `requires:` takes `every module`, `every case` and `final`.
    """
    for name, index in course.indexes.items():
        for one in index.header.items("requires"):
            if one not in REQUIREMENTS:
                yield at(name, index.header.line("requires"), value=one,
                         nearest=nearest(one, REQUIREMENTS))


@rule("H09", "error")
def objective_without_name(course: Material) -> Spots:
    """An objective's name is not made of small letters, digits and hyphens, or has no text.

    Questions point at an objective by its name: `child: Apply the child rule …`.
    """
    for name, lesson in course.lessons.items():
        for key, text in lesson.header.mapping("objectives").items():
            if not re.fullmatch(ID, key) or not text:
                yield at(name, lesson.header.line(f"objectives.{key}"), key=key)
