"""Mails about jobs: one at the end where it is wanted, one before files go; whatever happens when."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from allgo_hpc.errors import Conflict
from allgo_hpc.jobs.keeping import give_notice
from allgo_hpc.mail import notices
from allgo_hpc.mail.notices import queue_ends, set_mail_at_end
from allgo_hpc.models import Job, Mail, utc_now
from allgo_hpc.states import JobState
from slurm import State
from tests.fast.domain.world import World


def _mails(world: World) -> list[Mail]:
    world.session.rollback()
    return list(world.session.scalars(select(Mail).order_by(Mail.id)))


def _end(world: World, job: Job, state: State = State.COMPLETED, code: int = 0) -> None:
    world.slurm.say(job.uuid, state, exit_code=code, signal=0)
    world.sweep()


def _queue(world: World) -> int:
    return queue_ends(world.session, world.services.settings, utc_now())


def test_one_mail_at_the_end(world: World) -> None:
    job = world.submit()
    set_mail_at_end(world.session, job, wanted=True)
    assert _queue(world) == 0
    _end(world, job, State.FAILED, 3)
    assert _queue(world) == 1
    assert _queue(world) == 0
    (mail,) = _mails(world)
    assert mail.recipient == "ada@example.org"
    assert mail.subject == f"Job {job.id} of textstats failed"
    assert f"http://127.0.0.1:8000/jobs/{job.id}" in mail.text
    assert "3" in mail.text


def test_none_where_none_is_wanted_or_it_was_thought_better_of(world: World) -> None:
    first, second = world.submit(), world.submit()
    set_mail_at_end(world.session, second, wanted=True)
    set_mail_at_end(world.session, second, wanted=False)
    _end(world, first)
    _end(world, second)
    _queue(world)
    assert not _mails(world)
    with pytest.raises(Conflict):
        set_mail_at_end(world.session, first, wanted=True)


def test_killed_in_between_it_comes_later_and_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.user.mail_at_end = True
    world.session.commit()
    job = world.submit()
    _end(world, job)
    real = notices.queue_mail

    def cut(*_: Any) -> None:
        raise OSError("the machine is gone")

    monkeypatch.setattr(notices, "queue_mail", cut)
    with pytest.raises(OSError, match="gone"):
        _queue(world)
    world.session.rollback()
    monkeypatch.setattr(notices, "queue_mail", real)
    _queue(world)
    _queue(world)
    assert len(_mails(world)) == 1


def test_of_a_batch_one_at_the_end_of_all(world: World) -> None:
    world.user.mail_at_end = True
    world.session.commit()
    batch = world.batch(2)
    assert [task.mail_at_end for task in world.tasks(batch)] == [False, False]
    assert batch.mail_at_end


def test_nobody_writes_to_a_closed_account(world: World) -> None:
    world.user.mail_at_end = True
    world.session.commit()
    job = world.submit()
    world.user.active = False
    world.session.commit()
    _end(world, job)
    assert _queue(world) == 1
    assert not _mails(world)


def test_before_files_go_one_mail_for_all(world: World) -> None:
    now = utc_now()
    jobs = [world.job(JobState.DONE, finished_at=now, expires_at=now + timedelta(days=1 + n)) for n in range(2)]
    assert give_notice(world.session, world.services, now) == 2
    assert give_notice(world.session, world.services, now) == 0
    (mail,) = _mails(world)
    assert all(f"/jobs/{job.id}" in mail.text for job in jobs)
    assert "2 jobs" in mail.subject


def test_who_wants_none_gets_none(world: World) -> None:
    world.user.mail_before_removal = False
    now = utc_now()
    world.job(JobState.DONE, finished_at=now, expires_at=now + timedelta(days=1))
    assert give_notice(world.session, world.services, now) == 1
    assert not _mails(world)


def test_the_question_of_every_second_looks_at_no_other_jobs(world: World) -> None:
    engine = world.session.get_bind()
    asked = notices.due_ends().compile(engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN"
    if engine.dialect.name != "sqlite":
        explain = "EXPLAIN"
        world.session.execute(text("SET LOCAL enable_seqscan = off"))  # a table of a few rows is read whole otherwise
    plan = world.session.execute(text(f"{explain} {asked}")).all()
    assert any("ix_job_mail_wanted" in str(row) for row in plan), plan
