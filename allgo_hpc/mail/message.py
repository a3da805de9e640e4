"""A queued mail as a message with headers; pure."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from allgo_hpc.models import Mail


def make_message(mail: Mail, sender: str) -> EmailMessage:
    """Return it. Every attempt has the same Message-ID: a mail that comes twice after a crash is known as one.

    Raises:
        ValueError: an address that cannot stand in a header.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name="A||GO HPC", addr_spec=_encoded(sender))
    message["To"] = Address(addr_spec=_encoded(mail.recipient))
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    host = _encoded(sender).rpartition("@")[2]
    message["Message-ID"] = f"<allgo.{mail.id}.{mail.created_at.timestamp():.6f}@{host}>"
    # No answer of a machine to a machine (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _encoded(address: str) -> str:
    """Return an address with its domain as mail servers write it.

    Raises:
        ValueError: it is none.
    """
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode('ascii')}"
