"""The YAML header of a file: values as they are written, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .problem import Findings

if TYPE_CHECKING:
    import yaml

Value = str | tuple[str, ...] | Mapping[str, str]

_OPEN = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_TEXT_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:null")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands between the two `---` lines.

    Values are text, lists of text or mappings of text, exactly as written: `2026.10` stays
    `2026.10`. `lines` knows `objectives` and `objectives.child`; `retyped` holds the keys whose
    value YAML itself would read as a number, a date or a yes, so that they want quotes.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    retyped: frozenset[str] = frozenset()

    def text(self, key: str, default: str = "") -> str:
        value = self.values.get(key)
        return value if isinstance(value, str) and value else default

    def items(self, key: str) -> tuple[str, ...]:
        """A list; one text alone is a list of one."""
        value = self.values.get(key)
        if isinstance(value, str):
            return (value,) if value else ()
        return value if isinstance(value, tuple) else ()

    def mapping(self, key: str) -> Mapping[str, str]:
        value = self.values.get(key)
        return value if isinstance(value, Mapping) else {}

    def line(self, key: str) -> int:
        """Where a key stands; the header's first line when it does not."""
        return self.lines.get(key, 1)

    def share(self, key: str, default: float) -> float:
        """A percentage as a share: 80% is 0.8."""
        share = percent(self.text(key))
        return default if share is None else share

    def whole(self, key: str, default: int) -> int:
        number = whole(self.text(key))
        return default if number is None else number


def percent(text: str) -> float | None:
    """`80%` as 0.8; None when it is no percentage from 0 to 100."""
    found = re.fullmatch(r"(\d{1,3}(?:\.\d+)?) ?%", text)
    share = float(found[1]) / 100 if found else None
    return share if share is not None and share <= 1 else None


def whole(text: str) -> int | None:
    """A whole number from 0; None when it is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def decimal(text: str) -> float | None:
    """A number such as `7.5`; None when it is none."""
    return float(text) if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]+)?", text) else None


def months(text: str) -> int | None:
    """`36 months` or `3 years` in months; None when it is neither."""
    found = re.fullmatch(r"([0-9]{1,4}) (month|year)s?", text)
    if not found:
        return None
    return int(found[1]) * (12 if found[2] == "year" else 1)


def split_header(text: str, found: Findings) -> tuple[Header, str, int]:
    """Take the header off a file: the header, the body, and the line where the body begins.

    Without a second `---` line the header ends at the first empty one. A mistake in the YAML
    costs the key it is in, not the others.
    """
    opened = _OPEN.match(text)
    if not opened:
        found.error(1, "no-header")
        return Header(), text, 1
    start = opened.end()
    closed = _CLOSE.search(text, start)
    if closed:
        end, after = closed.start(), min(closed.end() + 1, len(text))
    else:
        found.error(1, "header-open")
        end = after = (text + "\n\n").index("\n\n", start - 1) + 1
    body_line = text.count("\n", 0, after) + 1
    return read_header(text[start:end], 2, found), text[after:], body_line


def read_header(text: str, line: int, found: Findings) -> Header:
    """YAML that is one mapping, whose first line is `line` of its file."""
    reading = _Reading(found)
    if not reading.take(text, line, report=False):
        reading = _Reading(found)
        for chunk, chunk_line in _chunks(text, line):
            reading.take(chunk, chunk_line, report=True)
    return Header(reading.values, reading.lines, frozenset(reading.retyped))


def _chunks(text: str, line: int) -> Iterator[tuple[str, int]]:
    """The header cut before each line that begins at the margin."""
    chunk: list[str] = []
    start = line
    for number, one in enumerate(text.split("\n"), start=line):
        if one[:1].strip() and chunk and not one.startswith(("- ", "#")):
            yield "\n".join(chunk), start
            chunk, start = [], number
        chunk.append(one)
    yield "\n".join(chunk), start


class _Reading:
    """One reading of a header."""

    def __init__(self, found: Findings) -> None:
        self.values: dict[str, Value] = {}
        self.lines: dict[str, int] = {}
        self.retyped: set[str] = set()
        self._found = found
        self._offset = 0

    def take(self, text: str, line: int, *, report: bool) -> bool:
        """Read a piece of YAML; False when it is none."""
        import yaml

        self._offset = line
        try:
            node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError as error:
            if report:
                self._found.error(line + _line_of(error), "bad-yaml", reason=_reason_of(error))
            return False
        if isinstance(node, yaml.MappingNode):
            self._take_mapping(node)
        elif node is not None:
            self._found.error(self._line(node), "header-shape", key="")
        return True

    def _take_mapping(self, node: yaml.MappingNode) -> None:
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = self._line(key_node)
            if key in self.values:
                self._found.error(line, "header-twice", key=key)
                continue
            self.lines[key] = line
            self.values[key] = self._value(key, value_node)

    def _value(self, key: str, node: yaml.Node) -> Value:
        import yaml

        if isinstance(node, yaml.MappingNode):
            pairs = {str(name.value): self._text(f"{key}.{name.value}", name, one)
                     for name, one in node.value}
            if len(pairs) < len(node.value):
                self._found.error(self._line(node), "header-twice", key=key)
            return pairs
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._text(f"{key}.{place}", one, one)
                         for place, one in enumerate(node.value))
        return self._text(key, node, node)

    def _text(self, key: str, place: yaml.Node, node: yaml.Node) -> str:
        """A single value. Deeper structures have no meaning here and are reported."""
        import yaml

        self.lines.setdefault(key, self._line(place))
        if not isinstance(node, yaml.ScalarNode):
            self._found.error(self._line(node), "header-shape", key=key)
            return ""
        if node.tag not in _TEXT_TAGS:
            self.retyped.add(key)
        return "" if node.tag.endswith(":null") else str(node.value)

    def _line(self, node: yaml.Node) -> int:
        return self._offset + int(node.start_mark.line)


def _line_of(error: yaml.YAMLError) -> int:
    """Where YAML stumbled, counted from the piece's first line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return int(mark.line) if mark else 0


def _reason_of(error: yaml.YAMLError) -> str:
    """YAML's own words, in English: the only place where a library speaks to the author."""
    return str(getattr(error, "problem", None) or error)
