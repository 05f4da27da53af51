"""The family of refusals.

An error carries a code, an HTTP status and values; `web/words.py` and the command
line put it into the reader's language. Callers catch the family or one member.
"""

from __future__ import annotations

from typing import ClassVar


class CourseError(Exception):
    """Something that cannot be done, for a reason a person can act on."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, **values: object) -> None:
        super().__init__(self.code, values)
        self.values = values


class NotFound(CourseError):
    """There is no such manual, module, quiz, attempt or person."""

    code = "not-found"
    status = 404


class NotAllowed(CourseError):
    """The role of whoever asks does not reach this far."""

    code = "not-allowed"
    status = 403


class SignInNeeded(CourseError):
    """Nobody is signed in, or the session's person is no longer there."""

    code = "sign-in-needed"
    status = 401


class BadField(CourseError):
    """One field of a form cannot be used. Values: `field`, `reason`, and limits."""

    code = "bad-field"
    status = 422

    def __init__(self, field: str, reason: str, **values: object) -> None:
        super().__init__(field=field, reason=reason, **values)
        self.field = field
        self.reason = reason


class NumberTaken(BadField):
    """A service number belongs to one person."""

    def __init__(self) -> None:
        super().__init__("number", "taken")


class WrongSecret(CourseError):
    """The PIN or passphrase does not match, or the name is unknown: one answer for both."""

    code = "wrong-secret"
    status = 403


class TooManyTries(CourseError):
    """Sign-in is closed for a while. Values: `seconds` to wait."""

    code = "too-many-tries"
    status = 429


class BadResponse(CourseError):
    """A response that the question cannot take. Values: `reason`."""

    code = "bad-response"
    status = 422


class NotDrawn(CourseError):
    """The question is not part of this attempt."""

    code = "not-drawn"
    status = 404


class AlreadyAnswered(CourseError):
    """The question has its answer; a marked answer is not changed."""

    code = "already-answered"
    status = 409


class ExamMoved(CourseError):
    """An examination is no longer where the page had it. Values: `state`."""

    code = "exam-moved"
    status = 409


class ExamPaused(CourseError):
    """The trainer has stopped the clock; nothing is taken meanwhile."""

    code = "exam-paused"
    status = 409


class ExamOver(CourseError):
    """Handed in, or the time is over, or it was closed. Values: `how`, see `exam.HOW`."""

    code = "exam-over"
    status = 409


class ExamRunning(CourseError):
    """Who sits an examination sees nothing else of the course. Values: `exam`."""

    code = "exam-running"
    status = 409


class ExamReserved(CourseError):
    """A test that an examination of the learner's class is about is not taken alone."""

    code = "exam-reserved"
    status = 409


class AskedNow(CourseError):
    """What the class is voting on is not answered elsewhere meanwhile: that would tell the key."""

    code = "asked-now"
    status = 409


class ExamSat(CourseError):
    """Who has sat an examination on screen has no sheet in it too."""

    code = "exam-sat"
    status = 409


class AskingClosed(CourseError):
    """The room is asked something else by now, or its answers are no longer taken."""

    code = "asking-closed"
    status = 409


class AttemptOver(CourseError):
    """The attempt was submitted; it takes no more answers."""

    code = "attempt-over"
    status = 409


class Unanswered(CourseError):
    """An attempt is submitted when every question has an answer. Values: `count`."""

    code = "unanswered"
    status = 409


class NothingToDraw(CourseError):
    """The pool has no question that can be drawn."""

    code = "nothing-to-draw"
    status = 409


class NoAttemptsLeft(CourseError):
    """The test may be taken so often and no more. Values: `most`."""

    code = "no-attempts-left"
    status = 403


class ClassOver(CourseError):
    """The course of this class is over: nobody can be added to it."""

    code = "class-over"
    status = 409


class NotSaved(CourseError):
    """The disk did not take it: nothing was acknowledged. Values: `reason`."""

    code = "not-saved"
    status = 507


class WouldWait(Exception):
    """Not to be had at once; for a thread that must not wait. No refusal: others may ask."""


class FolderInUse(CourseError):
    """Another process owns the data folder. Values: `folder`, `pid`."""

    code = "folder-in-use"
    status = 503


class NoCourse(CourseError):
    """No course has been opened in this folder yet. Values: `folder`."""

    code = "no-course"
    status = 404


class BadBackup(CourseError):
    """A file that is no backup of this course, or a damaged one. Values: `file`, `reason`."""

    code = "bad-backup"
    status = 422


class BadBundle(CourseError):
    """A file of statements that is not taken, not even in part. Values: `file`, `line`, `reason`.

    Reasons: `not-a-bundle`, `version` (written by a later course), `damaged` (that line was
    changed), `order` (lines are missing before it, or are too many), `twice` (it claims an id
    that an earlier line has), `cut` (the file ends there too early), `sum` (the lines together
    are not what was written), `too-large`, `sealed` (a passphrase is needed), `passphrase` (it
    does not fit), `unreadable`.
    """

    code = "bad-bundle"
    status = 422

    def __init__(self, file: str, reason: str, line: int = 0) -> None:
        super().__init__(file=file, reason=reason, line=line)


class CopyNotChecked(CourseError):
    """A laptop is wiped only after a copy with everything in it was read back."""

    code = "copy-not-checked"
    status = 409


class KitNotFilled(CourseError):
    """A stick could not be filled. Values: `reason`, `detail`, and the `folder` where it matters.

    Reasons: `no-course`, `no-pip`, `build`, `download`, `no-wheels`, `not-written`, `damaged`.
    """

    code = "kit-not-filled"
    status = 500


class RequirementsNotMet(CourseError):
    """A record is issued for what was earned. Values: `missing` (requirements), `count`."""

    code = "requirements-not-met"
    status = 409


class AcademyNotReady(CourseError):
    """Nothing is issued before the academy has a name and a prefix."""

    code = "academy-not-ready"
    status = 409


class AlreadyIssued(CourseError):
    """The learner holds such a record already. Values: `number`, `name`."""

    code = "already-issued"
    status = 409


class AlreadyRevoked(CourseError):
    """The record no longer holds, so nothing can be done to it. Values: `number`, `status`."""

    code = "already-revoked"
    status = 409


class NoKey(CourseError):
    """The academy has no key here that can sign. Values: `id` when one was asked for."""

    code = "no-key"
    status = 409


class KeyExists(CourseError):
    """A key that signs is there already: it is rotated, not made again. Values: `id`."""

    code = "key-exists"
    status = 409


class BadKey(CourseError):
    """A file that is no key of an academy, or not one that can be trusted. Values: `reason`."""

    code = "bad-key"
    status = 422


class BadList(CourseError):
    """A file that is no revocation list signed by a key that is known. Values: `reason`."""

    code = "bad-list"
    status = 422


class MissingFont(CourseError):
    """No font here can write a record's words. Values: `characters`, `chinese` (are some)."""

    code = "missing-font"
    status = 409
