"""The answer about a job: every key that is documented, a tag that changes with it, and what would help."""

from datetime import UTC, datetime
from typing import Any

import pytest

from allgo_hpc.models import Job
from allgo_hpc.reading.why import hint
from allgo_hpc.settings.model import DEFAULT_QUEUES, Queue
from allgo_hpc.states import JobState
from slurm import State
from tests.fast.domain.world import add_version
from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal
from web.api.jobs.schemas import JobAnswer

AT = datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)
OTHER: dict[str, Any] = {
    "state": "running", "reason": "because", "queue": "batch", "param": "-y", "progress": 0.5,
    "progress_message": "half",
    "exit_code": 3, "signal": 9, "slurm_id": 4711, "parent_id": 5, "task": 6, "rerun_of": 7, "sha256": "e" * 64,
    "cpus": 9, "memory_mb": 99, "limit_minutes": 999, "cpu_s": 1.5, "peak_memory_bytes": 12, "created_at": AT,
    "submitted_at": AT, "started_at": AT, "finished_at": AT, "confirmed_at": AT, "cancel_at": AT, "expires_at": AT,
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


def _tag(portal: Portal, number: int) -> str:
    answer = portal.get(f"{JOBS}/{number}")
    assert answer.status_code == 200, answer.text
    return answer.headers["ETag"]


def _is_unchanged(portal: Portal, number: int, tag: str) -> bool:
    answer = portal.get(f"{JOBS}/{number}", headers=portal.auth | {"If-None-Match": tag})
    assert (answer.status_code == 304) == (answer.data == b"")
    return answer.status_code == 304


def _set(portal: Portal, number: int, **values: Any) -> None:
    job = portal.job(number)
    for name, value in values.items():
        setattr(job, name, value)
    portal.world.session.commit()


def test_every_documented_key_is_there_and_no_other(portal: Portal) -> None:
    number = portal.submit()
    told = portal.state(number)
    documented = set(JobAnswer().fields)
    assert set(told) == (documented - {"batch"}) | {str(number)}
    assert set(told["resources"]["asked"]) == {"cpus", "memory_mb", "minutes"}
    assert set(told["resources"]["used"]) == {"seconds", "cpu_seconds", "peak_memory_bytes"}
    batch = portal.world.batch(2)
    assert set(portal.state(batch.id)) == documented | {str(batch.id)}


@pytest.mark.parametrize("name", sorted(OTHER))
def test_whatever_shows_changes_the_tag(portal: Portal, name: str) -> None:
    number = portal.submit()
    tag, before = _tag(portal, number), portal.state(number)
    assert _is_unchanged(portal, number, tag)
    assert _is_unchanged(portal, number, f"W/{tag}")
    assert _is_unchanged(portal, number, f'"another", {tag}')
    _set(portal, number, **{name: OTHER[name]})
    assert portal.state(number) != before
    assert not _is_unchanged(portal, number, tag)


def test_another_version_changes_the_tag(portal: Portal) -> None:
    number = portal.submit()
    tag = _tag(portal, number)
    _set(portal, number, version_id=add_version(portal.world.session, portal.world.app, 2).id)
    assert portal.state(number)["version"] == 2
    assert not _is_unchanged(portal, number, tag)


def test_a_batch_changes_with_its_tasks(portal: Portal) -> None:
    batch = portal.world.batch(3)
    tag = _tag(portal, batch.id)
    assert _is_unchanged(portal, batch.id, tag)
    _set(portal, portal.world.tasks(batch)[0].id, state="running")
    assert not _is_unchanged(portal, batch.id, tag)
    told = portal.state(batch.id)["batch"]
    assert told == {
        "tasks": 3, "states": {"running": 1, "submitted": 2}, "url": f"http://localhost{JOBS}?parent={batch.id}",
    }  # fmt: skip


def test_a_batch_changes_when_a_task_is_deleted(portal: Portal) -> None:
    batch = portal.world.batch(2)
    told = portal.end(batch.id)
    tag = _tag(portal, batch.id)
    task = portal.world.tasks(batch)[0].id
    assert portal.client.delete(f"{JOBS}/{task}", headers=portal.auth).status_code == 204
    assert not _is_unchanged(portal, batch.id, tag)
    assert set(portal.state(batch.id)[str(batch.id)]) == {"1_1.txt", "1_allgo.log"} < set(told[str(batch.id)])


@pytest.mark.parametrize("sent", ["", "x", '"x"', "*x", '"' + "0" * 5000 + '"'])
def test_another_tag_gets_the_whole_answer(portal: Portal, sent: str) -> None:
    number = portal.submit()
    answer = portal.get(f"{JOBS}/{number}", headers=portal.auth | {"If-None-Match": sent})
    assert (answer.status_code, answer.get_json()["id"]) == (200, number)


def test_what_it_used_and_how_long_it_ran(portal: Portal) -> None:
    number = portal.submit()
    _set(portal, number, **OTHER | {"started_at": datetime(2026, 1, 2, 3, 4, 4, tzinfo=UTC), "parent_id": None})
    told = portal.state(number)["resources"]
    assert told["asked"] == {"cpus": 9, "memory_mb": 99, "minutes": 999}
    assert told["used"] == {"seconds": 1.678, "cpu_seconds": 1.5, "peak_memory_bytes": 12}


def test_the_mean_time_is_told_to_whoever_submits(portal: Portal) -> None:
    app = portal.world.app
    assert portal.post(forms.body(forms.APP)).get_json()["avg_time"] == 0
    app.done_jobs, app.done_seconds = 4, 50.0
    portal.world.session.commit()
    assert portal.post(forms.body(forms.APP)).get_json()["avg_time"] == 12


def _job(state: JobState, minutes: int = 1) -> Job:
    return Job(state=state.value, limit_minutes=minutes)


@pytest.mark.parametrize("state", list(JobState))
def test_what_ended_otherwise_than_well_has_a_hint(state: JobState) -> None:
    without = {
        JobState.SUBMITTED, JobState.PENDING, JobState.RUNNING, JobState.FINISHING, JobState.DONE, JobState.CANCELLED,
    }  # fmt: skip
    assert bool(hint(_job(state), DEFAULT_QUEUES)) == (state not in without)


def test_a_timeout_names_the_next_longer_queue() -> None:
    shuffled = (Queue(name="c", partition="p", minutes=90), *DEFAULT_QUEUES)
    assert "the standard queue, where it may take 20 minutes" in hint(_job(JobState.TIMEOUT, 1), shuffled)
    assert "the c queue" in hint(_job(JobState.TIMEOUT, 20), shuffled)
    assert "longest limit" in hint(_job(JobState.TIMEOUT, 1440), shuffled)


def test_the_hint_is_in_the_answer(portal: Portal) -> None:
    number = portal.submit()
    assert "memory" in portal.end(number, State.OUT_OF_MEMORY)["hint"]
