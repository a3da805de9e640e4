"""One furnished portal and one browser for all tests of pages that only look; who changes things makes a stage."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import chromium
from tests.browser.furnish import SETTINGS, furnish
from tests.browser.stage import Stage, stage


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage"), **SETTINGS) as made:
        furnish(made)
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made
