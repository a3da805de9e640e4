"""The cluster as a whole: its partitions and nodes (one sinfo), and how many jobs wait and run (one squeue)."""

import re
from collections import Counter
from dataclasses import dataclass

from slurm.errors import AnswerUnreadable
from slurm.failures import check_answer
from slurm.rows import SEPARATOR, split_rows
from slurm.states import Phase, parse_state

# Our name of a field, and sinfo's (--Format). A suffix without a width leaves a value whole.
_FIELDS = {
    "node": "NodeHost",
    "partition": "PartitionName",
    "open": "Available",
    "limit": "Time",
    "cpus": "CPUsState",
    "memory": "Memory",
    "allocated": "AllocMem",
    "state": "StateLong",
    "reason": "Reason",
}
_CPUS = re.compile(r"(?P<allocated>\d+)/(?P<idle>\d+)/(?P<other>\d+)/(?P<total>\d+)")
_MARKS = "*~#!%$@^-+"
"""What sinfo appends to a node's state: does not respond (*), powered down (~), and the like."""
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
        return "drained" if self.state.startswith(("drain", "maint", "reserved")) else "up"


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


def overview_argv() -> list[str]:
    """Return the command that lists every node in each of its partitions."""
    fields = ",".join(f"{name}:{SEPARATOR}" for name in _FIELDS.values())
    return ["sinfo", "--noheader", "--all", "--Node", "--exact", f"--Format={fields}"]


def load_argv() -> list[str]:
    """Return the command that lists partition and state of every job of everybody, tasks one by one."""
    fields = f"Partition:{SEPARATOR},State:{SEPARATOR}"
    return ["squeue", "--noheader", "--all", "--array", f"--Format={fields}"]


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


def parse_overview(rc: int, out: bytes, err: bytes, load: Counter[tuple[str, str]]) -> Overview:
    """Return the partitions and nodes of the answer, in its order.

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
    rows = split_rows("sinfo", tuple(_FIELDS), out)
    if not rows:
        raise AnswerUnreadable("sinfo named no partition")
    partitions: dict[str, Partition] = {}
    nodes: dict[str, Node] = {}
    for row in rows:
        name, machine = row["partition"], row["node"]
        partitions.setdefault(
            name,
            Partition(
                name=name,
                is_open=row["open"].lower() == "up",
                limit=row["limit"],
                waiting=load[name, "waiting"],
                running=load[name, "running"],
            ),
        )
        if not machine:  # a partition without nodes
            continue
        before = nodes[machine].partitions if machine in nodes else ()
        nodes[machine] = _node(row, (*before, name))
    return Overview(partitions=tuple(partitions.values()), nodes=tuple(nodes.values()))


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
