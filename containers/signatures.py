"""Says whether an image holds a signature. Whose it is, and whether it is good, is for ``apptainer verify``."""

from pathlib import Path

from containers.errors import ImageError
from containers.sif.reading import read_header


def is_signed(image: Path) -> bool:
    """Return whether an image holds a signature block; what is no image holds none."""
    try:
        return read_header(image).signed
    except ImageError:
        return False
