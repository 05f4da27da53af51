"""Marking through the pages: one question, all answers, blind; by one marker, by two, by keys
of a rubric; and what the learner, the audit and a spreadsheet get of it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.core import grading, learning, markers
from course.core.grading import APART, HALF, MARKED, WAITING, agreement
from course.core.markers import Given, Rules
from course.core.people import Person
from course.core.questions import Criterion, FreeText
from course.core.statement import Statement
from course.core.written import IN_PLACE, Written, written_in

from .world import Learner, Staff, add_colleague, make_app_with_cases

QUESTION = "/marking/tip/laundry/essay"
SCENE = "/manuals/tip/laundry/scene"
NAMES = [("Zorrel, Zale", "Z-1"), ("Brell, Calen", "B-2"), ("Ardis, Alvi", "A-3")]


@pytest.fixture
def colleague(app, admin):
    add_colleague(admin, "trainer", "T-2")
    return Staff(app, "T-2")


@pytest.fixture
def classmates(app):
    """Three who wrote a text each; the first is not the first by name."""
    people = [Learner(app, name, number) for name, number in NAMES]
    for n, one in enumerate(people, start=1):
        writes(one, f"The text number-{n}.")
    return people


def writes(learner, text):
    learner.post("/manuals/tip/laundry/scene/checks/essay", {"r": text}, page=SCENE)


def answers_of(marker):
    """The addresses of all answers to the question, in the marker's order."""
    page = marker.get(QUESTION)
    return [unescape(one).partition("#")[0]
            for one in re.findall(rf'<li><a href="({QUESTION}/[^"]+)"', page)]


def answer_of(marker, text):
    """The address of the answer that holds a text."""
    return next(one for one in answers_of(marker) if text in marker.get(one))


def gives(marker, text, *, c1="0", c2="", status=200, **rest):
    """Mark the answer that holds a text."""
    url = answer_of(marker, text)
    return marker.post(url, {"c1": c1, "c2": c2, **rest}, status=status)


# One marker ------------------------------------------------------------------------------

def test_a_trainer_marks_one_answer_after_the_other_and_the_learners_see_it(trainer, classmates):
    assert "Marking (<bdi>3</bdi>)" in trainer.get("/marking")
    first, *_ = answers_of(trainer)
    page = trainer.get(first)
    for n in (3, 2, 1):
        assert "Names the act" in page and "What is met?" in page
        page = trainer.post(trainer.path, {"c1": "2", "c2": "", "remark": f"Remark-{n}"})
    assert "Nothing waits for you here" in page and "Saved" in page
    assert "Marking (" not in page
    shown = classmates[0].get(SCENE)
    assert "Marked: <bdi>2</bdi> of <bdi>3</bdi> points" in shown
    assert "Remark-" in shown and 'aria-label="Met:"' in shown and 'aria-label="Not met:"' in shown
    assert "Marked: <bdi>2</bdi> of <bdi>3</bdi> points" in classmates[0].get("/progress")


def test_until_it_is_marked_the_learner_reads_that_the_trainer_does_it(classmates):
    assert "Your trainer will mark this" in classmates[0].get(SCENE)
    assert "Your trainer marks this. Nothing more is needed" in classmates[0].get("/progress")


def test_nothing_of_a_blind_page_tells_whose_text_it_is(trainer, classmates):
    secrets = [one for learner in classmates
               for one in (learner.name, learner.number, learner.id, learner.name.split(",")[0])]
    pages = [trainer.get(QUESTION), *(trainer.get(one) for one in answers_of(trainer))]
    pages.append(gives(trainer, "number-1", c1="1"))
    for page in pages:
        assert not [one for one in secrets if one in page]


def test_two_markers_have_other_orders_and_other_tokens_that_stay(trainer, colleague, classmates):
    assert answers_of(trainer) == answers_of(trainer)
    assert not set(answers_of(trainer)) & set(answers_of(colleague))


def test_names_can_be_shown_and_then_the_answers_stand_by_name(trainer, classmates):
    page = trainer.post("/marking/names", {"names": "1", "question": "tip/laundry#essay"},
                        page=QUESTION)
    assert page.index("Ardis, Alvi") < page.index("Brell, Calen") < page.index("Zorrel, Zale")
    assert "number-3" in trainer.get(answers_of(trainer)[0])


def test_an_untouched_form_is_no_mark_of_nought(trainer, classmates):
    page = gives(trainer, "number-1", status=422, remark="A typed-remark")
    assert "or say that none is" in page and "A typed-remark" in page
    gives(trainer, "number-1", none="1")
    assert "Marked: <bdi>0</bdi> of <bdi>3</bdi> points" in classmates[0].get(SCENE)


@pytest.mark.parametrize("sent", [{"c1": "3"}, {"c1": "x"}, {"c1": "-1"}, {"c2": "2"}])
def test_points_beyond_the_rubric_are_refused(trainer, classmates, sent):
    url = answer_of(trainer, "number-1")
    assert "Give each criterion its points" in trainer.post(url, sent, status=422)


def test_a_changed_mark_needs_a_reason_and_keeps_the_old_one(trainer, colleague, admin,
                                                             classmates):
    gives(trainer, "number-1", c1="1", remark="First-remark")
    refused = gives(colleague, "number-1", c1="2", c2="1", status=422)
    assert "Fill this in" in refused and "First-remark" in refused
    gives(colleague, "number-1", c1="2", c2="1", reason="The purpose stands in line two")
    page = trainer.get(answer_of(trainer, "number-1"))
    assert "Moss, trainer" in page and "The purpose stands in line two" in page
    assert page.index("First-remark") < page.index("The purpose stands in line two")
    assert "Marked: <bdi>3</bdi> of <bdi>3</bdi> points" in classmates[0].get(SCENE)
    assert "The purpose stands" not in classmates[0].get(SCENE)
    audit = admin.get("/academy/audit?kind=marks")
    assert "Text marked" in audit and "Mark of a text changed" in audit
    assert "tip/laundry#essay 1 → 3 / 3: The purpose stands in line two" in unescape(audit)
    assert "Zorrel, Zale" in audit and "Moss, trainer" in audit


def test_the_same_mark_sent_again_adds_nothing(trainer, classmates):
    gives(trainer, "number-1", c1="1")
    gives(trainer, "number-1", c1="1")
    marks = classmates[0].document["marks"]["tip/laundry#essay"]
    assert [len(versions) for versions in marks.values()] == [1]


def test_a_mark_never_slides_to_a_later_text(trainer, classmates):
    gives(trainer, "number-1", c1="2", c2="1")
    writes(classmates[0], "Another text.")
    assert "Your trainer will mark this" in classmates[0].get(SCENE)
    assert "Marking (<bdi>3</bdi>)" in trainer.get("/marking")
    writes(classmates[0], "The text number-1.")
    assert "Marked: <bdi>3</bdi> of" in classmates[0].get(SCENE)


def test_a_mark_counts_as_the_latest_of_its_question(trainer, classmates):
    gives(trainer, "number-1", c1="1")
    (_, _, _, score), = classmates[0].document["seen"]["tip/laundry#essay"]
    assert score == pytest.approx(1 / 3, abs=1e-4)
    gives(trainer, "number-1", c1="2", c2="1", reason="Looked at it again")
    (_, _, _, score), = classmates[0].document["seen"]["tip/laundry#essay"]
    assert score == 1
    assert "nothing to look at again" not in classmates[0].get("/home")


def test_earlier_remarks_are_offered_again(trainer, classmates):
    gives(trainer, "number-1", c1="1", remark="Say who gains")
    page = trainer.get(answer_of(trainer, "number-2"))
    assert "Your earlier remarks" in page and "Say who gains" in page


# Two markers -----------------------------------------------------------------------------

def asks_for_two(marker, apart=1):
    marker.post(QUESTION, {"two": "1", "apart": str(apart)})


def test_the_second_marker_is_blind_until_theirs_is_in(trainer, colleague, classmates):
    asks_for_two(trainer)
    gives(trainer, "number-1", c1="2", remark="Only-mine")
    assert "Your trainer will mark this" in classmates[0].get(SCENE)
    assert "seen" not in classmates[0].document, "there is no mark yet that counts"
    classmates[0].get("/home")
    url = answer_of(colleague, "number-1")
    for page in (colleague.get(url), colleague.get(QUESTION)):
        assert "Only-mine" not in page and "of <bdi>3</bdi> points" not in page
    assert "Marking (<bdi>3</bdi>)" in colleague.get("/marking")
    gives(colleague, "number-1", c1="2", c2="1")
    assert "Only-mine" in colleague.get(url)
    assert "Marked: <bdi>2.5</bdi> of <bdi>3</bdi> points" in classmates[0].get(SCENE)
    assert "You have the mean of both" in classmates[0].get(SCENE)


def test_marks_too_far_apart_are_settled_by_one_of_the_two_with_a_reason(
        app, trainer, colleague, admin, classmates):
    asks_for_two(trainer)
    gives(trainer, "number-1", c1="2", c2="1")
    gives(colleague, "number-1", none="1")
    assert "Your trainer will mark this" in classmates[0].get(SCENE)
    assert "Two marks that have to be settled" in trainer.get(QUESTION)
    assert "Why it is settled so" not in admin.get(answer_of(admin, "number-1"))
    gives(admin, "number-1", c1="1", reason="I was not asked", status=403)
    gives(trainer, "number-1", c1="2", status=422)
    gives(trainer, "number-1", c1="2", reason="We read it together")
    assert "Marked: <bdi>2</bdi> of <bdi>3</bdi> points" in classmates[0].get(SCENE)
    page = trainer.get(QUESTION)
    assert "<bdi>1</bdi> answer has been marked by two: <bdi>0</bdi> with the same points" in page
    assert "Mean difference: <bdi>3</bdi> points" in unescape(page)


def test_a_bad_number_of_points_is_said_at_its_field(trainer, classmates):
    assert "Give a number of points" in trainer.post(QUESTION, {"apart": "many"}, status=422)


# Cases, cohorts, figures -----------------------------------------------------------------

def test_the_note_of_an_evidence_file_is_marked_when_the_file_is_closed(tmp_path):
    app = make_app_with_cases(tmp_path)
    learner, admin = Learner(app), Staff(app)
    case = app.extensions["course"].library.case("demo-cases/build", "en")
    learner.post("/manuals/demo-cases/build/case")
    url = learner.path
    exhibit, suspect = case.exhibits[0].id, case.suspects[0].id
    learner.post(f"{url}/exhibits/{exhibit}",
                 {f"r.{exhibit}.{suspect}.{one.id}": "proves" for one in case.elements})
    for one in case.charge:
        sent = {"r": "My charging-note."} if one.kind == "free" else {
            "r": [choice.id for choice in one.choices][:1]}
        learner.post(f"{url}/charge/{one.id}", sent, page=f"{url}/charge")
    assert "charging-note" not in admin.get("/marking")
    assert "Nobody has written a text" in admin.get("/marking")
    learner.post(f"{url}/close", page=f"{url}/charge")
    before = learner.document["attempts"][url.split("/")[-1]]["summary"]["score"]
    note = next(one for one in case.charge if one.kind == "free")
    page = admin.get(f"/marking/demo-cases/build/{note.id}")
    answer, = re.findall(rf'<li><a href="(/marking/demo-cases/build/{note.id}/[0-9a-f]+)', page)
    assert "My charging-note." in admin.get(answer)
    admin.post(answer, {"c1": "2", "remark": "Well reasoned"})
    shown = learner.get(url)
    assert "Marked: <bdi>2</bdi> of" in shown and "Well reasoned" in shown
    assert "You gave no answer" not in shown
    assert learner.document["attempts"][url.split("/")[-1]]["summary"]["score"] == before


def test_the_figures_are_a_page_and_a_spreadsheet(trainer, classmates):
    gives(trainer, "number-1", c1="1", c2="1")
    page = trainer.get("/marking/overview")
    assert "Say why" in page and "Ardis, Alvi" in page
    csv = trainer.get("/marking/overview?as=csv&table=0")
    assert "Say why,The laundry,3,2,1,0,67,0,," in csv
    assert "Zorrel, Zale" in trainer.get("/marking/overview?as=csv&table=1")


def test_a_cohort_narrows_what_is_marked(app, trainer, admin, classmates):
    from course.core import classroom

    boss = app.extensions["course"].register().numbered("ADMIN")
    with app.extensions["course"].store.record("cohort:c1") as record:
        record.append(classroom.describe("c1", boss, name="Spring", manuals=["tip"]))
        cohort = classroom.Cohort("c1", "Spring")
        record.append(classroom.enter(cohort, [classmates[1].id], boss))
    page = trainer.get(f"{QUESTION}?cohort=c1")
    answer, = re.findall(rf'<li><a href="({QUESTION}/[^"]+)"', page)
    assert "number-2" in trainer.get(unescape(answer).partition("#")[0])
    assert "Spring" in trainer.get("/marking")


def test_a_text_that_nobody_marks_does_not_promise_it(learner):
    page = learner.post("/practice/tip/laundry/essay", {"r": "For practice."})
    assert "Nobody marks this" in page and "Your trainer will mark" not in page


# The fold --------------------------------------------------------------------------------

RUBRIC = FreeText("q", "Why?", rubric=(Criterion(2, "a"), Criterion(1, "b")))
TEXT = Written("pool#q", IN_PLACE, "Because.", "2026-01-01T00:00:00Z")
MARKERS = {one: Person(one, one, one, "trainer", "en", "") for one in "xyz"}


def marked(known, by, points, rules=Rules(), reason="", remark=""):  # noqa: B008
    return markers.mark(TEXT, RUBRIC, known, rules, MARKERS[by],
                        Given(points, none=not any(points), reason=reason, remark=remark))


@st.composite
def histories(draw):
    """Marks of three people on two laptops, each of which knows only what happened on it."""
    known = {"d1": {}, "d2": {}}
    counters = {"d1": 0, "d2": 0}
    statements = []
    for n in range(draw(st.integers(1, 8))):
        device = draw(st.sampled_from(sorted(known)))
        text = draw(st.sampled_from([TEXT, Written("pool#q", IN_PLACE, "Another.", "")]))
        rules = Rules(draw(st.booleans()), draw(st.integers(0, 2)))
        by = draw(st.sampled_from("xyz"))
        points = (draw(st.integers(0, 2)), draw(st.integers(0, 1)))
        now = grading.graded(known[device], text)
        if not now.which_by(by, rules.two):
            continue
        said = markers.mark(text, RUBRIC, now, rules, MARKERS[by],
                            Given(points, none=True, reason="so"))
        if said is None:
            continue
        counters[device] += 1
        statements.append(Statement(device, counters[device], counters[device],
                                    f"2026-01-01T00:00:{n:02}.000Z", "learner:1", said.verb,
                                    said.object, said.result, said.actor))
        known[device] = learning.fold_learner(known[device], statements[-1])
    return statements


@given(data=st.data())
def test_marks_come_to_the_same_in_any_order_and_twice(data):
    statements = data.draw(histories())
    shuffled = data.draw(st.permutations(statements + statements))

    def folded(order):
        document = {}
        for one in order:
            document = learning.fold_learner(document, one)
        return document

    document = folded(shuffled)
    assert document == folded(statements)
    kept = sum(len(texts) for texts in document.get("marks", {}).get("pool#q", {}).values())
    assert kept == len(statements)
    now = grading.graded(document, TEXT)
    assert (now.share is None) == (now.state != MARKED)
    assert now.share is None or 0 <= now.share <= 1


def told(*given):
    """The state after marks of one laptop: `(by, points, rules, reason)`."""
    document = {}
    for n, (by, points, rules, reason) in enumerate(given, start=1):
        said = marked(grading.graded(document, TEXT), by, points, rules, reason)
        document = learning.fold_learner(document, Statement(
            "d", n, n, f"2026-01-01T00:00:{n:02}.000Z", "learner:1", said.verb, said.object,
            said.result, said.actor))
    return grading.graded(document, TEXT)


def test_two_firsts_from_two_laptops_are_a_first_and_a_second():
    two, document = Rules(two=True, apart=3), {}
    for device, by, points in (("d1", "x", (2, 0)), ("d2", "y", (0, 1))):
        said = marked(grading.Graded(), by, points, two)
        document = learning.fold_learner(document, Statement(
            device, 1, 1, "2026-01-01T00:00:00Z", "learner:1", said.verb, said.object,
            said.result, said.actor))
    now = grading.graded(document, TEXT)
    assert (now.state, now.markers, now.total) == (MARKED, ["x", "y"], 1.5)


def test_a_text_goes_from_waiting_to_settled():
    two = Rules(two=True, apart=1)
    first, second = ("x", (2, 1), two, ""), ("y", (0, 1), two, "")
    assert grading.Graded().state == WAITING
    assert told(first).state == HALF
    assert told(first, second).state == APART
    settled = told(first, second, ("y", (1, 1), two, "read again"))
    assert (settled.state, settled.total) == (MARKED, 2)
    assert agreement([settled]).difference == 2


def test_what_is_changed_after_both_are_seen_does_not_make_them_agree():
    two = Rules(two=True, apart=2)
    now = told(("x", (2, 1), two, ""), ("y", (0, 1), two, ""), ("y", (2, 1), two, "as they say"))
    assert (now.state, now.total) == (MARKED, 3)
    assert agreement([now]).same == 0


def test_what_a_text_earns_is_its_mark():
    assert grading.graded({}, TEXT).share is None
    said = marked(grading.Graded(), "x", (2, 0))
    document = learning.fold_learner({}, Statement(
        "d", 1, 1, "2026-01-01T00:00:00Z", "learner:1", said.verb, said.object, said.result, "x"))
    assert grading.graded(document, TEXT).share == pytest.approx(.6667)


def test_texts_are_found_in_what_closed_an_attempt():
    closing = Statement("d", 1, 1, "2026-01-01T00:00:00Z", "learner:1", "failed", "attempt:a1", {
        "quiz": "m/exam", "score": 1, "of": 2, "passed": False, "missed": [],
        "items": [{"id": "one", "response": "abc", "score": 1},
                  {"id": "q", "response": "Because.", "score": None}]})
    document = learning.fold_learner({}, closing)
    found, = written_in(document, lambda quiz, question: f"pool#{question}")
    assert (found.question, found.place, found.response) == ("pool#q", "a1", "Because.")
