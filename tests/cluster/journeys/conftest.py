"""People at a browser, with the real cluster behind the pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import chromium
from tests.cluster.journeys.person import Person
from tests.cluster.portal import Portal, run_as

PASSWORD = "a password for the journeys"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def person(browser: Browser, portal: Portal) -> Iterator[Person]:
    """Somebody who is not signed in; whatever goes wrong on the pages that they see fails the test at its end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = Person(context, portal.url)
    yield made
    context.close()
    assert not made.wrong


@pytest.fixture(scope="session")
def passwords(portal: Portal) -> str:
    """Lets the demo's author and administrator sign in on pages; returns their password."""
    for name in ("author", "admin"):
        run_as("allgo", ["/opt/allgo-hpc/venv/bin/allgo-hpc", "user", "password", name], stdin=f"{PASSWORD}\n")
    return PASSWORD
