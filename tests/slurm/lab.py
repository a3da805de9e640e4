"""Follows jobs on a real Slurm, for the tests in this folder."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from slurm import TASK_MARK, JobRecord, JobSpec, SlurmClient, State

LIMIT_S = 60.0


def until[T](ask: Callable[[], T | None], what: str, limit_s: float = LIMIT_S) -> T:
    """Ask until the answer is true, and return it; the only place in these tests that waits."""
    deadline = time.monotonic() + limit_s
    while not (answer := ask()):
        if time.monotonic() > deadline:
            pytest.fail(f"gave up after {limit_s:g} s: {what}")
        time.sleep(0.1)
    return answer


@dataclass
class Lab:
    """Submits jobs with folders of their own and follows them by id and comment."""

    client: SlurmClient
    folder: Path

    def spec(self, *command: str, words: tuple[bytes, ...] = ()) -> JobSpec:
        mark = uuid.uuid4().hex
        for name in ("control", "job"):
            (self.folder / mark / name).mkdir(parents=True)
        (self.folder / mark / "control/argv").write_bytes(b"".join(word + b"\0" for word in words))
        return JobSpec(
            name=f"test-{mark[:12]}",
            comment=mark,
            partition="standard",
            time_limit_min=5,
            memory_mb=128,
            cpus=1,
            control_dir=self.folder / mark / "control",
            work_dir=self.folder / mark / "job",
            log_file=self.folder / mark / "job/allgo.log",
            command=command,
        )

    def array(self, tasks: int, *command: str) -> JobSpec:
        """An array whose tasks have the words t0, t1, ... and folders of these names."""
        spec = self.spec("true")
        for index in range(tasks):
            (spec.work_dir / f"t{index}").mkdir()
        (spec.control_dir / "tasks").write_text("".join(f"t{index}\n" for index in range(tasks)))
        work_dir = spec.work_dir / TASK_MARK
        return replace(spec, tasks=tasks, work_dir=work_dir, log_file=work_dir / "allgo.log", command=command)

    def submit(self, *command: str) -> tuple[int, JobSpec]:
        spec = self.spec(*command)
        return self.client.submit(spec), spec

    def record(self, job_id: int, spec: JobSpec) -> JobRecord:
        found = [job for job in self.client.jobs() if (job.job_id, job.comment) == (job_id, spec.comment)]
        assert len(found) == 1, f"squeue shows {len(found)} jobs {job_id} with the mark {spec.comment}"
        return found[0]

    def final(self, job_id: int, spec: JobSpec, limit_s: float = LIMIT_S) -> JobRecord:
        until(lambda: self.record(job_id, spec).state.is_final, f"job {job_id} to end", limit_s)
        return self.record(job_id, spec)

    def started(self, job_id: int, spec: JobSpec) -> None:
        """Wait until the command itself has written something."""
        until(lambda: spec.log_file.exists() and spec.log_file.stat().st_size, f"job {job_id} to write")

    def accounted(self, job_id: int, spec: JobSpec) -> JobRecord:
        def ended() -> list[JobRecord]:
            records = self.client.accounted(job_ids=[job_id])
            return [record for record in records if record.comment == spec.comment and record.state.is_final]

        return until(ended, f"the accounting to know the end of job {job_id}")[0]

    def tasks(self, job_id: int, spec: JobSpec) -> dict[int, JobRecord]:
        """What squeue says of an array, by the tasks' numbers."""
        found = [job for job in self.client.jobs() if (job.job_id, job.comment) == (job_id, spec.comment)]
        return by_task(found)

    def ended_tasks(self, job_id: int, spec: JobSpec, wanted: set[int]) -> dict[int, JobRecord]:
        """Wait until these tasks have ended; returns what squeue says of the array then."""

        def ended() -> dict[int, JobRecord]:
            tasks = self.tasks(job_id, spec)
            return tasks if wanted <= {index for index, task in tasks.items() if task.state.is_final} else {}

        return until(ended, f"the tasks {wanted} of the array {job_id} to end")

    def accounted_tasks(self, job_id: int, spec: JobSpec, wanted: set[int]) -> dict[int, JobRecord]:
        """Wait until the accounting knows the end of these tasks; returns what it says of the array then."""

        def ended() -> dict[int, JobRecord]:
            tasks = by_task(self.client.accounted(job_ids=[job_id]))
            over = {index for index, task in tasks.items() if task.state.is_final and task.comment == spec.comment}
            return tasks if wanted <= over else {}

        return until(ended, f"the accounting to know the end of the tasks {wanted} of the array {job_id}")

    def task_log(self, spec: JobSpec, index: int) -> str:
        """What a task's command has written so far."""
        log = spec.work_dir.parent / f"t{index}" / "allgo.log"
        return log.read_text() if log.exists() else ""


def until_reason(lab: Lab, job: tuple[int, JobSpec], reason: str) -> JobRecord:
    """Wait until the job waits for this reason, given from its beginning on; returns what squeue says then.

    A job that is put back is COMPLETING for a moment, with the reason already there (24.11 and 26.05).
    """

    def waits() -> JobRecord | None:
        record = lab.record(*job)
        return record if record.state is State.PENDING and record.reason.startswith(reason) else None

    return until(waits, f"job {job[0]} to wait for {reason}")


def by_task(records: list[JobRecord]) -> dict[int, JobRecord]:
    tasks = {record.task: record for record in records}
    assert len(tasks) == len(records), "a task has two records"
    return {index: record for index, record in tasks.items() if index is not None}
