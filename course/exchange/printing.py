"""Printing aside: a thread that sets a cohort's records while other pages are answered.

A process would need the records sent over and the faces loaded anew, and a stick's Python can
not always start one; a thread gives way to requests often enough (tests/bench/certificates.py).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..core.issued import Issued
from .certificate import Size, check_fonts, pdf_of

BREATH = 0.002
"""Seconds given away after each record, so that requests come first."""


class Printing:
    """One job: how far it is, and in the end its PDF or its error.

    Raises MissingFont at once, before anything is begun.
    """

    def __init__(self, records: Sequence[Issued], size: Size = "A4", *, font: Path | None = None,
                 logos: Callable[[str], bytes | None] = lambda _: None,
                 transcript: bool = True) -> None:
        check_fonts(records, font)
        self.of = len(records)
        self.done = 0
        self._pdf = b""
        self._error: Exception | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="printing", kwargs={
            "records": records, "size": size, "font": font, "logos": logos,
            "transcript": transcript})
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def result(self, patience: float | None = None) -> bytes:
        """The PDF, once it is over. Raises what went wrong, or TimeoutError."""
        self._thread.join(patience)
        if self._thread.is_alive():
            raise TimeoutError
        if self._error:
            raise self._error
        return self._pdf

    def stop(self) -> None:
        """Give up after the record at hand; `result` then has nothing."""
        self._stopped = True

    def _run(self, records: Sequence[Issued], size: Size, font: Path | None,
             logos: Callable[[str], bytes | None], transcript: bool) -> None:
        try:
            self._pdf = pdf_of(records, size, font=font, logos=logos, transcript=transcript,
                               progress=self._progress)
        except _Stopped:
            self._pdf = b""
        except Exception as error:  # whatever it is, it is told to who asks for the result
            self._error = error

    def _progress(self, done: int) -> None:
        if self._stopped:
            raise _Stopped
        self.done = done
        time.sleep(BREATH)


class _Stopped(Exception):
    """Someone asked the job to stop."""
