"""Finding a job and a file of it, and what they are for somebody else."""

from datetime import UTC, datetime, timedelta

import pytest

from allgo_hpc.errors import NotFound
from allgo_hpc.jobs.moves import move
from allgo_hpc.models import JobFile, User
from allgo_hpc.reading.lookup import count_unfinished, find_file, find_job, find_job_by_folder, mean_seconds
from allgo_hpc.states import JobState
from tests.fast.domain.world import World
from tests.hostile import TEXTS

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_ones_own_job_and_an_administrators(world: World) -> None:
    job = world.job()
    assert find_job(world.session, world.user, str(job.id)) is job
    assert find_job(world.session, User(id=99, role="admin"), str(job.id)) is job
    with pytest.raises(NotFound):
        find_job(world.session, User(id=99, role="user"), str(job.id))


def test_what_is_no_number_of_a_job(world: World) -> None:
    for wanted in [*TEXTS, "0", "-1", "1.0", "9" * 9, "9" * 18, "9" * 19, "\u0661"]:
        with pytest.raises(NotFound):
            find_job(world.session, world.user, wanted)


def test_the_folder_is_found_only_below_its_user_and_app(world: World) -> None:
    job = world.job()
    assert find_job_by_folder(world.session, job.user_id, job.app_id, job.folder) is job
    wrong = [(job.user_id + 1, job.app_id, job.folder), (job.user_id, job.app_id + 1, job.folder)]
    for folder in (job.folder.upper() + "x", job.folder[:-1], "", "%", job.folder + "\n", "g" * 40, "f" * 40):
        wrong.append((job.user_id, job.app_id, folder))  # noqa: PERF401
    for user_id, app_id, folder in wrong:
        with pytest.raises(NotFound):
            find_job_by_folder(world.session, user_id, app_id, folder)


def test_a_file_by_its_listed_name_only(world: World) -> None:
    job = world.job(JobState.DONE)
    world.session.add(JobFile(job_id=job.id, name="out_a.txt", path="out/a.txt", size=1, sha256="0" * 64))
    world.session.commit()
    assert find_file(world.session, job, "out_a.txt").path == "out/a.txt"
    for name in ("out/a.txt", "a.txt", "OUT_A.TXT", "", "\0", "out_a.txt\0", "../../etc/passwd"):
        with pytest.raises(NotFound):
            find_file(world.session, job, name)


def test_the_mean_time_is_of_all_jobs_that_succeeded(world: World) -> None:
    assert mean_seconds(world.app) == 0
    for seconds, code in ((10, 0), (21, 0), (1000, 3)):
        job = world.job(JobState.RUNNING, started_at=AT)
        values = {"finished_at": AT + timedelta(seconds=seconds), "exit_code": code}
        assert move(world.session, job, JobState.ERROR if code else JobState.DONE, source="marker", values=values)
    world.job(JobState.RUNNING, started_at=AT)
    world.session.expire_all()
    assert mean_seconds(world.app) == 16


def test_the_unfinished_are_counted(world: World) -> None:
    for state in JobState:
        world.job(state)
    assert count_unfinished(world.session) == 5
