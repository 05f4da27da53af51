"""Who qualifies for a record, what is missing, and what the record then says for ever."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core import people
from course.core.academy import (
    EVERY,
    PROFILE,
    Rules,
    Signatory,
    academy_of,
    change_logo,
    describe,
    set_rules,
)
from course.core.awarding import Award, add_months, award, best_final, reissue
from course.core.canonical import canonical, digest
from course.core.credential import Count, Credential, Moment, Named, moment
from course.core.errors import BadField, RequirementsNotMet
from course.core.numbering import LETTERS, Number, clean_code, code_of, mark_of
from course.core.register import Chain, record_of
from course.core.scoring import kept_answers
from course.core.standing import (
    ACHIEVEMENT,
    COMPLETION,
    Syllabus,
    attend,
    kinds_of,
    standing,
)
from course.core.transcript import points
from course.exchange.compact import signed_text
from course.records import of_store
from course.store import MemoryStore

from .issuing import ACADEMY, NAMES, PASSPHRASE, WHEN, achievement, credential, keyring_in
from .world import FILES, Learner, form_for, make_app, set_up, write

NUMBER = Number.parse("CAS-K7F3A-2026-0001")
REGISTRAR = people.Person("reg", "R. Ames", "R-1", people.REGISTRAR, "en", "")
INDEX = FILES["modules/tip/index.md"].replace("every case]", "every case, final]").replace(
    "3. [Later](later.md)", "3. [Later](later.md)\n4. [Final](../../quizzes/tip/final.md)")


@pytest.fixture
def learner(tmp_path):
    content = write(tmp_path / "content", {
        **FILES, "modules/tip/index.md": INDEX,
        "quizzes/tip/final.md": "---\ntitle: Final\nkind: final\ndraw: 3\npass: 80%\n---\n"})
    app = make_app(tmp_path, content=content)
    set_up(app)
    return Learner(app)


def syllabus(learner):
    library = learner.app.extensions["course"].library
    return Syllabus(library.manual("tip", "en"), lambda one: library.outline(one, "en"),
                    lambda one: library.quiz(one, "en"))


def stands(learner, kind=COMPLETION, **rules):
    return standing(kind, syllabus(learner), learner.document, Rules(**rules))


def lacks(learner, kind=COMPLETION, **rules):
    """What is missing, as it would be told."""
    return {one.key: [(lack.code, lack.have, lack.need) for lack in one.lacks]
            for one in stands(learner, kind, **rules).missing}


def studies(learner):
    """Everything that the manual requires but for its examination."""
    library = learner.app.extensions["course"].library
    for name, section, checks in (("elements", "why", ["in-place"]), ("later", "text", []),
                                  ("laundry", "scene", ["door", "essay"])):
        page = f"/manuals/tip/{name}/{section}"
        learner.get(page)
        for check in checks:
            question = library.quiz(f"tip/{name}", "en").question(check)
            learner.post(f"{page}/checks/{check}", form_for(question), page=page)
    for name in ("elements", "laundry"):
        learner.answers(learner.starts(f"tip/{name}"))


def attends(learner, minutes):
    store = learner.app.extensions["course"].store
    person = learner.app.extensions["course"].register().person(learner.id)
    with store.record(person.record) as record:
        record.append(attend(person, "tip", minutes, REGISTRAR))


def awarded(learner, kind=COMPLETION, rules=None, waived=None, final=None):
    academy = replace(ACADEMY, rules={EVERY: rules or Rules()})
    where = standing(kind, syllabus(learner), learner.document, academy.rules_for("tip"))
    return award(where, syllabus(learner), learner.document, final or {}, academy, NUMBER, WHEN,
                 Award(NAMES["arabic"], waived=waived or {}, by="R. Ames"))


def final_answers(learner):
    best = best_final(syllabus(learner), learner.document)
    store = learner.app.extensions["course"].store
    return kept_answers(store.statement(best.summary["statement"]))


# What is missing -------------------------------------------------------------------------

def test_a_new_learner_lacks_everything_and_each_thing_is_named(learner):
    assert lacks(learner) == {
        "module:tip/elements": [("opened", 0, 1), ("questions", 0, 1), ("quiz", 0, 800)],
        "case:tip/laundry": [("opened", 0, 1), ("questions", 0, 2), ("quiz", 0, 600)],
        "module:tip/later": [("opened", 0, 1)]}
    assert lacks(learner, ACHIEVEMENT) == {"final:tip/final": [("sat", 0, 1)]}


def test_a_quiz_that_was_failed_says_how_far_it_came(learner):
    attempt = learner.starts("tip/elements")
    learner.answers(attempt, right=False)
    assert ("quiz", 0, 800) in lacks(learner)["module:tip/elements"]
    assert ("opened", 0, 1) not in lacks(learner)["module:tip/elements"]


def test_who_did_everything_qualifies_for_completion_and_not_for_achievement(learner):
    studies(learner)
    assert lacks(learner) == {}
    assert stands(learner).qualifies
    assert not stands(learner, ACHIEVEMENT).qualifies


def test_the_two_kinds_are_not_mixed_up(learner):
    learner.answers(learner.starts("tip/final"))
    assert stands(learner, ACHIEVEMENT).qualifies
    assert not stands(learner).qualifies
    assert len(lacks(learner, ACHIEVEMENT, completion_first=True)) == 3


def test_an_academy_asks_for_hours_that_a_registrar_enters(learner):
    studies(learner)
    assert lacks(learner, attendance=90) == {"attendance:tip": [("minutes", 0, 108)]}
    attends(learner, 107)
    assert lacks(learner, attendance=90) == {"attendance:tip": [("minutes", 107, 108)]}
    attends(learner, 108)
    assert stands(learner, attendance=90).qualifies


def test_an_examination_that_was_failed_says_the_score_and_what_had_to_be_right(learner):
    learner.answers(learner.starts("tip/final"), right=False)
    assert lacks(learner, ACHIEVEMENT) == {
        "final:tip/final": [("score", 0, 800), ("critical", 0, 1)]}


def test_a_manual_without_an_examination_ends_in_completion_only(app, learner):
    manual = syllabus(learner).manual
    assert kinds_of(manual) == (COMPLETION, ACHIEVEMENT)
    assert kinds_of(replace(manual, parts=())) == (COMPLETION,)
    without = replace(syllabus(learner), manual=replace(manual, parts=()))
    assert not standing(ACHIEVEMENT, without, {}, Rules()).qualifies
    assert not standing(COMPLETION, without, {}, Rules()).qualifies


@pytest.mark.parametrize("minutes", [-1, 60001])
def test_hours_that_cannot_be_are_refused(minutes):
    with pytest.raises(BadField):
        attend(REGISTRAR, "tip", minutes, REGISTRAR)


# Awarding --------------------------------------------------------------------------------

def test_a_completion_has_counts_hours_and_objectives_and_no_mark_of_the_examination(learner):
    studies(learner)
    attends(learner, 110)
    learner.answers(learner.starts("tip/final"))
    record = awarded(learner, rules=Rules(attendance=90))

    assert (record.modules, record.cases) == (Count(2, 2), Count(1, 1))
    assert record.attendance == Count(110, 108)
    assert record.examination is None
    assert {(one.objective, one.text) for one in record.transcript} == {
        ("act", "Name the act"), ("child", "Apply the child rule")}
    assert record.begun <= record.ended
    assert record.valid_until == "2029-03-30"
    assert record.rules["academy"]["attendance"] == 90
    assert record.rules["requires"] == ["every module", "every case", "final"]
    assert record.overrides == ()


def test_an_achievement_has_the_examination_by_module_and_nothing_else(learner):
    studies(learner)
    learner.answers(learner.starts("tip/final"))
    record = awarded(learner, ACHIEVEMENT, final=final_answers(learner))

    assert (record.examination.score, record.examination.of) == ("3", 3)
    assert (record.examination.permille, record.examination.needed) == (1000, 800)
    assert (record.modules, record.cases, record.attendance) == (None, None, None)
    assert [(one.activity, one.text, one.score, one.of) for one in record.transcript] == [
        ("tip/final", "What it is", "3", 3)]


def test_what_is_missing_can_be_waived_with_a_reason_only_and_stays_marked(learner):
    studies(learner)
    rules = Rules(attendance=50)
    with pytest.raises(RequirementsNotMet) as refused:
        awarded(learner, rules=rules)
    assert [one.key for one in refused.value.values["missing"]] == ["attendance:tip"]
    with pytest.raises(BadField):
        awarded(learner, rules=rules, waived={"attendance:tip": " "})

    record = awarded(learner, rules=rules, waived={"attendance:tip": "Taught it himself",
                                                   "module:tip/later": "not needed"})
    assert [(one.what, one.reason, one.by) for one in record.overrides] == [
        ("attendance:tip", "Taught it himself", "R. Ames")]
    assert record.attendance == Count(0, 60)


def test_what_was_waived_is_not_counted_as_done(learner):
    record = awarded(learner, waived=dict.fromkeys(lacks(learner), "By order"))
    assert (record.modules, record.cases) == (Count(0, 2), Count(0, 1))
    assert len(record.overrides) == 3


def test_an_academy_changes_the_term(learner):
    studies(learner)
    assert awarded(learner, rules=Rules(valid_months=12)).valid_until == "2027-03-30"
    assert awarded(learner, rules=Rules(valid_months=0)).valid_until == ""


def test_the_national_law_and_both_names_are_on_it(learner):
    studies(learner)
    record = award(stands(learner), syllabus(learner), learner.document, {}, ACADEMY, NUMBER, WHEN,
                   Award(Named("  Amal   Haddad ", "أمل حدّاد", "ar"), "ar", law="CAS 2026"))
    assert (record.named.name, record.named.other_name, record.law) == (
        "Amal Haddad", "أمل حدّاد", "CAS 2026")
    assert record.issuer.other_name == ACADEMY.other_name
    with pytest.raises(BadField):
        Named("  ").cleaned()


# The frozen value ------------------------------------------------------------------------

@pytest.mark.parametrize("record", [credential(), achievement(), credential(attendance=None)])
def test_a_record_comes_back_from_its_json(record):
    kept = json.loads(json.dumps(record.as_json()))
    assert Credential.from_json(kept) == record
    assert canonical(kept) == canonical(record.as_json())


@pytest.mark.parametrize("shape", [{}, {"number": "x"}, {**credential().as_json(), "named": 3},
                                   {**credential().as_json(), "transcript": [{"a": 1}]}])
def test_what_is_no_record_is_refused(shape):
    with pytest.raises(ValueError, match="not a record"):
        Credential.from_json(shape)


def test_a_correction_keeps_the_facts_and_the_term_and_says_what_it_replaces():
    old = credential().as_json()
    new = reissue(old, NUMBER, Moment("2026-05-02T10:00:00Z"), "A letter was wrong",
                  {"name": "Abdul Rahman", "ended": "2026-03-28"})
    assert new.named.name == "Abdul Rahman"
    assert new.named.other_name == NAMES["arabic"].other_name
    assert (new.issued, new.ended, new.valid_until) == ("2026-05-02", "2026-03-28", "2029-03-30")
    assert (new.supersedes, new.reason) == (old["number"], "A letter was wrong")
    assert new.modules == Count(14, 14)


@pytest.mark.parametrize(("changes", "reason"), [
    ({"examination": "x"}, "y"), ({"name": ""}, "y"), ({"begun": "2026-02-30"}, "y"), ({}, " ")])
def test_a_correction_of_something_else_or_without_a_reason_is_refused(changes, reason):
    with pytest.raises(BadField):
        reissue(credential().as_json(), NUMBER, WHEN, reason, changes)


def test_a_clock_that_is_behind_makes_the_date_doubtful():
    now = datetime(2020, 1, 1, 12, tzinfo=UTC)
    assert not moment(now, 30).doubtful
    late = moment(now, 86400 * 10)
    assert late.doubtful
    assert (late.date, late.latest, late.believed) == (
        "2020-01-01", "2020-01-11T12:00:00Z", "2020-01-11")


@pytest.mark.parametrize(("day", "months", "then"), [
    ("2026-03-30", 36, "2029-03-30"), ("2026-08-31", 6, "2027-02-28"), ("2027-12-31", 1,
                                                                        "2028-01-31"),
    ("2027-08-30", 6, "2028-02-29")])
def test_months_are_counted_to_the_last_of_a_shorter_one(day, months, then):
    assert add_months(day, months) == then


@pytest.mark.parametrize(("score", "text"), [
    (43, "43"), (43.5, "43.5"), (2.6667, "2.66"), (0, "0"), (100.0, "100"), (0.1 + 0.2, "0.3")])
def test_points_are_rounded_down_to_two_decimals(score, text):
    assert points(score) == text


# Numbers and codes -----------------------------------------------------------------------

@given(st.from_regex(r"[A-Z0-9]{2,8}", fullmatch=True), st.text(LETTERS, min_size=5, max_size=5),
       st.integers(0, 9999), st.integers(1, 9999999))
def test_a_number_comes_back_from_its_text(academy, device, year, running):
    number = Number(academy, device, year, running)
    assert Number.parse(str(number)) == number


@pytest.mark.parametrize("text", ["", "CAS-2026-0147", "CAS-K7F3A-2026-147", "cas-K7F3A-2026-0147",
                                  "CAS-K7F3A-2026-00147", "CAS-KOF3A-2026-0147",
                                  "CAS-K7F3A-2026-٠١٤٧"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="number"):
        Number.parse(text)


def test_devices_have_marks_of_their_own():
    assert len({mark_of(f"{one:012x}") for one in range(500)}) == 500


@given(st.binary(min_size=1))
def test_a_code_is_understood_as_it_is_read_aloud(data):
    code = code_of(digest(data.hex()))
    assert clean_code(code) == code
    assert clean_code(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code


def test_a_slip_in_a_code_is_told():
    code = code_of(digest("x"))
    slips = [code[:at] + other + code[at + 1:] for at in range(len(code)) if code[at] != "-"
             for other in LETTERS if other != code[at]]
    refused = 0
    for slip in slips:
        try:
            clean_code(slip)
        except ValueError:
            refused += 1
    assert refused > 0.93 * len(slips)
    with pytest.raises(ValueError, match="code"):
        clean_code(code[:-1])


# Canonical JSON --------------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers(-2**53 + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])), inner), max_leaves=12)


@given(values)
def test_canonical_json_is_json_and_does_not_depend_on_order(value):
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text
    if isinstance(value, dict):
        assert canonical(dict(reversed(value.items()))) == text


def test_canonical_json_is_that_of_the_standard():
    value = {"\u20ac": "Euro", "\r": "CR", "\ufb33": "Dalet", "1": "One", "\U0001f600": "Smile",
             "\u0080": "Control", "\u00f6": "o", "</script>": [None, True, 10, "\u000f\n\"\\/"]}
    assert canonical(value).decode() == (
        '{"\\r":"CR","1":"One","</script>":[null,true,10,"\\u000f\\n\\"\\\\/"],"\u0080":"Control",'
        '"\u00f6":"o","\u20ac":"Euro","\U0001f600":"Smile","\ufb33":"Dalet"}')


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, {1: "a"}, {"a": b""}, "\ud800",
                                   {"\ud800": 1}])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError):
        canonical(value)


# The academy -----------------------------------------------------------------------------

def said(*drafts):
    from course import FOLDS

    store = MemoryStore(FOLDS)
    for draft in drafts:
        with store.record(PROFILE) as record:
            record.append(draft)
    return academy_of(store.document(PROFILE))


def test_an_academy_is_what_was_last_said_of_it_and_keeps_its_old_logos():
    png = b"\x89PNG\r\n\x1a\n"
    academy = said(
        describe(REGISTRAR, name="Old", prefix="cas"), change_logo(REGISTRAR, png + b"1"),
        change_logo(REGISTRAR, png + b"2"),
        describe(REGISTRAR, name=" Academy  of Casteria", prefix="cas", other_name="أكاديمية",
                 other_language="ar", signatories=[Signatory("R. Ames", "Registrar")]),
        set_rules(REGISTRAR, EVERY, Rules(attendance=80)),
        set_rules(REGISTRAR, "tip", Rules(attendance=90)))
    assert (academy.name, academy.prefix, academy.is_ready) == ("Academy of Casteria", "CAS", True)
    assert academy.signatories == (Signatory("R. Ames", "Registrar"),)
    assert sorted(academy.logo_bytes(one)[-1:] for one in academy.logos) == [b"1", b"2"]
    assert academy.logo_bytes(academy.logo)[-1:] == b"2"
    assert academy.rules_for("tip").attendance == 90
    assert academy.rules_for("som").attendance == 80
    assert not said().is_ready


@pytest.mark.parametrize("wrong", [
    lambda: describe(REGISTRAR, name="A", prefix="C"),
    lambda: describe(REGISTRAR, name="A", prefix="CÄS"),
    lambda: describe(REGISTRAR, name="", prefix="CAS"),
    lambda: describe(REGISTRAR, name="A" * 121, prefix="CAS"),
    lambda: change_logo(REGISTRAR, b"<svg>"),
    lambda: change_logo(REGISTRAR, b"\xff\xd8\xff" + bytes(200_000)),
    lambda: set_rules(REGISTRAR, "tip", Rules(attendance=101)),
    lambda: set_rules(REGISTRAR, "tip", Rules(valid_months=601)),
])
def test_what_an_academy_cannot_be_is_refused(wrong):
    with pytest.raises(BadField):
        wrong()


# Frozen ----------------------------------------------------------------------------------

def test_nothing_that_changes_later_changes_an_issued_record(learner, tmp_path):
    """Template, name, edition, rules, key: the next record is another, this one is the same."""
    studies(learner)
    store, keyring = learner.app.extensions["course"].store, keyring_in(tmp_path)
    keyring.make(PASSPHRASE, "Old name", "CAS", WHEN.time)

    def issue(name, rules):
        with store.record(PROFILE) as profile:
            profile.append(describe(REGISTRAR, name=name, prefix="CAS"),
                           set_rules(REGISTRAR, EVERY, rules))
        academy, signer = academy_of(store.document(PROFILE)), keyring.unlock(PASSPHRASE)
        where = standing(COMPLETION, syllabus(learner), learner.document, academy.rules_for("tip"))
        with store.record(record_of(store.device)) as record:
            chain = Chain(store.device, record.document, signer.seal)
            made = award(where, syllabus(learner), learner.document, {}, academy,
                         chain.next_number("CAS", WHEN), WHEN, Award(NAMES["marked"])).as_json()
            record.append(chain.issued(made, signed_text(made, signer), WHEN, by="reg",
                                       person=learner.id))
        return made["number"]

    def kept(number):
        found = of_store(store, keyring, WHEN.time).find(number)
        return canonical(found.record), found.text, found.code

    first = issue("Old name", Rules())
    before = kept(first)
    content = learner.app.extensions["course"].library.roots.content
    index = content / "modules/tip/index.md"
    index.write_text(index.read_text().replace("2026.1", "2027.1").replace("A small", "Another"))
    time.sleep(1.1)  # files are looked at once a second
    keyring.rotate(PASSPHRASE, PASSPHRASE, "New name", "CAS", "2026-03-30T10:00:00Z")
    second = issue("New name", Rules(valid_months=6))

    assert kept(first) == before
    records = of_store(store, keyring, WHEN.time)
    old, new = records.find(first), records.find(second)
    assert [(one.credential.issuer.name, one.credential.manual.edition,
             one.credential.manual.title, one.credential.valid_until) for one in (old, new)] == [
        ("Old name", "2026.1", "A small manual", "2029-03-30"),
        ("New name", "2027.1", "Another manual", "2026-09-30")]
    verdicts = [records.check(one.record, one.text) for one in (old, new)]
    assert [one.state for one in verdicts] == ["valid", "valid"]
    assert verdicts[0].key != verdicts[1].key
    assert verdicts[0].key.academy == "Old name"
