"""The texts of a learner that a person has to mark, found in their document.

A text is written to a question in place, in a case that is played, or in an attempt at a test.
What is still open (an attempt, a try) is nobody's to look at yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .statement import Document

IN_PLACE, IN_CASE, IN_ATTEMPT = "check", "case", "attempt"
"""Where a text was written; the first two as the statements of answers have them."""

HomeOf = Callable[[str, str], str]
"""From a quiz and the id it asks a question under to the question's key in its own pool."""


def digest_of(response: str) -> str:
    """What names a text in the key of its mark: another text has another name."""
    return hashlib.sha256(response.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Written:
    """One text, as it was answered."""

    question: str
    """The question's key in its own pool, `tip-basic/elements#own-case`."""
    place: str
    """`check`, or the id of the attempt or try."""
    response: str
    time: str
    kind: str = IN_PLACE

    @property
    def answer(self) -> str:
        """The text among all texts to its question."""
        return f"{self.place}:{digest_of(self.response)}"

    @property
    def key(self) -> str:
        """The object of its marks. It names what was written: a mark never slides to another
        text that is given in the same place later."""
        return f"{self.question}@{self.answer}"


def written_in(document: Document, home_of: HomeOf) -> Iterator[Written]:
    """Every text of a learner that is there to be marked."""
    for key, (kept, *_) in document.get("checks", {}).items():
        if kept["score"] is None:
            yield Written(key, IN_PLACE, kept["response"], kept["time"])
    for attempt_id, kept in document.get("attempts", {}).items():
        summary = kept.get("summary", {})
        kind = IN_CASE if "moves" in summary else IN_ATTEMPT
        for question, response in summary.get("texts", {}).items():
            yield Written(home_of(kept["quiz"], question), attempt_id, response,
                          summary["time"], kind)


def texts_of(closing: Mapping[str, Any]) -> dict[str, str]:
    """From the result that closes an attempt: what a person has to mark, by question."""
    moves = dict(closing.get("moves", ()))
    found = {item["id"]: item.get("response", moves.get(item["id"]))
             for item in closing["items"] if item.get("score", 0) is None}
    return {question: text for question, text in found.items() if isinstance(text, str)}
