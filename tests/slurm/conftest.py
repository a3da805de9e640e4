"""A real Slurm, asked as the service user (never as root: a job would be root's).

scripts/cluster --instance NAME exec --user allgo -- python -m pytest -p no:cacheprovider /opt/allgo-hpc/src/tests/slurm
"""

import os
import pwd
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from slurm import CommandClient, JobSpec
from tests.slurm.lab import Lab


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
def odd_conf(tmp_path: Path) -> Callable[..., CommandClient]:
    """Makes clients whose configuration names another port for the controller, and short time limits."""

    def make(port: int, *, advice_timeout_s: float = 30) -> CommandClient:
        lines = Path(os.environ.get("SLURM_CONF", "/etc/slurm/slurm.conf")).read_text().splitlines()
        kept = [line for line in lines if not line.startswith(("SlurmctldPort", "MessageTimeout", "TCPTimeout"))]
        conf = tmp_path / "slurm.conf"
        conf.write_text("\n".join([*kept, f"SlurmctldPort={port}", "MessageTimeout=2", "TCPTimeout=1", ""]))
        user = pwd.getpwuid(os.getuid()).pw_name
        return CommandClient(
            user, timeout_s=30, sbatch_timeout_s=30, advice_timeout_s=advice_timeout_s, slurm_conf=conf
        )

    return make


@pytest.fixture(scope="session")
def whole_node(lab: Lab) -> Callable[[JobSpec], JobSpec]:
    """Makes a job ask for all processors of a node."""
    cpus = max(map(int, subprocess.check_output(["sinfo", "-h", "-p", "standard", "-N", "-o", "%c"]).split()))
    return lambda spec: replace(spec, cpus=cpus)
