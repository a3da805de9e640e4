"""Signing in by the login portal's header: from its proxy only, and never as somebody who is there already."""

from typing import Any

import pytest
from sqlalchemy import select

from allgo_hpc.identities import link_account
from allgo_hpc.models import User
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit

SETTINGS = {
    "trusted_header": "X-Remote-User", "trusted_header_from": "10.9.0.0/16", "trusted_header_domain": "cluster.example"
}  # fmt: skip
PROXY = {"REMOTE_ADDR": "10.9.8.7"}


@pytest.fixture
def made(make_portal: MakePortal) -> Portal:
    return make_portal(**SETTINGS)


def _get(browser: Visitor, name: str, path: str = "/account", peer: dict[str, str] | None = None) -> Any:
    return browser.get(path, headers={"X-Remote-User": name} if name else {}, environ_base=peer or PROXY)


def test_whom_the_proxy_names_is_in(made: Portal) -> None:
    browser = visit(made)
    answer = _get(browser, "eve")
    assert answer.status_code == 200
    assert "eve@cluster.example" in answer.text
    user = made.world.session.scalars(select(User).where(User.name == "eve")).one()
    assert (user.external_id, user.cluster_account) == ("header eve", "eve")


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.8.0.1", "::1", "", "x"])
def test_nobody_else_is_believed(made: Portal, peer: str) -> None:
    browser = visit(made)
    answer = browser.get(
        "/account", headers={"X-Remote-User": "eve", "X-Forwarded-For": "10.9.8.7"}, environ_base={"REMOTE_ADDR": peer}
    )
    assert answer.status_code == 302
    assert made.world.session.scalar(select(User.id).where(User.name == "eve")) is None


def test_an_account_of_that_name_is_not_taken_over(made: Portal) -> None:
    browser = visit(made)
    assert "/login" in _get(browser, "ada").location
    assert "ask an administrator to link it" in _get(browser, "ada", "/login").text
    link_account(made.world.session, made.world.user, "header ada")
    assert "ada@example.org" in _get(browser, "ada").text


def test_the_session_follows_the_header(made: Portal) -> None:
    browser = visit(made)
    assert "eve@cluster.example" in _get(browser, "eve").text
    assert "kim@cluster.example" in _get(browser, "kim").text
    assert _get(browser, "").status_code == 302


def test_who_signed_in_by_a_password_stays(made: Portal) -> None:
    browser = visit(made, made.world.user)
    assert "ada@example.org" in _get(browser, "eve").text


@pytest.mark.parametrize("name", ["<script>", "a b", "é", "root:x", "x" * 400, "../x", "1a"])
def test_a_name_that_may_not_be_is_refused_with_words(made: Portal, name: str) -> None:
    answer = visit(made).get("/login", headers={"X-Remote-User": name}, environ_base=PROXY)
    assert answer.status_code == 200
    assert "ask an administrator" in answer.text
    assert "<script>alert" not in answer.text


def test_where_the_site_has_none_it_means_nothing(portal: Portal) -> None:
    assert _get(visit(portal), "eve").status_code == 302
