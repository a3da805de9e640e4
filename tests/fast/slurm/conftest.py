"""A job whose folders are there, ready to be run by bash; and the recorded answers of both releases."""

from pathlib import Path

import pytest

from slurm.spec import JobSpec
from tests.fast.slurm.recorded import FIXTURES, Recorded


@pytest.fixture(params=["24.11", "26.05"])
def recorded(request: pytest.FixtureRequest) -> Recorded:
    return Recorded(FIXTURES / request.param)


@pytest.fixture
def spec(tmp_path: Path) -> JobSpec:
    for name in ("control", "job"):
        (tmp_path / name).mkdir()
    (tmp_path / "control/argv").write_bytes(b"")
    return JobSpec(
        name="allgo-1",
        comment="mark",
        partition="standard",
        time_limit_min=1,
        memory_mb=64,
        cpus=1,
        control_dir=tmp_path / "control",
        work_dir=tmp_path / "job",
        log_file=tmp_path / "job/allgo.log",
        command=("true",),
    )
