"""Section 4 of docs/allgo-v1.md: what clients that others wrote rely on."""

import json
import re
import socket
from http.client import HTTPResponse

import pytest
import requests

from tests.cluster.contract.jobs import GIVEN, Jobs
from tests.cluster.portal import Portal

FIVE_SECONDS = 5


def test_4_1_exactly_200_and_soon(portal: Portal, jobs: Jobs) -> None:
    number = jobs.told("done")["id"]
    answers = [
        portal.post({"job[webapp_id]": "probe"}, GIVEN),
        requests.get(f"{portal.url}/api/v1/jobs/{number}", headers=portal.auth, timeout=FIVE_SECONDS),
        requests.get(jobs.files("done")["given.txt"], timeout=FIVE_SECONDS),
        requests.get(f"{portal.url}/api/v1/datastore/{number}/given.txt", headers=portal.auth, timeout=FIVE_SECONDS),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert max(answer.elapsed.total_seconds() for answer in answers) < FIVE_SECONDS


def test_4_1_also_while_the_controller_is_down(portal: Portal, controller_down: int) -> None:
    answer = portal.post({"job[webapp_id]": "probe"}, GIVEN)
    assert answer.status_code == 200
    assert portal.get(answer.json()["id"])["status"] == "in progress"
    assert answer.elapsed.total_seconds() < FIVE_SECONDS


def test_4_3_the_id_is_a_number(portal: Portal, jobs: Jobs) -> None:
    text = portal.post({"job[webapp_id]": "probe"}).text
    assert re.search(r'"id": ?\d+[,}]', text)
    number = jobs.told("done")["id"]
    told = requests.get(f"{portal.url}/api/v1/jobs/{number}", headers=portal.auth, timeout=10).text
    assert re.search(r'"id": ?\d+[,}]', told)


def test_4_4_the_status_is_always_there(portal: Portal, jobs: Jobs) -> None:
    told = [
        portal.get(portal.submit("probe")),
        jobs.running(),
        *(jobs.told(job) for job in ("done", "failed", "limited")),
    ]
    assert [bool(job["status"]) for job in told] == [True] * 5


def test_4_6_the_app_alone_is_a_job(portal: Portal) -> None:
    for body in ({"data": {"job[webapp_id]": "probe"}}, {"files": {"job[webapp_id]": (None, "probe")}}):
        answer = requests.post(f"{portal.url}/api/v1/jobs", headers=portal.auth, timeout=10, **body)
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("kind", ["", "Content-Type: text/plain; charset=utf-8\r\n", "Content-Type: text/plain\r\n"])
def test_4_7_parts_without_a_file_name_are_fields(portal: Portal, kind: str) -> None:
    fields = {"job[webapp_id]": "probe", "job[param]": "words é"}
    parts = [f'--edge\r\nContent-Disposition: form-data; name="{n}"\r\n{kind}\r\n{v}\r\n' for n, v in fields.items()]
    headers = portal.auth | {"Content-Type": "multipart/form-data; boundary=edge"}
    body = "".join(parts) + "--edge--\r\n"
    answer = requests.post(f"{portal.url}/api/v1/jobs", data=body.encode(), headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    assert portal.get(answer.json()["id"])["param"] == "words é"


def test_4_8_expect_is_answered(portal: Portal) -> None:
    host, port = portal.url.removeprefix("http://").split(":")
    body = b"job%5Bwebapp_id%5D=probe"
    head = (
        f"POST /api/v1/jobs HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Token token={portal.token}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        "Expect: 100-continue\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=FIVE_SECONDS) as line:
        line.sendall(head.encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 100 ")
        line.sendall(body)
        with HTTPResponse(line) as answer:
            answer.begin()
            assert answer.status == 200
            assert isinstance(json.load(answer)["id"], int)


def test_4_9_polls_are_never_refused(portal: Portal, jobs: Jobs, session: requests.Session) -> None:
    url = f"{portal.url}/api/v1/jobs/{jobs.running()['id']}"
    answers = [session.get(url, timeout=FIVE_SECONDS) for _ in range(200)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["status"] for answer in answers} == {"in progress"}


def test_4_10_a_running_job_lists_no_files(jobs: Jobs) -> None:
    running = jobs.running()
    assert running[str(running["id"])] == {}


@pytest.mark.parametrize("name", ["words", "talked"])
def test_4_11_json_is_pure_ascii(portal: Portal, jobs: Jobs, name: str) -> None:
    number = jobs.told(name)["id"]
    told = requests.get(f"{portal.url}/api/v1/jobs/{number}", headers=portal.auth, timeout=10)
    refused = portal.post({"job[webapp_id]": "ünï"})
    assert refused.status_code == 404
    for answer in (told, refused):
        assert answer.content.isascii()
        assert answer.json()


def test_4_11_also_in_events(portal: Portal, jobs: Jobs) -> None:
    url = f"{portal.url}/api/v1/jobs/{jobs.told('talked')['id']}/events"
    told = requests.get(url, headers=portal.auth, timeout=30).content
    assert told.isascii()
    assert rb"\u00fc" in told


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/jobs/", "/api/v1/tokens", "/api/v1/nothing"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_4_12_a_post_is_never_redirected(portal: Portal, path: str, signed_in: bool) -> None:
    headers = portal.auth if signed_in else {}
    fields = {"job[webapp_id]": "probe"}
    answer = requests.post(portal.url + path, data=fields, headers=headers, timeout=10, allow_redirects=False)
    assert not 300 <= answer.status_code < 400
