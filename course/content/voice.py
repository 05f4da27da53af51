"""How the texts of a played case become HTML, in the language they are really in."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.activity import Language, TrainerNote
from .asking import Setting
from .blocks import Block, Part
from .desk import Desk, marked
from .lesson import Writer


class Voice:
    """Texts of one language become HTML that says which, where it is not its surroundings'.

    One voice tells a whole case, so that its figures are numbered through.
    """

    def __init__(self, desk: Desk, name: str, own: Language, around: Language) -> None:
        self.own, self._around = own, around
        self._writer = Writer(desk, name, own, around)
        self._renderer = desk.renderer(name, own)

    def inline(self, text: str) -> str:
        """A line without links."""
        return marked(self._renderer.inline(text, links=False), self.own, self._around, "span")

    def blocks(self, text: str) -> str:
        """Paragraphs; nothing for no text."""
        return marked(self._renderer.blocks(text), self.own, self._around) if text else ""

    def html(self, parts: Sequence[Part]) -> str:
        """Text and boxes."""
        return marked(self._writer.html(tuple(parts)), self.own, self._around)

    def note(self, block: Block) -> TrainerNote:
        return self._writer.note(block)

    @property
    def setting(self) -> Setting:
        return Setting(self.inline, self.blocks)


class Silence(Voice):
    """A voice that makes no HTML."""

    def __init__(self, own: Language) -> None:
        self.own = own

    def inline(self, text: str) -> str:
        return text

    def blocks(self, text: str) -> str:
        return text

    def html(self, parts: Sequence[Part]) -> str:
        return ""

    def note(self, block: Block) -> TrainerNote:
        return TrainerNote(block.title, "", block.minutes)
