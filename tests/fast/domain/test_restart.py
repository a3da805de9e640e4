"""A job whose node failed is started anew, once, where its app says that this does no harm."""

from datetime import timedelta

import pytest

from allgo_hpc.housekeeping import remove_stale_uploads
from allgo_hpc.jobs import restart
from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.jobs.deletion import delete_job
from allgo_hpc.models import Job, utc_now
from allgo_hpc.submitting import staging
from slurm import State
from tests.fast.domain.world import World


@pytest.fixture
def job(world: World) -> Job:
    world.app.rerun_after_node_failure = True
    world.session.commit()
    return world.submit("-top 3", files={"a.txt": b"the input"})


def _node_fails(world: World, job: Job) -> None:
    world.slurm.say(job.uuid, State.NODE_FAIL, exit_code=0, signal=0)
    world.sweep()
    world.session.refresh(job)


def test_it_starts_again_with_its_inputs_and_nothing_of_the_first_start(world: World, job: Job) -> None:
    layout = world.services.layout
    folder, uuid = job.folder, job.uuid
    (layout.job_dir(job) / "half-done").write_text("x")
    (layout.control_dir(job) / "claim").mkdir()
    _node_fails(world, job)
    assert (job.state, job.reruns) == ("created", 1)
    assert "started anew" in job.reason
    assert job.folder != folder
    assert job.uuid != uuid, "what Slurm still says of the first start is about another job"
    assert {path.name: path.read_bytes() for path in layout.job_dir(job).iterdir()} == {
        "a.txt": b"the input", "allgo.log": b"",
    }  # fmt: skip
    assert world.words(job) == ["-top", "3"]
    assert not (layout.control_dir(job) / "claim").exists()
    assert not list(layout.staging.iterdir())
    assert (layout.trash / folder).is_dir()


def test_the_sweep_submits_it_and_it_ends_as_the_second_start_does(world: World, job: Job) -> None:
    first = job.uuid
    _node_fails(world, job)
    world.sweep()
    assert job.state == "submitted"
    assert [spec.comment for spec in world.slurm.submitted] == [first, job.uuid]
    world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    assert job.state == "done"


def test_a_second_failure_is_told(world: World, job: Job) -> None:
    _node_fails(world, job)
    world.sweep()
    _node_fails(world, job)
    assert (job.state, job.reruns) == ("node_failure", 1)


def test_it_can_be_run_again_by_hand_after_that(world: World, job: Job) -> None:
    _node_fails(world, job)
    world.session.refresh(job)
    folder = world.services.layout.job_dir(job)
    assert [(one.name, one.changed_ns) for one in job.inputs] == [("a.txt", (folder / "a.txt").stat().st_ctime_ns)]


def test_an_app_that_says_nothing_gets_node_failure(world: World) -> None:
    job = world.submit()
    _node_fails(world, job)
    assert (job.state, job.reruns) == ("node_failure", 0)


def test_an_input_that_the_app_changed_cannot_be_used_again(world: World, job: Job) -> None:
    (world.services.layout.job_dir(job) / "a.txt").write_bytes(b"changed!!")
    _node_fails(world, job)
    assert (job.state, job.reruns) == ("node_failure", 0)
    assert not list(world.services.layout.staging.iterdir())


def test_a_cancelled_job_is_not_started_anew(world: World, job: Job) -> None:
    job.cancel_at = job.created_at
    world.session.commit()
    _node_fails(world, job)
    assert job.state == "node_failure"


def _failed_task(world: World) -> tuple[Job, Job, Job]:
    """A batch of two whose second task's node failed, while the first ended well."""
    world.app.rerun_after_node_failure = True
    world.session.commit()
    batch = world.batch(2)
    world.slurm.say(batch.uuid, State.RUNNING, task=0)
    world.slurm.say(batch.uuid, State.RUNNING, task=1)
    world.sweep()
    world.slurm.say(batch.uuid, State.COMPLETED, exit_code=0, signal=0, task=0)
    world.slurm.say(batch.uuid, State.NODE_FAIL, exit_code=0, signal=0, task=1)
    world.sweep()
    world.session.expire_all()
    return batch, *world.tasks(batch)


def test_a_task_of_a_batch_becomes_a_slurm_job_of_its_own(world: World) -> None:
    batch, first, second = _failed_task(world)
    assert (batch.state, first.state, second.state, second.reruns) == ("running", "done", "created", 1)
    world.sweep()
    world.session.expire_all()
    assert (batch.state, second.state) == ("running", "submitted")
    spec = world.slurm.submitted[-1]
    assert (spec.comment, spec.tasks, spec.name) == (second.uuid, 0, f"allgo-{second.id}")
    assert spec.work_dir == world.services.layout.job_dir(second)
    assert {path.name for path in spec.work_dir.iterdir()} == {"1.txt", "allgo.log"}
    assert spec.control_dir == world.services.layout.control / second.folder
    assert (spec.control_dir / "argv").is_file()
    world.slurm.say(second.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    world.session.expire_all()
    assert (batch.state, second.state) == ("done", "done")


def test_such_a_task_is_cancelled_and_deleted_with_its_batch(world: World) -> None:
    batch, first, second = _failed_task(world)
    world.sweep()
    world.session.expire_all()
    world.slurm.say(second.uuid, State.RUNNING)
    cancel_job(world.session, world.services, batch)
    world.sweep()
    assert len(world.slurm.cancelled) == 1
    world.slurm.say(second.uuid, State.CANCELLED)
    world.sweep()
    world.session.expire_all()
    assert (batch.state, second.state) == ("cancelled", "cancelled")
    delete_job(world.session, world.services, batch)
    layout = world.services.layout
    assert not list(layout.control.iterdir())
    assert not any(layout.job_dir(each).exists() for each in (first, second))


def test_such_a_task_that_slurm_forgets_is_submitted_again(world: World) -> None:
    batch, _, second = _failed_task(world)
    world.sweep()
    world.session.expire_all()
    now = utc_now()
    world.slurm.forget(second.uuid)
    for seconds in (0, world.services.settings.lost_after_s + 1):
        world.sweep(now + timedelta(seconds=seconds))
    world.session.expire_all()
    assert (batch.state, second.state) == ("running", "created")


def test_killed_once_the_second_start_is_stored_nothing_of_the_first_stays(
    world: World, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = world.services.layout
    left = layout.job_dir(job), layout.control_dir(job)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restart, "move_to_trash", killed)
        patch.setattr(staging.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            _node_fails(world, job)
    world.session.expire_all()
    assert job.reruns == 1
    assert all(folder.is_dir() for folder in left)
    remove_stale_uploads(world.session, layout, before=utc_now() + timedelta(days=1))
    assert not any(folder.exists() for folder in left)
    assert layout.job_dir(job).is_dir()
    assert layout.control_dir(job).is_dir()
