"""When would a job start: asked of a real Slurm, which must not create one for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from slurm import JobSpec, Phase, SubmitRefused, read_claim
from tests.slurm.lab import Lab, until
from tests.slurm.situations import Situations

pytestmark = pytest.mark.scheduler

SOON = timedelta(seconds=30)


def test_nothing_is_created(lab: Lab) -> None:
    for spec in (lab.spec("true"), lab.array(3, "true")):
        advice = lab.client.start_estimate(spec)
        assert advice.partition == "standard"
        assert advice.nodes
        assert advice.starts_at is not None
        assert advice.starts_at > datetime.now(UTC) - SOON
        assert not [job for job in lab.client.jobs() if job.comment == spec.comment]
        assert lab.client.accounted(names=[spec.name]) == []
        assert read_claim(spec.control_dir) is None


def test_a_full_cluster_is_waited_for(lab: Lab, whole_node: Callable[[JobSpec], JobSpec]) -> None:
    jobs: list[tuple[int, JobSpec]] = []
    while not jobs or lab.record(*jobs[-1]).state.phase is not Phase.PENDING:
        spec = whole_node(lab.spec("sleep", "600"))
        jobs.append((lab.client.submit(spec), spec))
        until(lambda: lab.record(*jobs[-1]).reason or lab.record(*jobs[-1]).nodes, "the last job to be considered")
    advice = lab.client.start_estimate(whole_node(lab.spec("true")))
    lab.client.cancel([job_id for job_id, _ in jobs])
    # A node is free when the first of the jobs has reached its limit of 5 minutes; a job that waits comes before.
    assert advice.starts_at is not None
    assert advice.starts_at > datetime.now(UTC) + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"partition": "nosuch"}, "invalid partition"),
        ({"memory_mb": 99_000_000}, "not available"),
        ({"cpus": 9_999}, "more processors"),
        ({"time_limit_min": 21}, "time limit"),
    ],
)
def test_refusals_are_those_of_a_submission(lab: Lab, change: dict[str, object], because: str) -> None:
    spec = replace(lab.spec("true"), **change)  # type: ignore[arg-type]
    with pytest.raises(SubmitRefused, match=f"(?i){because}") as caught:
        lab.client.start_estimate(spec)
    assert not caught.value.transient
    # Slurm keeps a record of a job that was refused for its memory when it is submitted; not of a question.
    assert not [job for job in lab.client.jobs() if job.comment == spec.comment]


def test_closed_partitions(lab: Lab, situations: Situations) -> None:
    assert lab.client.closed_partitions() == frozenset()
    for state in ("DOWN", "DRAIN", "INACTIVE"):
        with situations.partition(state):
            assert lab.client.closed_partitions() == {"batch"}
    assert lab.client.closed_partitions() == frozenset()
