"""What killed uploads left is removed, and nothing else is."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from allgo_hpc.errors import StorageAway
from allgo_hpc.housekeeping import remove_stale_uploads, stale_before, tidy
from allgo_hpc.models import Job, JobShare
from allgo_hpc.states import JobState
from allgo_hpc.submitting.staging import Staging
from allgo_hpc.submitting.submission import Request, new_staging, submit_job
from tests.fast.domain.world import World

NOW = datetime(2026, 1, 10, tzinfo=UTC)
OLD = (NOW - timedelta(hours=25)).timestamp()


def _age(folder: Path, at: float = OLD) -> None:
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (at, at))


def _killed(world: World, upto: str) -> tuple[Staging, Path]:
    """Leave what a process leaves that is killed after a step; the job folder is the second."""
    staging = new_staging(world.services)
    with staging.new_file("a", field="file") as file:
        file.write(b"x")
    target = world.services.layout.datastore / "1" / "1" / ("b" * 40)
    if upto in {"noted", "control", "placed"}:
        staging.note([target], world.services.layout.control / target.name)
    if upto in {"control", "placed"}:
        (world.services.layout.control / target.name).mkdir()
    if upto == "placed":
        staging.place(target)
    _age(staging.folder)
    return staging, target


def _tidy(world: World) -> int:
    return remove_stale_uploads(world.session, world.services.layout, before=stale_before(NOW, 24))


@pytest.mark.parametrize("upto", ["written", "noted", "control", "placed"])
def test_whenever_it_was_killed_nothing_stays(world: World, upto: str) -> None:
    staging, target = _killed(world, upto)
    assert _tidy(world) == 1
    assert not staging.folder.exists()
    assert not target.exists()
    assert list(world.services.layout.control.iterdir()) == []


def test_killed_after_the_row_was_stored_the_job_keeps_its_files(world: World) -> None:
    staging, target = _killed(world, "placed")
    job = world.job()
    job.folder = target.name
    world.session.commit()
    assert _tidy(world) == 1
    assert not staging.folder.exists()
    assert (target / "a").read_bytes() == b"x"
    assert (world.services.layout.control / target.name).is_dir()


def test_a_young_upload_stays(world: World) -> None:
    staging, _ = _killed(world, "written")
    _age(staging.folder, (NOW - timedelta(hours=23)).timestamp())
    assert _tidy(world) == 0
    assert (staging.files / "a").exists()


def test_an_upload_that_still_grows_stays_however_long_ago_it_began(world: World) -> None:
    staging, _ = _killed(world, "written")
    os.utime(staging.files / "a", (NOW.timestamp(), NOW.timestamp()))
    assert _tidy(world) == 0
    assert (staging.files / "a").exists()


@pytest.mark.parametrize("note", ["", ".", "datastore", "datastore/1", "../outside", "/etc", "control", "images"])
def test_a_note_that_names_something_else_removes_nothing_there(world: World, note: str) -> None:
    job = world.job()
    staging, _ = _killed(world, "written")
    (staging.folder / "target").write_text(note)
    _age(staging.folder)
    _tidy(world)
    layout = world.services.layout
    assert layout.job_dir(world.session.get_one(Job, job.id)).is_dir()
    assert layout.control_dir(job).is_dir()
    assert layout.images.is_dir()


def test_where_it_goes_is_noted_before_anything_is_made_there(world: World) -> None:
    world.services.layout.control.rmdir()
    staging = new_staging(world.services)
    with pytest.raises(StorageAway):
        submit_job(world.session, world.services, world.user, Request(app="textstats"), staging)
    assert (staging.folder / "target").read_text().startswith(f"datastore/{world.user.id}/{world.app.id}/")


def test_links_to_jobs_go_when_their_time_is_over(world: World) -> None:
    job, deleted = world.job(JobState.DONE), world.job(JobState.DONE, deleted_at=NOW)
    times = {"late": (job, -1), "now": (job, 0), "valid": (job, 1), "of a deleted one": (deleted, 1)}
    for secret, (of, days) in times.items():
        world.session.add(JobShare(job_id=of.id, secret=secret, expires_at=NOW + timedelta(days=days)))
    world.session.commit()
    tidy(world.session, world.services, NOW)
    assert world.session.scalars(select(JobShare.secret)).all() == ["valid"]
