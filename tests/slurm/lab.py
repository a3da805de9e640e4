"""Follows jobs on a real Slurm, for the tests in this folder."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from slurm import CommandClient, JobRecord, JobSpec

LIMIT_S = 60.0


def until[T](ask: Callable[[], T], what: str, limit_s: float = LIMIT_S) -> T:
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

    client: CommandClient
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
