"""The check: all that is wrong in the authors' files, as values, sorted by file and line."""

from __future__ import annotations

from .problem import Problem
from .rules import (
    cases,
    evidence,
    files,
    glossary,
    headers,
    links,
    modules,
    national,
    pictures,
    pools,
    questions,
    stories,
    translations,
    ways,
    writing,
)
from .rules.material import Material
from .rules.rule import Rule
from .shelf import Shelf
from .source import Files, Roots

_SUBJECTS = (files, headers, modules, cases, stories, ways, evidence, questions, pools, links,
             glossary, pictures, translations, national, writing)

RULES: tuple[Rule, ...] = tuple(
    rule for subject in _SUBJECTS for rule in vars(subject).values() if isinstance(rule, Rule))
"""Every rule, in the order of the authors' manual."""


def check_all(roots: Roots) -> list[Problem]:
    """What is wrong in the files under the roots."""
    return check(Shelf(Files(roots)))


def check(shelf: Shelf) -> list[Problem]:
    """What is wrong in files that are perhaps already read."""
    course = Material(shelf)
    return sorted(problem for rule in RULES for problem in rule(course))


def codes_as_text() -> str:
    """What each code means: the authors' manual of the check, as Markdown."""
    parts = []
    for subject in _SUBJECTS:
        own = [rule for rule in vars(subject).values() if isinstance(rule, Rule)]
        letter, about = (subject.__doc__ or "").strip().split(": ", 1)
        parts.append(f"## {letter}: {about}")
        parts += [f"**{rule.code}** ({rule.severity}) {rule.entry}" for rule in own]
    return "\n\n".join(parts)
