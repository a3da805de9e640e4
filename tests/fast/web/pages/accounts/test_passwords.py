"""Passwords and addresses: forgotten, changed; what ends then."""

import pytest

from allgo_hpc.accounts import check_password, set_password
from allgo_hpc.errors import NotSignedIn
from tests.fast.web.pages.accounts.mailbox import link, mails
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit

OLD, NEW = "correct horse battery", "another horse battery"


@pytest.fixture
def portal_with_password(portal: Portal) -> Portal:
    set_password(portal.world.session, portal.world.user, OLD)
    return portal


def test_forgotten(portal_with_password: Portal) -> None:
    portal = portal_with_password
    elsewhere, browser = visit(portal, portal.world.user), visit(portal)
    assert "If there is an account" in browser.post("/reset", {"email": "Ada@example.org"}).text
    assert "If there is an account" in browser.post("/reset", {"email": "nobody@example.org"}).text
    path = link(portal, "ada@example.org")
    assert 'name="password_confirm"' in browser.page(path)
    short = browser.post(path, {"password": "short", "password_confirm": "short"})
    assert "10 to 200 characters" in short.text
    assert browser.post(path, {"password": NEW, "password_confirm": NEW}).status_code == 302
    portal.world.session.expire_all()
    assert check_password(portal.world.session, "ada", NEW)
    assert "Sign out" not in elsewhere.page("/")
    assert "was changed" in mails(portal, "ada@example.org")[-1].subject
    # Once.
    assert browser.post(path, {"password": OLD, "password_confirm": OLD}).location.endswith("/reset")
    with pytest.raises(NotSignedIn):
        check_password(portal.world.session, "ada", OLD)


def test_changed(portal_with_password: Portal) -> None:
    portal = portal_with_password
    elsewhere, browser = visit(portal, portal.world.user), visit(portal, portal.world.user)
    form = {"password": OLD, "new_password": NEW, "new_password_confirm": NEW}
    wrong = browser.post("/account/password", form | {"password": "x" * 10_000})
    assert "This is not your password" in wrong.text
    old_token = browser.token()
    assert browser.post("/account/password", form).status_code == 302
    assert "Your password is changed" in browser.page("/account")
    assert "Sign out" not in elsewhere.page("/")
    stale = browser.client.post("/account/language", data={"language": "en", "csrf_token": old_token})
    assert stale.status_code == 400
    again = browser.post("/account/password", form)
    assert "This is not your password" in again.text


def test_a_long_password_is_wrong_and_no_fault(portal_with_password: Portal) -> None:
    answer = visit(portal_with_password).post("/login", {"email": "ada", "password": "x" * 100_000})
    assert answer.status_code == 200
    assert "Wrong name, address or password" in answer.text


def test_the_address_changes_when_the_link_is_opened(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    assert "A mail is on its way" in browser.post("/account/address", {"email": "New@example.org"}).text
    path = link(portal, "new@example.org")
    assert browser.get(path).location.endswith("/account")
    portal.world.session.expire_all()
    assert portal.world.user.email == "new@example.org"
    assert "was changed to new@example.org" in mails(portal, "ada@example.org")[-1].text
    assert "not valid" in browser.get(path, follow_redirects=True).text


def test_a_taken_address_is_not_told(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    assert "A mail is on its way" in browser.post("/account/address", {"email": "AUTHOR@example.org"}).text
    assert not mails(portal, "author@example.org")


def test_whoever_signed_in_long_ago_is_asked_again(portal_with_password: Portal) -> None:
    portal = portal_with_password
    browser = visit(portal, portal.world.user)
    with browser.client.session_transaction() as session:
        session["fs_paa"] = 1.0
    asked = browser.get("/account/address", follow_redirects=True)
    assert "Your password, please" in asked.text
    assert browser.post("/verify?next=/account/address", {"password": OLD}).location.endswith("/account/address")
    assert "Change your address" in browser.page("/account/address")


@pytest.mark.parametrize("path", ["/account/password", "/account/address"])
def test_after_signing_out_the_form_leads_to_sign_in(portal: Portal, path: str) -> None:
    browser = visit(portal, portal.world.user)
    browser.post("/logout")
    assert "/login" in browser.post(path, {"email": "x@example.org"}).location
