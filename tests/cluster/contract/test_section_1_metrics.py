"""Section 1 of docs/allgo-v1.md: how often an app is used."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.cluster.contract.jobs import user_and_app
from tests.cluster.portal import Portal

KINDS = ("per_user", "per_result", "created")


class _Usage:
    """Two jobs more of an app that nothing else runs meanwhile, and its numbers before and after."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        done, failed = (portal.submit("diskprobe", param) for param in ("1", "x"))
        ended = portal.finished(done)
        assert (ended["state"], portal.finished(failed)["state"]) == ("done", "error")
        self.day = datetime.fromisoformat(ended["created_at"]).date()
        self.user, self.number = user_and_app(ended[str(done)]["allgo.log"])

    def url(self, kind: str) -> str:
        return f"{self.portal.url}/api/v1/metrics/{kind}/{self.number}"

    def ask(self, kind: str, **query: object) -> requests.Response:
        headers = {"Authorization": f"Token token={self.portal.values['ALLGO_AUTHOR_TOKEN']}"}
        params = {name.strip("_"): str(value) for name, value in query.items()}
        return requests.get(self.url(kind), params=params, headers=headers, timeout=10)

    def rows(self, kind: str, first: date, end: date, step: str = "day") -> list[dict[str, Any]]:
        answer = self.ask(kind, step=step, from_=first, to=end)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["diskprobe"]["data"]
        return rows


@pytest.fixture(scope="module")
def usage(portal: Portal) -> _Usage:
    return _Usage(portal)


@pytest.mark.parametrize("kind", KINDS)
def test_1_20_the_author_counts_the_jobs(portal: Portal, usage: _Usage, kind: str) -> None:
    def count() -> int:
        return sum(row["n"] for row in usage.rows(kind, usage.day, usage.day + timedelta(days=2)))

    before = count()
    portal.finished(portal.submit("diskprobe", "1"))
    assert before >= 2
    assert count() == before + 1


@pytest.mark.parametrize("kind", KINDS)
def test_1_20_nobody_else_does(portal: Portal, usage: _Usage, kind: str) -> None:
    others = requests.get(usage.url(kind), headers=portal.auth, params={"step": "day"}, timeout=10)
    assert others.status_code == 404
    assert requests.get(usage.url(kind), timeout=10).status_code == 401
    assert usage.ask("nothing", step="day").status_code == 404


def test_1_21_from_is_inclusive_and_to_exclusive(usage: _Usage) -> None:
    day = timedelta(days=1)
    assert usage.rows("created", usage.day, usage.day + day)
    assert not usage.rows("created", usage.day - day, usage.day)
    assert not usage.rows("created", usage.day + 2 * day, usage.day + 3 * day)


@pytest.mark.parametrize("step", ["year", "month", "week", "day"])
def test_1_21_steps(usage: _Usage, step: str) -> None:
    begins = {
        "year": usage.day.replace(month=1, day=1),
        "month": usage.day.replace(day=1),
        "week": usage.day - timedelta(days=usage.day.weekday()),
        "day": usage.day,
    }[step]
    rows = usage.rows("created", usage.day, usage.day + timedelta(days=1), step)
    assert [row["time_period"] for row in rows] == [f"{begins}T00:00:00Z"]


@pytest.mark.parametrize(
    "query", [{"step": "hour"}, {"step": "day", "from_": "yesterday"}, {"step": "day", "to": "2017-13-01"}]
)
def test_1_21_what_is_no_step_or_day_is_refused(usage: _Usage, query: dict[str, str]) -> None:
    answer = usage.ask("created", **query)
    assert answer.status_code in {400, 422}
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("kind", "keys"), [("per_user", {"user", "uname"}), ("per_result", {"result"}), ("created", set())]
)
def test_1_22_the_shape(usage: _Usage, kind: str, keys: set[str]) -> None:
    end = usage.day + timedelta(days=1)
    answer = usage.ask(kind, step="day", from_=usage.day, to=end).json()
    assert list(answer) == ["diskprobe"]
    told = answer["diskprobe"]
    assert (told["from"], told["to"]) == (f"{usage.day:%d-%m-%Y} 00:00", f"{end:%d-%m-%Y} 00:00")
    for row in told["data"]:
        assert set(row) == {"time_period", "n"} | keys
        assert datetime.fromisoformat(row["time_period"]).tzinfo == UTC
        assert isinstance(row["n"], int)


def test_1_22_users_and_results(usage: _Usage) -> None:
    end = usage.day + timedelta(days=1)
    users = {(row["user"], row["uname"]) for row in usage.rows("per_user", usage.day, end)}
    assert users == {(usage.user, usage.portal.values["ALLGO_USER"])}
    results = Counter({row["result"]: row["n"] for row in usage.rows("per_result", usage.day, end)})
    assert results["done"] >= 1
    assert results["error"] >= 1
