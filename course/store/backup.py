"""Making backups, and giving a data folder the content of one.

A backup is made from files alone, while the store runs and also beside it, and is read back
before it counts. To restore, it is checked and unpacked first. Then, under a marker, what is
there is moved aside into a dated folder and the restored files are moved into its place; a
power cut in between is made good by the next opening. Nothing is deleted.

Signing keys are added and never exchanged: a key that is there stays as it is, since it may
have been retired or given another passphrase after the backup; the backup's copy of it is put
aside with the rest.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from ..core.errors import NotSaved
from . import utc_now
from .archive import KEYS, PROGRESS, Backup, check_backup, read_backup, unpack, write_archive
from .device import DEVICE, homeless, read_device, write_device
from .erasure import finish_erasing
from .files import PART, SYSTEM, FileSystem, date_for_name, free_name, reason_of, write_whole
from .folder import FolderLock
from .history import LOG
from .imports import IMPORTS
from .keeper import Pace, unhurried
from .lines import Position

__all__ = ["Backup", "Restored", "check_backup", "finish_restore", "make_backup", "read_backup",
           "restore"]

RESTORING, READY = "restoring", "ready.json"
NAMES = (LOG, PROGRESS, DEVICE, IMPORTS)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where the data that stood there is now."""

    backup: Backup
    aside: Path
    keys_left: tuple[str, ...] = ()
    """Ids of keys of the backup that differ from those here, which stayed."""


def make_backup(folder: Path, target: Path, made: str, end: Position | None = None,
                pace: Pace = unhurried, files: FileSystem = SYSTEM,
                erased: Sequence[str] = ()) -> Backup:
    """Back a data folder up into a file, and read it back. `end` is where its log ends now,
    `erased` are the people whose names are known to be taken out of it.

    Raises NotSaved when the disk does not take it, BadBackup when it reads back otherwise.
    """
    part = target.with_name(target.name + PART)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_archive(folder, part, made, end, pace, erased)
        check_backup(part, pace)
        _sync(part, files)
        files.replace(part, target)
        files.sync_folder(target.parent)
    except OSError as error:
        raise NotSaved(reason=reason_of(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return read_backup(target)


def _sync(path: Path, files: FileSystem) -> None:
    with path.open("rb+") as file:
        files.sync(file.fileno())


def restore(file: Path, folder: Path, now: str = "", files: FileSystem = SYSTEM) -> Restored:
    """Put a backup's content into a data folder, which may be empty, damaged or missing.

    Raises BadBackup before anything is touched; FolderInUse; NotSaved when the disk is full.
    The folder gets a new device id when it is opened.
    """
    backup = check_backup(file)
    owned = FolderLock(folder)
    try:
        finish_restore(folder, files)
        finish_erasing(folder, files=files)
        aside = free_name(folder / f"before-restore-{date_for_name(now or utc_now())}")
        _prepare(backup, folder, aside, files)
        finish_restore(folder, files)
    except OSError as error:
        raise NotSaved(reason=reason_of(error)) from error
    finally:
        owned.release()
    left = {path.stem for path in (aside / KEYS).glob("*.json")}
    return Restored(backup, aside, tuple(sorted(left & {*backup.keys})))


def _prepare(backup: Backup, folder: Path, aside: Path, files: FileSystem) -> None:
    """Unpack beside the present data; the marker says that all of it is there."""
    new = folder / RESTORING
    shutil.rmtree(new, ignore_errors=True)
    try:
        unpack(backup, new, files)
        device = read_device(new)
        if device:
            write_device(new, homeless(device), files)
        names = [name for name in NAMES if (new / name).exists()]
        write_whole(new / READY, [orjson.dumps({"aside": aside.name, "names": names})], files)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def finish_restore(folder: Path, files: FileSystem = SYSTEM) -> None:
    """Go on with a restore where it was, if one was begun. Raises OSError.

    Every step can be repeated: what is still in `restoring` has not been put in its place.
    """
    new = folder / RESTORING
    if not new.exists():
        return
    if (new / READY).exists():
        marker = orjson.loads((new / READY).read_bytes())
        aside = folder / Path(marker["aside"]).name
        aside.mkdir(exist_ok=True)
        for name in NAMES:
            if (new / name).exists() or name not in marker["names"]:
                _move_aside(folder / name, aside / name, files)
            if (new / name).exists():
                files.replace(new / name, folder / name)
        _add_keys(new / KEYS, folder / KEYS, aside / KEYS, files)
        files.sync_folder(folder)
    shutil.rmtree(new)


def _add_keys(new: Path, keys: Path, aside: Path, files: FileSystem) -> None:
    """Put in place the keys that are not there. Can be repeated."""
    for path in sorted(new.glob("*.json")):
        here = keys / path.name
        if here.exists() and not _is_json(here):
            _put(here, aside / f"{path.name}.damaged", files)
        if not here.exists():
            _put(path, here, files)
        elif here.read_bytes() != path.read_bytes():
            _put(path, aside / path.name, files)


def _is_json(path: Path) -> bool:
    try:
        return isinstance(orjson.loads(path.read_bytes()), dict)
    except ValueError:
        return False


def _put(path: Path, target: Path, files: FileSystem) -> None:
    target.parent.mkdir(mode=0o700, exist_ok=True)
    files.replace(path, target)
    files.sync_folder(target.parent)


def _move_aside(path: Path, target: Path, files: FileSystem) -> None:
    with contextlib.suppress(FileNotFoundError):
        files.replace(path, target)
