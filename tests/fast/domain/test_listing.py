"""Lists of jobs: filtered, newest first, a page at a time that goes on where it ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from allgo_hpc.accounts import add_user
from allgo_hpc.models import Job
from allgo_hpc.reading.listing import Filter, list_jobs
from allgo_hpc.states import JobState
from tests.fast.domain.world import World, add_app

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)


def _ids(world: World, **wanted: Any) -> list[int]:
    return [job.id for job in list_jobs(world.session, world.user, Filter(**wanted)).jobs]


def _pages(world: World, limit: int, between: Any = lambda: None, **wanted: Any) -> list[list[int]]:
    pages, below = [], None
    while True:
        page = list_jobs(world.session, world.user, Filter(limit=limit, before_id=below, **wanted))
        pages.append([job.id for job in page.jobs])
        if page.next_before_id is None:
            return pages
        below = page.next_before_id
        between()


def test_the_newest_comes_first(world: World) -> None:
    made = [world.job().id for _ in range(3)]
    assert _ids(world) == made[::-1]


def test_nobody_elses(world: World) -> None:
    world.job()
    eve = add_user(world.session, name="eve", email="eve@example.org", role="admin")
    assert list_jobs(world.session, eve, Filter()).jobs == []


@pytest.mark.parametrize(("count", "sizes"), [(0, [0]), (1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3]), (7, [3, 3, 1])])
def test_pages(world: World, count: int, sizes: list[int]) -> None:
    made = [world.job().id for _ in range(count)]
    pages = _pages(world, 3)
    assert [len(page) for page in pages] == sizes
    assert [number for page in pages for number in page] == made[::-1]


def test_jobs_that_come_meanwhile_shift_nothing(world: World) -> None:
    made = [world.job().id for _ in range(7)]
    pages = _pages(world, 2, between=world.job)
    assert [number for page in pages for number in page] == made[::-1]


def test_tasks_are_listed_with_their_batch_only(world: World) -> None:
    first, batch, other = world.job(), world.batch(2), world.batch(1)
    tasks = [task.id for task in world.tasks(batch)]
    assert _ids(world) == [other.id, batch.id, first.id]
    assert _ids(world, parent=batch.id) == tasks[::-1]
    assert _ids(world, parent=first.id) == []
    eve = add_user(world.session, name="eve", email="eve@example.org")
    assert list_jobs(world.session, eve, Filter(parent=batch.id)).jobs == []


def test_by_app(world: World) -> None:
    other = add_app(world.session, world.app.owner, "other")
    mine, theirs = world.job(), world.job()
    theirs.app_id = other.id
    world.session.commit()
    assert _ids(world, app="textstats") == [mine.id]
    assert _ids(world, app="other") == [theirs.id]
    assert _ids(world, app="nothing") == _ids(world, app="' OR 1=1 --") == []


def test_by_states(world: World) -> None:
    made = {state: world.job(state).id for state in JobState}
    for state, number in made.items():
        assert _ids(world, states=[state.value]) == [number]
    assert set(_ids(world, states=["done", "error"])) == {made[JobState.DONE], made[JobState.ERROR]}
    assert len(_ids(world, states=[])) == len(made)


def test_by_queue(world: World) -> None:
    world.job(queue="standard")
    wanted = world.job(queue="batch")
    assert _ids(world, queue="batch") == [wanted.id]


def _made_at(world: World, at: datetime) -> Job:
    return world.job(created_at=at)


def test_by_time_the_beginning_counts_and_the_end_does_not(world: World) -> None:
    before, at, after = (_made_at(world, NOON + timedelta(seconds=seconds)).id for seconds in (-1, 0, 1))
    assert _ids(world, created_after=NOON) == [after, at]
    assert _ids(world, created_before=NOON) == [before]
    assert _ids(world, created_after=NOON, created_before=NOON + timedelta(seconds=1)) == [at]


@pytest.mark.parametrize("zone", ["2026-05-06T14:00:00+02:00", "2026-05-06T05:30:00-06:30", "2026-05-06T12:00:00Z"])
def test_the_same_moment_in_another_zone_is_the_same(world: World, zone: str) -> None:
    before, at = (_made_at(world, NOON + timedelta(microseconds=each)).id for each in (-1, 0))
    moment = datetime.fromisoformat(zone)
    assert _ids(world, created_after=moment) == [at]
    assert _ids(world, created_before=moment) == [before]


def test_the_deleted_instead_of_those_that_are_there(world: World) -> None:
    kept, gone = world.job(JobState.DONE), world.job(JobState.DONE, deleted_at=NOON)
    assert _ids(world) == [kept.id]
    assert _ids(world, deleted=True) == [gone.id]


def test_all_filters_together_narrow(world: World) -> None:
    wanted = world.job(JobState.DONE, queue="batch", created_at=NOON)
    for other in (
        {"queue": "standard"}, {"state": JobState.ERROR}, {"created_at": NOON - timedelta(1)}, {"deleted_at": NOON},
    ):  # fmt: skip
        world.job(**({"state": JobState.DONE, "queue": "batch", "created_at": NOON} | other))  # type: ignore[arg-type]
    narrow: dict[str, Any] = {
        "app": "textstats", "states": ["done"], "queue": "batch", "created_after": NOON,
        "created_before": NOON + timedelta(1),
    }  # fmt: skip
    assert _ids(world, **narrow) == [wanted.id]
    assert _pages(world, 1, **narrow) == [[wanted.id]]


def test_a_name_that_no_database_takes_is_nobodys(world: World) -> None:
    world.submit()
    assert list_jobs(world.session, world.user, Filter(queue="standard\0")).jobs == []
    assert list_jobs(world.session, world.user, Filter(app="\0")).jobs == []
