"""Uploads over the real server: large, cut off, refused; nothing half-done stays."""

import hashlib
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.cluster.portal import ROOT, Portal, until

GIBIBYTE = 1024**3


class _Zeros:
    """A file of zeros of any size, without the memory for it."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        size = self.left if size < 0 else min(size, self.left)
        self.left -= size
        return bytes(size)


def _multipart(size: int) -> Iterator[bytes]:
    head = 'Content-Disposition: form-data; name="{}"'
    yield b"--edge\r\n" + head.format("job[webapp_name]").encode() + b"\r\n\r\nprobe\r\n"
    yield b"--edge\r\n" + head.format("files[0]").encode() + b'; filename="big.bin"\r\n\r\n'
    zeros = _Zeros(size)
    while data := zeros.read(4 * 1024 * 1024):
        yield data
    yield b"\r\n--edge--\r\n"


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """No folder and no row may come of what is refused."""

    def state() -> tuple[int, int, int, int]:
        folders = [
            len(list((ROOT / part).glob(depth)))
            for part, depth in (("staging", "*"), ("datastore", "*/*/*"), ("control", "*"))
        ]
        with closing(sqlite3.connect("/var/lib/allgo-hpc/allgo-hpc.db")) as database:
            rows = database.execute("SELECT count(*) FROM job").fetchone()[0]
        return (*folders, rows)  # type: ignore[return-value]

    before = state()
    yield
    until("nothing is left of it", lambda: state() == before, within_s=20)


def test_two_gigabytes(portal: Portal) -> None:
    headers = portal.auth | {"Content-Type": "multipart/form-data; boundary=edge"}
    answer = requests.post(f"{portal.url}/api/v1/jobs", data=_multipart(2 * GIBIBYTE), headers=headers, timeout=300)
    assert answer.status_code == 200, answer.text
    job = portal.finished(answer.json()["id"], within_s=120)
    url = job[str(job["id"])]["big.bin"]
    with requests.get(url, stream=True, timeout=300) as got:
        digest, size = hashlib.sha256(), 0
        for chunk in got.iter_content(4 * 1024 * 1024):
            digest.update(chunk)
            size += len(chunk)
    assert size == 2 * GIBIBYTE
    assert got.headers["ETag"].strip('"') == digest.hexdigest()
    for part in (ROOT / "datastore").rglob("big.bin"):
        part.write_bytes(b"")  # give the disk back


def test_connection_cut_half_way(portal: Portal, nothing_left: None) -> None:
    host, port = portal.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(
            f"POST /api/v1/jobs HTTP/1.1\r\nHost: {host}\r\nAuthorization: Token token={portal.token}\r\n"
            "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 5000000\r\n\r\n".encode()
        )
        for data in _multipart(1000_000):
            line.sendall(data[:500_000])
            break
        until("the upload has begun", lambda: any((ROOT / "staging").iterdir()))


BAD: list[tuple[str, dict[str, str], list[tuple[str, tuple[str, bytes]]], str]] = [
    ("unknown app", {"job[webapp_name]": "textstat"}, [], "job[webapp_name]"),
    ("unknown queue", {"job[webapp_name]": "probe", "job[queue]": "standart"}, [], "job[queue]"),
    ("unknown field", {"job[webapp_name]": "probe", "job[quue]": "batch"}, [], "job[quue]"),
    ("quotes", {"job[webapp_name]": "probe", "job[param]": "words 'a"}, [], "job[param]"),
    ("control", {"job[webapp_name]": "probe", "job[param]": "words \x1b[0m"}, [], "job[param]"),
    ("slash", {"job[webapp_name]": "probe"}, [("files[0]", ("a/b", b"x"))], "files[0]"),
    ("dots", {"job[webapp_name]": "probe"}, [("files[0]", ("..", b"x"))], "files[0]"),
    ("long", {"job[webapp_name]": "probe"}, [("files[0]", ("n" * 300, b"x"))], "files[0]"),
    ("twice", {"job[webapp_name]": "probe"}, [("a", ("n.txt", b"x")), ("b", ("n.txt", b"y"))], "b"),
    ("log", {"job[webapp_name]": "probe"}, [("files[0]", ("allgo.log", b"x"))], "files[0]"),
]


@pytest.mark.parametrize(("data", "files", "field"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_refused(portal: Portal, nothing_left: None, data: dict[str, str], files: list[object], field: str) -> None:
    answer = portal.post(data, files or None)
    assert 400 <= answer.status_code < 500
    body = answer.json()
    assert body["field"] == field
    assert body["error"]


@pytest.mark.parametrize("raw", [b"bad\xff\xfename", b"tab\tname", b"bell\x07name", b"line\nbreak"])
def test_hostile_file_names(portal: Portal, nothing_left: None, raw: bytes) -> None:
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="job[webapp_name]"\r\n\r\nprobe\r\n'
        b'--edge\r\nContent-Disposition: form-data; name="files[0]"; filename="' + raw + b'"\r\n\r\nx\r\n--edge--\r\n'
    )
    headers = portal.auth | {"Content-Type": "multipart/form-data; boundary=edge"}
    answer = requests.post(f"{portal.url}/api/v1/jobs", data=body, headers=headers, timeout=30)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["error"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Token token=0000"}, {"Authorization": "Basic YTpi"}])
def test_no_or_wrong_token(portal: Portal, nothing_left: None, header: dict[str, str]) -> None:
    answer = portal.post({"job[webapp_name]": "probe"}, headers=header)
    assert answer.status_code == 401
    assert answer.json()["error"]


def test_empty_file_and_no_file_work(portal: Portal) -> None:
    job = portal.finished(portal.submit("probe", "nothing", {"files[0]": ("empty.txt", b"")}))
    assert portal.result(job, "empty.txt") == b""
    assert portal.run("nothing")["status"] == "done"


def test_results_lie_where_the_design_says(portal: Portal) -> None:
    job = portal.run("nothing")
    tail = Path(job[str(job["id"])]["allgo.log"].removeprefix(portal.url))
    assert (ROOT / str(tail).lstrip("/")).is_file()
