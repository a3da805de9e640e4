"""Slurm: its commands, its controller and accounting, the queues' partitions, how submissions go."""

from collections.abc import Iterator

from allgo_hpc.doctor.finding import Finding, fail, ok, warn
from allgo_hpc.services import Services
from slurm import FastClient, SlurmError

_PROBE = "allgo-hpc-doctor"


def commands(services: Services) -> Iterator[Finding]:
    """Whether Slurm's commands are here."""
    try:
        yield ok("Slurm's commands", services.slurm.version())
    except SlurmError as error:
        yield fail("Slurm's commands", str(error), "install Slurm's client, or change slurm_bin and slurm_conf")


def controller(services: Services) -> Iterator[Finding]:
    """Whether the controller answers, and is set as the portal needs it."""
    try:
        config = services.slurm.config()
    except SlurmError as error:
        yield fail("controller", str(error), "start slurmctld; jobs are kept and submitted when it answers")
        return
    name = config.get("ClusterName", "")
    yield ok("controller", f"the cluster {name} answers" if name else "it answers")
    if "job_comment" not in config.get("AccountingStoreFlags", "").split(","):
        yield fail(
            "controller", "AccountingStoreFlags has no job_comment: finished jobs are not found again",
            "set AccountingStoreFlags=job_comment in slurm.conf, then scontrol reconfigure",
        )  # fmt: skip
    if config.get("EnforcePartLimits", "") in {"NO", "(null)", ""}:
        yield warn(
            "controller", "a job above its partition's limits waits for ever instead of being refused",
            "set EnforcePartLimits=ALL in slurm.conf",
        )  # fmt: skip
    if "batch_sched_delay=0" not in config.get("SchedulerParameters", "").split(","):
        yield warn(
            "controller", "jobs start some seconds later than they could",
            "add batch_sched_delay=0 to SchedulerParameters in slurm.conf",
        )  # fmt: skip


def queues(services: Services) -> Iterator[Finding]:
    """Whether the partitions of the queues are there and open."""
    try:
        partitions = {each.name: each for each in services.slurm.overview().partitions}
    except SlurmError as error:
        yield fail("queues", f"Slurm did not say which partitions there are: {error}", "see above")
        return
    for queue in services.settings.queues:
        what, names = f"queue {queue.name}", queue.partition.split(",")
        missing = [name for name in names if name not in partitions]
        closed = [name for name in names if name in partitions and not partitions[name].is_open]
        if missing:
            yield fail(what, f"there is no partition {', '.join(missing)}", f"make it, or change queues.{queue.name}")
        elif closed:
            yield warn(what, f"the partition {', '.join(closed)} starts no jobs", "scontrol update ... State=UP")
        else:
            limits = ", ".join(f"{name} ({partitions[name].limit})" for name in names)
            yield ok(what, f"{queue.minutes} min, partition {limits}")


def accounting(services: Services) -> Iterator[Finding]:
    """Whether the accounting answers."""
    try:
        services.slurm.accounted(names=[_PROBE])
    except SlurmError as error:
        yield fail("accounting", str(error), "start slurmdbd: ends of jobs that the controller forgot are not known")
    else:
        yield ok("accounting", "it answers")


def fast_path(services: Services) -> Iterator[Finding]:
    """Whether submissions go by libslurm; where not, Slurm's commands do all the same."""
    if not isinstance(services.slurm, FastClient):
        yield ok("fast path", "off by the setting slurm_fast: sbatch serves")
        return
    try:
        state = services.slurm.fast_path()
    finally:
        services.slurm.close()
    if state.on:
        yield ok("fast path", f"on: {state.said}")
    else:
        yield warn(
            "fast path", f"sbatch serves: {state.said}",
            "build it with scripts/pyslurm (docs/install.md), or set slurm_fast = \"off\"",
        )  # fmt: skip
