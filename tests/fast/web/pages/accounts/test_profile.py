"""The pages of one's account: each form as meant, after log-out, without a token, with what may not be."""

import re

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import set_password
from allgo_hpc.models import SshKey, Token, User, Webhook, WebhookDelivery
from allgo_hpc.tokens import access_of_token
from tests.fast.ssh_keys import ED25519
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal
from tests.fast.web.visitor import visit

PAGES = [
    "/account",
    "/account/tokens",
    "/account/ssh-keys",
    "/account/notifications",
    "/account/webhooks",
    "/account/delete",
]
FORMS = [
    "/account/language", "/account/tokens", "/account/tokens/1/revoke", "/account/ssh-keys",
    "/account/ssh-keys/1/revoke",
    "/account/notifications", "/account/webhooks", "/account/webhooks/1/test", "/account/webhooks/1/pause",
    "/account/webhooks/1/delete", "/account/delete",
]  # fmt: skip
HOSTILE = ["<script>alert(1)</script>", "a\0b", "x" * 300, "\u202egnp", ""]


@pytest.mark.parametrize("path", PAGES)
def test_each_is_for_whoever_is_signed_in(portal: Portal, path: str) -> None:
    assert visit(portal).get(path).location == f"/login?next={path.replace('/', '%2F')}"
    assert "<h1>" in visit(portal, portal.world.user).page(path)


@pytest.mark.parametrize("path", FORMS)
def test_no_form_without_its_token_or_after_signing_out(portal: Portal, path: str) -> None:
    browser = visit(portal, portal.world.user)
    assert browser.client.post(path, data={"name": "x"}).status_code == 400
    token = browser.token()
    browser.post("/logout")
    late = browser.client.post(path, data={"csrf_token": token})
    assert late.status_code in {302, 400}
    assert portal.world.session.scalar(select(User.active).where(User.name == "ada"))


def test_a_token_is_shown_once_and_revoked(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    made = browser.post("/account/tokens", {"name": "laptop", "scopes": ["jobs:read"], "days": "30"})
    assert made.status_code == 201, made.text
    found = re.search(r'id="secret">([0-9a-f]{40})<', made.text)
    assert found
    access = access_of_token(portal.world.session, found.group(1))
    assert access.scopes == {"jobs:read"}
    assert access.token is not None
    assert found.group(1) not in browser.page("/account/tokens")
    path = f"/account/tokens/{access.token.id}/revoke"
    assert browser.post(path).status_code == 303
    assert browser.post(path).status_code == 404
    assert path not in browser.page("/account/tokens")


@pytest.mark.parametrize("change", [{"name": ""}, {"name": "a\0b"}, {"scopes": []}, {"scopes": ["x"]}, {"days": "7"}])
def test_a_token_that_may_not_be_comes_back(portal: Portal, change: dict[str, object]) -> None:
    form = {"name": "laptop", "scopes": ["jobs:read"], "days": "30"} | change
    answer = visit(portal, portal.world.user).post("/account/tokens", form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_another_users_token_stays(portal: Portal) -> None:
    other = visit(portal, portal.world.app.owner)
    number = portal.world.session.scalar(select(Token.id).where(Token.user_id == portal.world.user.id))
    assert other.post(f"/account/tokens/{number}/revoke").status_code == 404
    assert other.post("/account/tokens/9999999999999/revoke").status_code == 404
    assert other.post("/account/tokens/x/revoke").status_code == 404


def test_a_key_is_added_and_revoked(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    assert browser.post("/account/ssh-keys", {"key": ED25519, "name": "<b>laptop"}).status_code == 303
    assert "&lt;b&gt;laptop" in browser.page("/account/ssh-keys")
    twice = browser.post("/account/ssh-keys", {"key": ED25519, "name": ""})
    assert twice.status_code == 409
    number = portal.world.session.scalar(select(SshKey.id))
    assert browser.post(f"/account/ssh-keys/{number}/revoke").status_code == 303
    assert browser.post(f"/account/ssh-keys/{number}/revoke").status_code == 404


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_key_comes_back_escaped(portal: Portal, text: str) -> None:
    answer = visit(portal, portal.world.user).post("/account/ssh-keys", {"key": text, "name": text})
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text


def test_language_and_mails_are_kept(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    assert browser.post("/account/language", {"language": "fr"}).status_code == 303
    assert '<html lang="fr"' in browser.page("/account")
    assert browser.post("/account/language", {"language": "xx"}).status_code == 400
    assert browser.post("/account/language", {"language": ""}).status_code == 303
    assert browser.post("/account/notifications", {"mail_at_end": "1"}).status_code == 303
    portal.world.session.expire_all()
    assert (portal.world.user.mail_at_end, portal.world.user.mail_before_removal) == (True, False)
    assert portal.world.submit().mail_at_end


def test_a_webhook_from_made_to_deleted(make_portal: MakePortal) -> None:
    portal = make_portal(webhook_allow="127.0.0.0/8")
    browser = visit(portal, portal.world.user)
    assert browser.post("/account/webhooks", {"url": "javascript:alert(1)"}).status_code == 400
    made = browser.post("/account/webhooks", {"url": "http://127.0.0.1:1/<b>?%22"})
    assert made.status_code in {201, 400}
    made = browser.post("/account/webhooks", {"url": "http://127.0.0.1:1/hook"})
    assert made.status_code == 201, made.text
    assert "whsec_" in made.text
    assert "whsec_" not in browser.page("/account/webhooks")
    number = portal.world.session.scalars(select(Webhook.id).order_by(Webhook.id.desc())).first()
    here = f"/account/webhooks/{number}"
    assert browser.post(f"{here}/test").location == here
    assert "A test" in browser.page(here)
    assert browser.post(f"{here}/test").location == here
    assert "has not been delivered yet" in browser.page(here)
    assert browser.post(f"{here}/pause").status_code == 303
    page = browser.page(here)
    assert "It is off" in page
    assert "given up" in page
    assert browser.post(f"{here}/resume").status_code == 303
    delivery = portal.world.session.scalar(select(WebhookDelivery.id))
    assert browser.post(f"{here}/deliveries/{delivery}/redeliver").status_code == 303
    assert "waits" in browser.page(here)
    stranger = visit(portal, portal.world.app.owner)
    assert stranger.get(here).status_code == 404
    assert stranger.post(f"{here}/delete").status_code == 404
    assert browser.post(f"{here}/delete").location == "/account/webhooks"
    assert browser.post(f"{here}/delete").status_code == 404


def test_leaving_asks_for_the_password(portal: Portal) -> None:
    set_password(portal.world.session, portal.world.user, "correct horse battery")
    browser, elsewhere = visit(portal, portal.world.user), visit(portal, portal.world.user)
    wrong = browser.post("/account/delete", {"proof": "ada"})
    assert wrong.status_code == 400
    assert "not your password" in wrong.text
    assert browser.post("/account/delete", {"proof": "correct horse battery"}).status_code == 303
    assert "Your account is closed" in browser.page("/")
    assert "Sign out" not in elsewhere.page("/")
    assert portal.get("/api/v1/jobs").status_code == 401
    assert visit(portal).post("/login", {"email": "ada", "password": "correct horse battery"}).status_code == 200


def test_without_a_password_by_the_name(portal: Portal) -> None:
    browser = visit(portal, portal.world.user)
    assert browser.post("/account/delete", {"proof": "Ada"}).status_code == 400
    assert browser.post("/account/delete", {"proof": "ada"}).status_code == 303


def test_an_author_with_apps_is_told_which(portal: Portal) -> None:
    browser = visit(portal, portal.world.app.owner)
    assert "textstats" in browser.page("/account/delete")
    assert browser.post("/account/delete", {"proof": "author"}).status_code == 409
