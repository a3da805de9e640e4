"""Brings one message to where it goes: a mail server, or a folder."""

import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from allgo_hpc.mail.where import Folder, Server

_PERMANENT = 500
_LONGEST_ERROR = 300


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt.

    Attributes:
        error: what was wrong, in a sentence; empty: it was taken.
        final: trying again does not help.
    """

    error: str = ""
    final: bool = False


def deliver(where: Folder | Server, message: EmailMessage, recipient: str, name: str, *, timeout_s: float) -> Outcome:
    """Try once; never raises.

    Args:
        where: to bring it to.
        message: whole.
        recipient: whom the envelope names.
        name: of the file in a folder.
        timeout_s: seconds to wait for each answer.
    """
    try:
        if isinstance(where, Folder):
            _write(where.path, name, message.as_bytes())
        else:
            _send(where, message, recipient, timeout_s)
    except smtplib.SMTPException as error:
        # smtplib hides it behind an error of its own.
        return _silent(timeout_s) if isinstance(error.__context__, TimeoutError) else _refused(error)
    except TimeoutError:
        return _silent(timeout_s)
    except ssl.SSLError as error:
        return Outcome(f"the mail server's encryption is refused: {error.reason or error}"[:_LONGEST_ERROR])
    except OSError as error:
        what = "the folder of mails" if isinstance(where, Folder) else "the mail server"
        return Outcome(f"{what} cannot be reached: {error.strerror or error}"[:_LONGEST_ERROR])
    except ValueError as error:  # of smtplib and email, for what they cannot write
        return Outcome(f"it cannot be written as a mail: {error}"[:_LONGEST_ERROR], final=True)
    return Outcome()


def _silent(timeout_s: float) -> Outcome:
    return Outcome(f"the mail server gave no answer within {timeout_s:g} s")


def _refused(error: smtplib.SMTPException) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, told = next(iter(error.recipients.values()))
        return Outcome(_said(code, told), final=code >= _PERMANENT)
    if isinstance(error, smtplib.SMTPAuthenticationError):  # a wrong setting: a mail should outlive it
        return Outcome(f"the mail server does not let the portal in: {_said(error.smtp_code, error.smtp_error)}")
    if isinstance(error, smtplib.SMTPResponseException):
        begun = not isinstance(error, (smtplib.SMTPConnectError, smtplib.SMTPHeloError))
        return Outcome(_said(error.smtp_code, error.smtp_error), final=begun and error.smtp_code >= _PERMANENT)
    # STARTTLS that is not offered is a wrong setting too; an address in other letters is for good.
    final = isinstance(error, smtplib.SMTPNotSupportedError) and "SMTPUTF8" in str(error)
    return Outcome(f"the mail server cannot do it: {error}"[:_LONGEST_ERROR], final=final)


def _send(server: Server, message: EmailMessage, recipient: str, timeout_s: float) -> None:
    # Made fresh, so that a certificate that the administrator adds counts at once.
    secure = ssl.create_default_context() if server.security != "smtp" else None
    if server.security == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout_s, context=secure)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=timeout_s)
    with connection:
        if server.security == "smtp+starttls":
            connection.starttls(context=secure)
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(message, to_addrs=[recipient])


def _write(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, fresh = folder / f"{name}.eml", folder / f".{name}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.rename(path)


def _said(code: int, told: bytes | str) -> str:
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    plain = "".join(each if each.isprintable() else " " for each in text)
    return f"{code} {plain}".strip()[:_LONGEST_ERROR]
