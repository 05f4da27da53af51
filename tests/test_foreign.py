"""What other laptops send is believed no further than it can be shown: whatever a bundle says,
no page breaks, and what belongs to no version of the course is left out and counted."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from course.core.people import MAY
from course.core.shapes import is_whole
from course.store import Source
from course.store.lines import decode, encode

from .foreign import OBJECTS, TIMES, VALUES, changed, more, places, said, sent
from .school import School

MADE = ("/backup.json", "/public.json", ".pdf", "/verify.html", "/lists/own")
"""What is made for a download and not shown."""
ALWAYS = ("/home", "/classes", "/marking", "/progress", "/sessions", "/staff/people", "/review",
          "/academy/register")


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    return School(tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="module")
def pages(school):
    """Every page, and a role that may see it."""
    found = {}
    for role in ("trainer", "learner", "registrar", "administrator"):
        for url in school.addresses(may=lambda action, role=role: role in MAY[action]):
            if not url.endswith(MADE):
                found.setdefault(url, role)
    return found


@pytest.fixture(scope="module")
def kinds(school):
    """What was said in the school, and might be, by kind and verb."""
    found = {}
    for one in [*map(as_kept, school.statements), *more(school)]:
        found.setdefault((one.record.partition(":")[0], one.verb), []).append(one)
    return [found[key] for key in sorted(found)]


def as_kept(one):
    return decode(encode(one))


def strange(chance, kinds):
    """A statement that is nearly one of ours."""
    one = chance.choice(chance.choice(kinds))
    what = chance.choice(("result", "result", "result", "result", "object", "time", "record"))
    if what == "object":
        return replace(one, object=chance.choice(OBJECTS))
    if what == "time":
        return replace(one, time=chance.choice(TIMES))
    if what == "record":
        kind = one.record.partition(":")[0]
        return replace(one, record=chance.choice((kind, f"{kind}:", f"{kind}:new",
                                                  f"{kind}:../x", "exam:new")))
    return changed(one, chance.choice(list(places(one.result))), chance.choice((*VALUES, ...)))


def test_every_statement_of_ours_is_whole(school):
    assert [one for one in school.statements if not is_whole(as_kept(one))] == []
    assert [one for one in more(school) if not is_whole(one)] == []


@pytest.mark.parametrize("seed", range(25))
def test_whatever_a_bundle_says_every_page_answers(school, pages, kinds, seed):
    chance = random.Random(seed)
    coming = [strange(chance, kinds) for _ in range(12)]
    urls = chance.sample(sorted(pages), 20)
    taken = sent(school.store, coming)
    try:
        for url in dict.fromkeys([*ALWAYS, school.cohort_url, *urls]):
            answer = school.person(pages[url]).client.get(url)
            assert answer.status_code < 500, (url, coming)
    finally:
        school.store.withdraw(taken)


def test_what_is_of_no_shape_is_left_out_and_counted(school):
    ana, device = f"learner:{school.ana.id}", "hostile"
    coming = [said(ana, "answered", "tip/elements#one", {"attempt": school.attempt}),
              said(ana, "passed", "attempt:x", {"score": "all"}),
              said(ana, "attended", "tip", {"minutes": 1e308}),
              said(f"session:{school.session}", "showed", "x", {"stage": {"phase": "dance"}}),
              said(f"exam:{school.exam}", "prepared-exam", "x", {"fields": {"cohort": "x"}}),
              replace(said(ana, "noted", "x", {"text": "x"}), time="9999-12-31T23:59:59Z")]
    numbered = [replace(one, device=device, number=n, counter=n + 5000)
                for n, one in enumerate(coming, start=1)]
    before = school.store.document(ana)
    assert school.store.compare(numbered).left_out == len(coming)
    taken = school.store.take(numbered, Source("x"))
    assert (taken.added, taken.left_out) == (0, len(coming))
    assert school.store.document(ana) == before


def test_a_class_whose_beginning_has_not_come_yet_closes_no_page(school, pages):
    taken = sent(school.store, [
        said("session:new", "let-in", "x", {"again": {"x": {"y": True}}}),
        said("cohort:new", "entered", "x", {"members": {school.ana.id: True}}),
        said("exam:new", "lived", "x", {"open": 5})])
    try:
        for url in ALWAYS:
            assert school.person(pages[url]).client.get(url).status_code in {200, 303}, url
    finally:
        school.store.withdraw(taken)
