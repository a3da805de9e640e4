"""A job as pyslurm's words for it: the same that ``slurm.sbatch.sbatch_argv`` says in options."""

import signal
from typing import Any

from slurm.script import render
from slurm.spec import JobSpec


def submission(spec: JobSpec) -> dict[str, Any]:
    """Return what the helper needs to submit a job; each entry of ``job`` is an attribute of JobSubmitDescription.

    The job's environment is not among them: the helper makes it, from nothing.
    """
    job: dict[str, Any] = {
        "name": spec.name,
        "comment": spec.comment,
        "partitions": spec.partition,
        "time_limit": spec.time_limit_min,
        "memory_per_node": spec.memory_mb,
        "cpus_per_task": spec.cpus,
        "ntasks": 1,
        "nodes": 1,
        "is_requeueable": False,
        "working_directory": "/",
        "standard_in": "/dev/null",
        "standard_output": "/dev/null",
        "standard_error": "/dev/null",
        "script": render(spec),
    }
    early_s = spec.limit_warning.by_slurm_s
    if early_s:
        job["signal"] = {"signal": int(signal.SIGUSR2), "time": early_s, "batch_only": True}
    if spec.tasks:
        job["array"] = f"0-{spec.tasks - 1}"
    if spec.gpus:
        job["gres_per_node"] = {"gpu": spec.gpus}
    return {"ask": "submit", "job": job}
