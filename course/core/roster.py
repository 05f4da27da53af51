"""A roster: the rows of a spreadsheet compared with who is enrolled, before anything is kept.

Each row comes to one of: `new`, `same`, `changed` (and what), `suspect` (perhaps somebody who
is enrolled already: left out unless a person says otherwise), `error` (and why). What is kept
on confirmation is what the plan says, so that the same roster once more is all `same`.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .classroom import Cohort
from .errors import BadField
from .people import LEARNER, MOST_EXTRA_TIME, Person, Register, clean_text, number_key
from .sheet_text import digits

NAME, FAMILY, GIVEN, NUMBER, LANGUAGE, EXTRA = (
    "name", "family", "given", "number", "language", "extra_time")
COLUMNS = (NAME, FAMILY, GIVEN, NUMBER, LANGUAGE, EXTRA)

NEW, SAME, CHANGED, SUSPECT, ERROR = "new", "same", "changed", "suspect", "error"
STATES = (ERROR, SUSPECT, NEW, CHANGED, SAME)
"""In the order in which they need somebody."""

MOST_ROWS = 500

HEADINGS: Mapping[str, str] = {
    **dict.fromkeys(("name", "full name", "nom complet", "nom et prenom", "nom prenom",
                     "الاسم", "الاسم الكامل", "الاسم واللقب"), NAME),
    **dict.fromkeys(("family name", "surname", "last name", "nom de famille", "nom",
                     "اسم العايله", "اللقب", "اسم الاسره"), FAMILY),
    **dict.fromkeys(("given name", "given names", "first name", "forename", "prenom", "prenoms",
                     "الاسم الاول", "الاسم الشخصي"), GIVEN),
    **dict.fromkeys(("service number", "number", "no", "service no", "id", "badge", "matricule",
                     "numero de service", "numero", "n", "no de service", "n de service",
                     "الرقم", "رقم الخدمه", "الرقم الوظيفي", "رقم"), NUMBER),
    **dict.fromkeys(("language", "langue", "اللغه"), LANGUAGE),
    **dict.fromkeys(("extra time", "extra time percent", "temps supplementaire",
                     "temps en plus", "tiers temps", "الوقت الاضافي", "وقت اضافي"), EXTRA),
}
"""What a column is called in English, French and Arabic, folded as `folded` does."""

_ALIKE = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ئ": "ي", "ة": "ه", "ؤ": "و",
                        "ـ": None, "’": None, "'": None, "°": None, "º": None})
_WORDS = re.compile(r"\w+")
_RUNS = re.compile(r"\d+|[^\W\d_]+")


def folded(text: str) -> str:
    """Words without accents, marks, case and punctuation, so that spellings can be compared."""
    bare = unicodedata.normalize("NFKD", text.translate(_ALIKE))
    bare = "".join(one for one in bare if not unicodedata.combining(one))
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", bare).casefold()
                                   .translate(_ALIKE)))


def name_key(name: str) -> str:
    """What two spellings of a name have in common: its words, in whatever order."""
    return " ".join(sorted(folded(name).split()))


def _have_a_word_in_common(name: str, other: str) -> bool:
    return bool(set(folded(name).split()) & set(folded(other).split()))


def loose_number(number: str) -> str:
    """What two writings of a service number have in common: a lost nought, a dash, a space."""
    runs = _RUNS.findall(digits(unicodedata.normalize("NFKC", number)).casefold())
    return "/".join(one.lstrip("0") or "0" for one in runs)


# What the columns are --------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds what (empty for one that is passed over), and whether the first row
    with anything in it names them."""

    columns: tuple[str, ...]
    has_heading: bool

    @property
    def is_usable(self) -> bool:
        """Whether it says where name and number are, and nothing twice."""
        used = [one for one in self.columns if one]
        has_name = NAME in used or FAMILY in used or GIVEN in used
        return len(used) == len(set(used)) and NUMBER in used and has_name


def is_heading(row: Sequence[str]) -> bool:
    """Whether a row names a column for the number and one for the name."""
    named = set(_named(row))
    return NUMBER in named and bool({NAME, FAMILY, GIVEN} & named)


def _named(row: Sequence[str]) -> list[str]:
    return [HEADINGS.get(folded(cell), "") for cell in row]


def layout_of(rows: Sequence[Sequence[str]]) -> Layout:
    """What the columns seem to be: by their headings, else by what stands in them."""
    filled = [row for row in rows if row]
    width = max(map(len, filled), default=0)
    if filled and is_heading(filled[0]):
        return Layout(_whole(_named(filled[0]), width), has_heading=True)
    return Layout(_whole(_by_content(filled), width), has_heading=False)


def _whole(columns: Sequence[str], width: int) -> tuple[str, ...]:
    """One for each column; what is named twice is taken once, and `nom` alone is the whole name."""
    seen: list[str] = []
    for one in [*columns, *[""] * width][:width]:
        seen.append("" if one in seen else one)
    if FAMILY in seen and GIVEN not in seen and NAME not in seen:
        seen[seen.index(FAMILY)] = NAME
    return tuple(seen)


def _by_content(rows: Sequence[Sequence[str]]) -> list[str]:
    """The column with most digits is the number; the others are the name, or its two parts."""
    width = max(map(len, rows), default=0)
    having = [sum(any(one.isdecimal() for one in row[at]) for row in rows if at < len(row))
              for at in range(width)]
    if not any(having):
        return [""] * width
    number = having.index(max(having))
    wordy = [at for at in range(width) if at != number and having[at] == 0
             and any(row[at] for row in rows if at < len(row))]
    names = dict(zip(wordy, (FAMILY, GIVEN) if len(wordy) > 1 else (NAME,), strict=False))
    return [NUMBER if at == number else names.get(at, "") for at in range(width)]


# What the rows come to -------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it says, and what that would change."""

    n: int
    """As a spreadsheet counts it, from 1."""
    name: str
    number: str
    language: str = ""
    extra_time: int | None = None
    state: str = NEW
    person: str = ""
    """Whom it is about, if somebody is enrolled."""
    changes: tuple[tuple[str, str, str], ...] = ()
    """(what, from, to): `name`, `language`, `extra_time`; `class` for who enters the cohort."""
    reason: str = ""
    """Of a suspect: `same-name`, `number-alike`, `other-name`, `same-name-above`. Of an error:
    the reason of a BadField, `staff`, `number-twice`, `language`."""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a roster would do."""

    rows: tuple[Row, ...]

    @property
    def digest(self) -> str:
        """Stands for what was shown: another one says that something has changed since."""
        said = [(one.n, one.name, one.number, one.language, one.extra_time, one.state, one.person,
                 one.changes, one.reason) for one in self.rows]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]

    def of(self, *states: str) -> list[Row]:
        return [one for one in self.rows if one.state in states]

    def kept(self, accepted: Iterable[int]) -> list[Row]:
        """The rows that are kept: new and changed ones, and suspects that somebody accepted."""
        also = set(accepted)
        return [one for one in self.rows if one.state in (NEW, CHANGED)
                or (one.state == SUSPECT and one.n in also)]


def plan(rows: Sequence[Sequence[str]], layout: Layout, register: Register, cohort: Cohort,
         languages: Mapping[str, str]) -> Plan:
    """Compare a table with who is enrolled and who is in the class.

    `languages` gives the code of a language by its folded name. Raises BadField for a table
    that is empty, too long, or without a name and a number.
    """
    filled = [(n, row) for n, row in enumerate(rows, start=1) if row]
    filled = filled[1:] if layout.has_heading else filled
    if not filled:
        raise BadField("text", "empty")
    if len(filled) > MOST_ROWS:
        raise BadField("text", "too-many-rows", most=MOST_ROWS)
    if not layout.is_usable:
        raise BadField("columns", "columns")
    compared = _Comparing(register, cohort, languages)
    return Plan(tuple(compared.row(n, _cells(row, layout)) for n, row in filled))


def _cells(row: Sequence[str], layout: Layout) -> dict[str, str]:
    cells = {name: cell for name, cell in zip(layout.columns, row, strict=False) if name}
    parts = [cells.get(FAMILY, ""), cells.get(GIVEN, "")]
    cells.setdefault(NAME, ", ".join(one for one in parts if one))
    return cells


class _Comparing:
    """A register and a class, with what the rows so far have said."""

    def __init__(self, register: Register, cohort: Cohort, languages: Mapping[str, str]) -> None:
        self._register, self._cohort, self._languages = register, cohort, languages
        learners = register.learners()
        self._by_name = {name_key(one.name): one for one in reversed(learners)}
        self._by_loose = {loose_number(one.number): one for one in reversed(learners)}
        self._numbers: dict[str, int] = {}
        self._names: dict[str, int] = {}

    def row(self, n: int, cells: Mapping[str, str]) -> Row:
        """What one row comes to."""
        raw = Row(n, cells.get(NAME, ""), cells.get(NUMBER, ""))
        try:
            row = Row(n, clean_text(NAME, raw.name), clean_text(NUMBER, raw.number),
                      self._language(cells.get(LANGUAGE, "")), percent(cells.get(EXTRA, "")))
        except BadField as error:
            return _as(raw, ERROR, error.reason, {"field": error.field, **error.values})
        above = self._numbers.setdefault(number_key(row.number), n)
        if above != n:
            return _as(row, ERROR, "number-twice", {"row": above})
        return self._known(row)

    def _known(self, row: Row) -> Row:
        person = self._register.numbered(row.number)
        if person is None:
            return self._unknown(row)
        self._names.setdefault(name_key(row.name), row.n)
        if person.role != LEARNER:
            return _as(row, ERROR, "staff")
        changes = tuple(self._changes(row, person))
        state = CHANGED if changes else SAME
        if row.name != person.name and not _have_a_word_in_common(row.name, person.name):
            return _as(row, SUSPECT, "other-name", {"name": person.name}, person, changes)
        return _as(row, state, person=person, changes=changes)

    def _unknown(self, row: Row) -> Row:
        """New, unless it looks like somebody who is here."""
        above = self._names.setdefault(name_key(row.name), row.n)
        namesake = self._by_name.get(name_key(row.name))
        alike = self._by_loose.get(loose_number(row.number))
        if alike:
            return _as(row, SUSPECT, "number-alike", {"name": alike.name, "number": alike.number})
        if namesake:
            return _as(row, SUSPECT, "same-name", {"number": namesake.number})
        if above != row.n:
            return _as(row, SUSPECT, "same-name-above", {"row": above})
        return row

    def _changes(self, row: Row, person: Person) -> Iterable[tuple[str, str, str]]:
        if row.name != person.name:
            yield NAME, person.name, row.name
        if row.language and row.language != person.language:
            yield LANGUAGE, person.language, row.language
        if row.extra_time is not None and row.extra_time != person.extra_time:
            yield EXTRA, str(person.extra_time), str(row.extra_time)
        if person.id not in self._cohort.members:
            yield "class", "", ""

    def _language(self, typed: str) -> str:
        if not typed.strip():
            return ""
        code = self._languages.get(folded(typed))
        if code is None:
            raise BadField(LANGUAGE, "language")
        return code


def percent(typed: str) -> int | None:
    """Extra time as a whole percentage, None where nothing is said. Raises BadField."""
    plain = digits(typed).replace("٪", "%").strip().removesuffix("%").strip()
    if not plain:
        return None
    if not plain.isdecimal() or len(plain) > 4 or int(plain) > MOST_EXTRA_TIME:
        raise BadField(EXTRA, "extra-time", most=MOST_EXTRA_TIME)
    return int(plain)


def _as(row: Row, state: str, reason: str = "", values: Mapping[str, object] | None = None,
        person: Person | None = None, changes: tuple[tuple[str, str, str], ...] = ()) -> Row:
    return Row(row.n, row.name, row.number, row.language, row.extra_time, state,
               person.id if person else "", changes, reason, values or {})
