"""What follows when an account changes by Flask-Security's pages: the audit, a mail to the old address, new proofs."""

from typing import Any

from flask import Flask, session
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import user_logged_in, user_logged_out
from flask_security import (
    change_email_confirmed,
    password_changed,
    password_reset,
    user_confirmed,
    user_registered,
)

from allgo_hpc.audit import record
from allgo_hpc.mail.outbox import queue_mail
from allgo_hpc.models import utc_now
from web.address import client_address
from web.context import base_url, get_session
from web.look.languages import reader_language
from web.signin.account import Account


def watch_accounts(app: Flask) -> None:
    """Be told by the library."""
    for signal, receiver in (
        (user_logged_in, _signed_in),
        (user_logged_out, _signed_out),
        (user_registered, _made),
        (user_confirmed, _confirmed),
        (password_changed, _password),
        (password_reset, _password),
        (change_email_confirmed, _address),
    ):
        signal.connect(receiver, app, weak=False)


def _signed_in(sender: Flask, user: Account, **_more: object) -> None:  # noqa: ARG001
    # A form from before is no proof any more of who sends it.
    session.pop("csrf_token", None)
    user.row.signed_in_at = utc_now()
    get_session().commit()


def _signed_out(sender: Flask, **_more: object) -> None:  # noqa: ARG001
    session.pop("csrf_token", None)


def _made(sender: Flask, user: Account, **_more: object) -> None:  # noqa: ARG001
    _note(user, "account.made", {"role": user.row.role})


def _confirmed(sender: Flask, user: Account, **_more: object) -> None:  # noqa: ARG001
    _note(user, "account.confirmed", {})


def _password(sender: Flask, user: Any, **_more: object) -> None:  # noqa: ANN401, ARG001  # or a proxy of one
    _note(user, "account.password", {})


def _address(sender: Flask, user: Account, old_email: str, **_more: object) -> None:  # noqa: ARG001
    _note(user, "account.address", {})
    with force_locale(reader_language(user.row)):
        told = _(
            "The address of your A||GO HPC account %(name)s was changed to %(new)s. Mails go there from now on.\n\n"
            "If that was not you, tell an administrator of the portal at once: %(portal)s",
            name=user.row.name,
            new=user.row.email,
            portal=base_url(),
        )
        queue_mail(get_session(), old_email, _("The address of your A||GO HPC account was changed"), f"{told}\n")


def _note(user: Any, what: str, detail: dict[str, Any]) -> None:  # noqa: ANN401
    row = user.row
    record(get_session(), row, what, row.name, detail, client_address())
