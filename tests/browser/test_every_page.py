"""Every page, in both themes, wide and narrow: axe finds nothing (WCAG 2.2 AA), no host is asked but the portal."""

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe

from tests.browser.browsing import WIDTHS, watched
from tests.browser.conftest import Open
from tests.browser.place import Place
from tests.browser.places import PLACES
from tests.browser.stage import Stage

_AXE: str = Axe().axe_script
_OPTIONS = {
    "resultTypes": ["violations"],  # what passes would be told of each element, which takes minutes on a long page
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_axe_finds_nothing(opened: Open, furnished: Stage, place: Place, theme: str) -> None:
    page, wrong = watched(opened(place.who, theme), furnished.url)
    try:
        # One load serves both widths: what is laid out differs, not what is sent.
        for number, (width, pixels) in enumerate(WIDTHS.items()):
            page.set_viewport_size({"width": pixels, "height": 900})
            if number == 0:
                place.open(page, furnished.url, furnished.ids)
                page.evaluate(_AXE)
            result = AxeResults(page.evaluate("options => axe.run(options)", _OPTIONS))
            if result.violations_count:
                wrong.append(f"{width}: {result.generate_report()}")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{width}: it scrolls sideways")
        assert not wrong, "\n".join(wrong)
    finally:
        page.close()


def test_every_page_has_a_title_of_its_own(opened: Open, furnished: Stage) -> None:
    titles: dict[str, set[str]] = {}
    for place in PLACES:
        page, _ = watched(opened(place.who, "light"), furnished.url)
        path = place.address(furnished.ids)
        page.goto(furnished.url + path, wait_until="domcontentloaded")
        titles.setdefault(page.title(), set()).add(path.partition("?")[0])
        assert page.locator("html").get_attribute("lang") == "en"
        page.close()
    # Two jobs behind links have nothing to tell them apart: whoever has one link sees no other.
    several = {title: paths for title, paths in titles.items() if len(paths) > 1}
    assert not {
        title: paths for title, paths in several.items() if not all(each.startswith("/shared/") for each in paths)
    }
