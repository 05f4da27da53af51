"""The signed text of a record: comes back whole, fits its square, and no change goes unseen."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from course.core.credential import Named, Override
from course.exchange import base45, compact
from course.exchange.packing import Packer, Unpacker
from course.exchange.revocations import Revocation, RevocationList

from .issuing import NAMES, achievement, credential, new_signer

SIGNER = new_signer()
KEYS = [SIGNER.key]
ALPHABET = base45.LETTERS

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
days = st.dates(date(1970, 1, 1), date(2149, 6, 6)).map(str)
counts = st.tuples(st.integers(0, 2000), st.integers(0, 2000))
scores = st.integers(1, 20000).map(lambda value: f"{value / 100:.2f}".rstrip("0").rstrip("."))


@st.composite
def facts(draw):
    """Any facts that a record may have."""
    exam = draw(st.booleans())
    marks = {"score": draw(scores), "of": draw(st.integers(1, 200)),
             "needed": draw(st.integers(0, 1000)), "examined": draw(days)} if exam else {}
    rest = {} if exam else {"modules": draw(counts), "cases": draw(counts),
                            "attendance": draw(st.none() | counts)}
    return compact.Facts(
        "CAS-K7F3A-2026-0147", "achievement" if exam else "completion",
        *(draw(texts) for _ in range(6)), minutes=draw(st.integers(0, 60000)),
        issued=draw(days), begun=draw(st.just("") | days), ended=draw(st.just("") | days),
        valid_until=draw(st.just("") | days), overrides=draw(st.integers(0, 20)),
        doubtful=draw(st.just("") | days),
        supersedes=draw(st.sampled_from(["", "AB-00000-1970-0001", "ACADEMY9-ZZZZZ-2999-1234567"])),
        **marks, **rest)


@given(st.binary(max_size=40))
def test_bytes_come_back_from_base45(data):
    assert base45.decode(base45.encode(data)) == data


@pytest.mark.parametrize(("data", "text"), [
    (b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"),
    (b"ietf!", "QED8WEX0"),
])
def test_base45_is_that_of_the_standard(data, text):
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["A", "GGW", ":::", "ab", "0000", "Ü0"])
def test_what_is_not_base45_is_refused(text):
    with pytest.raises(ValueError, match="base45"):
        base45.decode(text)


@given(texts)
def test_a_text_comes_back_from_its_packing(text):
    to = Packer()
    to.text(text)
    of = Unpacker(bytes(to.data))
    assert of.text() == text
    of.end()


@given(facts())
def test_facts_come_back_from_their_packing(given):
    assert compact.unpacked(compact.packed(given)) == given


@given(st.binary(max_size=120))
def test_reading_any_bytes_ends_in_facts_or_in_a_refusal(data):
    with contextlib.suppress(ValueError, OverflowError):
        compact.unpacked(data)
    text = compact.PREFIX + base45.encode(data) + compact.END
    assert compact.read(text, KEYS).state in {compact.NOT_VALID, compact.UNKNOWN_KEY}


@pytest.mark.parametrize("named", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("kind", [credential, achievement])
def test_a_record_is_read_back_with_every_fact_and_fits_its_square(named, kind):
    record = kind(named).as_json()
    text = compact.signed_text(record, SIGNER)
    verdict = compact.check(record, text, KEYS)

    assert verdict.state == compact.VALID
    assert verdict.facts == compact.facts_of(record)
    assert (verdict.facts.name, verdict.facts.other_name) == (named.name, named.other_name)
    square = segno.make(text, error="m", boost_error=False)
    assert (square.mode, square.version <= 11) == ("alphanumeric", True)


def test_the_longest_names_still_make_a_square_that_can_be_scanned():
    named = Named("Abdulrahman bin Mohammed bin Abdulaziz Al Abdullatif",
                  "عبد الرحمن بن محمد بن عبد العزيز آل عبد اللطيف", "ar")
    record = credential(named, supersedes="CAS-K7F3A-2026-0001").as_json()
    text = compact.signed_text(record, SIGNER)
    assert segno.make(text, error="m", boost_error=False).version <= 12


def test_no_byte_can_be_changed():
    """Of the bytes that are signed and of the signature, each with each of its bits, and more."""
    text = compact.signed_text(achievement(NAMES["arabic"]).as_json(), SIGNER)
    data = base45.decode(text[4:-1])
    for at in range(len(data)):
        for mask in (1, 2, 4, 8, 16, 32, 64, 128, 255):
            changed = bytearray(data)
            changed[at] ^= mask
            told = compact.read(compact.PREFIX + base45.encode(bytes(changed)) + ".", KEYS)
            assert told.state in {compact.NOT_VALID, compact.UNKNOWN_KEY}
            assert told.state == compact.NOT_VALID or at < compact.KEY_BYTES


def test_no_letter_can_be_changed_left_out_or_doubled():
    text = compact.signed_text(credential(NAMES["chinese"]).as_json(), SIGNER)
    for at, letter in enumerate(text):
        for other in {*ALPHABET, "a", "é", "\n", ""} - {letter}:
            assert compact.read(text[:at] + other + text[at + 1:], KEYS).state != compact.VALID
        assert compact.read(text[:at] + letter + text[at:], KEYS).state != compact.VALID


def test_no_fact_of_the_whole_record_can_be_changed():
    record = credential(NAMES["cyrillic"]).as_json()
    text = compact.signed_text(record, SIGNER)
    for name, value in record.items():
        other = {**record, name: f"{value}1" if isinstance(value, str) else [value]}
        assert compact.check(other, text, KEYS).state == compact.NOT_VALID, name
    assert compact.check({}, text, KEYS).reason == "differs"
    assert compact.check(record, text, KEYS).state == compact.VALID


@pytest.mark.parametrize("pasted", ["\n {} \n", "{}\r\n", "\ufeff{}"])
def test_a_pasted_text_may_have_space_around_it(pasted):
    text = compact.signed_text(credential().as_json(), SIGNER)
    assert compact.read(pasted.format(text), KEYS).state == compact.VALID


def test_a_line_that_was_broken_by_mail_is_read():
    text = compact.signed_text(credential().as_json(), SIGNER)
    assert compact.read(text[:76] + "\r\n" + text[76:], KEYS).state == compact.VALID


@pytest.mark.parametrize("text", ["", "hello", "4P1:", "4P1:.", "4P1:AAAA.", "https://example.org"])
def test_what_is_no_record_is_not_valid(text):
    verdict = compact.read(text, KEYS)
    assert (verdict.state, verdict.facts) == (compact.NOT_VALID, None)


def test_a_key_that_is_not_known_is_never_valid():
    text = compact.signed_text(credential().as_json(), new_signer())
    verdict = compact.read(text, KEYS)
    assert (verdict.state, verdict.key) == (compact.UNKNOWN_KEY, None)
    assert compact.read(text, []).state == compact.UNKNOWN_KEY


def test_another_key_with_the_same_short_id_does_not_pass():
    """Four bytes can be found by trying: the id only says which key to try."""
    forger = new_signer()

    class Posing(type(forger)):
        key = SIGNER.key

        def __init__(self):
            self._private = forger._private

    text = compact.signed_text(credential().as_json(), Posing())
    assert compact.read(text, KEYS).reason == "signature"


@pytest.mark.parametrize(("status", "state"), [
    ("revoked", compact.REVOKED), ("superseded", compact.SUPERSEDED)])
def test_a_list_says_when_and_why_a_record_ended(status, state):
    record = credential().as_json()
    text = compact.signed_text(record, SIGNER)
    ended = Revocation(record["number"], "2026-05-01", status, "Issued by mistake", "")
    listed = RevocationList("CAS", "2026-06-01T00:00:00Z", {ended.number: ended})

    verdict = compact.read(text, KEYS, [listed])
    assert (verdict.state, verdict.revocation, verdict.lists_of) == (
        state, ended, "2026-06-01T00:00:00Z")
    assert compact.read(text, KEYS).lists_of == ""
    assert compact.read(text, KEYS, [replace(listed, prefix="XYZ")]).state == compact.VALID


def test_revoked_outweighs_superseded():
    record = credential().as_json()
    text = compact.signed_text(record, SIGNER)
    lists = [RevocationList("CAS", "", {record["number"]: Revocation(
        record["number"], "2026-05-01", status, "")}) for status in ("superseded", "revoked")]
    assert compact.read(text, KEYS, lists).state == compact.REVOKED
    assert compact.read(text, KEYS, lists[::-1]).state == compact.REVOKED


def test_what_a_retired_key_signed_in_its_time_stays_valid():
    text = compact.signed_text(credential().as_json(), SIGNER)
    for retired, state in (("2026-03-30", compact.VALID), ("2026-03-29", compact.NOT_VALID)):
        assert compact.read(text, [replace(SIGNER.key, retired=retired)]).state == state


def test_nothing_that_a_stolen_key_signed_is_believed():
    text = compact.signed_text(credential().as_json(), SIGNER)
    stolen = replace(SIGNER.key, retired="2030-01-01", compromised=True)
    assert compact.read(text, [stolen]).state == compact.STOLEN_KEY
    listed = RevocationList("CAS", "", {}, (stolen,))
    assert compact.read(text, KEYS, [listed]).state == compact.STOLEN_KEY


def test_a_record_says_that_it_was_waived_or_its_date_is_in_doubt():
    record = credential(overrides=(Override("attendance:tip", "Attendance", "Was ill", "R. Ames"),),
                        doubtful="2026-04-02T08:00:00Z").as_json()
    told = compact.read(compact.signed_text(record, SIGNER), KEYS).facts
    assert (told.overrides, told.doubtful) == (1, "2026-04-02")


def test_a_term_that_is_over_is_said_and_leaves_the_record_true():
    verdict = compact.read(compact.signed_text(credential().as_json(), SIGNER), KEYS)
    assert verdict.state == compact.VALID
    assert [verdict.expired(day) for day in ("2029-03-30", "2029-03-31")] == [False, True]
