"""Which installation this is: `device.json`, and what the machine remembers of it.

A device id belongs to one living log. A copied folder, a restored backup or a log that was
put back to an earlier state has to get a new id before it writes, or two histories would
claim the same numbers. Nothing inside a folder can tell that the whole of it was put back;
so the machine keeps a note, outside, of the end of the log that each device last wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
import platform
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from .files import SYSTEM, FileSystem, write_whole
from .folder import machine_folder
from .lines import START, Position

DEVICE = "device.json"
_ID = re.compile(r"[0-9a-z]{1,40}")


@dataclass(frozen=True, slots=True)
class Device:
    """This installation, as `device.json` has it."""

    id: str
    created: str
    home: str = ""
    """Digest of the machine and the folder the id was made for."""
    key: str = ""
    """The installation's signing key, once the app has made one."""
    earlier: tuple[dict[str, Any], ...] = ()
    """The devices this folder was before, oldest first, with their keys."""


def read_device(folder: Path) -> Device | None:
    """The folder's device, None when there is none or the file is damaged."""
    try:
        shape = orjson.loads((folder / DEVICE).read_bytes())
        device = Device(str(shape["id"]), str(shape["created"]), str(shape.get("home", "")),
                        str(shape.get("key", "")), tuple(shape.get("earlier", ())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return device if _ID.fullmatch(device.id) else None


def write_device(folder: Path, device: Device, files: FileSystem = SYSTEM) -> None:
    """Keep it. Raises OSError."""
    text = orjson.dumps(asdict(device), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write_whole(folder / DEVICE, [text], files)


def new_device(before: Device | None, home: str, now: str) -> Device:
    """A device with an id of its own; the one before it is kept with its key."""
    earlier: tuple[dict[str, Any], ...] = ()
    if before:
        last = {"id": before.id, "created": before.created, "key": before.key}
        earlier = (*before.earlier, last)
    return Device(secrets.token_hex(6), now, home, earlier=earlier)


def homeless(device: Device) -> Device:
    """The device as a backup gives it back: its id is of no use to any folder."""
    return replace(device, home="")


class Machine:
    """What this machine, and this account on it, knows of the folders it has written."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or machine_folder()

    def home(self, folder: Path) -> str:
        """Says machine and folder in one word.

        The host name is in it because laptops made from one image share everything else.
        """
        name = platform.node().partition(".")[0].casefold()
        text = f"{self._id()}\0{name}\0{folder.resolve()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _id(self) -> str:
        """A random word made on first use; empty where nothing can be kept."""
        path = self._folder / "id"
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError), path.open("x") as file:
                file.write(secrets.token_hex(8))
            return path.read_text()
        return ""

    def remember(self, device_id: str, end: Position) -> None:
        """Note the end of the log that this device last wrote; best effort."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._folder / f"{device_id}.json", [orjson.dumps(list(end))])

    def remembered(self, device_id: str) -> Position | None:
        """The end noted for a device, None when nothing is known."""
        try:
            return Position(*orjson.loads((self._folder / f"{device_id}.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            return None


def settle(folder: Path, machine: Machine, goes_on: Callable[[Position], bool], now: str,
           files: FileSystem = SYSTEM) -> Device:
    """The device of a folder, with a new id when the old one belongs to another history.

    `goes_on` says whether the log is a continuation of one that ended there. Raises OSError
    when a new id cannot be written.
    """
    home = machine.home(folder)
    device = read_device(folder)
    if device and device.home == home and goes_on(machine.remembered(device.id) or START):
        return device
    device = new_device(device, home, now)
    write_device(folder, device, files)
    return device
