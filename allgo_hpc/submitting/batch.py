"""A batch: one job per input file, run by Slurm as one array under one parent."""

from allgo_hpc.errors import BadInput, TooLarge
from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.models import Job, JobInput, User
from allgo_hpc.services import Services
from allgo_hpc.submitting.new_job import new_job
from allgo_hpc.submitting.request import Plan, Request
from allgo_hpc.submitting.staging import Staging, storage_errors

FIELD = "job[batch]"


def place_tasks(
    services: Services, user: User, plan: Plan, request: Request, *, parent: Job, staging: Staging
) -> list[Job]:
    """Give each uploaded file a job folder of its own; returns the rows of the tasks, not stored yet.

    The parent gets no job folder, only a control folder; the tasks get theirs in it, from the script.

    Raises:
        BadInput: no file was sent.
        TooLarge: more files than a batch may have.
    """
    inputs = staging.inputs()
    most = services.settings.batch_max_tasks
    if not inputs:
        raise BadInput(f"{FIELD}: a batch needs at least one input file", field=FIELD)
    if len(inputs) > most:
        raise TooLarge(
            f"{FIELD}: {len(inputs)} files are more than the {most} tasks that a batch may have", field=FIELD
        )
    parent.tasks = len(inputs)
    tasks = [new_job(services.settings, user, plan, request, task=number) for number in range(len(inputs))]
    targets = [services.layout.job_dir(task) for task in tasks]
    staging.note(targets, services.layout.control_dir(parent))
    for task, target, (name, size, changed_ns) in zip(tasks, targets, inputs, strict=True):
        task.inputs = [JobInput(name=name, size=size, changed_ns=changed_ns)]
        task.input_bytes = task.stored_bytes = size
        folder = staging.folder / str(task.task)
        with storage_errors():
            folder.mkdir(mode=0o750)
            (staging.files / name).rename(folder / name)
            (folder / LOG_NAME).touch(mode=0o640)
        # Renaming a file sets its change time anew: it is noted after that.
        task.inputs[0].changed_ns = (folder / name).stat().st_ctime_ns
        staging.place(target, source=folder)
        reach("batch.task_placed")
    return tasks
