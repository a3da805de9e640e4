"""The part of scripts/record-fixtures that records when jobs start, and what keeps them from starting or running."""

from pathlib import Path
from typing import Any

from tests.slurm.lab import until
from tests.slurm.situations import Situations

USER = "allgo"
SITUATIONS = Situations()
EMPTY = "no_nodes.x-é"
REASON = "a disk | is full: see ticket 7, 'é' = 日"


def advice(recorder: Any) -> None:
    """Record when jobs would start."""
    ask = recorder.slurm.advice.advise_argv
    recorder.record("advice-now", recorder.asked(ask), "true")
    recorder.record("advice-array", recorder.asked(ask, tasks=5, work_dir=Path("/w/@TASK@")), "true")
    busy = {
        "busy": recorder.submit("busy", "sleep 300", cpus=8),
        "busier": recorder.submit("busier", "sleep 300", cpus=8),
    }
    until(lambda: len(recorder.words(busy, "RUNNING")) == len(busy), "all nodes are busy")
    recorder.record("advice-later", recorder.asked(ask, cpus=8), "true")
    recorder.run(recorder.slurm.scancel.scancel_argv(list(busy.values())))
    recorder.record("advice-partition", recorder.asked(ask, partition="nosuch"), "true")
    recorder.record("advice-memory", recorder.asked(ask, memory_mb=9_000_000), "true")
    recorder.record("advice-cpus", recorder.asked(ask, cpus=9999), "true")
    recorder.record("advice-time", recorder.asked(ask, partition="interactive", time_limit_min=100), "true")
    for state in ("DOWN", "INACTIVE"):
        with SITUATIONS.partition(state):
            recorder.record(f"advice-partition-{state.lower()}", recorder.asked(ask, partition="batch"), "true")
    until(lambda: not recorder.states(busy) & {"RUNNING", "COMPLETING"}, "all have ended")


def waiting(recorder: Any) -> None:
    """Record jobs that wait, for every reason that can be brought about."""
    gone = recorder.submit("gone", "true")
    until(lambda: recorder.words({"gone": gone}) == ["COMPLETED"], "it has ended")
    long = {"time_limit_min": 20}
    with SITUATIONS.partition("DOWN"):
        shown(recorder, "partition-down", recorder.submit("partition-down", "true", partition="batch"), "PartitionDown")
        job = recorder.submit("held", "true", partition="batch")
        with SITUATIONS.held(job):
            shown(recorder, "held", job, "JobHeldAdmin")
        recorder.run(["scancel", str(job)])
        job = int(recorder.run([*recorder.sbatch("held-user", partition="batch"), "--hold"], "true").out)
        shown(recorder, "held-user", job, "JobHeldUser")
        job = recorder.submit("partition-inactive", "true", partition="batch")
        with SITUATIONS.partition("INACTIVE"):
            shown(recorder, "partition-inactive", job, "PartitionInactive")
        recorder.run(["scancel", "--user", USER])
    with SITUATIONS.maintenance():
        job = recorder.submit("maintenance", "true", **long)
        shown(recorder, "maintenance", job, "ReqNodeNotAvail")
        recorder.run(["scancel", str(job)])
    with SITUATIONS.drained(REASON):
        job = recorder.submit("drained", "true")
        recorder.record("cluster-nodes-drained", recorder.slurm.cluster.nodes_argv())
        shown(recorder, "drained", job, "Nodes required for job are DOWN")
        recorder.run(["scancel", str(job)])
    for name, option, reason in (
        ("begin", "--begin=now+1hour", "BeginTime"),
        ("dependency-never", f"--dependency=afternotok:{gone}", "DependencyNeverSatisfied"),
    ):
        job = int(recorder.run([*recorder.sbatch(name), option], "true").out)
        shown(recorder, name, job, reason)
        recorder.run(["scancel", str(job)])


def disturbed(recorder: Any) -> None:
    """Record running jobs that are stopped, put back, pushed aside, or lose their node."""
    job = running(recorder, "suspended")
    with SITUATIONS.suspended(job):
        shown(recorder, "suspended", job, "", "SUSPENDED")
    shown(recorder, "resumed", job, "", "RUNNING")
    recorder.run(["scancel", str(job)])
    for how, reason in (("requeue", "BeginTime"), ("requeuehold", "job requeued in held state")):
        job = running(recorder, how)
        SITUATIONS.requeue(job, how)
        shown(recorder, how, job, reason)
        recorder.run(["scancel", str(job)])
    job = running(recorder, "node-lost")
    node = recorder.run(["squeue", "-h", "-j", str(job), "-o", "%N"]).out.decode().strip()
    with SITUATIONS.node_lost(node):
        shown(recorder, "node-lost", job, "NodeDown", "NODE_FAIL")
        recorder.record("cluster-nodes-down", recorder.slurm.cluster.nodes_argv())
    job = running(recorder, "preempted", partition="batch", cpus=8)
    node = recorder.run(["squeue", "-h", "-j", str(job), "-o", "%N"]).out.decode().strip()
    with SITUATIONS.preempted(node):
        shown(recorder, "preempted", job, "", "PREEMPTED")
    until(lambda: not recorder.run(["squeue", "-h", "-n", "preemptor"]).out, "the one that pushed it aside is gone")


def cluster(recorder: Any) -> None:
    """Record who waits, and the cluster's partitions and nodes, in a cluster where jobs of ``Recorder.jobs`` run."""
    ask = recorder.slurm.cluster
    held = int(recorder.run([*recorder.sbatch("line-held"), "--hold"], "true").out)
    later = int(recorder.run([*recorder.sbatch("line-later"), "--begin=now+1hour"], "true").out)
    several = int(recorder.run([*recorder.sbatch("line-several", cpus=8), "--partition=standard,batch"], "true").out)
    hidden = recorder.submit("line-hidden", "true", partition="batch", cpus=8)
    with SITUATIONS.partition("DOWN"), SITUATIONS.hidden(), SITUATIONS.empty_partition(EMPTY):
        recorder.record("squeue-waiting", recorder.slurm.waiting.waiting_argv())
        recorder.record("cluster-load", ask.load_argv())
        recorder.record("cluster-partitions", ask.partitions_argv())
        recorder.record("cluster-nodes", ask.nodes_argv())
    with SITUATIONS.drained(REASON, ("c2",)):
        recorder.record("cluster-nodes-draining", ask.nodes_argv())
    recorder.run(recorder.slurm.scancel.scancel_argv([held, later, several, hidden]))


def running(recorder: Any, name: str, **changes: Any) -> int:
    """Submit a job and wait until it runs; returns its id."""
    job = recorder.submit(name, "sleep 600", **changes)
    until(lambda: recorder.words({name: job}) == ["RUNNING"], f"{name} runs")
    return job


def shown(recorder: Any, name: str, job: int, reason: str, word: str = "PENDING") -> None:
    """Wait until squeue says these of a job, and sacct the same word; record what both answer."""
    by_id = recorder.slurm.sacct.sacct_argv(USER, job_ids=[job])

    def there() -> bool:
        said = recorder.run(["squeue", "-h", "-t", "all", "-j", str(job), "-O", "State:|,Reason:|"]).out.decode()
        last = recorder.run(["sacct", "-nPXD", "-j", str(job), "-o", "State"]).out.decode().split("\n")[-2]
        return said.startswith(f"{word}|{reason or 'None'}") and last == word

    until(there, f"{name} is {word} for {reason}")
    recorder.record(f"squeue-{name}", recorder.slurm.squeue.squeue_argv(USER))
    recorder.record(f"sacct-{name}", by_id)
