"""Files of statements on their way out of this laptop and into it, and the end of a course.

The pages know this interface only. A file that was sent waits in the data folder until somebody
has seen what it would change and says so; what the memory of this process has forgotten is sent
again. Passphrases of sealed files are kept in memory for as long, and nowhere else.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from secrets import token_hex
from typing import IO, TYPE_CHECKING

from .bundles import SUFFIX, Bundle, parcel
from .core.classroom import Cohort
from .core.errors import BadBundle, CopyNotChecked, NotFound, NotSaved
from .core.people import REGISTER
from .core.statement import Statement
from .core.travel import travelling
from .store import Comparison, Import, Store
from .store.bundle import MOST_BYTES, Head

if TYPE_CHECKING:
    from .keeping import Keeping
    from .store.local import LocalStore

INCOMING = "incoming"
MOST_WAITING = 20
"""Files at a time: six laptops and as many second tries."""
PIECE = 1 << 20

KEPT_AFTER_WIPING = frozenset({"keys", "lock"})
"""The academy's keys are no learner's data, and a copy of them may be nowhere else."""


@dataclass(frozen=True)
class Together(Collection[Statement]):
    """The statements of several files, as one collection."""

    bundles: Sequence[Bundle]

    def __len__(self) -> int:
        return sum(map(len, self.bundles))

    def __iter__(self) -> Iterator[Statement]:
        return chain.from_iterable(self.bundles)

    def __contains__(self, wanted: object) -> bool:
        return any(wanted in one for one in self.bundles)


@dataclass(frozen=True, slots=True)
class Checked:
    """A copy on another medium that was read and found to have everything."""

    name: str
    time: str
    statements: int
    """How many this laptop had then: with more, the copy is an old one."""


class Carrying:
    """What goes out of one installation and comes into it."""

    def __init__(self, store: Callable[[], Store], folder: Path, now: Callable[[], datetime],
                 edition: str, keeping: Keeping | None = None) -> None:
        """`store` is asked for each time: going back to a backup opens another. `keeping` is
        None for a store that has no folder, so nothing to wipe."""
        self._store, self._now = store, now
        self._folder = folder
        self._edition = edition
        self._keeping = keeping
        self._lock = threading.Lock()
        self._waiting: dict[str, Bundle] = {}
        self._checked: Checked | None = None
        shutil.rmtree(folder / INCOMING, ignore_errors=True)

    # Out ---------------------------------------------------------------------------------

    def name(self) -> str:
        """What a file made now is called."""
        moment = self._now().astimezone().strftime("%Y%m%d-%H%M")
        return f"fourth-p-{self._store().device[:6]}-{moment}{SUFFIX}"

    def parcel(self, cohort: Cohort | None = None, passphrase: str = "") -> Iterator[bytes]:
        """The bytes of a file with all that travels, or what belongs to a cohort."""
        store = self._store()
        head = Head(store.device, self._time(), self._edition, cohort.id if cohort else "")
        return parcel(head, store.statements, store.document(REGISTER), cohort=cohort,
                      passphrase=passphrase)

    def _time(self) -> str:
        return self._now().isoformat(timespec="milliseconds")

    # In ----------------------------------------------------------------------------------

    def put_down(self, source: IO[bytes], name: str, passphrase: str = "") -> str:
        """Keep a file that was sent, check it to its last line, and say under what it waits.

        Raises BadBundle, and NotSaved when the disk does not take it; then nothing is kept.
        """
        token = token_hex(8)
        path = self._folder / INCOMING / f"{token}{SUFFIX}"
        try:
            _written(source, path, name)
            bundle = Bundle.open(path, passphrase, name)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise NotSaved(reason="disk-full") from error
        except BadBundle:
            path.unlink(missing_ok=True)
            raise
        with self._lock:
            self._waiting[token] = bundle
            for old in list(self._waiting)[:-MOST_WAITING]:
                self._waiting.pop(old).file.unlink(missing_ok=True)
        return token

    def waiting(self, tokens: Iterable[str]) -> list[Bundle]:
        """Files that wait. Raises NotFound when one does not any more."""
        with self._lock:
            found = [self._waiting.get(token) for token in tokens]
        bundles = [one for one in found if one]
        if not bundles or len(bundles) < len(found):
            raise NotFound(what="file")
        return bundles

    def compare(self, bundles: Sequence[Bundle]) -> Comparison:
        """What taking all of them would do; nothing is changed."""
        return self._store().compare(Together(bundles))

    def take(self, tokens: Sequence[str], by: str) -> list[Import]:
        """Take files that wait, one after the other. Raises NotFound, NotSaved."""
        taken = [self._store().take(one, one.source, by) for one in self.waiting(tokens)]
        self.drop(tokens)
        return taken

    def drop(self, tokens: Iterable[str]) -> None:
        """Let go of files that wait."""
        with self._lock:
            gone = [self._waiting.pop(token) for token in tokens if token in self._waiting]
        for bundle in gone:
            bundle.file.unlink(missing_ok=True)

    # The end of a course -----------------------------------------------------------------

    def check(self, token: str) -> int:
        """Read a copy, and say how many statements of this laptop it lacks.

        With none missing the laptop may be wiped, until something is added to it.
        """
        store = self._store()
        [bundle] = self.waiting([token])
        count = store.health().statements
        there = {statement.id: statement for statement in bundle}
        missing = sum(there.get(one.id) != one
                      for one in travelling(store.statements, store.document(REGISTER)))
        self._checked = None if missing else Checked(bundle.name, self._time(), count)
        self.drop([token])
        return missing

    @property
    def checked(self) -> Checked | None:
        """The copy that was checked last, while nothing has been added since."""
        found = self._checked
        return found if found and found.statements == self._store().health().statements else None

    @property
    def can_wipe(self) -> bool:
        return self._keeping is not None

    def wipe(self) -> LocalStore:
        """Remove everything that was learned here, backups too, and begin with an empty store.

        Raises CopyNotChecked unless a copy that has everything was read back.
        """
        if self.checked is None or self._keeping is None:
            raise CopyNotChecked
        self._checked = None
        return self._keeping.wipe(KEPT_AFTER_WIPING)


def _written(source: IO[bytes], path: Path, name: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    size = 0
    with path.open("wb") as target:
        while piece := source.read(PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                raise BadBundle(name, "too-large")
            target.write(piece)
