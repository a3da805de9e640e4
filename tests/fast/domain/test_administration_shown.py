"""What administrators look at: people and what they store, jobs, what needs attention, disks."""

from datetime import UTC, datetime, timedelta

import pytest

from allgo_hpc.accounts import add_user
from allgo_hpc.administration.attention import KINDS, attention
from allgo_hpc.administration.chart import chart
from allgo_hpc.administration.counts import count_days, count_states
from allgo_hpc.administration.disk import Disk, look_at_disks, look_at_stored
from allgo_hpc.administration.health import look
from allgo_hpc.administration.people import People, list_people, most_stored
from allgo_hpc.errors import BadInput
from allgo_hpc.models import utc_now
from allgo_hpc.reading.listing import Filter, list_everybodys_jobs
from allgo_hpc.reading.sorting import SORTS
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.lease import take_lease
from tests.fast.domain.world import World

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)


def test_users_are_searched_and_paged(world: World) -> None:
    for number in range(7):
        add_user(world.session, name=f"u{number}", email=f"u{number}@lab_1.org")
    names, after = [], ""
    while True:
        people, after = list_people(world.session, People(text="LAB_1", after=after, limit=3))
        names += [person.user.name for person in people]
        if not after:
            break
    assert names == [f"u{number}" for number in range(7)]
    assert [each.user.name for each in list_people(world.session, People(role="author"))[0]] == ["author"]
    assert list_people(world.session, People(standing="closed"))[0] == []
    assert list_people(world.session, People(text="a\0"))[0] == []
    with pytest.raises(BadInput):
        list_people(world.session, People(role="king"))


def test_what_users_store(world: World) -> None:
    world.job(JobState.DONE, stored_bytes=5)
    world.job(JobState.DONE, stored_bytes=7)
    world.job(JobState.DONE, stored_bytes=100, deleted_at=utc_now())
    (person,) = list_people(world.session, People(text="ada"))[0]
    assert (person.stored_bytes, person.jobs) == (12, 2)
    assert most_stored(world.session) == [("ada", 12)]
    stored = look_at_stored(world.session)
    assert (stored.jobs, stored.trash, stored.kept_jobs) == (12, 100, 2)


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_of_everybodys_jobs(world: World, sort: str) -> None:
    for number in range(9):
        times = {"started_at": NOW, "finished_at": NOW + timedelta(seconds=number % 4)} if number % 2 else {}
        world.job(JobState.DONE, stored_bytes=number % 3, **times)
    batch = world.batch(2)
    for task in world.tasks(batch):
        task.stored_bytes = 50
    world.session.commit()
    seen: list[int] = []
    place = None
    while True:
        page = list_everybodys_jobs(world.session, Filter(sort=sort, after=place, limit=4))
        seen += [job.id for job in page.jobs]
        place = page.following
        if place is None:
            break
    assert len(seen) == len(set(seen)) == 10
    if sort == "largest":
        assert seen[0] == batch.id


def test_one_users_jobs(world: World) -> None:
    job = world.job()
    assert [each.id for each in list_everybodys_jobs(world.session, Filter(), user="ada").jobs] == [job.id]
    for name in ("author", "nobody", "a\0"):
        assert list_everybodys_jobs(world.session, Filter(), user=name).jobs == []


def test_jobs_by_state_and_day(world: World) -> None:
    world.job(JobState.RUNNING, created_at=NOW)
    world.job(JobState.ERROR, created_at=NOW - timedelta(days=1), finished_at=NOW - timedelta(hours=1))
    world.job(JobState.DONE, created_at=NOW - timedelta(days=13), finished_at=NOW - timedelta(days=13))
    counts = count_states(world.session, NOW)
    assert counts.active[JobState.RUNNING] == 1
    assert counts.ended[JobState.ERROR] == 1
    assert counts.ended[JobState.DONE] == 0
    days = count_days(world.session, NOW)
    assert [(day.jobs, day.failed) for day in days if day.jobs] == [(1, 0), (1, 1), (1, 0)]
    assert (len(days), days[-1].day) == (14, NOW.date())
    assert max(bar.height for bar in chart(days)) > 0


def test_nothing_needs_attention_while_all_is_well(world: World) -> None:
    now = utc_now()
    take_lease(world.session, "here", now=now, seconds=15, took_s=0.2)
    state = look(world.session, world.services, now)
    assert state.sweep.took_s == 0.2
    assert attention(state, [Disk("datastore", 100, 50)], 0, now) == []


def test_what_needs_attention_first(world: World) -> None:
    now = utc_now()
    world.slurm.be_away()
    world.job(JobState.LOST, finished_at=now)
    world.sweep()
    disks = [Disk("datastore", 100, 1), Disk("images", None, said="Stale file handle"), Disk("trash", 100, 8)]
    found = attention(look(world.session, world.services, utc_now()), disks, 2, utc_now())
    assert {each.kind for each in found} <= set(KINDS)
    kinds = [each.kind for each in found]
    assert kinds[:4] == ["sweep_never", "controller_away", "disk_full", "disk_away"]
    assert {"lost", "sandbox_errors", "disk_full"} <= set(kinds[4:])
    take_lease(world.session, "here", now=now - timedelta(hours=1), seconds=15)
    assert attention(look(world.session, world.services, now), [], 0, now)[0].kind == "sweep_away"


def test_disks_are_each_named_once(world: World) -> None:
    (disk,) = look_at_disks(world.services.layout)
    assert disk.name == "datastore, images, trash, staging"
    world.services.layout.trash.rmdir()
    assert [each.total is None for each in look_at_disks(world.services.layout)] == [False, True]
