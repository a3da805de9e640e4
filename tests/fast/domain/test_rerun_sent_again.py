"""Running a job again whose inputs are sent again: replaced, or gone with the job's files."""

import hashlib

import pytest

from allgo_hpc.errors import Conflict
from allgo_hpc.jobs.deletion import delete_job
from allgo_hpc.models import Job
from slurm import State
from tests.fast.domain.world import World


def _ended(world: World, files: dict[str, bytes], *, change: str = "") -> Job:
    job = world.submit("-x 1", files)
    if change:
        (world.services.layout.job_dir(job) / change).write_bytes(b"by the app")
    world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    assert job.state == "done"
    return job


def _deleted(world: World, files: dict[str, bytes]) -> Job:
    job = _ended(world, files)
    delete_job(world.session, world.services, job)
    world.session.expire_all()
    return job


def _files(world: World, job: Job) -> dict[str, bytes]:
    found = {path.name: path.read_bytes() for path in world.services.layout.job_dir(job).iterdir()}
    del found["allgo.log"]
    return found


def test_what_is_sent_takes_the_place_of_the_input_of_its_name(world: World) -> None:
    job = world.submit("-x 1", {"a": b"1", "b": b"2"})
    again = world.rerun(job, files={"b": b"new", "c": b"more"})
    assert _files(world, again) == {"a": b"1", "b": b"new", "c": b"more"}
    assert (again.param, again.rerun_of) == ("-x 1", job.id)
    assert _files(world, job) == {"a": b"1", "b": b"2"}


def test_an_input_that_the_app_changed_can_be_sent_again(world: World) -> None:
    job = _ended(world, {"a": b"1", "b": b"2"}, change="a")
    with pytest.raises(Conflict, match="changed its input 'a'"):
        world.rerun(job)
    assert _files(world, world.rerun(job, files={"a": b"1"})) == {"a": b"1", "b": b"2"}


def test_a_deleted_job_names_what_is_to_be_sent(world: World) -> None:
    job = _deleted(world, {f"{n}.txt": b"1" for n in range(7)})
    before = world.left()
    with pytest.raises(Conflict, match=r"send '0.txt', '1.txt', '2.txt', '3.txt', '4.txt' and 2 more again") as refused:
        world.rerun(job)
    assert refused.value.code == "inputs_gone"
    with pytest.raises(Conflict, match=r"send '6.txt' again"):
        world.rerun(job, files={f"{n}.txt": b"1" for n in range(6)})
    assert world.left() == before


def test_a_deleted_job_runs_again_on_what_is_sent(world: World) -> None:
    job = _deleted(world, {"a": b"1"})
    again = world.rerun(job, {"queue": "batch"}, files={"a": b"1"})
    assert _files(world, again) == {"a": b"1"}
    assert (again.param, again.queue, again.rerun_of, again.state) == ("-x 1", "batch", job.id, "submitted")


def test_a_deleted_job_without_inputs_needs_none(world: World) -> None:
    assert world.rerun(_deleted(world, {})).param == "-x 1"


def test_a_deleted_batch_becomes_a_batch_again(world: World) -> None:
    batch = world.batch(2)
    for task in (0, 1):
        world.slurm.say(batch.uuid, State.COMPLETED, exit_code=0, signal=0, task=task)
    world.sweep()
    world.session.expire_all()
    delete_job(world.session, world.services, batch)
    world.session.expire_all()
    with pytest.raises(Conflict, match=r"'0\.txt', '1\.txt'"):
        world.rerun(batch)
    again = world.rerun(batch, files={"0.txt": b"0", "1.txt": b"1"})
    assert [_files(world, task) for task in world.tasks(again)] == [{"0.txt": b"0"}, {"1.txt": b"1"}]


def test_the_digests_of_inputs_outlive_them_but_for_those_that_the_app_changed(world: World) -> None:
    job = _ended(world, {"a": b"1", "b é": b"2"}, change="a")
    delete_job(world.session, world.services, job)
    world.session.expire_all()
    assert {one.name: one.sha256 for one in job.inputs} == {"a": None, "b é": hashlib.sha256(b"2").hexdigest()}
