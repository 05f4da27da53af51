"""Records for a cohort: chosen, ticked, issued; in any of the languages that a sheet speaks."""

from __future__ import annotations

import pytest

from course.core import classroom
from course.exchange.labels import LABELS

from .issuing import PASSPHRASE
from .registrar import completes, issue, numbers, plain
from .world import Learner


@pytest.fixture
def spring(office):
    """Two of three learners, one of whom has completed the manual, in a cohort."""
    people = [completes(Learner(office.app, "Ardis, Alvi", "A-1")),
              Learner(office.app, "Bel, Bo", "A-2"),
              completes(Learner(office.app, "Cem, Ci", "A-3"))]
    services = office.app.extensions["course"]
    by = services.register().staff()[0]
    with services.store.record("cohort:spring") as record:
        record.append(classroom.describe("spring", by, name="Spring 2026", manuals=["tip"]))
    with services.store.record("cohort:spring") as record:
        cohort = classroom.cohort_of("spring", record.document)
        record.append(classroom.enter(cohort, [people[0].id, people[1].id], by))
    return people


def test_a_cohort_is_chosen_and_its_name_stands_on_the_records(office, spring):
    ardis, bel, cem = spring
    url = "/academy/manuals/tip/completion"
    assert "Spring 2026" in office.get(url) and cem.name in office.get(url)
    page = office.get(f"{url}?cohort=spring")
    assert ardis.name in page and bel.name in page and cem.name not in page
    ready = office.get(f"{url}?cohort=spring&show=ready")
    assert ardis.name in ready and bel.name not in ready
    assert f'value="{ardis.id}" checked' in page and f'value="{bel.id}" checked' not in page

    form = office.get(f"{url}/issue?cohort=spring&person={ardis.id}")
    assert 'value="Spring 2026"' in form
    assert ">Français</button>" in form
    number, = numbers(issue(office, ardis, cohort="Spring 2026"))
    assert number in office.get("/academy/register?cohort=Spring+2026")
    office.get(f"{url}?cohort=none", status=404)
    office.get(f"{url}/issue?cohort=none", status=404)


def test_hours_are_entered_for_a_cohort_and_the_page_stays_with_it(office, spring):
    ardis, _, cem = spring
    url = "/academy/manuals/tip/attendance?cohort=spring"
    assert cem.name not in office.get(url)
    page = office.post(url, {f"hours.{ardis.id}": "10:30"}, page=url)
    assert "Saved" in page and cem.name not in page and 'value="10:30"' in page


@pytest.mark.parametrize("language", LABELS)
def test_a_record_is_issued_in_each_of_the_six_languages(office, language):
    learner = completes(Learner(office.app))
    number, = numbers(issue(office, learner, language=language, unprintable="yes"))
    page = office.get(f"/records/{number}")
    sheet = page[page.index("<article"):page.index("</article>")]
    said = LABELS[language]
    assert f'class="sheet" lang="{language}"' in page
    for key in ("completion", "recorded", "manual", "minutes", "issued", "number", "check", "key"):
        assert said[key] in plain(sheet)


def test_no_font_for_the_words_of_the_sheet_is_said_before_issuing(office, monkeypatch):
    monkeypatch.setattr("course.exchange.fonts.system_faces", lambda: ())
    learner = completes(Learner(office.app))
    page = issue(office, learner, language="zh", status=422)
    assert "No font on this computer can print" in page
    issue(office, learner, language="ru")
    page = office.get("/academy/register")
    number, = numbers(page)
    url = f"/academy/register/{number}/correct"
    page = office.post(url, {"name": learner.name, "other_name": "张伟", "other_language": "zh",
                             "reason": "A letter", "passphrase": PASSPHRASE},
                       page=url, status=422)
    assert "No font on this computer can print" in page
