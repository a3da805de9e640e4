"""Somebody's hundred thousand jobs of years ago: what is asked often looks at none of those whose files are gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from allgo_hpc.jobs.deletion import delete_expired
from allgo_hpc.jobs.keeping import give_notice
from allgo_hpc.models import utc_now
from allgo_hpc.quotas.usage import usage_of
from allgo_hpc.reading.events import events_after
from allgo_hpc.reading.mine import apps_used, expire_soon
from allgo_hpc.states import JobState
from tests.fast.domain.world import World

KEPT = "job USING INDEX ix_job_expires_at (parent_id=? AND expires_at"
ASKED: dict[str, tuple[Callable[[World], object], list[str]]] = {
    "what is to be removed": (lambda world: delete_expired(world.session, world.services, utc_now()), [KEPT]),
    "what its user is told of": (lambda world: give_notice(world.session, world.services, utc_now()), [KEPT]),
    "what is shown as removed soon": (
        lambda world: expire_soon(world.session, world.user, utc_now()),
        ["job USING INDEX ix_job_user_id_expires_at (user_id=? AND expires_at<?)"],
    ),
    "the apps of one's list": (
        lambda world: apps_used(world.session, world.user),
        ["job USING COVERING INDEX ix_job_user_id_app_id (user_id=? AND app_id=?)"],
    ),
    "what happened to one's jobs of late": (
        lambda world: events_after(world.session, 7, user_id=world.user.id),
        ["job USING INTEGER PRIMARY KEY (rowid=?)"],
    ),
    "what one uses": (
        lambda world: usage_of(world.session, world.user.id, utc_now()),
        [
            "job USING COVERING INDEX ix_job_user_id_state_kind (user_id=? AND state=? AND tasks=?)",
            "job USING COVERING INDEX ix_job_user_id_figures (user_id=? AND deleted_at=?)",
            "job USING COVERING INDEX ix_job_user_id_created_at (user_id=? AND created_at>?)",
        ],
    ),
}


def _plans(session: Session, act: Callable[[], object]) -> list[str]:
    """How SQLite looks into the table of jobs for what is asked meanwhile."""
    asked: list[tuple[str, Any]] = []
    engine = session.get_bind()

    def note(_conn: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    found = []
    for statement, parameters in asked:
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        found += [row[-1].removeprefix("SEARCH ") for row in rows if " job " in row[-1]]
    return found


@pytest.mark.parametrize("name", ASKED)
def test_an_index_leads_to_what_is_kept_or_new(world: World, name: str) -> None:
    act, wanted = ASKED[name]
    if world.session.get_bind().dialect.name != "sqlite":
        act(world)  # PostgreSQL's plans go by how many rows there are
        return
    plans = _plans(world.session, lambda: act(world))
    assert len(plans) == len(wanted), plans
    for plan, begin in zip(plans, wanted, strict=True):
        assert plan.startswith(begin)


def test_what_was_removed_is_neither_removed_nor_told_of_again(world: World) -> None:
    now = utc_now()
    gone = {"deleted_at": now, "trashed_at": now}
    world.job(JobState.DONE, expires_at=now - timedelta(days=1), **gone)
    world.job(JobState.DONE, expires_at=now + timedelta(days=1), **gone)
    assert delete_expired(world.session, world.services, now) == 0
    assert give_notice(world.session, world.services, now) == 0
    assert expire_soon(world.session, world.user, now) == []


def test_long_ended_jobs_count_for_nothing_but_their_files(world: World) -> None:
    now = utc_now()
    year = now - timedelta(days=365)
    ran = {"created_at": year, "started_at": year, "finished_at": year + timedelta(hours=1), "stored_bytes": 7}
    world.job(JobState.DONE, **ran)
    world.job(JobState.DONE, deleted_at=now, **ran)
    begun = now - timedelta(days=29)
    world.job(JobState.DONE, created_at=now - timedelta(days=45), started_at=begun, finished_at=begun)
    world.job(JobState.DONE, created_at=begun, started_at=begun, finished_at=begun + timedelta(hours=2))
    world.session.commit()
    used = usage_of(world.session, world.user.id, now)
    assert (used.stored_bytes, used.jobs_a_day, used.jobs_at_once) == (7, 0, 0)
    assert used.core_hours_a_month == pytest.approx(2.0)


def test_the_apps_of_ones_list_are_those_that_one_has_run(world: World) -> None:
    assert apps_used(world.session, world.user) == []
    world.job(JobState.DONE)
    assert apps_used(world.session, world.user) == ["textstats"]
    assert apps_used(world.session, world.app.owner) == []
    assert apps_used(world.session) == ["textstats"]


def test_what_was_removed_is_in_no_index_of_what_is_to_be_removed(world: World) -> None:
    if world.session.get_bind().dialect.name == "sqlite":
        asked = "SELECT sql FROM sqlite_master WHERE type = 'index' AND name LIKE '%expires_at' AND tbl_name = 'job'"
    else:
        asked = "SELECT indexdef FROM pg_indexes WHERE indexname LIKE '%expires_at' AND tablename = 'job'"
    made = [row[0] for row in world.session.connection().execute(text(asked))]
    assert len(made) == 2
    assert all("deleted_at IS NULL" in one for one in made)
