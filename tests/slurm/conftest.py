"""A real Slurm, asked as the service user (never as root: a job would be root's).

scripts/cluster --instance NAME exec --user allgo -- python -m pytest -p no:cacheprovider /opt/allgo-hpc/src/tests/slurm
"""

import os
import pwd
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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


@pytest.fixture(scope="session")
def client() -> CommandClient:
    assert os.getuid() != 0, "run these tests as the service user: exec --user allgo"
    return CommandClient(user=pwd.getpwuid(os.getuid()).pw_name)


@pytest.fixture(scope="session")
def _cancel_what_is_left(client: CommandClient) -> Iterator[None]:
    yield
    client.cancel([job.job_id for job in client.jobs() if job.name.startswith("test-") and not job.state.is_final])


@pytest.fixture(scope="session")
def lab(client: CommandClient, tmp_path_factory: pytest.TempPathFactory, _cancel_what_is_left: None) -> Lab:
    return Lab(client, tmp_path_factory.mktemp("jobs"))


@pytest.fixture
def odd_conf(tmp_path: Path) -> Callable[[int], CommandClient]:
    """Makes clients whose configuration names another port for the controller, and short time limits."""

    def make(port: int) -> CommandClient:
        lines = Path(os.environ.get("SLURM_CONF", "/etc/slurm/slurm.conf")).read_text().splitlines()
        kept = [line for line in lines if not line.startswith(("SlurmctldPort", "MessageTimeout", "TCPTimeout"))]
        conf = tmp_path / "slurm.conf"
        conf.write_text("\n".join([*kept, f"SlurmctldPort={port}", "MessageTimeout=2", "TCPTimeout=1", ""]))
        return CommandClient(user=pwd.getpwuid(os.getuid()).pw_name, timeout_s=30, sbatch_timeout_s=30, slurm_conf=conf)

    return make


@pytest.fixture(scope="session")
def whole_node(lab: Lab) -> Callable[[JobSpec], JobSpec]:
    """Makes a job ask for all processors of a node."""
    cpus = max(map(int, subprocess.check_output(["sinfo", "-h", "-p", "standard", "-N", "-o", "%c"]).split()))
    return lambda spec: replace(spec, cpus=cpus)
