"""Problems of the check put into words, for the trainer's page and the command line."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext

from ..content.problem import Problem


def as_sentence(problem: Problem) -> str:
    """What is wrong and what to do, in the reader's language."""
    from ..content.messages import MESSAGES

    return gettext(MESSAGES[problem.code], **problem.values)


def worth_telling(problems: Iterable[Problem]) -> list[tuple[Problem, str]]:
    """The problems a trainer should see, with their sentences: notes are the authors' own."""
    return [(one, as_sentence(one)) for one in problems if one.severity != "note"]


def as_line(problem: Problem) -> str:
    """`file:line: CODE message`, as editors understand it."""
    return f"{problem.file}:{problem.line}: {problem.code} {as_sentence(problem)}"
