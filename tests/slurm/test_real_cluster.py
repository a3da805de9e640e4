"""The line of those who wait, and the cluster as a whole: everybody's jobs, and whatever partitions and nodes are."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from slurm import JobSpec, Node, Partition, Waiting
from tests.slurm.lab import Lab, until, until_reason
from tests.slurm.situations import NODES, Situations

pytestmark = pytest.mark.scheduler

UGLY = "a disk | is full: see ticket 7, 'é' = 日"


def _line(lab: Lab) -> dict[int, Waiting]:
    return {one.job_id: one for one in lab.client.waiting()}


def _partition(lab: Lab, name: str = "batch") -> Partition:
    return next(each for each in lab.client.overview().partitions if each.name == name)


def _node(lab: Lab, name: str) -> Node:
    return next(each for each in lab.client.overview().nodes if each.name == name)


def _in_batch(spec: JobSpec) -> JobSpec:
    return replace(spec, partition="batch")


def test_who_waits_and_in_what_order(lab: Lab, situations: Situations) -> None:
    with situations.partition("DOWN"), situations.partition("DOWN", "standard"):
        several = replace(lab.spec("true"), partition="batch,standard")
        specs = [_in_batch(lab.spec("true")), _in_batch(lab.spec("true")), several, _in_batch(lab.array(3, "true"))]
        held, later, both, array = jobs = [lab.client.submit(spec) for spec in specs]
        until_reason(lab, (held, specs[0]), "PartitionDown")
        situations.admin("scontrol", "update", f"jobid={later}", "StartTime=now+1hour")
        with situations.held(held):
            line = _line(lab)
            assert set(jobs) <= set(line)
            assert (line[held].priority, line[held].partitions) == (0, {"batch"})
            assert line[both].partitions == {"batch", "standard"}
            starts_at = line[later].starts_at
            assert starts_at is not None
            assert 3500 < (starts_at - datetime.now(UTC)).total_seconds() < 3700
            order = [one.job_id for one in lab.client.waiting()]
            assert order.index(held) > max(order.index(job) for job in (later, both, array))
        lab.client.cancel(jobs)
    until(lambda: not set(jobs) & set(_line(lab)), "nobody to wait")


def test_the_jobs_of_a_hidden_partition_are_seen(lab: Lab, situations: Situations) -> None:
    with situations.partition("DOWN"), situations.hidden():
        spec = _in_batch(lab.spec("true"))
        job = lab.client.submit(spec)
        until_reason(lab, (job, spec), "PartitionDown")
        assert job in _line(lab)
        assert _partition(lab).waiting >= 1
        lab.client.cancel([job])


def test_jobs_are_counted(lab: Lab, situations: Situations) -> None:
    before = _partition(lab)
    spec, array = _in_batch(lab.spec("sleep", "60")), _in_batch(lab.array(3, "true"))
    running = lab.client.submit(spec)
    until(lambda: _partition(lab).running == before.running + 1, "the job to run")
    with situations.partition("DOWN"):
        waiting = lab.client.submit(array)
        until(lambda: _partition(lab).waiting == before.waiting + 3, "every task to wait")
        assert not _partition(lab).is_open
        lab.client.cancel([running, waiting])
    seen = _partition(lab)
    assert (seen.is_open, seen.limit) == (True, "1-00:00:00")


def test_every_partition_and_every_node(lab: Lab, situations: Situations) -> None:
    with situations.hidden(), situations.empty_partition("no_nodes.x-é"):
        seen = lab.client.overview()
    names = ["batch", "interactive", "no_nodes.x-é", "standard"]
    assert sorted(each.name for each in seen.partitions) == names
    assert sorted(each.name for each in seen.nodes) == list(NODES)
    for node in seen.nodes:
        assert sorted(node.partitions) == ["batch", "interactive", "standard"]
        assert (node.health, node.reason, node.responds) == ("up", "", True)
        assert 0 <= node.cpus_used <= node.cpus > 0
        assert 0 <= node.memory_used_mb <= node.memory_mb > 0


def test_what_a_node_has_given_away(lab: Lab) -> None:
    spec = replace(lab.spec("bash", "-c", "echo started; sleep 60"), cpus=2, memory_mb=256)
    job = lab.client.submit(spec)
    lab.started(job, spec)
    name = lab.record(job, spec).nodes
    until(lambda: _node(lab, name).cpus_used >= 2 and _node(lab, name).memory_used_mb >= 256, "sinfo to tell")
    lab.client.cancel([job])


def test_a_drained_node_and_one_that_is_down(lab: Lab, situations: Situations) -> None:
    one, other = NODES
    with situations.drained(UGLY, [one]):
        node = _node(lab, one)
        assert (node.health, node.reason) == ("drained", UGLY)
        assert node.state in {"drained", "draining"}
    with situations.node_lost(other):
        node = _node(lab, other)
        assert (node.health, node.state, node.reason) == ("down", "down", "test")
    assert (_node(lab, one).health, _node(lab, other).reason) == ("up", "")
