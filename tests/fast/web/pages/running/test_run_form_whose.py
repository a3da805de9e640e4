"""Who may send the form that runs an app, and what it gives away of others' apps and jobs."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from allgo_hpc.models import Job
from allgo_hpc.parameters.schema import check_parameters
from tests.fast.domain.world import add_app, add_version
from tests.fast.web import forms
from tests.fast.web.page import Page
from tests.fast.web.pages.running.sending import RUN, TYPED, field_shown, send
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit


@pytest.mark.parametrize("token", ["", "wrong"])
def test_from_elsewhere_it_does_nothing(portal: Portal, token: str) -> None:
    answer = send(visit(portal, portal.world.user), {"a.txt": b"x"}, token=token, param="kept")
    assert answer.status_code == 400
    assert field_shown(answer, "job[param]").get("value") == "kept"
    assert portal.left() == []


def test_the_token_comes_first(portal: Portal) -> None:
    visitor = visit(portal, portal.world.user)
    body = forms.body(
        forms.file("files", "a.txt"), forms.field("csrf_token", visitor.token()), forms.field("job[param]", "kept")
    )
    answer = visitor.client.post(RUN, data=body, content_type=forms.MULTIPART, buffered=True)
    assert (answer.status_code, field_shown(answer, "job[param]").get("value")) == (400, "kept")
    assert portal.left() == []


def test_after_signing_out_it_is_said_and_what_was_typed_is_kept(portal: Portal) -> None:
    portal.world.app.parameters = check_parameters(TYPED)
    portal.world.session.commit()
    told = {"mode": "values", "value[Rounds]": "3", "value[A 'b' <c>]": "x y"}
    answer = send(visit(portal), {"a.txt": b"x"}, queue="batch", **told)
    assert answer.status_code == 401
    assert "were not kept" in answer.text
    link = next(each.get("href") for each in Page(answer.text).all("a") if each.text == "Sign in and go on")
    back = parse_qs(urlsplit(link).query)["next"][0]
    assert parse_qs(urlsplit(back).query) == {"param": ["--iter 3 --title 'x y'"], "queue": ["batch"]}
    assert portal.left() == []
    shown = visit(portal, portal.world.user).get(back)
    assert field_shown(shown, "value[Rounds]").get("value") == "3"
    assert "checked" in next(each for each in Page(shown.text).elements if each.get("value") == "batch").attributes


@pytest.mark.parametrize("wanted", ["999", "x", "1\0", "-1"])
def test_another_job_fills_nothing(portal: Portal, wanted: str) -> None:
    visitor = visit(portal, portal.world.user)
    answer = visitor.get(RUN, query_string={"from": wanted})
    assert "could not be filled" in answer.text
    assert send(visitor, source=wanted, take_inputs="1").status_code == 404
    assert portal.world.session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_job_of_another_app_is_none(portal: Portal) -> None:
    add_app(portal.world.session, portal.world.app.owner, "other")
    job = portal.world.submit(app="other")
    visitor = visit(portal, portal.world.user)
    assert "ran the app" in html.unescape(visitor.page(f"{RUN}?from={job.id}"))
    answer = send(visitor, source=str(job.id), take_inputs="1")
    assert (answer.status_code, "ran the app" in answer.text) == (400, True)


def test_who_may_not_sees_no_form(portal: Portal) -> None:
    assert "run-form" not in visit(portal).page(RUN)
    portal.world.app.public = False
    portal.world.session.commit()
    assert visit(portal, portal.world.user).get(RUN).status_code == 404
    assert send(visit(portal, portal.world.user)).status_code == 404


def test_an_unpublished_version_is_its_owners(portal: Portal) -> None:
    add_version(portal.world.session, portal.world.app, 2, published=False)
    assert "not published" in visit(portal, portal.world.app.owner).page(RUN)
    assert "not published" not in visit(portal, portal.world.user).page(RUN)


def test_no_address_in_the_page_is_anothers(portal: Portal) -> None:
    page = visit(portal, portal.world.user).page(RUN)
    assert not re.findall(r'(?:src|href|action)="https?:', page)
