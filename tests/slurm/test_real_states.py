"""What administrators and machines do to jobs: nothing of it is taken for an end that is none."""

from dataclasses import replace

import pytest

from slurm import EXIT_CLAIMED, JobRecord, JobSpec, Phase, State, read_marker, reason_sentence
from tests.slurm.lab import Lab, until, until_reason
from tests.slurm.situations import NODES, Situations

pytestmark = pytest.mark.scheduler

UNTIL_GO = ("bash", "-c", "echo started; until [ -e go ]; do sleep 0.1; done; echo went")


def waits(lab: Lab, job: tuple[int, JobSpec], record: JobRecord, sentence: str) -> None:
    """The job waits, for the controller and the accounting, and neither has anything of an end."""
    for each in (record, *lab.client.accounted(job_ids=[job[0]])):
        assert each.state.phase is Phase.PENDING
        assert (each.finished_at, each.exit_code, each.signal) == (None, None, None)
    assert (record.started_at, record.nodes) == (None, "")
    assert sentence in reason_sentence(record.reason)


def ends_well(lab: Lab, job: tuple[int, JobSpec]) -> None:
    lab.started(*job)
    assert {each.reason for each in lab.client.accounted(job_ids=[job[0]])} == {""}, "why it once waited"
    (job[1].work_dir / "go").touch()
    assert lab.final(*job).state is State.COMPLETED
    assert lab.accounted(*job).state is State.COMPLETED
    assert job[1].log_file.read_text() == "started\nwent\n"


def test_partition_down_and_held(lab: Lab, situations: Situations) -> None:
    spec = replace(lab.spec(*UNTIL_GO), partition="batch")
    with situations.partition("DOWN"):
        job = lab.client.submit(spec), spec
        waits(lab, job, until_reason(lab, job, "PartitionDown"), "The queue is closed")
        with situations.held(job[0]):
            waits(lab, job, until_reason(lab, job, "JobHeldAdmin"), "held by an administrator")
        with situations.partition("INACTIVE"):
            waits(lab, job, until_reason(lab, job, "PartitionInactive"), "The queue is closed")
    ends_well(lab, job)


def test_suspended_and_resumed(lab: Lab, situations: Situations) -> None:
    job = lab.submit(*UNTIL_GO)
    lab.started(*job)
    with situations.suspended(job[0]):
        until(lambda: lab.record(*job).state is State.SUSPENDED, "the job to be suspended")
        for each in (lab.record(*job), *lab.client.accounted(job_ids=[job[0]])):
            assert (each.state, each.state.phase) == (State.SUSPENDED, Phase.RUNNING)
            assert (each.finished_at, each.exit_code, each.reason) == (None, None, "")
            assert each.started_at is not None
        assert read_marker(job[1].control_dir) is None
    until(lambda: lab.record(*job).state is State.RUNNING, "the job to be resumed")
    assert read_marker(job[1].control_dir) is None, "the script took the stop for the command's end"
    ends_well(lab, job)


def test_maintenance_is_waited_for(lab: Lab, situations: Situations) -> None:
    with situations.maintenance():
        job = lab.submit(*UNTIL_GO)
        waits(lab, job, until_reason(lab, job, "ReqNodeNotAvail"), "Maintenance is planned")
    ends_well(lab, job)


def test_no_node_takes_jobs(lab: Lab, situations: Situations) -> None:
    with situations.drained():
        job = lab.submit(*UNTIL_GO)
        waits(lab, job, until_reason(lab, job, "Nodes required for job are DOWN"), "out of service or reserved")
    ends_well(lab, job)


def test_requeued_by_an_administrator(lab: Lab, situations: Situations) -> None:
    job = lab.submit(*UNTIL_GO)
    lab.started(*job)
    situations.requeue(job[0], "requeuehold")
    record = until_reason(lab, job, "job requeued in held state")
    waits(lab, job, record, "put back in the queue")
    words = {each.state for each in lab.client.accounted(job_ids=[job[0]])}
    assert words <= {State.REQUEUED, State.PENDING}
    marker = until(lambda: read_marker(job[1].control_dir), "the marker of the first start")
    assert (marker.signal, marker.limit_reached) == (15, False)
    # It does not start over in a folder that the first start has written to. Within the second in which it was ended,
    # the node itself would refuse it ("already killed"), and Slurm gives 1 as its exit code.
    situations.admin("scontrol", "release", str(job[0]))
    situations.admin("scontrol", "update", f"jobid={job[0]}", "StartTime=now+3")
    record = lab.final(*job)
    assert (record.state, record.exit_code) == (State.FAILED, EXIT_CLAIMED)
    assert job[1].log_file.read_text() == "started\n"
    assert read_marker(job[1].control_dir) == marker


def test_preempted(lab: Lab, situations: Situations) -> None:
    spec = replace(lab.spec(*UNTIL_GO), partition="batch")
    job = lab.client.submit(spec), spec
    lab.started(*job)
    with situations.preempted(lab.record(*job).nodes):
        assert lab.final(*job).state is State.PREEMPTED
        assert lab.accounted(*job).state is State.PREEMPTED
    marker = until(lambda: read_marker(job[1].control_dir), "the marker")
    assert (marker.signal, marker.limit_reached) == (15, False)


def test_depends_on_another(lab: Lab, situations: Situations) -> None:
    first, spec = (replace(lab.spec(*UNTIL_GO), partition="batch") for _ in range(2))
    with situations.partition("DOWN"):
        other, job = lab.client.submit(first), (lab.client.submit(spec), spec)
        situations.depend(job[0], other)
        waits(lab, job, until_reason(lab, job, "Dependency"), "waits for another job")
        lab.client.cancel([other])
        waits(lab, job, until_reason(lab, job, "DependencyNeverSatisfied"), "it will not start")
        lab.client.cancel([job[0]])


def test_a_node_that_is_lost(lab: Lab, situations: Situations) -> None:
    job = lab.submit(*UNTIL_GO)
    lab.started(*job)
    node = lab.record(*job).nodes
    assert node in NODES
    with situations.node_lost(node):
        record = lab.final(*job)
        assert (record.state, record.reason) == (State.NODE_FAIL, "NodeDown")
        assert "out of service" in reason_sentence(record.reason)
        assert lab.accounted(*job).state is State.NODE_FAIL
    until(lambda: read_marker(job[1].control_dir), "the node to end what it still ran")
    assert lab.record(*job).state is State.NODE_FAIL
