"""One page of the portal, for the tests and the pictures."""

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
