"""Running a job again: on the inputs that were sent then, with what is to differ."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.errors import Conflict, Refusal, TooLarge, Unprocessable
from allgo_hpc.models import Job, utc_now
from allgo_hpc.submitting.idempotency import Key
from slurm import State
from tests.fast.domain.world import World, add_version, make_services

FILES = {"a.bin": bytes(range(256)) * 5000, "empty": b"", "é 中 🙂.txt": b"3"}


def _again(world: World, job: Job, key: Key | None = None, **changes: str) -> Job:
    return world.rerun(job, dict(changes), key=key)


def _files(world: World, job: Job) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in world.services.layout.job_dir(job).iterdir()}


def test_the_inputs_are_taken_over_byte_for_byte_and_nothing_else(world: World) -> None:
    job = world.submit("-x 1", FILES)
    folder = world.services.layout.job_dir(job)
    (folder / "result").write_bytes(b"of the first run")
    (folder / "allgo.log").write_text("of the first run")
    again = _again(world, job)
    assert _files(world, again) == FILES | {"allgo.log": b""}
    assert {one.name: one.size for one in again.inputs} == {name: len(content) for name, content in FILES.items()}
    assert _files(world, job) == FILES | {"result": b"of the first run", "allgo.log": b"of the first run"}


def test_it_is_another_job_that_names_the_first(world: World) -> None:
    job = world.submit("-x 1", FILES)
    again = _again(world, job)
    assert again.rerun_of == job.id
    assert again.id != job.id
    assert {again.folder, again.uuid}.isdisjoint({job.folder, job.uuid})
    assert (again.state, len(world.slurm.submitted)) == ("submitted", 2)
    assert world.words(again) == ["-x", "1"]
    assert _again(world, again).rerun_of == again.id


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("-x 1", "batch", 1)),
        ({"param": "-y"}, ("-y", "batch", 1)),
        ({"param": ""}, ("", "batch", 1)),
        ({"queue": "interactive"}, ("-x 1", "interactive", 1)),
        ({"version": "2"}, ("-x 1", "batch", 2)),
        ({"param": "-z", "queue": "standard", "version": "2"}, ("-z", "standard", 2)),
    ],
)
def test_what_is_to_differ_differs_and_nothing_else(
    world: World, changes: dict[str, str], expected: tuple[str, str, int]
) -> None:
    job = world.submit("-x 1", {"a": b"1"}, queue="batch")
    if "version" in changes:
        add_version(world.session, world.app, 2)
    again = _again(world, job, **changes)
    assert (again.param, again.queue, again.version.number) == expected
    assert again.sha256 == again.version.sha256
    assert _files(world, again)["a"] == b"1"


@pytest.mark.parametrize("changes", [{"param": "'open"}, {"param": "a\0b"}, {"queue": "nowhere"}, {"version": "9"}])
def test_a_change_that_may_not_be_leaves_nothing(world: World, changes: dict[str, str]) -> None:
    job = world.submit("-x", {"a": b"1"})
    before = world.left()
    with pytest.raises(Refusal):
        _again(world, job, **changes)
    assert world.left() == before


def test_a_running_job_can_be_run_again(world: World) -> None:
    job = world.submit(files={"a": b"1"})
    world.slurm.say(job.uuid, State.RUNNING)
    world.sweep()
    assert _files(world, _again(world, job))["a"] == b"1"


def test_a_job_without_inputs(world: World) -> None:
    assert _files(world, _again(world, world.submit())) == {"allgo.log": b""}


def test_a_batch_is_a_batch_again(world: World) -> None:
    batch = world.batch(3, "-x")
    again = _again(world, batch)
    assert (again.tasks, again.rerun_of) == (3, batch.id)
    assert [_files(world, task) for task in world.tasks(again)] == [
        {f"{number}.txt": b"%d" % number, "allgo.log": b""} for number in range(3)
    ]
    assert [spec.tasks for spec in world.slurm.submitted] == [3, 3]


def test_a_task_is_a_job_of_its_own_then(world: World) -> None:
    task = world.tasks(world.batch(3))[1]
    again = _again(world, task)
    assert (again.tasks, again.task, again.parent_id, again.rerun_of) == (0, None, None, task.id)
    assert _files(world, again) == {"1.txt": b"1", "allgo.log": b""}


def test_a_smaller_limit_than_then(world: World) -> None:
    batch, job = world.batch(3), world.submit(files={"a": b"12345678" * 200})
    root = world.services.layout.root
    before = world.left()
    for each, limits in ((batch, {"batch_max_tasks": 2}), (job, {"upload_max_bytes": 1024})):
        world.services = make_services(root, world.slurm, **limits)
        with pytest.raises(TooLarge):
            _again(world, each)
    assert world.left() == before


def test_it_belongs_to_whoever_asks(world: World) -> None:
    job = world.submit(files={"a": b"1"})
    admin = add_user(world.session, name="root", email="root@example.org", role="admin")
    again = world.rerun(job, user=admin)
    assert again.user_id == admin.id
    assert _files(world, again)["a"] == b"1"


def test_sent_again_it_is_the_same_job_also_when_the_inputs_are_gone(world: World) -> None:
    job = world.submit(files={"a": b"1"})
    key = Key("a-key", "1" * 64)
    again = _again(world, job, key)
    (world.services.layout.job_dir(job) / "a").unlink()
    before = world.left()
    assert _again(world, job, key).id == again.id
    assert world.left() == before
    with pytest.raises(Unprocessable):
        _again(world, job, Key("a-key", "2" * 64))
    with pytest.raises(Conflict):
        _again(world, job)


def test_when_slurm_is_away_it_is_sent_later(world: World) -> None:
    job = world.submit(files={"a": b"1"})
    world.slurm.be_away()
    again = _again(world, job)
    assert again.state == "created"
    world.slurm.come_back()
    again.attempted_at = utc_now() - timedelta(minutes=1)
    world.session.commit()
    world.sweep()
    assert again.state == "submitted"
    assert len(world.session.scalars(select(Job)).all()) == 2
