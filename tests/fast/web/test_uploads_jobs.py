"""A job takes uploads: once, whole, and a refused one gives them back."""

import hashlib
import threading
from pathlib import Path
from typing import Any

import pytest

from allgo_hpc.accounts import add_user
from allgo_hpc.errors import Conflict
from allgo_hpc.models import Upload
from allgo_hpc.uploading.place import Place
from allgo_hpc.uploading.receive import Piece
from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal, assert_refused
from tests.fast.web.test_uploads_protocol import UPLOADS, begin, job_with, made, offset, send, whole

DATA = b"0123456789"
SAID = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


def _folder(portal: Portal, number: int) -> Path:
    return portal.world.services.layout.job_dir(portal.job(number))


def test_beside_files_that_are_sent(portal: Portal) -> None:
    keys = [whole(portal, name=name) for name in ("a", "b", "c")]
    listed = forms.field("job[uploads]", f"{keys[0]},{keys[1]}"), forms.field("job[uploads]", keys[2])
    number = portal.submit(*listed, forms.file("files[0]", "d"))
    assert portal.input_names(number) == {"a", "b", "c", "d"}
    assert {(one.name, one.size) for one in portal.job(number).inputs} >= {("a", 10), ("b", 10)}
    assert portal.get(UPLOADS).get_json()["uploads"] == []


def test_a_batch_counts_them_like_files(portal: Portal) -> None:
    keys = f"{whole(portal, name='a', metadata={'sha256': SAID})} {made(portal, name='b', metadata={'sha256': SAID})}"
    number = portal.submit(forms.field("job[uploads]", keys), forms.field("job[batch]", "each"))
    tasks = portal.world.tasks(portal.job(number))
    assert [one.name for task in tasks for one in task.inputs] == ["a", "b"]
    assert {one.sha256 for task in tasks for one in task.inputs} == {SAID}


def test_taken_once(portal: Portal) -> None:
    key = whole(portal)
    assert job_with(portal, key).status_code == 200
    sentence = assert_refused(job_with(portal, key), 409, code="upload_taken", field="job[uploads]")
    assert "send the file again" in sentence
    assert_refused(send(portal, key, b"", 10), 409, code="upload_taken", field="upload")
    twice = whole(portal)
    assert_refused(job_with(portal, twice, twice), 400, code="bad_input", field="job[uploads]")


def test_sent_again_with_its_key_it_is_the_same_job(portal: Portal) -> None:
    key = whole(portal)
    first = job_with(portal, key, **{"Idempotency-Key": "once"})
    again = job_with(portal, key, **{"Idempotency-Key": "once"})
    assert first.get_json()["id"] == again.get_json()["id"]


def test_sent_twice_at_once_with_its_key_it_is_one_job(portal: Portal) -> None:
    key = whole(portal)
    answers: list[Any] = []

    def post() -> None:
        parts = [forms.APP, forms.field("job[uploads]", key)]
        headers = portal.auth | {"Idempotency-Key": "once"}
        answer = portal.app.test_client().post(
            "/api/v1/jobs", data=forms.body(*parts), content_type=forms.MULTIPART, headers=headers
        )
        answers.append((answer.status_code, answer.get_json().get("id")))

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 200


@pytest.mark.parametrize("each", ["", "each"])
def test_refused_it_stays_for_the_next_try(portal: Portal, each: str) -> None:
    key, other = whole(portal), whole(portal)
    batch = [forms.field("job[batch]", each)] if each else []
    bad = forms.body(forms.APP, forms.field("job[uploads]", key), forms.field("job[param]", "'"), *batch)
    assert_refused(portal.post(bad), 400, code="bad_input", field="job[param]")
    same_name = forms.body(forms.APP, forms.field("job[uploads]", f"{key} {other}"), *batch)
    assert "was sent already" in assert_refused(portal.post(same_name), 400, code="bad_input", field="job[uploads]")
    portal.world.app.input_max_bytes = 5
    portal.world.session.commit()
    late = forms.body(forms.APP, forms.field("job[uploads]", key), *batch)
    assert_refused(portal.post(late), 413, code="quota_exceeded", field="files")
    portal.world.app.input_max_bytes = None
    portal.world.session.commit()
    layout = portal.world.services.layout
    assert Place(layout, key).data.read_bytes() == DATA
    assert {path.name for path in layout.staging.iterdir()} == {key, other}
    assert portal.post(late).status_code == 200


def test_a_quota_that_refuses_at_the_last_moment_gives_it_back(make_portal: Any) -> None:
    portal = make_portal(quota_jobs_at_once=1)
    portal.submit()
    key = whole(portal)
    assert_refused(job_with(portal, key), 403, code="quota_exceeded", field="jobs_at_once")
    assert Place(portal.world.services.layout, key).data.read_bytes() == DATA
    assert Place(portal.world.services.layout, key).taken_by() is None


def test_not_whole_it_is_refused(portal: Portal) -> None:
    key = made(portal)
    send(portal, key, b"0123")
    assert "4 bytes of 10" in assert_refused(job_with(portal, key), 409, code="upload_unfinished", field="job[uploads]")
    for wrong in ("x", "../../etc", "0" * 36, "\u202e"):
        assert_refused(job_with(portal, wrong), 404, code="unknown_upload", field="job[uploads]")


def test_run_again_with_another_file(portal: Portal) -> None:
    number = portal.submit(forms.file("files[0]", "a", b"old"), forms.file("files[1]", "b"))
    key = whole(portal, name="a")
    answer = portal.client.post(f"/api/v1/jobs/{number}/rerun", json={"uploads": key}, headers=portal.auth)
    assert answer.status_code == 200, answer.text
    assert (_folder(portal, answer.get_json()["id"]) / "a").read_bytes() == DATA
    assert portal.input_names(answer.get_json()["id"]) == {"a", "b"}


def test_a_file_that_is_here_is_not_sent_again(portal: Portal) -> None:
    first = job_with(portal, whole(portal, metadata={"sha256": SAID})).get_json()["id"]
    answer = begin(portal, 10, "b.txt", metadata={"sha256": SAID.upper()})
    assert answer.headers["Upload-Offset"] == "10"
    assert answer.get_json()["finished"]
    second = job_with(portal, answer.get_json()["id"]).get_json()["id"]
    old, new = _folder(portal, first) / "a.txt", _folder(portal, second) / "b.txt"
    assert new.read_bytes() == DATA
    assert old.stat().st_ino != new.stat().st_ino  # a job may write to its inputs


def test_of_an_upload_that_waits_likewise(portal: Portal) -> None:
    whole(portal, metadata={"sha256": SAID})
    assert begin(portal, 10, metadata={"sha256": SAID}).headers["Upload-Offset"] == "10"
    assert begin(portal, 11, metadata={"sha256": SAID}).headers["Upload-Offset"] == "0"


def test_by_its_hash_nobody_gets_anothers_file(portal: Portal) -> None:
    job_with(portal, whole(portal, metadata={"sha256": SAID}))
    made(portal, metadata={"sha256": SAID})  # from that job
    other = portal.token_of(add_user(portal.world.session, name="eve", email="eve@example.org"))
    assert begin(portal, 10, metadata={"sha256": SAID}, token=other).headers["Upload-Offset"] == "0"


def test_nor_an_administrator(portal: Portal) -> None:
    whole(portal, metadata={"sha256": SAID})
    root = portal.token_of(add_user(portal.world.session, name="root", email="root@example.org", role="admin"))
    assert begin(portal, 10, metadata={"sha256": SAID}, token=root).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("change", ["other", "link", "gone", "secret"])
def test_an_input_that_the_app_changed_is_sent_again(portal: Portal, tmp_path: Path, change: str) -> None:
    path = _folder(portal, job_with(portal, whole(portal, metadata={"sha256": SAID})).get_json()["id"]) / "a.txt"
    path.unlink()
    secret = tmp_path / "secret"
    secret.write_bytes(DATA)
    if change == "other":
        path.write_bytes(b"9876543210")
    elif change == "link":
        path.symlink_to(secret)
    elif change == "secret":
        path.hardlink_to(secret)
    answer = begin(portal, 10, metadata={"sha256": SAID})
    assert answer.headers["Upload-Offset"] == "0"
    assert send(portal, answer.get_json()["id"], DATA).status_code == 204


def test_a_lying_record_is_found_out(portal: Portal) -> None:
    """What waits is hashed while it is copied: a disk that changed it changes nothing for anybody."""
    key = whole(portal, metadata={"sha256": SAID})
    Place(portal.world.services.layout, key).data.write_bytes(b"9876543210")
    assert begin(portal, 10, metadata={"sha256": SAID}).headers["Upload-Offset"] == "0"


def test_a_piece_takes_over_from_one_that_hangs(portal: Portal) -> None:
    key = made(portal)
    place = Place(portal.world.services.layout, key)
    hanging = Piece(place, 0, most=10, size=10)
    hanging.__enter__()
    hanging.write(b"01")
    assert send(portal, key, b"23", 2).status_code == 204
    with pytest.raises(Conflict):
        hanging.write(b"XX")
    assert offset(portal, key) == 4
    assert place.data.read_bytes() == b"0123"


def test_what_is_not_checked_yet_does_not_count(portal: Portal) -> None:
    key = made(portal)
    place = Place(portal.world.services.layout, key)
    send(portal, key, b"01")
    piece = Piece(place, 2, most=10, size=10, checksum=("md5", b"0" * 16))
    piece.__enter__()
    piece.write(b"XXXX")
    assert offset(portal, key) == 2  # as after a crash in the middle of it
    assert send(portal, key, b"23456789", 2).status_code == 204
    assert place.data.read_bytes() == DATA


def test_its_record_says_which_job_took_it(portal: Portal) -> None:
    key = whole(portal)
    number = job_with(portal, key).get_json()["id"]
    portal.world.session.expire_all()
    assert portal.world.session.query(Upload).filter_by(key=key).one().job_id == number
