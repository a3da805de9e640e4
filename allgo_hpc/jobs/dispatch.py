"""Sending a job to Slurm: the intent is stored before, its uuid travels with it, a lost answer makes no second run."""

import logging
from contextlib import suppress
from pathlib import PurePosixPath

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from allgo_hpc.database import take_turn, write_lazily
from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.ended import end_values, results_of
from allgo_hpc.jobs.moves import move, move_tasks
from allgo_hpc.jobs.refused import refused
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.jobs.told import tell_all
from allgo_hpc.models import Job, utc_now
from allgo_hpc.services import Services
from allgo_hpc.states import JobState
from containers import IMAGE_MOUNTS, MOUNT_HELPER, ContainerSpec, remove_argv, run_argv
from slurm import TASK_MARK, JobSpec, Mounted, SlurmError

_log = logging.getLogger(__name__)


def job_spec(job: Job, services: Services) -> JobSpec:
    """Return what Slurm is to run for a job or a batch; nothing in it was typed by a user.

    A batch is one array: where a single job's folder would stand, a mark stands that each task replaces by the name of
    its own folder, from the file ``tasks`` in the control folder.

    Raises:
        LookupError: the job's queue is not in the settings any more.
    """
    settings, layout = services.settings, services.layout
    queue = settings.queue(job.queue)
    if queue is None:
        raise LookupError(f"the queue '{job.queue}' is not in the settings any more")
    job_dir = layout.job_dir(job).with_name(TASK_MARK) if job.tasks else layout.job_dir(job)
    mark = f"-{TASK_MARK}" if job.tasks else ""
    scratch = settings.node_scratch / f"allgo-{job.uuid}{mark}" if job.app.disk_scratch else None
    container = ContainerSpec(
        image=layout.image(job.app.name, job.sha256),
        job_dir=job_dir,
        entrypoint=PurePosixPath(job.version.entrypoint),
        network=job.app.network,
        gpus=job.gpus > 0,
        scratch_dir=scratch,
    )
    return JobSpec(
        name=job_name(job),
        comment=job.uuid,
        partition=queue.partition,
        time_limit_min=job.limit_minutes or queue.minutes,
        memory_mb=job.memory_mb,
        cpus=job.cpus,
        gpus=job.gpus,
        control_dir=layout.control_dir(job),
        work_dir=job_dir,
        log_file=job_dir / LOG_NAME,
        command=run_argv(container, apptainer=settings.apptainer),
        scratch_dir=scratch,
        scratch_removal=remove_argv(scratch) if scratch is not None else (),
        tasks=job.tasks,
        poke_file=layout.poke,
        mounted=Mounted(
            word=str(container.image),
            folder=IMAGE_MOUNTS / job.sha256,
            helper=MOUNT_HELPER,
            arguments=(f"{job.app.name}/{job.sha256}.sif",),
        ),
    )


def job_name(job: Job) -> str:
    """Return Slurm's name of a job, by which a submission whose answer was lost is found in the accounting.

    The tasks of a batch are one array in Slurm and have the batch's name.
    """
    return f"allgo-{(job.batch or job).id}"


def send(session: Session, services: Services, job: Job) -> bool:
    """Submit a job that is stored; returns whether Slurm has it.

    The caller has stored ``attempted_at`` before: until ``resubmit_after_s`` have passed nobody else submits it.
    """
    try:
        spec = job_spec(job, services)
        reach("dispatch.asking")
        slurm_id = services.slurm.submit(spec)
        reach("dispatch.answered")
    except SlurmError as error:
        if error.transient:
            # Nothing is known, or the job may exist: the row stays, the sweep looks for its uuid before it tries again.
            _log.warning("job %s is not submitted yet: %s", job.id, error)
            # Only while nobody moved it: the sweep may have found it in Slurm before the answer was given up.
            session.execute(
                update(Job)
                .where(Job.id == job.id, Job.state == JobState.CREATED.value)
                .values(reason=f"Waiting for Slurm: {error}"),
                execution_options={"synchronize_session": False},
            )
            session.commit()
            session.refresh(job)
        else:
            _log.error("job %s: %s", job.id, error)
            _refuse(session, services, job, refused(job, error))
        return False
    except (LookupError, ValueError) as error:
        _refuse(session, services, job, f"The job could not be submitted: {error}")
        return False
    now = utc_now()
    with suppress(OSError):  # it looks by itself a little later
        services.layout.submitted.touch()
    take_turn(session)
    write_lazily(session)  # after a power cut the sweep finds it in Slurm, as after a lost answer
    if not move(session, job, JobState.SUBMITTED, source="portal", values={"slurm_id": slurm_id, "submitted_at": now}):
        # The sweep was faster and saw it in Slurm; it knows the id from there.
        _log.info("job %s moved on to %s while it was submitted as %s", job.id, job.state, slurm_id)
    if job.tasks:
        take_turn(session)
        write_lazily(session)
        move_tasks(
            session, job, JobState.SUBMITTED, source="portal", values={"slurm_id": slurm_id, "submitted_at": now}
        )
    return True


def wake_sweep(services: Services) -> None:
    """Let the sweep look at once; that this fails does no harm, it looks by itself a little later."""
    with suppress(OSError):
        tell_all(services.layout.poke)


def _refuse(session: Session, services: Services, job: Job, reason: str) -> None:
    _log.error("job %s: %s", job.id, reason)
    values = {"reason": reason, **end_values(services, utc_now())}
    if job.tasks:
        for task in session.scalars(select(Job).where(Job.parent_id == job.id)):
            if task.state == JobState.CREATED:
                move(session, task, JobState.ERROR, source="portal", values=values, files=results_of(task, services))
    move(session, job, JobState.ERROR, source="portal", values=values, files=results_of(job, services))
