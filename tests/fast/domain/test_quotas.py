"""What one user may have: counted from the jobs, refused with figure and limit, right also when sent at once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from allgo_hpc.errors import OverQuota, Refusal, TooLarge
from allgo_hpc.models import Job, utc_now
from allgo_hpc.quotas.check import limits_of, set_quotas
from allgo_hpc.quotas.usage import usage_of
from allgo_hpc.states import JobState
from allgo_hpc.submitting.request import Request
from allgo_hpc.submitting.submission import new_staging, submit_job
from slurm import State
from tests.fast.domain.world import World, make_services


def _with(world: World, **settings: float) -> None:
    world.services = make_services(world.services.layout.root, world.slurm, **settings)


def _batch(world: World, count: int) -> Job:
    with new_staging(world.services) as staging:
        for number in range(count):
            with staging.new_file(f"{number}.txt", field="f") as file:
                file.write(b"12345")
        return submit_job(world.session, world.services, world.user, Request(app="textstats", batch="each"), staging)


def _left(world: World) -> int:
    layout = world.services.layout
    return len([*layout.staging.iterdir(), *layout.control.iterdir(), *layout.datastore.glob("*/*/*")])


def test_without_a_limit_nothing_is_refused(world: World) -> None:
    assert set(limits_of(world.session, world.user, world.services.settings).values()) == {None}
    for _ in range(3):
        world.submit()


def test_jobs_at_once(world: World) -> None:
    _with(world, quota_jobs_at_once=2, contact="hpc@example.org")
    first = world.submit()
    world.submit()
    before = _left(world)
    with pytest.raises(
        OverQuota, match=r"2 jobs that have not ended, and this adds 1; the limit is 2.*hpc@example.org"
    ):
        world.submit(files={"a": b"x"})
    assert _left(world) == before, "nothing is kept of what was refused"
    world.slurm.say(first.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    world.submit()


def test_a_batch_counts_by_its_tasks(world: World) -> None:
    _with(world, quota_jobs_at_once=3)
    with pytest.raises(OverQuota, match="this adds 4"):
        _batch(world, 4)
    _batch(world, 3)
    assert usage_of(world.session, world.user.id, utc_now()).jobs_at_once == 3
    with pytest.raises(OverQuota):
        world.submit()


def test_jobs_a_day(world: World) -> None:
    _with(world, quota_jobs_a_day=1)
    job = world.submit()
    with pytest.raises(OverQuota, match="24 hours"):
        world.submit()
    job.created_at = utc_now() - timedelta(hours=25)
    world.session.commit()
    world.submit()


def test_stored_bytes_are_inputs_then_results_until_they_are_deleted(world: World) -> None:
    _with(world, quota_stored_bytes=10_000)
    job = world.submit(files={"a": b"x" * 4000})
    with pytest.raises(OverQuota, match=r"your files take 3.9 KB, and this adds 6.8 KB; the limit is 9.8 KB"):
        world.submit(files={"a": b"x" * 7000})
    (world.services.layout.job_dir(job) / "out").write_bytes(b"x" * 5000)
    world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    assert usage_of(world.session, world.user.id, utc_now()).stored_bytes == 9000
    job.deleted_at = utc_now()
    world.session.commit()
    assert usage_of(world.session, world.user.id, utc_now()).stored_bytes == 0


def test_core_hours_count_running_jobs_too(world: World) -> None:
    now = utc_now()
    job = world.job(JobState.RUNNING, started_at=now - timedelta(hours=2))
    job.cpus = 4
    world.job(JobState.DONE, started_at=now - timedelta(hours=3), finished_at=now - timedelta(hours=2))
    world.job(JobState.DONE, started_at=now - timedelta(days=40), finished_at=now - timedelta(days=31))
    world.session.commit()
    assert usage_of(world.session, world.user.id, now).core_hours_a_month == pytest.approx(9.0, abs=0.01)
    _with(world, quota_core_hours_a_month=8.5)
    with pytest.raises(OverQuota, match=r"9.0 core-hours in the last 30 days; the limit is 8.5"):
        world.submit()


def test_a_user_may_have_limits_of_their_own(world: World) -> None:
    _with(world, quota_jobs_at_once=1)
    world.submit()
    set_quotas(world.session, world.user, {"jobs_at_once": 2})
    world.submit()
    with pytest.raises(OverQuota, match="the limit is 2"):
        world.submit()
    set_quotas(world.session, world.user, {}, reset=True)
    assert limits_of(world.session, world.user, world.services.settings)["jobs_at_once"] == 1


def test_another_users_jobs_do_not_count(world: World) -> None:
    _with(world, quota_jobs_at_once=1)
    world.submit()
    world.user = world.app.owner
    world.submit()


def test_an_apps_own_limit_on_inputs(world: World) -> None:
    world.app.input_max_bytes, world.app.contact = 1000, "author@example.org"
    world.session.commit()
    with pytest.raises(TooLarge, match=r"2.0 KB; the app 'textstats' takes 1000 bytes in one job. Ask author@example"):
        world.submit(files={"a": b"x" * 1000, "b": b"x" * 1048})
    world.submit(files={"a": b"x" * 1000})


def test_at_once_no_more_pass_than_the_limit(world: World) -> None:
    _with(world, quota_jobs_at_once=3)
    begin = threading.Barrier(8)
    outcomes: list[str] = []

    def submit() -> None:
        with world.sessions() as session, new_staging(world.services) as staging:
            user = session.merge(world.user, load=True)
            session.commit()
            begin.wait(timeout=60)
            try:
                submit_job(session, world.services, user, Request(app="textstats"), staging)
                outcomes.append("accepted")
            except Refusal as error:
                outcomes.append(error.code)

    _all(submit, 8)
    assert sorted(outcomes) == ["accepted"] * 3 + ["quota_exceeded"] * 5
    assert len(list(world.services.layout.control.iterdir())) == 3


def _all(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
