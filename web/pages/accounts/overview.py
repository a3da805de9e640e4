"""``/account``: who one is here, how one signs in, which language the pages are in."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _

from allgo_hpc.languages import LANGUAGES
from allgo_hpc.profile import set_language
from web.context import get_services, get_session
from web.look.languages import COOKIE
from web.signin.who import check_form, need_user

pages = Blueprint("account", __name__)


@pages.get("/account")
def overview() -> str:
    """Show one's own account."""
    user = need_user()
    contact = get_services().settings.contact
    return render_template("accounts/overview.html", account=user, languages=LANGUAGES, contact=contact)


@pages.post("/account/language")
def choose_language() -> Response:
    """Keep a language with the account: it is the same in every browser, and that of mails."""
    check_form()
    set_language(get_session(), need_user(), request.form.get("language", ""))
    flash(_("Your language is saved."), "success")
    answer = redirect("/account", 303)
    answer.delete_cookie(COOKIE)  # what was chosen in this browser would win over it
    return answer  # type: ignore[return-value]  # Werkzeug's own class
