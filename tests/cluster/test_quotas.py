"""Quotas that an administrator sets, under submissions at once to the real server."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests

from tests.cluster.portal import Portal, run_as
from tests.cluster.slurmside import cancel, partition_down

NAME = "much"


def _user(verb: str, *words: str) -> str:
    return run_as("allgo", ["/opt/allgo-hpc/venv/bin/allgo-hpc", "user", verb, *words], stdin="long enough\n").stdout


def _quota(*words: str) -> str:
    return _user("quota", NAME, *words)


@pytest.fixture(scope="module")
def mine(portal: Portal) -> Portal:
    """The portal for somebody of whom nothing else runs."""
    _user("add", NAME, "--email", "much@example.org", "--password-stdin")
    return replace(portal, token=_user("token", NAME, "--name", "test").strip())


@pytest.fixture
def no_limits() -> Iterator[None]:
    yield
    _quota("--reset")


@pytest.mark.usefixtures("no_limits")
def test_submissions_at_once_do_not_pass_the_limit_together(mine: Portal) -> None:
    with partition_down():
        _quota("--jobs-at-once", "5")
        with ThreadPoolExecutor(20) as pool:
            data = {"job[webapp_name]": "probe", "job[param]": "nothing"}
            answers = list(pool.map(lambda _: mine.post(data), range(20)))
        assert Counter(answer.status_code for answer in answers) == {200: 5, 403: 15}
        refused = next(answer for answer in answers if answer.status_code != requests.codes.ok).json()
        assert (refused["code"], refused["field"]) == ("quota_exceeded", "jobs_at_once")
        assert "5 jobs that have not ended" in refused["detail"]
        assert "the limit is 5" in refused["detail"]
        assert "jobs_at_once\t5\tof 5" in _quota()
        numbers = [answer.json()["id"] for answer in answers if answer.status_code == requests.codes.ok]
        cancel(mine, numbers[0])
        mine.finished(numbers[0])
        numbers.append(mine.submit("probe", "nothing"))
    assert {mine.finished(number)["state"] for number in numbers[1:]} == {"done"}


@pytest.mark.usefixtures("no_limits")
def test_what_is_stored_counts(mine: Portal) -> None:
    _quota("--stored-gb", "0")
    answer = mine.post({"job[webapp_name]": "probe"}, {"f": ("a.bin", b"x" * 2048)})
    assert (answer.status_code, answer.json()["field"]) == (403, "stored_bytes")
    assert "and this adds 2.0 KB" in answer.json()["detail"]
