"""The files of ended jobs: by the secret folder, or by number with a token."""

import pytest

from tests.fast.web.conftest import MakePortal
from tests.fast.web.forms import APP, body, file
from tests.fast.web.portal import Portal, assert_refused
from tests.hostile import RAW

HOSTILE: list[str | bytes] = [
    "with space", "quote'\"", "a;b=c", "100%.txt", "%2e%2e", "a?b#c", "é 中 🙂.txt", "line\nfeed", "tab\t", "\x1b[31m",
    "nested/deep/file", "a\\b", "<script>alert(1)<", "\u202egnp.exe", "line\u2028separator", "x" * 250, *RAW,
]  # fmt: skip


def test_by_folder_without_a_token_and_with_one(portal: Portal) -> None:
    _, listed = portal.finished({"out.bin": bytes(range(256))})
    for headers in ({}, portal.auth, portal.auth_of("wrong")):
        answer = portal.get(listed["out.bin"], headers=headers)
        assert answer.status_code == 200
        assert answer.data == bytes(range(256))


def test_what_an_app_wrote_is_no_page_of_the_portals(portal: Portal) -> None:
    _, listed = portal.finished({"page.html": b"<script>alert(1)</script>"})
    answer = portal.get(listed["page.html"])
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_every_listed_file_can_be_fetched_under_its_address(portal: Portal, name: str | bytes) -> None:
    raw = name.replace(b"/", b"_") if isinstance(name, bytes) else name
    job, listed = portal.finished({raw: b"content"})
    (flat,) = set(listed) - {"allgo.log"}
    assert "/" not in flat
    assert flat.isprintable() or {"\u202e", "\u2028"} & set(flat)
    answer = portal.get(listed[flat])
    assert (answer.status_code, answer.data) == (200, b"content")
    assert "\n" not in answer.headers["Content-Disposition"]
    by_number = f"/api/v1/datastore/{job.id}/{listed[flat].rpartition('/')[2]}"
    assert portal.get(by_number).data == b"content"


def test_by_number_with_the_owners_token_only(portal: Portal) -> None:
    job, _ = portal.finished({"out.txt": b"x"})
    path = f"/api/v1/datastore/{job.id}/out.txt"
    assert portal.get(path).data == b"x"
    assert_refused(portal.get(path, headers={}), 401, code="no_token", field="Authorization")
    assert_refused(portal.get(path, headers=portal.auth_of("0" * 40)), 401, code="wrong_token", field="Authorization")
    other = portal.token_of(portal.world.app.owner)
    assert_refused(portal.get(path, headers=portal.auth_of(other)), 404, code="unknown_job", field="job_id")


def test_while_it_runs_there_is_no_file(portal: Portal) -> None:
    number = portal.submit()
    job = portal.job(number)
    for path in (
        f"/api/v1/datastore/{number}/allgo.log",
        f"/datastore/{job.user_id}/{job.app_id}/{job.folder}/allgo.log",
    ):
        assert_refused(portal.get(path), 404, code="unknown_file", field="name")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_else_is_reached(make_portal: MakePortal, kind: str) -> None:
    portal = make_portal(kind)
    job, _ = portal.finished({"out/a.txt": b"x"})
    root = f"/datastore/{job.user_id}/{job.app_id}/{job.folder}"
    wrong = [
        f"{root}/none", f"{root}/out/a.txt", f"{root}/..%2f..%2fcontrol", f"{root}/%00", f"{root}/a%00b", f"{root}/",
        f"{root}/out", f"{root}/%FF", f"{root}/..", f"/datastore/{job.user_id}/{job.app_id}/{'0' * 40}/allgo.log",
        f"/datastore/{job.user_id + 1}/{job.app_id}/{job.folder}/allgo.log",
        f"/datastore/{'9' * 30}/1/{job.folder}/allgo.log",
        f"/datastore/{job.user_id}/{job.app_id}/{job.folder[:-1]}%0A/allgo.log", "/datastore/",
        f"/datastore/x/y/{job.folder}/z",
        f"/api/v1/datastore/{job.id}/%00", f"/api/v1/datastore/{'9' * 30}/allgo.log", f"/api/v1/datastore/{job.id}/",
    ]  # fmt: skip
    for path in wrong:
        answer = portal.get(path)
        assert answer.status_code == 404, path
        assert answer.get_json()["error"]


def test_a_file_that_became_a_link_is_not_followed(portal: Portal) -> None:
    job, listed = portal.finished({"out.txt": b"x", "folder/inner.txt": b"y"})
    folder = portal.world.services.layout.job_dir(job)
    (folder / "out.txt").unlink()
    (folder / "out.txt").symlink_to("/etc/passwd")
    (folder / "folder").rename(folder / "moved")
    (folder / "folder").symlink_to("moved")
    for name in ("out.txt", "folder_inner.txt"):
        assert_refused(portal.get(listed[name]), 404, code="unknown_file", field="name")


def test_a_file_that_is_gone(portal: Portal) -> None:
    job, listed = portal.finished({"out.txt": b"x"})
    (portal.world.services.layout.job_dir(job) / "out.txt").unlink()
    assert_refused(portal.get(listed["out.txt"]), 404, code="unknown_file", field="name")


@pytest.mark.parametrize(
    ("wanted", "status", "got"),
    [
        ("bytes=0-3", 206, b"0123"), ("bytes=7-", 206, b"789"), ("bytes=-2", 206, b"89"),
        ("bytes=3-100", 206, b"3456789"), ("bytes=10-", 416, None), ("bytes=5-2", 416, None), ("lines=1", 416, None),
    ],
)  # fmt: skip
def test_a_part_of_a_file(portal: Portal, wanted: str, status: int, got: bytes | None) -> None:
    _, listed = portal.finished({"out.txt": b"0123456789"})
    answer = portal.get(listed["out.txt"], headers={"Range": wanted})
    if status == 416:
        assert_refused(answer, 416, code="http_416")
        return
    assert (answer.status_code, answer.data) == (status, got)
    assert answer.headers["Content-Range"].endswith("/10")


def test_a_file_that_is_known_is_not_sent_again(portal: Portal) -> None:
    _, listed = portal.finished({"out.txt": b"x"})
    first = portal.get(listed["out.txt"])
    again = portal.get(listed["out.txt"], headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = portal.get(listed["out.txt"], headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_the_head_of_a_file(portal: Portal) -> None:
    _, listed = portal.finished({"out.txt": b"0123456789"})
    answer = portal.client.head(listed["out.txt"], buffered=True)
    assert (answer.status_code, answer.headers["Content-Length"], answer.data) == (200, "10", b"")


def test_storage_that_is_away_takes_nothing_and_calls_nothing_gone(portal: Portal) -> None:
    _, listed = portal.finished({"a.txt": b"x"})
    root = portal.world.services.layout.root
    kept = root.rename(root.with_name("away"))
    for answer in (portal.get(listed["a.txt"], headers={}), portal.post(body(APP, file("a", "b.txt")))):
        assert answer.headers["Retry-After"]
        field = "name" if answer.request.method == "GET" else ""
        assert_refused(answer, 503, code="storage_away", field=field)
    kept.rename(root)
    assert portal.get(listed["a.txt"], headers={}).data == b"x"
