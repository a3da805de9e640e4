"""One furnished portal and one browser for all tests of pages that only look; who changes things makes a stage."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.browsing import chromium, sign_in
from tests.browser.furnish import SETTINGS, furnish
from tests.browser.stage import Stage, stage

type Open = Callable[[str, str], BrowserContext]
"""Gives the browser's state of a user with a theme."""


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage"), **SETTINGS) as made:
        furnish(made)
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="session")
def opened(browser: Browser, furnished: Stage) -> Iterator[Open]:
    """The browser's state by user and theme; each signs in once. Nothing moves slowly on their pages."""
    made: dict[tuple[str, str], BrowserContext] = {}

    def get(who: str, theme: Any) -> BrowserContext:
        if (who, theme) not in made:
            made[who, theme] = browser.new_context(color_scheme=theme, reduced_motion="reduce")
            if who:
                sign_in(made[who, theme].new_page(), furnished.url, who)
        return made[who, theme]

    yield get
    for context in made.values():
        context.close()
