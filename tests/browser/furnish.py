"""Something of everything, for pages to show; each area makes its own."""

from tests.browser.places import AREAS
from tests.browser.stage import Stage

SETTINGS = {"build_node_host": "build.example.org", "contact": "help@example.org"}
"""Of the portal that is furnished."""


def furnish(stage: Stage) -> None:
    """Fill a stage; what the places ask for by name is noted in ``stage.ids``."""
    for area in AREAS:
        area.furnish(stage)
