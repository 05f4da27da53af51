"""Facts packed into few bytes: the inside of a compact record.

Fields follow each other in a fixed order. A number is a varint (seven bits a byte, low ones
first, the top bit says that more follows). A date is two bytes: days since 1969-12-31, 0 for
none. A text is a varint of its bytes times four plus a mode, then its bytes:

    0  UTF-8
    1  a window: two bytes with a code point, then a byte a letter; one from 32 to 63 is itself
       (space, hyphen, digits), any other stands for the code point (byte - 64) mod 256 after
       the window's
    2  UTF-16, high byte first

Letters of one script other than Latin lie close together, so a name in Arabic or Cyrillic
takes a byte a letter; as UTF-8 it takes two, and deflating so short a text saves little.
"""

from __future__ import annotations

from datetime import date, timedelta

EPOCH = date(1969, 12, 31)
UTF8, WINDOW, UTF16 = 0, 1, 2
_KEPT = range(32, 64)
_WIDTH = 256 - len(_KEPT)


class Packer:
    """Writes fields."""

    def __init__(self) -> None:
        self.data = bytearray()

    def raw(self, data: bytes) -> None:
        self.data += data

    def number(self, value: int) -> None:
        """Raises ValueError for one below zero."""
        if value < 0:
            raise ValueError("a number below zero")
        while value > 127:
            self.data.append(value & 127 | 128)
            value >>= 7
        self.data.append(value)

    def day(self, text: str) -> None:
        """A date, `2026-03-30`, or an empty text."""
        days = (date.fromisoformat(text) - EPOCH).days if text else 0
        if text and not 0 < days < 1 << 16:
            raise ValueError("a date out of bounds")
        self.data += days.to_bytes(2)

    def text(self, text: str) -> None:
        mode, data = shortest(text)
        self.number(len(data) * 4 + mode)
        self.data += data


class Unpacker:
    """Reads what a `Packer` wrote. All methods raise ValueError for anything else."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def raw(self, length: int) -> bytes:
        end = self._at + length
        if end > len(self._data):
            raise ValueError("cut short")
        piece, self._at = self._data[self._at:end], end
        return piece

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.raw(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 49:
                raise ValueError("too large a number")

    def day(self) -> str:
        days = int.from_bytes(self.raw(2))
        return (EPOCH + timedelta(days)).isoformat() if days else ""

    def text(self) -> str:
        length, mode = divmod(self.number(), 4)
        data = self.raw(length)
        if mode == WINDOW:
            return _through_window(data)
        if mode == UTF16:
            return data.decode("utf-16-be")
        if mode == UTF8:
            return data.decode()
        raise ValueError("an unknown mode")

    def end(self) -> None:
        """Nothing may be left."""
        if self._at != len(self._data):
            raise ValueError("more than there should be")


def shortest(text: str) -> tuple[int, bytes]:
    """The mode that takes fewest bytes, the first of equals."""
    ways = [(UTF8, text.encode()), (UTF16, text.encode("utf-16-be"))]
    points = [ord(one) for one in text]
    outside = [point for point in points if point not in _KEPT]
    low = min(outside, default=1 << 16)
    if low < 1 << 16 and max(outside) - low < _WIDTH:
        letters = (point if point in _KEPT else (point - low + 64) % 256 for point in points)
        ways.append((WINDOW, low.to_bytes(2) + bytes(letters)))
    return min(ways, key=lambda way: (len(way[1]), way[0]))


def _through_window(data: bytes) -> str:
    if len(data) < 2:
        raise ValueError("cut short")
    low = int.from_bytes(data[:2])
    text = "".join(chr(one if one in _KEPT else low + (one - 64) % 256) for one in data[2:])
    text.encode()  # no half of a surrogate pair
    return text
