"""Opening the academy's key with a passphrase that a form brought, for one task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.errors import TooManyTries, WrongSecret
from . import context
from .context import office
from .words import sentence

if TYPE_CHECKING:
    from ..exchange.signing import Signer
    from .forms import Fields


def unlocked(form: Fields, key_id: str = "", field: str = "passphrase") -> Signer | None:
    """The key, ready to sign, or an error at the field. Raises NoKey.

    Whoever guesses waits longer each time. The passphrase goes no further than this.
    """
    throttle, name = context.services().throttle, "key"
    office().keyring.key(key_id)
    try:
        throttle.check(name)
        signer = office().keyring.unlock(form.get(field), key_id)
    except WrongSecret as error:
        throttle.failed(name)
        form.errors[field] = sentence(error)
        return None
    except TooManyTries as error:
        form.errors[field] = sentence(error)
        return None
    throttle.succeeded(name)
    return signer
