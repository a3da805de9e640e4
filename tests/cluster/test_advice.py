"""Which queue to take: from the real scheduler and from what the app did before."""

import subprocess
from datetime import UTC, datetime
from typing import Any

from tests.cluster.portal import Portal
from tests.cluster.slurmside import call, partition_down


def _advice(portal: Portal) -> dict[str, Any]:
    answer = call(portal, "GET", "apps/probe/advice?input_bytes=10")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_free_cluster_starts_at_once(portal: Portal) -> None:
    assert portal.run("nothing")["state"] == "done"
    told = _advice(portal)
    assert [queue["name"] for queue in told["queues"]] == ["interactive", "standard", "batch"]
    for queue in told["queues"]:
        assert queue["refused"] == ""
        assert 0 <= queue["within_limit"] <= 1
        at = datetime.fromisoformat(queue["starts_at"])
        assert abs((at - datetime.now(UTC)).total_seconds()) < 60 * 60
    assert told["history"]["jobs"] > 0
    assert told["history"]["median_seconds"] <= told["history"]["p95_seconds"]
    assert told["recommended"] in {"interactive", "standard", "batch"}


def test_asking_makes_no_job(portal: Portal) -> None:
    before = call(portal, "GET", "status").json()["unfinished_jobs"]
    _advice(portal)
    assert call(portal, "GET", "status").json()["unfinished_jobs"] == before
    assert "allgo-0" not in subprocess.check_output(["squeue", "-h", "-t", "all", "-o", "%j"], text=True).split()


def test_a_closed_queue_is_told(portal: Portal) -> None:
    with partition_down("interactive"):
        told = _advice(portal)
    closed = next(queue for queue in told["queues"] if queue["name"] == "interactive")
    assert (closed["closed"], closed["starts_at"]) == (True, None)
    assert closed["sentence"].startswith("is closed at the moment")
    assert [queue["closed"] for queue in told["queues"]] == [True, False, False]
    assert told["recommended"] != "interactive"
