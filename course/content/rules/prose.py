"""How long texts and sentences are, in the languages of the course."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_BEFORE_NUMBERS = frozenset((
    "art", "arts", "para", "paras", "no", "nos", "p", "pp", "vol", "ch", "al", "núm", "num",
    "pág", "pag", "ст", "п", "пп", "ч", "стр", "م", "ص", "د",
))
"""Abbreviations where a figure follows: "article no. 7", but "The answer is no. He left."."""
_BEFORE_NAMES = frozenset((
    "v", "vs", "cf", "e.g", "i.e", "mr", "mrs", "ms", "dr", "st", "sr", "sra", "m", "mme",
    "mlle", "см", "им", "гр",
))
_LONGEST_ABBREVIATION = 8
_IMAGE = re.compile(r'!\[(?:[^\[\]]|\[[^\[\]]*\])*\]\((?:[^()"]|"[^\n]*")*\)')
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()]*\)")
_BRACES = re.compile(r"\s*\{#[^}]*\}")
_EMPHASIS = re.compile(r"\\([^\w\s])|\*+|`|(?<!\w)_+|_+(?!\w)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?|\s*>\s?")
_TABLE_RULE = re.compile(r"[\s|:-]+")
_CLOSING = "\"'”’»)\\]*_"
_END = re.compile(rf"[.!?…؟۔][{_CLOSING}]*(?=\s|$)|[。！？][{_CLOSING}」』）]*")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_WORD = re.compile(rf"[^\s{_HAN}]*[^\W_{_HAN}][^\s{_HAN}]*")


def count_words(text: str) -> int:
    """Words between spaces; of Chinese, half the characters, as its words have about two."""
    return len(_WORD.findall(text)) + (len(_HAN_CHARACTER.findall(text)) + 1) // 2


def sentences(text: str) -> Iterator[str]:
    """The sentences of one paragraph.

    A full stop ends one unless it belongs to an abbreviation ("art. 3"), an initial or a
    number, or the next word begins small.
    """
    begin = 0
    for mark in _END.finditer(text):
        if _ends(text, mark):
            yield from _whole(text[begin:mark.end()])
            begin = mark.end()
    yield from _whole(text[begin:])


def _whole(text: str) -> Iterator[str]:
    if count_words(text):
        yield text.strip()


def _ends(text: str, mark: re.Match[str]) -> bool:
    after = text[mark.end():].lstrip()
    if mark[0][0] in "。！？" or not after:
        return True
    first = after.lstrip("\"'“‘«([*_")[:1]
    if first.islower():
        return False
    before = text[max(0, mark.start() - _LONGEST_ABBREVIATION):mark.start()]
    return mark[0][0] != "." or not _is_abbreviation(before, after)


def _is_abbreviation(before: str, after: str) -> bool:
    """Whether a full stop between these belongs to an abbreviation or an initial."""
    word = re.split(r"[\s(\[“\"«'’]", before)[-1]
    if len(word) == 1 and word.isupper():
        return True
    return word.casefold() in (_BEFORE_NUMBERS if after[0].isdigit() else _BEFORE_NAMES)


def bare(text: str) -> str:
    """Markdown without its marks: links as their words, images and addresses left out."""
    return _EMPHASIS.sub(r"\1", _BRACES.sub("", _LINK.sub(r"\1", _IMAGE.sub("", text)))).strip()


def paragraphs(text: str, line: int) -> Iterator[tuple[str, int]]:
    """The paragraphs, list items and table cells of a Markdown text, bare, with their lines.

    Headings are left out: they are no sentences.
    """
    kept: list[str] = []
    start = line
    for number, one in enumerate([*text.split("\n"), ""], start=line):
        begins = not one.strip() or _ITEM.match(one) or one.startswith(("#", "|"))
        if begins and kept:
            yield bare(" ".join(kept)), start
            kept = []
        if one.startswith("|"):
            yield from ((bare(cell), number) for cell in _cells(one))
        elif one.strip() and not one.startswith("#"):
            start = start if kept else number
            kept.append(_ITEM.sub("", one, count=1) if begins else one.strip())


def _cells(row: str) -> list[str]:
    if _TABLE_RULE.fullmatch(row):
        return []
    return [cell for cell in row.strip().strip("|").split("|") if cell.strip()]


@dataclass(frozen=True, slots=True)
class Reading:
    """Measures of a text: how many words and sentences, and the longest of these."""

    words: int = 0
    sentences: int = 0
    longest: int = 0
    """Words of the longest sentence."""

    @property
    def average(self) -> float:
        """Words in a sentence."""
        return self.words / self.sentences if self.sentences else 0.0

    def __add__(self, other: Reading) -> Reading:
        return Reading(self.words + other.words, self.sentences + other.sentences,
                       max(self.longest, other.longest))


def measure(paragraph: str) -> Reading:
    """The measures of one paragraph."""
    lengths = [count_words(sentence) for sentence in sentences(paragraph)]
    return Reading(sum(lengths), len(lengths), max(lengths, default=0))
