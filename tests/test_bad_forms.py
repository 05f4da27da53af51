"""Whatever is typed into any form of the course, or sent as any of its files: an answer that
says what is wrong, no error of ours, and the page is there afterwards."""

from __future__ import annotations

import io

import pytest

from course.core.people import MAY

from .forms import forms_in
from .school import School

NASTY = ("", "x" * 6000, "a\0b\x1b[31m\u202e", "=cmd|' /C calc'!A1", "99999999999999999999999",
         "-1", "١٢٣", "2026-02-30", "9999-12-31", "../../etc/passwd", "<script>alert(1)</script>",
         "\ud800", "a\r\nSet-Cookie: x=y", "[]", "1e999", "②")
ENDS = ("/hand-over", "/restore", "/wipe", "/remove", "/pseudonymise", "/language", "/end/check")
"""What would end the test, or is tried elsewhere."""
FILES = (b"", b"\0" * 2000, b"\xff\xfe" + "Name,Nr\nÄ,1\n".encode("utf-16-le"),
         b"name,number\n" + b"," * 100_000, "Näme;Nummer\nÄ;1\n".encode("latin-1"),
         b'["00000000",0,{"format":"fourth-p-bundle","version":1}]\n', b"PK\x03\x04" + b"x" * 500,
         b'"' + b"x" * 60_000, b"\xef\xbb\xbfname\tnumber\r\n=1+1\t@x\r\n")
NAMES = ("../../evil.csv", "a\0b.csv", "C:\\x\\y.fourthp", "x" * 400, "\u202egpj.csv", "")


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    return School(tmp_path_factory.mktemp("nasty"), testing=False)


def everything(school, role):
    """Each form that a role is shown on some page, with a page that it stands on."""
    person, found = school.person(role), {}
    for url in school.addresses(may=lambda action: role in MAY[action]):
        answer = person.client.get(url)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            for form in forms_in(answer.text, url):
                if not form.action.partition("?")[0].endswith(ENDS):
                    found.setdefault((form.action, *sorted(form.fields)), (url, form))
    return [found[key] for key in sorted(found)]


def shapes(fields, n, value):
    """Every field at once, then every fourth among those that are right: another with each value,
    so that a form with as many fields as a class has people is done in time."""
    names = [one for one in fields if one != "csrf_token"]
    yield {**fields, **dict.fromkeys(names, value)}
    for name in names[n % 4::4]:
        yield {**fields, name: value}


def sends(person, form, token, data, **kwargs):
    answer = person.client.post(form.action, data={**data, "csrf_token": token},
                                headers={"Referer": "http://localhost/"}, **kwargs)
    assert answer.status_code < 500, (form.action, data, answer.status_code)
    is_page = answer.mimetype == "text/html"
    assert not (is_page and "<script>alert" in answer.text), (form.action, data)
    assert "Set-Cookie: x" not in str(answer.headers), (form.action, data)
    return answer


def token_of(person, url):
    for form in forms_in(person.client.get(url).text, url):
        if "csrf_token" in form.fields:
            return form.fields["csrf_token"]
    return ""


@pytest.mark.parametrize("role", ["learner", "registrar", "administrator", "trainer"])
def test_nothing_that_is_typed_into_any_form_breaks_it(school, role):
    person, home = school.person(role), "/home" if role == "learner" else "/classes"
    tried = everything(school, role)
    assert tried
    token = token_of(person, home)
    for url, form in tried:
        for n, value in enumerate(NASTY):
            for data in shapes(form.fields, n, value):
                sends(person, form, token, data_of(data))
        assert person.client.get(url).status_code < 500, url
    assert person.client.get(home).status_code == 200


def data_of(fields):
    """Fields as bytes, for what no text can be."""
    return {name: value.encode("utf-8", "surrogatepass").decode("latin-1")
            if "\ud800" in value else value for name, value in fields.items()}


def test_no_file_of_any_form_breaks_it(school):
    for role in ("registrar", "trainer", "administrator"):
        person = school.person(role)
        token = token_of(person, "/classes")
        for _, form in everything(school, role):
            for field in form.files:
                for n, data in enumerate(FILES):
                    sent = (io.BytesIO(data), NAMES[n % len(NAMES)])
                    sends(person, form, token, {**form.fields, field: sent},
                          content_type="multipart/form-data")
