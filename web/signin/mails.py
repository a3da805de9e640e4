"""Flask-Security's mails go where all mails of the portal go, in their reader's language."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale, format_timedelta
from flask_babel.speaklater import LazyString
from flask_security import EmailValidateException, MailUtil
from flask_security.utils import get_message

from allgo_hpc.accounts import is_email, plain_email
from allgo_hpc.mail.outbox import queue_mail
from web.context import base_url, get_session
from web.look.languages import reader_language


class Mails(MailUtil):
    """Queues a mail, with what the request stores; reads addresses as everywhere else, asking no name server."""

    def normalize(self, email: str) -> str:
        """Return an address as it is kept and compared.

        Raises:
            EmailValidateException: it is none.
        """
        plain = plain_email(email)
        if not is_email(plain):
            raise EmailValidateException(get_message("INVALID_EMAIL_ADDRESS")[0])
        return plain

    def validate(self, email: str) -> str:
        """Do the same: whether a mail arrives, only a mail shows."""
        return self.normalize(email)

    def send_mail(  # noqa: D102, PLR0917  # as the library describes it
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],  # noqa: ARG002
        body: str | None,  # noqa: ARG002
        html: str | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        address = recipient if isinstance(recipient, str) else recipient[1]
        user = kwargs.get("user")
        # The library knows only the language of the page, which may be another one's: it writes no text (see setup.py),
        # and its subject is a lazy one (see words.py).
        with force_locale(reader_language(user.row if user is not None else None)):
            queue_mail(get_session(), address, str(subject), render_template(f"{template}.txt", **kwargs))
        get_session().commit()


def own_link(link: str) -> str:
    """Return a link on the portal's own address: the request's host may be anything that its sender likes."""
    parts = urlsplit(link)
    return f"{base_url()}{parts.path}{'?' if parts.query else ''}{parts.query}"


def mail_context() -> dict[str, object]:
    """Return what the mails' texts know beside what the library gives them."""

    def valid_for(key: str) -> LazyString:
        within: timedelta = current_app.config[f"SECURITY_{key}_WITHIN"]
        return LazyString(format_timedelta, within, threshold=1.5)  # in the language that the text is in

    return {
        "portal": base_url(),
        "confirm_within": valid_for("CONFIRM_EMAIL"),
        "reset_within": valid_for("RESET_PASSWORD"),
        "address_within": valid_for("CHANGE_EMAIL"),
    }
