"""Everything that the rules look at: all files of a course, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from ..annex import is_case
from ..blocks import Block, Source
from ..casefile import CaseFile
from ..definitions import Definitions
from ..header import Header
from ..links import GLOSSARY, Link, file_of, links_in
from ..manualtest import test_kind
from ..problem import Problem
from ..quizfile import Asked, Pool
from ..reference import MISCONCEPTIONS
from ..shelf import LIBRARY_FOLDER, Shelf
from ..source import LOCAL
from ..translate import LISTS, File
from .drawings import Picture, Words, read_picture, read_words

Some = TypeVar("Some", Source, Pool, Definitions, CaseFile)


class Material:
    """The files under the roots as their authors wrote them, translations beside them.

    Each mapping goes from a file's name to what stands in it.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.files = shelf.files
        self._names = [name for name in self.files.names() if name.endswith(".md")]

    # Files by what they are -----------------------------------------------------------------

    @cached_property
    def all_sources(self) -> Mapping[str, Source]:
        """Every file of `modules/` and every translation of one."""
        names = (name for name in self._names
                 if original_of(name).startswith("modules/") and original_of(name) not in LISTS)
        return {name: source for name in names if (source := self.shelf.source(name))}

    @cached_property
    def all_pools(self) -> Mapping[str, Pool]:
        names = (name for name in self._names
                 if original_of(name).startswith("quizzes/") and original_of(name) not in LISTS)
        return {name: pool for name in names if (pool := self.shelf.pool(name))}

    @cached_property
    def all_lists(self) -> Mapping[str, Definitions]:
        """The glossary, the misconceptions, and their translations."""
        names = (name for name in self._names if original_of(name) in LISTS)
        return {name: found for name in names if (found := self.shelf.definitions(name))}

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Every file of `modules/` except the glossary."""
        return _originals(self.all_sources)

    @cached_property
    def pools(self) -> Mapping[str, Pool]:
        return _originals(self.all_pools)

    @cached_property
    def lessons(self) -> Mapping[str, Source]:
        """Modules and cases, local ones too."""
        return self._of_kind("module")

    @cached_property
    def all_cases(self) -> Mapping[str, CaseFile]:
        """Every case that is played and every translation of one, read as its original's kind."""
        return {name: case for name in self.all_sources if self.kind_of(name) == "module"
                and (case := self.shelf.case(name, self.case_kind(name)))}

    @cached_property
    def cases(self) -> Mapping[str, CaseFile]:
        """The cases that are played."""
        return _originals(self.all_cases)

    @cached_property
    def indexes(self) -> Mapping[str, Source]:
        """The contents of each manual."""
        return self._of_kind("manual")

    @cached_property
    def countries(self) -> Mapping[str, Source]:
        """The national files of the annex."""
        return self._of_kind("country")

    @cached_property
    def pictures(self) -> Mapping[str, Picture]:
        """The drawings, by the name of the wide one."""
        names = self.files.names("media/")
        return {name: read_picture(self.files, name) for name in names
                if name.endswith(".svg") and not name.endswith(".narrow.svg")}

    @cached_property
    def translated_words(self) -> Mapping[str, Words]:
        """The lists of words for drawings in other languages."""
        names = self.files.names("translations/")
        return {name: words for name in names
                if name.endswith(".yaml") and (words := read_words(self.files, name))}

    @property
    def glossary(self) -> Definitions | None:
        return self.all_lists.get(GLOSSARY)

    @property
    def misconceptions(self) -> Definitions | None:
        return self.all_lists.get(MISCONCEPTIONS)

    def _of_kind(self, kind: str) -> Mapping[str, Source]:
        return {name: one for name, one in self.sources.items() if self.kind_of(name) == kind}

    def kind_of(self, name: str) -> str:
        """`manual`, `module`, `instrument`, `page`, `country` or `quiz`, also of a translation."""
        original = original_of(name)
        part, _, inner = original.partition("/")
        folder, slash, file = inner.rpartition("/")
        if part == "quizzes":
            return "page" if original in LISTS else "quiz"
        if not slash or original == f"{LIBRARY_FOLDER}index.md":
            return "page"
        if original.startswith(LIBRARY_FOLDER):
            return "instrument"
        if folder == LOCAL:
            source = self.shelf.source(original)
            return "module" if source and is_case(source) else "country"
        return "manual" if file == "index.md" else "module"

    def case_kind(self, name: str) -> str:
        """The kind of a case, also of its translation; empty for what is none."""
        source = self.shelf.source(original_of(name)) if self.kind_of(name) == "module" else None
        return source.header.text("kind") if source else ""

    # Everything -----------------------------------------------------------------------------

    def everything(self) -> Iterator[tuple[str, File]]:
        """All files that have a header, translations included."""
        yield from self.all_sources.items()
        yield from self.all_pools.items()
        yield from self.all_lists.items()

    def headers(self) -> Iterator[tuple[str, Header]]:
        for name, file in self.everything():
            yield name, file.header

    @cached_property
    def reported(self) -> tuple[Problem, ...]:
        """What the readers of the files found."""
        files = [problem for _, file in self.everything() for problem in file.problems]
        cases = [problem for case in self.all_cases.values() for problem in case.problems]
        drawings = [problem for picture in self.pictures.values() for problem in picture.problems]
        words = [problem for words in self.translated_words.values() for problem in words.problems]
        return (*files, *cases, *drawings, *words)

    @cached_property
    def links(self) -> tuple[tuple[str, Link], ...]:
        """Every link and image with the file that has it."""
        return tuple((name, link) for name, file in self.everything() for link in links_of(file))

    # How files belong together --------------------------------------------------------------

    @cached_property
    def tests(self) -> Mapping[str, str]:
        """The tests of manuals, each with its kind."""
        return {name: kind for name in self.pools if (kind := test_kind(self.shelf, name))}

    def tests_of(self, folder: str) -> list[str]:
        """The tests of the manual in a folder of `modules/`."""
        return [name for name in self.tests
                if name.rpartition("/")[0] == folder.replace("modules/", "quizzes/", 1)]

    def folders(self) -> Mapping[str, list[Source]]:
        """The modules and cases of each manual, by its folder. The annex is no manual."""
        found: dict[str, list[Source]] = {}
        for name, lesson in self.lessons.items():
            folder = name.rpartition("/")[0]
            if folder != f"modules/{LOCAL}":
                found.setdefault(folder, []).append(lesson)
        return found

    def pool_name(self, lesson: Source) -> str:
        """The file of a lesson's pool; empty when it has none."""
        quiz = lesson.header.text("quiz")
        folder = lesson.name.removeprefix("modules/").rpartition("/")[0]
        return f"quizzes/{folder}/{quiz}.md" if quiz else ""

    def pool_of(self, lesson: Source) -> Pool | None:
        return self.pools.get(self.pool_name(lesson))

    @cached_property
    def lesson_of(self) -> Mapping[str, Source]:
        """The module or case that asks the questions of a pool, by the pool's name."""
        return {self.pool_name(lesson): lesson for lesson in self.lessons.values()}

    def asked_in_place(self, pool: Pool) -> set[str]:
        """The ids of the questions of a pool that its lesson asks in place."""
        lesson = self.lesson_of.get(pool.name)
        return {block.word for block in lesson.blocks("quiz")} if lesson else set()

    def drawable(self, pool: Pool) -> list[Asked]:
        """The questions that a quiz can draw: not used in place, not marked by a person.

        A final examination draws from the pools of its manual's modules.
        """
        if self.tests.get(pool.name) == "final":
            folder = pool.name.rpartition("/")[0].replace("quizzes/", "modules/", 1)
            pools = (self.pool_of(lesson) for lesson in self.folders().get(folder, ())
                     if not lesson.header.text("kind"))
            return [one for other in pools if other for one in self.drawable(other)]
        in_place = self.asked_in_place(pool)
        return [one for one in pool.questions if one.kind != "free" and one.id not in in_place]


def texts(file: File) -> Iterator[tuple[str, int]]:
    """All Markdown of a file in pieces, each with its first line."""
    if isinstance(file, Source):
        for part in file.parts():
            yield part.text, part.body_line if isinstance(part, Block) else part.line
    elif isinstance(file, Pool):
        for question in file.questions:
            yield from question.texts()
    else:
        for entry in file.entries:
            yield entry.text, entry.line + 1


def links_of(file: File) -> Iterator[Link]:
    """The links and images of a file."""
    return (link for text, line in texts(file) for link in links_in(text, line))


def linked_file(name: str, href: str) -> tuple[str, str]:
    """The file and the anchor that a link leads to; a translation's links are the original's."""
    return file_of(original_of(name), href)


def is_translation(name: str) -> bool:
    return name.startswith("translations/")


def original_of(name: str) -> str:
    """The name of the file that this one translates; the name itself otherwise."""
    return name.split("/", 2)[2] if is_translation(name) and name.count("/") > 1 else name


def locale_of(name: str) -> str:
    """The language whose translation a file belongs to; empty for an original."""
    return name.split("/")[1] if is_translation(name) else ""


def _originals(files: Mapping[str, Some]) -> Mapping[str, Some]:
    return {name: file for name, file in files.items() if not is_translation(name)}
