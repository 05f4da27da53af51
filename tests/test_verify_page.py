"""The page that checks records from a stick: in a real browser, from file://, with no network."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from course import Settings, open_store
from course.exchange import compact
from course.exchange.base45 import LETTERS
from course.exchange.base45 import encode as base45
from course.exchange.keyring import Keyring
from course.exchange.labels import LABELS
from course.exchange.revocations import Revocation, RevocationList, signed_list
from course.records import Records
from course.records import of_folder as records_of
from course.verify_page import NAME, verify_page
from course.verify_page import words as words_of_page

from .browser import Watch, scrolls_sideways, violations
from .issuing import ACADEMY, NAMES, PASSPHRASE, Desk, achievement, credential, new_signer
from .test_command_line import course
from .test_compact import facts as any_facts
from .test_records_cli import TWICE, described

pytestmark = pytest.mark.browser

NOW = "2026-11-26T12:00:00Z"
SIGNER, RETIRED, STOLEN, STRANGER = (
    new_signer(), new_signer(retired="2026-01-31"), new_signer(compromised=True),
    new_signer("XYZ"))
KEYS = (SIGNER.key, RETIRED.key, STOLEN.key)
GOOD = credential(NAMES["arabic"]).as_json()
TEXT = compact.signed_text(GOOD, SIGNER)
REVOKED, REPLACED, LATER = (f"CAS-K7F3A-2026-{one:04}" for one in (200, 201, 202))
LIST = RevocationList("CAS", NOW, {
    REVOKED: Revocation(REVOKED, "2026-05-04", "revoked", "Somebody else sat the examination"),
    REPLACED: Revocation(REPLACED, "2026-05-05", "superseded", "A letter was wrong", LATER)},
    (SIGNER.key,))
NO_NATIVE = "crypto.subtle.importKey = () => Promise.reject(new Error('no Ed25519 here'))"


def records(keys=KEYS, lists=(LIST,), academy=ACADEMY) -> Records:
    """What an installation knows that has issued nothing itself."""
    return replace(records_of(Path("nowhere"), NOW), academy=academy, keys=tuple(keys),
                   lists=tuple(lists))


@pytest.fixture(scope="module")
def stick(tmp_path_factory):
    """The page's address on a stick."""
    file = tmp_path_factory.mktemp("stick") / NAME
    file.write_text(verify_page(records(), NOW), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page(browser, stick):
    """The page as somebody opens it; at the end it has asked nobody for anything."""
    yield from opened(browser, stick)


def opened(browser, url, script="", **settings):
    context = browser.new_context(locale=settings.pop("locale", "en-GB"), offline=True, **settings)
    page = context.new_page()
    if script:
        page.add_init_script(script)
    watch = Watch(page, "file:")
    page.goto(url)
    yield page
    assert watch.trouble == []
    assert [one for one in watch.requests if not one.startswith("blob:")] == [url]
    context.close()


def checked(page, text: str) -> str:
    """The state that the page shows for a text that was scanned."""
    page.fill("#text", text)
    page.press("#text", "Enter")
    page.wait_for_selector("#verdict .said")
    return page.get_attribute("#verdict", "class")


def told(page) -> str:
    return page.inner_text("main")


def facts(page) -> dict[str, str]:
    return dict(zip(page.locator("#facts dt").all_inner_texts(),
                    page.locator("#facts dd").all_inner_texts(), strict=True))


def judgements(page, texts) -> list[list[str]]:
    """State, reason and name for many texts at once, by the page's own function."""
    return page.evaluate("""async texts => {
        const found = [];
        for (const text of texts) {
            const one = await judged(text, DATA.keys, lists);
            found.push([one.state, one.reason || "", one.facts ? one.facts.name : ""]);
        }
        return found;
    }""", list(texts))


def here(texts, keys=KEYS) -> list[list[str]]:
    verdicts = (compact.read(text, keys, (LIST,)) for text in texts)
    return [[one.state, one.reason, one.facts.name if one.facts else ""] for one in verdicts]


@pytest.mark.parametrize("script", ["", NO_NATIVE], ids=["native", "library"])
def test_a_good_record_is_valid_and_every_fact_is_shown(browser, stick, script):
    for page in opened(browser, stick, script):
        assert checked(page, TEXT) == "valid"
        assert page.inner_text("#verdict .said") == "VALID"
        assert facts(page) == {
            "Name": NAMES["arabic"].name, "Name in another script": NAMES["arabic"].other_name,
            "Record number": "CAS-K7F3A-2026-0147", "Kind": "Record of completion",
            "Course": "tip-indepth", "Edition": "2026.1", "Length of the course": "20 h",
            "Issued": "2026-03-30", "Begun": "2026-03-02", "Ended": "2026-03-27",
            "Valid until": "2029-03-30", "Modules completed": "14 of 14",
            "Case studies completed": "17 of 18",
            "Attendance": "18 h 20 min of 18 h", "Language of the record": "English",
            "Signed by": ACADEMY.name, "Key": SIGNER.key.fingerprint,
            "Revocations known as of": "2026-11-26"}
        other = page.locator("#facts bdi[lang=ar]")
        assert other.inner_text() == NAMES["arabic"].other_name
        size = page.evaluate("() => getComputedStyle(document.querySelector('dd')).fontSize")
        assert float(size.removesuffix("px")) >= 24


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_are_shown_as_they_were_signed(page, name):
    assert checked(page, compact.signed_text(achievement(NAMES[name]).as_json(), SIGNER)) == "valid"
    said = facts(page)
    assert said["Name"] == NAMES[name].name
    assert said.get("Name in another script", "") == NAMES[name].other_name
    assert (said["Score"], said["Pass mark"]) == ("43.5 of 50", "80 %")


def filled_in(facts) -> dict:
    """The facts that say something; a score as the number it is."""
    said = {name: value for name, value in facts.items() if value not in ("", 0, None)}
    return json.loads(json.dumps(said | ({"score": float(said["score"])} if "score" in said
                                         else {})))


@given(any_facts(), st.data())
def test_it_reads_what_python_packs_and_refuses_what_python_refuses(page, facts, data):
    packed = bytearray(compact.packed(facts))
    read = "data => { try { return unpacked(new Uint8Array(data)) } catch { return null } }"
    assert filled_in(page.evaluate(read, list(packed))) == filled_in(facts.as_json())
    packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    try:
        compact.unpacked(bytes(packed))
        refused = False
    except (ValueError, OverflowError):
        refused = True
    assert (page.evaluate(read, list(packed)) is None) == refused


@pytest.mark.parametrize("script", ["", NO_NATIVE], ids=["native", "library"])
def test_one_changed_letter_anywhere_is_never_valid(browser, stick, script):
    """Every letter once, some more at random, and letters lost and doubled: as Python judges."""
    chance = Random(6)
    texts = [TEXT[:at] + chance.choice(LETTERS.replace(one, "") if one in LETTERS else "X")
             + TEXT[at + 1:] for at, one in enumerate(TEXT)]
    texts += [TEXT[:at] + TEXT[at + 1:] for at in range(0, len(TEXT), 7)]
    texts += [TEXT[:at] + TEXT[at] + TEXT[at:] for at in range(0, len(TEXT), 7)]
    for page in opened(browser, stick, script):
        found = judgements(page, texts)
        assert "valid" not in {state for state, *_ in found}
        assert found == here(texts)
        assert checked(page, texts[100]) == "not-valid"
        assert page.inner_text("#verdict .said") == "NOT VALID"
        assert not page.is_visible("#record")


def test_every_byte_of_a_signed_record_flipped_is_never_valid(page):
    body, signature = compact._parts(TEXT)
    data = body + signature
    texts = [compact.PREFIX + base45(data[:at] + bytes([data[at] ^ bit]) + data[at + 1:])
             + compact.END for at in range(len(data)) for bit in (1, 128)]
    found = judgements(page, texts)
    assert {state for state, *_ in found} == {"not-valid", "unknown-key"}
    assert found == here(texts)


@pytest.mark.parametrize("field", [
    {"number": "CAS-K7F3A-2026-0148"}, {"named": replace(NAMES["arabic"], name="Another")},
    {"named": replace(NAMES["arabic"], other_name="آخر")}, {"language": "fr"},
    {"issued": "2026-03-31"}, {"begun": "2026-03-01"}, {"ended": "2026-03-28"},
    {"valid_until": ""}, {"doubtful": "2026-04-01"}, {"attendance": None},
    {"supersedes": "CAS-K7F3A-2026-0001"}], ids=lambda field: next(iter(field)))
def test_a_changed_fact_under_the_old_signature_is_not_valid(page, field):
    shape = credential(**{"named": NAMES["arabic"], **field}).as_json()
    signature = compact._parts(TEXT)[1]
    body = bytes.fromhex(SIGNER.key.id) + compact._short(shape) + compact.packed(
        compact.facts_of(shape))
    forged = compact.PREFIX + base45(body + signature) + compact.END
    assert checked(page, forged) == "not-valid"
    assert "The signature does not fit" in told(page)


def test_what_was_revoked_or_superseded_says_when_why_and_by_what(page):
    assert checked(page, compact.signed_text(credential(number=REVOKED).as_json(), SIGNER)
                   ) == "revoked"
    for words in ("REVOKED", "2026-05-04", "Somebody else sat the examination"):
        assert words in page.inner_text("#verdict")
    assert checked(page, compact.signed_text(credential(number=REPLACED).as_json(), SIGNER)
                   ) == "superseded"
    for words in ("SUPERSEDED", "2026-05-05", "A letter was wrong", LATER):
        assert words in page.inner_text("#verdict")


@pytest.mark.parametrize(("signer", "state", "words"), [
    (STRANGER, "unknown-key", "nobody has proved it"),
    (RETIRED, "not-valid", "after its key was retired"),
    (STOLEN, "stolen-key", "may be in other hands")])
def test_a_key_that_cannot_be_believed_is_never_green(page, signer, state, words):
    assert checked(page, compact.signed_text(GOOD, signer)) == state
    assert words in told(page)
    green, shown = page.evaluate("""() => [
        getComputedStyle(document.documentElement).getPropertyValue("--right"),
        getComputedStyle(document.querySelector("#verdict .said")).color]""")
    red, middle, blue = (int(green[at:at + 2], 16) for at in (1, 3, 5))
    assert shown != f"rgb({red}, {middle}, {blue})"


@pytest.mark.parametrize("kind", ["png", "turned", "page"])
def test_a_picture_of_the_square_is_read(page, tmp_path, kind):
    square = segno.make(TEXT, error="m")
    file = tmp_path / "square.png"
    square.save(file, scale=6, border=4)
    if kind != "png":
        file.write_bytes(photographed(page, file.read_bytes(), turned=kind == "turned"))
    page.set_input_files("#picture", file)
    page.wait_for_selector("#verdict.valid")
    assert facts(page)["Record number"] == GOOD["number"]


def photographed(page, data, turned):
    """The square small on a grey sheet, turned a little if asked; drawn by the browser."""
    url = page.evaluate("""async ([data, turned]) => {
        const bytes = Uint8Array.from(atob(data), one => one.charCodeAt(0));
        const square = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
        const sheet = document.createElement("canvas");
        [sheet.width, sheet.height] = [2480, 3508];
        const drawing = sheet.getContext("2d");
        drawing.fillStyle = "#ddd";
        drawing.fillRect(0, 0, sheet.width, sheet.height);
        drawing.translate(1500, 2600);
        if (turned) drawing.rotate(0.3);
        drawing.drawImage(square, 0, 0, 480, 480);
        return sheet.toDataURL("image/jpeg", 0.8);
    }""", [base64.b64encode(data).decode(), turned])
    return base64.b64decode(url.partition(",")[2])


def test_a_picture_without_a_square_says_so(page, tmp_path):
    file = tmp_path / "nothing.png"
    segno.make_qr("another thing").save(file, scale=4)
    page.set_input_files("#picture", file)
    page.wait_for_selector("#verdict.not-valid")
    assert "not the text of a record" in told(page)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture at all")
    page.set_input_files("#picture", broken)
    page.wait_for_selector("#verdict.no-code")


def test_a_verdict_is_gone_at_the_first_change_of_the_text(page):
    assert checked(page, TEXT) == "valid"
    page.evaluate("by('text').setSelectionRange(9, 10)")
    page.keyboard.type("A")
    assert page.inner_text("#verdict") == ""
    assert not page.is_visible("#record")


def test_a_scanner_types_one_record_after_the_other(page):
    for record in (GOOD, credential(NAMES["chinese"], number=LATER).as_json()):
        page.keyboard.type(compact.signed_text(record, SIGNER))
        page.keyboard.press("Enter")
        page.wait_for_selector("#verdict.valid")
        assert facts(page)["Record number"] == record["number"]


def test_a_newer_list_counts_when_a_key_of_the_page_signed_it(page, tmp_path):
    newer = RevocationList("CAS", "2027-01-02T03:04:05Z", {GOOD["number"]: Revocation(
        GOOD["number"], "2027-01-01", "revoked", "خطأ في الاسم")})
    good = signed_list(newer, ACADEMY.name, SIGNER)
    changed = {**good, "made": "2028-01-01T00:00:00Z"}
    strange = signed_list(newer, ACADEMY.name, STRANGER)
    for name, shape in {"changed": changed, "strange": strange, "other": {"format": "x"}}.items():
        give_list(page, tmp_path / f"{name}.json", shape)
        page.locator("#list-said", has_text="was not taken").wait_for()
        assert checked(page, TEXT) == "valid"
        page.evaluate("() => { by('list-said').textContent = '' }")
    give_list(page, tmp_path / "good.json", good)
    page.wait_for_selector("#verdict.revoked")
    assert "خطأ في الاسم" in page.inner_text("#verdict")


def give_list(page, file, shape):
    file.write_text(json.dumps(shape, ensure_ascii=False, indent=1), encoding="utf-8")
    page.set_input_files("#list", file)


def test_without_a_list_it_says_that_a_revocation_would_not_be_seen(browser, tmp_path):
    file = tmp_path / NAME
    file.write_text(verify_page(records(lists=()), NOW), encoding="utf-8")
    for page in opened(browser, file.as_uri()):
        assert checked(page, TEXT) == "valid"
        assert "a revocation would not be seen" in page.inner_text("#verdict")


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "ar", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_in_every_language_and_narrow(browser, stick, language, scheme):
    for page in opened(browser, stick, locale=language, color_scheme=scheme,
                       viewport={"width": 360, "height": 700}):
        assert page.get_attribute("html", "lang") == language
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        for text in (TEXT, TEXT[:-9], compact.signed_text(GOOD, STRANGER)):
            checked(page, text)
            assert violations(page) == []
            assert not scrolls_sideways(page)


def test_every_language_has_every_word():
    said = words_of_page()
    assert list(said) == ["en", "fr", "es", "ru", "ar", "zh"]
    for language, texts in said.items():
        assert texts.keys() == said["en"].keys() and all(texts.values())
        assert texts["overrides"] == LABELS[language]["waived"]


def test_a_name_cannot_break_out_of_the_page(browser, tmp_path):
    name = "</script><script>alert(1)</script> @DATA@ & <b>"
    academy = replace(ACADEMY, name=name)
    keys = [replace(SIGNER.key, academy=name)]
    file = tmp_path / NAME
    file.write_text(verify_page(records(keys, academy=academy), NOW), encoding="utf-8")
    for page in opened(browser, file.as_uri()):
        assert page.inner_text("#academy") == name
        assert checked(page, TEXT) == "valid"
        assert facts(page)["Signed by"] == name


def test_the_command_writes_it_with_the_keys_of_the_folder(tmp_path, browser):
    data = described(tmp_path / "data")
    assert "no key here yet" in course("verify-page", "--data", data, tmp_path / NAME, status=1)
    course("key", "make", "--data", data, input=TWICE)
    texts = issue_and_revoke(data)
    course("verify-page", "--data", data, tmp_path / NAME)
    for page in opened(browser, (tmp_path / NAME).as_uri()):
        assert [checked(page, text) for text in texts] == ["valid", "revoked"]


def issue_and_revoke(data):
    """The texts of two records of a folder, the second one revoked."""
    store = open_store(Settings(data=data))
    desk = Desk(Keyring(data / "keys").unlock(PASSPHRASE), store)
    numbers = [desk.issue(), desk.issue(NAMES["chinese"])]
    desk.revoke(numbers[1])
    store.close()
    found = records_of(data, NOW)
    return [found.find(number).text for number in numbers]
