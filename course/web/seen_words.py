"""Results in words: states, reasons to speak with a learner, what to do about a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape

from flask_babel import gettext
from markupsafe import Markup

from ..core import analysis
from ..core.analysis import Finding, Item
from ..core.stuck import DAYS_OPEN, DAYS_QUIET, Stuck
from ..core.studied import NOT_STARTED, PASSED, READING, RETAKE

Word = Callable[[], str]

STATES: Mapping[str, Word] = {
    PASSED: lambda: gettext("passed"),
    READING: lambda: gettext("reading"),
    RETAKE: lambda: gettext("to be retaken"),
    NOT_STARTED: lambda: gettext("not started"),
}

LONGEST = 90
"""Letters of a question or a choice in a table."""


def states() -> dict[str, str]:
    return {key: word() for key, word in STATES.items()}


def plain(html: str, most: int = LONGEST) -> str:
    """The words of a piece of HTML in one line, cut at a word where they are too many."""
    text = " ".join(str(Markup(html).striptags()).split())
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


# Stuck -----------------------------------------------------------------------------------

REASONS: Mapping[str, Callable[[Stuck], str]] = {
    "failed-twice": lambda one: gettext("Failed this test %(n)s times and has not passed it",
                                        n=one.count),
    "left-open": lambda _: gettext("A test is begun and not handed in, for %(n)s days or more",
                                   n=DAYS_OPEN),
    "wrong-in-place": lambda _: gettext(
        "A question in the text was answered wrong, and nothing was kept since"),
    "quiet": lambda _: gettext("Nothing was kept for %(n)s days or more", n=DAYS_QUIET),
    "not-begun": lambda _: gettext("Not begun"),
}
STEPS: Mapping[str, Word] = {
    "failed-twice": lambda: gettext("Go through the sections of the questions that were wrong "
                                    "before the test is taken again."),
    "left-open": lambda: gettext("Ask what the test is waiting for. It opens where it was left."),
    "wrong-in-place": lambda: gettext("Ask for the reasoning at this question and read the "
                                      "feedback together."),
    "quiet": lambda: gettext("Find out whether the learner is well and can come."),
    "not-begun": lambda: gettext("See that the learner can sign in."),
}


# Questions -------------------------------------------------------------------------------

VERDICTS: Mapping[str, Word] = {
    "too-few": lambda: gettext("Too few answers to say"),
    "untaught": lambda: gettext("Asked before the course: nothing to do"),
    "keep": lambda: gettext("Keep"),
    "key": lambda: gettext("Check the key"),
    "negative": lambda: gettext("Check the question: it works the wrong way round"),
    "hard": lambda: gettext("Check whether it is too hard"),
    "better-take": lambda: gettext("Check a wrong choice"),
    "weak": lambda: gettext("Tells learners little apart"),
    "teach": lambda: gettext("Teach it again"),
    "easy": lambda: gettext("Too easy to tell learners apart"),
    "dead": lambda: gettext("Replace a choice that nobody takes"),
}
WHY: Mapping[str, Callable[[Finding], str]] = {
    "too-few": lambda _: gettext(
        "Below %(n)s answers, the share that is right may be off by thirty points by chance.",
        n=analysis.FEWEST),
    "untaught": lambda _: gettext(
        "Before the course most answers are guesses and say nothing of the question."),
    "keep": lambda _: gettext("Nothing in these answers speaks against the question."),
    "key": lambda one: gettext(
        "Learners who do well otherwise choose “%(choice)s” rather than the key. Either the key is "
        "wrong or the wording can be read in two ways.", choice=_choice(one)),
    "negative": lambda _: gettext(
        "Learners who do well otherwise have it wrong more often than the others. Look for a "
        "wrong key or a trap in the wording."),
    "hard": lambda _: gettext(
        "Fewer than %(percent)s %% of the score was earned, hardly more than guessing earns. Look "
        "whether the text teaches it; if it does, teach it again.",
        percent=round(analysis.HARD * 100)),
    "better-take": lambda one: gettext(
        "“%(choice)s” is taken more by learners who do well otherwise. It may be right in some "
        "reading, or its wording may ask for more than the text gives.", choice=_choice(one)),
    "weak": lambda _: gettext(
        "Learners who do well otherwise hardly do better here. Make the choices differ in the "
        "point that is taught, or accept that it only repeats."),
    "teach": lambda _: gettext(
        "Fewer than %(percent)s %% of the score was earned, and the question does its work: the "
        "class has not got this yet.", percent=round(analysis.LOW * 100)),
    "easy": lambda _: gettext(
        "%(percent)s %% or more of the score was earned. Good as a start; as a test it says "
        "nothing.", percent=round(analysis.EASY * 100)),
    "dead": lambda one: gettext(
        "Nobody took “%(choice)s”. Put something in its place that a learner may really think.",
        choice=_choice(one)),
}


def _choice(one: Finding) -> str:
    return plain(one.choice.text).strip("\"“”") if one.choice else ""


def verdict(one: Finding) -> str:
    return VERDICTS[one.code]()


def reason(one: Finding) -> str:
    return WHY[one.code](one)


def went_wrong(item: Item) -> str:
    """The wrong choice that most took, with how many; nothing where nobody took one."""
    worst = item.worst
    if worst is None:
        return ""
    choice = plain(worst.choice.text, 60).strip("\"“”")
    return gettext("“%(choice)s”: %(n)s", choice=choice, n=worst.count)


def formulas() -> dict[str, str]:
    """How each figure of the analysis is worked out, and where it comes from."""
    return {
        "n": gettext("Each learner's first answer to this question counts, in a test that was "
                     "handed in or, where the text asks it, in the text."),
        "p": gettext("The mean score, in per cent: for a question that is right or wrong, the "
                     "share that had it right (Crocker and Algina 1986)."),
        "r": gettext("The correlation between the score here and the share right of the other "
                     "questions of the same sitting, from −1 to 1; point-biserial where the score "
                     "is 0 or 1 (corrected item–total correlation, Henrysson 1963)."),
        "d": gettext("Among the 27 per cent who did best on those other questions, the mean score, "
                     "less that among the 27 per cent who did worst (Kelley 1939). From 0.40 very "
                     "good, from 0.30 good, from 0.20 marginal, below 0.20 poor (Ebel and Frisbie "
                     "1991)."),
        "few": gettext("Below %(n)s answers nothing is said of a question; below %(m)s nothing of "
                       "how it tells learners apart, since by chance alone r may be off by a half.",
                       n=analysis.FEWEST, m=analysis.FEWEST_TO_TELL),
    }


_LINK = re.compile(r'<a href="([^"]+)"[^>]*>(.*?)</a>')


def section_of(feedback: str) -> tuple[str, str]:
    """Where the feedback of a choice sends the reader: the address and the words of its link."""
    found = _LINK.search(feedback)
    return (unescape(found[1]), plain(found[2])) if found else ("", "")
