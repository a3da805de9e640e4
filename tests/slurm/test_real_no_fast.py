"""A Slurm that no pyslurm was built for: the commands serve, and it is said why."""

import pytest

from slurm import CommandClient, FastClient
from tests.slurm.lab import Lab

pytestmark = pytest.mark.scheduler


def test_the_commands_serve(lab: Lab) -> None:
    client = FastClient(CommandClient(user="allgo"))
    state = client.fast_path()
    assert (state.on, state.said) == (False, "pyslurm is not installed")
    spec = lab.spec("true")
    job = client.submit(spec)
    assert lab.final(job, spec).exit_code == 0
    client.close()
