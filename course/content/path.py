"""The path of a drawing, seen from the other side (SVG 1.1, section 8.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_COMMAND = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_ARC = re.compile(rf"({_NUMBER.pattern})[\s,]*({_NUMBER.pattern})[\s,]*({_NUMBER.pattern})"
                  rf"[\s,]*([01])[\s,]*([01])[\s,]*({_NUMBER.pattern})[\s,]*({_NUMBER.pattern})")

Across = Callable[[float], float]
"""An x as it is from the other side."""


def mirrored_path(path: str, across: Across) -> str:
    """The same path with every x put to the other side.

    Absolute x become `across(x)`, relative ones change their sign, and an arc turns the
    other way round.
    """
    found = list(_COMMAND.finditer(path))
    return " ".join(f"{command[1]}{_arguments(command, place == 0, across)}".strip()
                    for place, command in enumerate(found))


def _arguments(command: re.Match[str], first: bool, across: Across) -> str:
    letter, text = command[1], command[2]
    flipped = _opposite if letter.islower() else across
    if letter in "Aa":
        return " ".join(_arcs(text, flipped))
    if letter in "VvZz":
        return " ".join(_NUMBER.findall(text))
    every = 1 if letter in "Hh" else 2
    numbers = [float(one) for one in _NUMBER.findall(text)]
    if letter == "m" and first and numbers:
        # A path that begins with a small m begins at an absolute point.
        return " ".join([f"{across(numbers[0]):g}", *_flipped(numbers[1:], 2, 1, _opposite)])
    return " ".join(_flipped(numbers, every, 0, flipped))


def _flipped(numbers: list[float], every: int, first: int, flip: Across) -> Iterator[str]:
    for place, number in enumerate(numbers):
        yield f"{flip(number) if place % every == first else number:g}"


def _arcs(text: str, flip: Across) -> Iterator[str]:
    for rx, ry, turn, large, sweep, x, y in _ARC.findall(text):
        yield (f"{rx} {ry} {-float(turn):g} {large} {1 - int(sweep)} "
               f"{flip(float(x)):g} {float(y):g}")


def _opposite(x: float) -> float:
    return -x
