"""Signing in by an OpenID Connect provider: as it should be, and with each thing wrong that could be."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from allgo_hpc.models import User
from tests.fast.web.conftest import MakePortal
from tests.fast.web.pages.accounts.mailbox import link
from tests.fast.web.pages.accounts.provider import Provider, provider
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit


def _through(browser: Visitor, there: Provider, wanted: str = "/account") -> Any:
    begun = browser.get(f"/login/oidc?next={wanted}")
    assert begun.status_code == 302
    assert begun.location.startswith(f"{there.issuer}/authorize"), browser.page("/login")
    back = urlsplit(there.sign_in(begun.location))
    return browser.get(f"{back.path}?{back.query}")


def _names(portal: Portal) -> set[str]:
    portal.world.session.rollback()
    return set(portal.world.session.scalars(select(User.name)))


def test_from_the_button_to_the_page_that_was_wanted(make_portal: MakePortal) -> None:
    with provider(preferred_username="Eve", cluster="eve1") as there:
        portal = make_portal(**there.settings, oidc_account_claim="cluster")
        browser = visit(portal)
        assert "Sign in by Uni" in browser.page("/login")
        answer = _through(browser, there)
        assert answer.location == "/account"
        page = browser.page("/account")
        assert "eve@example.org" in page
        assert "eve1" in page
        # Again, from another browser, under another name there.
        there.person["preferred_username"] = "else"
        assert _through(visit(portal), there).location == "/account"
    assert _names(portal) == {"author", "ada", "eve"}


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"}, {"iss": "https://evil.example"}, {"aud": "another"}, {"exp": int(time.time()) - 3600},
        {"aud": ["portal", "another"]}, {"iat": "x"}, {"nonce": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_us_now_lets_nobody_in(make_portal: MakePortal, lies: dict[str, Any]) -> None:
    with provider() as there:
        portal = make_portal(**there.settings)
        there.lies = lies
        browser = visit(portal)
        assert _through(browser, there).location == "/login"
        page = browser.page("/login")
    assert "did not work" in page
    assert "Sign out" not in page
    assert _names(portal) == {"author", "ada"}


@pytest.mark.parametrize("change", [{"algorithm": "HS256"}, {"foreign_key": True}], ids=str)
def test_a_signature_that_is_not_the_providers(make_portal: MakePortal, change: dict[str, Any]) -> None:
    with provider() as there:
        portal = make_portal(**there.settings)
        for name, value in change.items():
            setattr(there, name, value)
        assert _through(visit(portal), there).location == "/login"
    assert _names(portal) == {"author", "ada"}


def test_state_belongs_to_the_browser_and_is_good_once(make_portal: MakePortal) -> None:
    with provider() as there:
        portal = make_portal(**there.settings)
        mine, other = visit(portal), visit(portal)
        begun = mine.get("/login/oidc")
        back = urlsplit(there.sign_in(begun.location))
        here = f"{back.path}?{back.query}"
        assert other.get(here).location == "/login"
        assert mine.get(f"{back.path}?code=x&state=x").location == "/login"
        assert mine.get(here).location == "/"
        assert mine.get(here).location == "/login"
        assert {"state", "nonce", "code_challenge"} <= set(parse_qs(urlsplit(begun.location).query))


@pytest.mark.parametrize(
    "metadata",
    [
        {"token_endpoint": "http://127.0.0.1:1/token"}, {"jwks_uri": "http://169.254.169.254/keys"},
        {"issuer": "https://evil.example"},
    ],
    ids=str,
)  # fmt: skip
def test_no_other_host_is_asked(make_portal: MakePortal, metadata: dict[str, str]) -> None:
    with provider() as there:
        there.metadata = metadata
        portal = make_portal(**there.settings)
        browser = visit(portal)
        begun = browser.get("/login/oidc")
        if begun.location != "/login":
            back = urlsplit(there.sign_in(begun.location))
            assert browser.get(f"{back.path}?{back.query}").location == "/login"
        assert "did not work" in browser.page("/login")
    assert _names(portal) == {"author", "ada"}


def test_a_provider_that_is_down_or_says_no(make_portal: MakePortal) -> None:
    with provider() as there:
        settings = there.settings
        portal = make_portal(**settings)
        browser = visit(portal)
        assert browser.get("/login/oidc/back?error=access_denied&state=x").location == "/login"
    down = visit(make_portal(**settings))
    assert down.get("/login/oidc").location == "/login"
    assert "did not work" in down.page("/login")


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/%5Cevil.example"])
def test_it_never_leads_elsewhere(make_portal: MakePortal, wanted: str) -> None:
    with provider() as there:
        portal = make_portal(**there.settings)
        assert _through(visit(portal), there, wanted).location == "/"


def test_an_address_that_the_provider_did_not_check_is_confirmed_first(make_portal: MakePortal) -> None:
    with provider(email_verified=False) as there:
        portal = make_portal(**there.settings)
        browser = visit(portal)
        assert _through(browser, there).location == "/login"
        assert "Sign out" not in browser.page("/login")
        browser.get(link(portal, "eve@example.org"))
        assert _through(browser, there).location == "/account"


def test_somebody_elses_address_is_not_taken_over(make_portal: MakePortal) -> None:
    with provider(email="ada@example.org", email_verified=False) as there:
        portal = make_portal(**there.settings)
        browser = visit(portal)
        assert _through(browser, there).location == "/login"
        assert "ask an administrator" in browser.page("/login")
        there.person["email_verified"] = True
        assert _through(browser, there).location == "/account"
        assert "ada@example.org" in browser.page("/account")


def test_without_a_provider_there_is_no_such_page(portal: Portal) -> None:
    assert visit(portal).get("/login/oidc").status_code == 404
