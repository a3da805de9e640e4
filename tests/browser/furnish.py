"""Something of everything, for pages to show; each area makes its own."""

from tests.browser.places import AREAS
from tests.browser.stage import Stage


def furnish(stage: Stage) -> None:
    """Fill a stage; what the places ask for by name is noted in ``stage.ids``."""
    for area in AREAS:
        area.furnish(stage)
