"""Jobs on a real Slurm: how each kind of end looks to us."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from slurm import EXIT_CLAIMED, JobSpec, Phase, SlurmError, State, SubmitRefused, read_claim, read_marker
from tests.hostile import RAW, WORDS
from tests.slurm.lab import Lab, until

pytestmark = pytest.mark.scheduler

WAIT = ("bash", "-c", 'echo started; sleep 600 & wait "$!"')


@pytest.fixture(autouse=True)
def _start_them_early(limited: dict[str, tuple[int, JobSpec]]) -> None:
    """So that the tests of limits, which come later, need not wait."""


def test_one_is_asked_for_alone(lab: Lab) -> None:
    job_id, spec = lab.submit("bash", "-c", "echo done")
    other, _ = lab.submit("true")
    array = lab.client.submit(lab.array(2, "true"))
    lab.final(job_id, spec)
    assert lab.client.job(job_id) == [lab.record(job_id, spec)]
    assert [each.job_id for each in lab.client.job(other)] == [other]
    assert sorted(each.task or 0 for each in lab.client.job(array)) == [0, 1]
    with pytest.raises(SlurmError):
        lab.client.job(999_999_999)


def test_success(lab: Lab) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    job_id, spec = lab.submit("bash", "-c", "echo done")
    first = lab.record(job_id, spec)
    assert first.name == spec.name
    record = lab.final(job_id, spec)
    assert (record.state, record.exit_code, record.signal) == (State.COMPLETED, 0, 0)
    moments = [record.submitted_at, record.started_at, record.finished_at]
    told = [moment for moment in moments if moment is not None]
    assert len(told) == 3
    assert before <= told[0] <= told[1] <= told[2] <= datetime.now(UTC)
    assert record.nodes
    assert spec.log_file.read_text() == "done\n"
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.signal, marker.slurm_job_id, marker.problem) == (0, 0, job_id, "")
    claim = read_claim(spec.control_dir)
    assert claim is not None
    assert (claim.slurm_job_id, claim.node) == (job_id, record.nodes)
    accounted = lab.accounted(job_id, spec)
    assert (accounted.state, accounted.exit_code, accounted.name) == (State.COMPLETED, 0, spec.name)
    assert accounted.submitted_at == record.submitted_at
    assert accounted.started_at == record.started_at
    assert accounted.finished_at == record.finished_at
    assert accounted.elapsed_s is not None
    assert accounted.cpu_s is not None


def test_exit_code_is_kept(lab: Lab) -> None:
    job_id, spec = lab.submit("bash", "-c", "exit 3")
    record = lab.final(job_id, spec)
    assert (record.state, record.exit_code, record.signal) == (State.FAILED, 3, 0)
    accounted = lab.accounted(job_id, spec)
    assert (accounted.state, accounted.exit_code) == (State.FAILED, 3)
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert marker.exit_code == 3


def test_running_is_not_finished(lab: Lab) -> None:
    job_id, spec = lab.submit(*WAIT)
    lab.started(job_id, spec)
    record = lab.record(job_id, spec)
    assert record.state.phase is Phase.RUNNING
    assert record.started_at is not None
    assert (record.finished_at, record.exit_code, record.signal) == (None, None, None)
    assert read_marker(spec.control_dir) is None
    claim = read_claim(spec.control_dir)
    assert claim is not None
    assert claim.slurm_job_id == job_id
    lab.client.cancel([job_id])


def test_cancelled_while_running(lab: Lab, tmp_path: Path) -> None:
    spec = replace(lab.spec(*WAIT), scratch_dir=tmp_path / "scratch")
    job_id = lab.client.submit(spec)
    lab.started(job_id, spec)
    assert (tmp_path / "scratch").stat().st_mode & 0o777 == 0o700
    lab.client.cancel([job_id])
    assert lab.final(job_id, spec).state is State.CANCELLED
    marker = until(lambda: read_marker(spec.control_dir), "the marker")
    assert (marker.signal, marker.exit_code) == (15, 143)
    assert lab.accounted(job_id, spec).word.startswith("CANCELLED by ")
    until(lambda: not (tmp_path / "scratch").exists(), "the scratch folder to go")
    lab.client.cancel([job_id])  # has ended already: no error


def test_cancelled_while_waiting(lab: Lab, whole_node: Callable[[JobSpec], JobSpec]) -> None:
    jobs: list[tuple[int, JobSpec]] = []
    for _ in range(20):
        spec = whole_node(lab.spec(*WAIT))
        jobs.append((lab.client.submit(spec), spec))
        until(lambda: lab.record(*jobs[-1]).reason or not waits(lab, jobs[-1]), "the last job to be considered")
        if waits(lab, jobs[-1]):
            break
    job_id, spec = jobs.pop()
    record = lab.record(job_id, spec)
    assert record.state is State.PENDING
    assert record.reason
    assert (record.started_at, record.finished_at, record.exit_code, record.nodes) == (None, None, None, "")
    lab.client.cancel([job_id, *(number for number, _ in jobs)])
    record = lab.final(job_id, spec)
    assert (record.state, record.started_at, record.exit_code) == (State.CANCELLED, None, None)
    assert record.finished_at is not None
    accounted = lab.accounted(job_id, spec)
    assert (accounted.state, accounted.started_at, accounted.exit_code) == (State.CANCELLED, None, None)
    assert read_claim(spec.control_dir) is None


def waits(lab: Lab, job: tuple[int, JobSpec]) -> bool:
    return lab.record(*job).state.phase is Phase.PENDING


def test_out_of_memory(lab: Lab) -> None:
    spec = replace(lab.spec("bash", "-c", "echo started; head -c 400000000 /dev/zero | tail"), memory_mb=64)
    job_id = lab.client.submit(spec)
    assert lab.final(job_id, spec).state is State.OUT_OF_MEMORY
    assert lab.accounted(job_id, spec).state is State.OUT_OF_MEMORY


def test_what_a_job_used(lab: Lab) -> None:
    code = "import time; held = bytearray(b'x') * (60 << 20); list(iter(lambda: time.process_time() < 1, False))"
    job_id, spec = lab.submit("python3", "-c", code)
    assert lab.final(job_id, spec).state is State.COMPLETED
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert marker.cpu_s is not None
    assert 1 <= marker.cpu_s < 5
    assert marker.peak_memory_bytes is not None
    assert 60 << 20 <= marker.peak_memory_bytes < 110 << 20, "neither the use nor the limit, which is 128 MiB"
    accounted = lab.accounted(job_id, spec)
    assert accounted.cpu_s == pytest.approx(marker.cpu_s, abs=0.5)


def test_refused_partition(lab: Lab) -> None:
    refused(lab, replace(lab.spec("true"), partition="nosuch"), "invalid partition name")


def test_refused_memory(lab: Lab) -> None:
    refused(lab, replace(lab.spec("true"), memory_mb=99_000_000), "not available")


def refused(lab: Lab, spec: JobSpec, because: str) -> None:
    with pytest.raises(SubmitRefused, match=f"(?i){because}") as caught:
        lab.client.submit(spec)
    assert not caught.value.transient
    # Slurm keeps a record of a job that it refused for its memory; it must not look like one that waits or ran.
    for job in [*lab.client.jobs(), *lab.client.accounted(names=[spec.name])]:
        if job.name == spec.name:
            assert (job.state, job.started_at, job.exit_code, job.nodes) == (State.FAILED, None, None, "")
    assert read_claim(spec.control_dir) is None


def test_found_by_name_after_a_lost_answer(lab: Lab) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    job_id, spec = lab.submit("true")
    lab.final(job_id, spec)
    lab.accounted(job_id, spec)
    found = lab.client.accounted(names=[spec.name], since=since)
    assert [(job.job_id, job.comment) for job in found] == [(job_id, spec.comment)]
    assert lab.client.accounted(names=[spec.name], since=datetime.now(UTC) + timedelta(hours=1)) == []


def test_the_same_job_submitted_twice_runs_once(lab: Lab) -> None:
    spec = lab.spec("bash", "-c", "echo ran")
    first = lab.client.submit(spec)
    lab.final(first, spec)
    second = lab.client.submit(spec)
    record = lab.final(second, spec)
    assert (record.state, record.exit_code) == (State.FAILED, EXIT_CLAIMED)
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.slurm_job_id, marker.exit_code) == (first, 0)
    assert spec.log_file.read_text() == "ran\n"


def test_hostile_words_arrive_exactly(lab: Lab) -> None:
    words = (*(word.encode() for word in WORDS), *RAW, b"")
    spec = lab.spec("printf", "%s\\0", words=words)
    job_id = lab.client.submit(spec)
    assert lab.final(job_id, spec).state is State.COMPLETED
    assert spec.log_file.read_bytes().split(b"\0")[:-1] == list(words)


def test_nothing_of_the_submitter_reaches_the_job(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLGO_HPC_SECRET_KEY", "do-not-tell")
    monkeypatch.setenv("SBATCH_PARTITION", "interactive")
    monkeypatch.setenv("SBATCH_EXPORT", "ALL")
    job_id, spec = lab.submit("env")
    assert lab.final(job_id, spec).state is State.COMPLETED
    variables = dict(line.split("=", 1) for line in spec.log_file.read_text().splitlines())
    assert "do-not-tell" not in spec.log_file.read_text()
    assert variables["SLURM_JOB_PARTITION"] == "standard"
    # HYDRA, I_MPI, OMPI, PRTE: what Slurm tells MPI launchers.
    ours = {"PATH", "LC_ALL", "PWD", "OLDPWD", "SHLVL", "_", "HOSTNAME", "ENVIRONMENT", "TMPDIR"}
    slurms = ("SLURM", "HYDRA_", "I_MPI_", "OMPI_", "PRTE_", "MPI")
    assert {name for name in variables if not name.startswith(slurms)} <= ours


def test_no_path_of_the_job_is_public(lab: Lab) -> None:
    job_id, spec = lab.submit("true")
    shown = subprocess.check_output(["scontrol", "show", "job", str(job_id)], text=True)
    assert spec.comment in shown
    assert str(lab.folder) not in shown.replace(spec.comment, "")
    assert "job/allgo.log" not in shown


def test_ping_and_version(lab: Lab) -> None:
    assert lab.client.ping() is True
    assert [part.isdigit() for part in lab.client.version().split(".")] == [True] * 3
