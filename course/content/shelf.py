"""The parsed files, each kept until it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ..core.activity import PLAYED
from . import annex
from .annex import Annex
from .blocks import Source, read_source
from .casefile import CaseFile, read_case
from .definitions import Definitions, read_definitions
from .figure import Drawing, read_drawing
from .header import read_header
from .links import GLOSSARY, LIBRARY, file_of, links_in
from .memory import Memory
from .problem import Findings, Problem
from .quizfile import Pool, read_pool
from .source import LOCAL, Files

T = TypeVar("T")
Read = Callable[[str, str, tuple[Problem, ...], str], T]

MODULES = "modules/"
LIBRARY_FOLDER = f"{MODULES}{LIBRARY}/"


class Shelf:
    """Authors' files as values. A name that there is no file for gives None."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.memory = Memory(files)

    def source(self, name: str) -> Source | None:
        return self._parsed("source", name, read_source)

    def case(self, name: str, kind: str = "") -> CaseFile | None:
        """A case that is played; None also for a lesson of another kind. A translation is read
        as the `kind` that its original is."""
        source = self.source(name)
        kind = kind or (source.header.text("kind") if source else "")
        if not source or kind not in PLAYED:
            return None

        def make() -> CaseFile:
            self.memory.uses(name)
            return read_case(source, kind, self.files.shown(name))

        return self.memory.value(("case", name, kind), make)

    def pool(self, name: str) -> Pool | None:
        return self._parsed("pool", name, read_pool)

    def definitions(self, name: str) -> Definitions | None:
        return self._parsed("definitions", name, read_definitions)

    def drawing(self, name: str) -> Drawing | None:
        def read(name: str, text: str, problems: object, shown: str) -> Drawing | None:
            return read_drawing(text, Findings(shown))

        return self._parsed("drawing", name, read)

    def labels(self, name: str) -> Mapping[str, str]:
        """A drawing's words by their key; none when there is no list."""
        def read(name: str, text: str, problems: object, shown: str) -> Mapping[str, str]:
            header = read_header(text, 1, Findings(shown))
            return {key: header.text(key) for key in header.values}

        return self._parsed("labels", name, read) or {}

    def _parsed(self, kind: str, name: str, read: Read[T]) -> T | None:
        self.memory.uses(name)
        if name not in self.files:
            return None

        def make() -> T:
            self.memory.uses(name)
            text, problems = self.files.read(name)
            return read(name, text, problems, self.files.shown(name))

        return self.memory.value((kind, name), make)

    # What there is --------------------------------------------------------------------------

    def manuals(self) -> list[str]:
        """The ids of the manuals, in the order of `modules/index.md` where it lists them."""
        found = [name.split("/")[1] for name in self._names(MODULES)
                 if name.count("/") == 2 and name.endswith("/index.md")]
        order = self.order(f"{MODULES}index.md")
        return sorted((one for one in found if one not in (LIBRARY, LOCAL)),
                      key=lambda one: _place(f"{MODULES}{one}/index.md", order))

    def lessons(self) -> list[str]:
        """The ids of all modules and cases: `tip-basic/elements`."""
        names = [name for name in self._names(MODULES)
                 if name.count("/") == 2 and not name.endswith("/index.md")
                 and not name.startswith(LIBRARY_FOLDER)]
        return [name.removeprefix(MODULES).removesuffix(".md") for name in names
                if not name.startswith(annex.FOLDER) or self._is_case(name)]

    def is_lesson(self, lesson: str) -> bool:
        return lesson in self.lessons()

    def instruments(self) -> list[str]:
        """The ids of the library's instruments, in the order of its `index.md`."""
        order = self.order(f"{LIBRARY_FOLDER}index.md")
        names = [name for name in self._names(LIBRARY_FOLDER) if not name.endswith("/index.md")]
        names.sort(key=lambda name: _place(name, order))
        return [name.removeprefix(LIBRARY_FOLDER).removesuffix(".md") for name in names]

    def order(self, index: str) -> list[str]:
        """The files that a table of contents names, in its order."""
        source = self.source(index)
        if not source:
            return []
        return [file_of(index, link.href)[0] for part in source.parts()
                for link in links_in(part.text, part.line)]

    def annex(self) -> Annex | None:
        """The country's file, when the academy has an annex."""
        sources = [one for name in self._names(annex.FOLDER) if (one := self.source(name))]
        country = annex.country_file(sources)
        return Annex(country) if country else None

    def _is_case(self, name: str) -> bool:
        source = self.source(name)
        return source is not None and annex.is_case(source)

    def is_page(self, name: str) -> bool:
        """Whether readers can open what an author's file is made into."""
        if name not in self.files or not name.endswith(".md") or not name.startswith(MODULES):
            return False
        return not name.startswith(annex.FOLDER) or self._is_case(name)

    def section_of(self, name: str, anchor: str) -> str | None:
        """The section that holds an anchor; None when the file has no such anchor."""
        if name == GLOSSARY:
            terms = self.definitions(name)
            return "" if terms and terms.get(anchor) else None
        source = self.source(name)
        found = source.anchors.get(anchor) if source else None
        return found.section if found else None

    def _names(self, folder: str) -> list[str]:
        self.memory.uses(folder)
        return [name for name in self.files.names(folder) if name.endswith(".md")]


def _place(name: str, order: list[str]) -> tuple[int, str]:
    """Where a file stands in an order; those it does not name come after, by name."""
    return (order.index(name) if name in order else len(order), name)


def translation(name: str, locale: str) -> str:
    """The name of a file's translation."""
    return f"translations/{locale}/{name}"
