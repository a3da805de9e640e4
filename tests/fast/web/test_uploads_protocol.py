"""tus 1.0 as its clients speak it: piece by piece, from where it ended, nothing mixed, nothing another user's."""

import base64
import hashlib
from typing import Any

import pytest
from werkzeug.test import TestResponse

from allgo_hpc.accounts import add_user
from tests.fast.web import forms
from tests.fast.web.portal import Portal, assert_refused
from tests.hostile import CONTROLS

UPLOADS = "/api/v1/uploads"
KIND = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text).decode()


def begin(portal: Portal, size: int | None = 10, name: str = "a.txt", *, token: str = "", **more: Any) -> TestResponse:
    """Begin an upload; ``metadata`` and ``headers`` are added, a ``body`` is sent with it."""
    metadata = {"filename": name} | more.pop("metadata", {})
    told = ",".join(f"{key} {b64(value)}" for key, value in metadata.items())
    length = {"Upload-Length": str(size)} if size is not None else {"Upload-Defer-Length": "1"}
    headers = portal.auth_of(token or portal.token) | TUS | length | {"Upload-Metadata": told} | more.pop("headers", {})
    body = more.pop("body", None)
    kind = {"content_type": KIND, "data": body} if body is not None else {}
    return portal.client.post(UPLOADS, headers=headers, **kind)


def made(portal: Portal, size: int | None = 10, name: str = "a.txt", **more: Any) -> str:
    answer = begin(portal, size, name, **more)
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    assert answer.headers["Location"] == f"http://localhost{UPLOADS}/{answer.json['id']}"
    return str(answer.json["id"])


def send(portal: Portal, key: str, data: bytes, at: int = 0, **headers: str) -> TestResponse:
    told = portal.auth | TUS | {"Upload-Offset": str(at)} | {k.replace("_", "-"): v for k, v in headers.items()}
    return portal.client.patch(f"{UPLOADS}/{key}", data=data, content_type=KIND, headers=told)


def offset(portal: Portal, key: str) -> int:
    answer = portal.client.head(f"{UPLOADS}/{key}", headers=portal.auth | TUS)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def whole(portal: Portal, data: bytes = b"0123456789", name: str = "a.txt", **more: Any) -> str:
    key = made(portal, len(data), name, **more)
    assert send(portal, key, data).status_code == 204
    return key


def job_with(portal: Portal, *keys: str, path: str = "/api/v1/jobs", **headers: str) -> TestResponse:
    parts = [forms.APP, *(forms.field("job[uploads]", key) for key in keys)]
    return portal.post(forms.body(*parts), path=path, headers=portal.auth | headers)


def test_what_is_spoken_here(portal: Portal) -> None:
    answer = portal.client.options(UPLOADS)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert "creation-defer-length" in answer.headers["Tus-Extension"]
    assert answer.headers["Tus-Max-Size"] == str(portal.world.services.settings.upload_max_bytes)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1,md5"


def test_other_sites_pages_may_speak_it(portal: Portal) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "PATCH"}
    asked["Access-Control-Request-Headers"] = "authorization,tus-resumable,upload-offset,content-type"
    answer = portal.client.options(f"{UPLOADS}/{'0' * 36}", headers=asked)
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert "tus-resumable" in allowed
    assert "upload-offset" in allowed
    shown = begin(portal, headers={"Origin": "https://elsewhere.example"}).headers["Access-Control-Expose-Headers"]
    assert {"Location", "Upload-Offset", "Upload-Expires"} <= set(shown.split(", "))


def test_piece_by_piece_to_a_job(portal: Portal) -> None:
    key = made(portal, 10)
    assert offset(portal, key) == 0
    answer = send(portal, key, b"01234")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5")
    assert "GMT" in answer.headers["Upload-Expires"]
    assert send(portal, key, b"56789", 5).headers["Upload-Offset"] == "10"
    job = job_with(portal, key)
    assert job.status_code == 200, job.text
    number = job.get_json()["id"]
    folder = portal.world.services.layout.job_dir(portal.job(number))
    assert (folder / "a.txt").read_bytes() == b"0123456789"
    assert list(portal.world.services.layout.staging.iterdir()) == []


@pytest.mark.parametrize("sent", ["0.2.2", "", None])
def test_another_version_is_refused(portal: Portal, sent: str | None) -> None:
    key = made(portal)
    headers = portal.auth | ({"Tus-Resumable": sent} if sent is not None else {})
    answer = portal.client.head(f"{UPLOADS}/{key}", headers=headers)
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert_refused(portal.client.post(UPLOADS, headers=headers), 412, code="http_412")


def test_elsewhere_than_at_its_end_nothing_is_taken(portal: Portal) -> None:
    key = made(portal)
    for at in (1, 10, 10**17):
        refused = send(portal, key, b"x", at)
        assert refused.get_json()["offset"] == 0 if refused.status_code == 409 else refused.status_code == 413
    assert_refused(send(portal, key, b"x", 3), 409, code="wrong_offset", field="Upload-Offset")
    assert offset(portal, key) == 0


def test_more_than_was_said_or_may_be_is_refused(make_portal: Any) -> None:
    portal = make_portal(upload_max_bytes=2000)
    assert_refused(begin(portal, 2001), 413, code="too_large", field="Upload-Length")
    key = made(portal, 4)
    assert_refused(send(portal, key, b"12345"), 413, code="too_large", field="Upload-Length")
    assert offset(portal, key) == 0
    open_end = made(portal, None)
    assert_refused(send(portal, open_end, b"x" * 2001), 413, code="too_large", field="Upload-Length")
    assert send(portal, open_end, b"x" * 2000).status_code == 204


def test_another_content_type_is_refused(portal: Portal) -> None:
    key = made(portal)
    headers = portal.auth | TUS | {"Upload-Offset": "0"}
    answer = portal.client.patch(f"{UPLOADS}/{key}", data=b"x", content_type="text/plain", headers=headers)
    assert_refused(answer, 415, code="http_415")


@pytest.mark.parametrize("name", ["sha256", "sha1", "md5"])
def test_a_piece_with_another_checksum_is_dropped(portal: Portal, name: str) -> None:
    key = made(portal)
    good = hashlib.new(name, b"01234").digest()
    assert send(portal, key, b"01234", Upload_Checksum=f"{name} {b64(good)}").status_code == 204
    wrong = send(portal, key, b"56780", 5, Upload_Checksum=f"{name} {b64(good)}")
    assert_refused(wrong, 460, code="checksum_mismatch", field="Upload-Checksum")
    assert offset(portal, key) == 5
    assert send(portal, key, b"56789", 5).status_code == 204
    bad = send(portal, key, b"", 10, Upload_Checksum="crc32 AAAA")
    assert bad.status_code in {204, 400}


def test_an_unknown_checksum_is_refused(portal: Portal) -> None:
    key = made(portal)
    for text in ("crc32 AAAA", "sha256", "sha256 !!!", f"md5 {b64(b'short')}"):
        assert_refused(send(portal, key, b"x", Upload_Checksum=text), 400, code="bad_input", field="Upload-Checksum")


def test_the_whole_is_what_was_said_or_begun_anew(portal: Portal) -> None:
    said = hashlib.sha256(b"0123456789").hexdigest()
    key = made(portal, metadata={"sha256": said})
    assert send(portal, key, b"01234").status_code == 204
    assert_refused(send(portal, key, b"XXXXX", 5), 460, code="checksum_mismatch", field="sha256")
    assert offset(portal, key) == 0
    assert send(portal, key, b"0123456789").status_code == 204
    assert job_with(portal, key).status_code == 200


def test_length_said_later(portal: Portal) -> None:
    key = made(portal, None)
    head = portal.client.head(f"{UPLOADS}/{key}", headers=portal.auth | TUS)
    assert head.headers["Upload-Defer-Length"] == "1"
    assert send(portal, key, b"01234").status_code == 204
    assert_refused(job_with(portal, key), 409, code="upload_unfinished", field="job[uploads]")
    assert_refused(send(portal, key, b"", 5, Upload_Length="3"), 400, code="bad_input", field="Upload-Length")
    assert send(portal, key, b"56", 5, Upload_Length="7").status_code == 204
    assert_refused(send(portal, key, b"", 7, Upload_Length="9"), 400, code="bad_input", field="Upload-Length")
    assert job_with(portal, key).status_code == 200


def test_with_the_first_piece(portal: Portal) -> None:
    answer = begin(portal, 10, body=b"01234")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "5")
    wrong = begin(
        portal, 10, body=b"01234", headers={"Upload-Checksum": f"sha256 {b64(hashlib.sha256(b'x').digest())}"}
    )
    assert_refused(wrong, 460, code="checksum_mismatch", field="Upload-Checksum")
    assert len(portal.get(UPLOADS).get_json()["uploads"]) == 1


def test_an_empty_file_is_whole_at_once(portal: Portal) -> None:
    key = made(portal, 0, "empty")
    assert job_with(portal, key).status_code == 200


def test_patch_in_a_post(portal: Portal) -> None:
    key = made(portal)
    headers = portal.auth | TUS | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    answer = portal.client.post(f"{UPLOADS}/{key}", data=b"01234", content_type=KIND, headers=headers)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5")
    headers["X-HTTP-Method-Override"] = "DELETE"
    assert portal.client.post(f"{UPLOADS}/{key}", headers=headers).status_code == 204
    assert portal.client.post(f"{UPLOADS}/{key}", headers=portal.auth | TUS).status_code == 405


def test_given_up(portal: Portal) -> None:
    key = made(portal)
    assert portal.client.delete(f"{UPLOADS}/{key}", headers=portal.auth | TUS).status_code == 204
    assert_refused(send(portal, key, b"x"), 404, code="unknown_upload", field="upload")
    assert list(portal.world.services.layout.staging.iterdir()) == []


def test_another_users_is_not_there(portal: Portal) -> None:
    key = whole(portal)
    other = portal.token_of(add_user(portal.world.session, name="eve", email="eve@example.org"))
    told = portal.auth_of(other) | TUS | {"Upload-Offset": "0"}
    one = f"{UPLOADS}/{key}"
    for answer in (
        portal.client.get(one, headers=told),
        portal.client.patch(one, headers=told, data=b"x", content_type=KIND),
        portal.client.delete(one, headers=told),
    ):
        assert_refused(answer, 404, code="unknown_upload", field="upload")
    assert portal.get(UPLOADS, headers=told).get_json()["uploads"] == []
    form = forms.body(forms.APP, forms.field("job[uploads]", key))
    assert_refused(portal.post(form, headers=told), 404, code="unknown_upload", field="job[uploads]")
    assert offset(portal, key) == 10


@pytest.mark.parametrize("name", [*CONTROLS[:-1], "", ".", "..", "a/b", "allgo.log", "x" * 256, "a\\b"])
def test_a_name_that_may_not_be_is_refused(portal: Portal, name: str) -> None:
    assert_refused(begin(portal, name=name), 400, code="bad_input", field="Upload-Metadata")
    assert portal.left() == []


@pytest.mark.parametrize(
    ("path", "name"),
    [("scans/day 1/a.tif", "scans_day 1_a.tif"), ("/scans/a.tif", "scans_a.tif"), ("null", "a.txt"), ("", "a.txt"),
     ("a.txt", "a.txt")],
)  # fmt: skip
def test_a_dropped_folders_file_bears_its_path(portal: Portal, path: str, name: str) -> None:
    key = made(portal, metadata={"relativePath": path})
    assert portal.get(f"{UPLOADS}/{key}").get_json()["name"] == name


@pytest.mark.parametrize("path", ["a/../b", "a//b", "./a", "a/b\n", "/".join("a" * 100), "a" * 200 + "/" + "b" * 100])
def test_a_path_that_may_not_be_is_refused(portal: Portal, path: str) -> None:
    assert_refused(begin(portal, metadata={"relativePath": path}), 400, code="bad_input", field="Upload-Metadata")


def test_metadata_that_cannot_be_read(portal: Portal) -> None:
    for text in ("filename !!!", "filename", f"filename {b64('a')},filename {b64('b')}", f"filename {b64(b'\xff')}"):
        answer = begin(portal, headers={"Upload-Metadata": text})
        assert_refused(answer, 400, code="bad_input", field="Upload-Metadata")


def test_found_again_after_the_lid_was_closed(portal: Portal) -> None:
    said = hashlib.sha256(b"0123456789").hexdigest()
    key = made(portal, metadata={"sha256": said})
    send(portal, key, b"0123")
    whole(portal, name="b.txt")
    for query in (f"sha256={said}", "name=a.txt&size=10", "finished=false"):
        found = portal.get(f"{UPLOADS}?{query}").get_json()["uploads"]
        assert [(one["id"], one["offset"]) for one in found] == [(key, 4)], query
    first = portal.get(f"{UPLOADS}?limit=1").get_json()
    second = portal.get(first["next"].removeprefix("http://localhost")).get_json()
    assert ([one["name"] for one in first["uploads"] + second["uploads"]], second["next"]) == (["b.txt", "a.txt"], None)


def test_needs_a_token_that_may_submit(portal: Portal) -> None:
    assert portal.client.post(UPLOADS, headers=TUS).status_code == 401
    assert portal.client.head(f"{UPLOADS}/{'0' * 36}", headers=TUS).status_code == 401


def test_what_may_wait_is_limited(make_portal: Any) -> None:
    portal = make_portal(upload_max_bytes=2000, uploads_max_bytes=3000, upload_max_files=1)
    made(portal, 2000)
    assert_refused(begin(portal, 1001), 413, code="too_large", field="uploads")
    for _ in range(4):
        made(portal, 10)
    assert_refused(begin(portal, 10), 413, code="too_large", field="uploads")


def test_what_waits_counts_as_stored(make_portal: Any) -> None:
    portal = make_portal(quota_stored_bytes=1000)
    made(portal, 600)
    assert_refused(begin(portal, 600), 403, code="quota_exceeded", field="stored_bytes")
