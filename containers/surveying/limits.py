"""How large what authors bring may be."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ImageLimits:
    """Limits of an image and of the tree that it is made from.

    Attributes:
        files: files, folders and links in it.
        tree_bytes: their sizes together, a hard link counted once, a sparse file as large as it says that it is.
        image_bytes: size of the image.
        seconds: for looking at it.

    Raises:
        ValueError: one is not positive.
    """

    files: int = 1_000_000
    tree_bytes: int = 64 * 1024**3
    image_bytes: int = 16 * 1024**3
    seconds: float = 300.0

    def __post_init__(self) -> None:
        for name in ("files", "tree_bytes", "image_bytes", "seconds"):
            if not getattr(self, name) > 0:
                raise ValueError(f"the limit {name} must be more than 0, not {getattr(self, name)!r}")


def amount(size: int) -> str:
    """Return a number of bytes for people, such as ``1.5 GiB``."""
    value = float(size)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024:  # noqa: PLR2004  # the next unit
            return f"{value:.0f} bytes" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"
