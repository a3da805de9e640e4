"""Making an account: the form, the mail, the link; twice, with what others have, without a token."""

import re

import pytest
from sqlalchemy import select

from allgo_hpc.models import Audit, User
from tests.fast.web.conftest import MakePortal
from tests.fast.web.pages.accounts.mailbox import link, mails
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import Visitor, visit

PASSWORD = "correct horse battery"
NEW = {"username": "eve", "email": "Eve@Example.org", "password": PASSWORD, "password_confirm": PASSWORD}


def _user(portal: Portal, name: str) -> User | None:
    portal.world.session.rollback()
    found = select(User).where(User.name == name).execution_options(populate_existing=True)
    return portal.world.session.scalar(found)


def _sign_in(browser: Visitor, name: str, password: str = PASSWORD) -> bool:
    browser.post("/login", {"email": name, "password": password})
    return "Sign out" in browser.page("/")


def test_from_the_form_to_the_first_page(portal: Portal) -> None:
    browser = visit(portal)
    answer = browser.post("/register", NEW)
    assert answer.status_code == 302, answer.text
    assert "A mail is on its way" in browser.page("/login")
    made = _user(portal, "eve")
    assert made is not None
    assert (made.email, made.confirmed_at, made.role) == ("eve@example.org", None, "user")
    refused = browser.post("/login", {"email": "eve", "password": PASSWORD})
    assert "Confirm your address first" in refused.text
    assert portal.client.post("/api/v1/tokens", auth=("eve", PASSWORD)).get_json()["code"] == "not_confirmed"
    path = link(portal, "eve@example.org")
    assert browser.get(path).status_code == 302
    assert "Your address is confirmed" in browser.page("/login")
    assert _sign_in(browser, "EVE@example.org")
    assert portal.client.post("/api/v1/tokens", auth=("eve", PASSWORD)).status_code == 201
    said = set(portal.world.session.scalars(select(Audit.what).where(Audit.about == "eve")))
    assert {"account.made", "account.confirmed", "token.made"} <= said
    # The link a second time, in another tab.
    other = visit(portal)
    other.get(path)
    assert "was confirmed before" in other.page("/login")


@pytest.mark.parametrize("path", ["/confirm/x", "/confirm/" + "x" * 3000, "/reset/x", "/account/address/x"])
def test_a_link_that_is_none_says_what_to_do(portal: Portal, path: str) -> None:
    browser = visit(portal)
    answer = browser.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert "not valid" in answer.text


def test_a_taken_name_is_told_and_an_address_is_not(portal: Portal) -> None:
    browser = visit(portal)
    taken = browser.post("/register", NEW | {"username": "Ada"})
    assert taken.status_code == 200
    assert "The name ada is taken" in taken.text
    both = browser.post("/register", NEW | {"username": "ada", "email": "ADA@example.org"})
    assert "The name ada is taken" in both.text
    assert "has an account" not in both.text
    address = browser.post("/register", NEW | {"email": " ADA@Example.org"})
    assert address.status_code == 302, address.text
    assert _user(portal, "eve") is None
    told = mails(portal, "ada@example.org")
    assert len(told) == 1
    assert "There is one already: ada" in told[0].text


def test_twice_in_two_tabs_makes_one(portal: Portal) -> None:
    first, second = visit(portal), visit(portal)
    token = second.token()
    assert first.post("/register", NEW).status_code == 302
    again = second.client.post("/register", data=NEW | {"csrf_token": token})
    assert again.status_code == 200
    assert "The name eve is taken" in again.text
    assert len(mails(portal, "eve@example.org")) == 1


def test_without_a_token_nothing_is_made(portal: Portal) -> None:
    answer = portal.client.post("/register", data=NEW)
    assert answer.status_code == 400
    assert "reload" in answer.text
    assert _user(portal, "eve") is None


@pytest.mark.parametrize(
    "change",
    [
        {"username": ""}, {"username": "1a"}, {"username": "<b>"}, {"username": "a" * 33}, {"username": "e\0ve"},
        {"email": "eve"}, {"email": "a@b\r\nBcc: c@d"}, {"email": "a,b@c"}, {"email": "e" * 300 + "@c"}, {"email": ""},
        {"email": "x@closed.invalid"},
        {"password": "short", "password_confirm": "short"}, {"password": "x" * 201, "password_confirm": "x" * 201},
        {"password": ""}, {"password_confirm": "another one"},
    ],
)  # fmt: skip
def test_what_may_not_be_comes_back_with_words(portal: Portal, change: dict[str, str]) -> None:
    answer = visit(portal).post("/register", NEW | change)
    assert answer.status_code == 200
    assert 'class="wrong"' in answer.text
    assert "<b>" not in answer.text
    assert _user(portal, "eve") is None


def test_the_mail_again(portal: Portal) -> None:
    browser = visit(portal)
    browser.post("/register", NEW)
    for address in ("eve@example.org", "nobody@example.org", "ada@example.org"):
        assert "If there is an account" in browser.post("/confirm", {"email": address}).text
    assert len(mails(portal, "eve@example.org")) == 2
    assert not mails(portal, "nobody@example.org")
    assert not mails(portal, "ada@example.org")


def test_links_lead_to_the_portals_own_address(make_portal: MakePortal) -> None:
    portal = make_portal(base_url="http://portal.example.org")
    evil = "http://evil.example"
    found = re.search(r'name="csrf-token" content="([^"]+)"', portal.client.get("/reset", base_url=evil).text)
    assert found
    data = {"csrf_token": found.group(1), "email": "ada@example.org"}
    assert portal.client.post("/reset", data=data, base_url=evil).status_code == 200
    text = mails(portal, "ada@example.org")[0].text
    assert "http://portal.example.org/reset/" in text
    assert "evil" not in text


@pytest.mark.parametrize("path", ["/login", "/register", "/reset", "/confirm"])
def test_programs_are_sent_to_the_api(portal: Portal, path: str) -> None:
    assert portal.client.post(path, json={"email": {"a": 1}, "password": 7, "username": []}).status_code == 415


def test_where_sign_up_is_closed(make_portal: MakePortal) -> None:
    portal = make_portal(sign_up="closed")
    assert visit(portal).get("/register").status_code == 404
    assert "/register" not in visit(portal).page("/login")


def test_too_many_attempts_are_a_page_with_words(portal: Portal) -> None:
    browser = visit(portal)
    token = browser.token()
    for _ in range(21):
        answer = browser.client.post("/login", data={"email": "x", "password": "", "csrf_token": token})
    assert answer.status_code == 429
    assert "wait a minute" in answer.text
    assert browser.get("/login").status_code == 200
