"""Mails that wait to be sent."""

from sqlalchemy.orm import Session

from allgo_hpc.models import Mail

MOST_SUBJECT = 200


def queue_mail(session: Session, recipient: str, subject: str, text: str) -> Mail:
    """Have a mail sent, with whatever else this transaction stores; the caller commits.

    A line break in the subject, which would begin another header, becomes a space.
    """
    mail = Mail(recipient=recipient, subject=" ".join(subject.split())[:MOST_SUBJECT], text=text)
    session.add(mail)
    return mail
