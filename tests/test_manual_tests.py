"""The tests of a manual: one before, one after, and the final examination."""

from __future__ import annotations

import time

import pytest

from .world import FILES, Learner, form_for, make_app, set_up, write

BEFORE, AFTER, FINAL = ("/manuals/tip/" + name for name in ("before", "after", "final"))


def form(kind, name):
    """One of the two forms: a question on each objective of the module."""
    return f"""---
title: Form {name}
kind: {kind}
---

### {name} asks what was done {{#{name}-act objective=elements.act}}

- (x) Right of {name}
- ( ) Wrong of {name}
  > Feedback-of-{name}. [Read](../../modules/tip/elements.md#second).

> Explanation-of-{name}. Similar: #{name}-child

### {name} asks about a child {{#{name}-child objective=elements.child}}

- ( ) Wrong about the child
  > Feedback-child-{name}. [Read](../../modules/tip/elements.md#children).
- (x) Right about the child

> Explanation-child-{name}. Similar: #{name}-act
"""


INDEX = FILES["modules/tip/index.md"].replace(
    "every case]", "every case, final]").replace(
    "1. [What it is](elements.md)",
    "1. [Form one](../../quizzes/tip/before.md)\n1. [What it is](elements.md)").replace(
    "3. [Later](later.md)", "3. [Later](later.md)\n4. [Form two](../../quizzes/tip/after.md)\n"
    "5. [Final examination](../../quizzes/tip/final.md)")


@pytest.fixture
def learner(tmp_path):
    content = write(tmp_path / "content", {
        **FILES, "modules/tip/index.md": INDEX, "quizzes/tip/before.md": form("before", "one"),
        "quizzes/tip/after.md": form("after", "two"),
        "quizzes/tip/final.md": "---\ntitle: Final examination\nkind: final\ndraw: 2\n"
                                "pass: 80%\nminutes: 20\n---\n"})
    app = make_app(tmp_path, content=content)
    set_up(app)
    return Learner(app)


def sits(learner, test, right=True):
    """Take a test to its end; the page of its result."""
    attempt = learner.starts(test.removeprefix("/manuals/"))
    learner.answers(attempt, right)
    return learner.last.text


def test_a_new_learner_begins_with_the_test_before_the_manual(learner):
    home = learner.get("/home")
    assert f'href="{BEFORE}/quiz"' in home
    assert "<bdi>2</bdi> questions" in home
    assert "Nobody passes or fails" in learner.get(BEFORE)


def test_it_says_what_was_right_only_when_the_one_after_is_handed_in(learner):
    attempt = learner.starts("tip/before")
    learner.post(f"/attempts/{attempt}/1", {"r": _choice(learner, "tip/before", "one-act", False)})
    page = learner.get(f"/attempts/{attempt}/1")
    assert "Your answer is kept" in page
    assert "Wrong of one" in page
    for secret in ("Feedback-of-one", "Explanation-of-one", "Right answer", "Not this one"):
        assert secret not in page
    learner.post(f"/attempts/{attempt}/2", {"r": _choice(learner, "tip/before", "one-child")})
    result = learner.post(f"/attempts/{attempt}/submit", page=f"/attempts/{attempt}")
    assert "<bdi>1</bdi> of <bdi>2</bdi> right" in result
    assert "Explanation-of-one" not in learner.get(f"/attempts/{attempt}/1")

    sits(learner, AFTER)
    assert "Explanation-of-one" in learner.get(f"/attempts/{attempt}/1")


def _choice(learner, quiz, question, right=True):
    library = learner.app.extensions["course"].library
    return form_for(library.quiz(quiz, "en").question(question), right)["r"]


def test_before_and_after_stand_beside_each_other_by_module(learner):
    sits(learner, BEFORE, right=False)
    page = sits(learner, AFTER)
    assert "Before and after" in page
    row = page.partition("What it is</span></th>")[2].partition("</tr>")[0]
    assert "0</bdi> of <bdi>2" in row.partition("</td>")[0]
    assert "2</bdi> of <bdi>2" in row.partition("</td>")[2]


def test_it_is_taken_once(learner):
    sits(learner, BEFORE)
    assert "<button class=\"go large\">" not in learner.get(BEFORE)
    learner.post(BEFORE + "/quiz", status=403)
    assert "taken once" in learner.last.text


def test_what_it_measured_never_comes_back_and_cannot_be_practised(learner):
    sits(learner, BEFORE, right=False)
    assert "Wrong of one" not in learner.get("/review")
    assert not learner.document.get("seen")
    learner.get("/practice/tip/before/one-act", status=404)


def test_the_examination_draws_from_the_modules_and_explains_at_its_end(learner):
    attempt = learner.starts("tip/final")
    drawn = learner.document["attempts"][attempt]["questions"]
    assert "elements.safety" in drawn
    assert "elements.in-place" not in drawn
    assert all(one.startswith("elements.") for one in drawn)
    learner.answers(attempt)
    assert "Passed, " in learner.last.text
    assert "What it is" in learner.last.text.partition("By module")[2]
    assert "Explanation-" in learner.get(f"/attempts/{attempt}/1")
    assert "tip/elements#safety" in learner.document["seen"]


def test_the_record_needs_the_examination(learner):
    assert "Final examination: <bdi>0</bdi> of <bdi>1</bdi>" in learner.get("/home")
    sits(learner, FINAL)
    assert "Final examination: <bdi>1</bdi> of <bdi>1</bdi>" in learner.get("/home")


def test_the_contents_list_the_tests_without_a_number(learner):
    contents = learner.get("/manuals/tip")
    assert contents.count("Test:</small>") == 3
    assert learner.path == "/manuals/tip"
    learner.get(FINAL + "/print", status=404)
    learner.get(FINAL + "/aid", status=404)
    assert learner.get(FINAL)
    assert learner.path == FINAL + "/quiz"


def test_a_test_handed_in_before_goes_on_counting_when_it_leaves_the_course(learner):
    sits(learner, FINAL)
    (attempt,) = learner.document["attempts"]
    library = learner.app.extensions["course"].library
    (library.roots.content / "quizzes/tip/final.md").unlink()
    time.sleep(1.1)  # files are looked at once a second
    learner.get(f"/attempts/{attempt}", status=404)
    assert learner.get("/progress")
    assert learner.get("/home")
