"""The part of the sweep's process that queues notices of ended jobs and sends what waits, one mail after the other."""

import logging
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.mail.notices import queue_ends
from allgo_hpc.mail.sending import send_next, tidy_mails
from allgo_hpc.mail.where import parse_mail_url
from allgo_hpc.models import Mail, utc_now
from allgo_hpc.settings import Settings
from allgo_hpc.sweeping.lease import give_lease_back, take_lease

_log = logging.getLogger(__name__)
LEASE = "mail"
INTERVAL_S = 1.0
LONGEST_TURN_S = 10.0
_MOST_OF_A_TURN = 100


class MailWork:
    """Queues and sends; one process does at a time."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings, holder: str) -> None:
        """Take what it works with."""
        self._sessions = sessions
        self._settings = settings
        self._where = parse_mail_url(settings.mail_url)
        self._holder = holder
        # A mail is tried once at a time: no other process may take over while a server is waited for, which answers
        # each of some commands within the limit or not at all.
        self._lease_s = 15.0 + 6 * settings.mail_timeout_s
        self._renew_at = 0.0

    def once(self) -> int:
        """Do what is due; returns how many mails were tried."""
        now = utc_now()
        with self._sessions() as session:
            queue_ends(session, self._settings, now)
            due = session.scalar(select(Mail.id).where(Mail.next_at <= now).limit(1))
        if due is None or self._where is None:
            return 0
        ends = time.monotonic() + LONGEST_TURN_S
        for tried in range(_MOST_OF_A_TURN):
            if time.monotonic() > ends or not self._holds_lease():
                return tried
            if not send_next(self._sessions, self._settings, self._where, utc_now()):
                return tried
        return _MOST_OF_A_TURN

    def tidy(self) -> None:
        """Give up and remove what is old."""
        with self._sessions() as session:
            removed = tidy_mails(session, utc_now())
        if removed:
            _log.info("removed %s old mails from the list", removed)

    def give_back(self) -> None:
        """Let another process take over at once."""
        with self._sessions() as session:
            give_lease_back(session, self._holder, name=LEASE)

    def _holds_lease(self) -> bool:
        if time.monotonic() < self._renew_at:
            return True
        with self._sessions() as session:
            held = take_lease(session, self._holder, now=utc_now(), seconds=self._lease_s, name=LEASE)
        self._renew_at = time.monotonic() + 5.0 if held else 0.0
        return held


def add_mail_jobs(
    scheduler: Any,  # noqa: ANN401  # APScheduler has no types
    sessions: sessionmaker[Session],
    settings: Settings,
    holder: str,
) -> MailWork:
    """Let a scheduler send mails every second and tidy the list every hour."""
    work = MailWork(sessions, settings, holder)

    def mail_job() -> None:
        try:
            work.once()
        except Exception:
            _log.exception("mails: nothing was sent this time; the next is due")

    options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    scheduler.add_job(mail_job, "interval", seconds=INTERVAL_S, **options)
    scheduler.add_job(work.tidy, "interval", hours=1, next_run_time=utc_now() + timedelta(seconds=15), **options)
    return work
