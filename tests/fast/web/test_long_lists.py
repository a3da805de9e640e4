"""Lists of files that are longer than a page: told whole, in pieces, and not as whole when they are not any more."""

from typing import Any

import pytest

from allgo_hpc.jobs.deletion import delete_job
from allgo_hpc.models import Job
from allgo_hpc.reading import listed
from allgo_hpc.reading.listed import ListChanged
from slurm import State
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal
from web.api.jobs import listing

NAMES = sorted([f"{number}.txt" for number in range(7)] + ["'\"{}", "é 中 🙂", "B", "a", 'x":{}'])


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


@pytest.fixture
def pages_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (listed, listing):
        monkeypatch.setattr(module, "PAGE", 2)


def _job(portal: Portal) -> Job:
    return portal.finished({name: name.encode() for name in NAMES})[0]


def _batch(portal: Portal) -> Job:
    world = portal.world
    batch = world.batch(3)
    for task in world.tasks(batch):
        for name in NAMES[: task.task]:
            (world.services.layout.job_dir(task) / name).write_bytes(b"x")
        world.slurm.say(batch.uuid, State.COMPLETED, exit_code=0, signal=0, task=task.task)
    world.sweep()
    world.session.expire_all()
    return batch


def _told(portal: Portal, path: str) -> Any:
    answer = portal.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    return answer.get_json()


@pytest.mark.parametrize("make", [_job, _batch])
def test_in_pieces_it_is_the_same_as_whole(portal: Portal, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = make(portal)
    for path in (f"{JOBS}/{job.id}", f"{JOBS}/{job.id}/files"):
        whole = _told(portal, path)
        for size in (1, 2, 3, 100):
            for module in (listed, listing):
                monkeypatch.setattr(module, "PAGE", size)
            assert _told(portal, path) == whole


def test_all_of_them_are_there_whatever_their_names(portal: Portal, pages_of_two: None) -> None:
    job = _job(portal)
    told = _told(portal, f"{JOBS}/{job.id}")
    assert set(told[str(job.id)]) == {*NAMES, "allgo.log"}
    assert told["url"].endswith(f"/{job.id}"), "what stands after the list is told as well"
    assert {file["name"] for file in _told(portal, f"{JOBS}/{job.id}/files")["files"]} == {*NAMES, "allgo.log"}


def test_of_a_batch_each_bears_its_tasks_number(portal: Portal, pages_of_two: None) -> None:
    batch = _batch(portal)
    told = _told(portal, f"{JOBS}/{batch.id}")[str(batch.id)]
    wanted = {f"{task}_{name}" for task in range(3) for name in [f"{task}.txt", "allgo.log", *NAMES[:task]]}
    assert set(told) == wanted


def test_deleted_meanwhile_it_is_broken_off(portal: Portal, pages_of_two: None) -> None:
    job = _job(portal)
    answer = portal.client.get(f"{JOBS}/{job.id}", headers=portal.auth)
    pieces = iter(answer.response)
    begun = next(pieces)
    delete_job(portal.world.session, portal.world.services, job)
    with pytest.raises(ListChanged, match="were listed"):
        list(pieces)
    assert begun
    answer.close()


def test_an_unchanged_long_list_is_not_read(portal: Portal, pages_of_two: None) -> None:
    job = _job(portal)
    tag = portal.get(f"{JOBS}/{job.id}").headers["ETag"]
    answer = portal.get(f"{JOBS}/{job.id}", headers=portal.auth | {"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
