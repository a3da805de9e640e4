"""Pages of web/pages/accounts and of Flask-Security, and what they show."""

from tests.browser.place import Place
from tests.browser.stage import Stage

PLACES: tuple[Place, ...] = (Place("sign-in", "/login"), Place("sign-up", "/register"))


def furnish(stage: Stage) -> None:
    """Make what these pages show."""
