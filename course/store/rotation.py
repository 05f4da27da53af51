"""The backups a data folder keeps by itself: the last 7 daily, 4 weekly and 12 monthly ones.

They are numbered, `backup-0012-20260131T120000Z.zip`: which is the latest is decided by the
number, since the clock may have been set back.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from .files import date_for_name

BACKUPS = "backups"
KEPT = {"%Y-%m-%d": 7, "%G-%V": 4, "%Y-%m": 12}
"""For each period, how many of the latest keep their last backup."""
_NAME = re.compile(r"backup-(\d{4,})-(\d{8}T\d{6})Z\.zip")


def kept_backups(folder: Path) -> list[Path]:
    """The files of a data folder's own backups, latest first."""
    numbered = [(int(match[1]), path) for path in (folder / BACKUPS).glob("backup-*.zip")
                if (match := _NAME.fullmatch(path.name))]
    return [path for _, path in sorted(numbered, reverse=True)]


def next_backup(folder: Path, now: str) -> Path:
    """The file that the next backup is written to."""
    latest = kept_backups(folder)
    match = _NAME.fullmatch(latest[0].name) if latest else None
    number = int(match[1]) + 1 if match else 1
    return folder / BACKUPS / f"backup-{number:04}-{date_for_name(now)}.zip"


def rotate(folder: Path) -> list[Path]:
    """Remove what is older than the rule keeps; says which. Raises OSError."""
    backups = kept_backups(folder)
    keep = {path for period, count in KEPT.items() for path in _latest(backups, period, count)}
    old = [path for path in backups if path not in keep]
    for path in old:
        path.unlink()
    return old


def _latest(backups: list[Path], period: str, count: int) -> list[Path]:
    """The last backup of each of the latest periods."""
    last: dict[str, Path] = {}
    for path in backups:
        last.setdefault(_made(path).strftime(period), path)
    return list(last.values())[:count]


def _made(path: Path) -> datetime:
    match = _NAME.fullmatch(path.name)
    assert match
    try:
        return datetime.strptime(match[2], "%Y%m%dT%H%M%S")
    except ValueError:
        return datetime.min
