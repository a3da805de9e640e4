"""A job whose node failed is started anew, once, where its app's author says that this does no harm.

It stays the same job: same number, same row. It gets a new folder with the inputs that were sent, a new control folder
and a new mark, so that nothing of the first start can be taken for one of the second, and their outputs do not mix.
"""

import logging
import secrets
import shutil
from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from allgo_hpc.errors import Conflict
from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.moves import move
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.jobs.trash import move_to_trash
from allgo_hpc.models import Job, JobInput
from allgo_hpc.services import Services
from allgo_hpc.states import JobState
from allgo_hpc.submitting.inputs import take_over
from allgo_hpc.submitting.submission import new_staging

_log = logging.getLogger(__name__)
_MOST = 1
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
REASON = "Its node failed: it is started anew."


def may_restart(job: Job) -> bool:
    """True for a job whose app allows it, that was not started anew before and that nobody cancelled."""
    return job.app.rerun_after_node_failure and not job.tasks and job.reruns < _MOST and job.cancel_at is None


def restart(session: Session, services: Services, job: Job) -> bool:
    """Make a job ready to be submitted anew by the sweep; False where its inputs are not what was sent any more.

    A task of a batch becomes a Slurm job of its own.

    Raises:
        OSError: the file system fails; to be tried again.
    """
    layout = services.layout
    folder, argv = layout.job_dir(job), layout.control_dir(job.batch or job) / "argv"
    left = [folder] if job.batch is not None else [folder, layout.control_dir(job)]
    with new_staging(services) as staging:
        try:
            for one in job.inputs:
                take_over(folder, one, staging)
        except Conflict as error:
            _log.info("job %s is not started anew: %s", job.id, error)
            return False
        fresh = Job(folder=secrets.token_hex(20), user_id=job.user_id, app_id=job.app_id)
        control = layout.control_dir(fresh)
        # What is left of the first start is noted as well: nothing else would find it after a crash.
        staging.note([layout.job_dir(fresh), *left], control)
        control.mkdir(mode=0o700)
        (control / "argv").write_bytes(argv.read_bytes())
        (staging.files / LOG_NAME).touch(mode=0o640)
        inputs = staging.inputs()
        staging.place(layout.job_dir(fresh))
        staging.settle(control)
        if not _store(session, job, fresh.folder, staging.folder.name, inputs):
            staging.take_back()
            shutil.rmtree(control, ignore_errors=True)
            return False
        reach("restart.stored")
        for each in left:
            move_to_trash(layout, each)
    return True


def _store(session: Session, job: Job, folder: str, uuid: str, inputs: list[tuple[str, int, int]]) -> bool:
    values = {
        "folder": folder, "uuid": uuid, "slurm_id": None, "reason": REASON, "attempted_at": _LONG_AGO,
        "submitted_at": None, "started_at": None, "reruns": job.reruns + 1, "progress": None, "progress_message": None,
    }  # fmt: skip
    session.execute(delete(JobInput).where(JobInput.job_id == job.id), execution_options={"synchronize_session": False})
    for one in job.inputs:
        session.expunge(one)
    session.add_all(JobInput(job_id=job.id, name=name, size=size, changed_ns=at) for name, size, at in inputs)
    session.flush()
    return move(session, job, JobState.CREATED, source="portal", values=values)
