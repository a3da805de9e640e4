"""Pages of web/pages/accounts and of Flask-Security, and what they show."""

from datetime import timedelta

from flask_security.recoverable import generate_reset_password_token
from playwright.sync_api import Page
from sqlalchemy import select

from allgo_hpc.models import Token, Webhook, WebhookDelivery, utc_now
from allgo_hpc.ssh_keys import add_key
from allgo_hpc.tokens import new_token
from tests.browser.place import Place
from tests.browser.stage import Stage
from tests.fast.ssh_keys import ED25519, RSA_3072
from web.signin.account import Account


def _make_token(page: Page) -> None:
    page.get_by_label("What is it for?").fill("الحاسوب المحمول " + "w" * 40)
    page.get_by_role("button", name="Make it").click()
    page.locator(".secret").wait_for()


def _make_webhook(page: Page) -> None:
    page.locator("#url").fill("https://lab.example.org/" + "hook/" * 60)
    page.locator("form:has(#url) button").click()
    page.locator(".secret").wait_for()


PLACES: tuple[Place, ...] = (
    Place("sign-in", "/login"),
    Place("sign-up", "/register"),
    Place("forgot", "/reset"),
    Place("forgot-link", "/reset/{reset_token}"),
    Place("confirm", "/confirm"),
    Place("account", "/account", "ada"),
    Place("account-password", "/account/password", "ada"),
    Place("account-address", "/account/address", "ada"),
    Place("account-verify", "/verify", "ada"),
    Place("account-tokens", "/account/tokens", "ada"),
    Place("account-tokens-none", "/account/tokens", "root"),
    Place("account-tokens-made", "/account/tokens", "mary", _make_token),
    Place("account-keys", "/account/ssh-keys", "ada"),
    Place("account-keys-none", "/account/ssh-keys", "root"),
    Place("account-mails", "/account/notifications", "ada"),
    Place("account-webhooks", "/account/webhooks", "ada"),
    Place("account-webhooks-none", "/account/webhooks", "root"),
    Place("account-webhooks-made", "/account/webhooks", "mary", _make_webhook),
    Place("account-webhook", "/account/webhooks/{webhook}", "ada"),
    Place("account-webhook-off", "/account/webhooks/{webhook_off}", "ada"),
    Place("account-delete", "/account/delete", "ada"),
    Place("account-delete-author", "/account/delete", "bob"),
)


def furnish(stage: Stage) -> None:
    """Make what these pages show: long names, right-to-left ones, what has ended, what failed."""
    session, user = stage.world.session, stage.world.user
    user.cluster_account = "ada1"
    stage.user("mary")
    with stage.flask.test_request_context():
        stage.ids["reset_token"] = generate_reset_password_token(Account(user))
    new_token(session, user, name="notebook", scopes=["jobs:read"])
    new_token(session, user, name="الحاسوب المحمول")
    new_token(session, user, name="x" * 64, expires_at=utc_now() + timedelta(days=30))
    ended = session.scalars(select(Token).where(Token.name == "x" * 64)).one()
    ended.expires_at = utc_now() - timedelta(days=3)
    add_key(session, user, ED25519)
    add_key(session, user, RSA_3072, name="y" * 64)
    now = utc_now()
    here, off = (
        Webhook(user_id=user.id, url=url, secret="x", last_event_id=10**6, active=active)
        for url, active in (("https://lab.example.org/" + "hook/" * 60, True), ("https://old.example.org/hook", False))
    )
    session.add_all([here, off])
    session.flush()
    states = (
        {"delivered_at": now, "status_code": 200, "attempts": 1},
        {"next_at": now + timedelta(hours=1), "error": "no answer within 10 s", "attempts": 3},
        {"gave_up": True, "status_code": 500, "error": "answered 500: " + "z" * 300, "attempts": 9},
    )
    for number, values in enumerate(states):
        session.add(WebhookDelivery(webhook_id=here.id, message_id=f"msg_{number}", created_at=now, **values))
    session.commit()
    stage.ids["webhook"], stage.ids["webhook_off"] = here.id, off.id
