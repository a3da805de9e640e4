"""What both releases said of jobs that wait, were stopped, put back or lost: only what is an end is read as one."""

from datetime import UTC, datetime, timedelta

import pytest

from slurm.advice import parse_advice
from slurm.errors import SlurmUnavailable, SubmitRefused
from slurm.reasons import reason_sentence
from slurm.record import JobRecord
from slurm.sacct import parse_sacct
from slurm.squeue import parse_squeue
from slurm.states import Phase, State
from tests.fast.slurm.recorded import Recorded, latest

WAITING = {
    "partition-down": ("PartitionDown", "The queue is closed"),
    "partition-inactive": ("PartitionInactive", "The queue is closed"),
    "held": ("JobHeldAdmin", "held by an administrator"),
    "held-user": ("JobHeldUser", "held by the portal's own account"),
    "maintenance": ("ReqNodeNotAvail, Reserved for maintenance", "Maintenance is planned"),
    "drained": (
        "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions",
        "out of service or reserved",
    ),
    "begin": ("BeginTime", "not to start before"),
    "dependency-never": ("DependencyNeverSatisfied", "will not start"),
    "requeue": ("BeginTime", "not to start before"),
    "requeuehold": ("job requeued in held state", "put back in the queue"),
}
ENDED = {"node-lost": (State.NODE_FAIL, "NodeDown"), "preempted": (State.PREEMPTED, "")}


def both(recorded: Recorded, situation: str, job: str = "") -> tuple[JobRecord, list[JobRecord]]:
    """What the controller and the accounting said of the job that was in a situation."""
    seen = latest(parse_squeue(*recorded.answer(f"squeue-{situation}")))[job or situation]
    accounted = parse_sacct(*recorded.answer(f"sacct-{situation}"))
    assert {each.job_id for each in accounted} == {seen.job_id}
    return seen, accounted


@pytest.mark.parametrize("situation", WAITING)
def test_a_job_that_waits_has_nothing_of_an_end(recorded: Recorded, situation: str) -> None:
    seen, accounted = both(recorded, situation)
    reason, sentence = WAITING[situation]
    assert (seen.state, seen.reason, seen.started_at, seen.nodes) == (State.PENDING, reason, None, "")
    assert sentence in reason_sentence(reason)
    assert accounted[-1].state is State.PENDING
    for each in (seen, *accounted):
        assert each.state.phase is Phase.PENDING
        assert (each.finished_at, each.exit_code, each.signal) == (None, None, None)


@pytest.mark.parametrize("situation", ["requeue", "requeuehold"])
def test_a_job_that_was_put_back_is_two_records_of_the_accounting(recorded: Recorded, situation: str) -> None:
    first, second = both(recorded, situation)[1]
    assert (first.state, first.comment) == (State.REQUEUED, f"mark-{situation}")
    assert (second.state, second.comment, second.started_at) == (State.PENDING, "", None)
    assert first.started_at is not None


@pytest.mark.parametrize(("situation", "state"), [("suspended", State.SUSPENDED), ("resumed", State.RUNNING)])
def test_a_stopped_job_still_runs(recorded: Recorded, situation: str, state: State) -> None:
    seen, (accounted,) = both(recorded, situation, "suspended")
    for each in (seen, accounted):
        assert (each.state, each.state.phase, each.reason) == (state, Phase.RUNNING, "")
        assert (each.finished_at, each.exit_code, each.signal) == (None, None, None)
        assert each.started_at is not None
        assert each.nodes == "c1"


@pytest.mark.parametrize("situation", ENDED)
def test_what_ended_has_ended_for_both(recorded: Recorded, situation: str) -> None:
    seen, (accounted,) = both(recorded, situation)
    state, reason = ENDED[situation]
    assert (seen.state, seen.reason, accounted.state) == (state, reason, state)
    assert seen.state.is_final
    assert seen.finished_at == accounted.finished_at is not None
    assert seen.started_at == accounted.started_at is not None
    assert accounted.comment == seen.comment == f"mark-{situation}"


# When a job would start


def test_when_a_job_would_start(recorded: Recorded) -> None:
    now, later = (parse_advice(*recorded.answer(f"advice-{name}")) for name in ("now", "later"))
    for advice in (now, later, parse_advice(*recorded.answer("advice-array"))):
        assert advice.starts_at is not None
        assert advice.starts_at > datetime(2026, 1, 1, tzinfo=UTC)
        assert (advice.nodes, advice.partition) == ("c1", "standard")
        assert advice.said.startswith("Job ")
    assert now.starts_at is not None
    assert later.starts_at is not None
    # Both nodes were given to jobs with a limit of a minute.
    assert timedelta(seconds=50) < later.starts_at - now.starts_at < timedelta(seconds=90)


def test_a_partition_that_is_down_is_not_told(recorded: Recorded) -> None:
    assert parse_advice(*recorded.answer("advice-partition-down")).starts_at is not None


@pytest.mark.parametrize(
    ("situation", "because", "transient"),
    [
        ("partition", "refused the job: invalid partition", False),
        ("memory", "refused the job: Requested node configuration is not available", False),
        ("cpus", "refused the job: More processors requested", False),
        ("time", "refused the job: Requested time limit is invalid", False),
        ("partition-inactive", "does not take the job now: Required partition not available", True),
    ],
)
def test_what_would_be_refused(recorded: Recorded, situation: str, because: str, transient: bool) -> None:
    with pytest.raises(SubmitRefused, match=because) as caught:
        parse_advice(*recorded.answer(f"advice-{situation}"))
    assert caught.value.transient is transient


@pytest.mark.parametrize("fault", ["controller-down", "controller-frozen"])
def test_nobody_to_ask(recorded: Recorded, fault: str) -> None:
    with pytest.raises(SlurmUnavailable):
        parse_advice(*recorded.answer(f"advice-{fault}"))
