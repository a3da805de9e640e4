"""How far an image is, whoever makes it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """How far an image is.

    Attributes:
        percent: of what is done; None where it is not known.
        log: what was said so far.
        failed: why there will be none; empty while there may be one.
        sha256: of the image, once it is made; empty before.
        size: its bytes.
        delivered: it lies where the portal would fetch it to, or so it is said.
    """

    percent: int | None
    log: str
    failed: str = ""
    sha256: str = ""
    size: int = 0
    delivered: bool = False
