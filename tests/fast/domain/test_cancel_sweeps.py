"""The sweep ends what was cancelled: again and again, nothing else, and batches task by task."""

import pytest

from allgo_hpc.jobs import cancel as cancelling
from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.models import Job, utc_now
from slurm import SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World


def _cancel(world: World, *jobs: Job) -> None:
    for job in jobs:
        cancel_job(world.session, world.services, job)


def test_it_asks_once_for_all_and_again_until_they_ended(world: World) -> None:
    one, two, kept = world.submit(), world.submit(), world.submit()
    _cancel(world, one, two)
    world.sweep()
    assert (world.slurm.cancelled, world.slurm.calls["cancel"]) == ([101, 102], 1)
    world.slurm.say(one.uuid, State.CANCELLED)
    world.sweep()
    assert world.slurm.cancelled == [101, 102, 102]
    world.slurm.say(two.uuid, State.COMPLETING)
    world.sweep()
    assert world.slurm.calls["cancel"] == 2, "what is being cleaned up needs no other word"
    assert kept.state == "pending"


def test_a_slurm_that_does_not_answer_is_asked_again(world: World) -> None:
    job = world.submit()
    _cancel(world, job)
    real = world.slurm.cancel

    def away(*_: object, **__: object) -> None:
        raise SlurmUnavailable("away")

    world.slurm.cancel = away  # type: ignore[method-assign]
    assert world.sweep().slurm_answered, "the other jobs are followed all the same"
    assert job.state == "pending"
    world.slurm.cancel = real  # type: ignore[method-assign]
    world.sweep()
    assert world.slurm.cancelled == [101]


def test_both_jobs_of_one_that_was_sent_twice_are_ended(world: World) -> None:
    job = world.submit()
    world.slurm.controller.append(record(job.uuid, State.RUNNING, job_id=102))
    _cancel(world, job)
    world.sweep()
    assert world.slurm.cancelled == [101, 102]


def test_a_record_of_the_accounting_is_no_running_job(world: World) -> None:
    job = world.submit()
    world.slurm.controller = []
    _cancel(world, job)
    world.sweep()
    assert world.slurm.calls["cancel"] == 0


def test_a_process_killed_before_it_took_the_claim_is_made_good(world: World) -> None:
    job = world.submit()
    job.cancel_at = utc_now()
    world.session.commit()
    world.sweep()
    assert (world.services.layout.control_dir(job) / "claim").is_dir()


def test_a_file_system_that_fails_is_tried_again(world: World) -> None:
    job = world.submit()
    control = world.services.layout.control_dir(job)
    control.rename(control.with_name("away"))
    control.symlink_to("/nonexistent/folder")
    _cancel(world, job)
    assert job.cancel_at is not None
    control.unlink()
    control.with_name("away").rename(control)
    world.sweep()
    assert (control / "claim").is_dir()


def test_the_row_is_written_before_the_claim(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def look(_services: object, job: Job) -> bool:
        with world.sessions() as other:
            seen.append(other.get_one(Job, job.id).cancel_at is not None)
        return True

    monkeypatch.setattr(cancelling, "take_claim", look)
    _cancel(world, world.submit(), world.batch(2))
    assert seen == [True] * 3
