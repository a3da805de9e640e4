"""What Slurm knows of the unfinished jobs: one question to the controller; the accounting only for those it forgot.

What belongs together is matched by the job's mark: the uuid in Slurm's comment and, in an array, the task's number.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from allgo_hpc.jobs.dispatch import job_name
from allgo_hpc.models import Job
from allgo_hpc.states import JobState
from slurm import JobRecord, SlurmClient, SlurmError

_log = logging.getLogger(__name__)
_CLOCKS_APART = timedelta(hours=3)
"""Clocks of portal and cluster may differ; asking for more than needed does no harm: records are matched by uuid."""


type Mark = tuple[str, int | None]


def mark_of(job: Job) -> Mark:
    """Return what travels with the Slurm job of this row."""
    return (job.batch.uuid, job.task) if job.batch is not None else (job.uuid, None)


@dataclass(frozen=True)
class Answer:
    """What was said, by mark, and who could be asked."""

    records: dict[Mark, list[JobRecord]]
    accounting_answered: bool
    accounting_said: str = ""
    accounting_asked: bool = True

    def of(self, job: Job) -> list[JobRecord]:
        """Return what was said of a job; of a batch, what was said of any of its tasks."""
        if not job.tasks:
            return self.records.get(mark_of(job), [])
        return [one for task in range(job.tasks) for one in self.records.get((job.uuid, task), [])]


@dataclass(frozen=True)
class Silence:
    """The controller gave no whole answer: nothing is known of any job.

    Attributes:
        said: what was heard instead, in a sentence.
    """

    said: str


def ask_controller(client: SlurmClient) -> Answer | Silence:
    """Return what the controller says of all jobs, by one question."""
    try:
        records = client.jobs()
    except SlurmError as error:
        _log.warning("the controller gave no answer: %s", error)
        return Silence(str(error))
    return Answer(_by_mark(records), accounting_answered=True, accounting_asked=False)


def ask_accounting(client: SlurmClient, answer: Answer, jobs: Sequence[Job]) -> Answer:
    """Add what the accounting says of those of these jobs that the controller forgot; not of what was called lost."""
    missing = [job for job in jobs if job.state != JobState.LOST and not answer.of(job)]
    if not missing:
        return answer
    try:
        since = min(job.created_at for job in missing) - _CLOCKS_APART
        names = list(dict.fromkeys(job_name(job) for job in missing))
        found = _by_mark(client.accounted(names=names, since=since))
    except SlurmError as error:
        _log.warning("the accounting gave no answer: %s", error)
        return Answer(answer.records, accounting_answered=False, accounting_said=str(error))
    return Answer(found | answer.records, accounting_answered=True)


def _by_mark(records: Sequence[JobRecord]) -> dict[Mark, list[JobRecord]]:
    grouped: dict[Mark, list[JobRecord]] = defaultdict(list)
    for record in records:
        grouped[record.comment, record.task].append(record)
    return dict(grouped)
