"""Flask-Security's mails go where all mails of the portal go."""

from typing import Any

from flask_security import MailUtil

from allgo_hpc.mail.outbox import queue_mail
from web.context import get_session


class Mails(MailUtil):
    """Queues a mail, with what the request stores."""

    def send_mail(  # noqa: D102, PLR0917  # as the library describes it
        self,
        template: str,  # noqa: ARG002
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],  # noqa: ARG002
        body: str | None,
        html: str | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401, ARG002
    ) -> None:
        address = recipient if isinstance(recipient, str) else recipient[1]
        queue_mail(get_session(), address, str(subject), body or "")
        get_session().commit()
