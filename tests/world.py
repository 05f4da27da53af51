"""A small course for tests, and people who use it through the real HTTP client."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from course import FOLDS, create_app
from course.settings import Settings
from course.store import MemoryStore, Store

from .courses import RULES

ADMIN_PASSPHRASE = "river cloud lamp stone"

FILES = {
    "modules/tip/index.md": """---
title: A small manual
language: en
edition: "2026.1"
hours: 2
pass: 80%
valid: 36 months
requires: [every module, every case]
---

For tests.

## The crime

1. [What it is](elements.md)
2. [The laundry](laundry.md)
3. [Later](later.md)
""",
    "modules/tip/elements.md": """---
title: What it is
minutes: 10
objectives:
  act: Name the act
  child: Apply the child rule
quiz: elements
sources: [TIP Protocol art. 3]
---

## Why it matters {#why}

A [child](../glossary.md#child) needs no means.

A second paragraph that feedback points at.
{#second}

!!! trainer 10-min "Ask first"
    The secret-of-the-trainer is here.

!!! quiz in-place

!!! national criminalisation

## Children {#children}

!!! sensitive "It speaks of a child. Nothing is described."
    The short-version of it.

The long-version of it.

!!! law "TIP Protocol, article 3(c)"
    No means is needed. [Read the article](../library/tip-protocol.md#art-3).

!!! aid "One page"
    ### Ask

    - [ ] who held the papers

    Offence: {national: criminalisation}
""",
    "modules/tip/laundry.md": """---
title: The laundry
kind: reading
minutes: 5
quiz: laundry
---

## The scene {#scene}

Eight people iron sheets.

!!! quiz door

!!! quiz essay
""",
    "modules/tip/later.md": """---
title: Later
minutes: 5
---

## Only text {#text}

Nothing is asked here.
""",
    "quizzes/tip/elements.md": """---
title: Check your understanding
draw: 3
pass: 80%
---

### In place: which one? {#in-place objective=act}

- ( ) Wrong in place
  > Feedback-of-wrong. [Read](../../modules/tip/elements.md#second). {myth=consent}
- (x) Right in place

> Explanation-in-place. Similar: #one

### Which one is right? {#one objective=act}

A short scene.

- (x) Right one
- ( ) Wrong one
  > Not this. [Read](../../modules/tip/elements.md#why). {myth=consent}

> Explanation-one. Similar: #in-place

### What decides? {#safety objective=child critical}

- (x) Her age
- ( ) Her consent
  > Consent does not count. [Read](../../modules/tip/elements.md#children). {myth=consent}

> Explanation-safety. Similar: #one

### Which are acts? {#all objective=act}

- [x] Recruiting
- [x] Harbouring
- [ ] Deceiving
  > That is a means. [Read](../../modules/tip/elements.md#why).

> Explanation-all. Similar: #one
""",
    "quizzes/tip/laundry.md": """---
title: The laundry, questions
draw: 4
pass: 60%
---

### Does an open door decide? {#door}

- ( ) Yes
  > No. [Read](../../modules/tip/laundry.md#scene).
- (x) No

> It does not. Similar: #kilos

### Put in order {#order}

1. Safety
2. Scene
3. Account

> So it goes. Similar: #door

### Match {#match}

- Recruitment => act
- Harbouring => act
- Deception => means

> Elements. Similar: #door

### How many are they? {#kilos}

= 8

> Eight. Similar: #door

### What do they wash with? {#soap}

= soap

> Soap. Similar: #door

### Say why {#essay}

____

rubric: 2 Names the act
rubric: 1 Names the purpose

> See the section. Similar: #door
""",
    "quizzes/misconceptions.md": """---
title: Misconceptions
---

consent
:   She agreed, so it is no crime.
""",
    "modules/glossary.md": """---
title: Glossary
language: en
---

Child {#child}
:   A person under eighteen.
""",
    "modules/library/index.md": """---
title: The library
language: en
---

1. [TIP Protocol](tip-protocol.md)
""",
    "modules/library/tip-protocol.md": """---
title: The TIP Protocol
language: en
short: TIP Protocol
---

In our words.

## Article 3. Use of terms {#art-3}

A child is anyone under eighteen.
""",
    "modules/wellbeing.md": "---\ntitle: Wellbeing\nlanguage: en\n---\n\nTake a break.\n",
    "modules/about.md": "---\ntitle: About\nlanguage: en\n---\n\nWhat this is.\n",
    "translations/fr/modules/tip/later.md": """---
title: Plus tard
status: draft
source: {text: 00000000}
---

## Seulement du texte {#text}

Rien n'est demandé ici.
""",
}


def write(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Write a small course into a folder."""
    for name, text in (FILES if files is None else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def make_app(folder: Path, store: Store | None = None, **settings: Any) -> Flask:
    """The real app on a small course, with a store that forgets unless one is given."""
    content = settings.pop("content", None) or write(folder / "content")
    settings = {"pin_cost": 1, "passphrase_cost": 1, "testing": True, **settings}
    return create_app(Settings(content=content, **settings), store or MemoryStore(FOLDS))


def make_app_with_cases(folder: Path, changed: str = "", text: str = "") -> Flask:
    """The real app on the course of the check, which has a small case of each kind, set up; in
    its scenario one text may stand instead of another."""
    content = folder / "content"
    shutil.copytree(RULES / "course", content)
    if changed:
        gate = content / "modules/demo-cases/gate.md"
        gate.write_text(gate.read_text(encoding="utf-8").replace(changed, text), encoding="utf-8")
    app = make_app(folder, content=content)
    set_up(app)
    return app


class Visitor:
    """Somebody with a browser: keeps cookies, sends the forms that a page shows."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.last: TestResponse | None = None

    def get(self, url: str, status: int | None = 200, **kwargs: Any) -> str:
        """Open a page, following redirects; the page's text."""
        answer = self.client.get(url, follow_redirects=True, **kwargs)
        assert status is None or answer.status_code == status, (url, answer.status_code,
                                                               answer.text[:2000])
        self.last = answer
        return answer.text

    def post(self, url: str, data: dict[str, Any] | None = None, *, status: int | None = 200,
             page: str | None = None) -> str:
        """Send a form with the token of the page it is on, and follow where it leads."""
        token = token_in(self.get(page or url, status=None))
        answer = self.client.post(url, data={**(data or {}), "csrf_token": token},
                                  follow_redirects=True, headers={"Referer": "http://localhost/"})
        assert status is None or answer.status_code == status, (url, answer.status_code,
                                                               answer.text[:2000])
        self.last = answer
        return answer.text

    @property
    def path(self) -> str:
        assert self.last is not None
        return self.last.request.path


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return unescape(found.group(1)) if found else ""


class Learner(Visitor):
    """A learner who is enrolled and signed in."""

    def __init__(self, app: Flask, name: str = "Ardis, Alvi", number: str = "A-1",
                 pin: str = "2580", language: str = "en") -> None:
        super().__init__(app)
        self.name, self.number, self.pin = name, number, pin
        self.post("/enrol", {"name": name, "number": number, "pin": pin, "again": pin,
                             "language": language})
        assert self.path == "/home", self.last and self.last.text

    @property
    def id(self) -> str:
        person = self.app.extensions["course"].register().numbered(self.number)
        assert person
        return str(person.id)

    @property
    def document(self) -> Any:
        return self.app.extensions["course"].store.document(f"learner:{self.id}")

    def starts(self, module: str = "tip/elements") -> str:
        """Begin or go on with a module's quiz; the id of the attempt."""
        self.post(f"/manuals/{module}/quiz")
        return self.path.split("/")[2]

    def answers(self, attempt_id: str, right: bool = True) -> None:
        """Answer every question of an attempt and hand it in."""
        attempt = self.document["attempts"][attempt_id]
        quiz = self.app.extensions["course"].library.quiz(attempt["quiz"], "en")
        for place, name in enumerate(attempt["questions"], start=1):
            self.post(f"/attempts/{attempt_id}/{place}", form_for(quiz.question(name), right))
        self.post(f"/attempts/{attempt_id}/submit", page=f"/attempts/{attempt_id}")


def form_for(question: Any, right: bool = True) -> dict[str, Any]:
    """The fields that a browser sends for the right response, or for a wrong one."""
    ids = [choice.id for choice in question.choices]
    match question.kind:
        case "one":
            return {"r": question.key() if right else next(
                choice.id for choice in question.choices if not choice.right)}
        case "all":
            return {"r": question.key() if right else [
                choice.id for choice in question.choices if not choice.right][:1]}
        case "order":
            places = ids if right else ids[::-1]
            return {f"r.{one}": str(place) for place, one in enumerate(places, start=1)}
        case "match":
            other = [one.id for one in question.rights]
            return {f"r.{left}": key if right else next(one for one in other if one != key)
                    for left, key in question.pairs.items()}
        case "number":
            return {"r": f"{question.low:g}" if right else "-999"}
        case "short":
            return {"r": question.accepted[0] if right else "nothing"}
        case _:
            return {"r": "A text of my own."}


class Staff(Visitor):
    """Somebody of the staff, signed in."""

    def __init__(self, app: Flask, number: str = "ADMIN",
                 passphrase: str = ADMIN_PASSPHRASE) -> None:
        super().__init__(app)
        self.number = number
        self.post("/staff", {"number": number, "passphrase": passphrase})
        assert self.path.startswith(("/staff/", "/classes")), self.last and self.last.text


def set_up(app: Flask) -> Visitor:
    """Do what the first start asks; the administrator, signed in."""
    admin = Visitor(app)
    admin.post("/setup", {"name": "Tarrel, Orsa", "number": "ADMIN", "language": "en",
                          "passphrase": ADMIN_PASSPHRASE, "again": ADMIN_PASSPHRASE})
    return admin


def add_colleague(admin: Visitor, role: str, number: str) -> None:
    admin.post("/staff/accounts", {"name": f"Moss, {role}", "number": number, "role": role,
                                   "passphrase": ADMIN_PASSPHRASE, "again": ADMIN_PASSPHRASE})


@contextmanager
def running(app: Flask) -> Iterator[Flask]:
    """An app whose store is closed afterwards."""
    try:
        yield app
    finally:
        app.extensions["course"].store.close()
