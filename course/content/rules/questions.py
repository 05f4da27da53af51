"""Q: questions as they are written: what keeps one from being asked."""

from __future__ import annotations

from .material import Material
from .rule import Spots, reported, rule


@rule("Q01", "error")
def no_id(course: Material) -> Spots:
    """A question has no id, so it is not asked.

    Write it at the end of the heading, `{#girl-of-sixteen objective=child}`, and never
    change it: what learners answered is kept under it.
    """
    return reported(course, "question-no-id")


@rule("Q02", "error")
def id_twice(course: Material) -> Spots:
    """Two questions of a pool have the same id; the second is not asked.

    Give the newer one its own.
    """
    return reported(course, "question-twice")


@rule("Q03", "error")
def unknown_word(course: Material) -> Spots:
    """A word in the braces of a question's heading means nothing.

    There are `#id`, `objective=name` and `critical`.
    """
    return reported(course, "question-word")


@rule("Q04", "warning")
def outside_a_question(course: Material) -> Spots:
    """A text stands before the first question and is shown to nobody.

    Put it below a heading that begins with `###`.
    """
    return reported(course, "outside-question")


@rule("Q05", "error")
def no_answer(course: Material) -> Spots:
    """A question offers nothing to answer, so it is not asked.

    Write choices (`- ( )`, `- [ ]`), steps (`1.`), pairs (`- left => right`), an accepted
    answer (`= 42`) or `____` with `rubric:` lines below the question.
    """
    return reported(course, "question-no-answer")


@rule("Q06", "error")
def mixed(course: Material) -> Spots:
    """A question offers answers of two kinds, so it is not asked.

    Use `- ( )` in all choices, or `- [ ]` in all of them.
    """
    return reported(course, "question-mixed")


@rule("Q07", "error")
def stray_line(course: Material) -> Spots:
    """A line among the answers is neither an answer nor feedback, and is not shown.

    Feedback stands below its choice and begins with two spaces and `>`; the explanation
    begins with `>` at the margin, after an empty line.
    """
    return reported(course, "question-line")


@rule("Q08", "error")
def no_prompt(course: Material) -> Spots:
    """A question's heading asks nothing, so it is not asked.

    The heading is the question; the scene stands below it.
    """
    return reported(course, "question-no-prompt")


@rule("Q09", "error")
def empty_choice(course: Material) -> Spots:
    """A choice has no text, so its question is not asked.

    Write the text behind the mark, or delete the line.
    """
    return reported(course, "choice-empty")


@rule("Q10", "error")
def same_choice(course: Material) -> Spots:
    """Two choices of a question are the same, so it is not asked.

    Change one of them; in a match the left sides must differ.
    """
    return reported(course, "choice-twice")


@rule("Q11", "error")
def one_choice(course: Material) -> Spots:
    """A question offers one thing only, so it is not asked.

    Offer at least two.
    """
    return reported(course, "too-few-choices")


@rule("Q12", "error")
def not_one_right(course: Material) -> Spots:
    """A choose-one question has no right choice or several, so it is not asked.

    Mark exactly one with `(x)`; where several are right, write `[x]` in all choices.
    """
    return reported(course, "not-one-right")


@rule("Q13", "error")
def none_right(course: Material) -> Spots:
    """A choose-all question has no right choice, so it is not asked.

    Mark each right one with `[x]`.
    """
    return reported(course, "none-right")


@rule("Q14", "error")
def bad_number(course: Material) -> Spots:
    """A number has bounds that no answer can meet, so the question is not asked.

    The smaller one comes first: `= 40..60`.
    """
    return reported(course, "number-bounds")


@rule("Q15", "error")
def two_numbers(course: Material) -> Spots:
    """A question for a number has several `=` lines, so it is not asked.

    Write one line, with bounds where more than one number is right.
    """
    return reported(course, "number-twice")


@rule("Q16", "error")
def no_rubric(course: Material) -> Spots:
    """A free text has no rubric, so nobody could mark it and it is not asked.

    Below `____` write a line for each thing to look for: `rubric: 2 Names the act`.
    """
    return reported(course, "no-rubric")
