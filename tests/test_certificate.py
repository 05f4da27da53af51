"""The certificate: issued, printed, scanned and checked, in every script and on both papers."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from course.core.credential import Issuer, Override, Signatory
from course.core.errors import MissingFont
from course.core.transcript import Row
from course.exchange import compact, fonts
from course.exchange.certificate import EDGE, SQUARE, check_fonts, pdf_of
from course.exchange.labels import KEYS, LABELS, percent
from course.exchange.pen import Pen, Style
from course.exchange.printing import Printing
from course.exchange.sheet import sheet_of

from .browser import missing
from .issuing import ACADEMY, NAMES, Desk, achievement, new_signer, register_of

SIGNER = new_signer()
SIZES = {"A4": (210, 297), "Letter": (215.9, 279.4)}
SCRIPTS = sorted(set(NAMES) - {"rare"})
ROWS = tuple(Row(f"tip/{place // 4}", f"Module {place // 4 + 1}", str(place),
                 "Name the act, the means and the purpose, and say which is not yet proved "
                 "by what has been found", "3.5", 4) for place in range(60))


def issued(named="arabic", **fields):
    desk = Desk(SIGNER)
    number = desk.issue(NAMES[named], **fields)
    return register_of(desk.store).record(number)


def ended(named="arabic", successor=False):
    desk = Desk(SIGNER)
    number = desk.issue(NAMES[named])
    if successor:
        desk.supersede(number, desk.issue(NAMES[named]))
    else:
        desk.revoke(number)
    return register_of(desk.store).record(number)


def tool(name: str) -> str:
    return shutil.which(name) or missing(f"{name} (poppler-utils)")


def words(pdf: bytes, folder: Path) -> str:
    """The text of a PDF as another program takes it out, without marks of direction."""
    (folder / "sheet.pdf").write_bytes(pdf)
    told = subprocess.run([tool("pdftotext"), "-layout", folder / "sheet.pdf", "-"],
                          capture_output=True, check=True).stdout.decode()
    return "".join(one for one in told if one not in "\u202a\u202b\u202c\u200e\u200f")


def scanned(pdf: bytes, folder: Path, dpi: int) -> list[str]:
    """What a decoder that is not ours finds on the first page as a picture."""
    try:
        import zxingcpp as zxing
    except ImportError:
        missing("zxing-cpp")
    (folder / "sheet.pdf").write_bytes(pdf)
    subprocess.run([tool("pdftoppm"), "-r", str(dpi), "-gray", "-singlefile", "-png",
                    folder / "sheet.pdf", folder / "sheet"], check=True)
    with Image.open(folder / "sheet.png") as picture:
        return [one.text for one in zxing.read_barcodes(picture)]


def boxes_of(path: Path) -> tuple[float, float, list[list[float]]]:
    """Width and height of the first page, and where its words stand, in points."""
    told = subprocess.run([tool("pdftotext"), "-bbox", "-l", "1", path, "-"],
                          capture_output=True, check=True).stdout.decode()
    page, *found = [[float(one) for one in re.findall(r'"([\d.]+)"', line)]
                    for line in told.splitlines() if "<page" in line or "<word" in line]
    return page[0], page[1], found


@pytest.fixture
def needs_chinese():
    try:
        fonts.fonts_for("".join(LABELS["zh"].values()))
    except MissingFont:
        missing("a Chinese font")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_printed_record_is_scanned_and_verifies(script, size, tmp_path, request):
    if script == "chinese":
        request.getfixturevalue("needs_chinese")
    one = issued(script, transcript=ROWS)
    pdf = pdf_of([one], size)
    for dpi in (200, 300):
        (text,) = scanned(pdf, tmp_path, dpi)
        verdict = compact.read(text, [SIGNER.key])
        assert (verdict.state, verdict.facts.name) == ("valid", NAMES[script].name)
    told = words(pdf, tmp_path)
    assert NAMES[script].name in told
    assert one.number in told and one.code in told
    if script in ("cyrillic", "kazakh", "chinese"):
        assert NAMES[script].other_name in told


@pytest.mark.parametrize("script", ["arabic", "persian"])
def test_letters_that_join_can_be_read_out_of_the_file_again(script, tmp_path):
    told = words(pdf_of([issued(script)]), tmp_path)
    assert NAMES[script].other_name in told


def test_letters_that_join_are_joined():
    """The same letters apart and together are not the same width."""
    with Pen("A4", fonts.own_faces()) as pen:
        together = pen.text_width("محمد", Style(20))
        assert together < 0.8 * sum(pen.text_width(one, Style(20)) for one in "محمد")


@pytest.mark.parametrize("language", sorted(set(LABELS) - {"zh"}))
def test_every_language_prints_its_own_labels(language, tmp_path):
    told = words(pdf_of([issued("latin", language=language)]), tmp_path)
    assert "2029-03-30" in told
    if language != "ar":
        assert LABELS[language]["completion"] in told


def test_each_language_has_every_label():
    assert all(set(labels) == set(KEYS) and all(labels.values()) for labels in LABELS.values())
    assert all(labels["completed"].count("{title}") == 1 and "{pages}" in labels["page"]
               for labels in LABELS.values())


@pytest.mark.parametrize("language", LABELS)
def test_each_name_can_be_read_in_a_sheet_of_every_language(language, tmp_path, needs_chinese):
    """Also after a line in a face that is not the first: Latin letters stay Latin letters."""
    desk = Desk(SIGNER)
    for named in ("arabic", "cyrillic", "chinese"):
        desk.issue(NAMES[named], language=language)
    for one in register_of(desk.store).records:
        told = " ".join(words(pdf_of([one], transcript=False), tmp_path).split())
        named = one.credential.named
        assert named.name in told and LABELS[language]["completion"] in told
        assert named.other_language == "ar" or named.other_name in told


def test_names_and_academy_stand_under_their_own_languages():
    """A record in Chinese of an academy whose other name is Arabic."""
    sheet = sheet_of(issued("chinese", language="zh"))
    assert (sheet.first.name, sheet.first.academy) == (
        NAMES["chinese"].other_name, "Academy of Casteria")
    assert sheet.second.language == "ar"
    assert (sheet.second.name, sheet.second.academy) == (
        NAMES["chinese"].name, "أكاديمية كاستيريا")


@pytest.mark.parametrize("signing", [1, 2, 6, 9])
@pytest.mark.parametrize("size", SIZES)
def test_the_longest_record_fits_on_its_sheet(size, signing, tmp_path):
    """Every fact, a long academy, all who sign: all on the paper, and large enough to read."""
    people = (Signatory("Konstantin Dobrovolskiy", "Director of training", "Имя Фамилия",
                        "Начальник отдела"),) * signing
    issuer = Issuer("National Academy for Investigators and Prosecutors of Casteria",
                    "Национальная академия следователей и прокуроров Кастерии", "ru", "CAS",
                    people)
    one = issued("cyrillic", issuer=issuer, doubtful="2026-04-02T09:00:00Z", law="CAS 2026",
                 supersedes="CAS-K7F3A-2026-0001", reason="A letter",
                 overrides=(Override("attendance:x", "Attendance", "Ill", "R. Ames"),))
    pdf = pdf_of([one], size)
    told = words(pdf, tmp_path)
    assert told.count("Director of training") == signing and "CAS-K7F3A-2026-0001" in told
    assert scanned(pdf, tmp_path, 200)
    width, height, boxes = boxes_of(tmp_path / "sheet.pdf")
    assert all(left > 0 and right < width and top > 0 and bottom < height
               for left, top, right, bottom in boxes)
    assert min(bottom - top for _, top, _, bottom in boxes) > 7


def test_an_achievement_tells_the_mark_and_what_was_needed(tmp_path):
    desk = Desk(SIGNER)
    desk.issue(kind="achievement", examination=achievement().examination, modules=None)
    told = words(pdf_of(register_of(desk.store).records), tmp_path)
    assert "Record of achievement" in told
    assert "43.5 / 50 = 87 % (≥ 80 %)" in told


def test_the_square_is_large_enough_and_clear_of_the_edge():
    assert SQUARE >= 38
    assert EDGE > 4 * SQUARE / 57


def test_a_mark_is_never_rounded_up():
    assert (percent(799), percent(870)) == ("79.9 %", "87 %")


def test_the_same_record_gives_the_same_file_whenever_it_is_printed():
    one = issued(transcript=ROWS)
    assert pdf_of([one]) == pdf_of([one])


def test_a_name_stands_under_its_own_language():
    sheet = sheet_of(issued(language="ar"))
    assert [voice.language for voice in sheet.voices] == ["en", "ar"]
    assert sheet.first.name == NAMES["arabic"].other_name


def test_a_name_in_a_language_without_labels_is_shown_beside_those_of_the_academy():
    sheet = sheet_of(issued("persian"))
    assert sheet.second.language == "ar"
    assert sheet.names[1] == (NAMES["persian"].other_name, True)
    plain = sheet_of(issued("kazakh", issuer=Issuer("Academy")))
    assert plain.second is None
    assert [name for name, _ in plain.names] == [NAMES["kazakh"].name, NAMES["kazakh"].other_name]


def test_what_no_longer_holds_says_so_in_print(tmp_path):
    told = words(pdf_of([ended()]), tmp_path)
    assert "REVOKED" in told and "Issued by mistake" in told
    assert "REPLACED" in words(pdf_of([ended(successor=True)]), tmp_path)


def test_what_was_waived_is_told_with_its_reason(tmp_path):
    one = issued(overrides=(Override("attendance:x", "Attendance", "Ill for a week", "R. Ames"),))
    told = words(pdf_of([one]), tmp_path)
    assert "Requirements waived" in told and "Ill for a week" in told and "R. Ames" in told


def test_the_transcript_names_every_module_and_objective(tmp_path):
    told = words(pdf_of([issued(transcript=ROWS)]), tmp_path)
    assert all(f"Module {number}" in told for number in range(1, 16))
    assert told.count("3.5 / 4") == len(ROWS)
    assert "Page 5 of 5" in told
    assert "Module 1" not in words(pdf_of([issued(transcript=ROWS)], transcript=False), tmp_path)


def test_a_logo_is_printed_as_it_was(tmp_path):
    Image.new("RGB", (60, 30), "white").save(tmp_path / "logo.png")
    logos = {"old": (tmp_path / "logo.png").read_bytes()}
    one = issued(issuer=replace(issued().credential.issuer, logo="old"))
    assert b"/Subtype /Image" in pdf_of([one], logos=logos.get)
    assert b"/Subtype /Image" not in pdf_of([one])


def test_a_missing_font_is_said_before_anything_is_issued(monkeypatch):
    monkeypatch.setattr(fonts, "system_faces", lambda: ())
    one = issued("chinese")
    for doing in (check_fonts, pdf_of, Printing):
        with pytest.raises(MissingFont) as refused:
            doing([one])
        assert refused.value.values["chinese"]
        assert set(refused.value.values["characters"]) & set(NAMES["chinese"].other_name)
    with pytest.raises(MissingFont):
        fonts.fonts_for("".join(LABELS["zh"].values()))
    check_fonts([issued("arabic"), issued("cyrillic")])


def test_a_font_that_is_set_is_used(monkeypatch, needs_chinese):
    file = fonts.fonts_for("".join(LABELS["zh"].values()))[-1].path
    monkeypatch.setattr(fonts, "system_faces", lambda: ())
    assert fonts.fonts_for(NAMES["chinese"].other_name, file)[-1].path == file


def test_a_file_that_is_no_font_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "system_faces", lambda: ())
    (tmp_path / "bad.ttc").write_bytes(b"nothing")
    with pytest.raises(MissingFont):
        fonts.fonts_for("欧", tmp_path / "bad.ttc")


def test_a_cohort_is_printed_aside_with_its_progress():
    desk = Desk(SIGNER)
    for _ in range(5):
        desk.issue()
    printing = Printing(register_of(desk.store).records, "Letter")
    assert printing.result(60).count(b"/Type /Page\n") == 2 * 5
    assert (printing.done, printing.of, printing.is_over) == (5, 5, True)


def test_printing_can_be_stopped(monkeypatch):
    printing = Printing([issued() for _ in range(30)])
    printing.stop()
    assert printing.result(60) == b""
    assert printing.done < 30


def test_sides_of_the_paper():
    for size, (width, height) in SIZES.items():
        with Pen(size, fonts.own_faces()) as pen:
            assert (round(pen.width), round(pen.height)) == (round(width), round(height))


def test_academy_without_a_second_language(tmp_path):
    one = issued("latin", issuer=Issuer(ACADEMY.name, prefix="CAS"))
    assert sheet_of(one).second is None
    assert "Valid until" in words(pdf_of([one]), tmp_path)
