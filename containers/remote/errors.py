"""What can go wrong between the portal and the build node, each with its own class and one sentence for a person."""

# ruff: noqa: N818 (the names say what happened; "Error" after each would say nothing more)

from containers.errors import ContainerError


class BuildNodeError(ContainerError):
    """Something that was asked of the build node did not come about."""


class NodeDown(BuildNodeError):
    """The build node cannot be reached: nothing was asked."""

    transient = True


class HostKeyChanged(BuildNodeError):
    """Something else than the known build node answered, or it has a new key: nothing was told to it."""


class NodeRefused(BuildNodeError):
    """The build node does not take the portal's key: nothing was asked."""


class NodeTimedOut(BuildNodeError):
    """The build node gave no answer in its time; what was asked may still be done, or may have been."""

    transient = True


class AnswerTooLarge(BuildNodeError):
    """An answer was longer than its limit; what was asked may have been done."""


class AnswerUnreadable(BuildNodeError):
    """An answer was cut off or of another form; what was asked may have been done."""

    transient = True


class RequestRefused(BuildNodeError):
    """The build node understood, and did not do it; nothing has changed.

    Attributes:
        code: ``bad_request``, ``unknown_sandbox``, ``exists``, ``busy``, ``no_room``, ``unknown_image``, ``bad_image``
            or ``failed``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, transient=code in {"busy", "no_room"})
        self.code = code
