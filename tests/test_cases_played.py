"""Every case played to its ends, and what leading questions can never obtain."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.content.casemaking import bare_case
from course.content.shelf import Shelf
from course.content.source import Files, Roots
from course.core import casework, scoring
from course.core.casework import Case, Move
from course.core.conditions import ALWAYS, Condition, Effect, Test
from course.core.exploring import explored
from course.core.interview import FATIGUE, KINDS, LEAST, MOST, TRUST, Fact
from course.core.learning import fold_learner
from course.core.scenario import Story
from course.core.scenes import END, Gift, Limit, Option, Route, Scene, Step, Where
from course.core.walk import played
from course.store import MemoryStore

LEARNER = "learner:ana"
ASIDE = ("care", "go")
OPEN = frozenset(("open", "probing", "closed", *ASIDE))
HARMFUL = frozenset((*(kind for kind, one in KINDS.items() if one.harmful), *ASIDE))
MOSTLY = 0.8


@cache
def real_cases() -> dict[str, Case]:
    """The course's own cases, without their texts made into HTML."""
    shelf = Shelf(Files(Roots.find()))
    files = ((one, shelf.case(f"modules/{one}.md")) for one in shelf.lessons())
    return {name: bare_case(file) for name, file in files if file}


CASES = sorted(real_cases())
STORIES = [name for name in CASES if isinstance(real_cases()[name], Story)]
INTERVIEWS = [name for name in CASES if real_cases()[name].kind == "interview"]


def tried(case: Case, path: list[Move], seed: str, drawn: list[str]) -> dict:
    """What the learner's document keeps of a try, each move a statement."""
    store = MemoryStore({"learner": fold_learner})
    with store.record(LEARNER) as record:
        record.append(casework.start(case, "try", seed, drawn))
    for move in path:
        with store.record(LEARNER) as record:
            record.append(casework.made(scoring.attempt(record.document, "try"), case, move))
    with store.record(LEARNER) as record:
        record.append(casework.close(scoring.attempt(record.document, "try"), case))
    summary = scoring.attempt(store.document(LEARNER), "try").summary
    assert summary
    return dict(summary)


# To the end -----------------------------------------------------------------------------

@pytest.mark.parametrize("care", [0, 0.5, 1])
@pytest.mark.parametrize("name", CASES)
def test_every_case_can_be_played_to_an_end_and_closed(name, care):
    for seed in range(3):
        drawn = real_cases()[name].drawn((), str(seed))
        case = real_cases()[name].of(drawn)
        path = played(case, Random(seed), care, note="What I would write.")
        assert case.missing(path) == 0, path[-3:]
        summary = tried(case, path, str(seed), drawn)
        assert 0 <= summary["score"] <= summary["of"] > 0
        assert casework.kept_path(summary) == path


@pytest.mark.parametrize("name", CASES)
def test_care_earns_more_than_chance(name):
    def share(care: float) -> float:
        case = real_cases()[name]
        case = case.of(case.drawn((), "x"))
        items = [one for seed in range(5) for one in case.items(
            played(case, Random(seed), care, note="A note."))]
        return sum(one.score for one in items if one.score is not None) / len(items)

    assert share(1) > share(0) + 0.1


@pytest.mark.parametrize("name", STORIES)
def test_a_path_is_replayed_alike_and_so_is_each_part_of_it(name):
    case = real_cases()[name]
    path = played(case, Random(7), 0.5)
    beats = list(case.beats(path))
    assert [beat.move for beat in beats] == path
    assert beats == list(case.beats(path))
    for length in range(len(path)):
        assert list(case.beats(path[:length])) == beats[:length]
        asked = case.ask(path[:length])
        assert asked and asked.id == path[length].ask


@pytest.mark.parametrize("name", STORIES)
def test_everything_in_a_real_story_can_be_come_to(name):
    found = explored(real_cases()[name])
    assert (found.missed, found.stuck, found.cut) == (frozenset(), frozenset(), False)


# Interviews -----------------------------------------------------------------------------

def clean(story: Story, where: Where) -> set[str]:
    return {fact.id for fact in story.facts if story.has_clean(where, fact.id)}


def talk(story: Story, kinds: frozenset[str], chance: Random,
         rarely: Iterable[str] = ASIDE) -> Where:
    """A talk of questions of these kinds only; it stops where none of them is offered."""
    where = story.opening()
    for _ in range(100):
        beats = [beat for beat in story.beats_at(where)
                 if beat.option and beat.option.mark in kinds]
        questions = [beat for beat in beats if beat.option and beat.option.mark not in rarely]
        tired = where.numbers.get(FATIGUE, 0) >= 6
        if not beats:
            break
        some = questions if questions and chance.random() < (0.3 if tired else MOSTLY) else beats
        where = chance.choice(some).after
    return where


@pytest.mark.parametrize("name", INTERVIEWS)
def test_no_talk_of_harmful_questions_obtains_more_than_the_best_open_one(name):
    story = real_cases()[name]
    harmful = [clean(story, talk(story, HARMFUL, Random(seed))) for seed in range(60)]
    opened = [clean(story, talk(story, OPEN, Random(seed))) for seed in range(60)]
    assert max(map(len, harmful)) == 0
    assert max(map(len, opened)) > 0.7 * len(story.facts)


@pytest.mark.parametrize("name", INTERVIEWS)
def test_a_mostly_open_and_a_mostly_leading_talk_end_with_different_facts(name):
    story = real_cases()[name]
    everything = OPEN | HARMFUL
    for seed in range(10):
        leading = talk(story, everything, Random(seed), rarely=OPEN)
        opened = talk(story, everything, Random(seed), rarely=HARMFUL)
        assert clean(story, leading) != clean(story, opened)
        assert len(clean(story, leading)) < len(clean(story, opened))


# Made up --------------------------------------------------------------------------------

FACTS = ("work", "debt", "paper")
conditions = st.one_of(
    st.just(ALWAYS),
    st.builds(lambda name, sign, number: Condition(((Test(name, sign, number),),)),
              st.sampled_from((TRUST, FATIGUE, *FACTS)), st.sampled_from((">=", "<")),
              st.integers(0, 5)))


@st.composite
def options(draw, place: int) -> Option:
    """A choice of any kind, with the effects of its kind; only questions give facts."""
    mark = draw(st.sampled_from(sorted(KINDS)))
    kind = KINDS[mark]
    asks = kind.credit is not None
    gives = draw(st.lists(st.builds(Gift, st.sampled_from([(one,) for one in FACTS]), conditions),
                          max_size=2)) if asks else []
    return Option(f"{place}", f"Choice {place}", mark,
                  (Effect(TRUST, kind.trust), Effect(FATIGUE, kind.fatigue)), tuple(gives),
                  when=draw(conditions), target=draw(st.sampled_from(("", "", "close"))))


@st.composite
def interviews(draw) -> Story:
    """A small talk of two scenes, in whatever way its choices hang together."""
    def step(first: int) -> Step:
        return Step("?", tuple(draw(options(first + n)) for n in range(draw(st.integers(2, 4)))),
                    again=draw(st.booleans()))

    scenes = (Scene("start", "Start", step=step(0)), Scene("work", "Work", step=step(10)),
              Scene("close", "Close", routes=(Route(END),)),
              Scene("tired", "Tired", routes=(Route(END),)))
    return Story("m/talk", "Talk", "interview", scenes=scenes, person="A.",
                 variables={TRUST: draw(st.integers(0, 6)), FATIGUE: 1},
                 limits=(Limit(Test(FATIGUE, ">=", 7), "tired"),),
                 facts=tuple(Fact(one, one, one) for one in FACTS), bounds=(LEAST, MOST))


def most_clean(story: Story, kinds: frozenset[str]) -> int:
    """The most facts that any talk of these kinds obtains cleanly."""
    left, known, most = [story.opening()], set(), 0
    while left:
        where = left.pop()
        key = (where.scene, where.used, tuple(sorted(where.numbers.items())), where.spoiled)
        if key in known:
            continue
        known.add(key)
        most = max(most, len(clean(story, where)))
        left += [beat.after for beat in story.beats_at(where)
                 if beat.option and beat.option.mark in kinds]
    return most


@given(interviews())
def test_in_no_interview_at_all_do_harmful_questions_obtain_more(story):
    assert most_clean(story, HARMFUL) <= most_clean(story, OPEN)


@given(interviews(), st.integers(0, 9))
def test_what_was_spoiled_once_is_never_clean_again(story, seed):
    where, chance, spoiled = story.opening(), Random(seed), set()
    for _ in range(30):
        beats = list(story.beats_at(where))
        if not beats:
            break
        where = chance.choice(beats).after
        spoiled |= where.spoiled
        assert not spoiled & clean(story, where)


@given(interviews())
def test_what_exploring_misses_no_play_comes_to(story):
    """The search takes moments together that differ in nothing that matters."""
    found = explored(story)
    left, known, facts, scenes = [story.opening()], set(), set(), set()
    while left:
        where = left.pop()
        key = (where.scene, where.used, tuple(sorted(where.numbers.items())), where.spoiled)
        if key not in known:
            known.add(key)
            facts |= clean(story, where)
            scenes |= {where.scene, *where.entered}
            left += [beat.after for beat in story.beats_at(where)]
    assert not found.cut
    assert {one[1] for one in found.missed if one[0] == "fact"} == set(FACTS) - facts
    assert {one[1] for one in found.missed if one[0] == "scene"} == {
        one.id for one in story.scenes} - scenes
