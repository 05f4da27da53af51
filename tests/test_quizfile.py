"""Pools of questions: seven kinds as they are written, and what cannot be marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.content.asking import Setting, in_words_of, question_of
from course.content.quizfile import read_pool
from course.core.questions import (
    ChooseAll,
    ChooseOne,
    FreeText,
    Match,
    Number,
    Order,
    ShortText,
    text_id,
)

AS_WRITTEN = Setting(inline=lambda text: text, blocks=lambda text: text)

GIRL = """\
### A girl of 16 happily accepts work. What matters? {#girl-of-sixteen objective=child critical}

She is from the next town.

1. She came by bus.
2. She has papers.

- ( ) Whether she was threatened
  > For a child no means need be proved.
  > [The child rule](../../modules/m/x.md#children). {myth=consent}
- (x) That she is under eighteen
- ( ) Whether a border was crossed,
  by land or by sea
  > Movement is not in the definition. {myth=border}

> Act and purpose suffice.
>
> For a child. Similar: #uncle-and-nephew
"""


def pool(*questions: str):
    return read_pool("quizzes/m/x.md", "---\ntitle: T\n---\n\n" + "\n\n".join(questions))


def question(text: str, heading: str = "### What now? {#it}"):
    return question_of(pool(f"{heading}\n\n{text}").questions[0], AS_WRITTEN)


def test_a_question_with_everything():
    read = pool(GIRL)
    (asked,) = read.questions
    assert read.problems == ()
    assert (asked.id, asked.objective, asked.critical) == ("girl-of-sixteen", "child", True)
    assert asked.scene == "She is from the next town.\n\n1. She came by bus.\n2. She has papers."
    assert (asked.line, asked.scene_line, asked.explanation_line) == (5, 7, 20)
    assert asked.explanation == "Act and purpose suffice.\n\nFor a child."
    assert asked.similar == "uncle-and-nephew"
    threatened, right, border = asked.offered
    assert (threatened.line, threatened.feedback_line, threatened.myth) == (12, 13, "consent")
    assert threatened.feedback.endswith("[The child rule](../../modules/m/x.md#children).")
    assert right.right and not right.feedback
    assert border.text == "Whether a border was crossed, by land or by sea"


@pytest.mark.parametrize(("text", "kind", "key"), [
    ("- (x) Yes\n- ( ) No", ChooseOne, text_id("Yes")),
    ("- [x] A\n- [ ] B\n- [x] C", ChooseAll, [text_id("A"), text_id("C")]),
    ("1. First\n2. Then\n3. Last", Order, [text_id(one) for one in ("First", "Then", "Last")]),
    ("- a => X\n- b => Y\n- c => X", Match,
     {text_id("a"): text_id("X"), text_id("b"): text_id("Y"), text_id("c"): text_id("X")}),
    ("= 40..60", Number, "40–60"),
    ("= -2.5", Number, "-2.5"),
    ("= soap\n= bar of soap", ShortText, "soap"),
    ("____\nrubric: 2 Names act\nrubric: 1 Names purpose", FreeText, None),
    ("- (x) A => B\n- ( ) C => D", ChooseOne, text_id("A => B")),
])
def test_each_kind_becomes_the_cores_question_with_its_key(text, kind, key):
    asked = question(text)
    assert (type(asked), asked.key()) == (kind, key)


def test_a_right_side_that_serves_twice_is_offered_once():
    assert [one.text for one in question("- a => X\n- b => Y\n- c => X").rights] == ["X", "Y"]


def test_a_rubric_keeps_points_and_words():
    rubric = question("____\nrubric: 2 Names act\nrubric: 1 Names purpose").rubric
    assert [(one.points, one.text) for one in rubric] == [(2, "Names act"), (1, "Names purpose")]


@pytest.mark.parametrize(("text", "code"), [
    ("### No id\n\n- (x) A\n- ( ) B", "question-no-id"),
    ("### Q {#it}\n\nNothing to choose.", "question-no-answer"),
    ("### Q {#it}\n\n- (x) A\n- [ ] B", "question-mixed"),
    ("### Q {#it}\n\n- ( ) A\n- ( ) B", "not-one-right"),
    ("### Q {#it}\n\n- (x) A\n- (x) B", "not-one-right"),
    ("### Q {#it}\n\n- [ ] A\n- [ ] B", "none-right"),
    ("### Q {#it}\n\n- (x) A", "too-few-choices"),
    ("### Q {#it}\n\n- (x) A\n- ( ) A", "choice-twice"),
    ("### Q {#it}\n\n- (x) A\n- ( )", "choice-empty"),
    ("### Q {#it}\n\n= 3..2", "number-bounds"),
    ("### Q {#it}\n\n= 3\n= 4", "number-twice"),
    ("### Q {#it}\n\n____", "no-rubric"),
    ("### {#it}\n\n- (x) A\n- ( ) B", "question-no-prompt"),
])
def test_what_cannot_be_marked_is_reported_and_the_rest_is_served(text, code):
    read = pool(text, GIRL)
    assert [asked.id for asked in read.questions] == ["girl-of-sixteen"]
    assert [(one.line, one.code) for one in read.problems] == [(5, code)]


@pytest.mark.parametrize(("text", "line", "code"), [
    ("### Q {#it criticl}\n\n- (x) A\n- ( ) B", 5, "question-word"),
    ("### Q {#it}\n\n- (x) A\n- ( ) B\nstray", 9, "question-line"),
    ("stray\n\n### Q {#it}\n\n- (x) A\n- ( ) B", 5, "outside-question"),
    ("### Q {#it}\n\n- (x) A\n- ( ) B\n\n### Q {#it}\n\n- (x) A\n- ( ) B", 10, "question-twice"),
])
def test_smaller_mistakes_keep_the_question(text, line, code):
    read = pool(text)
    assert [asked.id for asked in read.questions] == ["it"]
    assert [(one.line, one.code) for one in read.problems] == [(line, code)]


def test_a_digest_is_of_what_was_asked_and_of_nothing_around_it():
    (alone,), (first, _) = pool(GIRL).questions, pool(GIRL, "### B {#b}\n\n= 4").questions
    (changed,) = pool(GIRL.replace("bus", "train")).questions
    assert alone.digest == first.digest != changed.digest


# Translations ---------------------------------------------------------------------------

def translated(original: str, theirs: str):
    (ours,), (words,) = pool(original).questions, pool(theirs).questions
    assert ours.shape == words.shape
    return in_words_of(question_of(ours, AS_WRITTEN), ours, words, AS_WRITTEN)


def test_a_translation_cannot_make_a_wrong_answer_right():
    asked = translated("### Q {#it}\n\n- (x) Yes\n- ( ) No",
                       "### Q {#it}\n\n- ( ) Oui\n- (x) Non")
    assert [(one.text, one.right) for one in asked.choices] == [("Oui", True), ("Non", False)]
    assert asked.key() == text_id("Yes")


def test_a_match_keeps_the_originals_pairs_whatever_the_translation_joins():
    asked = translated("### Q {#it}\n\n- a => X\n- b => Y\n- c => X",
                       "### Q {#it}\n\n- un => Même\n- deux => Même\n- trois => Autre")
    assert [one.text for one in asked.rights] == ["Même", "Même"]
    assert asked.key()[text_id("c")] == text_id("X")


def test_a_short_answer_may_be_given_in_either_language():
    asked = translated("### Q {#it}\n\n= soap", "### Q {#it}\n\n= savon\n= du savon")
    assert [asked.mark(one).score for one in ("Soap", "SAVON", "bread")] == [1, 1, 0]


def test_a_similar_question_is_found_in_any_language():
    (asked,) = pool("### Q {#it}\n\n= 4\n\n> Quatre. Question similaire : #autre").questions
    assert asked.similar == "autre"


lines = st.sampled_from([
    "### Q {#it}", "### {#it", "- ( ) A", "- (x) B", "- [x] C", "- a => b", "=> b", "= 4", "= ",
    "____", "rubric: 1 x", "rubric: x", "  > f {myth=m}", "> e", ">", "", "1. a", "text", "---",
    "  more", "Similar: #x", "= 1..", "= x..y", "!!! quiz x", "= 9999999999999999999999",
])


@given(st.lists(lines, max_size=14).map("\n".join))
def test_whatever_stands_in_a_pool_reading_ends_and_what_is_served_can_be_marked(text):
    for asked in read_pool("quizzes/m/x.md", text).questions:
        made = question_of(asked, AS_WRITTEN)
        if made.key() is not None and not isinstance(made, (Number, ShortText)):
            assert made.mark(made.key()).score == 1
