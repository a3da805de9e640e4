"""The cluster as a whole: what sinfo and squeue say of it."""

from collections import Counter

import pytest

from slurm.cluster import load_argv, nodes_argv, parse_load, parse_nodes, parse_partitions, partitions_argv
from slurm.errors import AnswerUnreadable, CommandFailed, SlurmError, SlurmUnavailable
from slurm.rows import SEPARATOR


def _rows(*rows: str) -> bytes:
    return "".join(row.replace("|", SEPARATOR) + SEPARATOR + "\n" for row in rows).encode()


PARTITIONS = _rows("interactive|up|1:00", "batch|down|1-00:00:00", "x|drain|infinite", "y|inact|infinite")
NODES = _rows(
    "c1|interactive|2/6/0/8|7000|512|mixed|none",
    "c2|interactive|0/0/8/8|7000|0|drained*|a disk is full",
    "c1|batch|2/6/0/8|7000|512|mixed|none",
    "c3|batch|0/0/4/4|3000|0|down*|Not responding",
)


def test_everything_is_asked_for() -> None:
    assert partitions_argv()[:3] == nodes_argv()[:3] == ["sinfo", "--noheader", "--all"]
    assert load_argv()[:3] == ["squeue", "--noheader", "--all"]


def test_partitions() -> None:
    load = Counter({("batch", "waiting"): 3, ("batch", "running"): 1})
    seen = parse_partitions(0, PARTITIONS, b"", load)
    told = [(each.name, each.is_open, each.limit, each.waiting, each.running) for each in seen]
    assert told[:2] == [("interactive", True, "1:00", 0, 0), ("batch", False, "1-00:00:00", 3, 1)]
    assert [each.is_open for each in seen] == [True, False, False, False]


def test_machines() -> None:
    one, two, three = parse_nodes(0, NODES, b"")
    assert (one.name, one.partitions, one.health, one.reason) == ("c1", ("interactive", "batch"), "up", "")
    assert (one.cpus, one.cpus_used, one.memory_mb, one.memory_used_mb) == (8, 2, 7000, 512)
    assert (two.state, two.reason, two.responds) == ("drained", "a disk is full", False)
    assert three.health == "down"
    assert parse_nodes(0, b"", b"") == ()


@pytest.mark.parametrize(
    ("word", "health"),
    [
        ("idle", "up"), ("allocated", "up"), ("mixed-", "up"), ("completing", "up"), ("planned", "up"),
        ("drained", "drained"), ("draining", "drained"), ("maint", "drained"), ("reserved", "drained"),
        ("reboot^", "drained"), ("mixed@", "up"), ("idle~", "up"), ("fail*", "down"),
        ("down", "down"), ("idle*", "down"), ("fail", "down"), ("powered_down", "down"), ("unknown", "down"),
    ],
)  # fmt: skip
def test_how_a_machine_is(word: str, health: str) -> None:
    row = _rows(f"c1|batch|0/8/0/8|7000|0|{word}|none")
    assert parse_nodes(0, row, b"")[0].health == health


def test_jobs_that_wait_and_run() -> None:
    out = _rows("batch|PENDING", "batch|RUNNING", "batch|COMPLETING", "standard,batch|PENDING", "batch|COMPLETED")
    found = parse_load(0, out, b"")
    assert found == {("batch", "waiting"): 2, ("batch", "running"): 2, ("standard", "waiting"): 1}
    assert parse_load(0, b"", b"") == {}


@pytest.mark.parametrize(
    "out",
    [
        NODES[:-1], NODES[:40], _rows("c1|batch|up"), _rows("c1|batch|8|7000|0|idle|none"),
        _rows("c1|batch|0/8/0/8|much|0|idle|none"),
    ],
)  # fmt: skip
def test_half_an_answer_about_machines_is_none(out: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_nodes(0, out, b"")


@pytest.mark.parametrize("out", [b"", PARTITIONS[:-1], PARTITIONS[:8], _rows("batch|up")])
def test_half_an_answer_about_partitions_is_none(out: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_partitions(0, out, b"", Counter())


@pytest.mark.parametrize(
    ("rc", "err", "error"),
    [
        (1, b"slurm_load_partitions: Unable to contact slurm controller (connect failure)", SlurmUnavailable),
        (0, b"sinfo: error: nonsense", CommandFailed),
    ],
)
def test_failures(rc: int, err: bytes, error: type[SlurmError]) -> None:
    with pytest.raises(error):
        parse_nodes(rc, NODES, err)
    with pytest.raises(error):
        parse_partitions(rc, PARTITIONS, err, Counter())
    with pytest.raises(error):
        parse_load(rc, b"", err)
