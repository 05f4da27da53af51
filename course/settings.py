"""Settings: each declared once, with its default and one line of help.

The command line takes its options and its help from here; tests make their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """How one installation runs."""

    data: Path | None = field(default=None, metadata={"help": (
        "Folder for what learners do. Default: the user data folder of this computer.")})
    annex: Path | None = field(default=None, metadata={"help": (
        "The academy's own folder: national law for the course's slots, and local cases.")})
    content: Path | None = field(default=None, metadata={"help": (
        "Folder with modules/, quizzes/, media/, translations/. Default: the course's own.")})
    font: Path | None = field(default=None, metadata={"help": (
        "Font file for names on records that the course's own fonts cannot write, as Chinese.")})
    host: str = field(default="0.0.0.0", metadata={"help": (
        "Address to listen on. 127.0.0.1 keeps the course on this computer.")})
    port: int = field(default=8000, metadata={"help": (
        "Port to listen on; the next free one is taken when it is in use.")})
    live_port: int | None = field(default=None, metadata={"help": (
        "Port that tells phones in class of changes at once. Default: the next after the "
        "course's; 0 shuts it: phones then ask every two seconds.")})
    threads: int = field(default=16, metadata={"help": (
        "Requests worked on at a time.")})
    connections: int = field(default=450, metadata={"help": (
        "Open connections: phones keep several each.")})
    pin_cost: int = field(default=8, metadata={"help": (
        "Memory of one PIN check in MiB; the rate limit is the guard.")})
    passphrase_cost: int = field(default=64, metadata={"help": (
        "Memory of one passphrase check in MiB.")})
    testing: bool = field(default=False, metadata={"help": (
        "Errors pass through instead of becoming pages; for tests.")})


def help_for(name: str) -> str:
    """The line of help for a setting."""
    return next(str(one.metadata["help"]) for one in fields(Settings) if one.name == name)


def default_for(name: str) -> Any:
    return next(one.default for one in fields(Settings) if one.name == name)
