"""Section 4 of docs/allgo-v1.md: the commands of A||GO's documentation, as they are printed there."""

import json
import os
import pty
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.contract.jobs import Jobs, user_and_app
from tests.cluster.portal import Portal

THERE = "https://allgo.inria.fr"
POST_BY_CURL = """curl -H 'Authorization: Token token=<your_private_token>' -X POST -F job[webapp_id]=<service_id>
     -F job[param]='' -F files[0]=@<path_to_file0> -F files[1]=@<path_to_file1>
     https://allgo.inria.fr/api/v1/jobs"""
GET_BY_HTTP = """GET /api/v1/jobs/40155 HTTP/1.1
Host: allgo.inria.fr
Accept: application/json
Authorization: Token token=<your_private_token>

"""
GET_BY_CURL = (
    "curl -i https://allgo.inria.fr/api/v1/jobs/40155 -H 'Accept: application/json'"
    " -H 'Authorization: Token token=<your_private_token>'"
)
GET_BY_WGET = (
    "wget -S -O- https://allgo.inria.fr/api/v1/jobs/40155 --header='Accept: application/json'"
    " --header='Authorization: Token token=<your_private_token>'"
)
GET_BY_HTTPIE = (
    "http https://allgo.inria.fr/api/v1/jobs/40155 Accept:application/json"
    " Authorization:'Token token=<your_private_token>'"
)
GET_BY_REQUESTS = """requests.get('https://allgo.inria.fr/api/v1/jobs/40155', headers={
    'Accept': 'application/json',
    'Authorization': 'Token token=<your_private_token>',
})"""


@pytest.fixture
def terminal() -> Iterator[int]:
    """What the commands read from: httpie sends a body when it is not started from a terminal."""
    ours, theirs = pty.openpty()
    yield theirs
    os.close(ours)
    os.close(theirs)


def _here(portal: Portal, printed: str, number: int) -> str:
    host = portal.url.removeprefix("http://")
    here = printed.replace(THERE, portal.url).replace(THERE.removeprefix("https://"), host)
    return here.replace("<your_private_token>", portal.token).replace("40155", str(number))


def _run(command: str, place: Path, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    # The documentation breaks long commands without a backslash: they are one line for the shell.
    return subprocess.run(
        ["bash", "-c", command.replace("\n", " ")],
        check=True,
        capture_output=True,
        text=True,
        stdin=stdin,
        cwd=place,
        timeout=60,
        env={"HOME": str(place), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )


def _check(answer: dict[str, Any], jobs: Jobs) -> None:
    number = jobs.numbers["done"]
    assert answer["status"] == "done"
    assert set(answer[str(number)]) == {"given.txt", "allgo.log"}


def test_4_14_post_by_curl(portal: Portal, jobs: Jobs, tmp_path: Path) -> None:
    for name in ("first.txt", "second.txt"):
        (tmp_path / name).write_text("alpha beta\n")
    command = _here(portal, POST_BY_CURL, 0).replace(
        "<service_id>", str(user_and_app(jobs.files("done")["allgo.log"])[1])
    )
    command = command.replace("<path_to_file0>", "first.txt").replace("<path_to_file1>", str(tmp_path / "second.txt"))
    answer = json.loads(_run(command, tmp_path).stdout)
    assert answer["url"] == f"{portal.url}/api/v1/jobs/{answer['id']}"
    job = portal.finished(answer["id"])
    assert set(job[str(job["id"])]) == {"first.txt", "second.txt", "allgo.log"}
    assert portal.result(job, "allgo.log") == b"0 arguments\n"


def test_4_15_get_by_http(portal: Portal, jobs: Jobs) -> None:
    number = jobs.told("done")["id"]
    host, port = portal.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(_here(portal, GET_BY_HTTP, number).replace("\n", "\r\n").encode())
        with HTTPResponse(line) as answer:
            answer.begin()
            assert (answer.version, answer.status, answer.getheader("Content-Type")) == (11, 200, "application/json")
            _check(json.load(answer), jobs)


def test_4_16_get_by_curl(portal: Portal, jobs: Jobs, tmp_path: Path) -> None:
    said = _run(_here(portal, GET_BY_CURL, jobs.told("done")["id"]), tmp_path).stdout
    head, _, body = said.partition("\n\n")
    assert head.splitlines()[0] == "HTTP/1.1 200 OK"
    assert "Content-Type: application/json" in head.splitlines()
    _check(json.loads(body), jobs)


def test_4_17_get_by_wget(portal: Portal, jobs: Jobs, tmp_path: Path) -> None:
    ended = _run(_here(portal, GET_BY_WGET, jobs.told("done")["id"]), tmp_path)
    assert "HTTP/1.1 200 OK" in ended.stderr
    _check(json.loads(ended.stdout), jobs)


def test_4_18_get_by_httpie(portal: Portal, jobs: Jobs, tmp_path: Path, terminal: int) -> None:
    _check(json.loads(_run(_here(portal, GET_BY_HTTPIE, jobs.told("done")["id"]), tmp_path, terminal).stdout), jobs)


def test_4_19_get_by_requests(portal: Portal, jobs: Jobs) -> None:
    call = _here(portal, GET_BY_REQUESTS, jobs.told("done")["id"])
    ended = subprocess.run(
        [sys.executable, "-c", f"import requests\nprint({call}.text)"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin"},
    )
    _check(json.loads(ended.stdout), jobs)
