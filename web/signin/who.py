"""Who is at the browser, for pages and for the scripts on them."""

from urllib.parse import quote

from flask import Response, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import HTTPException
from wtforms import ValidationError

from allgo_hpc.errors import BadInput, NotAllowed
from allgo_hpc.models import User
from web.signin.account import Account


class SignInFirst(HTTPException):
    """Nobody is signed in: the browser is sent to the form and comes back here afterwards."""

    code = 302

    def get_response(self, *_: object, **__: object) -> Response:
        """Return the redirection."""
        # What was posted is gone; the page that posted it is not.
        back = request.full_path.rstrip("?") if request.method == "GET" else request.form.get("back", "/")
        return redirect(f"{url_for('security.login')}?next={quote(back, safe='')}")  # type: ignore[return-value]


def visitor() -> User | None:
    """Return who is signed in at this browser; None: nobody, or somebody whose account was closed."""
    account = current_user._get_current_object() if current_user else None
    return account.row if isinstance(account, Account) and account.active else None


def need_user() -> User:
    """Return who is signed in; sends everybody else to the sign-in form.

    Raises:
        SignInFirst: nobody is.
    """
    user = visitor()
    if user is None:
        raise SignInFirst
    return user


def need_author() -> User:
    """Return the author or administrator who is signed in.

    Raises:
        SignInFirst: nobody is.
        NotAllowed: a user who is neither.
    """
    user = need_user()
    if user.role not in {"author", "admin"}:
        raise NotAllowed("only authors may do that; an administrator can make you one")
    return user


def need_admin() -> User:
    """Return the administrator who is signed in.

    Raises:
        SignInFirst: nobody is.
        NotAllowed: somebody else is.
    """
    user = need_user()
    if user.role != "admin":
        raise NotAllowed("this page is for administrators")
    return user


def check_form(token: str | None = None) -> None:
    """Make sure that a form comes from a page of this portal, sent by whoever it was shown to.

    Args:
        token: what the form's ``csrf_token`` held, where the body was read by hand; else it is looked up in the form
            or the header X-CSRF-Token.

    Raises:
        BadInput: it does not; nothing was done.
    """
    sent = token if token is not None else request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    try:
        validate_csrf(sent)
    except ValidationError as error:
        raise stale_form() from error


def stale_form() -> BadInput:
    """Return the refusal of a form that does not come from a page of this portal, or no more."""
    return BadInput(
        "this form is from before you signed in or out: go back, reload the page and send it again",
        field="csrf_token",
        code="stale_form",
    )
