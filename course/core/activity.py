"""What can be learned from: manuals, modules, cases and quizzes, as values.

`content/` makes these from authors' files, in one language. Texts named `html` are ready
to be put into a page; all others are plain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .questions import Question

TESTS = ("before", "after", "final")
"""The tests of a whole manual: two parallel forms that measure what it has taught, and the
final examination. Each is an activity of the manual with questions and no sections."""

PLAYED = ("scenario", "interview", "evidence", "sort")
"""The kinds of case that are played; a case of any other kind is read."""


@dataclass(frozen=True, slots=True)
class Language:
    """The language a text really has, when it may differ from the one asked for."""

    code: str = "en"
    direction: str = "ltr"


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of a lesson, ready for the page."""

    html: str


@dataclass(frozen=True, slots=True)
class Check:
    """A question of the pool, asked in place."""

    question: str


@dataclass(frozen=True, slots=True)
class TrainerNote:
    """For trainers only: never sent to a learner."""

    title: str
    html: str
    minutes: int | None = None


Part = Prose | Check | TrainerNote


@dataclass(frozen=True, slots=True)
class Gate:
    """The announcement before a sensitive section, and the short version that counts the same."""

    announcement: str
    short_html: str


@dataclass(frozen=True, slots=True)
class Section:
    """One step of a module, with its own address."""

    slug: str
    title: str
    parts: tuple[Part, ...]
    minutes: int = 1
    gate: Gate | None = None
    late: bool = False
    """The original changed after this translation was made."""
    digest: str = ""
    language: Language = Language()
    """Of its title and announcement: the original's where a translation lacks the section."""
    checks: tuple[str, ...] = field(init=False)
    """The questions asked in it, in the order of the text."""

    def __post_init__(self) -> None:
        asked = tuple(part.question for part in self.parts if isinstance(part, Check))
        object.__setattr__(self, "checks", asked)


@dataclass(frozen=True, slots=True)
class Aid:
    """The one-page job aid of a module."""

    title: str
    html: str


class OfAKind:
    """What is a module, a case or a test of a manual, by its `kind`."""

    __slots__ = ()
    kind: str

    @property
    def is_case(self) -> bool:
        return self.kind != "module" and not self.is_test

    @property
    def is_played(self) -> bool:
        return self.kind in PLAYED

    @property
    def is_test(self) -> bool:
        return self.kind in TESTS


@dataclass(frozen=True, slots=True)
class Module(OfAKind):
    """A module or a case study that is read: sections, questions in place, a quiz."""

    id: str
    """`manual/name`, as the file is called: `tip-basic/elements`."""
    title: str
    sections: tuple[Section, ...]
    kind: str = "module"
    """`module`, one of `TESTS`, or the kind of case: `reading`, or one of `PLAYED`."""
    minutes: int = 0
    objectives: Mapping[str, str] = field(default_factory=dict)
    quiz: str = ""
    """Id of its pool, `tip-basic/elements`, under which its attempts are kept; that of a test or
    of a case that is played is its own. Empty when there is nothing to attempt."""
    sources: tuple[str, ...] = ()
    aid: Aid | None = None
    language: Language = Language()
    draft: bool = False
    """The translation has not been reviewed."""
    checks: tuple[str, ...] = field(init=False)
    """Every question asked in place, in the order of the text."""

    def __post_init__(self) -> None:
        asked = tuple(check for section in self.sections for check in section.checks)
        object.__setattr__(self, "checks", asked)

    @property
    def sensitive(self) -> bool:
        return any(section.gate for section in self.sections)

    def section(self, slug: str) -> Section | None:
        return next((section for section in self.sections if section.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Entry(OfAKind):
    """One line of a manual's contents."""

    id: str
    title: str
    kind: str = "module"
    minutes: int = 0
    sensitive: bool = False
    language: Language = Language()


@dataclass(frozen=True, slots=True)
class ManualPart:
    """A part of a manual: a heading and the activities under it, in the order of study."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Manual:
    """One training manual."""

    id: str
    title: str
    introduction: str
    """HTML."""
    parts: tuple[ManualPart, ...]
    edition: str = ""
    hours: float = 0
    pass_mark: float = 0.8
    valid_months: int | None = None
    requires: tuple[str, ...] = ()
    language: Language = Language()

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for part in self.parts for entry in part.entries)

    def test(self, kind: str) -> Entry | None:
        """The manual's test of a kind, if it has one."""
        return next((entry for entry in self.entries if entry.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Quiz:
    """A pool of questions and the rule by which an attempt is drawn from it."""

    id: str
    title: str
    questions: tuple[Question, ...]
    draw: int = 10
    pass_mark: float = 0.8
    language: Language = Language()
    digest: str = ""
    kind: str = "quiz"
    """`quiz`, or one of `TESTS`."""
    most_attempts: int = 0
    """How often it may be taken; 0 for as often as one likes."""

    @property
    def measures(self) -> bool:
        """Whether it measures the course rather than the learner: nobody passes or fails."""
        return self.kind in ("before", "after")

    def question(self, question_id: str) -> Question | None:
        return next((one for one in self.questions if one.id == question_id), None)
