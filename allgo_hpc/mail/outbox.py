"""Mails that wait to be sent."""

import unicodedata

from sqlalchemy.orm import Session

from allgo_hpc.models import Mail

MOST_SUBJECT = 200
_UNSEEN = {"Cc", "Cs"}
"""Control characters and halves of characters: nothing that a mail is written with, but for the ends of lines."""
_TURNS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of writing: in a subject it would turn what the reader's program shows after it."""


def queue_mail(session: Session, recipient: str, subject: str, text: str) -> Mail:
    """Have a mail sent, with whatever else this transaction stores; the caller commits.

    Whatever stands in them, the subject is one line of visible characters, and the text has no control characters.
    """
    mail = Mail(recipient=recipient, subject=_line(subject), text=_plain(text))
    session.add(mail)
    return mail


def _line(text: str) -> str:
    """Return a text as one line; what would begin another header becomes a space."""
    line = " ".join(_plain(text).split())
    seen = "".join(c for c in line if c not in _TURNS)
    return seen if len(seen) <= MOST_SUBJECT else f"{seen[: MOST_SUBJECT - 1]}…"


def _plain(text: str) -> str:
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in _UNSEEN else " " for c in text)
