"""Batches are cancelled task by task, as a whole or one alone."""

from datetime import timedelta

import pytest

from allgo_hpc.errors import Conflict
from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.models import Job, utc_now
from slurm import State
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
