"""The register: whatever is done to a line is found and located, and registers merge."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import FOLDS
from course.core.awarding import reissue
from course.core.canonical import canonical
from course.core.credential import Credential, Moment, Named
from course.core.errors import AlreadyRevoked, NotFound
from course.core.issued import CredentialRegister
from course.core.register import Chain, Fault, Head, Line, lines_of, record_of, verify
from course.core.statement import Statement
from course.core.travel import travelling
from course.exchange import compact
from course.exchange.signing import is_sealed
from course.records import of_store
from course.store import MemoryStore, Source

from .issuing import NAMES, WHEN, Desk, keyring_in, new_signer
from .stores import place_in

SIGNER = new_signer()


class Laptop(MemoryStore):
    """A store with a device id of its own."""

    def __init__(self, device):
        super().__init__(FOLDS)
        self.device = device


def desk(device="7f3a21c09b44"):
    return Desk(SIGNER, Laptop(device))


def lines(*desks):
    """All lines of the desks' registers, as their logs have them."""
    return [Line.of(one) for each in desks for one in each.store.statements()]


def check(line_hash, seal):
    return is_sealed([SIGNER.key], line_hash, seal)


def found(kept, heads=()):
    return {(one.code, one.place) for one in verify(kept, heads, check)}


def register(*desks):
    return CredentialRegister(lines(*desks))


def eight():
    """Six records, of which one is revoked and one superseded: eight lines."""
    one = desk()
    numbers = [one.issue(named, person=name) for name, named in list(NAMES.items())[:6]]
    one.revoke(numbers[1])
    one.supersede(numbers[2], numbers[5])
    return one


EIGHT = eight()
LINES = lines(EIGHT)
HEAD = register(EIGHT).heads()


def test_a_register_as_it_was_written_has_no_fault():
    assert verify(LINES, HEAD, check) == []
    assert [one.place for one in LINES] == list(range(1, 9))
    assert verify([]) == []


@pytest.mark.parametrize("at", range(8))
def test_a_line_that_was_removed_is_found_and_located(at):
    faults = verify(LINES[:at] + LINES[at + 1:], HEAD, check)
    where = Fault("cut" if at == 7 else "removed", LINES[0].device, at + 1, until=at + 1)
    assert faults == [where]


@given(st.sets(st.integers(1, 8), min_size=1))
def test_however_many_lines_were_removed_all_are_located(places):
    faults = verify([one for one in LINES if one.place not in places], HEAD, check)
    missing = {place for one in faults for place in range(one.place, one.until + 1)}
    assert missing == places
    assert {one.code for one in faults} <= {"removed", "cut"}


@pytest.mark.parametrize("at", range(8))
@pytest.mark.parametrize("change", [
    {"at": "2026-04-01T00:00:00Z"}, {"subject": "CAS-K7F3A-2026-9999"}, {"actor": "x"},
    {"verb": "key-made"}, {"body": {}}, {"hash": "0" * 64}, {"previous": "f" * 64},
])
def test_a_line_that_was_changed_is_found_and_located(at, change):
    kept = [replace(one, **change) if one.place == at + 1 else one for one in LINES]
    assert ("changed", at + 1) in found(kept, HEAD)
    assert {place for _, place in found(kept, HEAD)} <= {at + 1, at + 2}


@pytest.mark.parametrize("at", range(8))
def test_a_change_that_was_hashed_anew_is_found_by_the_next_line_and_by_the_seal(at):
    forged = replace(LINES[at], actor="somebody else")
    forged = replace(forged, hash=forged.rehashed())
    kept = [*LINES[:at], forged, *LINES[at + 1:]]
    assert ("seal", at + 1) in found(kept)
    assert ("broken", at + 2) in found(kept) or at == 7
    assert {one.code for one in verify(kept, HEAD)} == {"broken" if at < 7 else "replaced"}


def test_a_chain_that_was_written_wholly_anew_is_found():
    other = desk()
    for line in LINES[1:]:
        other.issue(Named(f"Forged {line.place}"))
    assert {code for code, _ in found(lines(other), HEAD)} >= {"cut"}
    stranger = Desk(new_signer(), Laptop(LINES[0].device))
    for _ in LINES:
        stranger.issue(Named("Forged"))
    assert found(lines(stranger), HEAD) >= {("seal", place) for place in range(1, 9)}
    assert found(lines(stranger), HEAD) >= {("replaced", 8)}


@pytest.mark.parametrize("at", range(7))
def test_lines_that_changed_places_are_found_and_located(at):
    one, two = LINES[at], LINES[at + 1]
    moved = [*LINES[:at], two, one, *LINES[at + 2:]]
    assert found(moved, HEAD) == {("order", one.place)}

    swapped = [*LINES[:at], replace(two, place=one.place), replace(one, place=two.place),
               *LINES[at + 2:]]
    assert {("changed", one.place), ("changed", two.place)} <= found(swapped, HEAD)


@pytest.mark.parametrize("at", range(8))
def test_a_line_that_was_put_in_is_found_and_located(at):
    stranger = replace(LINES[at], subject="CAS-K7F3A-2026-0500", previous=LINES[at].previous)
    stranger = replace(stranger, hash=stranger.rehashed())
    kept = [*LINES[:at + 1], stranger, *LINES[at + 1:]]
    assert {("twice", at + 1), ("seal", at + 1)} <= found(kept, HEAD)


def test_a_line_that_was_added_without_the_key_is_found():
    with EIGHT.store.record(record_of(EIGHT.store.device)) as record:
        draft = Chain(EIGHT.store.device, record.document).revoked("CAS", "x", WHEN, by="x")
    kept = Statement(EIGHT.store.device, 9, 9, "", record.id, draft.verb, draft.object,
                     draft.result, "x")
    assert found([*LINES, Line.of(kept)], HEAD) == {("seal", 9)}


def test_a_line_cut_off_is_found_by_any_head_that_was_seen():
    assert verify(LINES[:6], (), check) == []
    assert found(LINES[:6], HEAD) == {("cut", 7)}
    assert found([], [Head("gone", 3, "x")]) == {("cut", 1)}


# Two laptops -----------------------------------------------------------------------------

def test_two_laptops_give_numbers_that_never_collide_and_their_registers_merge():
    one, two = desk("aaaa"), desk("bbbb")
    ours = [one.issue(person="ana") for _ in range(5)]
    theirs = [two.issue(person="ben") for _ in range(5)]
    assert not {*ours} & {*theirs}
    two.revoke(ours[0], "Found out elsewhere")

    merged = register(one, two)
    assert verify(merged.lines, merged.heads(), check) == []
    assert merged.get(ours[0]).status == "revoked"
    assert register(one).get(ours[0]).status == "valid"
    assert {one.number for one in merged.records} == {*ours, *theirs}


def test_registers_that_were_carried_on_a_stick_are_whole_on_both_sides(tmp_path):
    one, two = (Desk(SIGNER, place_in(tmp_path / name).open()) for name in "ab")
    numbers = [one.issue(person="ana"), two.issue(person="ben"), two.issue(person="eve")]
    two.revoke(numbers[1])
    for ours, theirs in ((one.store, two.store), (two.store, one.store)):
        going = list(travelling(theirs.statements, theirs.document("people:register")))
        ours.take(going, Source("a", theirs.device))
        records = of_store(ours, keyring_in(tmp_path), "2026-04-01T00:00:00Z")
        assert {each.number for each in records.register.records} == {*numbers}
        assert records.register.get(numbers[1]).status == "revoked"
        assert verify(records.history(), records.register.heads(), check) == []
    one.store.close()
    two.store.close()


@given(st.randoms(use_true_random=False))
def test_a_merged_register_is_the_same_in_any_order(chance):
    both = lines(EIGHT, SECOND)
    shuffled = random.Random(chance.random()).sample(both, len(both))
    assert CredentialRegister(shuffled).lines == CredentialRegister(both).lines


SECOND = desk("cccc")
SECOND.issue()


def test_two_records_with_one_number_are_told():
    copy = [replace(one, device="other") for one in LINES[:1]]
    copy = [replace(one, hash=one.rehashed()) for one in copy]
    assert ("number-twice", 1) in {(one.code, one.place) for one in verify([*LINES, *copy])}


# Numbering -------------------------------------------------------------------------------

def test_numbers_run_by_year_and_go_on_after_a_restart():
    one = desk()
    first = [one.issue(when=Moment(f"{year}-05-01T00:00:00Z")) for year in (2026, 2026, 2027, 2026)]
    assert [number[-9:] for number in first] == [
        "2026-0001", "2026-0002", "2027-0001", "2026-0003"]
    again = Desk(SIGNER, one.store)
    assert again.issue(when=Moment("2027-06-01T00:00:00Z")).endswith("2027-0002")


def test_a_clock_that_fell_back_does_not_take_the_number_back():
    one = desk()
    late = Moment("1970-01-01T00:00:00Z", "2026-03-30T09:00:00Z")
    assert one.issue(when=late).endswith("2026-0001")
    assert register(one).lines[0].body["doubtful"] == "2026-03-30T09:00:00Z"


# Looking up ------------------------------------------------------------------------------

def test_a_record_is_found_by_number_code_name_person_cohort_and_period():
    one = desk()
    amal = one.issue(NAMES["marked"], person="amal", cohort="spring")
    kons = one.issue(NAMES["cyrillic"], person="kons", cohort="autumn", issued="2026-10-01")
    book = register(one)
    assert book.get(amal.lower()).person == "amal"
    assert book.with_code(book.record(kons).code.lower().replace("-", "")).number == kons
    for query, number in [({"name": "haddad"}, amal), ({"name": "ДОБРОВОЛЬСКИЙ"}, kons),
                          ({"name": "dobro konst"}, kons), ({"person": "amal"}, amal),
                          ({"cohort": "autumn"}, kons), ({"until": "2026-09-30"}, amal),
                          ({"since": "2026-09-30"}, kons)]:
        assert [str(one) for one in book.search(**query)] == [number], query
    assert len(book.search(manual="tip-indepth")) == 2
    assert book.search(name="nobody") == []


def test_what_is_revoked_stays_revoked_and_takes_nothing_more():
    book = register(EIGHT)
    revoked, superseded = book.records[1], book.records[2]
    assert (revoked.status, revoked.end.body["reason"]) == ("revoked", "Issued by mistake")
    assert (superseded.status, superseded.successor) == ("superseded", book.records[5].number)
    for one in (revoked, superseded):
        with pytest.raises(AlreadyRevoked):
            book.standing_record(one.number)
    with pytest.raises(NotFound):
        book.record("CAS-00000-2026-0001")
    assert book.standing_record(book.records[0].number) is book.records[0]


def test_who_is_due_for_a_refresher():
    one = desk()
    one.issue(person="ana", valid_until="2026-12-01")
    renewed = one.issue(person="ben", valid_until="2026-11-01")
    one.issue(person="ben", valid_until="2029-11-01")
    one.issue(person="eve", valid_until="")
    revoked = one.issue(person="ivo", valid_until="2026-10-01")
    one.revoke(revoked)
    assert [issued.person for issued in register(one).due("2027-01-01")] == ["ana"]
    assert register(one).due("2026-11-30") == []
    one.issue(person="ana", valid_until="2029-12-01")
    assert register(one).due("2027-01-01") == []
    assert register(one).get(renewed).status == "valid"


# Frozen ----------------------------------------------------------------------------------

def test_an_issued_record_stays_as_it_is_byte_by_byte_whatever_happens_later():
    one = desk()
    number = one.issue(NAMES["arabic"], person="ana")
    before = register(one).record(number)
    frozen = canonical(before.record), before.text, before.code

    corrected = reissue(before.record, Chain("x", {}).next_number("CAS", WHEN), WHEN, "Name",
                        {"name": "Other"})
    one.issue(corrected.named, supersedes=number)
    one.supersede(number, "CAS-K7F3A-2026-0002")
    later = Desk(new_signer(), one.store)
    later.note(later.signer.key)
    later.issue(Named("With the new key"))

    after = register(one).record(number)
    assert (canonical(after.record), after.text, after.code) == frozen
    assert Credential.from_json(after.record).named == NAMES["arabic"]
    assert compact.check(after.record, after.text, [SIGNER.key]).state == compact.VALID


def test_the_document_has_all_that_is_looked_up_and_not_the_whole_record():
    device = EIGHT.store.device
    document = EIGHT.store.document(record_of(device))
    in_short = CredentialRegister.of({record_of(device): document})
    assert [(one.place, one.hash, one.id) for one in lines_of(device, document)] == [
        (one.place, one.hash, one.id) for one in LINES]
    assert in_short.heads() == HEAD
    for one, whole in zip(in_short.records, register(EIGHT).records, strict=True):
        assert (one.number, one.code, one.person, one.status) == (
            whole.number, whole.code, whole.person, whole.status)
        assert one.summary.items() <= whole.record.items()
        with pytest.raises(ValueError, match="not whole"):
            one.record  # noqa: B018
    assert in_short.search(name="haddad")[0].number == register(EIGHT).search(
        name="haddad")[0].number


def test_a_record_is_read_whole_from_the_log_one_by_one_or_many_at_once(tmp_path):
    records = of_store(EIGHT.store, keyring_in(tmp_path), "2026-11-26")
    short = records.register.search(name="al")
    many = records.all_whole(short)
    assert [one.number for one in many] == [one.number for one in short]
    for one, other in zip(short, many, strict=True):
        assert records.whole(one) == other
        assert records.find(one.code) == records.find(one.number) == other
        assert other.record == register(EIGHT).get(one.number).record
        assert records.whole(other) == other
    gone = replace(short[0], line=replace(short[0].line, id="memory:99"))
    with pytest.raises(NotFound):
        records.whole(gone)
    with pytest.raises(NotFound):
        records.all_whole([gone])
