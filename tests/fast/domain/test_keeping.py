"""A job's files: an end date from the start, told of three days before, kept longer where somebody asks."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from allgo_hpc.errors import BadInput, Conflict, OverQuota
from allgo_hpc.housekeeping import tidy
from allgo_hpc.jobs.keeping import give_notice, keep_longer
from allgo_hpc.models import Job, JobEvent, utc_now
from allgo_hpc.quotas.check import set_quotas
from slurm import State
from tests.fast.domain.world import World


def _ended(world: World) -> Job:
    job = world.submit(files={"a": b"x"})
    world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0, finished_at=utc_now())
    world.sweep()
    return job


def _details(world: World, job: Job) -> list[str]:
    world.session.expire_all()
    return list(world.session.scalars(select(JobEvent.detail).where(JobEvent.job_id == job.id).order_by(JobEvent.id)))


def test_notice_is_given_once_three_days_before(world: World) -> None:
    job = _ended(world)
    assert job.expires_at is not None
    assert give_notice(world.session, world.services, job.expires_at - timedelta(days=3, minutes=1)) == 0
    assert give_notice(world.session, world.services, job.expires_at - timedelta(days=3) + timedelta(minutes=1)) == 1
    assert give_notice(world.session, world.services, job.expires_at - timedelta(days=1)) == 0
    assert _details(world, job)[-1].startswith(f"Its files are removed on {job.expires_at:%Y-%m-%d}")


def test_a_job_that_has_not_ended_gets_none(world: World) -> None:
    job = world.submit()
    assert job.expires_at is not None
    assert give_notice(world.session, world.services, job.expires_at - timedelta(days=1)) == 0


def test_it_is_kept_longer_and_told_of_again(world: World) -> None:
    job, now = _ended(world), utc_now()
    give_notice(world.session, world.services, now + timedelta(days=28))
    keep_longer(world.session, world.services, job, 60, now)
    assert job.expires_at == now + timedelta(days=60)
    assert "kept until" in _details(world, job)[-1]
    tidy(world.session, world.services, now + timedelta(days=40))
    assert job.deleted_at is None
    assert give_notice(world.session, world.services, now + timedelta(days=58)) == 1
    tidy(world.session, world.services, now + timedelta(days=61))
    world.session.refresh(job)
    assert job.deleted_at is not None


def test_it_never_shortens(world: World) -> None:
    job, now = _ended(world), utc_now()
    before = job.expires_at
    keep_longer(world.session, world.services, job, 1, now)
    assert job.expires_at == before


def test_the_site_says_how_long_it_may_be(world: World) -> None:
    job, now = _ended(world), utc_now()
    with pytest.raises(BadInput, match="can be kept until"):
        keep_longer(world.session, world.services, job, 366, now)
    keep_longer(world.session, world.services, job, 364.9, now)


def test_not_for_somebody_over_their_quota(world: World) -> None:
    job, now = _ended(world), utc_now()
    before = job.expires_at
    set_quotas(world.session, world.user, {"stored_bytes": 0})
    with pytest.raises(OverQuota, match="your files take 1 byte,"):
        keep_longer(world.session, world.services, job, 60, now)
    assert job.expires_at == before
    set_quotas(world.session, world.user, {"stored_bytes": 1})
    keep_longer(world.session, world.services, job, 60, now)


def test_before_its_end_there_is_nothing_to_keep(world: World) -> None:
    with pytest.raises(Conflict, match="has not ended"):
        keep_longer(world.session, world.services, world.submit(), 60, utc_now())


def test_a_batch_keeps_its_tasks(world: World) -> None:
    batch = world.batch(2)
    for task in world.tasks(batch):
        assert task.task is not None
        world.slurm.say(batch.uuid, State.COMPLETED, exit_code=0, signal=0, finished_at=utc_now(), task=task.task)
    world.sweep()
    now = utc_now()
    keep_longer(world.session, world.services, batch, 90, now)
    world.session.expire_all()
    assert {task.expires_at for task in world.tasks(batch)} == {now + timedelta(days=90)}
