"""Signing in at a browser, and what the API lets a browser's session do."""

import pytest

from allgo_hpc.accounts import add_user, set_password
from tests.fast.web import forms
from tests.fast.web.portal import JOBS, Portal, assert_refused
from tests.fast.web.visitor import visit

PASSWORD = "correct horse battery"


@pytest.mark.parametrize("told", ["ada", "ADA", "ada@example.org", " ada "])
def test_by_name_or_address(portal: Portal, told: str) -> None:
    set_password(portal.world.session, portal.world.user, PASSWORD)
    browser = visit(portal)
    answer = browser.post("/login", {"email": told, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    assert "Sign out" in browser.page("/")


@pytest.mark.parametrize("told", ["ada", "nobody", "a\0da", "x" * 5000, "<b>"])
def test_a_wrong_password_tells_nothing_about_the_account(portal: Portal, told: str) -> None:
    set_password(portal.world.session, portal.world.user, PASSWORD)
    browser = visit(portal)
    answer = browser.post("/login", {"email": told, "password": "wrong password"})
    assert answer.status_code == 200
    assert "Sign out" not in answer.text


def test_a_closed_account_is_signed_out(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    assert "Sign out" in browser.page("/")
    portal.world.user.active = False
    portal.world.session.commit()
    assert "Sign out" not in browser.page("/")


def test_signing_out(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    assert browser.post("/logout").status_code == 302
    assert "Sign out" not in browser.page("/")


def test_a_pages_script_uses_the_api_with_its_proof(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    assert browser.get(JOBS).get_json()["jobs"] == []
    body, kind = forms.body(forms.APP), forms.MULTIPART
    refused = browser.client.post(JOBS, data=body, content_type=kind)
    assert_refused(refused, 400, code="stale_form", field="csrf_token")
    headers = {"X-CSRF-Token": browser.token()}
    assert browser.client.post(JOBS, data=body, content_type=kind, headers=headers).status_code == 200


def test_another_sites_page_is_nobody(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    headers = {"X-CSRF-Token": browser.token(), "Sec-Fetch-Site": "cross-site"}
    answer = browser.client.post(JOBS, data=forms.body(forms.APP), content_type=forms.MULTIPART, headers=headers)
    assert_refused(answer, 401, code="no_token", field="Authorization")
    assert browser.get(JOBS, headers={"Sec-Fetch-Site": "same-site"}).status_code == 401


def test_the_proof_of_another_browser_is_none(portal: Portal) -> None:
    other = visit(portal, add_user(portal.world.session, name="eve", email="eve@example.org"))
    browser = visit(portal, portal.world.user)
    headers = {"X-CSRF-Token": other.token()}
    answer = browser.client.post(JOBS, data=forms.body(forms.APP), content_type=forms.MULTIPART, headers=headers)
    assert_refused(answer, 400, code="stale_form", field="csrf_token")


def test_theme_and_language_are_remembered_and_lead_back(portal: Portal) -> None:
    browser = visit(portal)
    answer = browser.post("/looks", {"theme": "dark", "back": "/api/docs"})
    assert answer.status_code == 302
    assert answer.location == "/api/docs"
    assert 'data-bs-theme="dark"' in browser.page("/")
    assert browser.post("/looks", {"language": "fr"}).status_code == 302
    assert '<html lang="fr"' in browser.page("/")


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\n"]
)
def test_a_form_never_leads_elsewhere(portal: Portal, back: str) -> None:
    answer = visit(portal).post("/looks", {"theme": "dark", "back": back})
    assert answer.location == "/"


def test_no_page_may_run_or_load_what_is_not_its_own(portal: Portal) -> None:
    headers = visit(portal).get("/").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
