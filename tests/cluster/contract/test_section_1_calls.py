"""Section 1 of docs/allgo-v1.md: submitting, asking, fetching."""

import re
from typing import Any

import pytest
import requests

from tests.cluster.contract.jobs import Jobs, user_and_app
from tests.cluster.portal import Portal

LINK = re.compile(r"/datastore/\d+/\d+/[0-9a-f]{40}/[^/]+")


def _posted(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert not answer.history, "the POST was redirected"
    body: dict[str, Any] = answer.json()
    return body


def test_1_1_a_post_accepts_a_job(portal: Portal) -> None:
    body = _posted(portal.post({"job[webapp_id]": "probe", "job[param]": ""}))
    assert isinstance(body["id"], int)
    assert isinstance(body["avg_time"], (int, float))
    assert body["url"] == f"{portal.url}/api/v1/jobs/{body['id']}"
    assert requests.get(body["url"], headers=portal.auth, timeout=10).json()["id"] == body["id"]


@pytest.mark.parametrize("files", [None, {"files[0]": ("a.txt", b"a")}])
def test_1_2_so_does_one_with_a_slash_at_the_end(portal: Portal, files: Any) -> None:
    answer = requests.post(
        f"{portal.url}/api/v1/jobs/", data={"job[webapp_id]": "probe"}, files=files, headers=portal.auth, timeout=10
    )
    body = _posted(answer)
    assert body["url"] == f"{portal.url}/api/v1/jobs/{body['id']}"


def test_1_3_multipart_and_urlencoded_bodies(portal: Portal) -> None:
    fields = {"job[webapp_name]": "probe", "job[param]": "words a=b&c é"}
    urlencoded = portal.post(fields)
    multipart = portal.post({}, {name: (None, value) for name, value in fields.items()})
    for answer, kind in ((urlencoded, "application/x-www-form-urlencoded"), (multipart, "multipart/form-data")):
        assert str(answer.request.headers["Content-Type"]).startswith(kind)
        job = portal.finished(_posted(answer)["id"])
        assert portal.result(job, "words.txt").decode() == "a=b&c\n--\né\n--\n"


@pytest.mark.parametrize("field", ["webapp_id", "webapp_name", "webapp"])
def test_1_4_the_app_by_its_short_name(portal: Portal, field: str) -> None:
    assert portal.get(_posted(portal.post({f"job[{field}]": "probe"}))["id"])["app"] == "probe"


def test_1_4_the_app_by_its_number(portal: Portal, jobs: Jobs) -> None:
    _, number = user_and_app(jobs.files("done")["allgo.log"])
    assert portal.get(_posted(portal.post({"job[webapp_id]": str(number)}))["id"])["app"] == "probe"


@pytest.mark.parametrize(("version", "ran"), [({"version": "1"}, "one"), ({}, "two")])
def test_1_5_a_version_can_be_chosen(portal: Portal, netprobe: str, version: dict[str, str], ran: str) -> None:
    job = portal.finished(portal.submit(netprobe, **version))
    assert portal.result(job, "allgo.log").decode() == f"# version {ran}\n"


def test_1_5_a_version_that_is_not_there_is_refused(portal: Portal, netprobe: str) -> None:
    assert portal.post({"job[webapp_id]": netprobe, "job[version]": "999"}).status_code == 400


@pytest.mark.parametrize("queue", ["interactive", "standard", "batch"])
def test_1_6_a_queue_can_be_chosen(portal: Portal, queue: str) -> None:
    assert portal.get(portal.submit("probe", queue=queue))["queue"] == queue


def test_1_6_without_one_it_is_the_apps_own(portal: Portal, netprobe: str) -> None:
    assert portal.get(portal.submit(netprobe))["queue"] == "batch"
    assert portal.get(portal.submit("textstats"))["queue"] == "interactive"


@pytest.mark.parametrize("param", [{}, {"job[param]": ""}, {"job[param]": "words x"}])
def test_1_7_the_parameter_string(portal: Portal, param: dict[str, str]) -> None:
    number = _posted(portal.post({"job[webapp_id]": "probe"} | param))["id"]
    assert portal.get(number)["param"] == param.get("job[param]", "")


@pytest.mark.parametrize("fields", [("files[0]",), ("file",), ("file[0]",), ("file", "file", "file"), ("job[x]", "ü")])
def test_1_8_files_under_any_field_name(portal: Portal, fields: tuple[str, ...]) -> None:
    files = [(field, (f"{number}.txt", b"%d" % number)) for number, field in enumerate(fields)]
    job = portal.finished(portal.submit("probe", files=files))
    assert set(job[str(job["id"])]) == {f"{number}.txt" for number in range(len(fields))} | {"allgo.log"}
    assert portal.result(job, "0.txt") == b"0"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({}, 400), ({"job[webapp_id]": "no-such-app"}, 404), ({"job[webapp_id]": "probe", "job[queue]": "fast"}, 400)],
)
def test_1_9_what_is_refused_has_an_error(portal: Portal, fields: dict[str, str], status: int) -> None:
    answer = portal.post(fields)
    assert answer.status_code == status
    assert isinstance(answer.json()["error"], str)
    assert "id" not in answer.json()


@pytest.mark.parametrize("path", ["/api/v1/jobs/999999", "/api/v1/jobs/x", "/api/v1/no", "/datastore/1/1/0/x"])
def test_1_9_what_is_not_there_has_an_error(portal: Portal, path: str) -> None:
    answer = requests.get(portal.url + path, headers=portal.auth, timeout=10)
    assert answer.status_code == 404
    assert answer.json()["error"]


def test_1_10_a_job_lists_its_files_under_its_id(portal: Portal, jobs: Jobs) -> None:
    job = jobs.told("done")
    assert job["id"] == jobs.numbers["done"]
    assert job["status"] == "done"
    for name, address in job[str(job["id"])].items():
        assert address.startswith(portal.url)
        assert LINK.fullmatch(address.removeprefix(portal.url))
        assert "/" not in name


@pytest.mark.parametrize("token", [None, "right", "wrong"])
def test_1_11_a_file_by_its_address(portal: Portal, jobs: Jobs, token: str | None) -> None:
    headers = {None: {}, "right": portal.auth, "wrong": {"Authorization": "Token token=0"}}[token]
    answer = requests.get(jobs.files("done")["given.txt"], headers=headers, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"given\n")


def test_1_12_a_file_by_the_jobs_number(portal: Portal, jobs: Jobs) -> None:
    address = f"{portal.url}/api/v1/datastore/{jobs.told('done')['id']}/given.txt"
    assert requests.get(address, headers=portal.auth, timeout=10).content == b"given\n"
    assert requests.get(address, timeout=10).status_code == 401
    other = {"Authorization": f"Token token={portal.values['ALLGO_AUTHOR_TOKEN']}"}
    assert requests.get(address, headers=other, timeout=10).status_code == 404
    assert requests.get(address + "x", headers=portal.auth, timeout=10).status_code == 404


def test_1_12_it_does_not_exist_before_the_end(portal: Portal, jobs: Jobs) -> None:
    for name in ("given.txt", "allgo.log"):
        address = f"{portal.url}/api/v1/datastore/{jobs.running()['id']}/{name}"
        assert requests.get(address, headers=portal.auth, timeout=10).status_code == 404
