"""Pages of web/pages/admin, and what they show."""

from tests.browser.place import Place
from tests.browser.stage import Stage

PLACES: tuple[Place, ...] = ()


def furnish(stage: Stage) -> None:
    """Make what these pages show."""
