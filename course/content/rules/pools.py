"""Q: pools of questions: what is said about answers, what is drawn, and what can be guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..links import links_in
from ..problem import nearest
from ..quizfile import Asked, Offered
from .guessing import guesses
from .material import Material, locale_of
from .rule import Spots, at, rule
from .telling import all_rows

PER_OBJECTIVE = 3
DRAWABLE = {"module": 16, "case": 6}
"""Questions that a pool has at least for drawing."""

_CHOSEN = ("one", "all")


@rule("Q17", "warning")
def wrong_without_feedback(course: Material) -> Spots:
    """A wrong choice does not say why it is wrong.

    On the line below it write two spaces, `>`, the reason, and where to read.
    """
    for name, asked, choice in _wrong(course):
        if not choice.feedback:
            yield at(name, choice.line, id=asked.id)


@rule("Q18", "warning")
def feedback_without_link(course: Material) -> Spots:
    """The feedback of a wrong choice does not say where to read.

    End it with a link to the very paragraph:
    `[The child rule](../../modules/tip-basic/elements.md#children)`.
    """
    for name, asked, choice in _wrong(course):
        if choice.feedback and not any(links_in(choice.feedback)):
            yield at(name, choice.feedback_line, id=asked.id)


@rule("Q19", "warning")
def no_similar(course: Material) -> Spots:
    """A question names no similar one for whoever got it wrong.

    End the explanation with `Similar: #other-id`.
    """
    for name, asked in _questions(course):
        if not asked.similar:
            yield at(name, asked.line, id=asked.id)


@rule("Q20", "error")
def unknown_similar(course: Material) -> Spots:
    """The similar question does not exist in the same pool, or is the question itself.

    The message names the nearest id there is.
    """
    for name, asked in _questions(course):
        known = {one.id for one in course.pools[name].questions} - {asked.id}
        if asked.similar and asked.similar not in known:
            yield at(name, asked.explanation_line, id=asked.id, similar=asked.similar,
                     nearest=nearest(asked.similar, known))


@rule("Q21", "error")
def unknown_objective(course: Material) -> Spots:
    """A question names an objective that its module does not have.

    Objectives stand in the header of the module; the message names the nearest. In a test of
    the manual the module comes first: `objective=elements.child`.
    """
    for name, asked in _questions(course):
        known = _objectives(course, name)
        if asked.objective and asked.objective not in known:
            yield at(name, asked.line, id=asked.id, objective=asked.objective,
                     nearest=nearest(asked.objective, known))


@rule("Q22", "warning")
def no_objective(course: Material) -> Spots:
    """A question tests no objective, though its module has some.

    Add `objective=name` to the braces of its heading.
    """
    for name, asked in _questions(course):
        if not asked.objective and _objectives(course, name):
            yield at(name, asked.line, id=asked.id)


@rule("Q23", "warning")
def objective_hardly_tested(course: Material) -> Spots:
    """An objective has fewer than three questions in the pool.

    Two answers say little about what somebody can do. Write another question.
    """
    for lesson in course.lessons.values():
        pool = course.pool_of(lesson)
        counts = Counter(one.objective for one in pool.questions) if pool else Counter[str]()
        for key in lesson.header.mapping("objectives") if pool else ():
            if counts[key] < PER_OBJECTIVE:
                yield at(lesson.name, lesson.header.line(f"objectives.{key}"), objective=key,
                         count=counts[key], least=PER_OBJECTIVE)


@rule("Q24", "error")
def asked_but_missing(course: Material) -> Spots:
    """A question that is asked in place is not in the pool, so nothing stands there.

    The message names the nearest id of the pool.
    """
    for name, lesson in course.lessons.items():
        pool = course.pool_of(lesson)
        known = [one.id for one in pool.questions] if pool else []
        for block in lesson.blocks("quiz"):
            if block.word not in known:
                yield at(name, block.line, id=block.word, nearest=nearest(block.word, known))


@rule("Q25", "warning")
def asked_twice(course: Material) -> Spots:
    """A question is asked in place twice; the second time it is already answered.

    Ask another one there.
    """
    for name, lesson in course.lessons.items():
        seen: dict[str, int] = {}
        for block in lesson.blocks("quiz"):
            if block.word in seen:
                yield at(name, block.line, id=block.word, first=seen[block.word])
            seen.setdefault(block.word, block.line)


@rule("Q26", "error")
def no_pool(course: Material) -> Spots:
    """A module or case names a pool that does not exist, so it has no quiz.

    `quiz: elements` means `elements.md` in the folder of the same manual under `quizzes/`.
    """
    for name, lesson in course.lessons.items():
        pool = course.pool_name(lesson)
        if pool and pool not in course.pools:
            yield at(name, lesson.header.line("quiz"), pool=pool)


@rule("Q27", "error")
def free_text_is_not_drawn(course: Material) -> Spots:
    """A free text waits in the pool to be drawn, but a quiz draws none: nobody is asked it.

    A quiz is marked at once and a free text by the trainer. Ask it in place: `!!! quiz id`.
    """
    for name, pool in course.pools.items():
        in_place = course.asked_in_place(pool)
        for asked in pool.questions:
            if asked.kind == "free" and asked.id not in in_place:
                yield at(name, asked.line, id=asked.id)


@rule("Q28", "error")
def draw_too_large(course: Material) -> Spots:
    """A quiz draws more questions than its pool has left.

    Questions used in place and free texts are not drawn. Write more, or lower `draw:`.
    """
    for name, pool in course.pools.items():
        draw, left = pool.header.whole("draw", 0), len(course.drawable(pool))
        if draw > left:
            yield at(name, pool.header.line("draw"), draw=draw, left=left)


@rule("Q29", "error")
def too_many_critical(course: Material) -> Spots:
    """A pool has more critical questions than the quiz draws, so some are left out.

    Critical questions are always asked. Raise `draw:`, or mark fewer.
    """
    for name, pool in course.pools.items():
        draw = pool.header.whole("draw", 0)
        critical = sum(one.critical for one in course.drawable(pool))
        if draw and critical > draw:
            yield at(name, pool.header.line("draw"), critical=critical, draw=draw)


@rule("Q30", "warning")
def small_pool(course: Material) -> Spots:
    """A pool has few questions to draw from, so a second attempt asks the same again.

    A module has at least sixteen besides those used in place, a case six.
    """
    for name, lesson in course.lesson_of.items():
        pool = course.pools.get(name)
        least = DRAWABLE["case" if lesson.header.text("kind") else "module"]
        if pool and len(course.drawable(pool)) < least:
            yield at(name, 0, count=len(course.drawable(pool)), least=least)


@rule("Q31", "error")
def unknown_misconception(course: Material) -> Spots:
    """A feedback names a misconception that is not in `quizzes/misconceptions.md`.

    The message names the nearest. Add the thought there, in the learner's own words.
    """
    known = _misconceptions(course)
    for name, line, myth in _myths(course):
        if myth not in known:
            yield at(name, line, myth=myth, nearest=nearest(myth, known))


@rule("Q32", "warning")
def unused_misconception(course: Material) -> Spots:
    """A misconception is in the list, but no feedback names it.

    Put `{myth=…}` at the end of the feedback it explains, or delete it.
    """
    used = {myth for _, _, myth in _myths(course)}
    for entry in course.misconceptions.entries if course.misconceptions else ():
        if entry.id not in used:
            yield at("quizzes/misconceptions.md", entry.line, myth=entry.id)


@rule("Q33", "warning")
def longest_is_right(course: Material) -> Spots:
    """Whoever always picks the longest choice does better than chance and ten points.

    Write wrong choices as full as the right one, or shorten the right one.
    """
    return _guessed(course, "longest")


@rule("Q34", "warning")
def careful_is_right(course: Material) -> Spots:
    """Whoever always picks the most careful choice does better than chance and ten points.

    Words such as *may*, *usually* and *depends* give the right choice away. Let wrong
    choices be careful too, and right ones plain.
    """
    return _guessed(course, "careful")


@rule("Q35", "warning")
def one_place_is_right(course: Material) -> Spots:
    """The right choice stands in the same place of the file far too often.

    The course shuffles choices, but print and projector show the file's order. Move some.
    """
    return _guessed(course, "place")


@rule("Q36", "warning")
def forms_differ(course: Material) -> Spots:
    """The test before a manual and the one after it do not ask for the same.

    What the manual has taught could not be read off them. Both ask for the same objectives,
    each equally often and with the same kinds of question.
    """
    for name in (one for one, kind in course.tests.items() if kind == "after"):
        for other in course.tests_of(name.rpartition("/")[0].replace("quizzes/", "modules/", 1)):
            if course.tests[other] == "before":
                first, second = (_asked_for(course, one) for one in (other, name))
                for objective, kind in sorted((first - second) + (second - first)):
                    yield at(name, 0, other=other, objective=objective or "-", kind=kind)


def _asked_for(course: Material, name: str) -> Counter[tuple[str, str]]:
    """How often a test asks for each objective in each kind of question."""
    return Counter((one.objective, one.kind) for one in course.pools[name].questions)


def _questions(course: Material) -> Iterator[tuple[str, Asked]]:
    return ((name, asked) for name, pool in course.pools.items() for asked in pool.questions)


def _wrong(course: Material) -> Iterator[tuple[str, Asked, Offered]]:
    """Every wrong choice."""
    return ((name, asked, choice) for name, asked in _questions(course)
            if asked.kind in _CHOSEN for choice in asked.offered if not choice.right)


def _objectives(course: Material, name: str) -> set[str]:
    """The objectives that the questions of a pool may name; those of a test, by module."""
    if name in course.tests:
        folder = name.rpartition("/")[0].replace("quizzes/", "modules/", 1)
        return {f"{lesson.name.rpartition('/')[2].removesuffix('.md')}.{key}"
                for lesson in course.folders().get(folder, ())
                for key in lesson.header.mapping("objectives")}
    lesson = course.lesson_of.get(name)
    return set(lesson.header.mapping("objectives")) if lesson else set()


def _myths(course: Material) -> Iterator[tuple[str, int, str]]:
    """Every misconception that a feedback names: the file, the line, its name."""
    for name, asked in _questions(course):
        yield from ((name, one.feedback_line, one.myth) for one in asked.offered if one.myth)
    for name, case in course.cases.items():
        for asked in case.charge:
            yield from ((name, one.feedback_line, one.myth) for one in asked.offered if one.myth)
        yield from ((name, row.feedback_line or row.line, row.myth) for row in all_rows(case)
                    if row.myth)


def _misconceptions(course: Material) -> set[str]:
    return {one.id for one in course.misconceptions.entries} if course.misconceptions else set()


def _guessed(course: Material, habit: str) -> Spots:
    """The pools that can be passed by a habit, in each language."""
    for name, pool in course.all_pools.items():
        language = locale_of(name) or pool.header.text("language", "en")
        for guess in guesses(pool.questions, language):
            if guess.habit == habit and guess.pays:
                yield at(name, 0, place=guess.place, percent=round(100 * guess.score / guess.of),
                         chance=round(100 * guess.chance / guess.of), of=guess.of)
