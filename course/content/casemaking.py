"""The file of a played case becomes one of the core's cases, in a language.

What happens, what is right and where it leads always come from the original; words come from
the translation, scene by scene, where it offers as much as the original does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core import interview
from ..core.casework import Case
from ..core.evidence import EvidenceFile, Named
from ..core.questions import text_id
from ..core.scenario import Story
from ..core.scenes import END, Gift, Limit, Option, Route, Scene, Step
from ..core.sorting import Sorter
from .asking import in_words_of, question_of
from .blocks import Block
from .casefile import (
    CARE,
    CLASSES,
    ELEMENTS,
    FACTS,
    SUSPECTS,
    CaseFile,
    SceneText,
    StepText,
)
from .casepieces import (
    Worded,
    choice,
    condition,
    exhibit,
    links,
    passages,
    replies,
    vignette,
    with_kind,
)
from .desk import ORIGINAL, Desk, language
from .lesson import fallback_title, is_late, original_language
from .rows import Row, condition_of, effects_of, numbers_of
from .shelf import MODULES, translation
from .source import digest_of
from .voice import Silence, Voice

DECISIONS: Mapping[str, str] = {"x": "right", "~": "defensible", "": "wrong"}
"""What stands between the parentheses of a choice that is a decision."""

PASS_MARK = 0.7


def case_of(desk: Desk, case_id: str, locale: str) -> Case:
    """A case that is there, in a language."""
    name = f"{MODULES}{case_id}.md"
    original = desk.shelf.case(name)
    assert original, name
    theirs = None
    if locale != ORIGINAL:
        theirs = desk.shelf.case(translation(name, locale), original.kind)
    home = language(original_language(original.source))
    own = language(locale) if theirs else home
    return _Maker(case_id, original, theirs, Voice(desk, name, home, own),
                  Voice(desk, name, own, own)).case()


def bare_case(case: CaseFile) -> Case:
    """A case without its boxes, and with its texts as they are written: for what plays it and
    shows it to nobody."""
    case_id = case.source.name.removeprefix(MODULES).removesuffix(".md")
    voice = Silence(language(original_language(case.source)))
    return _Maker(case_id, case, None, voice, voice).case()


def limits_of(case: CaseFile) -> Iterator[tuple[str, Limit | None]]:
    """What runs out, by the name of the variable; None for a line that cannot be read."""
    for name, text in case.header.mapping("limits").items():
        test, _, scene = text.partition("->")
        try:
            tests = list(condition_of(f"{name}{test.strip()}").tests)
        except ValueError:
            tests = []
        known = len(tests) == 1 and case.scene(scene.strip())
        yield name, Limit(tests[0], scene.strip()) if known else None


class _Maker:
    """Makes one case in one language."""

    def __init__(self, case_id: str, original: CaseFile, theirs: CaseFile | None,
                 home_voice: Voice, voice: Voice) -> None:
        self._id, self._original, self._theirs = case_id, original, theirs
        self._home_voice, self._voice = home_voice, voice

    def case(self) -> Case:
        if self._original.kind == "evidence":
            return self._evidence()
        if self._original.kind == "sort":
            return self._sorter()
        return self._story()

    def _common(self) -> dict[str, Any]:
        """What all kinds have."""
        header = self._original.header
        opening = self._original.source.opening
        words = self._theirs.source.opening if self._theirs else ()
        voice, parts = (self._voice, words) if words else (self._home_voice, opening)
        gate = next((one for one in parts if isinstance(one, Block) and one.kind == "sensitive"),
                    None)
        text = "".join(f"{one}\n" for one in _sources(self._original))
        return {
            "id": self._id, "title": self._header("title") or fallback_title(
                self._original.source.name), "kind": self._original.kind,
            "briefing": voice.html(parts), "announcement": gate.title if gate else "",
            "short_html": voice.blocks(gate.text) if gate else "",
            "notes": tuple(voice.note(one) for one in parts
                           if isinstance(one, Block) and one.kind == "trainer"),
            "pass_mark": header.share("pass", PASS_MARK), "digest": digest_of(text),
            "language": self._voice.own,
        }

    def _header(self, key: str) -> str:
        words = self._theirs.header.text(key) if self._theirs else ""
        return words or self._original.header.text(key)

    def _worded(self) -> Iterator[Worded]:
        for scene in self._original.scenes:
            theirs = self._theirs.scene(scene.id) if self._theirs else None
            if theirs and self._theirs and shape(theirs) == shape(scene):
                late = is_late(self._theirs.header, scene.id, scene.section.digest)
                yield Worded(scene, theirs, self._voice, late)
            else:
                yield Worded(scene, scene, self._home_voice)

    def _listed(self, name: str) -> Iterator[tuple[str, Row, Row, Voice]]:
        """The rows of a list: id, the original's, the one to show, and its voice."""
        theirs = self._theirs.listed(name) if self._theirs else {}
        for key, row in self._original.listed(name).items():
            words = theirs.get(key)
            yield key, row, words or row, self._voice if words else self._home_voice

    def _named(self, name: str) -> tuple[Named, ...]:
        made = []
        for key, _, words, voice in self._listed(name):
            label, _, hint = words.text.partition(" | ")
            made.append(Named(key, voice.inline(label), voice.inline(hint) if hint else ""))
        return tuple(made)

    # Stories --------------------------------------------------------------------------------

    def _story(self) -> Story:
        header = self._original.header
        numbers, _ = numbers_of(header.mapping("variables"))
        is_interview = self._original.kind == "interview"
        shown = self._theirs.header.mapping("shown") if self._theirs else {}
        theirs = self._theirs.any_time if self._theirs else ()
        rows = self._original.any_time
        voice = self._voice if len(theirs) == len(rows) else self._home_voice
        return Story(
            **self._common(), scenes=tuple(map(self._scene, self._worded())),
            variables=numbers,
            shown={key: shown.get(key) or text for key, text in header.mapping("shown").items()},
            limits=tuple(one for _, one in limits_of(self._original) if one),
            any_time=self._options(rows, theirs if len(theirs) == len(rows) else rows, voice),
            instead=self._there(header.text("instead")), person=self._header("person"),
            facts=self._facts(), care=self._care(),
            bounds=(interview.LEAST, interview.MOST) if is_interview else None)

    def _there(self, scene_id: str) -> str:
        """A scene that there is. One that there is not, which the check reports, leads nowhere:
        play then goes on by the scene's own route or to the next."""
        return scene_id if self._original.scene(scene_id) else ""

    def _facts(self) -> tuple[interview.Fact, ...]:
        made = []
        for key, _, words, voice in self._listed(FACTS):
            topic, _, said = words.text.partition(" | ")
            made.append(interview.Fact(key, voice.inline(topic), voice.inline(said or topic)))
        return tuple(made)

    def _care(self) -> tuple[interview.Care, ...]:
        return tuple(
            interview.Care(key, voice.inline(words.text), row.mark.endswith("(critical)"),
                           voice.blocks(words.feedback))
            for key, row, words, voice in self._listed(CARE))

    def _scene(self, one: Worded) -> Scene:
        step = one.original.step
        return Scene(
            one.original.id, one.words.section.title, tuple(passages(one.words, one.voice)),
            self._step(one, step) if step and step.chunk.rows else None,
            tuple(Route(route.target, condition(route.when)) for route in one.original.routes
                  if route.target == END or self._there(route.target)),
            one.voice.own, one.late, one.original.section.line)

    def _step(self, one: Worded, step: StepText) -> Step:
        words = one.words.step
        assert words, "the shapes are the same"
        reasons = zip(step.chunk.reasons, words.chunk.reasons, strict=True)
        return Step(
            one.voice.inline(words.prompt),
            self._options(step.chunk.rows, words.chunk.rows, one.voice), step.again,
            step.critical, step.objective, one.voice.inline(words.chunk.why),
            tuple(choice(row, shown, one.voice) for row, shown in reasons),
            one.voice.blocks(words.chunk.explanation), step.line)

    def _options(self, rows: Sequence[Row], words: Sequence[Row],
                 voice: Voice) -> tuple[Option, ...]:
        return tuple(self._option(row, shown, voice)
                     for row, shown in zip(rows, words, strict=True))

    def _option(self, row: Row, words: Row, voice: Voice) -> Option:
        mark = DECISIONS.get(row.mark, row.mark)
        try:
            effects = effects_of(row.effects)
        except ValueError:
            effects = effects_of("")
        return Option(
            text_id(row.text), voice.inline(words.text), mark, with_kind(effects.changes, mark),
            tuple(Gift(*gift) for gift in effects.gives), effects.does,
            self._there(effects.target),
            effects.when, effects.repeat, tuple(replies(row.replies, words.replies, voice)),
            voice.blocks(words.feedback), row.myth, row.line)

    # The two other kinds --------------------------------------------------------------------

    def _evidence(self) -> EvidenceFile:
        return EvidenceFile(
            **self._common(), exhibits=tuple(map(exhibit, self._worded())),
            elements=self._named(ELEMENTS), suspects=self._named(SUSPECTS),
            links={cell: link for one in self._worded() for cell, link in links(one)},
            charge=tuple(self._charge()), charge_html=self._charge_html())

    def _charge(self) -> Iterator[Any]:
        theirs = {one.id: one for one in self._theirs.charge} if self._theirs else {}
        for asked in self._original.charge:
            words = theirs.get(asked.id)
            question = question_of(asked, self._home_voice.setting)
            if words and words.shape == asked.shape:
                question = in_words_of(question, asked, words, self._voice.setting)
            yield question

    def _charge_html(self) -> str:
        words = self._theirs.charge_parts if self._theirs else ()
        voice = self._voice if words else self._home_voice
        return voice.html(words or self._original.charge_parts)

    def _sorter(self) -> Sorter:
        return Sorter(**self._common(), classes=self._named(CLASSES),
                      vignettes=tuple(map(vignette, self._worded())),
                      most=self._original.header.whole("draw", 12))


def shape(scene: SceneText) -> tuple[object, ...]:
    """What a translated scene must share with the original to be used."""
    chunks = (scene.opening, scene.step and scene.step.chunk)
    return tuple((len(one.rows), len(one.reasons), [len(row.replies) for row in one.rows])
                 if one else None for one in chunks)


def _sources(case: CaseFile) -> Iterator[str]:
    yield from (part.text for part in case.source.opening)
    yield from (section.source for section in case.source.sections)
