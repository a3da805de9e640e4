"""Named steps: each is where it is said to be, none does anything unless a test has armed it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from allgo_hpc.failpoints import POINTS, VARIABLE

ROOT = Path(__file__).parents[2]


def _reach(*, folder: Path | None) -> int:
    env = dict(os.environ) | ({VARIABLE: str(folder)} if folder else {})
    program = f"from allgo_hpc.failpoints import reach; reach({POINTS[0]!r})"
    return subprocess.run([sys.executable, "-c", program], env=env, cwd=ROOT, timeout=60, check=False).returncode


def test_each_name_stands_at_one_step() -> None:
    texts = "".join(path.read_text() for path in (ROOT / "allgo_hpc").rglob("*.py"))
    assert sorted(re.findall(r'reach\("([^"]+)"\)', texts)) == sorted(POINTS)


def test_an_armed_step_ends_one_process(tmp_path: Path) -> None:
    (tmp_path / POINTS[0]).touch()
    assert _reach(folder=tmp_path) == -signal.SIGKILL
    assert _reach(folder=tmp_path) == 0


@pytest.mark.parametrize("armed", [POINTS[1], None])
def test_other_steps_go_on(tmp_path: Path, armed: str | None) -> None:
    if armed:
        (tmp_path / armed).touch()
    assert _reach(folder=tmp_path) == 0


def test_nothing_is_looked_for_without_the_variable(tmp_path: Path) -> None:
    (tmp_path / POINTS[0]).touch()
    assert _reach(folder=None) == 0
    assert (tmp_path / POINTS[0]).exists()
