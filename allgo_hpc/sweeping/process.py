"""The sweep as a process of its own: APScheduler calls it, a lease keeps it alone, a signal ends it cleanly."""

import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.commits.process import add_author_jobs
from allgo_hpc.housekeeping import tidy
from allgo_hpc.mail.process import add_mail_jobs
from allgo_hpc.models import utc_now
from allgo_hpc.services import Services
from allgo_hpc.sweeping.clock import ClockWatch
from allgo_hpc.sweeping.ends import Ends
from allgo_hpc.sweeping.lease import give_lease_back, lease_renewed_at
from allgo_hpc.sweeping.turns import Turns
from allgo_hpc.webhooks.process import add_webhook_jobs

_log = logging.getLogger(__name__)
_ANEW_S = 5.0
"""So soon a loop that failed begins anew. Loops that ended with each tick of the scheduler were blind for a whole tick
whenever one began some hundredths of a second late."""


def holder_name() -> str:
    """Return who this process is, for the lease."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run_forever(sessions: sessionmaker[Session], services: Services) -> None:
    """Sweep every ``sweep_interval_s`` (see allgo_hpc.sweeping.pace), tidy up every hour, until SIGTERM or SIGINT."""
    holder = holder_name()
    scheduler = BackgroundScheduler(timezone="UTC")
    turns = Turns(sessions, services, holder)
    ends = Ends(sessions, services, turns)

    def tidy_job() -> None:
        with sessions() as session:
            tidy(session, services, utc_now())

    webhooks = add_webhook_jobs(scheduler, sessions, services.settings, holder)
    authors = add_author_jobs(scheduler, sessions, services, holder)
    mails = add_mail_jobs(scheduler, sessions, services.settings, holder)
    options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    for loop in (turns.take, ends.take):
        scheduler.add_job(loop, "interval", seconds=_ANEW_S, next_run_time=utc_now(), **options)
    scheduler.add_job(tidy_job, "interval", hours=1, next_run_time=utc_now() + timedelta(seconds=5), **options)
    # It would warn of each time that a loop is still at it.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    _log.info("sweeping every %s s as %s", services.settings.sweep_interval_s, holder)
    watch = ClockWatch(scheduler)
    with _signals() as told_to_end:
        watch.start()
        scheduler.start()
        told_to_end.recv(1)
    turns.end()
    ends.end()
    scheduler.shutdown(wait=False)
    watch.stop()
    with sessions() as session:
        give_lease_back(session, holder)
    webhooks.give_back()
    authors.give_back()
    mails.give_back()


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """Give a socket that has a byte to read once SIGTERM or SIGINT came, and from then on any number of times.

    A handler does nothing else: it runs in between two steps of the main thread, and one that ended the scheduler
    waited for ever for a lock that the main thread held.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        yield reader
        signal.set_wakeup_fd(before)


def is_alive(sessions: sessionmaker[Session], services: Services) -> bool:
    """True when some process has swept lately."""
    with sessions() as session:
        renewed = lease_renewed_at(session)
    late = timedelta(seconds=max(10.0, 5 * services.settings.sweep_interval_s))
    return renewed is not None and abs(utc_now() - renewed) < late  # one of the future says nothing
