"""A look at one job that said that it ends: one small question, however many jobs there are.

It decides nothing that a whole pass would not: the controller's own record under the job's mark, and the marker. What
is not as plain as that is left to a whole pass.
"""

import logging
from collections.abc import Set as AbstractSet
from datetime import datetime
from enum import Enum, auto

from sqlalchemy.orm import Session

from allgo_hpc.failpoints import reach
from allgo_hpc.services import Services
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.followed import follow_all
from allgo_hpc.sweeping.gather import Answer
from allgo_hpc.sweeping.rows import unfinished_under
from slurm import SlurmError

_log = logging.getLogger(__name__)


class Near(Enum):
    """What was seen: that none is left to be looked at, that Slurm has no last word yet, or nothing that counts."""

    ENDED = auto()
    FINISHING = auto()
    UNSEEN = auto()


def look_at(session: Session, services: Services, slurm_ids: AbstractSet[int], now: datetime) -> Near:
    """Bring the only one of these Slurm jobs that is not over to where it truly stands, if it can be seen alone.

    The ids are hints: what counts is the mark of what the controller has under that job's.
    """
    jobs = unfinished_under(session, slurm_ids)
    if not jobs:
        return Near.ENDED
    job = jobs[0]
    if len(jobs) > 1 or job.tasks or job.parent_id is not None or job.slurm_id is None:
        return Near.UNSEEN
    try:
        records = services.slurm.job(job.slurm_id)
    except SlurmError as error:
        _log.info("job %s is not told alone: %s", job.id, error)
        return Near.UNSEEN
    reach("near.answered")
    if [(record.comment, record.task) for record in records] != [(job.uuid, None)]:
        return Near.UNSEEN
    # Nothing is concluded from what is not there: the accounting counts as not heard.
    answer = Answer({(job.uuid, None): records}, accounting_answered=False, accounting_asked=False)
    _, failed, _ = follow_all(session, services, [job], answer, now)
    if not failed and JobState(job.state).is_final:
        return Near.ENDED
    return Near.FINISHING if not failed and job.state == JobState.FINISHING else Near.UNSEEN
