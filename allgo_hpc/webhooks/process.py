"""The part of the sweep's process that sends messages: every second it begins what is due, in threads of its own."""

import logging
import threading
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.models import Webhook, utc_now
from allgo_hpc.settings import Settings
from allgo_hpc.sweeping.lease import give_lease_back, take_lease
from allgo_hpc.webhooks.addresses import parse_allowed
from allgo_hpc.webhooks.enqueue import enqueue
from allgo_hpc.webhooks.sending import Sender
from allgo_hpc.webhooks.turns import due_webhooks, remove_old, take_turn

_log = logging.getLogger(__name__)
LEASE = "webhooks"
LEASE_S = 15.0
INTERVAL_S = 1.0
THREADS = 16
THREADS_OF_A_USER = 4
"""Receivers that hang hold up their own user first, and other users only where four of them do it at once."""


class WebhookSender:
    """Begins the turns of webhooks that have something to send; one turn of a webhook at a time."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings, holder: str, sender: Sender) -> None:
        """Take what it works with."""
        self._sessions = sessions
        self._base_url = settings.base_url
        self._holder = holder
        self._sender = sender
        self._lock = threading.Lock()
        self._running: dict[int, int] = {}
        self._renew_at = 0.0

    def once(self) -> int:
        """Make messages of new events and begin the turns that are due; returns how many. Does not wait for them."""
        with self._sessions() as session:
            if session.scalar(select(Webhook.id).limit(1)) is None:
                return 0
            if not self._holds_lease(session):
                return 0
            enqueue(session, utc_now())
            due = due_webhooks(session, utc_now())
        return sum(self._begin(webhook_id, user_id) for webhook_id, user_id in due)

    def tidy(self) -> None:
        """Remove what is too old for the log."""
        with self._sessions() as session:
            removed = remove_old(session, utc_now())
        if removed:
            _log.info("removed %s old messages of webhooks", removed)

    def give_back(self) -> None:
        """Let another process take over at once."""
        with self._sessions() as session:
            give_lease_back(session, self._holder, name=LEASE)

    def _holds_lease(self, session: Session) -> bool:
        # Renewed before it runs out, but not every second: that would be a write each. Should two processes hold it
        # after all, a message may come twice, under the same webhook-id.
        if time.monotonic() < self._renew_at:
            return True
        held = take_lease(session, self._holder, now=utc_now(), seconds=LEASE_S, name=LEASE)
        self._renew_at = time.monotonic() + LEASE_S / 3 if held else 0.0
        return held

    def _begin(self, webhook_id: int, user_id: int) -> bool:
        with self._lock:
            of_users = Counter(self._running.values())
            full = len(self._running) >= THREADS or of_users[user_id] >= THREADS_OF_A_USER
            if full or webhook_id in self._running:
                return False
            self._running[webhook_id] = user_id
        # A daemon: this process ends when it is told to, and what was under way is sent again by the next one.
        threading.Thread(target=self._turn, args=(webhook_id,), name=f"webhook-{webhook_id}", daemon=True).start()
        return True

    def _turn(self, webhook_id: int) -> None:
        try:
            take_turn(self._sessions, self._sender, webhook_id, base_url=self._base_url)
        except Exception:
            _log.exception("webhook %s: its turn failed; the next one is due", webhook_id)
        finally:
            with self._lock:
                del self._running[webhook_id]


def add_webhook_jobs(
    scheduler: Any,  # noqa: ANN401  # APScheduler has no types
    sessions: sessionmaker[Session],
    settings: Settings,
    holder: str,
) -> WebhookSender:
    """Let a scheduler send messages every second and tidy the log every hour."""
    # For every header that it cannot read it would write the receiver's address, with any secret in it, to the log.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    sending = WebhookSender(sessions, settings, holder, Sender(parse_allowed(settings.webhook_allow)))

    def send_job() -> None:
        try:
            sending.once()
        except Exception:
            _log.exception("webhooks: nothing was sent this time; the next is due")

    options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    scheduler.add_job(send_job, "interval", seconds=INTERVAL_S, **options)
    scheduler.add_job(sending.tidy, "interval", hours=1, next_run_time=utc_now() + timedelta(seconds=10), **options)
    return sending
