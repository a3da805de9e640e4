"""The front page and the error pages."""

import pytest
from sqlalchemy import delete

from allgo_hpc.models import App, Version
from tests.fast.domain.world import add_app
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal

EVIL = "<script>alert('x')</script>\"'&"


def test_with_no_app(portal: Portal) -> None:
    session = portal.world.session
    session.execute(delete(Version))
    session.execute(delete(App))
    session.commit()
    answer = portal.client.get("/")
    assert answer.status_code == 200
    assert "No app is published yet" in answer.text


def test_an_app_with_the_command_that_runs_it(portal: Portal) -> None:
    answer = portal.client.get("/")
    assert "job[webapp_name]=textstats" in answer.text
    assert "http://localhost/api/v1/jobs" in answer.text
    assert "1 day" in answer.text


def test_names_are_escaped_however_long(portal: Portal) -> None:
    author = portal.world.app.owner
    add_app(
        portal.world.session, author, "x" * 32, title=EVIL * 5, description=EVIL * 10_000 + "\n\nmore",
        contact=f'"><img src=x onerror=alert(1)>{EVIL}@example.org',
    )  # fmt: skip
    answer = portal.client.get("/")
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "more" not in answer.text.split("Run one")[0].split("&lt;script&gt;")[-1]


def test_private_and_unpublished_apps_are_not_shown(portal: Portal) -> None:
    add_app(portal.world.session, portal.world.app.owner, "secluded", public=False)
    add_app(portal.world.session, portal.world.app.owner, "unripe", published=False)
    answer = portal.client.get("/")
    assert "secluded" not in answer.text
    assert "unripe" not in answer.text


@pytest.mark.parametrize("path", ["/nothing", "/%3Cscript%3E", "/" + "x" * 5000, "/%FF", "/%00"])
def test_what_is_not_there_is_a_page_with_words(portal: Portal, path: str) -> None:
    answer = portal.client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "<script>" not in answer.text
    assert "To the front page" in answer.text


def test_a_fault_of_the_program_is_told_without_its_inside(
    make_portal: MakePortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = make_portal()

    def broken(*_: object) -> None:
        raise RuntimeError("staging")

    monkeypatch.setattr("web.api.jobs.submit.read_form", broken)
    answer = portal.post(b"", "application/x-www-form-urlencoded")
    assert answer.status_code == 500
    assert answer.get_json()["code"] == "internal"
    assert "staging" not in answer.text
