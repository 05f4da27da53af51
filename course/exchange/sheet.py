"""What stands on the sheet of a record: its texts and facts, before any paper or screen.

Everything comes out of the record as it was frozen and out of the printed labels, so that the
page and the PDF say the same, and say the same again years later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ..core.credential import Credential, Named
from ..core.issued import VALID, Issued
from ..core.standing import ACHIEVEMENT
from ..core.transcript import Row
from .compact import read
from .labels import LABELS, attended, hours, is_right_to_left, percent


@dataclass(frozen=True, slots=True)
class Voice:
    """One of the two languages of a sheet, with what is said in it."""

    language: str
    """Of the labels."""
    academy: str
    name: str
    manual: str
    is_name_right_to_left: bool

    @property
    def is_right_to_left(self) -> bool:
        return is_right_to_left(self.language)

    def label(self, key: str) -> str:
        return LABELS[self.language][key]


@dataclass(frozen=True, slots=True)
class Fact:
    """A label's key, and a value that needs no translation."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One record, ready to be set."""

    issued: Issued
    credential: Credential
    first: Voice
    second: Voice | None
    facts: tuple[Fact, ...]

    @property
    def voices(self) -> tuple[Voice, ...]:
        """From the left of the page to the right: the one that runs leftwards stands right."""
        if self.second is None:
            return (self.first,)
        if self.first.is_right_to_left and not self.second.is_right_to_left:
            return self.second, self.first
        return self.first, self.second

    @property
    def names(self) -> tuple[tuple[str, bool], ...]:
        """The learner's names in the order of the voices, and whether each runs leftwards."""
        named = self.credential.named
        shown = [(one.name, one.is_name_right_to_left) for one in self.voices if one.name]
        if self.second is None and named.other_name:
            shown.append((named.other_name, is_right_to_left(named.other_language)))
        return tuple(shown)

    def statement(self, voice: Voice) -> str:
        """The sentence that certifies, and the one about the facts."""
        key = "passed" if self.credential.kind == ACHIEVEMENT else "completed"
        gap = "" if voice.language == "zh" else " "
        return gap.join((voice.label(key).format(title=voice.manual), voice.label("recorded")))

    @property
    def standing(self) -> str:
        """The label of what became of it when it no longer holds, else nothing."""
        return "" if self.issued.status == VALID else self.issued.status

    @property
    def ended(self) -> str:
        """When it stopped to hold, for what reason, and what stands in its place."""
        end = self.issued.end
        return " · ".join(filter(None, (end.at[:10], str(end.body.get("reason", "")),
                                        self.issued.successor))) if end else ""

    @property
    def transcript(self) -> Iterator[tuple[str, list[Row]]]:
        """The rows of each module or case, under its title."""
        for _, rows in groupby(self.credential.transcript, key=lambda row: row.activity):
            kept = list(rows)
            yield kept[0].title, kept

    @property
    def text(self) -> str:
        """Every character that has to be written."""
        return "".join(_texts(self))


def sheet_of(issued: Issued) -> Sheet:
    """The sheet of a record of the register: each name under its own language, if it has one."""
    one = issued.credential
    language = _known(one.language) or "en"
    second = second_language(language, one.named, one.issuer.other_language)
    named, issuer = one.named, one.issuer
    names = _by_language(language, named.name, named.other_name, named.other_language)
    academies = _by_language(language, issuer.name, issuer.other_name, issuer.other_language)
    titles = (one.manual.title, one.manual.other_title or one.manual.title)
    leftwards = [name == named.other_name and is_right_to_left(named.other_language)
                 for name in names]
    first, other = (Voice(*said) for said in zip((language, second), academies, names, titles,
                                                 leftwards, strict=True))
    key = read(issued.text, ()).key_id
    return Sheet(issued, one, first, other if second else None,
                 (*facts_of(one), Fact("key", f"{key[:4]} {key[4:]}")))


def _by_language(first: str, name: str, other: str, language: str) -> tuple[str, str]:
    """A name in Latin letters and another, the one in the sheet's first language first."""
    return (other, name) if other and _base(language) == first else (name, other)


def _base(language: str) -> str:
    return language.partition("-")[0]


def _known(language: str) -> str:
    """The language itself when there are labels in it."""
    return _base(language) if _base(language) in LABELS else ""


def second_language(first: str, named: Named, of_academy: str) -> str:
    """The language beside the first: of the name, else of the academy, else English for both;
    empty when there is none."""
    for language in (named.other_language, of_academy):
        if _known(language) not in ("", first):
            return _known(language)
    return "en" if named.other_name and first != "en" else ""


def facts_of(one: Credential) -> Iterable[Fact]:
    """The list of facts, those that are there."""
    pairs = (
        ("manual", f"{one.manual.id.upper()} {one.manual.edition}"),
        ("minutes", hours(one.manual.minutes)),
        ("modules", one.modules and f"{one.modules.done} / {one.modules.of}"),
        ("cases", one.cases and f"{one.cases.done} / {one.cases.of}"),
        ("examination", one.examination and (
            f"{one.examination.score} / {one.examination.of} = "
            f"{percent(one.examination.permille)} (≥ {percent(one.examination.needed)})")),
        ("examined", one.examination and one.examination.date),
        ("attendance", one.attendance and attended(one.attendance.done, one.attendance.of)),
        ("period", " – ".join(filter(None, (one.begun, one.ended)))),
        ("law", one.law),
        ("issued", one.issued),
        ("clock", one.doubtful[:10]),
        ("valid_until", one.valid_until),
        ("waived", str(len(one.overrides)) if one.overrides else ""),
        ("supersedes", one.supersedes),
        ("number", one.number),
    )
    return (Fact(key, value) for key, value in pairs if value)


def _texts(sheet: Sheet) -> Iterator[str]:
    one = sheet.credential
    for voice in sheet.voices:
        yield from LABELS[voice.language].values()
        yield from (voice.academy, voice.name, voice.manual)
    for signatory in one.issuer.signatories:
        yield from (signatory.name, signatory.title, signatory.other_name, signatory.other_title)
    yield from (fact.value for fact in sheet.facts)
    for row in one.transcript:
        yield from (row.title, row.text, row.score)
    for waived in one.overrides:
        yield from (waived.title, waived.reason, waived.by)
    yield from (one.named.name, one.named.other_name, one.reason, sheet.ended)
