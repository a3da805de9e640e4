"""What the portal refuses, and why: one small tree, each with a stable code and the field it is about."""

from typing import Any

from allgo_hpc.codes import CODES


class Refusal(Exception):  # noqa: N818  # it is an answer to the caller, not a fault of the program
    """A request that is not carried out; its text is a sentence for the person who sent it.

    Attributes:
        code: stable word for programs, one of ``allgo_hpc.codes.CODES``.
        field: the form field, header or path part that is wrong; empty when it is none in particular.
        more: further members of the answer, such as what is still known of a deleted job.
    """

    code = "refused"

    def __init__(
        self, message: str, *, field: str = "", code: str | None = None, more: dict[str, Any] | None = None
    ) -> None:
        """Keep the sentence, the field and, where the class's own is too coarse, the code.

        Raises:
            KeyError: a code that is in no table; a mistake of the program.
        """
        super().__init__(message)
        self.field = field
        self.more = more or {}
        if code is not None:
            self.code = code
        CODES[self.code]


class BadInput(Refusal):
    """A value has the wrong form or is out of its limits."""

    code = "bad_input"


class NotSignedIn(Refusal):
    """No token, or one that is not valid."""

    code = "no_token"


class NotAllowed(Refusal):
    """Signed in, but this is not for this user."""

    code = "not_allowed"


class NotFound(Refusal):
    """There is no such thing, or it is not this user's to know of."""

    code = "not_found"


class Conflict(Refusal):
    """The thing is not in a state in which this can be done."""

    code = "conflict"


class Gone(Refusal):
    """It was there and was deleted."""

    code = "job_deleted"


class TooLarge(Refusal):
    """More bytes or parts than the limit."""

    code = "too_large"


class ChecksumMismatch(Refusal):
    """What arrived is not what its sender says that it is."""

    code = "checksum_mismatch"


class Unprocessable(Refusal):
    """Well formed, but it contradicts what was sent before."""

    code = "idempotency_key_reused"


class OverQuota(NotAllowed):
    """More than this user may have."""

    code = "quota_exceeded"


class StorageFull(Refusal):
    """The shared file system has no room for it."""

    code = "storage_full"


class StorageAway(Refusal):
    """The shared file system does not answer, is not mounted or takes nothing."""

    code = "storage_away"
