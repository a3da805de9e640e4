"""How to cite an app, and the job that shows what it does: whose it may be, who sees it, that it stays."""

from datetime import timedelta

import pytest

from allgo_hpc.accounts import add_user
from allgo_hpc.authoring.change import change_app
from allgo_hpc.authoring.create import create_app
from allgo_hpc.authoring.history import list_changes
from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.jobs.deletion import delete_expired, delete_job
from allgo_hpc.jobs.keeping import give_notice
from allgo_hpc.models import Job, User, utc_now
from allgo_hpc.reading.access import example_of, may_see_job
from allgo_hpc.sharing.shares import share_app, unshare_app
from allgo_hpc.states import JobState
from tests.fast.domain.world import World, add_app


def _job(world: World, owner: User | None = None, state: JobState = JobState.DONE, **more: object) -> Job:
    ended = {"finished_at": utc_now(), "expires_at": utc_now() - timedelta(hours=1)} if state.is_final else {}
    job = world.job(state, **(ended | more))
    job.user_id = (owner or world.app.owner).id
    world.session.commit()
    return job


def _set(world: World, number: int | None) -> list[str]:
    return change_app(world.session, world.services, world.app.owner, world.app, {"example_job_id": number})


def test_an_example_is_seen_by_whoever_may_run_the_app_and_by_nobody_else(world: World) -> None:
    job = _job(world)
    admin = User(id=99, name="root", role="admin")
    assert may_see_job(world.session, world.app.owner, job)
    assert may_see_job(world.session, admin, job)
    assert not may_see_job(world.session, world.user, job)
    assert _set(world, job.id) == ["example_job_id"]
    assert example_of(world.session, world.app) is job
    assert may_see_job(world.session, world.user, job)
    assert may_see_job(world.session, None, job)
    change_app(world.session, world.services, None, world.app, {"public": False})
    assert not may_see_job(world.session, None, job)
    assert not may_see_job(world.session, world.user, job)
    share = share_app(world.session, None, world.app, user=world.user.name)
    assert may_see_job(world.session, world.user, job)
    unshare_app(world.session, None, world.app, share)
    assert not may_see_job(world.session, world.user, job)


def test_the_author_sees_a_job_of_their_app_where_its_user_lets_them(world: World) -> None:
    job = _job(world, world.user)
    assert not may_see_job(world.session, world.app.owner, job)
    job.author_may_see = True
    assert may_see_job(world.session, world.app.owner, job)
    assert not may_see_job(world.session, None, job)
    other = add_user(world.session, name="eve", email="eve@example.org", role="author")
    assert not may_see_job(world.session, other, job)


def test_only_an_ended_job_of_the_owners_and_of_this_app_may_be_one(world: World) -> None:
    other = add_app(world.session, world.app.owner, "other")
    deleted, task = _job(world), _job(world, parent_id=77)
    delete_job(world.session, world.services, deleted)
    elsewhere = _job(world)
    elsewhere.app_id = other.id
    world.session.commit()
    for number, words in (
        (_job(world, world.user).id, "ran"), (elsewhere.id, "ran"), (999_999_999, "ran"),
        (_job(world, state=JobState.RUNNING).id, "not ended"), (deleted.id, "deleted"), (task.id, "batch 77"),
        (0, "may be 1"), (10**12, "may be 1"), (True, "whole number"), ("1", "whole number"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=words) as caught:
            _set(world, number)  # type: ignore[arg-type]
        assert caught.value.field == "example_job_id"
    assert world.app.example_job_id is None
    with pytest.raises(BadInput, match="no jobs yet"):
        create_app(world.session, world.services, world.app.owner, "fresh", {"example_job_id": 1})


def test_an_example_stays_until_it_is_none_and_some_days_more(world: World) -> None:
    job = _job(world)
    _set(world, job.id)
    now = utc_now()
    with pytest.raises(Conflict, match="example that 'textstats' shows") as caught:
        delete_job(world.session, world.services, job)
    assert caught.value.code == "job_is_example"
    assert delete_expired(world.session, world.services, now) == 0
    assert give_notice(world.session, world.services, now - timedelta(hours=2)) == 0
    _set(world, None)
    world.session.refresh(job)
    assert delete_expired(world.session, world.services, now + timedelta(days=1)) == 0
    assert give_notice(world.session, world.services, now + timedelta(hours=1)) == 1
    assert delete_expired(world.session, world.services, now + timedelta(days=4)) == 1
    assert [one.new for one in list_changes(world.session, world.app, limit=9)[0]] == [None, job.id]


def test_a_batch_is_an_example_with_its_tasks(world: World) -> None:
    batch = _job(world, tasks=1)
    task = _job(world, parent_id=batch.id, task=0)
    _set(world, batch.id)
    assert may_see_job(world.session, world.user, task)
    with pytest.raises(Conflict, match=f"job {batch.id} is the example"):
        delete_job(world.session, world.services, task)


def test_how_to_cite_it_is_kept_as_markdown(world: World) -> None:
    changed = change_app(world.session, world.services, None, world.app, {"citation": " A. Author,\n*Words*. "})
    assert (changed, world.app.citation) == (["citation"], "A. Author,\n*Words*.")
    for wrong in ("x" * 10_001, "\0", 1):
        with pytest.raises(BadInput):
            change_app(world.session, world.services, None, world.app, {"citation": wrong})
