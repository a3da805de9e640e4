"""``/account/delete``: ends one's own account, after saying what that means."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import logout_user

from allgo_hpc.closing import apps_of, check_proof, close_account
from allgo_hpc.errors import Refusal
from allgo_hpc.models import User
from web.address import client_address
from web.context import get_services, get_session
from web.errors import STATUS
from web.limits import SIGN_IN, limiter
from web.look.filled import Filled
from web.signin.who import check_form, need_user

pages = Blueprint("account_closing", __name__)


@pages.get("/account/delete")
def ask() -> str:
    """Say what happens, and ask."""
    return _page(need_user(), Filled())


@pages.post("/account/delete")
@limiter.limit(SIGN_IN)
def close() -> Response | tuple[str, int]:
    """Close the account."""
    check_form()
    user = need_user()
    try:
        check_proof(user, request.form.get("proof", ""))
        close_account(get_session(), get_services(), user, by=user, address=client_address())
    except Refusal as refusal:
        return _page(user, Filled({}, refusal)), STATUS[type(refusal)]
    logout_user()
    flash(_("Your account is closed."), "success")
    return redirect("/", 303)  # type: ignore[return-value]  # Werkzeug's own class


def _page(user: User, filled: Filled) -> str:
    return render_template("accounts/delete.html", account=user, apps=apps_of(get_session(), user), filled=filled)
