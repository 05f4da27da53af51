"""The interface's words: extracted, translated and compiled as the code stands now."""

from __future__ import annotations

import io
import re

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from .serving import ROOT

TRANSLATIONS = ROOT / "translations"
LOCALES = sorted(path.parent.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
PLACE = re.compile(r"%\(\w+\)s")


def catalogue(path):
    with path.open("rb") as file:
        return read_po(file)


def words_of(found):
    return {message.id for message in found if message.id}


def extracted():
    """What the code and the templates say, as `pybabel extract` finds it."""
    found = extract_from_dir(
        str(ROOT / "course"), [("**.py", "python"), ("templates/**.html", "jinja2")],
        {}, keywords={"_": None, "gettext": None, "ngettext": (1, 2), "N_": None})
    return {message for _, _, message, _, _ in found}


def test_the_template_has_every_word_of_the_interface_and_no_other():
    assert words_of(catalogue(TRANSLATIONS / "messages.pot")) == extracted()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_is_translated_with_its_places(locale):
    found = catalogue(TRANSLATIONS / locale / "LC_MESSAGES/messages.po")
    assert words_of(found) == words_of(catalogue(TRANSLATIONS / "messages.pot"))
    for message in found:
        many = message.string if message.pluralizable else (message.string,)
        ids = message.id if message.pluralizable else (message.id,)
        assert message.id == "" or all(many), message.id
        assert message.id == "" or "fuzzy" not in message.flags, message.id
        for one in many if message.id else ():
            # A plural form may say its number in a word, and then needs no place for it.
            assert set(PLACE.findall(one)) <= set(PLACE.findall(ids[-1])), message.id
            if not message.pluralizable:
                assert set(PLACE.findall(one)) == set(PLACE.findall(ids[0])), message.id


@pytest.mark.parametrize("locale", LOCALES)
def test_the_compiled_words_are_those_of_the_source(locale):
    folder = TRANSLATIONS / locale / "LC_MESSAGES"
    made = io.BytesIO()
    write_mo(made, catalogue(folder / "messages.po"))
    made.seek(0)
    with (folder / "messages.mo").open("rb") as file:
        assert as_read(file) == as_read(made)


def as_read(file):
    """The words of a compiled catalogue."""
    return {str(one.id): str(one.string) for one in read_mo(file) if one.id}
