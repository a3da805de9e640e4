"""The cluster as a whole: what sinfo and squeue say of it."""

from collections import Counter

import pytest

from slurm.cluster import load_argv, overview_argv, parse_load, parse_overview
from slurm.errors import AnswerUnreadable, CommandFailed, SlurmError, SlurmUnavailable
from slurm.rows import SEPARATOR


def _rows(*rows: str) -> bytes:
    return "".join(row.replace("|", SEPARATOR) + SEPARATOR + "\n" for row in rows).encode()


NODES = _rows(
    "c1|interactive|up|1:00|2/6/0/8|7000|512|mixed|none",
    "c2|interactive|up|1:00|0/0/8/8|7000|0|drained*|a disk is full",
    "c1|batch|down|1-00:00:00|2/6/0/8|7000|512|mixed|none",
    "c3|batch|down|1-00:00:00|0/0/4/4|3000|0|down*|Not responding",
)


def test_one_question_each() -> None:
    assert overview_argv()[0] == "sinfo"
    assert load_argv()[0] == "squeue"


def test_partitions_and_machines() -> None:
    load = Counter({("batch", "waiting"): 3, ("batch", "running"): 1})
    seen = parse_overview(0, NODES, b"", load)
    told = [(each.name, each.is_open, each.limit, each.waiting, each.running) for each in seen.partitions]
    assert told == [("interactive", True, "1:00", 0, 0), ("batch", False, "1-00:00:00", 3, 1)]
    one, two, three = seen.nodes
    assert (one.name, one.partitions, one.health, one.reason) == ("c1", ("interactive", "batch"), "up", "")
    assert (one.cpus, one.cpus_used, one.memory_mb, one.memory_used_mb) == (8, 2, 7000, 512)
    assert (two.state, two.reason, two.responds) == ("drained", "a disk is full", False)
    assert three.health == "down"


@pytest.mark.parametrize(
    ("word", "health"),
    [
        ("idle", "up"), ("allocated", "up"), ("mixed-", "up"), ("completing", "up"), ("planned", "up"),
        ("drained", "drained"), ("draining", "drained"), ("maint", "drained"), ("reserved", "drained"),
        ("down", "down"), ("idle*", "down"), ("fail", "down"), ("powered_down", "down"), ("unknown", "down"),
    ],
)  # fmt: skip
def test_how_a_machine_is(word: str, health: str) -> None:
    row = _rows(f"c1|batch|up|1:00|0/8/0/8|7000|0|{word}|none")
    assert parse_overview(0, row, b"", Counter()).nodes[0].health == health


def test_jobs_that_wait_and_run() -> None:
    out = _rows("batch|PENDING", "batch|RUNNING", "batch|COMPLETING", "standard,batch|PENDING", "batch|COMPLETED")
    found = parse_load(0, out, b"")
    assert found == {("batch", "waiting"): 2, ("batch", "running"): 2, ("standard", "waiting"): 1}
    assert parse_load(0, b"", b"") == {}


@pytest.mark.parametrize(
    "out",
    [
        b"", NODES[:-1], NODES[:40], _rows("c1|batch|up"), _rows("c1|batch|up|1:00|8|7000|0|idle|none"),
        _rows("c1|batch|up|1:00|0/8/0/8|much|0|idle|none"),
    ],
)  # fmt: skip
def test_half_an_answer_is_none(out: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_overview(0, out, b"", Counter())


@pytest.mark.parametrize(
    ("rc", "err", "error"),
    [
        (1, b"slurm_load_partitions: Unable to contact slurm controller (connect failure)", SlurmUnavailable),
        (0, b"sinfo: error: nonsense", CommandFailed),
    ],
)
def test_failures(rc: int, err: bytes, error: type[SlurmError]) -> None:
    with pytest.raises(error):
        parse_overview(rc, NODES, err, Counter())
    with pytest.raises(error):
        parse_load(rc, b"", err)
