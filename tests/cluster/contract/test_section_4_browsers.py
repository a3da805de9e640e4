"""Section 4 of docs/allgo-v1.md: clients in a browser, and that nothing under the API is a page for people."""

import re

import pytest
import requests

from tests.cluster.contract.jobs import Jobs
from tests.cluster.portal import Portal

ELSEWHERE = "https://notebook.example.org"
PATHS = (
    "/api/v1/jobs",
    "/api/v1/jobs/",
    "/api/v1/jobs/{done}",
    "/api/v1/jobs/{done}/events",
    "/api/v1/jobs/999999",
    "/api/v1/jobs/x",
    "/api/v1/datastore/{done}/given.txt",
    "/api/v1/datastore/{done}/none.txt",
    "/api/v1/metrics/created/1",
    "/api/v1/status",
    "/api/v1/nothing",
    "{file}",
    "{file}.none",
    "/datastore/1/1/0/none.txt",
)
EVERY_PATH = pytest.mark.parametrize("path", PATHS)


def _url(portal: Portal, jobs: Jobs, path: str) -> str:
    file = jobs.files("done")["given.txt"].removeprefix(portal.url)
    return portal.url + path.format(done=jobs.told("done")["id"], file=file)


def _origins(answer: requests.Response) -> list[str]:
    values: list[str] = answer.raw.headers.getlist("Access-Control-Allow-Origin")
    return values


@EVERY_PATH
@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("origin", [{}, {"Origin": ELSEWHERE}, {"Origin": "null"}])
def test_4_2_one_allow_origin(portal: Portal, jobs: Jobs, path: str, signed_in: bool, origin: dict[str, str]) -> None:
    headers = origin | (portal.auth if signed_in else {})
    with requests.get(_url(portal, jobs, path), headers=headers, timeout=10, stream=True) as answer:
        assert len(_origins(answer)) == 1, answer.headers
        assert _origins(answer)[0] in {"*", origin.get("Origin", "*")}


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/jobs/"])
@pytest.mark.parametrize("fields", [{"job[webapp_id]": "probe"}, {"job[webapp_id]": "none"}, {"job[no]": "x"}])
def test_4_2_one_allow_origin_on_a_post(portal: Portal, path: str, fields: dict[str, str]) -> None:
    for headers in ({"Origin": ELSEWHERE}, {"Origin": ELSEWHERE} | portal.auth):
        answer = requests.post(portal.url + path, data=fields, headers=headers, timeout=10)
        assert len(_origins(answer)) == 1, answer.headers


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/api/v1/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_4_5_a_browser_may_ask(portal: Portal, jobs: Jobs, path: str, method: str) -> None:
    asked = {
        "Origin": ELSEWHERE,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,accept,content-type",
    }
    answer = requests.options(_url(portal, jobs, path), headers=asked, timeout=10, allow_redirects=False)
    assert 200 <= answer.status_code < 300
    assert len(_origins(answer)) == 1
    allowed = {name: answer.headers[f"Access-Control-Allow-{name}"].lower() for name in ("Methods", "Headers")}
    assert {"get", "post"} <= set(re.split(r"\s*,\s*", allowed["Methods"]))
    assert {"authorization", "accept", "content-type"} <= set(re.split(r"\s*,\s*", allowed["Headers"]))


@EVERY_PATH
def test_4_13_nothing_leads_to_a_sign_in_page(portal: Portal, jobs: Jobs, path: str) -> None:
    answer = requests.get(_url(portal, jobs, path), timeout=10, allow_redirects=False)
    if path in {"{file}", "/api/v1/status"}:
        assert answer.status_code == 200
        return
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]
    assert "html" not in answer.headers["Content-Type"]
