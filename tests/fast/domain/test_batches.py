"""A batch: a job per file under one number, accepted as a whole or not at all."""

from collections.abc import Callable

import pytest

from allgo_hpc import durable
from allgo_hpc.errors import BadInput, Refusal, StorageFull, TooLarge
from allgo_hpc.models import Job
from slurm import TASK_MARK, JobSpec
from tests.fast.domain.faults import BrokenDatabaseError, fault_at
from tests.fast.domain.world import World, make_services
from tests.hostile import TEXTS

FILES = {"b.txt": b"2", "a.txt": b"1", "é 中.txt": b"3"}


def test_each_file_is_the_only_one_in_the_folder_of_its_task(world: World) -> None:
    batch = world.submit("-x 'y z'", FILES, batch="each")
    layout = world.services.layout
    tasks = world.tasks(batch)
    assert [task.task for task in tasks] == [0, 1, 2]
    for task, (name, content) in zip(tasks, FILES.items(), strict=True):
        folder = layout.job_dir(task)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {name: content, "allgo.log": b""}
        assert [one.name for one in task.inputs] == [name]
        assert (task.inputs[0].size, task.inputs[0].changed_ns) == (1, (folder / name).stat().st_ctime_ns)
    assert not layout.job_dir(batch).exists(), "the batch itself has no files"
    assert world.words(batch) == ["-x", "y z"]


def test_a_task_is_like_its_batch(world: World) -> None:
    batch = world.submit("-x", FILES, batch="each", queue="batch")
    shared = ("user_id", "app_id", "version_id", "sha256", "queue", "param", "memory_mb", "cpus", "limit_minutes")
    tasks = world.tasks(batch)
    for task in tasks:
        assert [getattr(task, name) for name in shared] == [getattr(batch, name) for name in shared]
        assert (task.parent_id, task.tasks, task.state, task.slurm_id) == (batch.id, 0, "submitted", batch.slurm_id)
    assert (batch.tasks, batch.task, batch.parent_id, batch.inputs) == (3, None, None, [])
    assert len({each.folder for each in [batch, *tasks]} | {each.uuid for each in [batch, *tasks]}) == 8


def test_slurm_gets_one_array_that_names_no_folder(world: World) -> None:
    batch = world.submit("-x", FILES, batch="each")
    assert len(world.slurm.submitted) == 1
    spec = world.slurm.submitted[0]
    assert (spec.tasks, spec.comment, spec.name) == (3, batch.uuid, f"allgo-{batch.id}")
    assert spec.work_dir.name == TASK_MARK
    assert spec.log_file == spec.work_dir / "allgo.log"
    assert not any(task.folder in " ".join(map(str, (spec.work_dir, *spec.command))) for task in world.tasks(batch))


def test_the_script_finds_the_folder_of_each_task_on_its_line(world: World) -> None:
    batch = world.submit(files=FILES, batch="each")
    control = world.services.layout.control_dir(batch)
    tasks = world.tasks(batch)
    assert (control / "tasks").read_text() == "".join(f"{task.folder}\n" for task in tasks)
    assert [world.services.layout.control_dir(task) for task in tasks] == [control / str(n) for n in range(3)]
    spec = world.slurm.submitted[0]
    assert {spec.work_dir.with_name(task.folder) for task in tasks} == set(map(world.services.layout.job_dir, tasks))


def test_one_file_is_a_batch_of_one(world: World) -> None:
    batch = world.batch(1)
    assert (batch.tasks, [task.task for task in world.tasks(batch)]) == (1, [0])
    assert world.slurm.submitted[0].tasks == 1


def test_all_of_it_is_there_before_slurm_is_asked(world: World) -> None:
    seen: list[int] = []

    def look(spec: JobSpec) -> None:
        lines = (spec.control_dir / "tasks").read_text().splitlines()
        seen.extend(len(list(spec.work_dir.with_name(line).iterdir())) for line in lines)
        with world.sessions() as session:
            seen.append(session.query(Job).filter(Job.state == "created").count())

    world.slurm.in_submit = look
    world.batch(3)
    assert seen == [2, 2, 2, 4]


@pytest.mark.parametrize("files", [{}, None])
def test_without_a_file_there_is_no_batch(world: World, files: dict[str, bytes] | None) -> None:
    with pytest.raises(BadInput, match="at least one input file") as caught:
        world.submit(files=files, batch="each")
    assert caught.value.field == "job[batch]"
    assert world.left() == []


def test_more_files_than_a_batch_may_have(world: World) -> None:
    world.services = make_services(world.services.layout.root, world.slurm, batch_max_tasks=2)
    with pytest.raises(TooLarge, match=r"3 files .* 2 tasks"):
        world.batch(3)
    assert world.left() == []
    assert world.slurm.submitted == []
    assert world.batch(2).tasks == 2


@pytest.mark.parametrize("word", [text for text in TEXTS if text != "each"], ids=ascii)
def test_another_word_than_each_is_refused(world: World, word: str) -> None:
    with pytest.raises(BadInput, match="'each'") as caught:
        world.submit(files=FILES, batch=word)
    assert caught.value.field == "job[batch]"
    assert world.left() == []


@pytest.mark.parametrize("change", [{"param": "'open"}, {"queue": "nowhere"}, {"version": "9"}, {"app": "no"}])
def test_what_is_refused_leaves_nothing(world: World, change: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        world.submit(files=FILES, batch="each", **change)  # type: ignore[arg-type]
    assert world.left() == []


def _one(world: World) -> Job:
    return world.submit("-x", {"a": b"1", "b": b"2"})


def _batch(world: World) -> Job:
    return world.submit("-x", {"a": b"1", "b": b"2"}, batch="each")


@pytest.mark.parametrize(
    ("submit", "waiting_kib", "least"),
    [(_one, 0, 15), (_batch, 0, 21), (_one, 10**9, 19), (_batch, 10**9, 27)],
    ids=["job-together", "batch-together", "job-one-by-one", "batch-one-by-one"],
)
def test_whatever_step_fails_nothing_stays(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    submit: Callable[[World], Job],
    waiting_kib: int,
    least: int,
) -> None:
    monkeypatch.setattr(durable, "_waiting_kib", lambda: waiting_kib)
    for name in ("allgo_hpc.quotas.check.take_turn", "allgo_hpc.jobs.dispatch.take_turn"):
        monkeypatch.setattr(name, lambda _session: None)  # where that fails it goes on without
    for number in range(100):
        with fault_at(number) as taken:
            try:
                submit(world)
            except StorageFull:
                assert taken[number] not in {"flush", "commit"}, taken
            except BrokenDatabaseError:
                assert taken[number] in {"flush", "commit"}, taken
            else:
                break
        world.session.rollback()
        assert world.left() == [], taken
        assert world.slurm.submitted == []
    assert number >= least, f"there are as many steps, not {number}"
    assert len(world.slurm.submitted) == 1, "that one was accepted: what failed came later"
