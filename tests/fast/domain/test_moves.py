"""A job's state changes in one place: one of many wins, and every change leaves a row."""

import itertools
import threading

import pytest
from sqlalchemy import select, update
from sqlalchemy.event import listen

from allgo_hpc.jobs.moves import IllegalMoveError, move
from allgo_hpc.models import Job, JobEvent, JobFile, JobInput
from allgo_hpc.states import JobState, is_legal
from tests.fast.domain.world import World

ILLEGAL = [pair for pair in itertools.product(JobState, JobState) if not is_legal(*pair)]


def _events(world: World, job: Job) -> list[tuple[str, str, str, str]]:
    rows = world.session.scalars(select(JobEvent).where(JobEvent.job_id == job.id).order_by(JobEvent.id))
    return [(row.old, row.new, row.source, row.detail) for row in rows]


def test_a_move_writes_state_values_event_and_files(world: World) -> None:
    job = world.job(JobState.RUNNING, absent_since=None)
    files = [JobFile(job_id=job.id, name="a", path="a", size=1, sha256="0" * 64)]
    values = {"reason": "Because.", "exit_code": 3}
    assert move(world.session, job, JobState.ERROR, source="marker", values=values, files=files)
    assert (job.state, job.reason, job.exit_code) == ("error", "Because.", 3)
    assert job.confirmed_at is not None
    assert [file.name for file in job.files] == ["a"]
    assert _events(world, job) == [("running", "error", "marker", "Because.")]


def test_a_long_list_is_stored_in_parts_between_which_others_write(world: World) -> None:
    job = world.job(JobState.RUNNING)
    other = world.job(JobState.RUNNING)
    numbers = []

    def write(_: object) -> None:
        with world.sessions() as session:  # were a lock held, this would wait for it in vain
            session.execute(update(Job).where(Job.id == other.id).values(exit_code=len(numbers)))
            session.commit()
        numbers.append(len(numbers))

    files = [JobFile(job_id=job.id, name=f"{n}", path=f"{n}", size=n, sha256="0" * 64) for n in range(5000)]
    with world.sessions() as session:
        listen(session, "after_commit", write)
        assert move(session, session.get_one(Job, job.id), JobState.DONE, source="marker", files=files)
    stored = world.session.scalars(select(JobFile.size).where(JobFile.job_id == job.id)).all()
    assert sorted(stored) == list(range(5000))
    assert len(numbers) >= 3


def test_a_long_list_does_not_replace_that_of_an_ended_job(world: World) -> None:
    number = world.job(JobState.RUNNING).id
    with world.sessions() as late:
        job = late.get_one(Job, number)
        late.commit()
        ended = world.session.get_one(Job, number)
        first = [JobFile(job_id=number, name="a", path="a", size=1, sha256="0" * 64)]
        assert move(world.session, ended, JobState.DONE, source="marker", files=first)
        files = [JobFile(job_id=number, name=f"{n}", path=f"{n}", size=n, sha256="0" * 64) for n in range(5000)]
        assert not move(late, job, JobState.ERROR, source="marker", files=files)
    assert world.session.scalars(select(JobFile.name).where(JobFile.job_id == number)).all() == ["a"]


def test_a_move_ends_the_earlier_reason_and_the_clock(world: World) -> None:
    job = world.job(JobState.CREATED, reason="Waiting for Slurm", absent_since=world.user.created_at)
    assert move(world.session, job, JobState.PENDING, source="controller")
    assert (job.reason, job.absent_since) == ("", None)


def test_of_two_sessions_one_wins(world: World) -> None:
    number = world.job(JobState.RUNNING).id
    with world.sessions() as first, world.sessions() as second:
        one, two = first.get_one(Job, number), second.get_one(Job, number)
        second.commit()
        assert move(first, one, JobState.DONE, source="controller")
        assert not move(second, two, JobState.ERROR, source="marker", values={"reason": "late"})
        assert (two.state, two.reason) == ("done", "")
        assert [event[1] for event in _events(world, one)] == ["done"]


def test_of_many_threads_one_wins(world: World) -> None:
    number = world.job(JobState.CREATED).id
    start = threading.Barrier(6)
    won: list[bool] = []

    def race() -> None:
        with world.sessions() as session:
            job = session.get_one(Job, number)
            session.commit()
            start.wait()
            won.append(move(session, job, JobState.SUBMITTED, source="portal"))

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 5 + [True]
    assert len(_events(world, world.session.get_one(Job, number))) == 1


def test_no_illegal_move_is_made(world: World) -> None:
    for old, new in ILLEGAL:
        job = world.job(old)
        with pytest.raises(IllegalMoveError, match=f"{old} → {new}"):
            move(world.session, job, new, source="portal")
        world.session.refresh(job)
        assert job.state == old
        assert _events(world, job) == []


def test_a_lost_job_that_turns_up_has_one_list_of_files(world: World) -> None:
    job = world.job(JobState.RUNNING)

    def files(digit: str) -> list[JobFile]:
        return [JobFile(job_id=job.id, name="allgo.log", path="allgo.log", size=1, sha256=digit * 64)]

    assert move(world.session, job, JobState.LOST, source="portal", files=files("0"))
    assert move(world.session, job, JobState.DONE, source="accounting", files=files("1"))
    assert [file.sha256[0] for file in job.files] == ["1"]


def test_a_path_as_long_as_linux_takes_can_be_listed(world: World) -> None:
    job = world.job(JobState.RUNNING)
    path = "%E4" * 4095
    file = JobFile(job_id=job.id, name="a" * 210, path=path, size=2**40, sha256="0" * 64)
    assert move(world.session, job, JobState.DONE, source="controller", files=[file])
    assert [each.path for each in job.files] == [path]


def test_what_was_to_change_with_a_move_that_was_not_made_does_not_change(world: World) -> None:
    """A job that is started anew gets other inputs; if it was cancelled meanwhile it keeps those that it has."""
    job = world.job(JobState.RUNNING)
    with world.sessions() as other:
        other.get_one(Job, job.id).state = "cancelled"
        other.commit()
    world.session.add(JobInput(job_id=job.id, name="new", size=1, changed_ns=1))
    world.session.flush()
    assert not move(world.session, job, JobState.FINISHING, source="controller")
    world.session.commit()
    assert world.session.scalar(select(JobInput).where(JobInput.job_id == job.id, JobInput.name == "new")) is None
