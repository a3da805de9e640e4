"""``/account/webhooks``: addresses that are told what happens to one's jobs, and what was sent to each."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _

from allgo_hpc.errors import Refusal
from allgo_hpc.models import User, Webhook
from allgo_hpc.webhooks.addresses import parse_allowed
from allgo_hpc.webhooks.log import list_deliveries, redeliver, send_test
from allgo_hpc.webhooks.manage import MOST, delete_webhook, find_webhook, list_webhooks, make_webhook, set_paused
from web.context import get_services, get_session
from web.errors import STATUS
from web.look.filled import Filled
from web.paging import before_id
from web.signin.who import check_form, need_user

pages = Blueprint("account_webhooks", __name__)
_AT_ONCE = 50


@pages.get("/account/webhooks")
def webhooks() -> str:
    """List one's webhooks."""
    return _page(need_user(), Filled())


@pages.post("/account/webhooks")
def make() -> tuple[str, int]:
    """Make a webhook and show its secret this once."""
    check_form()
    user = need_user()
    url = request.form.get("url", "").strip()
    try:
        made = make_webhook(get_session(), user, url, parse_allowed(get_services().settings.webhook_allow))
    except Refusal as refusal:
        return _page(user, Filled({"url": url}, refusal)), STATUS[type(refusal)]
    return _page(user, Filled(), made=made), 201


@pages.get("/account/webhooks/<number>")
def webhook(number: str) -> str:
    """Show what was sent to one of them, newest first."""
    session, user = get_session(), need_user()
    found = find_webhook(session, user, number)
    cursor = request.args.get("cursor")
    shown, below = list_deliveries(session, found, limit=_AT_ONCE, before_id=before_id(cursor))
    return render_template("accounts/webhook.html", webhook=found, deliveries=shown, below=below)


@pages.post("/account/webhooks/<number>/test")
def test(number: str) -> Response:
    """Send a message that tells nothing."""
    return _do(number, lambda found: send_test(get_session(), found), _("A test is on its way: reload this page."))


@pages.post("/account/webhooks/<number>/pause")
def pause(number: str) -> Response:
    """Send nothing for a time; what happens then is not told later."""
    return _do(number, lambda found: set_paused(get_session(), found, paused=True), _("The webhook is paused."))


@pages.post("/account/webhooks/<number>/resume")
def resume(number: str) -> Response:
    """Send again what happens from now on."""
    return _do(number, lambda found: set_paused(get_session(), found, paused=False), _("The webhook is on again."))


@pages.post("/account/webhooks/<number>/delete")
def delete(number: str) -> Response:
    """Delete a webhook with its log."""
    done = _("The webhook is deleted.")
    return _do(number, lambda found: delete_webhook(get_session(), found), done, back="/account/webhooks")


@pages.post("/account/webhooks/<number>/deliveries/<delivery>/redeliver")
def again(number: str, delivery: str) -> Response:
    """Send a message again."""
    return _do(number, lambda found: redeliver(get_session(), found, delivery), _("It is on its way again."))


def _do(number: str, what: Callable[[Webhook], object], done: str, *, back: str = "") -> Response:
    check_form()
    found = find_webhook(get_session(), need_user(), number)
    there = f"/account/webhooks/{found.id}"
    try:
        what(found)
    except Refusal as refusal:
        flash(str(refusal), "error")
    else:
        flash(done, "success")
        there = back or there
    return redirect(there, 303)  # type: ignore[return-value]  # Werkzeug's own class


def _page(user: User, filled: Filled, *, made: Webhook | None = None) -> str:
    found = list_webhooks(get_session(), user)
    return render_template("accounts/webhooks.html", webhooks=found, most=MOST, filled=filled, made=made)
