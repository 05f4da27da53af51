"""Look at every page without a running course: `python -m tests.preview [NAME…]`.

Renders each template with invented people and answers, in English, Arabic and French, at 360
and 1366 pixels, into the folder named by PREVIEW (default: `preview/`). Not a test and not
shipped. `--axe` checks each page with axe-core, `--html` only writes the HTML.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g, render_template
from flask_babel import Babel
from markupsafe import Markup

from course.content.links import Target
from course.core.activity import (
    Aid, Entry, Gate, Language, Manual, ManualPart, Module, Quiz, Section, TrainerNote,
)
from course.core.people import Person
from course.core.progress import ModuleProgress, ObjectiveProgress
from course.core.questions import (
    Choice, ChooseAll, ChooseOne, Criterion, FreeText, Match, Number, Order, Question, ShortText,
)
from course.core.scoring import Answer, Attempt
from course.web import account, filters, health, learner, quizzes, reference, staff
from course.web.asking import Asked
from course.web.whereabouts import GoOn, ManualRow

HERE = Path(__file__).parents[1]
OUT = Path(os.environ.get("PREVIEW", "preview"))
WIDTHS = (360, 1366)
LANGUAGES = [("ar", "العربية"), ("zh", "中文"), ("en", "English"), ("fr", "Français"),
             ("ru", "Русский"), ("es", "Español")]
NOW = "2026-03-12T14:32:00Z"

# Words ---------------------------------------------------------------------------------

ARABIC = {
    "Course": "الدورة", "Cases": "القضايا", "Library": "المكتبة", "Glossary": "المصطلحات",
    "Search": "البحث", "Finish and hand over": "الإنهاء والتسليم", "Menu": "القائمة",
    "Section %(n)s of %(of)s": "القسم %(n)s من %(of)s", "Save answer": "حفظ الإجابة",
    "Question %(n)s of %(of)s": "السؤال %(n)s من %(of)s", "Saved %(time)s": "حُفظت الساعة %(time)s",
    "Check %(n)s of %(of)s in this section": "السؤال %(n)s من %(of)s في هذا القسم",
    "About %(n)s minutes": "نحو %(n)s دقائق", "Next, section %(n)s": "التالي، القسم %(n)s",
    "Wellbeing and support": "العافية والدعم", "About this course": "عن هذه الدورة",
    "All answers saved on this laptop": "الإجابات كلها محفوظة على هذا الحاسوب",
    "Continue": "المتابعة", "Your manuals": "أدلتكم", "Waiting for you": "في الانتظار",
    "Who is studying now?": "من يدرس الآن؟", "Your PIN": "الرقم السري", "Sign in": "الدخول",
    "Print this section": "طباعة هذا القسم", "Your answer": "إجابتكم",
    "Right answer": "الإجابة الصحيحة", "Not this one": "ليست هذه",
    "Next question": "السؤال التالي", "Try a similar one": "سؤال مشابه",
    "Check your understanding": "اختبار الفهم", "Open the section": "فتح القسم",
    "Read the short version": "قراءة النسخة القصيرة", "Sensitive": "محتوى حساس",
}


def words(locale: str) -> dict[str, str]:
    return ARABIC if locale == "ar" else {}


def say(locale: str, english: str, arabic: str) -> str:
    return arabic if locale == "ar" else english


# People --------------------------------------------------------------------------------

NAMES = """Abate, Selam|Aydin, Deniz|Barre, Hodan|Castillo, Inés|Dubois, Marc|Farouk, Nadia
Haddad, Amal|Ivanova, Daria|Kamara, Foday|Kaya, Murat|Li, Wen|Mbeki, Thandi|Morales, Juan
Moss, Lena|Nair, Priya|Ndiaye, Awa|Okoro, Chidi|Osman, Yusuf|Petrov, Ilya|Qureshi, Sana
Reyl, Tomas|Sato, Ken|Vale, Idris|Yilmaz, Ece|حداد، أمل""".replace("\n", "|").split("|")


def person(name: str, number: int, role: str = "learner") -> Person:
    return Person(f"p{number}", name, f"CS-40{number:03}", role, "en", "")


LEARNERS = [person(name, 37 * place % 997) for place, name in enumerate(NAMES, 3)]
AMAL, CHIEF = LEARNERS[6], person("Moss, Lena", 1, "administrator")


# Content -------------------------------------------------------------------------------

FIGURE_WIDE = """<svg viewBox="0 0 608 200" width="608" height="200" role="img" aria-label="Three boxes: act, means and purpose. An arrow passes by means for people under eighteen."><rect x="1" y="1" width="180" height="198" fill="none" stroke="var(--act)" stroke-width="1.5"/><rect x="16" y="20" width="18" height="18" fill="var(--act)"/><text x="48" y="36" font-size="21" font-family="var(--serif)" fill="var(--act)">Act</text><text x="16" y="66" font-size="15" font-family="var(--sans)" fill="var(--ink)" font-weight="700">What was done?</text><rect x="214" y="1" width="180" height="130" fill="var(--means)" fill-opacity="0.09" stroke="var(--means)" stroke-width="3"/><circle cx="239" cy="29" r="9" fill="var(--means)"/><text x="262" y="36" font-size="21" font-family="var(--serif)" fill="var(--means)">Means</text><text x="230" y="66" font-size="15" font-family="var(--sans)" fill="var(--ink)" font-weight="700">How?</text><rect x="427" y="1" width="180" height="198" fill="none" stroke="var(--purpose)" stroke-width="1.5"/><polygon points="443,38 461,38 452,20" fill="var(--purpose)"/><text x="474" y="36" font-size="21" font-family="var(--serif)" fill="var(--purpose)">Purpose</text><line x1="190" y1="170" x2="410" y2="170" stroke="var(--ink)" stroke-width="1.5" stroke-dasharray="6 4"/><polygon points="410,164 420,170 410,176" fill="var(--ink)"/><text x="304" y="158" font-size="15" font-family="var(--sans)" fill="var(--ink)" text-anchor="middle">Under 18</text></svg>"""
FIGURE_NARROW = FIGURE_WIDE.replace('width="608" height="200"', 'width="328" height="108"')


def lesson(locale: str) -> list[str]:
    """A section in three runs, with a question after the first and the second."""
    if locale == "ar":
        return ["""<p class="lead">قلّما يحتاج المتّجِر إلى قيد. كذبة ودَين وجواز سفر في دُرج تفعل الفعل نفسه، وتترك أدلة أفضل.</p>
<p>العنصر الثاني هو الطريقة التي نيلت بها موافقة الشخص أو استُغني بها عنها. تكفي وسيلة واحدة، ولا يُشترط فيها العنف: فالخداع في الأجر أو السكن أو الحرية وسيلة كاملة كالضرب.</p>
<p>أكثر الملفات تقوم على الخداع أو على <a class="term" href="#g">استغلال حالة استضعاف</a>. الفقر أو انعدام الأوراق يدلّ على الاستضعاف، ولا يصير وسيلة إلا إذا علم به أحدهم فاستغلّه.</p>
<div class="gloss" role="note"><p><dfn>استغلال حالة استضعاف</dfn> أن يعلم الجاني أنّ الشخص لا يملك خيارًا حقيقيًا ومقبولًا سوى الخضوع، فيستفيد من ذلك.</p></div>
<aside class="box law" aria-label="بروتوكول الاتجار بالأشخاص، المادة 3 (أ)"><p class="box-title"><span aria-hidden="true">§</span> بروتوكول الاتجار بالأشخاص، المادة <bdi>3 (أ)</bdi></p><p>الوسائل هي القوة أو التهديد بها، وغيرها من أشكال القسر، والاختطاف، والاحتيال، والخداع.</p><p><a href="#">قراءة المادة في المكتبة</a></p></aside>
<h3>الباب المفتوح ليس جوابًا</h3>
<p>في مغسلة الفندق لم يكن الباب مقفلًا قط. كان على كل عامل دَين قدره <bdi>3000</bdi>، وكانت جوازات السفر في خزانة المدير.</p>""",
                """<aside class="box remember" aria-label="للتذكّر"><p class="box-title">للتذكّر</p><p>السؤال: ماذا كان سيحدث لو رحلتْ؟ في الجواب الوسيلة.</p></aside>""", ""]
    return [f"""<p class="lead">Few traffickers need a chain. A lie, a debt and a passport in a drawer do the same work, and leave better evidence.</p>
<figure class="figure"><div class="wide">{FIGURE_WIDE}</div><div class="narrow">{FIGURE_NARROW}</div><figcaption><b>Figure 1. The three elements.</b> For an adult, prove one fact under each heading. For a person under eighteen, act and purpose are enough.</figcaption></figure>
<p>The second element is how the person’s agreement was won, or made unnecessary. One means is enough. It need not be violent: deception about pay, housing or freedom counts as fully as a beating.</p>
<p>Most files you open will rest on deception or on <a class="term" href="#g">abuse of a position of vulnerability</a>. Being poor, or without papers, shows vulnerability. It becomes a means when someone knew it and used it. Look for the message that says “they cannot complain”.</p>
<div class="gloss" role="note"><p><dfn>Abuse of a position of vulnerability</dfn> The offender knows the person has no real and acceptable choice but to submit, and uses it.</p></div>
<aside class="box law" aria-label="TIP Protocol, article 3(a)"><p class="box-title"><span aria-hidden="true">§</span> TIP Protocol, article 3(a)</p><p>The means are force or the threat of it, other coercion, abduction, fraud, deception, abuse of power, abuse of a position of vulnerability, and paying someone who has control over another person.</p><p><a href="#">Read the article in the library</a></p></aside>
<h3>An open door is not an answer</h3>
<p>At the hotel laundry the door was never locked. The workers owed 3,000 each, their passports lay in the manager’s safe, and one who asked to leave was told the police would hold her. Write down what kept them, not whether they could walk.</p>
<div class="table" tabindex="0" role="region" aria-label="Two crimes"><table><thead><tr><th scope="col">Point</th><th scope="col">Smuggling</th><th scope="col">Trafficking</th></tr></thead><tbody><tr><td>Border</td><td>Needed</td><td>Not needed</td></tr><tr><td>Agreement</td><td>Usual</td><td>Irrelevant once a means was used</td></tr></tbody></table></div>""",
            """<aside class="box practice" aria-label="In practice"><p class="box-title">In practice</p><p>Photograph the safe closed, then open, before anything is moved. Count the passports and write down who holds the key.</p></aside>
<aside class="box warning" aria-label="Warning"><p class="box-title">Warning</p><p>Do not hand the passports back to the manager “for safekeeping”.</p></aside>
<aside class="box national" aria-label="Our law: Casteria"><p class="box-title">Our law: Casteria</p><p>Penal Code, section 214: adds “debt imposed on arrival” to the listed means. <small>From the national annex.</small></p></aside>
<aside class="box national empty" aria-label="Our law"><p class="box-title">Our law</p><p>Ask your trainer: not yet filled.</p></aside>
<aside class="box discuss" aria-label="Discuss"><p class="box-title">Which means is easiest to miss?</p><p>Think of your own last three files.</p><ul><li>Who held the papers?</li><li>Who set the wage?</li></ul></aside>""",
            """<aside class="box remember" aria-label="Remember"><p class="box-title">Remember</p><p>Ask what would have happened if she had left. The answer is your means.</p></aside>"""]


def one(locale: str) -> ChooseOne:
    choices = (
        Choice("a1", say(locale, "An immigration offence only", "مخالفة هجرة فقط")),
        Choice("b2", say(locale, "Smuggling: she paid and she agreed", "تهريب: دفعت ووافقت"),
               feedback=say(locale, "<p>Her agreement was to a journey at one price. What came after, a new debt, kept papers and work under guard, she never agreed to.</p>",
                            "<p>وافقت على رحلة بثمن واحد. أمّا ما تلا ذلك فلم توافق عليه قط.</p>"), myth="consent"),
        Choice("c3", say(locale, "Possible trafficking, and the smuggling line kept open", "اتجار محتمل، مع إبقاء خط التهريب مفتوحًا"), right=True),
        Choice("d4", say(locale, "A debt between private persons", "دَين بين أفراد")),
    )
    return ChooseOne(
        "price", say(locale, "She says she agreed to come. What do you record?", "تقول إنها وافقت على المجيء. ماذا تسجّل؟"),
        scene=say(locale, "<p>A woman paid 2,000 to be taken across the border. At the farm she learns the price is now 6,000, and a guard holds her papers until she has worked it off.</p>",
                  "<p>دفعت امرأة <bdi>2000</bdi> لعبور الحدود. في المزرعة علمت أن الثمن صار <bdi>6000</bdi>، وأنّ حارسًا يحتفظ بأوراقها.</p>"),
        explanation=say(locale, '<p>Once means are used, consent does not count. The smuggling offence does not disappear; it becomes one of two lines of inquiry. <a href="#">Read again: the moment a smuggling case becomes trafficking</a>.</p>',
                        "<p>متى استُعملت وسيلة فلا عبرة بالموافقة.</p>"),
        similar="other", choices=choices)


def pick(kind: type[Question], prompt: str, texts: Mapping[str, bool], **rest: Any) -> Question:
    choices = tuple(Choice(f"k{n}", text, right, f"<p>On “{text}”: see <a href='#'>the paragraph</a>.</p>" if not right else "")
                    for n, (text, right) in enumerate(texts.items()))
    return kind(kind.kind, prompt, choices=choices, explanation="<p>The explanation for everyone.</p>", **rest)


EVERY = pick(ChooseAll, "Which of these facts show a means?", {"She owed 3,000 on arrival": True, "She came by coach": False, "Her passport lay in his safe": True, "She had a phone": False})
ORDER = pick(Order, "Put the first hour in order.", {"Make the place safe": True, "Speak with each person alone": True, "Call the victim service": True, "Write the first report": True})
RIGHTS = (Choice("r1", "Act"), Choice("r2", "Means"), Choice("r3", "Purpose"))
MATCH = pick(Match, "Which element does each fact belong to?", {"He drove her to the farm": True, "He kept her papers": True, "Unpaid harvest work": True}, rights=RIGHTS, pairs={"k0": "r1", "k1": "r2", "k2": "r3"})
NUMBER = Number("number", "How many of the ten messages show control?", low=6, high=6, explanation="<p>Six of them set the debt.</p>")
SHORT = ShortText("short", "Which common thing held the key?", accepted=("soap",), explanation="<p>The key was pressed into soap.</p>")
FREE = FreeText("free", "Write the first three sentences of your report.", rubric=(Criterion(2, "Names act and purpose"), Criterion(1, "Keeps to what was seen")), explanation="<p>Begin with what you saw.</p>")


def view(question: Question, response: Any = None, **rest: Any) -> Asked:
    answer = mark = None
    if response is not None:
        mark = question.mark(response)
        answer = Answer(response, mark.score, NOW)
    given = {"action": "/answer", "anchor": f"check-{question.id}", **rest}
    rights = list(question.rights)[::-1] if isinstance(question, Match) else []
    return Asked(question, list(question.choices), rights, answer=answer, mark=mark, similar_url="/similar", **given)


TITLES = {"Why the definition matters": "لماذا يهمّ التعريف", "Act": "الفعل", "Means: how control is taken": "الوسيلة: كيف تُنتزع السيطرة", "Purpose: what it was for": "الغرض: لأي غاية", "Children": "الأطفال", "Consent": "الموافقة", "Attempt, helpers, organisers": "الشروع والمساعدون", "Element table exercise": "تمرين جدول العناصر"}


def module(locale: str) -> Module:
    gate = Gate("It speaks of violence against a child. Nothing is shown or described in detail.", "<p>Short.</p>")
    sections = tuple(Section(f"s{n}", say(locale, *pair), (), minutes=6, gate=gate if n == 4 else None)
                     for n, pair in enumerate(TITLES.items()))
    return Module("tip-basic/elements", say(locale, "What trafficking in persons is", "ما هو الاتجار بالأشخاص"), sections, minutes=45,
                  objectives={}, quiz="tip-basic/elements", sources=("TIP Protocol (2000), art. 3", "UNTOC (2000), art. 34(2)"),
                  aid=Aid("Three elements on one page", AID), language=Language(locale, "rtl" if locale == "ar" else "ltr"))


AID = """<div class="aid-cell"><h3>Act</h3><p><b>What was done?</b></p><ul class="ticks"><li>recruited: who, where, what was promised</li><li>transported or transferred: ticket, vehicle, route</li><li>harboured: lease, keys, who sleeps where</li><li>received: who met them, who was paid</li></ul></div>
<div class="aid-cell"><h3>Means</h3><p><b>How? One is enough.</b></p><ul class="ticks"><li>force, or the threat of it</li><li>other coercion: police, debt, family, belief</li><li>abduction</li><li>fraud or deception: job, pay, freedom</li><li>abuse of power</li><li>abuse of vulnerability: they knew, and used it</li><li>payment to someone who has control</li></ul></div>
<div class="aid-cell"><h3>Purpose</h3><p><b>What for? It need not have happened yet.</b></p><ul class="ticks"><li>prostitution of others, sexual exploitation</li><li>forced labour or services</li><li>slavery or practices like it</li><li>servitude</li><li>removal of organs</li></ul></div>
<div class="aid-cell"><h3>Under eighteen</h3><p>Act and purpose are enough. Do not look for means. In doubt about age, treat as a child until checked.</p></div>
<div class="aid-cell"><h3>“They agreed”</h3><p>Once a means is shown, consent does not count. Write what was promised, and what was found.</p></div>
<div class="aid-cell"><h3>Our law and our numbers</h3><p class="fill"><span>Offence</span> <span class="place">Penal Code, s. 212</span></p><p class="fill"><span>Specialist unit</span> <span class="place"></span></p><p class="fill"><span>Victim service, 24 h</span> <span class="place"></span></p></div>"""


def manual(locale: str) -> Manual:
    def entry(name: str, kind: str = "module", sensitive: bool = False) -> Entry:
        return Entry(f"tip-basic/{name.split()[0].lower()}", name, kind, 45, sensitive, Language(locale))

    crime = (entry(module(locale).title), entry("The hotel laundry", "reading"), entry("Trafficking, smuggling and neighbouring offences"), entry("How traffickers control people"))
    people = (entry("Victims’ reactions and needs", sensitive=True), entry("First contact and first account"))
    return Manual("tip-basic", say(locale, "Trafficking in persons, basic manual", "الاتجار بالأشخاص، الدليل الأساسي"), "<p>For first responders, general investigators and new prosecutors.</p>",
                  (ManualPart("The crime", crime), ManualPart("The people", people)), edition="2026.1", hours=10, language=Language(locale))


OPEN = Attempt("a1", "tip-basic/elements", tuple(f"q{n}" for n in range(1, 11)), "s", NOW, {f"q{n}": Answer("a1", 1.0, NOW) for n in (1, 2, 3)}, frozenset({"q2", "q6"}))


def closed(score: float, passed: bool) -> Attempt:
    return replace(OPEN, id="a2", answers={}, summary={"score": score, "of": 10, "passed": passed, "missed": [] if passed else ["q4"], "time": NOW, "statement": "d:1"})


def how_far(read: int = 0, best: Attempt | None = None, checks: int = 0, now: Attempt | None = None) -> ModuleProgress:
    return ModuleProgress(frozenset(f"s{n}" for n in range(read)), 8, checks, 4, best, now, True)


OBJECTIVES = [ObjectiveProgress("elements", "Sort the facts of a scene under act, means and purpose", 5.5, 7, 9), ObjectiveProgress("child", "Apply the child rule without looking for means", 4, 4, 6), ObjectiveProgress("consent", "Answer “she agreed”", 0, 0, 5)]


# Pages ---------------------------------------------------------------------------------

@dataclass
class Thing:
    """Something with the given attributes, for what the content layer hands over."""

    given: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.given[name]
        except KeyError:
            raise AttributeError(name) from None


def thing(**given: Any) -> Thing:
    return Thing(given)


@dataclass
class Form:
    """A form as it was sent."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


QR = Markup('<svg class="qr" viewBox="0 0 21 21" width="84" height="84"><title>http://192.168.43.1:8000</title><rect width="21" height="21" fill="#fff"/><path d="M2 2h7v7H2zM12 2h7v7h-7zM2 12h7v7H2zM13 13h2v2h-2z"/></svg>')
ADDRESSES = ["http://192.168.43.1:8000"]
BAD = Form({"name": "حداد، أمل", "number": "CS-40502"}, {"pin": "Use 4 to 8 digits.", "again": "The two are not the same. Type both again."})


def section_context(locale: str, gate: str | None = None, **rest: Any) -> dict[str, Any]:
    here = module(locale)
    first, second, third = lesson(locale)
    parts: list[tuple[str, Any]] = []
    if gate != "closed":
        parts = [("prose", first), ("check", view(one(locale), n=1, of=2)), ("prose", second),
                 ("check", view(one(locale), "b2", n=2, of=2, anchor="check-two")), ("prose", third)]
    at = 4 if gate else 2
    steps = [(one, n < 2, n == at) for n, one in enumerate(here.sections)]
    step = [{"url": "/x", "title": one.title, "kind": "section"} for one in here.sections]
    return {"manual": manual(locale), "module": here, "section": here.sections[at], "number": 1, "n": at + 1, "of": 8, "steps": steps,
            "gate_open": gate, "parts": parts, "previous": step[at - 1], "next": step[at + 1], "note": "", "note_error": "", "note_url": "/note",
            "bookmarked": False, "bookmark_url": "/mark", "aid_url": "/aid", "quiz_url": "/quiz", "print_url": "/print", **rest}


def pages(locale: str) -> Iterator[tuple[str, str, Person | None, dict[str, Any]]]:
    """Name, template, who is signed in, and what the view gives."""
    here, whole = module(locale), manual(locale)
    of = {"manual": whole, "module": here, "number": 1, "quiz": Quiz("tip-basic/elements", say(locale, "Check your understanding", "اختبار الفهم"), (), language=Language(locale))}
    yield "01-sign-in", "account/sign_in.html", None, {"learners": LEARNERS, "addresses": ADDRESSES, "qr": QR}
    yield "01-number", "account/sign_in.html", None, {"learners": [], "addresses": [], "qr": "", "unknown_number": True, "number": "77"}
    yield "01-pin", "account/pin.html", None, {"learners": LEARNERS, "person": AMAL, "error": "", "seconds": 0}
    yield "01-pin-wrong", "account/pin.html", None, {"learners": LEARNERS, "person": AMAL, "error": "wait", "seconds": 30}
    yield "01-enrol", "account/enrol.html", None, {"form": BAD}
    yield "01-staff", "account/staff_sign_in.html", None, {"form": Form(errors={"": "That does not match. Check what you typed and try again."})}
    yield "01-setup", "account/setup.html", None, {"form": Form(), "addresses": ADDRESSES, "qr": QR}
    go_on = GoOn("/x", "tip-basic", whole.title, here.title, here.sections[2].title, "section", 3, 8, 1, 2, 25, ["done", "done", "here", *["todo"] * 5], True)
    rows = [ManualRow(whole, 12, 4, 4, 3, 1, ["done"] * 4 + ["here"] + ["todo"] * 7), ManualRow(replace(whole, id="som-basic", title="Smuggling of migrants, basic"), 10, 0, 0, 2, 0, ["todo"] * 10)]
    record = [(False, "modules", 4, 12), (True, "cases", 3, 3)]
    yield "02-home", "learner/home.html", AMAL, {"go_on": go_on, "last_saved": NOW, "manuals": rows, "due": 6, "due_minutes": 5, "record": record, "record_title": whole.title}
    yield "02-home-done", "learner/home.html", AMAL, {"go_on": None, "last_saved": "", "manuals": rows, "due": 0, "due_minutes": 1, "record": [], "record_title": ""}
    states = [how_far(8, closed(9, True), 4), how_far(8, closed(6, False), 4), how_far(8, closed(9, True), 3), how_far(3), how_far(), how_far(1, now=OPEN)]
    entries = [(None if entry.kind == "reading" else place, entry, state) for place, (entry, state) in enumerate(zip(whole.entries, states, strict=True), 1)]
    told = [{"state": "passed", "score": 9.0, "of": 10}, {"state": "done"}, {"state": "retake", "score": 6.5, "of": 10}, {"state": "reading", "n": 3, "of": 8}, {"state": "new", "after": 6}, {"state": "testing"}]
    lines = [thing(url="/x", entry=entry, number=number, **{"after": None, **row}) for (number, entry, _), row in zip(entries, told, strict=True)]
    yield "03-contents", "learner/manual.html", AMAL, {"manual": whole, "parts": [("The crime", lines[:4]), ("The people", lines[4:])], "go_on": "/x", "complete": locale == "en"}
    yield "04-section", "learner/section.html", AMAL, section_context(locale)
    yield "04-section-gate", "learner/section.html", AMAL, section_context(locale, "closed")
    yield "04-section-short", "learner/section.html", AMAL, section_context(locale, "short", note="Ask about the safe.", bookmarked=True)
    noted = section_context(locale)
    noted["parts"] = [("note", TrainerNote("Ask before you show the list", "<p>Let the room sort six facts on the board first.</p>", 10)), ("check", view(EVERY, action="")), *noted["parts"]]
    yield "04-section-trainer", "learner/section.html", CHIEF, noted
    titled = {"quiz_title": of["quiz"].title, "quiz_url": "/quiz"}
    strokes = ["done"] * 3 + ["here"] + ["todo"] * 6
    asked = {**of, **titled, "attempt": OPEN, "flags": {2, 6}, "flag_url": "/flag", "finish_url": "/finish", "n": 4, "of": 10, "strokes": strokes}
    yield "06-question", "learner/question.html", AMAL, {**asked, "view": view(one(locale), anchor="feedback")}
    yield "06-feedback", "learner/question.html", AMAL, {**asked, "view": view(one(locale), "b2", anchor="feedback", next_url="/next")}
    yield "06-right", "learner/question.html", AMAL, {**asked, "view": view(one(locale), "c3", anchor="feedback", next_url="/next")}
    yield "06-refused", "learner/question.html", AMAL, {**asked, "view": view(ORDER, anchor="feedback", error="Two lines have the same place. Give each its own.", given={"r.k0": ["1"], "r.k1": ["1"], "r.k2": ["3"], "r.k3": ["4"]})}
    for question, response in ((EVERY, ["k0", "k1"]), (ORDER, ["k0", "k2", "k1", "k3"]), (MATCH, {"k0": "r1", "k1": "r3", "k2": "r3"}), (NUMBER, "12"), (SHORT, "Soap"), (FREE, "I saw eight beds.\nI counted passports.")):
        yield f"06-{question.kind}", "learner/question.html", AMAL, {**asked, "view": view(question, anchor="feedback")}
        yield f"06-{question.kind}-marked", "learner/question.html", AMAL, {**asked, "view": view(question, response, anchor="feedback", next_url="/next")}
    yield "06-practice", "learner/practice.html", AMAL, {**of, "view": view(one(locale), anchor="feedback"), "what": "practice", "back_url": "/back"}
    yield "06-quiz", "learner/quiz.html", AMAL, {**of, "passed": True, "checks_left": 1, "checks_url": "/c", "open_url": "/o", "open": OPEN, "history": [closed(6, False), closed(9, True)]}
    yield "06-quiz-first", "learner/quiz.html", AMAL, {**of, "passed": False, "checks_left": 0, "checks_url": "", "open_url": "", "open": None, "history": []}
    items = [(n, replace(one(locale), id=f"q{n}"), Answer("b2", float(n % 3 > 0), NOW), n % 3 > 0) for n in range(1, 11)]
    after = {**of, **titled, "rows": items, "objectives": OBJECTIVES, "flags": {2, 9}, "left": [], "module_done": True, "next_url": "/next", "checks_left": 0, "checks_url": ""}
    yield "06-attempt-open", "learner/attempt.html", AMAL, {**after, "attempt": OPEN, "result": None, "left": [8, 9, 10]}
    yield "06-attempt-ready", "learner/attempt.html", AMAL, {**after, "attempt": OPEN, "result": None}
    for name, attempt in (("06-result", closed(6.5, False)), ("06-passed", closed(9, True))):
        yield name, "learner/attempt.html", AMAL, {**after, "attempt": attempt, "result": attempt.summary, "checks_left": 2 if attempt.passed else 0}
    tomorrow = datetime(2026, 3, 13, tzinfo=UTC)
    later = [{"when": tomorrow + timedelta(days=n), "module": here, "question": one(locale), "url": "/r"} for n in range(3)]
    yield "07-review", "learner/review.html", AMAL, {"due": later, "later": later, "start_url": "/r"}
    yield "07-progress", "learner/progress.html", AMAL, {"manuals": [(rows[0], [(here, OBJECTIVES)]), (rows[1], [])], "history": [(closed(9, True), here.title), (closed(6, False), here.title)]}
    yield "07-notes", "learner/notes.html", AMAL, {"notes": [("/x", f"{here.title}: {here.sections[2].title}", "Ask about the safe.\nWho holds the key?")], "bookmarks": [("/x", here.sections[2].title)]}
    yield "08-cases", "learner/cases.html", AMAL, {"rows": [(whole, [(entry, state) for _, entry, state in entries if entry.kind == "reading"])]}
    instrument = thing(id="tip-protocol", title="TIP Protocol", short="TIP Protocol", facts={"Adopted": "15 November 2000", "In force": "25 December 2003"}, introduction="<p>In our words.</p>", articles=[(f"art-{n}", f"Article {n}: what it says", "<p>Each State Party makes these acts a crime.</p>") for n in range(1, 7)], language=Language("en"))
    yield "08-library", "learner/library.html", AMAL, {"instruments": [instrument, instrument]}
    yield "08-instrument", "learner/instrument.html", AMAL, {"instrument": instrument}
    terms = [thing(id=f"t{n}", term=term, html="<p>The offender knows the person has no real and acceptable choice but to submit.</p>") for n, term in enumerate(["Abuse of a position of vulnerability", "Abduction", "Debt bondage"])]
    yield "08-glossary", "learner/glossary.html", AMAL, {"glossary": thing(terms=terms, language=Language("en")), "letters": {"A": terms[:2], "D": terms[2:]}}
    hits = [thing(title="Means: how control is taken", where="Module 1", kind="section", target=Target("page", "x"), snippet="A lie, a <mark>debt</mark> and a passport", language=Language("en"))] * 3
    yield "08-search", "learner/search.html", AMAL, {"q": "debt", "hits": hits}
    yield "08-search-none", "learner/search.html", AMAL, {"q": "xyzzy", "hits": []}
    yield "08-wellbeing", "learner/page.html", None, {"page": thing(title="Wellbeing and support", html="<p>This work is about people who were hurt.</p><h2>Take a break</h2><p>You can stop at any sentence.</p><ul><li>Stand up.</li><li>Drink some water.</li></ul>", language=Language(locale)), "name": "about"}
    paper = [(section, [("prose", lesson(locale)[0]), ("check", view(one(locale), action="")), ("check", view(MATCH, action="", anchor="m")), ("check", view(FREE, action="", anchor="f"))] if n == 2 else [("prose", "<p class='lead'>A lead.</p>")]) for n, section in enumerate(here.sections)]
    yield "09-print", "learner/print.html", AMAL, {**of, "sections": paper, "whole": True}
    yield "15-aid", "learner/aid.html", AMAL, {**of, "aid": here.aid}
    yield "16-people", "trainer/people.html", CHIEF, {"learners": LEARNERS, "q": ""}
    yield "16-reset", "trainer/reset.html", CHIEF, {"person": AMAL, "new_pin": ""}
    yield "16-new-pin", "trainer/reset.html", CHIEF, {"person": AMAL, "new_pin": "0417"}
    yield "16-accounts", "trainer/accounts.html", CHIEF, {"staff": [CHIEF, person("Vale, Idris", 3, "trainer")], "form": Form(errors={"passphrase": "Use at least 10 characters."})}
    yield "16-passphrase", "trainer/passphrase.html", CHIEF, {"person": person("Vale, Idris", 3, "trainer"), "form": Form()}
    found = [(thing(file="national/casteria.md", line=31, code="N04", severity="warning"), "A penalty without a unit."), (thing(file="quizzes/tip-basic/elements.md", line=12, code="Q02", severity="error"), "This question has two right choices.")]
    coverage = [thing(locale=code, modules=48 - place, of=48, late=place % 3, missing=()) for place, (code, _) in enumerate(LANGUAGES)]
    slots = [thing(name="criminalisation", used_in=("a", "b"), filled=True), thing(name="hotline", used_in=("a",), filled=False)]
    yield "14-content", "trainer/content.html", CHIEF, {"problems": found, "slots": slots, "coverage": coverage, "manuals": [whole]}
    needs = [("The last backup is nine days old.", "Put a stick in this computer; it takes under a minute.", "/b", "Back up now"), ("This computer’s clock was set back by 3 h 12 min.", "Answers are safe and in order. Dates on records made today will be marked as doubtful.", "", "")]
    checks = [("good", "Saving", "Last answer on disk 4 seconds ago", "1,284 answers today, none lost, slowest 38 ms"), ("good", "Space", "41 GB free", "Enough for about 900 classes"), ("care", "Clock", "16:08, set by hand", "")]
    yield "14-health", "trainer/health.html", CHIEF, {"title": "The course is running. Two things need you.", "checked": NOW, "needs": needs, "checks": checks, "coverage": coverage, "problems": found, "backups": [("fourth-p-2026-03-03.zip", NOW, "1.2 MB")], "back_up_url": "/b", "restore_url": "/r", "done": ""}
    yield "17-refused", "refused.html", AMAL, {"title": "Nothing here", "sentence": "There is nothing at this address. It may have been moved or taken out of the course.", "status": 404, "code": "not-found"}


# Making and looking --------------------------------------------------------------------

def preview_app(locale: str) -> Flask:
    app = Flask("course", root_path=str(HERE / "course"), static_folder=None)
    app.config["SERVER_NAME"] = None
    Babel(app, locale_selector=lambda: locale)
    filters.install(app)
    for part in (account, learner, quizzes, reference, staff, health):
        app.register_blueprint(part.bp)
    app.extensions["course"] = thing(
        now=lambda: datetime(2026, 3, 12, 15, tzinfo=UTC),
        library=thing(misconception=lambda myth, locale: "She agreed, so it is smuggling."))
    known = words(locale)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: known.get(text, text),
        lambda single, plural, count: known.get(plural, single if count == 1 else plural), newstyle=True)
    app.jinja_env.globals.update(
        asset=lambda name: f"static/{name}", csrf_token=lambda: "IjQ4ZTc0" * 11, address=lambda target: "/found")
    return app


def rendered(locale: str, wanted: list[str]) -> Iterator[tuple[str, str]]:
    app = preview_app(locale)
    frame = {"locale": locale, "direction": "rtl" if locale == "ar" else "ltr", "languages": LANGUAGES,
             "on_this_laptop": True, "country": "Casteria", "course_version": "1.0", "nav": "course"}
    with app.test_request_context("/here"):
        g.locale = locale
        for name, template, who, given in pages(locale):
            if not wanted or any(name.startswith(one) for one in wanted):
                yield f"{name}-{locale}", render_template(template, me=who, **frame, **given)


def main(arguments: list[str]) -> None:
    wanted = [one for one in arguments if not one.startswith("--")]
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "static").unlink(missing_ok=True)
    (OUT / "static").symlink_to(HERE / "course" / "static")
    made = []
    for locale in ("en", "ar", "fr"):
        for name, html in rendered(locale, wanted):
            (OUT / f"{name}.html").write_text(html, encoding="utf-8")
            made.append(name)
    if "--html" not in arguments:
        look(made, check="--axe" in arguments)


def look(names: list[str], check: bool) -> None:
    """Pictures of pages, and what axe, sideways scrolling and small targets say of them."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        for name in names:
            for width in WIDTHS:
                page = browser.new_page(viewport={"width": width, "height": 720})
                page.goto((OUT / f"{name}.html").absolute().as_uri())
                page.screenshot(path=OUT / f"{name}-{width}.png", full_page=True)
                if check:
                    for line in complaints(page):
                        print(f"{name}-{width}: {line}")
                page.close()
        browser.close()


SMALL = """() => [...document.querySelectorAll('a,button,input,select,textarea,summary')].filter(e => {
  const r = e.getBoundingClientRect(), s = getComputedStyle(e);
  const inText = e.tagName === 'A' && s.display === 'inline';
  const row = e.closest('label.option');
  return r.width > 0 && !row && !inText && r.height < 43.5 && !e.closest('.sr,.skip');
}).map(e => e.outerHTML.slice(0, 80) + ' ' + Math.round(e.getBoundingClientRect().height))"""


def complaints(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    said = [f"axe {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if over > 0:
        said.append(f"scrolls sideways by {over}")
    return said + [f"small {one}" for one in page.evaluate(SMALL)]


if __name__ == "__main__":
    main(sys.argv[1:])
