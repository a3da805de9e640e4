"""``/account/tokens``: one's tokens, made and revoked; a secret is shown once."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _

from allgo_hpc.errors import BadInput, NotFound, Refusal
from allgo_hpc.models import User, utc_now
from allgo_hpc.tokens import SCOPES, Access, list_tokens, make_token, revoke_token
from allgo_hpc.webhooks.manage import number_of
from web.address import client_address
from web.context import base_url, get_session
from web.errors import STATUS
from web.look.filled import Filled
from web.signin.who import check_form, need_user

pages = Blueprint("account_tokens", __name__)
_DAYS = ("30", "90", "365", "")
"""Days that a token may be made for; empty: it does not end."""


@pages.get("/account/tokens")
def tokens() -> str:
    """List one's tokens, without their secrets."""
    return _page(need_user(), Filled({"days": "90", "scopes": list(SCOPES)}))


@pages.post("/account/tokens")
def make() -> Response | tuple[str, int]:
    """Make a token and show its secret, in the answer itself: it is kept nowhere, so no other page could."""
    check_form()
    user = need_user()
    chosen = request.form.getlist("scopes")
    name, days = request.form.get("name", ""), request.form.get("days", "")
    try:
        token, secret = make_token(
            get_session(),
            Access(user),
            name=name.strip(),
            scopes=chosen,
            expires_at=_end(days),
            address=client_address(),
        )
    except Refusal as refusal:
        filled = Filled({"name": name, "days": days, "scopes": chosen}, refusal, {"expires_at": "days"})
        return _page(user, filled), STATUS[type(refusal)]
    return _page(user, Filled({"days": "90", "scopes": list(SCOPES)}), made=token.id, secret=secret), 201


@pages.post("/account/tokens/<number>/revoke")
def revoke(number: str) -> Response:
    """Revoke a token."""
    check_form()
    user = need_user()
    wanted = number_of(number)
    if wanted is None:
        raise NotFound("there is no such token of yours", field="token_id", code="unknown_token")
    revoke_token(get_session(), user, wanted, address=client_address())
    flash(_("The token is revoked: from now on it is not valid."), "success")
    return redirect("/account/tokens", 303)  # type: ignore[return-value]  # Werkzeug's own class


def _page(user: User, filled: Filled, *, made: int | None = None, secret: str = "") -> str:
    return render_template(
        "accounts/tokens.html",
        tokens=list_tokens(get_session(), user),
        filled=filled,
        scopes=SCOPES,
        days=_DAYS,
        made=made,
        secret=secret,
        now=utc_now(),
        portal=base_url(),
    )


def _end(days: str) -> datetime | None:
    if days not in _DAYS:
        raise BadInput(f"days: one of {', '.join(filter(None, _DAYS))}, or none", field="days")
    return utc_now() + timedelta(days=int(days)) if days else None
