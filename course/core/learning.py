"""What a learner has done: the statements that say it, folded into the learner's document.

The document of `learner:<id>`:

    at          [place, counter, device]            where they were last: a section or an attempt
    read        {module: {section: time}}
    checks      {question key: [{response, score, time}, counter, device]}
    attempts    {id: {quiz, questions, seed, started, answers, flags} or {quiz, summary, …}};
                a try at a case is one too: its summary keeps the `moves` (`casework.py`);
                in an examination also {exam, begun, paper, handed} (`exam.py`)
    seen        {question key: [[counter, device, time, score], …]}   the latest sixteen marks
    room        {session/asking: {vote: [{response, score, time}, counter, device]}}   on a phone
                in class (`phones.py`); the score None until the key was shown
    firsts      {pool: {question: [response, score, counter, device]}}    see `sittings.py`
    notes       {place: [text, counter, device]}
    bookmarks   {place: [true or false, counter, device]}
    attended    {manual: [minutes, counter, device]}    entered by hand (`standing.py`)
    marks       what people gave for texts, every version (`grading.py`); what counts is in `seen`
    sessions    {session: [{manual, minutes}, counter, device]}    attended (`presence.py`)

A *place* is a section's address in the files, `tip-basic/elements#means`; a *question key*
is its pool and id, `tip-basic/elements#girl-of-sixteen`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from . import grading
from .errors import BadField
from .questions import MOST_TEXT, has_control_characters
from .sittings import compact, put_first
from .statement import Document, Draft, Fold, Stamp, Statement, put, put_latest
from .written import texts_of

MARKS_KEPT = 16
"""Marks kept in the document for each question; the log has them all."""

KEPT_BESIDE = ("measure", "moves", "table", "objectives", "played", "exam", "used", "paper")
"""What a summary keeps of the statement that closed an attempt, where it has it."""

NOT_REVIEWED = ("measure", "case", "exam")
"""What does not come back as a question: a test before the course, a choice in a case; an answer
in an examination does when that is released, by the statement that closes it."""

OF_EXAM = ("exam", "begun", "paper")
"""What an open attempt keeps of the statement that began it in an examination."""


# Folding ---------------------------------------------------------------------------------

def fold_learner(document: Document, statement: Statement) -> Document:
    """Take one statement into a learner's document; verbs of other parts pass through."""
    fold = _FOLDS.get(statement.verb)
    return fold(document, statement) if fold else document


def _experienced(document: Document, statement: Statement) -> Document:
    document = put_latest(document, "at", statement.object, stamp=statement.stamp)
    module, _, section = statement.object.partition("#")
    known = document.get("read", {}).get(module, {}).get(section)
    if known is not None and known <= statement.time:
        return document
    return put(document, "read", module, section, statement.time)


def _answered(document: Document, statement: Statement) -> Document:
    result = statement.result
    key = statement.object
    if result.get("in") not in NOT_REVIEWED:
        document = _seen(document, statement)
    if "attempt" in result:
        return _answered_in_attempt(document, statement)
    if result.get("in") == "check":
        kept = {"response": result["response"], "score": result["score"], "time": statement.time}
        document = put_latest(document, "checks", key, kept, stamp=statement.stamp)
        document = put_first(document, statement)
    if result.get("in") == "room":
        document = _voted(document, statement)
    return document


def _voted(document: Document, statement: Statement) -> Document:
    """An answer in class, given or marked."""
    result = statement.result
    kept = {"response": result["response"], "score": result.get("score"), "time": result["given"]}
    return put_latest(document, "room", f"{result['session']}/{result['asking']}", result["vote"],
                      kept, stamp=statement.stamp)


def _seen(document: Document, statement: Statement) -> Document:
    return _with_mark(document, statement, statement.object, statement.result.get("score"))


def _with_mark(document: Document, statement: Statement, key: str, score: float | None) -> Document:
    """Put a mark among those of a question."""
    if score is None:
        return document
    mark = [statement.counter, statement.device, statement.time, score]
    marks = document.get("seen", {}).get(key, [])
    place = bisect_left(marks, mark)
    if marks[place:place + 1] == [mark]:
        return document
    kept = [*marks[:place], mark, *marks[place:]][-MARKS_KEPT:]
    return put(document, "seen", key, kept)


def _answered_in_attempt(document: Document, statement: Statement) -> Document:
    attempt_id = statement.result["attempt"]
    if statement.result.get("in") != "exam":
        document = put_latest(document, "at", f"attempt:{attempt_id}", stamp=statement.stamp)
    kept = document.get("attempts", {}).get(attempt_id, {})
    if "summary" in kept:
        return document
    question = statement.result.get("question") or statement.object.partition("#")[2]
    known = kept.get("answers", {}).get(question)
    revises = bool(statement.result.get("revises"))
    if known is not None and not _counts_before(statement.stamp, revises, known):
        return document
    values = [statement.result["response"], statement.result["score"], statement.time,
              *statement.stamp, *([True] if revises else [])]
    return put(document, "attempts", attempt_id, "answers", question, values)


def _counts_before(stamp: Stamp, revises: bool, known: Sequence[Any]) -> bool:
    """Whether an answer counts before the one that is kept: what revises before what does not;
    of two that revise the later, else the first. So it does in whatever order they come."""
    if revises is not (len(known) > 5):
        return revises
    is_later = tuple(known[3:5]) <= stamp
    return is_later if revises else not is_later


def _initialized(document: Document, statement: Statement) -> Document:
    attempt_id = statement.object.partition(":")[2]
    kept = document.get("attempts", {}).get(attempt_id, {})
    if "started" in kept:
        return document
    opened = {"quiz": statement.result["quiz"], "started": statement.time}
    if "summary" not in kept:
        opened |= {"questions": statement.result["questions"], "seed": statement.result["seed"]}
        opened |= {name: statement.result[name] for name in OF_EXAM if name in statement.result}
    document = put(document, "attempts", attempt_id, {**kept, **opened})
    if "exam" in statement.result:
        return document
    return put_latest(document, "at", f"attempt:{attempt_id}", stamp=statement.stamp)


def _flagged(document: Document, statement: Statement) -> Document:
    attempt_id = statement.object.partition(":")[2]
    if "summary" in document.get("attempts", {}).get(attempt_id, {}):
        return document
    return put_latest(document, "attempts", attempt_id, "flags", statement.result["question"],
                      statement.result["on"], stamp=statement.stamp)


def _handed_in(document: Document, statement: Statement) -> Document:
    """An examination was handed in, or (without a result) its learner was let in again."""
    attempt_id = statement.object.partition(":")[2]
    if "summary" in document.get("attempts", {}).get(attempt_id, {}):
        return document
    kept = {**statement.result, "time": statement.time}
    return put_latest(document, "attempts", attempt_id, "handed",
                      kept if statement.verb == "handed-in" else None, stamp=statement.stamp)


def _closed(document: Document, statement: Statement) -> Document:
    for item in statement.result["items"]:
        if "key" in item:
            document = _with_mark(document, statement, item["key"], item["score"])
    attempt_id = statement.object.partition(":")[2]
    kept = document.get("attempts", {}).get(attempt_id, {})
    if "summary" in kept and tuple(kept["summary"]["stamp"]) <= statement.stamp:
        return document
    result = statement.result
    summary = {name: result[name] for name in ("score", "of", "passed", "missed")}
    summary |= {"time": statement.time, "statement": statement.id,
                "stamp": list(statement.stamp)}
    summary |= {name: result[name] for name in KEPT_BESIDE if name in result}
    answers = compact(result["items"])
    if answers:
        summary["answers"] = answers
    if texts := texts_of(result):
        summary["texts"] = texts
    over = {"quiz": result["quiz"], "questions": [item["id"] for item in result["items"]],
            "summary": summary}
    if "started" in kept:
        over["started"] = kept["started"]
    return put(document, "attempts", attempt_id, over)


def _noted(document: Document, statement: Statement) -> Document:
    return put_latest(document, "notes", statement.object, statement.result["text"],
                      stamp=statement.stamp)


def _bookmarked(document: Document, statement: Statement) -> Document:
    return put_latest(document, "bookmarks", statement.object, statement.result["on"],
                      stamp=statement.stamp)


def _attended(document: Document, statement: Statement) -> Document:
    return put_latest(document, "attended", statement.object, statement.result["minutes"],
                      stamp=statement.stamp)


def _marked(document: Document, statement: Statement) -> Document:
    """Keep a mark; what counts for its question stands among the marks of the question, where a
    later version takes the place of an earlier one."""
    document = grading.keep_mark(document, statement)
    if statement.result["in"] in NOT_REVIEWED:
        return document
    question = statement.object.rpartition("@")[0]
    known = document.get("seen", {}).get(question, [])
    marks = grading.marks_of(document, question, known)[-MARKS_KEPT:]
    seen = {**document.get("seen", {}), question: marks}
    if not marks:  # of two markers one has marked, or they are apart: there is none that counts
        del seen[question]
    without = {name: value for name, value in document.items() if name != "seen"}
    return {**without, "seen": seen} if seen else without


def _attended_session(document: Document, statement: Statement) -> Document:
    said = {name: statement.result[name] for name in ("manual", "minutes")}
    return put_latest(document, "sessions", statement.object, said, stamp=statement.stamp)


_FOLDS: Mapping[str, Fold] = {
    "experienced": _experienced,
    "answered": _answered,
    "voted": _voted,
    "initialized": _initialized,
    "flagged": _flagged,
    "handed-in": _handed_in,
    "let-in": _handed_in,
    "passed": _closed,
    "failed": _closed,
    "noted": _noted,
    "bookmarked": _bookmarked,
    "attended": _attended,
    "marked": _marked,
    "attended-session": _attended_session,
}


# Saying ----------------------------------------------------------------------------------

def experienced(place: str) -> Draft:
    """A section was opened."""
    return Draft("experienced", place)


def note(place: str, text: str) -> Draft:
    """Keep a note of one's own at a section; an empty one takes it away. Raises BadField."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MOST_TEXT:
        raise BadField("note", "too-long", most=MOST_TEXT)
    if has_control_characters(text):
        raise BadField("note", "control-characters")
    return Draft("noted", place, {"text": text})


def bookmark(place: str, on: bool) -> Draft:
    return Draft("bookmarked", place, {"on": on})
