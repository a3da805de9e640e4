"""``allgo-hpc purge``: what it did is said, in numbers."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from allgo_hpc import housekeeping
from allgo_hpc.cli import cli
from allgo_hpc.jobs import deletion
from allgo_hpc.models import JobEvent, utc_now
from allgo_hpc.states import JobState
from tests.fast.domain.world import World


def test_a_portal_without_jobs_has_nothing_to_purge(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    monkeypatch.setenv("ALLGO_HPC_ROOT", str(tmp_path / "root"))
    monkeypatch.setenv("ALLGO_HPC_DATABASE_URL", f"sqlite:///{tmp_path}/portal.db")
    runner = CliRunner()
    assert runner.invoke(cli, ["db", "upgrade"]).exit_code == 0
    ended = runner.invoke(cli, ["purge"], catch_exceptions=False)
    assert (ended.exit_code, ended.stdout) == (
        0, "gave up the files of 0 jobs whose time was over; removed 0 folders of the trash\n",
    )  # fmt: skip


def test_all_that_is_over_goes_at_once_and_leaves_the_disk_an_hour_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "_MARKED_AT_ONCE", 2)
    now = utc_now()
    over = [world.job(JobState.DONE, expires_at=now - timedelta(seconds=1)) for _ in range(5)]
    world.app.example_job_id = over[3].id
    world.session.commit()
    purged = housekeeping.purge_files(world.session, world.services, now)
    assert (purged.jobs, purged.folders) == (4, 0)
    world.session.expire_all()
    assert [job.trashed_at is not None for job in over] == [True, True, True, False, True]
    assert world.services.layout.job_dir(over[3]).is_dir()
    assert world.session.query(JobEvent).filter(JobEvent.job_id == over[4].id).count() == 1
    purged = housekeeping.purge_files(world.session, world.services, now + timedelta(hours=2))
    assert (purged.jobs, purged.folders) == (0, 8)
    assert list(world.services.layout.trash.iterdir()) == []
