"""An examination on paper: its two variants, and an answer sheet as it is keyed in.

Both variants ask the questions that were drawn once, in another order, with their choices in
another order. On the sheet a learner marks letters: one for one choice, several for all that
apply, all of them in their order, or one for each line to be matched. Numbers and words are
written out. What is keyed in is the same: letters or words, in one field for each question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import Any

from .activity import Quiz
from .candidate import Candidate
from .errors import BadResponse, ExamSat
from .exam import Exam, attempt_id
from .people import Person
from .questions import Choice, Match, Question
from .scoring import answered, shuffle_key, shuffled
from .statement import Draft, value_at

VARIANTS = ("A", "B")
FIRST, SECOND = "1", "2"
LETTERS = 6
"""Boxes for each question on a sheet, unless it offers more."""

LETTERED = ("one", "all", "order", "match")


@dataclass(frozen=True, slots=True)
class OnPaper:
    """One question of a variant."""

    n: int
    question: Question
    choices: Sequence[Choice]
    """In the order of the variant, lettered from A; for a match its numbered lines."""
    rights: Sequence[Choice]
    """Of a match: what is lettered."""

    @property
    def lettered(self) -> Sequence[Choice]:
        return self.rights if isinstance(self.question, Match) else self.choices

    def letters_of(self, response: Any) -> str:
        """A response as it is written on a sheet."""
        if self.question.kind not in LETTERED:
            return str(response)
        letter = {one.id: ascii_uppercase[place] for place, one in enumerate(self.lettered)}
        match self.question.kind:
            case "one":
                return letter.get(response, "")
            case "all":
                return "".join(sorted(letter[one] for one in response))
            case "order":
                return "".join(letter[one] for one in response)
            case _:
                return "".join(letter[response[one.id]] for one in self.choices)

    @property
    def key(self) -> str:
        """The right answer as it is written on a sheet."""
        right = self.question.key()
        return "" if right is None else self.letters_of(right)

    def read(self, typed: str) -> Any:
        """The response that was keyed in; None for none. Raises BadResponse."""
        if not typed.strip(" -–"):
            return None
        if self.question.kind not in LETTERED:
            return self.question.read({"r": [typed]})
        return self.question.read(self._form(typed))

    def _form(self, typed: str) -> dict[str, list[str]]:
        """Letters as the fields that a browser would send."""
        letters = re.sub(r"[\s,;.>-]", "", typed).upper()
        ids = [self._id(letter) for letter in letters]
        match self.question.kind:
            case "one" | "all":
                return {"r": ids}
            case "order":
                if len(set(ids)) != len(self.choices) or len(ids) != len(self.choices):
                    raise BadResponse(reason="all-letters", count=len(self.choices))
                return {f"r.{one}": [str(place)] for place, one in enumerate(ids, start=1)}
            case _:
                if len(ids) != len(self.choices):
                    raise BadResponse(reason="a-letter-each", count=len(self.choices))
                return {f"r.{left.id}": [right]
                        for left, right in zip(self.choices, ids, strict=True)}

    def _id(self, letter: str) -> str:
        place = ascii_uppercase.find(letter)
        if not 0 <= place < len(self.lettered):
            raise BadResponse(reason="letter", last=ascii_uppercase[len(self.lettered) - 1])
        return self.lettered[place].id


def seed_of(exam: Exam, variant: str) -> str:
    """By this the choices of a variant are shuffled, on paper and when they are shown later."""
    return f"{exam.seed}{variant}"


def order_of(exam: Exam, variant: str) -> list[str]:
    """The questions in the order of a variant: A as they were drawn, B shuffled."""
    if variant == VARIANTS[0]:
        return list(exam.questions)
    return sorted(exam.questions, key=lambda one: shuffle_key(seed_of(exam, variant), one))


def variant_of(exam: Exam, quiz: Quiz, variant: str) -> list[OnPaper]:
    """A variant, without questions that have left the course."""
    seed = seed_of(exam, variant)
    found = []
    for n, name in enumerate(order_of(exam, variant), start=1):
        question = quiz.question(name)
        if question is None:
            continue
        choices: Sequence[Choice] = question.choices
        if question.kind in {"one", "all", "order"}:
            choices = shuffled(question.choices, seed)
        rights = shuffled(question.rights, seed) if isinstance(question, Match) else ()
        found.append(OnPaper(n, question, choices, rights))
    return found


# Keying in -------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer sheet as one pass has keyed it in."""

    variant: str
    answers: Mapping[str, str]
    """What was typed, by question; empty for none."""
    by: str = ""
    time: str = ""


def sheet(exam: Exam, person_id: str, which: str) -> Sheet | None:
    """What a pass has keyed in for a learner."""
    kept = value_at(exam.document, "sheets", person_id, which)
    return Sheet(**kept) if kept else None


def keyed(exam: Exam, person: Person, which: str, kept: Sheet, by: Person) -> Draft:
    """Keep a pass over a sheet; for the examination's record."""
    return Draft("keyed-sheet", person.id, {
        "pass": which, "sheet": {"variant": kept.variant, "answers": dict(kept.answers)}},
        actor=by.id)


def differences(first: Sheet, second: Sheet) -> list[str]:
    """The questions that two passes have differently, spaces and case aside."""
    return [one for one in first.answers
            if _plain(first.answers[one]) != _plain(second.answers.get(one, ""))]


def _plain(typed: str) -> str:
    return re.sub(r"[\s,;>–-]", "", typed).casefold()


def attempt_of(place: Candidate, quiz: Quiz, kept: Sheet, by: Person) -> list[Draft]:
    """The statements that make a settled sheet the learner's attempt, marked like any other.

    Raises BadResponse, and ExamSat for who has begun on screen.
    """
    if place.attempt is not None:
        raise ExamSat
    exam, person = place.exam, place.person
    own, questions = attempt_id(exam.id, person.id), order_of(exam, kept.variant)
    begun = Draft("initialized", f"attempt:{own}", {
        "quiz": quiz.id, "digest": quiz.digest, "questions": questions,
        "seed": seed_of(exam, kept.variant), "exam": exam.id, "begun": 0,
        "paper": kept.variant}, actor=by.id)
    where = {"attempt": own, "in": "exam", "revises": True, "paper": kept.variant}
    given = [replace(answered(quiz.id, one.question, response, where), actor=by.id)
             for one in variant_of(exam, quiz, kept.variant)
             if (response := one.read(kept.answers.get(one.question.id, ""))) is not None]
    handed = Draft("handed-in", f"attempt:{own}",
                   {"how": "paper", "open": exam.reading, "used": 0}, actor=by.id)
    return [begun, *given, handed]
