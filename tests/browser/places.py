"""Every page of the portal: its address, and who looks at it. The tests with axe and the pictures go through them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One page.

    Attributes:
        name: for the pictures.
        path: its address; ``{app}`` and the like are looked up in ``Stage.ids``.
        who: the user who is signed in; empty: nobody.
    """

    name: str
    path: str
    who: str = ""

    def address(self, ids: Mapping[str, object]) -> str:
        """Return the path on this stage."""
        return self.path.format_map(ids)


PLACES = (
    Place("front", "/"),
    Place("front-signed-in", "/", "ada"),
    Place("sign-in", "/login"),
    Place("sign-up", "/register"),
    Place("api", "/api/docs"),
    Place("not-found", "/nothing-here"),
)
