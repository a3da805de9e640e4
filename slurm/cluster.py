"""The cluster as a whole: its partitions and nodes (a sinfo each), and how many jobs wait and run (one squeue)."""

import re
from collections import Counter
from dataclasses import dataclass

from slurm.errors import AnswerUnreadable
from slurm.failures import check_answer
from slurm.rows import SEPARATOR, split_rows
from slurm.states import Phase, parse_state

# Our name of a field, and sinfo's (--Format). A suffix without a width leaves a value whole. PartitionName is without
# the star of the default one.
_PARTITION_FIELDS = {"name": "PartitionName", "open": "Available", "limit": "Time"}
_NODE_FIELDS = {
    "node": "NodeList",  # one node in each row, by --Node; NodeHost is the machine, on which several nodes may be
    "partition": "PartitionName",
    "cpus": "CPUsState",
    "memory": "Memory",
    "allocated": "AllocMem",
    "state": "StateLong",
    "reason": "Reason",
}
_CPUS = re.compile(r"(?P<allocated>\d+)/(?P<idle>\d+)/(?P<other>\d+)/(?P<total>\d+)")
_MARKS = "*~#!%$@^-+"
"""What sinfo appends to a node's state: does not respond (*), powered down (~), and the like."""
_CLOSED = ("drain", "maint", "reserved", "reboot")
_AWAY = ("down", "fail", "unknown", "inval", "future", "powered")


@dataclass(frozen=True, kw_only=True)
class Node:
    """One machine.

    Attributes:
        name: as Slurm has it.
        partitions: those that it is in.
        state: Slurm's word without its marks, such as ``idle``, ``mixed``, ``drained``, ``down``.
        responds: False where the controller does not hear of it.
        reason: why it is down or drained; empty: nobody said.
        cpus: all its processors.
        cpus_used: those that jobs have.
        memory_mb: all its memory.
        memory_used_mb: what jobs were given of it.
    """

    name: str
    partitions: tuple[str, ...]
    state: str
    responds: bool
    reason: str
    cpus: int
    cpus_used: int
    memory_mb: int
    memory_used_mb: int

    @property
    def health(self) -> str:
        """``up``, ``drained`` (takes no new jobs, may still run some) or ``down``."""
        if not self.responds or self.state.startswith(_AWAY):
            return "down"
        return "drained" if self.state.startswith(_CLOSED) else "up"


@dataclass(frozen=True, kw_only=True)
class Partition:
    """One partition: its limit as Slurm writes it, and the jobs of everybody that wait and run in it."""

    name: str
    is_open: bool
    limit: str
    waiting: int
    running: int


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The cluster at one moment."""

    partitions: tuple[Partition, ...]
    nodes: tuple[Node, ...]


def partitions_argv() -> list[str]:
    """Return the command that lists every partition, also hidden ones and those without nodes, as --Node does not."""
    return ["sinfo", "--noheader", "--all", _format(_PARTITION_FIELDS)]


def nodes_argv() -> list[str]:
    """Return the command that lists every node in each of its partitions."""
    return ["sinfo", "--noheader", "--all", "--Node", "--exact", _format(_NODE_FIELDS)]


def load_argv() -> list[str]:
    """Return the command that lists partition and state of every job of everybody, tasks one by one."""
    return ["squeue", "--noheader", "--all", "--array", _format({"partition": "Partition", "state": "State"})]


def parse_load(rc: int, out: bytes, err: bytes) -> Counter[tuple[str, str]]:
    """Return how many jobs wait and run, by partition and ``waiting`` or ``running``.

    A job that waits for any of several partitions counts in each.

    Raises:
        SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known.
    """
    check_answer("squeue", rc, err)
    words = {Phase.PENDING: "waiting", Phase.RUNNING: "running", Phase.FINISHING: "running"}
    found: Counter[tuple[str, str]] = Counter()
    for row in split_rows("squeue", ("partition", "state"), out):
        word = words.get(parse_state(row["state"]).phase)
        for partition in row["partition"].split(",") if word else ():
            found[partition, word or ""] += 1
    return found


def parse_partitions(rc: int, out: bytes, err: bytes, load: Counter[tuple[str, str]]) -> tuple[Partition, ...]:
    """Return the partitions of the answer, in its order.

    Args:
        rc: exit status.
        out: what came on stdout.
        err: what came on stderr.
        load: of ``parse_load``.

    Raises:
        SlurmUnavailable, CommandFailed: sinfo failed.
        AnswerUnreadable: the answer is cut, empty, or a row is not of the form that was asked for.
    """
    check_answer("sinfo", rc, err)
    rows = split_rows("sinfo", tuple(_PARTITION_FIELDS), out)
    if not rows:
        raise AnswerUnreadable("sinfo named no partition")
    return tuple(
        Partition(
            name=row["name"],
            is_open=row["open"].lower() == "up",
            limit=row["limit"],
            waiting=load[row["name"], "waiting"],
            running=load[row["name"], "running"],
        )
        for row in rows
    )


def parse_nodes(rc: int, out: bytes, err: bytes) -> tuple[Node, ...]:
    """Return the nodes of the answer, in its order; those in no partition are not in it.

    Raises:
        SlurmUnavailable, CommandFailed, AnswerUnreadable: see ``parse_partitions``; that there are none is no error.
    """
    check_answer("sinfo", rc, err)
    nodes: dict[str, Node] = {}
    for row in split_rows("sinfo", tuple(_NODE_FIELDS), out):
        before = nodes[row["node"]].partitions if row["node"] in nodes else ()
        nodes[row["node"]] = _node(row, (*before, row["partition"]))
    return tuple(nodes.values())


def _format(fields: dict[str, str]) -> str:
    return "--Format=" + ",".join(f"{name}:{SEPARATOR}" for name in fields.values())


def _node(row: dict[str, str], partitions: tuple[str, ...]) -> Node:
    cpus = _CPUS.fullmatch(row["cpus"])
    if cpus is None:
        raise AnswerUnreadable(f"sinfo gave {row['cpus'][:80]!r} as processors")
    word = row["state"].lower()
    return Node(
        name=row["node"],
        partitions=partitions,
        state=word.rstrip(_MARKS),
        responds="*" not in word,
        reason="" if row["reason"] == "none" else row["reason"],
        cpus=int(cpus["total"]),
        cpus_used=int(cpus["allocated"]),
        memory_mb=_megabytes(row["memory"]),
        memory_used_mb=_megabytes(row["allocated"]),
    )


def _megabytes(text: str) -> int:
    digits = text.rstrip("+")
    if not (digits.isascii() and digits.isdigit()):
        raise AnswerUnreadable(f"sinfo gave {text[:80]!r} as memory")
    return int(digits)
