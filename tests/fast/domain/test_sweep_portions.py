"""Of many jobs that may have moved, a pass follows some, and the next ones the others."""

import pytest

from allgo_hpc.models import utc_now
from allgo_hpc.states import JobState
from allgo_hpc.sweeping import memory as remembering
from allgo_hpc.sweeping.memory import Memory
from allgo_hpc.sweeping.sweep import sweep
from allgo_hpc.sweeping.swept import Swept
from slurm import State
from tests.fakes import record
from tests.fast.domain.world import World


def _pass(world: World, memory: Memory) -> Swept:
    with world.sessions() as session:
        swept = sweep(session, world.services, utc_now(), memory=memory)
    world.session.expire_all()
    return swept


def test_of_many_jobs_that_end_at_once_each_pass_follows_some(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "MOST_AT_ONCE", 2)
    memory = Memory()
    jobs = [world.job(JobState.SUBMITTED, slurm_id=number) for number in range(1, 6)]
    world.slurm.controller = [record(job.uuid, State.CANCELLED, job_id=job.slurm_id) for job in jobs]
    passes = [_pass(world, memory) for _ in range(3)]
    assert [(one.changed, one.again) for one in passes] == [(2, True), (2, True), (1, False)]
    assert {job.state for job in jobs} == {JobState.CANCELLED}


def test_one_that_stays_does_not_keep_the_others_from_their_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "MOST_AT_ONCE", 1)
    memory = Memory()
    first, second = world.job(JobState.CREATED), world.job(JobState.SUBMITTED, slurm_id=2)
    world.slurm.controller = [record(second.uuid, State.RUNNING, job_id=2)]
    _pass(world, memory)
    _pass(world, memory)
    assert (first.state, second.state) == (JobState.CREATED, JobState.RUNNING)
