"""A question as a page shows it: open, refused, or marked. Nothing of the key before that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from markupsafe import escape

from ..core.activity import Language, Quiz
from ..core.errors import CourseError
from ..core.grading import Graded
from ..core.questions import Choice, Mark, Match, Question
from ..core.scoring import Answer, shuffled
from . import context
from .words import sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """One question on a page."""

    question: Question
    choices: list[Choice]
    """In the order shown; a match's left sides."""
    rights: list[Choice]
    """A match's right sides in the order shown."""
    action: str
    anchor: str
    n: int = 0
    of: int = 0
    """Which of how many; 0 where the page says it above."""
    answer: Answer | None = None
    mark: Mark | None = None
    similar_url: str = ""
    next_url: str = ""
    last: bool = False
    """Whether `next_url` leads to the end of the quiz."""
    error: str = ""
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What was sent when it could not be taken, to be shown again."""
    flagged: bool = False
    language: Language = field(default_factory=Language)
    withheld: bool = False
    """Whether the test does not show yet what is right."""
    saved: str = ""
    """When what is `given` was kept, where it may still be changed."""
    graded: Graded | None = None
    """The marks of a text that a person has to mark."""

    @property
    def own(self) -> list[str]:
        """The learner's own answer in the question's words (HTML), a line for each part."""
        if self.answer is None:
            return []
        texts = {one.id: one.text for one in (*self.choices, *self.rights)}
        given = self.answer.response
        match self.question.kind:
            case "one":
                return [texts.get(given, "")]
            case "all" | "order":
                return [texts.get(one, "") for one in given]
            case "match":
                return [f"{texts.get(left, '')}: {texts.get(right, '')}"
                        for left, right in given.items()]
            case _:
                return [str(escape(given))]

    @property
    def myths(self) -> dict[str, str]:
        """The thoughts behind the wrong choices that were picked, in the learner's own words."""
        ids = self.mark.chosen if self.mark else ()
        return {one.myth: context.library().misconception(one.myth, context.locale())
                for one in self.question.choices if one.id in ids and one.myth}


def asked(quiz: Quiz, question: Question, seed: str, answer: Answer | None, **rest: Any) -> Asked:
    """Prepare a question for a page, its choices in the order that the seed gives."""
    choices = list(question.choices)
    if question.kind in {"one", "all", "order"}:
        choices = shuffled(choices, seed)
    rights = shuffled(question.rights, seed) if isinstance(question, Match) else []
    mark = question.mark(answer.response) if answer else None
    rest.setdefault("anchor", f"check-{question.id}")
    return Asked(question, choices, rights, answer=answer, mark=mark, language=quiz.language,
                 **rest)


def sent_response() -> dict[str, list[str]]:
    """The response fields of the form that was sent, as `Question.read` takes them."""
    return {name: values for name, values in request.form.lists()
            if name == "r" or name[:2] == "r."}


def refused(error: CourseError) -> dict[str, Any]:
    """What the page says and shows again when a response could not be taken."""
    return {"error": sentence(error), "given": sent_response()}


def as_sent(question: Question, response: Any) -> dict[str, list[str]]:
    """The fields of a form that hold a response, so that it can be changed."""
    match question.kind:
        case "all":
            return {"r": list(response)}
        case "order":
            return {f"r.{one}": [str(place)] for place, one in enumerate(response, start=1)}
        case "match":
            return {f"r.{left}": [right] for left, right in response.items()}
        case _:
            return {"r": [str(response)]}
