"""One page of the portal, for the tests and the pictures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Place:
    """One page.

    Attributes:
        name: for the pictures.
        path: its address; ``{app}`` and the like are looked up in ``Stage.ids``.
        who: the user who is signed in; empty: nobody.
        then: what is done there before it is looked at, where an address alone does not lead to what is shown.
    """

    name: str
    path: str
    who: str = ""
    then: Callable[[Page], object] | None = None

    def address(self, ids: Mapping[str, object]) -> str:
        """Return the path on this stage."""
        return self.path.format_map(ids)

    def open(self, page: Page, url: str, ids: Mapping[str, object]) -> None:
        """Go there, and do what is to be done there."""
        page.goto(url + self.address(ids))
        if self.then:
            self.then(page)
            page.wait_for_load_state()
