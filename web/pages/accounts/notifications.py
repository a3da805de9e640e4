"""``/account/notifications``: which mails one gets about jobs."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _

from allgo_hpc.profile import set_mails
from web.context import get_services, get_session
from web.look.filled import Filled
from web.signin.who import check_form, need_user

pages = Blueprint("account_notifications", __name__)


@pages.get("/account/notifications")
def notifications() -> str:
    """Show what is chosen."""
    user = need_user()
    filled = Filled({"mail_at_end": user.mail_at_end, "mail_before_removal": user.mail_before_removal})
    settings = get_services().settings
    return render_template("accounts/notifications.html", account=user, filled=filled, settings=settings)


@pages.post("/account/notifications")
def choose() -> Response:
    """Keep what is chosen: what is not ticked is not sent."""
    check_form()
    sent = request.form
    set_mails(get_session(), need_user(), at_end="mail_at_end" in sent, before_removal="mail_before_removal" in sent)
    flash(_("Your choice is saved."), "success")
    return redirect("/account/notifications", 303)  # type: ignore[return-value]  # Werkzeug's own class
