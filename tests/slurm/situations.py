"""Brings about what administrators and machines do to jobs, and takes it back. As root, on a cluster of one's own.

For the tests in this folder and for scripts/record-fixtures.
"""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

NODES = ("c1", "c2")
_USABLE = {"idle", "mixed", "allocated", "completing"}


def as_root(*argv: str) -> None:
    """Run a command; its failure is an error."""
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


@dataclass
class Situations:
    """What may befall a job. ``admin`` runs a command as root."""

    admin: Callable[..., None] = as_root

    @contextmanager
    def held(self, job_id: int) -> Iterator[None]:
        """An administrator holds a waiting job."""
        self.admin("scontrol", "hold", str(job_id))
        try:
            yield
        finally:
            self.admin("scontrol", "release", str(job_id))

    @contextmanager
    def suspended(self, job_id: int) -> Iterator[None]:
        """An administrator stops a running job for a while."""
        self.admin("scontrol", "suspend", str(job_id))
        try:
            yield
        finally:
            self.admin("scontrol", "resume", str(job_id))

    def requeue(self, job_id: int, how: str = "requeue") -> None:
        """An administrator puts a running job back, though it was submitted with --no-requeue."""
        self.admin("scontrol", "update", f"jobid={job_id}", "requeue=1")
        self.admin("scontrol", how, str(job_id))

    @contextmanager
    def preempted(self, node: str) -> Iterator[None]:
        """A job of a higher tier wants one processor more of a node than is free: one of batch must go."""
        # Not sinfo's count of idle ones: it lags behind a job that has just started.
        total = subprocess.check_output(["sinfo", "-h", "-N", "-n", node, "-p", "batch", "-o", "%c"], text=True)
        taken = subprocess.check_output(["squeue", "-h", "-t", "RUNNING", "-w", node, "-o", "%C"], text=True)
        wanted = int(total.split()[0]) - sum(map(int, taken.split())) + 1
        self.admin("scontrol", "update", "PartitionName=batch", "PreemptMode=CANCEL")
        try:
            self.admin(
                "sbatch", "--job-name=preemptor", "--partition=interactive", f"--nodelist={node}", "--nodes=1",
                f"--ntasks={wanted}", "--mem=64", "--time=1", "--chdir=/", "--output=/dev/null", "--wrap=sleep 60",
            )  # fmt: skip
            yield
        finally:
            self.admin("scancel", "--name=preemptor")
            self.admin("scontrol", "update", "PartitionName=batch", "PreemptMode=OFF")

    def depend(self, job_id: int, on: int) -> None:
        """A waiting job is made to depend on another's good end."""
        self.admin("scontrol", "update", f"jobid={job_id}", f"Dependency=afterok:{on}")

    @contextmanager
    def partition(self, state: str, name: str = "batch") -> Iterator[None]:
        """A partition is DOWN (it starts no jobs) or INACTIVE (it takes none either)."""
        self.admin("scontrol", "update", f"PartitionName={name}", f"State={state}")
        try:
            yield
        finally:
            self.admin("scontrol", "update", f"PartitionName={name}", "State=UP")

    @contextmanager
    def maintenance(self) -> Iterator[None]:
        """All nodes are reserved for maintenance, from in two minutes on."""
        self.admin(
            "scontrol", "create", "reservation", "ReservationName=test-maintenance", "StartTime=now+2minutes",
            "Duration=60", "Nodes=ALL", "Flags=MAINT,IGNORE_JOBS", "Users=root",
        )  # fmt: skip
        try:
            yield
        finally:
            self.admin("scontrol", "delete", "ReservationName=test-maintenance")

    @contextmanager
    def hidden(self, name: str = "batch") -> Iterator[None]:
        """A partition is left out of what people are shown, unless they ask for all."""
        self.admin("scontrol", "update", f"PartitionName={name}", "Hidden=YES")
        try:
            yield
        finally:
            self.admin("scontrol", "update", f"PartitionName={name}", "Hidden=NO")

    @contextmanager
    def empty_partition(self, name: str) -> Iterator[None]:
        """There is one more partition, without nodes."""
        self.admin("scontrol", "create", f"PartitionName={name}")
        try:
            yield
        finally:
            self.admin("scontrol", "delete", f"PartitionName={name}")

    @contextmanager
    def drained(self, reason: str = "test", nodes: Sequence[str] = NODES) -> Iterator[None]:
        """No node takes a job any more, or these do not."""
        try:
            for node in nodes:
                self.admin("scontrol", "update", f"NodeName={node}", "State=DRAIN", f"Reason={reason}")
            yield
        finally:
            self._back(*nodes)

    @contextmanager
    def node_lost(self, node: str) -> Iterator[None]:
        """A node's daemon is killed and the node is called down."""
        service = f"/etc/allgo-services/slurmd-{node}"
        try:
            self.admin("sv", "once", service)  # not started again by itself
            self.admin("sv", "kill", service)
            self.admin("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=test")
            yield
        finally:
            self.admin("sv", "up", service)
            self._back(node)

    def _back(self, *nodes: str) -> None:
        deadline = time.monotonic() + 60
        while not all(self._usable(node) for node in nodes):
            assert time.monotonic() < deadline, f"{nodes} did not come back"
            time.sleep(0.2)

    def _usable(self, node: str) -> bool:
        state = subprocess.check_output(
            ["sinfo", "-h", "-N", "-n", node, "-p", "standard", "-o", "%T"], text=True
        ).strip()
        if state in _USABLE:
            return True
        if not state.startswith(("drain", "down")):
            return False  # on its way back, and RESUME would be an error
        with suppress(subprocess.CalledProcessError):
            self.admin("scontrol", "update", f"NodeName={node}", "State=RESUME")
        return False
