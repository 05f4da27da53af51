"""Studying: read, be asked, keep notes, go on where one was."""

from __future__ import annotations

import re

from .world import Learner, Staff, Visitor, write

WHY = "/manuals/tip/elements/why"


def test_home_begins_with_the_first_section_and_goes_on_where_one_was(app, learner):
    assert 'href="/manuals/tip/elements/why"' in learner.get("/home")
    learner.get("/manuals/tip/elements/children?show=short")
    page = learner.get("/home")
    assert 'class="button go large" href="/manuals/tip/elements/children"' in page


def test_a_manual_s_contents_say_what_is_done(app, learner):
    page = learner.get("/manuals/tip")
    assert page.count("Not started") == 3
    learner.get(WHY)
    assert "Reading, section" in learner.get("/manuals/tip")


def test_an_answer_in_place_is_kept_and_explained(app, learner):
    page = learner.get(WHY)
    assert "Feedback-of-wrong" not in page
    question = question_of(app, "tip/elements", "in-place")
    wrong = next(one for one in question.choices if not one.right)
    page = learner.post(f"{WHY}/checks/in-place", {"r": wrong.id}, page=WHY)
    assert "Feedback-of-wrong" in page
    assert "She agreed, so it is no crime." in page
    assert "Explanation-in-place" in page
    assert 'href="/manuals/tip/elements/why#second"' in page
    assert 'href="/practice/tip/elements/one"' in page
    assert re.search(r"Saved.*\d\d:\d\d", page)
    assert "Feedback-of-wrong" in learner.get(WHY)


def test_an_answer_without_a_choice_is_refused_in_place(app, learner):
    page = learner.post(f"{WHY}/checks/in-place", {}, page=WHY, status=422)
    assert "Give an answer first" in page


def test_a_sensitive_section_is_announced_and_has_a_short_version(app, learner):
    url = "/manuals/tip/elements/children"
    closed = learner.get(url)
    assert "It speaks of a child." in closed
    assert "version of it" not in closed.replace("short version", "")
    assert "The long-version of it." in learner.get(f"{url}?show=full")
    short = learner.get(f"{url}?show=short")
    assert "The short-version of it." in short
    assert "The long-version" not in short


def test_opening_the_announcement_is_not_reading(app, learner):
    learner.get("/manuals/tip/elements/children")
    assert "read" not in learner.document


def test_a_glossary_term_is_explained_below_its_paragraph(app, learner):
    page = learner.get(WHY)
    assert re.search(r'<a class="term" href="/glossary#child"', page)
    assert "A person under eighteen." in page


def test_notes_and_bookmarks_lead_back_to_their_place(app, learner):
    learner.post(f"{WHY}/note", {"note": "Ask the <prosecutor>"}, page=WHY)
    learner.post(f"{WHY}/bookmark", {"on": "1"}, page=WHY)
    page = learner.get("/notes")
    assert "Ask the &lt;prosecutor&gt;" in page
    assert page.count(f'href="{WHY}"') >= 2
    learner.post(f"{WHY}/note", {"note": ""}, page=WHY)
    learner.post(f"{WHY}/bookmark", {"on": "0"}, page=WHY)
    assert WHY not in learner.get("/notes")


def test_a_note_that_is_too_long_is_shown_again_and_not_kept(app, learner):
    page = learner.post(f"{WHY}/note", {"note": "x" * 4001}, page=WHY, status=422)
    assert "4000" in page or "4,000" in page
    assert "x" * 4001 in page
    assert "notes" not in learner.document


def test_a_trainer_reads_with_notes_and_a_learner_without(app, learner, admin):
    assert "secret-of-the-trainer" in admin.get(WHY)
    assert "secret-of-the-trainer" not in learner.get(WHY)


def test_prints_and_the_job_aid(app, learner):
    whole = learner.get("/manuals/tip/elements/print")
    assert "The long-version of it." in whole
    assert "Why it matters" in whole
    one = learner.get("/manuals/tip/elements/print?section=why")
    assert "The long-version" not in one
    aid = learner.get("/manuals/tip/elements/aid")
    assert "who held the papers" in aid


def test_the_annex_fills_its_slots_everywhere(tmp_path):
    from .world import make_app, set_up
    annex = tmp_path / "annex"
    write(annex, {"casteria.md": "---\ntitle: Casteria\n---\n\n## criminalisation\n\n"
                                 "Penal Code, section 214.\n"})
    app = make_app(tmp_path, annex=annex)
    set_up(app)
    learner = Learner(app)
    assert "Penal Code, section 214." in learner.get(WHY)
    assert "Penal Code, section 214." in learner.get("/manuals/tip/elements/aid")


def test_an_empty_slot_says_so(app, learner):
    assert "Ask your trainer: not yet filled." in learner.get(WHY)


def test_a_missing_translation_shows_the_original_marked(app):
    learner = Learner(app, language="fr")
    page = learner.get(WHY)
    assert '<html lang="fr"' in page
    assert re.search(r'<article class="text" lang="en" dir="ltr"', page)
    late = learner.get("/manuals/tip/later/text")
    assert "Rien n'est demandé ici." in late or "Rien n’est demandé ici." in late


def test_a_changed_file_is_served_and_a_bad_one_closes_nothing(app, learner, tmp_path):
    files = app.extensions["course"].library
    path = tmp_path / "content" / "modules" / "tip" / "later.md"
    path.write_text("---\ntitle: [broken\n---\n\n## Only text {#text}\n\nx\n", encoding="utf-8")
    wait_for_scan(files)
    learner.get("/home")
    learner.get(WHY)
    assert Staff(app).get("/staff/content").count("later.md")
    path.write_text("---\ntitle: Later\n---\n\n## Only text {#text}\n\nChanged now.\n",
                    encoding="utf-8")
    wait_for_scan(files)
    assert "Changed now." in learner.get("/manuals/tip/later/text")


def wait_for_scan(library):
    import time
    time.sleep(1.1)
    assert library.version


def test_library_glossary_cases_and_pages(app, learner):
    assert "TIP Protocol" in learner.get("/library")
    assert 'id="art-3"' in learner.get("/library/tip-protocol")
    assert 'id="child"' in learner.get("/glossary")
    assert "The laundry" in learner.get("/cases")
    assert "Take a break." in learner.get("/wellbeing")
    assert "What this is." in learner.get("/about")
    learner.get("/library/none", status=404)


def test_wellbeing_is_open_to_everybody(app):
    assert "Take a break." in Visitor(app).get("/wellbeing")


def test_search_finds_sections_terms_and_articles(app, learner):
    page = learner.get("/search?q=eighteen")
    assert "/glossary#child" in page
    assert "/library/tip-protocol#art-3" in page
    assert "Nothing was found." in learner.get("/search?q=secret")


def test_progress_by_objective(app, learner):
    learner.answers(learner.starts())
    page = learner.get("/progress")
    assert "Name the act" in page
    assert "Apply the child rule" in page


def question_of(app, quiz, name):
    return app.extensions["course"].library.quiz(quiz, "en").question(name)
