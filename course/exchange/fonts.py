"""Faces for printed records: the packages' own, then the computer's, and never a box.

Latin and Cyrillic are set in IBM Plex Serif and Arabic in Amiri, both under the Open Font
License and installed as packages. No Chinese font is small enough for that: one of the
computer is found, or one is set. What no face can write is said before a record is issued.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..core.errors import MissingFont

PACKAGES = {"fontpkg_ibm_plex_serif": "IBMPlexSerif", "fontpkg_amiri": "Amiri"}

SYSTEM = (
    "NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc", "NotoSerifSC-Regular.otf",
    "NotoSansSC-Regular.otf", "SourceHanSerifSC-Regular.otf", "SourceHanSansSC-Regular.otf",
    "simsun.ttc", "msyh.ttc", "Songti.ttc", "PingFang.ttc", "STHeiti Light.ttc",
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "uming.ttc", "DroidSansFallbackFull.ttf",
    "simsunb.ttf", "Arial Unicode.ttf", "NotoSerif-Regular.ttf", "NotoSans-Regular.ttf",
    "DejaVuSans.ttf", "seguisym.ttf", "segoeui.ttf", "arial.ttf",
)
"""File names to look for on Windows, macOS and Linux, the better ones first."""

INVISIBLE = {"Cf", "Cc", "Zs", "Zl", "Zp"}
"""Kinds of characters that leave no ink: joiners, marks of direction, spaces."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font file, and the bold beside it."""

    name: str
    path: Path
    bold: Path
    number: int = 0
    """Place in a collection (.ttc)."""

    @property
    def characters(self) -> Collection[int]:
        return _characters(self.path, self.number)

    def writes(self, text: str) -> str:
        """Those characters of a text that it has."""
        return "".join(one for one in text if ord(one) in self.characters)


@lru_cache(maxsize=64)
def _characters(path: Path, number: int) -> Collection[int]:
    from fontTools.ttLib import TTFont, TTLibError
    try:
        with path.open("rb") as file, TTFont(file, fontNumber=number, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError):
        return frozenset()


@lru_cache(maxsize=1)
def own_faces() -> tuple[Face, ...]:
    """The faces that come with the course."""
    return tuple(_packaged(package, file) for package, file in PACKAGES.items())


def _packaged(package: str, file: str) -> Face:
    from importlib.resources import files
    folder = Path(str(files(package))) / "files"
    return Face(file, folder / f"{file}-Regular.ttf", folder / f"{file}-Bold.ttf")


def folders() -> list[Path]:
    """Where this kind of computer keeps its fonts."""
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData/Local"))
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
                Path(local) / "Microsoft/Windows/Fonts"]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"),
            home / ".local/share/fonts", home / ".fonts"]


@lru_cache(maxsize=1)
def system_faces() -> tuple[Face, ...]:
    """Faces of this computer that are known by name."""
    found = {path.name.lower(): path for folder in folders() if folder.is_dir()
             for path in folder.rglob("*.[toTO][tT][cfCF]")}
    return tuple(face_of(found[name.lower()]) for name in SYSTEM if name.lower() in found)


def face_of(path: Path) -> Face:
    """A font file as a face without a bold; of a collection, the simplified Chinese one."""
    return Face(path.stem, path, path, _simplified(path) if path.suffix.lower() == ".ttc" else 0)


def _simplified(path: Path) -> int:
    from fontTools.ttLib import TTCollection, TTLibError
    try:
        with path.open("rb") as file, TTCollection(file, lazy=True) as fonts:
            names = [str(font["name"].getDebugName(1)) for font in fonts.fonts]
    except (OSError, TTLibError):
        return 0
    return next((place for place, name in enumerate(names)
                 if {"SC", "GB", "CN"} & set(name.split())), 0)


def fonts_for(text: str, font: Path | None = None) -> tuple[Face, ...]:
    """The faces that write a text, the course's own first, then the one that is set.

    Raises MissingFont with the characters that none has.
    """
    left = "".join(sorted({one for one in text if unicodedata.category(one) not in INVISIBLE}))
    chosen = list(own_faces())
    for face in own_faces():
        left = _without(left, face)
    for face in _further(font):
        if not left:
            break
        if face.writes(left):
            chosen.append(face)
            left = _without(left, face)
    if left:
        raise MissingFont(characters=left[:20], chinese=any(_is_chinese(one) for one in left))
    return tuple(chosen)


def _further(font: Path | None) -> Iterator[Face]:
    if font is not None:
        yield face_of(font)
    yield from system_faces()


def _without(text: str, face: Face) -> str:
    return "".join(one for one in text if ord(one) not in face.characters)


def _is_chinese(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK ")
