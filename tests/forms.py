"""The forms that a page shows, with what a browser would send of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """One form: where it goes, and its fields as they stand."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.found, self._form, self._select = url, [], None, ""

    def handle_starttag(self, tag, attrs):
        got = dict(attrs)
        if tag == "form":
            is_post = (got.get("method") or "").lower() == "post"
            self._form = Form(got.get("action") or self.url) if is_post else None
            self.found += [self._form] if self._form else []
        if self._form is None:
            return
        name, value = got.get("name"), got.get("value") or ""
        if tag == "select":
            self._select = name or ""
        elif tag == "option" and self._select:
            self._form.fields.setdefault(self._select, value)
        elif name and got.get("type") == "file":
            self._form.files.append(name)
        elif name and tag in ("input", "textarea", "button"):
            self._form.fields.setdefault(name, value)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def forms_in(page: str, url: str) -> list[Form]:
    """The forms of a page that are posted."""
    reader = _Reader(url)
    reader.feed(page)
    return reader.found
