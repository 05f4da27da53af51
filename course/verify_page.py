"""The page that checks records without any network: `course verify-page FILE`.

One file that works from a stick (`file://`): its style and script stand in it, and so do the
academy's public keys and what is known of revocations. Its own policy lets it ask nothing of
anybody. It is handed out as a file and never served as a page of the course, whose policy
allows no script of a page's own.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from dataclasses import astuple
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .exchange.labels import LABELS

if TYPE_CHECKING:
    from .exchange.revocations import RevocationList
    from .exchange.signing import PublicKey
    from .records import Records

FILES = Path(__file__).parent / "verify_files"
STYLE = Path(__file__).parent / "static" / "style.css"
NAME = "verify.html"
"""How the page is called on a stick and as a download."""

PRINTED = {key: key for key in (
    "completion", "achievement", "minutes", "modules", "cases", "examined", "attendance",
    "issued", "valid_until", "supersedes", "number")} | {"overrides": "waived", "doubtful": "clock"}
"""Words of the page that stand on the sheet of a record, by their key there."""

SCRIPTS = ("ed25519.min.js", "jsqr.min.js", "reading.js", "judging.js", "page.js")
"""In the order in which they stand on each other."""


def verify_page(records: Records, now: str) -> str:
    """The page, with what these records know: keys, ours and the trusted, and revocations."""
    style = f"{_tokens()}\n{_text('page.css')}"
    script = '"use strict";\n' + "\n".join(map(_text, SCRIPTS))
    data = {"made": now[:10], "keys": [_key(one) for one in records.keys],
            "lists": [_list(one) for one in records.lists]}
    marks = {"@ACADEMY@": escape(records.academy.name), "@STYLE@": style, "@SCRIPT@": script,
             "@STYLE-HASH@": _hash(style), "@SCRIPT-HASH@": _hash(script),
             "@DATA@": _in_page(data), "@WORDS@": _in_page(words()),
             "@LICENSES@": _text("LICENSES.txt")}
    # In one pass: what is put in is not looked through for marks.
    return re.sub(r"@[A-Z-]+@", lambda mark: marks[mark[0]], _text("page.html"))


def words() -> dict[str, dict[str, str]]:
    """What the page says in each language: of a record what its sheet says, word for word."""
    own: dict[str, dict[str, str]] = json.loads(_text("words.json"))
    return {language: {**texts, **{key: LABELS[language][printed]
                                   for key, printed in PRINTED.items()}}
            for language, texts in own.items()}


def _text(name: str) -> str:
    """A file of the page with plain line ends, however it was checked out."""
    return (FILES / name).read_bytes().decode().replace("\r\n", "\n")


def _tokens() -> str:
    """The colours and sizes of the course: the first part of its sheet."""
    sheet = STYLE.read_bytes().decode().replace("\r\n", "\n")
    return sheet.partition("/* Words")[0]


def _hash(text: str) -> str:
    """How the page's policy names a script or a style that it allows."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _in_page(value: Any) -> str:
    """JSON that no name can break out of."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _key(key: PublicKey) -> dict[str, Any]:
    return {**key.as_json(), "fingerprint": key.fingerprint}


def _list(known: RevocationList) -> dict[str, Any]:
    """A list that is believed already, in the form of a signed one."""
    return {"prefix": known.prefix, "made": known.made,
            "entries": [astuple(one) for _, one in sorted(known.entries.items())],
            "keys": [one.as_json() for one in known.keys]}
