"""The academy's keys in the data folder: made once, backed up, rotated, retired.

A key is a file of `<data>/keys/`, `<id>.json`: the public part in the open, the private one
sealed. The passphrase is asked for when something is signed, and kept nowhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..core.errors import BadKey, KeyExists, NoKey, NotSaved
from ..core.register import Head
from .sealing import to_text
from .signing import PublicKey, Signer, new_private_key, opened, sealed

FORMAT = "fourth-p-private-key"
HEADS = "heads.json"
_ID = re.compile(r"[0-9a-f]{8}")


class Keyring:
    """The keys of a data folder."""

    def __init__(self, folder: Path, cost_mib: int = 64) -> None:
        """`folder` is `<data>/keys`; `cost_mib` the memory of one try at a passphrase."""
        self._folder = folder
        self._cost = cost_mib

    def all(self) -> list[PublicKey]:
        """All keys that are here, oldest first. A damaged file is left out."""
        found = []
        for path in self._folder.glob("*.json"):
            if _ID.fullmatch(path.stem):
                with contextlib.suppress(BadKey):
                    found.append(PublicKey.from_json(self._read(path.stem)["public_key"]))
        return sorted(found, key=lambda one: (one.made, one.id))

    def current(self) -> PublicKey | None:
        """The key that signs now."""
        return next((one for one in reversed(self.all()) if not one.retired), None)

    def key(self, key_id: str = "") -> PublicKey:
        """The current key, or another. Raises NoKey."""
        found = next((one for one in self.all() if one.id == key_id), None) \
            if key_id else self.current()
        if found is None:
            raise NoKey(id=key_id)
        return found

    def make(self, passphrase: str, academy: str, prefix: str, now: str) -> PublicKey:
        """Make the academy's first key. Raises KeyExists, NotSaved."""
        current = self.current()
        if current:
            raise KeyExists(id=current.id)
        return self._made(passphrase, academy, prefix, now, None)

    def unlock(self, passphrase: str, key_id: str = "") -> Signer:
        """The current key, or another, ready to sign. Raises NoKey, BadKey, WrongSecret."""
        key = self.key(key_id)
        return Signer(key, opened(self._read(key.id), passphrase))

    def rotate(self, passphrase: str, new_passphrase: str, academy: str, prefix: str, now: str
               ) -> tuple[PublicKey, PublicKey]:
        """Retire the current key and make one that it endorses: `(old, new)`."""
        signer = self.unlock(passphrase)
        new = self._made(new_passphrase, academy, prefix, now, signer)
        return self.retire(signer.key.id, now), new

    def retire(self, key_id: str, now: str, *, compromised: bool = False) -> PublicKey:
        """From now on it signs nothing more. Raises NoKey."""
        kept = self._read(key_id)
        key = PublicKey.from_json(kept["public_key"])
        key = replace(key, retired=key.retired or now[:10],
                      compromised=key.compromised or compromised)
        self._write(f"{key_id}.json", {**kept, "public_key": key.as_json()})
        return key

    def change_passphrase(self, key_id: str, old: str, new: str) -> None:
        """Raises WrongSecret, NoKey."""
        kept = self._read(key_id)
        self._write(f"{key_id}.json",
                    {**kept, **sealed(opened(kept, old), new, self._cost)})

    def back_up(self, key_id: str, target: Path) -> None:
        """Copy a key as it is, still encrypted, to a stick or a safe. Raises NoKey, NotSaved."""
        _write_file(target, json.dumps(self._read(key_id), indent=1).encode())

    def restore(self, file: Path, passphrase: str) -> PublicKey:
        """Take a key back from its copy, once its passphrase opens it.

        A key that has been retired here since the copy was made stays retired. Raises BadKey,
        WrongSecret, NotSaved.
        """
        kept = _parsed(file)
        key = PublicKey.from_json(kept.get("public_key"))
        opened(kept, passphrase)
        here = next((one for one in self.all() if one.id == key.id), key)
        key = key.and_also(here)
        self._write(f"{key.id}.json", {**kept, "public_key": key.as_json()})
        return key

    # The ends of the registers, kept beside the keys ------------------------------------

    def witness(self, heads: Iterable[Head]) -> None:
        """Keep how far each chain went, to find lines that are cut off later."""
        known = {one.device: one for one in self.witnessed()}
        for head in heads:
            if head.device not in known or head.place > known[head.device].place:
                known[head.device] = head
        self._write(HEADS, {one.device: [one.place, one.hash] for one in known.values()})

    def witnessed(self) -> list[Head]:
        path = self._folder / HEADS
        with contextlib.suppress(BadKey, TypeError, ValueError):
            kept = _parsed(path) if path.exists() else {}
            return [Head(device, int(place), str(line_hash))
                    for device, (place, line_hash) in sorted(kept.items())]
        return []

    # Inside ------------------------------------------------------------------------------

    def _made(self, passphrase: str, academy: str, prefix: str, now: str, before: Signer | None
              ) -> PublicKey:
        private = new_private_key()
        key = PublicKey(private.public_key().public_bytes_raw(), academy, prefix, now[:10],
                        follows=before.key.id if before else "")
        if before:
            key = replace(key, endorsement=to_text(before.sign(key.statement())))
        kept = {"format": FORMAT, "public_key": key.as_json(),
                **sealed(private, passphrase, self._cost)}
        self._write(f"{key.id}.json", kept)
        return key

    def _path(self, key_id: str) -> Path:
        return self._folder / f"{key_id}.json"

    def _read(self, key_id: str) -> dict[str, Any]:
        if not _ID.fullmatch(key_id) or not self._path(key_id).exists():
            raise NoKey(id=key_id)
        return _parsed(self._path(key_id))

    def _write(self, name: str, shape: Mapping[str, Any]) -> None:
        _write_file(self._folder / name, json.dumps(shape, indent=1).encode())


def _parsed(file: Path) -> dict[str, Any]:
    try:
        shape = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise BadKey(reason="unreadable") from error
    if not isinstance(shape, dict):
        raise BadKey(reason="not-a-key")
    return shape


def _write_file(path: Path, data: bytes) -> None:
    """Whole or not at all, and for its owner only. Raises NotSaved."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise NotSaved(reason="disk-error") from error
