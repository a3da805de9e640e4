"""Every page, in both themes, wide and narrow: axe finds nothing (WCAG 2.2 AA), no host is asked but the portal."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext

from tests.browser.browsing import WIDTHS, sign_in, watched
from tests.browser.place import Place
from tests.browser.places import PLACES
from tests.browser.stage import Stage

_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


type Open = Callable[[str, str, str], BrowserContext]


@pytest.fixture(scope="module")
def opened(browser: Browser, furnished: Stage) -> Iterator[Open]:
    """The browser's state by user, theme and width; each signs in once."""
    made: dict[tuple[str, str, str], BrowserContext] = {}

    def get(who: str, theme: Any, width: str) -> BrowserContext:
        if (who, theme, width) not in made:
            context = browser.new_context(color_scheme=theme, viewport={"width": WIDTHS[width], "height": 900})
            made[who, theme, width] = context
            if who:
                sign_in(context.new_page(), furnished.url, who)
        return made[who, theme, width]

    yield get
    for context in made.values():
        context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_axe_finds_nothing(opened: Open, furnished: Stage, place: Place, theme: str, width: str) -> None:
    page, wrong = watched(opened(place.who, theme, width), furnished.url)
    try:
        page.goto(furnished.url + place.address(furnished.ids))
        result = Axe().run(page, options=_OPTIONS)
        assert result.violations_count == 0, result.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
        assert not wrong
    finally:
        page.close()
