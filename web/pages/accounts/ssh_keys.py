"""``/account/ssh-keys``: the keys by which one is let into the sandboxes of one's apps."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _

from allgo_hpc.errors import Refusal
from allgo_hpc.models import User
from allgo_hpc.ssh_keys import LONGEST_KEY, MOST, add_key, list_keys, revoke_key
from web.context import get_session
from web.errors import STATUS
from web.look.filled import Filled
from web.signin.who import check_form, need_user

pages = Blueprint("account_keys", __name__)


@pages.get("/account/ssh-keys")
def keys() -> str:
    """List one's keys."""
    return _page(need_user(), Filled())


@pages.post("/account/ssh-keys")
def add() -> Response | tuple[str, int]:
    """Add a key."""
    check_form()
    user = need_user()
    name, text = request.form.get("name", ""), request.form.get("key", "")
    try:
        made = add_key(get_session(), user, text[: LONGEST_KEY + 1].strip(), name=name)
    except Refusal as refusal:
        return _page(user, Filled({"name": name, "key": text[:LONGEST_KEY]}, refusal)), STATUS[type(refusal)]
    flash(_("The key %(name)s is added.", name=made.name), "success")
    return redirect("/account/ssh-keys", 303)  # type: ignore[return-value]  # Werkzeug's own class


@pages.post("/account/ssh-keys/<number>/revoke")
def revoke(number: str) -> Response:
    """Take a key away."""
    check_form()
    revoke_key(get_session(), need_user(), number)
    flash(_("The key is revoked: it lets nobody in any more."), "success")
    return redirect("/account/ssh-keys", 303)  # type: ignore[return-value]  # Werkzeug's own class


def _page(user: User, filled: Filled) -> str:
    return render_template(
        "accounts/ssh_keys.html", keys=list_keys(get_session(), user), most=MOST, filled=filled, account=user
    )
