"""A job whose node failed is started anew, once, where its app says that this does no harm."""

import pytest

from allgo_hpc.models import Job
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


def test_a_task_of_a_batch_is_not(world: World) -> None:
    world.app.rerun_after_node_failure = True
    world.session.commit()
    batch = world.batch(2)
    world.slurm.say(batch.uuid, State.NODE_FAIL, exit_code=0, signal=0, task=0)
    world.sweep()
    assert world.tasks(batch)[0].state == "node_failure"
