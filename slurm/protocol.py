"""What the portal asks of Slurm, whoever answers: the commands, or a stand-in of the tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from slurm.advice import Advice
from slurm.cluster import Overview
from slurm.record import JobRecord
from slurm.spec import JobSpec
from slurm.waiting import Waiting


class SlurmClient(Protocol):
    """What the portal asks of Slurm. Every method may raise SlurmError; none of them moves a job on its own."""

    def submit(self, spec: JobSpec) -> int:
        """Submit a job, or one array of jobs, and return its id."""

    def start_estimate(self, spec: JobSpec) -> Advice:
        """Return when a job would start if it were submitted now; creates nothing."""

    def closed_partitions(self) -> frozenset[str]:
        """Return the partitions that start no jobs at the moment."""

    def overview(self) -> Overview:
        """Return the cluster's partitions and nodes, and how many jobs of everybody wait and run."""

    def jobs(self) -> list[JobRecord]:
        """Return all of our user's jobs that the controller still knows, each task of an array for itself."""

    def job(self, job_id: int) -> list[JobRecord]:
        """Return what the controller knows of one of our user's jobs, or of each task of an array."""

    def state_lines(self) -> frozenset[str]:
        """Return ``slurm.state_line`` of each job that the controller knows, anybody's, and nothing else of it."""

    def waiting(self) -> list[Waiting]:
        """Return whatever waits, also other people's, in the order in which it is looked at."""

    def accounted(
        self, *, job_ids: Sequence[int] = (), names: Sequence[str] = (), since: datetime | None = None
    ) -> list[JobRecord]:
        """Return what the accounting knows of some of our user's jobs."""

    def cancel(self, job_ids: Sequence[int], tasks: Sequence[tuple[int, int]] = ()) -> None:
        """End jobs, whole arrays and single tasks, pending or running; what has ended already is left alone."""

    def ping(self) -> bool:
        """Return whether a controller is up."""

    def config(self) -> dict[str, str]:
        """Return the controller's settings by their names."""

    def version(self) -> str:
        """Return the release of the commands, such as 26.05.5."""
