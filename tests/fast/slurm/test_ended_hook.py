"""The controller's job-completion script writes into one file for the portal's jobs, and can do nothing else."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "conf/slurm/allgo-job-ended"


def _run(tmp_path: Path, poke: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it as the controller does, with another file."""
    script = tmp_path / "hook"
    script.write_text(SCRIPT.read_text().replace("poke=/var/spool/allgo-poke/ended", f"poke={poke}"))
    script.chmod(0o755)
    env = {"PATH": "/usr/bin:/bin"} | variables
    return subprocess.run([str(script)], env=env, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def poke(tmp_path: Path) -> Path:
    file = tmp_path / "ended"
    file.touch()
    os.utime(file, (1, 1))
    return file


def test_a_job_of_the_portal(tmp_path: Path, poke: Path) -> None:
    for number in ("1234567", "8"):
        assert _run(tmp_path, poke, JOBNAME="allgo-17", JOBID=number, ARRAYJOBID="0").returncode == 0
        assert poke.read_text() == f"{number:20}\n", "the last one's, so that it does not grow"
    assert poke.stat().st_mtime > 1


def test_a_task_is_told_by_its_array(tmp_path: Path, poke: Path) -> None:
    assert _run(tmp_path, poke, JOBNAME="allgo-17", JOBID="9", ARRAYJOBID="7", ARRAYTASKID="1").returncode == 0
    assert poke.read_text().split() == ["7"]


@pytest.mark.parametrize("name", ["other", "", "notallgo-1", "$(touch /tmp/x)", "; allgo-1", "*"])
def test_other_peoples_jobs(tmp_path: Path, poke: Path, name: str) -> None:
    assert _run(tmp_path, poke, JOBNAME=name).returncode == 0
    assert poke.stat().st_mtime == 1


def test_without_a_name(tmp_path: Path, poke: Path) -> None:
    assert _run(tmp_path, poke).returncode == 0
    assert poke.stat().st_mtime == 1


def test_it_makes_no_file(tmp_path: Path) -> None:
    answer = _run(tmp_path, tmp_path / "none", JOBNAME="allgo-17")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert not (tmp_path / "none").exists()
