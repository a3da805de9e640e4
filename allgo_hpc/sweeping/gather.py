"""What Slurm knows of the unfinished jobs: one question to the controller; the accounting only for those it forgot."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from allgo_hpc.jobs.dispatch import job_name
from allgo_hpc.models import Job
from slurm import JobRecord, SlurmClient, SlurmError

_log = logging.getLogger(__name__)
_CLOCKS_APART = timedelta(hours=3)
"""Clocks of portal and cluster may differ; asking for more than needed does no harm: records are matched by uuid."""


@dataclass(frozen=True)
class Answer:
    """What was said, by uuid, and who could be asked."""

    records: dict[str, list[JobRecord]]
    accounting_answered: bool


def ask_slurm(client: SlurmClient, jobs: Sequence[Job]) -> Answer | None:
    """Return what Slurm says of these jobs, or None when the controller gives no whole answer: nothing is known."""
    try:
        records = _by_uuid(client.jobs())
    except SlurmError as error:
        _log.warning("the controller gave no answer: %s", error)
        return None
    missing = [job for job in jobs if job.uuid not in records]
    if not missing:
        return Answer(records, accounting_answered=True)
    try:
        since = min(job.created_at for job in missing) - _CLOCKS_APART
        found = _by_uuid(client.accounted(names=[job_name(job) for job in missing], since=since))
    except SlurmError as error:
        _log.warning("the accounting gave no answer: %s", error)
        return Answer(records, accounting_answered=False)
    for job in missing:
        if job.uuid in found:
            records[job.uuid] = found[job.uuid]
    return Answer(records, accounting_answered=True)


def _by_uuid(records: Sequence[JobRecord]) -> dict[str, list[JobRecord]]:
    grouped: dict[str, list[JobRecord]] = defaultdict(list)
    for record in records:
        grouped[record.comment].append(record)
    return dict(grouped)
