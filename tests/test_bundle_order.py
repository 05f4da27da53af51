"""Five laptops with wrong clocks, their bundles taken in any order, any number of times, undone."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from course import FOLDS
from course.bundles import Bundle, parcel
from course.core import people
from course.core.people import REGISTER, Register
from course.core.statement import Draft
from course.store.bundle import Head

from .stores import FailingDisk, place_in
from .test_store_folds import describing, grouping, meeting, studying

CLOCKS = ["2026-11-26T09:00:00.000Z", "1999-01-01T00:00:00.000Z", "2041-05-05T05:05:05.000Z",
          "2026-11-26T08:59:59.999Z", "2026-11-25T21:00:00.000Z"]
ALL = range(len(CLOCKS))


def of(laptop: int, draft: Draft) -> Draft:
    """What a laptop says: an attempt is made on one of them."""
    attempt = f"attempt:{laptop}" if draft.object.startswith("attempt:") else ""
    named = {"attempt": f"{laptop}{draft.result['attempt']}"} if "attempt" in draft.result else {}
    return replace(draft, object=draft.object.replace("attempt:", attempt) if attempt
                   else draft.object, result={**draft.result, **named})


deeds = st.one_of(
    st.tuples(st.sampled_from(["learner:ana", "learner:ben", "learner:p0", "learner:p1"]),
              studying.filter(lambda one: one.verb != "initialized")),
    st.tuples(st.just("academy:profile"), describing),
    st.tuples(st.just("cohort:c"), grouping),
    st.tuples(st.just("session:s"), meeting),
    st.tuples(st.just(REGISTER), st.builds(
        lambda other, kept: Draft("joined", other, {"joined": kept}),
        st.sampled_from(["p0", "p1", "ana", "ben"]), st.sampled_from(["p0", "ana", "p1", ""]))),
    st.tuples(st.just("take"), st.sampled_from(ALL)))
"""What happens on a laptop: something is said, or it takes what another has by now."""

lives = st.lists(st.tuples(st.sampled_from(ALL), deeds), max_size=30)


class HastyDisk(FailingDisk):
    """Does not wait for the disk: no power cut is meant here, and there is much to write."""

    def sync(self, fd):
        pass

    def sync_folder(self, folder):
        pass


class Laptop:
    """One laptop's store, in a folder of its own, with its own clock."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self.place = replace(place_in(folder / f"laptop-{number}"), disk=HastyDisk())
        self.open(CLOCKS[number])
        with self.store.record(REGISTER) as record:
            for key, role in ((f"boss{number}", "administrator"), (f"p{number}", "learner"),
                              ("ana", "learner"), ("ben", "learner")):
                record.append(people.enrol(Register({}), key, name=key, number="7", role=role,
                                           secret=f"secret {number}"))
        self.say(f"learner:p{number}", Draft("initialized", "attempt:1", {
            "quiz": "pool", "questions": ["q", "r"], "seed": "1"}))

    def open(self, clock: str = CLOCKS[0]) -> None:
        self.store = self.place.open(folds=FOLDS, clock=lambda: clock, checkpoint_every=3600)

    def say(self, record_id: str, draft: Draft) -> None:
        with self.store.record(record_id) as record:
            record.append(of(self.number, draft))

    def bundle(self, folder: Path, name: str) -> Bundle:
        file = folder / f"{name}.fourthp"
        head = Head(self.store.device, CLOCKS[self.number], "1")
        file.write_bytes(b"".join(parcel(head, self.store.statements,
                                         self.store.document(REGISTER))))
        return Bundle.open(file)

    def take(self, bundle: Bundle) -> str:
        return self.store.take(bundle, bundle.source).id

    def shown(self) -> dict[str, object]:
        return {one: self.store.document(one) for kind in FOLDS
                for one in self.store.record_ids(kind)}


def bundles_of(folder: Path, life: list) -> list[Bundle]:
    """What five laptops have after their lives, one file each and one from the midst."""
    laptops = [Laptop(folder, number) for number in ALL]
    names = itertools.count()
    half = None
    for place, (number, (where, what)) in enumerate(life):
        if where == "take":
            laptops[number].take(laptops[what].bundle(folder, f"step-{next(names)}"))
        else:
            laptops[number].say(where, what)
        if place == len(life) // 2:
            half = laptops[number].bundle(folder, "half")
    bundles = [one.bundle(folder, f"laptop-{one.number}") for one in laptops]
    for one in laptops:
        one.store.close()
    is_another = half and half.digest not in {one.digest for one in bundles}
    return [*bundles, half] if is_another else bundles


@given(life=lives, data=st.data())
@settings(max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_every_order_and_repetition_gives_the_same_and_undoing_restores(life, data):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bundles = bundles_of(folder, life)
        one, other, some = (Fresh(folder / str(number)) for number in range(3))
        blank = one.shown()
        order = data.draw(st.permutations(bundles))
        again = data.draw(st.lists(st.sampled_from(bundles), max_size=4))
        left = data.draw(st.sets(st.sampled_from(range(len(bundles)))))
        taken = [one.take(bundle) for bundle in bundles]
        for bundle in [*again, *order]:
            other.take(bundle)
        assert one.shown() == other.shown()
        assert one.said() == other.said()

        for number in left:
            one.store.withdraw(taken[number])
        for bundle in order:
            if bundles.index(bundle) not in left:
                some.take(bundle)
        assert one.shown() == some.shown()
        assert one.said() == some.said()
        one.open_again()
        assert one.shown() == some.shown()

        for number in data.draw(st.permutations(range(len(bundles)))):
            one.store.withdraw(taken[number])
        assert one.shown() == blank
        for laptop in (one, other, some):
            laptop.store.close()


class Fresh(Laptop):
    """A laptop on which nothing has been done yet."""

    def __init__(self, folder: Path) -> None:
        self.number = 0
        self.place = replace(place_in(folder), disk=HastyDisk())
        self.open()

    def open_again(self) -> None:
        """Without its documents: they are made again."""
        self.store.close()
        self.place.progress.unlink()
        self.open()

    def said(self) -> set[str]:
        return {one.id for one in self.store.statements() if not one.record.startswith("imports:")}
