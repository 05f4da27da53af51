"""What no font of this computer can print is said before anything is issued, never as boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple

from ..core.academy import Academy
from ..core.credential import Named
from ..core.errors import MissingFont
from ..exchange.labels import LABELS
from . import context
from .forms import Fields
from .words import sentence


def must_be_printable(form: Fields, texts: Iterable[str]) -> None:
    """An error at the form's `unprintable`, unless somebody has ticked that it is meant."""
    from ..exchange.fonts import fonts_for

    if form.get("unprintable"):
        return
    try:
        fonts_for("".join(texts), context.services().settings.font)
    except MissingFont as error:
        form.errors["unprintable"] = sentence(error)


def texts_of(named: Named, language: str, academy: Academy, *others: str) -> Iterator[str]:
    """What stands on a sheet beside its figures: the words of its languages, names and titles."""
    for one in (language, named.other_language, academy.other_language):
        yield from LABELS.get(one.partition("-")[0], {}).values()
    yield from (named.name, named.other_name, academy.name, academy.other_name, *others)
    for signatory in academy.signatories:
        yield from astuple(signatory)
