"""How an app's jobs fared, on each kind of database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allgo_hpc.accounts import add_user
from allgo_hpc.jobs.consent import jobs_shown_to
from allgo_hpc.models import Job
from allgo_hpc.reading.metrics import Span
from allgo_hpc.reading.outcomes import by_reason, by_version, count_outcomes
from allgo_hpc.reading.own_apps import failed_share, own_apps_at_a_glance
from allgo_hpc.reading.statistics import (
    advise_memory,
    by_size,
    count_users,
    measure,
    quantile,
)
from allgo_hpc.states import JobState
from allgo_hpc.versions.listing import page_of_versions, use_of_versions
from tests.fast.domain.world import World, add_app, add_version

AT = datetime(2026, 3, 5, 12, tzinfo=UTC)
SPAN = Span(date(2026, 3, 1), date(2026, 4, 1))


def _job(world: World, state: JobState = JobState.DONE, **more: Any) -> Job:
    times = {"created_at": AT, "started_at": AT + timedelta(seconds=10), "finished_at": AT + timedelta(seconds=70)}
    return world.job(state, **times | more)


def test_who_ran_it_in_the_span(world: World) -> None:
    _job(world)
    _job(world)
    _job(world, created_at=datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC))
    other = _job(world)
    other.user_id = add_user(world.session, name="eve", email="eve@example.org").id
    world.session.commit()
    assert count_users(world.session, world.app, SPAN) == 2
    assert count_users(world.session, world.app, Span(date(2026, 2, 1), date(2026, 3, 1))) == 1
    assert count_users(world.session, add_app(world.session, world.app.owner, "other"), SPAN) == 0


def test_failures_by_version_and_reason(world: World) -> None:
    second = add_version(world.session, world.app, 2)
    _job(world)
    _job(world, JobState.ERROR, exit_code=3)
    _job(world, JobState.ERROR, exit_code=3)
    _job(world, JobState.ERROR, exit_code=0, signal=9)
    _job(world, JobState.CANCELLED)
    _job(world, JobState.RUNNING, finished_at=None)
    _job(world, JobState.TIMEOUT).version_id = second.id
    _job(world, JobState.ERROR, tasks=5, exit_code=3)  # a batch: its tasks count, not itself
    world.session.commit()
    found = count_outcomes(world.session, world.app, SPAN)
    assert [(one.version, one.ended, one.failed) for one in by_version(found)] == [
        (2, 1, {JobState.TIMEOUT: 1}),
        (1, 5, {JobState.ERROR: 3, JobState.CANCELLED: 1}),
    ]
    assert by_reason(found) == [
        (JobState.ERROR, "exit code 3", 2),
        (JobState.ERROR, "signal 9", 1),
        (JobState.TIMEOUT, "", 1),
    ]


def test_times_memory_and_sizes(world: World) -> None:
    for seconds, memory, size in ((60, 100, 10), (120, None, 30), (10.5, 300, 20)):
        _job(
            world, finished_at=AT + timedelta(seconds=10 + seconds), peak_memory_bytes=memory, input_bytes=size
        )  # fmt: skip
    _job(world, JobState.ERROR, started_at=None)
    _job(world, JobState.RUNNING, finished_at=None)
    found = measure(world.session, world.app, SPAN)
    assert found.jobs == 4
    assert found.run_s == pytest.approx([10.5, 60, 120], abs=0.01)
    assert found.wait_s == pytest.approx([10, 10, 10], abs=0.01)
    assert (found.memory, found.inputs) == ([100, 300], [0, 10, 20, 30])


def test_jobs_with_consent_alone(world: World) -> None:
    _job(world)
    shown = _job(world, author_may_see=True)
    _job(world, author_may_see=True, deleted_at=AT)
    _job(world, author_may_see=True).user_id = world.app.owner_id
    world.session.commit()
    assert jobs_shown_to(world.session, world.app.owner, world.app) == [shown]
    assert jobs_shown_to(world.session, world.user, world.app) == []


def test_apps_at_a_glance_and_use_of_versions(world: World) -> None:
    second = add_version(world.session, world.app, 2, published=False)
    _job(world)
    _job(world, JobState.ERROR)
    _job(world, JobState.CANCELLED)
    _job(world, created_at=AT - timedelta(days=31))
    (one,), none_left = own_apps_at_a_glance(world.session, world.app.owner, AT + timedelta(days=1))
    assert none_left is None
    assert (one.jobs, one.failed, one.sandbox, one.commit) == (3, 0.5, None, None)
    assert one.version is not None
    assert one.version.number == 1
    versions, following = page_of_versions(world.session, world.app, limit=1)
    assert ([each.number for each in versions], following) == ([2], 2)
    earlier, none = page_of_versions(world.session, world.app, limit=1, before=following)
    assert ([each.number for each in earlier], none) == ([1], None)
    use = use_of_versions(world.session, world.app, [*versions, *earlier])
    assert (use[1].jobs, use[1].users, use[1].last) == (4, 1, AT)
    assert (use[second.number].jobs, use[second.number].last) == (0, None)


def test_the_share_of_failures_leaves_out_what_was_cancelled_or_runs() -> None:
    assert failed_share({}) is None
    assert failed_share({JobState.CANCELLED: 3, JobState.RUNNING: 2}) is None
    assert failed_share({JobState.DONE: 3, JobState.TIMEOUT: 1, JobState.CANCELLED: 9}) == 0.25


@pytest.mark.parametrize(
    ("asked", "used_mb", "count", "out", "enough"),
    [(4096, 500, 100, 0, 640), (4096, 3000, 100, 0, None), (4096, 500, 19, 0, None), (64, 60, 100, 0, None),
     (512, 512, 100, 10, 1024), (512, 512, 100, 5, None), (16384, 16384, 100, 50, None), (4096, 1, 100, 0, 64)],
)  # fmt: skip
def test_what_memory_is_advised(asked: int, used_mb: int, count: int, out: int, enough: int | None) -> None:
    found = advise_memory(asked, [used_mb * 2**20] * count, out, most_mb=16384)
    assert (found.enough_mb if found else None) == enough


@given(st.lists(st.integers(0, 2**60), max_size=50))
def test_sizes_are_counted_once_each(sizes: list[int]) -> None:
    found = by_size(sorted(sizes))
    assert sum(count for _, count in found) == len(sizes)
    assert [edge for edge, _ in found] == sorted(edge for edge, _ in found)
    if sizes:
        assert found[-1][0] > max(sizes)


@given(st.lists(st.integers(), min_size=1), st.floats(0, 1))
def test_a_quantile_is_one_of_the_values_that_enough_do_not_exceed(values: list[int], share: float) -> None:
    found = quantile(sorted(values), share)
    assert found in values
    assert sum(each <= found for each in values) >= share * len(values) - 1e-6


def test_own_apps_by_pages(world: World) -> None:
    owner = world.app.owner
    for name in ("aa", "zz"):
        add_app(world.session, owner, name)
    names: list[list[str]] = []
    after: str | None = ""
    while after is not None:
        page, after = own_apps_at_a_glance(world.session, owner, AT, after=after, most=2)
        names.append([one.app.name for one in page])
    assert names == [["aa", "textstats"], ["zz"]]
    assert own_apps_at_a_glance(world.session, owner, AT, after="\0") == ([], None)
    assert own_apps_at_a_glance(world.session, world.user, AT) == ([], None)
