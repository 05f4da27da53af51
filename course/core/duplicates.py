"""Who may have been enrolled twice: the question that follows when laptops come together.

Two learners look like one when their service numbers are the same, or their names are, by the
rule that compares numbers (NFKC, case folded, single spaces). Whether they are is for a person
to say: joined (`people.join`) or kept apart (`people.keep_apart`), nobody is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

from .people import Person, Register, are_apart, number_key
from .statement import Document, Stamp

NUMBER, NAME = "number", "name"


@dataclass(frozen=True, slots=True)
class Suspected:
    """Two who may be one."""

    kept: Person
    """Who was enrolled first, by the order that all laptops agree on: kept unless told else."""
    other: Person
    reason: str
    """`NUMBER`: the same service number; `NAME`: the same name with another number."""


def suspected(document: Document) -> list[Suspected]:
    """All who look the same in a register of people and of whom nobody has said, by name."""
    learners = Register(document).learners()
    pairs = {pair: reason for reason, key in (
        (NAME, lambda one: number_key(one.name)), (NUMBER, lambda one: number_key(one.number)))
        for pair in _alike(learners, key)}
    found = [Suspected(*_first_enrolled(document, *pair), reason)
             for pair, reason in pairs.items() if not are_apart(document, pair[0].id, pair[1].id)]
    return sorted(found, key=lambda one: (number_key(one.kept.name), one.kept.id, one.other.id))


def _alike(people: Iterable[Person], key: Callable[[Person], str]
           ) -> Iterable[tuple[Person, Person]]:
    groups: dict[str, list[Person]] = {}
    for person in sorted(people, key=lambda one: one.id):
        groups.setdefault(key(person), []).append(person)
    for alike in groups.values():
        yield from combinations(alike, 2)


def _first_enrolled(document: Document, one: Person, other: Person) -> tuple[Person, Person]:
    return (one, other) if _entered(document, one) <= _entered(document, other) else (other, one)


def _entered(document: Document, person: Person) -> tuple[Stamp, str]:
    """When a person's role was said, which is once."""
    _, counter, device = document["people"][person.id]["role"]
    return (counter, device), person.id
