"""Who waits, and the cluster as a whole, as real commands of each release told it (scripts/record-fixtures)."""

from collections import Counter

import pytest

from slurm.cluster import Node, parse_load, parse_nodes, parse_partitions
from slurm.errors import AnswerUnreadable, SlurmUnavailable
from slurm.squeue import parse_squeue
from slurm.waiting import parse_waiting
from tests.fast.slurm.recorded import Recorded, latest

PARTITIONS = ["batch", "interactive", "standard"]
UGLY = "a disk | is full: see ticket 7, 'é' = 日"


def _nodes(recorded: Recorded, situation: str) -> dict[str, Node]:
    return {node.name: node for node in parse_nodes(*recorded.answer(f"cluster-nodes{situation}"))}


def test_the_line(recorded: Recorded) -> None:
    line = parse_waiting(*recorded.answer("squeue-waiting"))
    assert len({one.job_id for one in line}) == len(line)
    assert [one.priority for one in line] == sorted((one.priority for one in line), reverse=True)
    known = latest(parse_squeue(*recorded.answer("squeue-all")))
    ids = [one.job_id for one in line]
    assert known["pending"].job_id in ids
    assert ids.count(known["array-mixed_3"].job_id) == 1, "an array is one"
    assert known["running"].job_id not in ids
    held = line[-1]
    assert (held.priority, held.starts_at) == (0, None)
    assert [one.starts_at is not None for one in line if one.partitions == {"standard"}].count(True) >= 1
    assert [one.priority > 0 for one in line if one.partitions == {"standard", "batch"}] == [True]
    assert [one.priority > 0 for one in line if one.partitions == {"batch"}] == [True], "that of a hidden partition"


def test_jobs_by_partition(recorded: Recorded) -> None:
    load = parse_load(*recorded.answer("cluster-load"))
    assert load["standard", "running"] == 2
    assert load["batch", "waiting"] == 2
    line = parse_waiting(*recorded.answer("squeue-waiting"))
    assert load["standard", "waiting"] > sum("standard" in one.partitions for one in line), "tasks are counted"


def test_partitions(recorded: Recorded) -> None:
    load = Counter({("standard", "running"): 2})
    seen = {each.name: each for each in parse_partitions(*recorded.answer("cluster-partitions"), load)}
    assert sorted(seen) == sorted([*PARTITIONS, "no_nodes.x-é"])
    assert {name: each.is_open for name, each in seen.items()} == {name: name != "batch" for name in seen}
    assert [seen[name].limit for name in PARTITIONS] == ["1-00:00:00", "1:00", "20:00"]
    assert (seen["standard"].running, seen["batch"].running) == (2, 0)


def test_nodes_that_work(recorded: Recorded) -> None:
    nodes = _nodes(recorded, "")
    assert sorted(nodes) == ["c1", "c2"]
    for node in nodes.values():
        assert sorted(node.partitions) == PARTITIONS
        assert (node.state, node.health, node.reason, node.responds) == ("allocated", "up", "", True)
        assert node.cpus_used == node.cpus == 8
        assert 0 < node.memory_used_mb <= node.memory_mb


def test_nodes_that_are_drained(recorded: Recorded) -> None:
    for node in _nodes(recorded, "-drained").values():
        assert (node.state, node.health, node.reason, node.cpus_used) == ("drained", "drained", UGLY, 0)
    nodes = _nodes(recorded, "-draining")
    assert (nodes["c1"].health, nodes["c1"].reason) == ("up", "")
    still = nodes["c2"]
    assert (still.state, still.health, still.reason, still.cpus_used) == ("draining", "drained", UGLY, 8)


def test_a_node_that_is_down(recorded: Recorded) -> None:
    down, up = sorted(_nodes(recorded, "-down").values(), key=lambda node: node.health)
    assert (down.state, down.health, down.reason, down.cpus_used) == ("down", "down", "test", 0)
    assert (up.health, up.reason) == ("up", "")


def test_an_answer_cut_anywhere_is_refused(recorded: Recorded) -> None:
    rc, out, err = recorded.answer("cluster-nodes-drained")
    for length in range(1, len(out)):
        if not out[:length].endswith(b"\x1f\n"):
            with pytest.raises(AnswerUnreadable):
                parse_nodes(rc, out[:length], err)


@pytest.mark.parametrize("situation", ["controller-down", "munge-down", "controller-frozen"])
def test_no_answer_is_not_an_answer(recorded: Recorded, situation: str) -> None:
    for code in (recorded.answer(f"waiting-{situation}")[0], 0):  # whatever the exit status
        with pytest.raises(SlurmUnavailable):
            parse_waiting(code, *recorded.answer(f"waiting-{situation}")[1:])
        with pytest.raises(SlurmUnavailable):
            parse_nodes(code, *recorded.answer(f"cluster-nodes-{situation}")[1:])


@pytest.mark.parametrize("situation", ["controller-down", "munge-down"])
def test_half_a_cluster_is_none(recorded: Recorded, situation: str) -> None:
    with pytest.raises(SlurmUnavailable):
        parse_load(*recorded.answer(f"cluster-load-{situation}"))
    with pytest.raises(SlurmUnavailable):
        parse_partitions(*recorded.answer(f"cluster-partitions-{situation}"), Counter())
