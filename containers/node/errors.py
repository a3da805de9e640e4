"""What can go wrong on the build node; the code travels to the portal, the sentence to a person."""


class NodeError(Exception):
    """Something that was asked of the build node did not come about.

    Attributes:
        code: ``bad_request``, ``unknown_sandbox``, ``exists``, ``busy``, ``no_room``, ``unknown_image``, ``bad_image``
            or ``failed``; the portal decides by it, never by the sentence.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def bad_request(message: str) -> NodeError:
    """An argument is missing, unknown, of a wrong type or out of its limits."""
    return NodeError("bad_request", message)
