"""A database that does not answer: a page with words all the same, signed in or not."""

import pytest
from sqlalchemy import text

from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("path", ["/", "/login", "/jobs/1", "/nothing", "/apps/textstats"])
def test_it_is_said_in_words(portal: Portal, path: str, *, signed_in: bool) -> None:
    browser = visit(portal, portal.world.user if signed_in else None)
    session = portal.world.session
    session.commit()
    for table in ("health", "announcement", "user", "app", "version"):
        session.execute(text("PRAGMA foreign_keys = OFF"))
        session.execute(text(f'ALTER TABLE "{table}" RENAME TO "{table}_away"'))
    session.commit()
    answer = browser.get(path)
    assert answer.status_code in {200, 302, 404, 500}
    assert answer.mimetype == "text/html"
    if answer.status_code == 500:
        assert "Something went wrong" in answer.text
        assert "OperationalError" not in answer.text
