"""The base images that an app may start from: those that can be built, and those that an administrator put there."""

import re

from allgo_hpc.layout import Layout
from containers import KNOWN_BASES

_FILE = re.compile(r"([a-z0-9][a-z0-9._-]{0,59})\.sif")


def known_bases(layout: Layout) -> list[str]:
    """Return their names, Debian stable first."""
    try:
        there = [found[1] for path in layout.bases.iterdir() if (found := _FILE.fullmatch(path.name))]
    except OSError:  # the storage is away; what can be built is known all the same
        there = []
    return [*KNOWN_BASES, *sorted(set(there) - set(KNOWN_BASES))]
