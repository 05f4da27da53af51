"""The academy's keys, the keys of others that are trusted here, and revocation lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..core import academy
from ..core.canonical import canonical
from ..core.errors import BadKey, BadList, NotFound, WrongSecret
from .account import new_passphrase
from .addresses import square
from .context import needs, office, signed_in
from .forms import Fields
from .keyhole import unlocked
from .words import sentence

if TYPE_CHECKING:
    from ..exchange.signing import PublicKey

bp = Blueprint("keys", __name__, url_prefix="/academy/keys")


@bp.get("")
@needs("manage-keys")
def show_keys() -> ResponseReturnValue:
    """The keys that are here, the ones that are trusted, and the lists that were taken in."""
    records = office().records()
    own = {key.id for key in office().keyring.all()}
    key = office().keyring.current()
    return render_template(
        "academy/keys.html", academy=records.academy, key=key, form=Fields(request.form),
        keys=office().keyring.all(), qr=_qr(key) if key else "", done=session.pop("done", ""),
        trusted=[one for one in records.keys if one.id in records.academy.trusted
                 and one.id not in own],
        lists=[one for one in records.lists if one.prefix != records.academy.prefix],
        lists_kept=len(records.academy.lists))


def _qr(key: PublicKey) -> str:
    return square(canonical(key.as_json()).decode(), gettext("Public key %(id)s", id=key.id))


def _back(done: str = "") -> ResponseReturnValue:
    session["done"] = done
    return redirect(url_for(".show_keys"), 303)


def _page(name: str, form: Fields, **values: Any) -> ResponseReturnValue:
    return render_template(f"academy/{name}.html", form=form, **values), form.status


# Our own ---------------------------------------------------------------------------------

@bp.route("/make", methods=["GET", "POST"])
@needs("manage-keys")
def make_key() -> ResponseReturnValue:
    """Make the academy's key, once, behind a passphrase that nobody can recover."""
    form = Fields(request.form)
    if request.method == "POST" and (passphrase := new_passphrase(form)):
        office().make_key(passphrase, signed_in())
        return _back(gettext("The key is made. Back it up now, and keep the copy elsewhere."))
    return _page("key_make", form)


@bp.route("/rotate", methods=["GET", "POST"])
@needs("manage-keys")
def rotate_key() -> ResponseReturnValue:
    """Make a new key that the present one vouches for, and retire the present one."""
    form = Fields(request.form)
    if (request.method == "POST" and (passphrase := new_passphrase(form))
            and unlocked(form, field="old_passphrase")):
        office().rotate_key(form.get("old_passphrase"), passphrase, signed_in())
        return _back(gettext("The new key is made, and the old one is retired. Back it up."))
    return _page("key_rotate", form)


@bp.route("/<key_id>/passphrase", methods=["GET", "POST"])
@needs("manage-keys")
def change_passphrase(key_id: str) -> ResponseReturnValue:
    """Another passphrase for the same key."""
    form, key = Fields(request.form), _key(key_id)
    if (request.method == "POST" and (passphrase := new_passphrase(form))
            and unlocked(form, key_id, field="old_passphrase")):
        office().keyring.change_passphrase(key_id, form.get("old_passphrase"), passphrase)
        return _back(gettext("The passphrase is changed. Copies made earlier keep the old one."))
    return _page("key_passphrase", form, key=key)


@bp.route("/<key_id>/retire", methods=["GET", "POST"])
@needs("manage-keys")
def retire_key(key_id: str) -> ResponseReturnValue:
    """Let a key sign nothing more."""
    form, key = Fields(request.form), _key(key_id)
    if request.method == "POST":
        if form.get("sure") == key.id:
            office().retire_key(key_id, signed_in(), compromised=bool(form.get("compromised")))
            return _back(gettext("The key is retired. Give away a new revocation list."))
        form.errors["sure"] = gettext("Type the key's eight letters to be sure.")
    return _page("key_retire", form, key=key)


@bp.get("/<key_id>/public.json")
@needs("manage-keys")
def export_key(key_id: str) -> ResponseReturnValue:
    """The public key as a file, for whoever checks records."""
    return download(_key(key_id).as_json(), f"fourth-p-key-{key_id}.json")


@bp.get("/<key_id>/backup.json")
@needs("manage-keys")
def back_up_key(key_id: str) -> ResponseReturnValue:
    """The private key as it is kept, encrypted: no use without its passphrase."""
    _key(key_id)
    return attached(office().backup_of(key_id), f"fourth-p-private-key-{key_id}.json")


@bp.route("/restore", methods=["GET", "POST"])
@needs("manage-keys")
def restore_key() -> ResponseReturnValue:
    """Take a key back from its copy."""
    form = Fields(request.form)
    if request.method == "POST":
        try:
            office().restore_key(uploaded("file"), form.get("passphrase"))
            return _back(gettext("The key is back."))
        except BadKey as error:
            form.errors["file"] = sentence(error)
        except WrongSecret as error:
            form.errors["passphrase"] = sentence(error)
    return _page("key_restore", form)


def _key(key_id: str) -> PublicKey:
    """A key of this folder, by an address. Raises NotFound."""
    found = next((one for one in office().keyring.all() if one.id == key_id), None)
    if found is None:
        raise NotFound(what="key")
    return found


# Those of others -------------------------------------------------------------------------

@bp.route("/trust", methods=["GET", "POST"])
@needs("manage-keys")
def trust_key() -> ResponseReturnValue:
    """Trust a key, after its fingerprint was shown and compared by another way."""
    form, shown = Fields(request.form), None
    if request.method == "POST":
        try:
            shape = parsed(uploaded("file") or form.get("text").encode())
            shown = office().read_key(shape)
        except BadKey as error:
            form.errors["file"] = sentence(error)
        if shown and form.get("compared"):
            office().say(academy.trust_key(signed_in(), shown.id, shown.as_json()))
            return _back(gettext("The key is trusted."))
    text = json.dumps(shown.as_json()) if shown else ""
    return _page("key_trust", form, shown=shown, text=text)


@bp.post("/trusted/<key_id>/remove")
@needs("manage-keys")
def distrust_key(key_id: str) -> ResponseReturnValue:
    if key_id not in office().academy.trusted:
        raise NotFound(what="key")
    office().say(academy.trust_key(signed_in(), key_id, None))
    return _back(gettext("The key is no longer trusted."))


# Revocation lists ------------------------------------------------------------------------

@bp.route("/lists", methods=["GET", "POST"])
@needs("manage-keys")
def take_list() -> ResponseReturnValue:
    """Take in another academy's revocation list, or one of our other laptops'."""
    form = Fields(request.form)
    if request.method == "POST":
        try:
            office().take_list(signed_in(), parsed(uploaded("file")))
            return _back(gettext("The revocation list is taken in."))
        except (BadList, BadKey) as error:
            form.errors["file"] = sentence(BadList(reason="not-a-list")
                                           if isinstance(error, BadKey) else error)
    return _page("list_take", form)


@bp.route("/lists/own", methods=["GET", "POST"])
@needs("manage-keys")
def export_list() -> ResponseReturnValue:
    """Our own list, signed now."""
    form = Fields(request.form)
    if request.method == "POST" and (signer := unlocked(form)):
        return download(office().own_list(signer),
                        f"fourth-p-revocations-{signer.key.prefix}-{office().time[:10]}.json")
    return _page("list_own", form)


@bp.get("/verify.html")
@needs("see-register")
def export_page() -> ResponseReturnValue:
    """The page that checks records from a stick, with our keys and lists in it."""
    from ..verify_page import verify_page

    return attached(verify_page(office().records(), office().time).encode(), "verify.html",
                    "text/html")


def uploaded(name: str) -> bytes:
    sent = request.files.get(name)
    return sent.read() if sent else b""


def parsed(data: bytes) -> dict[str, Any]:
    """A JSON file as it was sent. Raises BadKey."""
    try:
        shape = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadKey(reason="unreadable") from error
    if not isinstance(shape, dict):
        raise BadKey(reason="not-a-key")
    return shape


def download(shape: Any, name: str) -> Response:
    """A JSON file to be kept."""
    text = json.dumps(shape, indent=1, ensure_ascii=False) + "\n"
    return attached(text.encode(), name)


def attached(data: bytes, name: str, kind: str = "application/json") -> Response:
    """A file to be kept."""
    return Response(data, mimetype=kind,
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})
