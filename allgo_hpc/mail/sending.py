"""Sends what waits, oldest first, and keeps what became of each; a text is emptied as soon as nobody needs it."""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.mail.message import make_message
from allgo_hpc.mail.transport import Outcome, deliver
from allgo_hpc.mail.where import Folder, Server
from allgo_hpc.models import Mail, utc_now
from allgo_hpc.settings import Settings
from allgo_hpc.webhooks.backoff import next_attempt

KEPT = timedelta(days=30)
"""How long it is known that a mail was sent, or given up."""
LONGEST_WAIT = timedelta(days=3)
"""After this a mail that was never sent, for there is no mail server, is given up: its links are over long since."""


def send_next(sessions: sessionmaker[Session], settings: Settings, where: Folder | Server, now: datetime) -> bool:
    """Try the mail that is due for longest; returns whether there was one."""
    with sessions() as session:
        mail = session.scalar(select(Mail).where(Mail.next_at <= now).order_by(Mail.next_at, Mail.id).limit(1))
        if mail is None:
            return False
    # No connection to the database is held while the server thinks.
    outcome = attempt(mail, settings, where)
    with sessions() as session:
        record(session, mail, outcome, utc_now())
    return True


def attempt(mail: Mail, settings: Settings, where: Folder | Server) -> Outcome:
    """Try one mail, and keep nothing of it."""
    try:
        message = make_message(mail, settings.mail_from)
    except (ValueError, UnicodeError) as error:
        return Outcome(f"it cannot be written as a mail: {error}"[:300], final=True)
    name = f"{mail.created_at:%Y%m%d-%H%M%S}-{mail.id}"
    recipient = str(message["To"].addresses[0].addr_spec)
    return deliver(where, message, recipient, name, timeout_s=settings.mail_timeout_s)


def record(session: Session, mail: Mail, outcome: Outcome, now: datetime) -> None:
    """Keep what became of an attempt, and commit; nothing where another process wrote about this mail meanwhile."""
    attempts = mail.attempts + 1
    failed = bool(outcome.error)
    next_at = next_attempt(attempts, now) if failed and not outcome.final else None
    values = {
        "attempts": attempts,
        "error": outcome.error,
        "next_at": next_at,
        "sent_at": None if failed else now,
        "text": mail.text if next_at is not None else "",
    }
    session.execute(
        update(Mail).where(Mail.id == mail.id, Mail.attempts == mail.attempts).values(**values),
        execution_options={"synchronize_session": False},
    )
    session.commit()


def tidy_mails(session: Session, now: datetime) -> int:
    """Give up what waited for too long, remove what is old; returns how many were removed."""
    session.execute(
        update(Mail)
        .where(Mail.next_at.is_not(None), Mail.created_at < now - LONGEST_WAIT)
        .values(next_at=None, text="", error="it waited for three days: no mail server is set, or none took it"),
        execution_options={"synchronize_session": False},
    )
    gone = session.execute(
        delete(Mail).where(Mail.next_at.is_(None), Mail.created_at < now - KEPT),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    return gone.rowcount if isinstance(gone, CursorResult) else 0
