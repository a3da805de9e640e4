"""The sweep ends what was cancelled: again and again, nothing else, and batches task by task."""

from datetime import timedelta

import pytest

from allgo_hpc.errors import Conflict
from allgo_hpc.jobs import cancel as cancelling
from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.models import Job, utc_now
from slurm import SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World

OK = {"exit_code": 0, "signal": 0}


def _cancel(world: World, *jobs: Job) -> None:
    for job in jobs:
        cancel_job(world.session, world.services, job)


def _states(world: World, batch: Job) -> list[str]:
    return [task.state for task in world.tasks(batch)]


def _claims(world: World, batch: Job) -> list[bool]:
    return [(world.services.layout.control_dir(task) / "claim").is_dir() for task in world.tasks(batch)]


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


def test_all_of_a_batch_that_waits(world: World) -> None:
    batch = world.batch(3)
    world.sweep()
    _cancel(world, batch)
    assert _claims(world, batch) == [True] * 3
    world.sweep()
    assert (world.slurm.cancelled, world.slurm.cancelled_tasks) == ([], [(101, 0), (101, 1), (101, 2)])
    # As a real Slurm: waiting tasks vanish, and a record without a number stays.
    world.slurm.forget(batch.uuid)
    world.slurm.controller = [record(batch.uuid, State.CANCELLED, job_id=101)]
    world.sweep()
    assert [batch.state, *_states(world, batch)] == ["cancelled"] * 4
    assert batch.expires_at is not None


def test_a_batch_half_way(world: World) -> None:
    batch = world.batch(3)
    world.slurm.say(batch.uuid, State.COMPLETED, task=0, **OK)
    world.slurm.say(batch.uuid, State.RUNNING, task=1)
    world.sweep()
    _cancel(world, batch)
    world.sweep()
    assert world.slurm.cancelled_tasks == [(101, 1), (101, 2)]
    world.slurm.say(batch.uuid, State.CANCELLED, task=1)
    world.slurm.forget(batch.uuid, task=2)
    world.sweep()
    assert [batch.state, *_states(world, batch)] == ["cancelled", "done", "cancelled", "cancelled"]
    assert "2 of 3 tasks" in batch.reason


def test_a_batch_whose_tasks_failed_otherwise_too_was_cancelled(world: World) -> None:
    batch = world.batch(2)
    world.slurm.say(batch.uuid, State.FAILED, task=0, exit_code=1, signal=0)
    world.sweep()
    _cancel(world, batch)
    world.slurm.forget(batch.uuid, task=1)
    world.sweep()
    assert batch.state == "cancelled"


def test_a_single_task(world: World) -> None:
    batch = world.batch(3)
    world.sweep()
    _cancel(world, world.tasks(batch)[1])
    assert _claims(world, batch) == [False, True, False]
    world.sweep()
    assert world.slurm.cancelled_tasks == [(101, 1)]
    world.slurm.forget(batch.uuid, task=1)
    world.sweep()
    assert [batch.state, *_states(world, batch)] == ["running", "pending", "cancelled", "pending"]
    assert batch.cancel_at is None
    for task in (0, 2):
        world.slurm.say(batch.uuid, State.COMPLETED, task=task, **OK)
    world.sweep()
    assert batch.state == "cancelled"


def test_a_batch_that_slurm_never_got(world: World) -> None:
    world.slurm.be_away()
    batch = world.batch(2)
    _cancel(world, batch)
    world.slurm.come_back()
    batch.attempted_at = utc_now() - timedelta(days=1)
    world.session.commit()
    for _ in range(2):
        world.sweep()
    assert [batch.state, *_states(world, batch)] == ["cancelled"] * 3
    assert len(world.slurm.submitted) == 1


def test_a_batch_that_slurm_never_got_and_whose_tasks_were_cancelled_one_by_one(world: World) -> None:
    world.slurm.be_away()
    batch = world.batch(2)
    _cancel(world, *world.tasks(batch))
    world.slurm.come_back()
    batch.attempted_at = utc_now() - timedelta(days=1)
    world.session.commit()
    for _ in range(2):
        world.sweep()
    assert [batch.state, *_states(world, batch)] == ["cancelled"] * 3
    assert len(world.slurm.submitted) == 1, "there is nothing left to run"


def test_a_batch_that_has_ended(world: World) -> None:
    batch = world.batch(2)
    world.slurm.say(batch.uuid, State.COMPLETED, **OK)
    world.sweep()
    for each in [batch, *world.tasks(batch)]:
        with pytest.raises(Conflict):
            _cancel(world, each)
