"""Why Slurm will not take a job, in words that name what its user can change: pure."""

from allgo_hpc.models import Job
from allgo_hpc.reading.why import size
from slurm import SlurmError, SubmitRefused


def refused(job: Job, error: SlurmError) -> str:
    """Return what a refusal for good means for a job; Slurm's own words where nothing better is known."""
    lacking = error.lacking if isinstance(error, SubmitRefused) else ""
    if lacking == "cpus":
        return (
            f"The queue '{job.queue}' cannot give {job.cpus} processor cores (job[cpus]) to one job: "
            "run it again with fewer."
        )
    if lacking == "node":
        # Slurm does not say which of them: mostly the memory, or all together on machines that differ.
        memory = size(job.memory_mb * 2**20)
        if job.gpus:
            return (
                f"No machine of the queue '{job.queue}' has all that was asked for, memory: {memory} (job[memory_mb]), "
                f"cores: {job.cpus} (job[cpus]), GPUs: {job.gpus}; run it again with less."
            )
        return (
            f"No machine of the queue '{job.queue}' has all that was asked for, memory: {memory} (job[memory_mb]), "
            f"cores: {job.cpus} (job[cpus]); run it again with less."
        )
    return str(error) if isinstance(error, SubmitRefused) else f"The job could not be submitted: {error}"
