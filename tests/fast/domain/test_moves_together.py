"""Moves of many jobs in one transaction: each is a compare-and-swap of its own, and one that fails keeps no other."""

import pytest
from sqlalchemy import event, select

from allgo_hpc.jobs.moves import IllegalMoveError, Move, move_together
from allgo_hpc.models import App, Job, JobEvent, JobFile
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.together import Moves
from slurm import State
from tests.fakes import AT, record
from tests.fast.domain.world import World


def _done(job: Job, files: int = 1) -> Move:
    listed = [JobFile(job_id=job.id, name=f"{n}", path=f"{n}", size=5, sha256="0" * 64) for n in range(files)]
    values = {"started_at": AT, "finished_at": AT, "reason": f"job {job.id}"}
    return Move(job, JobState.DONE, source="controller", values=values, files=listed)


def test_one_transaction_has_states_events_files_and_counts(world: World) -> None:
    jobs = [world.job(JobState.RUNNING) for _ in range(5)]
    commits: list[object] = []
    event.listen(world.session, "after_commit", commits.append)
    assert move_together(world.session, [_done(job, 2) for job in jobs]) == {job.id for job in jobs}
    assert len(commits) == 1
    assert {job.state for job in jobs} == {"done"}, "also in this session, without reading them again"
    world.session.expire_all()
    assert [(job.state, job.stored_bytes, len(job.files), job.reason) for job in jobs] == [
        ("done", 10, 2, f"job {job.id}") for job in jobs
    ]
    rows = world.session.scalars(select(JobEvent).order_by(JobEvent.id)).all()
    assert [(row.job_id, row.old, row.new, row.detail) for row in rows] == [
        (job.id, "running", "done", f"job {job.id}") for job in jobs
    ]
    assert world.session.get_one(App, world.app.id).done_jobs == 5


def test_one_that_somebody_else_moved_stays_as_that_one_left_it(world: World) -> None:
    first, taken, last = (world.job(JobState.RUNNING) for _ in range(3))
    moves = [_done(job) for job in (first, taken, last)]
    with world.sessions() as other:
        other.get_one(Job, taken.id).state = "cancelled"
        other.commit()
    assert move_together(world.session, moves) == {first.id, last.id}
    world.session.expire_all()
    assert [job.state for job in (first, taken, last)] == ["done", "cancelled", "done"]
    assert taken.files == []
    assert world.session.scalar(select(JobEvent).where(JobEvent.job_id == taken.id)) is None


def test_an_illegal_one_cannot_be_made(world: World) -> None:
    with pytest.raises(IllegalMoveError):
        Move(world.job(JobState.DONE), JobState.RUNNING, source="controller")


def test_one_that_cannot_be_written_does_not_keep_the_others(world: World) -> None:
    first, bad, last = (world.job(JobState.RUNNING) for _ in range(3))
    moves = Moves(world.session)
    for job in (first, bad, last):
        moves.add(_done(job, 2))
    poisonous = moves._moves[1].files
    assert poisonous is not None
    poisonous[1].name = poisonous[0].name  # twice the same key
    moves.write()
    assert (moves.moved, moves.failed) == (2, 1)
    world.session.expire_all()
    assert [job.state for job in (first, bad, last)] == ["done", "running", "done"]


def test_a_sweep_writes_what_it_has_when_one_job_cannot_be_read(world: World) -> None:
    before, poisonous, after = (world.job(JobState.RUNNING) for _ in range(3))
    (world.services.layout.control_dir(poisonous) / "exit").write_text("exit_code=oops")
    world.slurm.controller = [
        record(job.uuid, State.COMPLETED, exit_code=0, signal=0) for job in (before, poisonous, after)
    ]
    swept = world.sweep()
    assert (swept.changed, swept.failed) == (2, 1)
    assert [job.state for job in (before, poisonous, after)] == ["done", "running", "done"]


def test_a_long_list_is_stored_alone(world: World) -> None:
    short, long = world.job(JobState.RUNNING), world.job(JobState.RUNNING)
    moves = Moves(world.session)
    moves.add(_done(short))
    moves.add(_done(long, 3000))
    assert moves.moved == 1
    moves.write()
    assert moves.moved == 2
    world.session.expire_all()
    assert (short.state, long.state, len(long.files)) == ("done", "done", 3000)
