"""Facts packed into few bytes: the inside of a compact record.

Fields follow each other in a fixed order. A number is a varint (seven bits a byte, low ones
first, the top bit says that more follows). A date is two bytes: days since 1969-12-31, 0 for
none. A text is a varint of its bytes times four plus a mode, then its bytes:

    0  UTF-8
    1  a window: two bytes with a code point, then a byte a letter; one below 64 is itself
       (space, hyphen, digits), any other is the code point that many after the window's, less 64
    2  UTF-16, high byte first

Letters of one script other than Latin lie close together, so a name in Arabic or Cyrillic
takes a byte a letter; as UTF-8 it takes two, and deflating so short a text saves little.
"""

from __future__ import annotations

from datetime import date, timedelta

EPOCH = date(1969, 12, 31)
UTF8, WINDOW, UTF16 = 0, 1, 2
_WIDTH = 192
_KEPT = 64


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
    far = [ord(one) for one in text if ord(one) >= _KEPT]
    low = min(far, default=0)
    if far and max(far) - low < _WIDTH and max(far) < 1 << 16:
        letters = (ord(one) if ord(one) < _KEPT else ord(one) - low + _KEPT for one in text)
        ways.append((WINDOW, low.to_bytes(2) + bytes(letters)))
    return min(ways, key=lambda way: (len(way[1]), way[0]))


def _through_window(data: bytes) -> str:
    if len(data) < 2:
        raise ValueError("cut short")
    low = int.from_bytes(data[:2])
    text = "".join(chr(one if one < _KEPT else low + one - _KEPT) for one in data[2:])
    text.encode()
    return text
