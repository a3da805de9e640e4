"""Which queue to take: when each would start a job, and what share of such jobs ends within its limit."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allgo_hpc.jobs.dispatch import job_spec
from allgo_hpc.models import App, Job, Version
from allgo_hpc.reading.history import History
from allgo_hpc.reading.why import duration
from allgo_hpc.services import Services
from allgo_hpc.settings import Queue
from slurm import Advice, SlurmError, SlurmUnavailable

_log = logging.getLogger(__name__)
ENOUGH = 0.9
"""A queue is recommended when at least that share of jobs ends within its limit."""


@dataclass(frozen=True)
class QueueAdvice:
    """What is said of one queue.

    Attributes:
        queue: which.
        starts_at: when a job would start as the cluster stands now; None where Slurm did not say.
        refused: why Slurm would not take such a job; empty where it would.
        closed: it starts no jobs at the moment.
        within: share of such jobs that ends within the queue's limit; None without a history.
        sentence: all of it in words.
    """

    queue: Queue
    starts_at: datetime | None
    refused: str
    within: float | None
    sentence: str
    closed: bool = False


def advise(services: Services, app: App, version: Version, history: History, now: datetime) -> list[QueueAdvice]:
    """Ask Slurm about each queue; where it does not answer, the history alone speaks."""
    silent = False
    closed: frozenset[str] = frozenset()
    try:
        # Asked when a job would start, Slurm answers for a closed partition as if it were open.
        closed = services.slurm.closed_partitions()
    except SlurmError as error:
        _log.info("no advice from Slurm: %s", error)
        silent = True
    found = []
    for queue in services.settings.queues:
        said: Advice | None = None
        refused = ""
        try:
            said = None if silent else services.slurm.start_estimate(job_spec(_made_up(app, version, queue), services))
        except SlurmUnavailable as error:
            _log.info("no advice from Slurm: %s", error)
            silent = True  # the other queues would be waited for just as long
        except SlurmError as error:
            refused = str(error)
        shut = queue.partition in closed
        starts_at = said.starts_at if said is not None and not shut else None
        within = history.within(queue.minutes * 60.0)
        sentence = say(starts_at, refused, within, now, queue, closed=shut)
        found.append(QueueAdvice(queue, starts_at, refused, within, sentence, closed=shut))
    return found


def recommend(advice: Sequence[QueueAdvice], default: str) -> str:
    """Return the shortest queue in which nearly all such jobs end; without a history, the app's own; pure."""
    possible = sorted((one for one in advice if not one.refused and not one.closed), key=lambda one: one.queue.minutes)
    for one in possible:
        if one.within is not None and one.within >= ENOUGH:
            return one.queue.name
    if possible and any(one.within is not None for one in possible):
        return possible[-1].queue.name
    return default


def say(
    starts_at: datetime | None, refused: str, within: float | None, now: datetime, queue: Queue, *, closed: bool = False
) -> str:
    """Return the advice on a queue in words: "starts now; 92 % of such jobs end within 1 minute"; pure."""
    if refused:
        return f"Slurm would not take such a job: {refused}"
    parts = ["is closed at the moment, jobs wait until it is opened"] if closed else []
    if starts_at is not None:
        wait = (starts_at - now).total_seconds() / 60
        parts.append("starts now" if wait < 0.1 else f"starts in about {duration(wait)}")  # noqa: PLR2004  # 6 seconds
    if within is not None:
        parts.append(f"{within:.0%} of such jobs end within {duration(queue.minutes)}")
    return "; ".join(parts) or "nothing is known yet"


def _made_up(app: App, version: Version, queue: Queue) -> Job:
    """Return a job that is never stored: Slurm is asked about its size, not about its folder."""
    return Job(
        id=0, uuid="advice", folder="0" * 40, user_id=0, app_id=app.id, app=app, version=version, sha256=version.sha256,
        queue=queue.name, memory_mb=app.memory_mb, cpus=app.cpus, gpus=app.gpus, limit_minutes=queue.minutes, tasks=0,
        state="created",
    )  # fmt: skip
