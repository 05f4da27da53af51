"""An index of short texts in memory: what is asked, what matches, and how that is shown.

SQLite's FTS5 does the work where it was built in; otherwise the same texts are looked
through one by one, which a course's few thousand sections allow. Both see words that
`tokens` has prepared, so the two find the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from .tokens import Stem, Token, forms, is_han, tokens

LONGEST_QUERY = 200
MOST_TERMS = 12
SNIPPET = 220
"""Characters of text shown of a hit."""

_WEIGHTS = (10.0, 1.0, 10.0, 1.0)
"""Of a word in each column: ten in the body count as one in the title."""
_BY_WORDS = f"bm25(texts, {', '.join(map(str, _WEIGHTS))})"
_QUOTED = re.compile('["“”„«»]([^"“”„«»]*)["“”„«»]')

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: a word, or words that stand side by side."""

    words: Words
    stems: frozenset[Words] = frozenset()
    """The words as the stemmers of the index see them; empty for what was put in quotes."""
    prefix: bool = False
    """The last word may go on: it was perhaps not typed to its end."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is indexed of one place. `weight` lifts a kind of place among equal titles."""

    title: str
    body: str
    stem: Stem
    weight: float = 1.0

    def columns(self) -> tuple[str, str, str, str]:
        """Stems and forms of title and body, a space between words."""
        title, body = forms(self.title), forms(self.body)
        return (" ".join(map(self.stem, title)), " ".join(map(self.stem, body)),
                " ".join(title), " ".join(body))


class Index(Protocol):
    """Texts by number, in the order in which they were added."""

    def add(self, text: Text) -> None: ...

    def find(self, terms: Sequence[Term], *, every: bool, limit: int) -> list[int]:
        """The numbers of the texts that have every term, or any; the best first.

        What has every term in its title comes before all others, the shortest title first:
        it says the least besides.
        """
        ...


def new_index() -> Index:
    """The best index that this computer's SQLite allows."""
    import sqlite3

    try:
        return FullTextIndex()
    except sqlite3.OperationalError:
        return PlainIndex()


class FullTextIndex:
    """SQLite FTS5. Raises sqlite3.OperationalError where SQLite was built without it.

    One connection serves all threads; whoever holds the index sees to it that they come
    one at a time.
    """

    def __init__(self) -> None:
        import sqlite3

        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(title_stems, body_stems, title, body,"
            " weight UNINDEXED, tokenize = 'unicode61 remove_diacritics 0')")

    def add(self, text: Text) -> None:
        self._database.execute("INSERT INTO texts VALUES (?, ?, ?, ?, ?)",
                               (*text.columns(), text.weight))

    def find(self, terms: Sequence[Term], *, every: bool, limit: int) -> list[int]:
        titled = " AND ".join(_expression(term, ("title",)) for term in terms)
        joined = (" AND " if every else " OR ").join(
            _expression(term, ("title", "body")) for term in terms)
        first = self._matching(titled, "length(title) / weight, rowid", limit)
        others = self._matching(joined, _BY_WORDS, limit)
        return list(dict.fromkeys(first + others))[:limit]

    def _matching(self, expression: str, order: str, limit: int) -> list[int]:
        rows = self._database.execute(
            f"SELECT rowid - 1 FROM texts WHERE texts MATCH ? ORDER BY {order} LIMIT ?",
            (expression, limit))
        return [number for number, in rows]


def _expression(term: Term, parts: Sequence[str]) -> str:
    """A term in FTS5's language. Words are letters and digits, so quoting them is enough."""
    forms_in, stems_in = " ".join(parts), " ".join(f"{part}_stems" for part in parts)
    star = " *" if term.prefix else ""
    asked = [f'{{{forms_in}}} : "{" ".join(term.words)}"{star}']
    asked += [f'{{{stems_in}}} : "{" ".join(words)}"' for words in sorted(term.stems)]
    return f"({' OR '.join(asked)})"


class PlainIndex:
    """The same without FTS5: every text is looked at."""

    def __init__(self) -> None:
        self._texts: list[tuple[tuple[str, ...], float]] = []

    def add(self, text: Text) -> None:
        self._texts.append((tuple(f" {column} " for column in text.columns()), text.weight))

    def find(self, terms: Sequence[Term], *, every: bool, limit: int) -> list[int]:
        found = []
        for number, (columns, weight) in enumerate(self._texts):
            counts = [_counts(term, columns) for term in terms]
            scores = [_score(one) for one in counts]
            titled = all(one[0] or one[2] for one in counts)
            if all(scores) if every else any(scores):
                rank = len(columns[2]) / weight if titled else -sum(scores)
                found.append((not titled, rank, number))
        return [number for *_, number in sorted(found)[:limit]]


def _counts(term: Term, columns: Sequence[str]) -> list[int]:
    """How often a term stands in each column."""
    end = "" if term.prefix else " "
    counts = [0, 0, *(column.count(f" {' '.join(term.words)}{end}") for column in columns[2:])]
    for words in term.stems:
        for place in (0, 1):
            counts[place] += columns[place].count(f" {' '.join(words)} ")
    return counts


def _score(counts: Sequence[int]) -> float:
    """What a term earns in a text: more in the title, less with each repetition."""
    return sum(weight * count / (count + 1.0)
               for weight, count in zip(_WEIGHTS, counts, strict=True))


# What is asked --------------------------------------------------------------------------

def ask(text: str, stems: Sequence[Stem]) -> tuple[Term, ...]:
    """A typed line as terms. Anything may be typed; what holds no word asks for nothing."""
    line = text[:LONGEST_QUERY]
    quoted = [Term(words) for found in _QUOTED.finditer(line) if (words := tuple(forms(found[1])))]
    loose = [_term(words, stems) for words in _loose(_QUOTED.sub(" ", line))]
    if loose:
        loose[-1] = _unfinished(loose[-1])
    return tuple((quoted + loose)[:MOST_TERMS])


def _loose(line: str) -> Iterator[Words]:
    """Words one by one; a run of Chinese characters as its pairs of neighbours.

    Pairs find what a reader would call a word without a dictionary, and a whole question
    typed in Chinese still finds the places that share most of it.
    """
    run: list[Token] = []
    for token in tokens(line):
        if run and not (is_han(token.form) and is_han(run[-1].form)
                        and run[-1].end == token.start):
            yield from _pairs(run)
            run = []
        run.append(token)
    if run:
        yield from _pairs(run)


def _pairs(run: Sequence[Token]) -> list[Words]:
    if len(run) == 1:
        return [(run[0].form,)]
    return [(one.form, two.form) for one, two in pairwise(run)]


def _term(words: Words, stems: Sequence[Stem]) -> Term:
    return Term(words, frozenset(tuple(map(stem, words)) for stem in stems))


def _unfinished(term: Term) -> Term:
    """The last word may still be being typed, unless it is one letter."""
    return replace(term, prefix=len(term.words[-1]) > 1)


# What is shown --------------------------------------------------------------------------

def snippet(text: str, terms: Sequence[Term], stem: Stem) -> str:
    """HTML of the part of a text that says most about the terms, each in `<mark>`.

    Everything else is escaped. Without a match in the text it is the text's beginning.
    """
    words = list(tokens(text))
    hits = _hits(words, terms, stem)
    first = _first_shown(words, _best_start(words, hits))
    last = first + SNIPPET
    if last < len(text):
        last = _word_border(words, first, last)
    shown = [words[place] for place in sorted(hits)
             if words[place].start >= first and words[place].end <= last]
    return (("…" if first else "") + _marked(text, shown, first, last).strip()
            + ("…" if last < len(text) else ""))


def _hits(words: Sequence[Token], terms: Sequence[Term], stem: Stem) -> dict[int, int]:
    """The places of the words that match, each with the number of its term."""
    plain = [word.form for word in words]
    stemmed = [stem(form) for form in plain]
    found: dict[int, int] = {}
    for number, term in enumerate(terms):
        for place in range(len(words) - len(term.words) + 1):
            here = slice(place, place + len(term.words))
            if _matches(term, tuple(plain[here])) or tuple(stemmed[here]) in term.stems:
                found |= dict.fromkeys(range(here.start, here.stop), number)
    return found


def _matches(term: Term, words: Words) -> bool:
    *before, last = term.words
    if tuple(before) != words[:-1]:
        return False
    return words[-1].startswith(last) if term.prefix else words[-1] == last


def _best_start(words: Sequence[Token], hits: Mapping[int, int]) -> int:
    """Where the stretch begins that holds the most terms, the first of several."""
    def held(place: int) -> int:
        end = words[place].start + SNIPPET * 3 // 5
        return len({hits[other] for other in hits if other >= place and words[other].end <= end})

    best = max(sorted(hits), key=held, default=None)
    return 0 if best is None else words[best].start


def _first_shown(words: Sequence[Token], start: int) -> int:
    """A few words before the match, so that it is read in its sentence."""
    if start <= SNIPPET // 2:
        return 0
    return next(word.start for word in words if word.start >= start - SNIPPET // 5)


def _word_border(words: Sequence[Token], first: int, last: int) -> int:
    """The end of the last whole word before `last`; `last` itself within one endless word."""
    ends = [word.end for word in words if first < word.end <= last]
    return ends[-1] if ends else last


def _marked(text: str, shown: Sequence[Token], first: int, last: int) -> str:
    parts, here = [], first
    for word in shown:
        parts += [html.escape(text[here:word.start]),
                  f"<mark>{html.escape(text[word.start:word.end])}</mark>"]
        here = word.end
    parts.append(html.escape(text[here:last]))
    return "".join(parts).replace("</mark><mark>", "")
