"""Mails that pages send are in their reader's language, whoever's request sends them."""

import pytest

from allgo_hpc.accounts import add_user
from tests.fast.web.conftest import MakePortal
from tests.fast.web.pages.accounts.mailbox import link, mails
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit

PASSWORD = "correct horse battery"
FRENCH = {"Accept-Language": "fr"}
ENGLISH = {"Accept-Language": "en"}
NEW = {"username": "eve", "email": "eve@example.org", "password": PASSWORD, "password_confirm": PASSWORD}


def _speaks(portal: Portal, language: str | None) -> None:
    portal.world.user.language = language
    portal.world.session.commit()


@pytest.mark.parametrize(
    ("chosen", "browser", "subject", "valid"),
    [
        ("fr", ENGLISH, "Un nouveau mot de passe", "2\u00a0heures"),
        ("en", FRENCH, "A new password", "2 hours"),
        (None, FRENCH, "Un nouveau mot de passe", "2\u00a0heures"),
        (None, ENGLISH, "A new password", "2 hours"),
        ("xx", FRENCH, "Un nouveau mot de passe", "2\u00a0heures"),
    ],
)
def test_a_forgotten_password(
    portal: Portal, chosen: str | None, browser: dict[str, str], subject: str, valid: str
) -> None:
    _speaks(portal, chosen)
    visit(portal).post("/reset", {"email": "ada@example.org"}, headers=browser)
    (mail,) = mails(portal, "ada@example.org")
    assert mail.subject.startswith(subject)
    assert valid in mail.text
    assert ("mot de passe" in mail.text) == (valid == "2\u00a0heures")
    assert link(portal, "ada@example.org").startswith("/reset/")


@pytest.mark.parametrize(
    ("chosen", "site", "subject"),
    [("fr", "en", "Un nouveau"), (None, "en", "A new"), (None, "fr", "Un nouveau"), ("en", "fr", "A new")],
)
def test_an_administrator_writes_in_the_readers_language_not_their_own(
    make_portal: MakePortal, chosen: str | None, site: str, subject: str
) -> None:
    portal = make_portal(language=site)
    _speaks(portal, chosen)
    root = add_user(portal.world.session, name="root", email="root@example.org", role="admin")
    root.language = "en" if site == "fr" else "fr"
    portal.world.session.commit()
    assert visit(portal, root).post("/admin/users/ada/reset").status_code == 303
    (mail,) = mails(portal, "ada@example.org")
    assert mail.subject.startswith(subject)


def test_who_has_no_account_yet_reads_what_the_form_was_in(portal: Portal) -> None:
    assert visit(portal).post("/register", NEW, headers=FRENCH).status_code == 302
    (mail,) = mails(portal, "eve@example.org")
    assert mail.subject == "Votre compte A||GO HPC"
    assert "2\u00a0jours" in mail.text


def test_another_address(portal: Portal) -> None:
    _speaks(portal, "fr")
    browser = visit(portal, portal.world.user)
    browser.post("/account/address", {"email": "lovelace@example.org"}, headers=ENGLISH)
    assert mails(portal, "lovelace@example.org")[-1].subject.startswith("Confirmez votre nouvelle adresse")
    visit(portal).get(link(portal, "lovelace@example.org"), headers=ENGLISH)
    assert mails(portal, "ada@example.org")[-1].subject.startswith("L'adresse de votre compte")


def test_a_page_where_the_browser_asks_for_no_language_is_in_the_sites(make_portal: MakePortal) -> None:
    portal = make_portal(language="fr")
    assert '<html lang="fr"' in visit(portal).page("/login")
    assert '<html lang="en"' in visit(portal).get("/login", headers=ENGLISH).text
