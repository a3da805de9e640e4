"""How the portal and what it needs are, as an administrator wants to know it: each part, and what needs attention."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from allgo_hpc.models import Health, Job, Lease, Mail, WebhookDelivery
from allgo_hpc.reading.listing import GROUPS
from allgo_hpc.services import Services
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.health import read_health
from allgo_hpc.sweeping.lease import SWEEP


@dataclass(frozen=True)
class Queue:
    """What waits to be sent: how many, since when the oldest is due, and how many were tried in vain."""

    waiting: int
    due_since: datetime | None
    tried: int


@dataclass(frozen=True)
class Sweep:
    """The process that follows jobs."""

    alive: bool
    swept_at: datetime | None
    took_s: float | None
    holder: str


@dataclass(frozen=True)
class Unfinished:
    """Jobs under way, as the portal sees them.

    Attributes:
        jobs: how many, tasks one by one.
        oldest_waiting: the job that has waited longest to start.
        absent: how many Slurm does not know of at the moment.
        unsent: how many Slurm has not got yet.
        lost_lately: how many were lost within a day.
        cancelling: how many are to end and have not yet.
    """

    jobs: int
    oldest_waiting: Job | None
    absent: int
    unsent: int
    lost_lately: int
    cancelling: int


@dataclass(frozen=True)
class State:
    """All of it."""

    cluster: dict[str, Health]
    sweep: Sweep
    unfinished: Unfinished
    mails: Queue
    webhooks: Queue
    database_ms: float


def look(session: Session, services: Services, now: datetime) -> State:
    """Return how everything is, from the database alone: nobody is waited for."""
    begun = perf_counter()
    session.execute(text("SELECT 1"))
    database_ms = (perf_counter() - begun) * 1000
    return State(
        cluster=read_health(session),
        sweep=look_at_sweep(session, services, now),
        unfinished=look_at_jobs(session, now),
        mails=_mails(session, now),
        webhooks=_webhooks(session, now),
        database_ms=database_ms,
    )


def look_at_sweep(session: Session, services: Services, now: datetime) -> Sweep:
    """Return how the process that follows jobs is."""
    lease = session.get(Lease, SWEEP, populate_existing=True)
    if lease is None:
        return Sweep(alive=False, swept_at=None, took_s=None, holder="")
    late = timedelta(seconds=max(10.0, 5 * services.settings.sweep_interval_s))
    alive = abs(now - lease.renewed_at) < late  # one of the future says nothing
    return Sweep(alive=alive, swept_at=lease.renewed_at, took_s=lease.took_s, holder=lease.holder)


def look_at_jobs(session: Session, now: datetime) -> Unfinished:
    """Return how the jobs under way are."""
    active, alone = Job.state.in_(GROUPS["active"]), Job.tasks == 0

    def count(*conditions: object) -> int:
        return session.scalar(select(func.count()).where(alone, *conditions)) or 0  # type: ignore[arg-type]

    waiting = (JobState.CREATED, JobState.SUBMITTED, JobState.PENDING)
    oldest = session.scalar(
        select(Job).where(Job.state.in_([state.value for state in waiting]), alone).order_by(Job.id).limit(1)
    )
    return Unfinished(
        jobs=count(active),
        oldest_waiting=oldest,
        absent=count(active, Job.absent_since.is_not(None)),
        unsent=count(Job.state == JobState.CREATED.value),
        lost_lately=count(Job.state == JobState.LOST.value, Job.finished_at > now - timedelta(days=1)),
        cancelling=count(active, Job.cancel_at.is_not(None)),
    )


def _mails(session: Session, now: datetime) -> Queue:
    waiting, oldest = session.execute(
        select(func.count(), func.min(Mail.next_at)).where(Mail.next_at.is_not(None))
    ).one()
    tried = session.scalar(select(func.count()).where(Mail.next_at.is_not(None), Mail.attempts > 0))
    return Queue(waiting, oldest if oldest is not None and oldest < now else None, tried or 0)


def _webhooks(session: Session, now: datetime) -> Queue:
    due = WebhookDelivery.next_at.is_not(None)
    waiting, oldest = session.execute(select(func.count(), func.min(WebhookDelivery.next_at)).where(due)).one()
    tried = session.scalar(select(func.count()).where(due, WebhookDelivery.attempts > 0))
    return Queue(waiting, oldest if oldest is not None and oldest < now else None, tried or 0)
