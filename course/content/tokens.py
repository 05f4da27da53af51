"""A text taken apart into the words that search compares.

A *form* is a word without what a searcher may leave out: case, accents, Arabic vowel marks
and the different seats of alef and ta marbuta. A *stem* is what the forms of one word share,
as Snowball's stemmers see it. Chinese and Japanese are written without spaces, so each of
their characters is a word of its own, and a longer word is a phrase of neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

STEMMERS = {"ar": "arabic", "en": "english", "es": "spanish", "fr": "french", "ru": "russian"}
"""Languages whose words are stemmed, and Snowball's name for each."""

_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WORD = re.compile(rf"[{_HAN}]|[^\W_{_HAN}](?:[^\W_{_HAN}]|[\u0300-\u036f\u0610-\u061a\u0640"
                   r"\u064b-\u065f\u0670])*")
_ARTICLE = re.compile(r"(?:[وبكف]?ال|لل)(?=..)")
"""Arabic's article with what may be written onto it, as in the stemmer Light10 (Larkey 2007):
Snowball's takes it off only some of the time, and then stems what is left differently."""

_SAME = {0x0640: None, 0x0671: 0x0627, 0x0649: 0x064A}
"""Tatweel goes; alef wasla is alef; alef maksura is ya, as many write it."""

Stem = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: how it is compared, and where it stands."""

    form: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order. Marks, spaces and punctuation are left out."""
    for found in _WORD.finditer(text):
        form = fold(found[0])
        if form:
            yield Token(form, found.start(), found.end())


def forms(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return [token.form for token in tokens(text)]


def is_han(form: str) -> bool:
    """Whether a word is one character of a script that is written without spaces."""
    return re.match(f"[{_HAN}]", form) is not None


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word without case, accents and the marks that Arabic may leave out.

    Ta marbuta stays, because the stemmer needs it; `stem_for` takes it off. The Russian й
    is a letter, though Unicode can write it as an и with a mark.
    """
    plain = unicodedata.normalize("NFKC", word).casefold()
    letters = "".join(one if one == "й" else unicodedata.normalize("NFKD", one) for one in plain)
    kept = (one for one in letters if unicodedata.category(one)[0] in "LN")
    return "".join(kept).translate(_SAME)


def stem_for(language: str) -> Stem:
    """How a language's forms are stemmed; those of an unknown language stay as they are.

    Stemmed twice, because a French ending without its accents goes in two steps (trafiquées,
    trafiquees, trafique, trafiqu). Snowball's stemmers remember where they are in a word, so
    the result is for one thread at a time.
    """
    name = STEMMERS.get(language.partition("-")[0])
    if name is None:
        return _ta_marbuta_off
    import snowballstemmer  # thirty languages, and nobody searches before the first page

    known: dict[str, str] = {}
    stemmer = snowballstemmer.stemmer(name)

    def stem(form: str) -> str:
        if form not in known:
            bare = _ARTICLE.sub("", form, count=1) if _ARTICLE.match(form) else form
            known[form] = _ta_marbuta_off(stemmer.stemWord(stemmer.stemWord(bare)))
        return known[form]

    return stem


def _ta_marbuta_off(form: str) -> str:
    return form.replace("\u0629", "\u0647")
