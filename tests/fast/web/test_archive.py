"""GET /api/v1/jobs/<id>/archive: all files of an ended job, whole or from where a download was cut off."""

from datetime import UTC, datetime

import pytest
from werkzeug.test import TestResponse

from allgo_hpc.jobs.results import list_results
from allgo_hpc.models import Job
from allgo_hpc.reading.contained import NotAsListed
from allgo_hpc.states import JobState
from allgo_hpc.tokens import new_token
from tests.fast.archives import open_files, unpacked
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal, assert_refused
from tests.hostile import RAW

FORM = pytest.mark.parametrize("form", ["zip", "tar"])
FILES: dict[str | bytes, bytes] = {"out.txt": b"out", "deep/er/out.txt": b"deep", "é 中 🙂.txt": b"names", "empty": b""}


def _path(job: Job, form: str) -> str:
    return f"{JOBS}/{job.id}/archive?format={form}"


def get_archive(portal: Portal, job: Job, form: str, **headers: str) -> TestResponse:
    return portal.get(_path(job, form), headers=portal.auth | {key.replace("_", "-"): v for key, v in headers.items()})


@FORM
def test_all_files_under_their_own_paths(portal: Portal, form: str) -> None:
    job, _ = portal.finished(FILES)
    answer = get_archive(portal, job, form)
    assert answer.status_code == 200
    assert answer.mimetype == {"zip": "application/zip", "tar": "application/x-tar"}[form]
    assert answer.headers["Content-Disposition"] == f"attachment; filename=job-{job.id}.{form}"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert unpacked(form, answer.data) == FILES | {"allgo.log": b""}


def test_a_zip_is_what_is_sent_where_nothing_else_is_asked_for(portal: Portal) -> None:
    job, _ = portal.finished({})
    assert portal.get(f"{JOBS}/{job.id}/archive").mimetype == "application/zip"
    assert_refused(portal.get(f"{JOBS}/{job.id}/archive?format=rar"), 400, code="bad_input", field="format")
    assert_refused(portal.get(f"{JOBS}/{job.id}/archive?fromat=tar"), 400, code="bad_input", field="fromat")


def _batch(portal: Portal, state: JobState = JobState.DONE) -> Job:
    """A batch of three: two that have ended, one that runs."""
    world = portal.world
    ended = datetime(2026, 1, 2, tzinfo=UTC)
    parent = world.job(state, tasks=3, finished_at=ended)
    for number, task_state in enumerate((JobState.DONE, JobState.ERROR, JobState.RUNNING)):
        task = world.job(task_state, parent_id=parent.id, task=number, finished_at=ended)
        folder = world.services.layout.job_dir(task)
        (folder / "sub").mkdir()
        (folder / "sub" / "out.txt").write_text(f"task {number}")
        world.session.add_all(list_results(task.id, folder))
    world.session.commit()
    return parent


@FORM
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_a_batch_each_task_has_its_folder(make_portal: MakePortal, kind: str, form: str) -> None:
    portal = make_portal(kind)
    answer = get_archive(portal, _batch(portal), form)
    assert unpacked(form, answer.data) == {
        "0/allgo.log": b"hello\n",
        "0/sub/out.txt": b"task 0",
        "1/allgo.log": b"hello\n",
        "1/sub/out.txt": b"task 1",
    }


@FORM
def test_before_the_end_there_is_none(portal: Portal, form: str) -> None:
    assert_refused(get_archive(portal, portal.job(portal.submit()), form), 409, code="not_ended")
    assert_refused(get_archive(portal, _batch(portal, JobState.RUNNING), form), 409, code="not_ended")


@FORM
def test_for_nobody_else(portal: Portal, form: str) -> None:
    world = portal.world
    job, _ = portal.finished(FILES)
    path = _path(job, form)
    assert_refused(portal.get(path, headers={}), 401, code="no_token", field="Authorization")
    stranger = portal.auth_of(portal.token_of(world.app.owner))
    assert_refused(portal.get(path, headers=stranger), 404, code="unknown_job", field="job_id")
    writes = portal.auth_of(new_token(world.session, world.user, name="w", scopes=["jobs:write"]))
    assert_refused(portal.get(path, headers=writes), 403, code="scope_missing", field="Authorization")
    reads = portal.auth_of(new_token(world.session, world.user, name="r", scopes=["jobs:read"]))
    assert portal.get(path, headers=reads).status_code == 200


def test_of_a_deleted_job_there_is_none(portal: Portal) -> None:
    job, _ = portal.finished(FILES)
    assert portal.client.delete(f"{JOBS}/{job.id}", headers=portal.auth).status_code == 204
    assert_refused(get_archive(portal, job, "zip"), 410, code="job_deleted", field="job_id")


@FORM
@pytest.mark.parametrize("how", ["link", "folder link", "gone", "longer", "shorter", "folder"])
def test_what_is_not_as_listed_breaks_it_off(portal: Portal, form: str, how: str) -> None:
    job, _ = portal.finished({"a.txt": b"a" * 200_000, "b/secret.txt": b"listed", "c.txt": b"c"})
    folder = portal.world.services.layout.job_dir(job)
    file = folder / "b" / "secret.txt"
    (folder.parent / "outside").mkdir()
    (folder.parent / "outside" / "secret.txt").write_bytes(b"SECRET")
    if how == "folder link":
        (folder / "b").rename(folder / "was")
        (folder / "b").symlink_to(folder.parent / "outside")
    elif how in {"longer", "shorter"}:
        file.write_bytes(b"listed"[:5] if how == "shorter" else b"listed+")
    else:
        file.unlink()
        if how == "link":
            file.symlink_to(folder.parent / "outside" / "secret.txt")
        if how == "folder":
            file.mkdir()
    answer = portal.client.get(_path(job, form), headers=portal.auth)
    assert answer.status_code == 200
    pieces: list[bytes] = []
    with pytest.raises(NotAsListed):  # a server closes the connection on it
        pieces.extend(answer.response)
    answer.close()
    received = b"".join(pieces)
    assert len(received) < int(answer.headers["Content-Length"])
    assert b"a" * 1000 in received
    assert b"SECRET" not in received


@FORM
def test_names_that_are_no_text_are_in_it(portal: Portal, form: str) -> None:
    files: dict[str | bytes, bytes] = {raw: bytes([number]) for number, raw in enumerate(RAW)}
    job, _ = portal.finished(files | {"folder\\evil": b"back", "line\nfeed": b"line"})
    found = unpacked(form, get_archive(portal, job, form).data)
    assert set(found.values()) == {*files.values(), b"back", b"line", b""}
    assert all(name.isprintable() and "\\" not in name for name in found)


@FORM
def test_no_connection_to_the_database_is_held(portal: Portal, form: str) -> None:
    job, _ = portal.finished(FILES)
    answer = portal.client.get(_path(job, form), headers=portal.auth)
    with portal.app.app_context():
        pool = portal.app.extensions["sqlalchemy"].engine.pool
    assert next(iter(answer.response))
    assert pool.checkedout() == 0
    answer.close()


@FORM
def test_a_client_that_goes_away_leaves_nothing_open(portal: Portal, form: str) -> None:
    job, _ = portal.finished({"large": bytes(5_000_000)})
    get_archive(portal, job, form)
    before = open_files()
    for _ in range(5):
        answer = portal.client.get(_path(job, form), headers=portal.auth)
        assert next(iter(answer.response))
        answer.close()
    assert open_files() == before
