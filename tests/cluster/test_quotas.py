"""Quotas that an administrator sets, under submissions at once to the real server."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.cluster.portal import Portal, run_as
from tests.cluster.slurmside import cancel, partition_down


def _quota(*words: str) -> str:
    return run_as("allgo", ["/opt/allgo-hpc/venv/bin/allgo-hpc", "user", "quota", "demo", *words]).stdout


@pytest.fixture
def no_limits() -> Iterator[None]:
    yield
    _quota("--reset")


@pytest.mark.usefixtures("no_limits")
def test_submissions_at_once_do_not_pass_the_limit_together(portal: Portal) -> None:
    before = len(
        requests.get(f"{portal.url}/api/v1/jobs?state=pending", headers=portal.auth, timeout=60).json()["jobs"]
    )
    assert before == 0
    with partition_down():
        _quota("--jobs-at-once", "5")
        with ThreadPoolExecutor(20) as pool:
            data = {"job[webapp_name]": "probe", "job[param]": "nothing"}
            answers = list(pool.map(lambda _: portal.post(data), range(20)))
        assert Counter(answer.status_code for answer in answers) == {200: 5, 403: 15}
        refused = next(answer for answer in answers if answer.status_code != requests.codes.ok).json()
        assert (refused["code"], refused["field"]) == ("quota_exceeded", "jobs_at_once")
        assert "5 jobs that have not ended" in refused["detail"]
        assert "the limit is 5" in refused["detail"]
        assert "jobs_at_once\t5\tof 5" in _quota()
        numbers = [answer.json()["id"] for answer in answers if answer.status_code == requests.codes.ok]
        cancel(portal, numbers[0])
        portal.finished(numbers[0])
        numbers.append(portal.submit("probe", "nothing"))
    assert {portal.finished(number)["state"] for number in numbers[1:]} == {"done"}


@pytest.mark.usefixtures("no_limits")
def test_what_is_stored_counts(portal: Portal) -> None:
    _quota("--stored-gb", "0")
    answer = portal.post({"job[webapp_name]": "probe"}, {"f": ("a.bin", b"x" * 2048)})
    assert (answer.status_code, answer.json()["field"]) == (403, "stored_bytes")
    assert "and this adds 2.0 KB" in answer.json()["detail"]
