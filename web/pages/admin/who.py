"""The administrator at the browser, as the audit log names them."""

from flask import request

from allgo_hpc.administration.actor import Actor
from allgo_hpc.models import User
from web.signin.who import check_form, need_admin


def admin() -> User:
    """Return the administrator who looks; see ``need_admin`` for what others get."""
    return need_admin()


def acting() -> Actor:
    """Return the administrator who sends a form of this portal's, for what is noted of it.

    Raises:
        NotAllowed, SignInFirst: see ``need_admin``.
        BadInput: the form is not from a page of this portal.
    """
    user = need_admin()
    check_form()
    return Actor(user, request.remote_addr or "")
