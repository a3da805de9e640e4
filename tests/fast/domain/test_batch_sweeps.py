"""A batch is followed by its tasks: once submitted, each on its own, whatever Slurm loses."""

from datetime import timedelta

from sqlalchemy import select

from allgo_hpc.models import Job, JobEvent, utc_now
from slurm import State
from tests.fast.domain.world import World

OK = {"exit_code": 0, "signal": 0}


def _states(world: World, batch: Job) -> list[str]:
    return [task.state for task in world.tasks(batch)]


def test_a_whole_life(world: World) -> None:
    batch = world.batch(2)
    seen = []
    for task, state in [(0, State.RUNNING), (0, State.COMPLETED), (1, State.RUNNING), (1, State.COMPLETED)]:
        world.slurm.say(batch.uuid, state, task=task, **(OK if state is State.COMPLETED else {}))
        world.sweep()
        seen.append((batch.state, *_states(world, batch)))
    assert seen == [
        ("running", "running", "pending"), ("running", "done", "pending"), ("running", "done", "running"),
        ("done", "done", "done"),
    ]  # fmt: skip
    told = world.session.scalars(select(JobEvent.new).where(JobEvent.job_id == batch.id).order_by(JobEvent.id)).all()
    assert told == ["created", "submitted", "running", "done"]
    assert world.sweep().unfinished == 0


def test_one_question_for_all_tasks(world: World) -> None:
    world.batch(30)
    world.sweep()
    assert world.slurm.calls == {"submit": 1, "jobs": 1}


def test_each_task_lists_its_own_files_and_the_batch_none(world: World) -> None:
    batch = world.batch(2)
    world.slurm.say(batch.uuid, State.COMPLETED, **OK)
    world.sweep()
    assert [[file.name for file in task.files] for task in world.tasks(batch)] == [
        ["0.txt", "allgo.log"], ["1.txt", "allgo.log"],
    ]  # fmt: skip
    assert batch.files == []


def test_the_batch_begins_with_its_first_task_and_ends_with_its_last(world: World) -> None:
    batch = world.batch(2)
    start = utc_now().replace(microsecond=0)
    times = [(timedelta(5), timedelta(9)), (timedelta(2), timedelta(7))]
    for task, (began, ended) in enumerate(times):
        world.slurm.say(
            batch.uuid, State.COMPLETED, task=task, started_at=start + began, finished_at=start + ended, **OK
        )
    world.sweep()
    assert (batch.started_at, batch.finished_at) == (start + timedelta(2), start + timedelta(9))
    assert batch.expires_at == start + timedelta(9 + world.services.settings.retention_days)


def test_only_tasks_count_for_the_mean_time(world: World) -> None:
    batch = world.batch(2)
    at = utc_now()
    world.slurm.say(batch.uuid, State.COMPLETED, started_at=at, finished_at=at + timedelta(seconds=10), **OK)
    world.sweep()
    assert (batch.state, world.app.done_jobs, world.app.done_seconds) == ("done", 2, 20.0)
