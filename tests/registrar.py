"""A registrar at work: what tests of the records' pages do again and again."""

from __future__ import annotations

import io
import re
from html import unescape

from .issuing import PASSPHRASE
from .world import FILES, token_in

SHORT = {"modules/tip/index.md": FILES["modules/tip/index.md"].replace(
    "1. [What it is](elements.md)\n2. [The laundry](laundry.md)\n3. [Later](later.md)\n",
    "1. [Later](later.md)\n")}
"""A manual that is read in a minute."""

OTHER_PASSPHRASE = "copper window quiet garden"
ACADEMY = {"name": "Academy of Casteria", "prefix": "cas", "other_name": "أكاديمية كاستيريا",
           "other_language": "ar", "signs1": "R. Ames", "title1": "Registrar"}
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 100_000


def completes(learner):
    """Open the one module there is."""
    learner.get("/manuals/tip/later/text")
    return learner


def issue(office, *learners, status=200, **fields):
    """Issue a completion to learners, by the form; the page that follows."""
    sent = {"person": [one.id for one in learners], "language": "en", "passphrase": PASSPHRASE,
            **{f"name.{one.id}": one.name for one in learners}, **fields}
    page = "/academy/manuals/tip/completion/issue?person=" + "&person=".join(sent["person"])
    return office.post("/academy/manuals/tip/completion/issue", sent, page=page, status=status)


def numbers(page):
    return list(dict.fromkeys(re.findall(r"CAS-[0-9A-Z]{5}-\d{4}-\d{4}", page)))


def plain(page):
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def send_file(person, url, name, data, page=None, status=200, **fields):
    token = token_in(person.get(page or url))
    answer = person.client.post(url, data={
        **fields, "csrf_token": token, name: (io.BytesIO(data), "file")},
        content_type="multipart/form-data", headers={"Referer": "http://localhost/"},
        follow_redirects=True)
    assert answer.status_code == status, answer.text[:2000]
    return answer.text
