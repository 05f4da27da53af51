"""A form as it was sent: its values, kept for showing again, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import request
from werkzeug.datastructures import MultiDict

from ..core.errors import BadField
from .words import sentence

NEVER_SHOWN_AGAIN = {"pin", "again", "passphrase", "old_passphrase", "csrf_token"}


class Fields:
    """The fields of one form. Missing ones are empty; a field sent twice counts once."""

    def __init__(self, sent: MultiDict[str, str]) -> None:
        self._sent = sent
        self.errors: dict[str, str] = {}
        """A sentence by field; under the empty name what concerns the whole form."""

    def get(self, name: str) -> str:
        return self._sent.get(name, "")

    def all(self, name: str) -> list[str]:
        """Every value of a field that stands there several times: what was ticked."""
        return self._sent.getlist(name)

    @property
    def values(self) -> Mapping[str, str]:
        """What to show in the fields again; a secret is typed anew."""
        return {name: value.replace("\0", "") for name, value in self._sent.items()
                if name not in NEVER_SHOWN_AGAIN}

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form."""
        return 422 if self.errors else 200

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Turn a BadField into the field's own error, so that the page says where it is."""
        try:
            yield
        except BadField as error:
            self.errors[error.field] = sentence(error)

    @contextmanager
    def collecting_at(self, field: str) -> Iterator[None]:
        """The same for a field that stands on the page once for each of several people."""
        try:
            yield
        except BadField as error:
            self.errors[field] = sentence(error)


def sent_or(known: Mapping[str, str]) -> Fields:
    """The form that was sent, or the same form filled in with what is known."""
    return Fields(request.form if request.method == "POST" else MultiDict(known))
