"""The sweep reads what running apps say: where the log grew, some at a time, the last words at the end."""

from pathlib import Path
from typing import Any

import pytest

from allgo_hpc.models import Job, utc_now
from allgo_hpc.states import JobState
from allgo_hpc.sweeping import progress as reading
from allgo_hpc.sweeping.progress import ProgressReader
from allgo_hpc.sweeping.sweep import sweep
from slurm import State
from tests.fakes import record
from tests.fast.domain.world import World


def _log(world: World, job: Job) -> Path:
    return world.services.layout.job_dir(job) / "allgo.log"


def _say(world: World, job: Job, text: str) -> None:
    with _log(world, job).open("a") as file:
        file.write(text)


def _read(world: World, reader: ProgressReader, *_jobs: Job) -> int:
    changed = reader.read(world.session, world.services.layout)
    world.session.expire_all()
    return changed


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The logs that were read, not only looked at for their size."""
    seen: list[Path] = []
    real = reading.read_log

    def note(path: Path, offset: int, most: int) -> tuple[bytes, int]:
        if most:
            seen.append(path)
        return real(path, offset, most)

    monkeypatch.setattr(reading, "read_log", note)
    return seen


def test_what_it_says_is_stored_once(world: World) -> None:
    job, reader = world.job(JobState.RUNNING), ProgressReader()
    assert _read(world, reader, job) == 0
    _say(world, job, "::progress 0.4 halfway\n")
    assert _read(world, reader, job) == 1
    assert (job.progress, job.progress_message) == (0.4, "halfway")
    _say(world, job, "words\n::progress 0.4 halfway\n")
    assert _read(world, reader, job) == 0
    _say(world, job, "::progress 0.4 other words\n")
    assert _read(world, reader, job) == 1


def test_a_log_that_did_not_grow_is_not_read(world: World, looked: list[Path]) -> None:
    job, reader = world.job(JobState.RUNNING), ProgressReader()
    for _ in range(5):
        _read(world, reader, job)
    assert looked == [_log(world, job)]
    _say(world, job, "more\n")
    _read(world, reader, job)
    assert len(looked) == 2


@pytest.mark.parametrize("state", [state for state in JobState if state not in {"running", "finishing"}])
def test_only_what_runs_is_looked_at(world: World, looked: list[Path], state: JobState) -> None:
    _read(world, ProgressReader(), world.job(state))
    assert looked == []


def test_a_batch_has_no_log_of_its_own(world: World, looked: list[Path]) -> None:
    job = world.job(JobState.RUNNING, tasks=2)
    _read(world, ProgressReader(), job)
    assert looked == []


def test_only_the_end_of_a_long_log_is_read(world: World) -> None:
    job = world.job(JobState.RUNNING)
    _say(world, job, "::progress 0.1 at the beginning\n" + "x" * 70_000 + "\n::progress 0.7 at the end\n" + "y" * 1000)
    _read(world, ProgressReader(), job)
    assert job.progress_message == "at the end"
    other = world.job(JobState.RUNNING)
    _say(world, other, "::progress 0.1 too long ago\n" + "x" * 70_000 + "\n")
    _read(world, ProgressReader(), other)
    assert other.progress is None


def test_one_log_that_cannot_be_read_does_not_keep_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, job = world.job(JobState.RUNNING), world.job(JobState.RUNNING)
    for each in (broken, job):
        _say(world, each, "::progress 0.4\n")
    real, bad = reading.read_log, [_log(world, broken)]

    def fail(path: Path, offset: int, most: int) -> tuple[bytes, int]:
        if path in bad:
            raise OSError(116, "Stale file handle")
        return real(path, offset, most)

    monkeypatch.setattr(reading, "read_log", fail)
    reader = ProgressReader()
    assert _read(world, reader, broken, job) == 1
    bad.clear()
    assert _read(world, reader, broken, job) == 1, "it is read as soon as it can be"


def test_one_that_ended_meanwhile_keeps_its_last_words(world: World) -> None:
    job = world.job(JobState.RUNNING)
    _say(world, job, "::progress 0.4\n")
    with world.sessions() as other:
        other.get_one(Job, job.id).state = "done"
        other.commit()
    ProgressReader().read(world.session, world.services.layout)
    world.session.expire_all()
    assert (job.state, job.progress) == ("done", None)


def test_many_have_their_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LOGS_AT_ONCE", 3)
    jobs, reader = [world.job(JobState.RUNNING) for _ in range(8)], ProgressReader()
    for job in jobs:
        _say(world, job, "::progress 0.5\n")
    assert [_read(world, reader, *jobs) for _ in range(4)] == [3, 3, 2, 0]
    assert [job.progress for job in jobs] == [0.5] * 8


def test_an_ended_job_is_forgotten(world: World) -> None:
    job, reader = world.job(JobState.RUNNING), ProgressReader()
    _read(world, reader, job)
    assert list(reader._sizes) == [job.id]
    job.state = "done"
    world.session.commit()
    _read(world, reader)
    assert reader._sizes == {}


def _sweep(world: World, reader: ProgressReader) -> None:
    with world.sessions() as session:
        sweep(session, world.services, utc_now(), reader)
    world.session.expire_all()


def test_the_sweep_reads_them(world: World) -> None:
    job, reader = world.job(JobState.RUNNING), ProgressReader()
    _say(world, job, "::progress 0.4 halfway\n")
    world.slurm.controller = [record(job.uuid, State.RUNNING)]
    _sweep(world, reader)
    assert (job.state, job.progress) == ("running", 0.4)


@pytest.mark.parametrize(("log", "expected"), [("::progress 1 all\n", (1.0, "all")), ("no words\n", (None, None))])
def test_the_last_words_are_read_at_the_end(world: World, log: str, expected: tuple[Any, Any]) -> None:
    job = world.job(JobState.RUNNING)
    _say(world, job, log)
    world.slurm.controller = [record(job.uuid, State.COMPLETED, exit_code=0, signal=0)]
    world.sweep()
    assert (job.state, job.progress, job.progress_message) == ("done", *expected)


def test_without_last_words_what_was_said_before_stays(world: World) -> None:
    job = world.job(JobState.RUNNING, progress=0.3, progress_message="a third")
    _log(world, job).unlink()
    _log(world, job).symlink_to("/etc/passwd")
    world.slurm.controller = [record(job.uuid, State.FAILED, exit_code=1, signal=0)]
    world.sweep()
    assert (job.state, job.progress, job.progress_message) == ("error", 0.3, "a third")
