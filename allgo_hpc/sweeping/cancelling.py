"""Ends in Slurm what somebody asked to cancel: only what this very answer of Slurm's shows under the job's own mark."""

import logging
from collections.abc import Sequence

from allgo_hpc.jobs.cancel import take_claim
from allgo_hpc.models import Job
from allgo_hpc.services import Services
from allgo_hpc.sweeping.gather import Answer
from slurm import SlurmError

_log = logging.getLogger(__name__)


def end_cancelled(services: Services, jobs: Sequence[Job], answer: Answer) -> None:
    """Ask Slurm once to end all cancelled jobs that it still has; it is asked again at each sweep until they ended."""
    ids: set[int] = set()
    tasks: set[tuple[int, int]] = set()
    for job in jobs:
        if job.cancel_at is None or job.tasks:
            continue
        take_claim(services, job)  # again: the process that was asked may have been killed before
        for record in answer.of(job):
            if record.may_be_ended:
                if record.task is None:
                    ids.add(record.job_id)
                else:
                    tasks.add((record.job_id, record.task))
    if not ids and not tasks:
        return
    try:
        services.slurm.cancel(sorted(ids), tasks=sorted(tasks))
    except SlurmError as error:
        _log.warning("cancelled jobs could not be ended now: %s", error)
