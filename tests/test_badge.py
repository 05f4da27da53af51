"""Open Badges: an independent library believes the academy's badge, and no changed copy.

The library is openvc-core, which has its own canonical JSON, base58 and reader of `did:key`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openvc.errors import OpenvcError
from openvc.verify import VerificationPolicy, verify_credential

from course import FOLDS
from course.core.register import Chain, record_of
from course.exchange.badge import CONTEXT, badge, did_key, multibase, proved
from course.exchange.compact import signed_text
from course.store.local import LocalStore

from .issuing import NAMES, WHEN, Desk, achievement, credential, new_signer
from .test_command_line import course

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SIGNER = new_signer()
RECORDS = {"completion": credential(), "achievement": achievement(NAMES["cyrillic"]),
           "rare": credential(NAMES["rare"], valid_until="")}
BADGES = {name: badge(record.as_json(), SIGNER, WHEN) for name, record in RECORDS.items()}


def believed(one: Any) -> bool:
    """Whether the independent library takes a badge for what its issuer signed."""
    try:
        verify_credential(one, policy=VerificationPolicy(now=NOW))
    except OpenvcError:
        return False
    return True


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a badge, branches and leaves."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) \
        if isinstance(value, list) else ()
    for key, one in inside:
        yield (*path, key)
        yield from places(one, (*path, key))


def holder(one: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        one = one[key]
    return one


@pytest.mark.parametrize("name", BADGES)
def test_an_independent_library_believes_a_badge_also_from_a_file(name):
    assert believed(BADGES[name])
    assert believed(json.loads(json.dumps(BADGES[name], indent=2)))


@pytest.mark.parametrize("name", BADGES)
def test_without_any_one_of_its_fields_it_is_believed_no_more(name):
    for path in places(BADGES[name]):
        changed = copy.deepcopy(BADGES[name])
        if path == ("proof", "@context"):
            continue  # says again what the badge says, and both readings are signed
        del holder(changed, path)[path[-1]]
        assert not believed(changed), path


others = st.text(max_size=12) | st.booleans() | st.none() | st.integers(-9, 9)


@given(st.sampled_from(sorted(BADGES)), st.data())
def test_with_any_other_value_anywhere_it_is_believed_no_more(name, data):
    changed = copy.deepcopy(BADGES[name])
    path = data.draw(st.sampled_from(sorted(places(changed), key=str)))
    inside, key = holder(changed, path), path[-1]
    value = inside[key]
    if isinstance(value, str):
        at = data.draw(st.integers(0, len(value)))
        typed = data.draw(st.characters(exclude_categories=["Cs"]))
        new = value[:at] + typed + value[at + data.draw(st.integers(0, 1)):]
    else:
        new = data.draw(others)
    if new == value and type(new) is type(value):
        return
    inside[key] = new
    assert not believed(changed), (path, value, new)


@given(st.sampled_from(sorted(BADGES)), st.data())
def test_with_anything_added_it_is_believed_no_more(name, data):
    changed = copy.deepcopy(BADGES[name])
    ways = [(), *(path for path in places(changed) if isinstance(
        holder(changed, (*path, "")), dict))]
    holder(changed, (*data.draw(st.sampled_from(ways)), ""))["another"] = data.draw(others)
    assert not believed(changed)


def test_another_key_cannot_speak_in_the_academys_name():
    """Neither by putting the academy's name in afterwards nor by signing it themselves."""
    forger = new_signer()
    forged = badge(RECORDS["completion"].as_json(), forger, WHEN)
    assert believed(forged)
    assert forged["issuer"]["id"] == did_key(forger.key.public) != did_key(SIGNER.key.public)
    forged["issuer"]["id"] = did_key(SIGNER.key.public)
    assert not believed(forged)
    del forged["proof"]
    assert not believed(proved(forged, forger, WHEN.time))
    assert believed(proved(forged, SIGNER, WHEN.time))


def test_it_says_what_the_record_says():
    said, record = BADGES["achievement"], RECORDS["achievement"].as_json()
    subject = said["credentialSubject"]
    assert said["@context"] == CONTEXT
    assert said["issuer"]["name"] == record["issuer"]["name"]
    assert (said["validFrom"], said["validUntil"]) == ("2026-03-30T00:00:00Z",
                                                       "2029-03-30T23:59:59Z")
    assert [one["identityHash"] for one in subject["identifier"]] == [
        NAMES["cyrillic"].name, NAMES["cyrillic"].other_name]
    assert subject["licenseNumber"] == record["number"]
    assert subject["result"][0]["value"] == "43.5"
    described, = subject["achievement"]["resultDescription"]
    assert described["id"] == subject["result"][0]["resultDescription"]
    assert (described["valueMax"], described["requiredValue"]) == ("50", "40")
    assert "validUntil" not in BADGES["rare"]


def test_the_same_again_is_the_same_badge_and_two_learners_earn_the_same_achievement():
    shape = RECORDS["completion"].as_json()
    assert badge(shape, SIGNER, WHEN) == BADGES["completion"]
    one, other = (BADGES[name]["credentialSubject"]["achievement"]["id"]
                  for name in ("completion", "rare"))
    assert one == other
    later = badge(credential(number="CAS-K7F3A-2026-0148").as_json(), SIGNER, WHEN)
    assert later["id"] != BADGES["completion"]["id"]


@pytest.mark.parametrize(("data", "text"), [
    (b"Hello World!", "z2NEpo7TZRRrLZSi2U"), (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
    (b"", "z")])
def test_base58_is_that_of_its_description(data, text):
    assert multibase(data) == text


def test_a_badge_frozen_in_the_register_is_a_file_to_give_away(tmp_path):
    store = LocalStore(tmp_path / "data", FOLDS)
    shape = RECORDS["completion"].as_json()
    with store.record(record_of(store.device)) as record:
        chain = Chain(store.device, record.document, SIGNER.seal)
        record.append(chain.issued(shape, signed_text(shape, SIGNER), WHEN, by="reg", person="ana",
                                   proofs={"badge": BADGES["completion"]}))
    plain = Desk(SIGNER, store).issue()
    Desk(SIGNER, store).revoke(shape["number"])
    store.close()
    file = tmp_path / "badge.json"
    told = course("export-badge", "--data", tmp_path / "data", shape["number"], file)
    assert believed(json.loads(file.read_bytes()))
    assert "was revoked on 2026-03-30" in told
    for what in (plain, "CAS-K7F3A-2026-9999", "7K4M"):
        course("export-badge", "--data", tmp_path / "data", what, file, status=1)
